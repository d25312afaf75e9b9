"""Needs against stock and expected orders, month by month. Values in, values out."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

Masses = Mapping[tuple[str, dt.date], int]
# Grams by product and month; a month is known by its first day.


class PipelineMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A product in a month: opening + arriving = given + closing, and needed = given + missing."""

    product_code: str
    month: dt.date
    opening: int
    arriving: int
    needed: int

    @property
    def available(self) -> int:
        return self.opening + self.arriving

    @property
    def closing(self) -> int:
        """What is left for the next month."""
        return max(0, self.available - self.needed)

    @property
    def missing(self) -> int:
        """What the month's needs lack: a pipeline break."""
        return max(0, self.needed - self.available)


def months_between(first: dt.date, last: dt.date, most: int) -> tuple[dt.date, ...]:
    """First days of the months from `first` to `last`, at most so many."""
    found = [first.replace(day=1)]
    while found[-1] < last.replace(day=1) and len(found) < most:
        found.append((found[-1] + dt.timedelta(days=31)).replace(day=1))
    return tuple(found)


def roll(
    products: Iterable[str],
    months: tuple[dt.date, ...],
    *,
    stock: Mapping[str, int],
    arriving: Masses,
    needed: Masses,
) -> tuple[PipelineMonth, ...]:
    """Each product over the months. A need that could not be met is not carried on: its cycle is over."""
    rows: list[PipelineMonth] = []
    for product in products:
        opening = stock.get(product, 0)
        for month in months:
            row = PipelineMonth(
                product_code=product,
                month=month,
                opening=opening,
                arriving=arriving.get((product, month), 0),
                needed=needed.get((product, month), 0),
            )
            rows.append(row)
            opening = row.closing
    return tuple(rows)
