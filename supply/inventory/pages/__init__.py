"""The storekeeper's pages: one file for each paper or view."""

from supply.inventory.pages.cards import CardPages
from supply.inventory.pages.count import CountPages
from supply.inventory.pages.issue import IssuePages
from supply.inventory.pages.lines import LINE_PAGES
from supply.inventory.pages.papers import PaperPages
from supply.inventory.pages.receive import ReceivePages
from supply.inventory.pages.stock import StockPages

CONTROLLERS = [StockPages, ReceivePages, IssuePages, *LINE_PAGES, CountPages, PaperPages, CardPages]
