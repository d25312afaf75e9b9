"""Pages of distribution: sessions and their lists, tallies, left-over, and the register of people."""

from supply.distribution.pages.closing import ClosingPages
from supply.distribution.pages.correcting import CorrectingPages
from supply.distribution.pages.people import PeoplePages
from supply.distribution.pages.register import RegisterPages
from supply.distribution.pages.serving import ServingPages
from supply.distribution.pages.sessions import SessionPages

CONTROLLERS = [SessionPages, ServingPages, CorrectingPages, ClosingPages, RegisterPages, PeoplePages]
