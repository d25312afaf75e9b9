"""Pages that bring the rooms together: the first screen, and what to move before roads close."""

from supply.home.pages.preposition import PrepositionPages
from supply.home.pages.today import HomePages

CONTROLLERS = [HomePages, PrepositionPages]
