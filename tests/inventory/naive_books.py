"""Books kept as a plain list, with no index, checkpoint or lock: replayed for each question."""

import datetime as dt
from typing import NamedTuple
from uuid import UUID


class Account(NamedTuple):
    """A lot in a condition at a place."""

    place: str
    lot: str
    condition: str


class Event(NamedTuple):
    """Grams arriving at an account (negative: leaving it) by a paper."""

    paper: UUID
    day: dt.date
    account: Account
    grams: int


class Paper(NamedTuple):
    """A paper in the model; `counted` are the accounts that a count covered."""

    id: UUID
    day: dt.date
    order: int
    is_reversal: bool
    counted: frozenset[Account]


class Model:
    """The naive books."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.papers: dict[UUID, Paper] = {}
        self.reversed: set[UUID] = set()
        self.reserved: dict[UUID, tuple[Account, int]] = {}
        self.closed_on = dt.date.min

    def balance(self, account: Account, day: dt.date) -> int:
        return sum(one.grams for one in self.events if one.account == account and one.day <= day)

    def lowest(self, account: Account, day: dt.date) -> int:
        """The least balance at the end of that day or a later one."""
        later = {one.day for one in self.events if one.account == account and one.day > day}
        return min(self.balance(account, one) for one in {day, *later})

    def promised(self, account: Account) -> int:
        return sum(grams for one, grams in self.reserved.values() if one == account)

    def is_counted_after(self, accounts: set[Account], day: dt.date, order: int) -> bool:
        return any(
            paper.counted & accounts and (paper.day, paper.order) > (day, order)
            for paper in self.papers.values()
            if paper.id not in self.reversed
        )

    def may(self, changes: dict[Account, int], day: dt.date) -> bool:
        """Whether a paper of that day may stand: books open, nothing negative, no count after it."""
        fits = all(self.lowest(account, day) + grams >= 0 for account, grams in changes.items() if grams < 0)
        moved = {account for account, grams in changes.items() if grams}
        return day > self.closed_on and fits and not self.is_counted_after(moved, day, 10**9)

    def write(
        self,
        paper_id: UUID,
        changes: dict[Account, int],
        day: dt.date,
        *,
        is_reversal: bool = False,
        counted: frozenset[Account] = frozenset(),
    ) -> None:
        self.papers[paper_id] = Paper(paper_id, day, len(self.papers), is_reversal, counted)
        self.events += [Event(paper_id, day, account, grams) for account, grams in changes.items() if grams]
