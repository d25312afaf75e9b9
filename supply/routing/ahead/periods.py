"""Days cut into periods, so that each month and each deadline begins a new one."""

import datetime as dt
from collections.abc import Collection

from supply.routing.planner.preposition.problem import Period

DAY = dt.timedelta(days=1)
LEAST_OPEN_DAYS = 3
# A road that opens for a day or two in a period is no road to plan on; a shorter period counts whole.


def periods(today: dt.date, deadlines: Collection[dt.date]) -> tuple[Period, ...]:
    """From today to the last deadline (a last day); none without a deadline to come."""
    last = max(deadlines, default=today - DAY)
    firsts = {today} | {day + DAY for day in deadlines if today <= day < last}
    month = today.replace(day=1)
    while month <= last:
        if month > today:
            firsts.add(month)
        month = (month + dt.timedelta(days=31)).replace(day=1)
    ordered = sorted(firsts)
    ends = [*(first - DAY for first in ordered[1:]), last]
    return tuple(
        Period(id=first.isoformat(), first=first, last=end)
        for first, end in zip(ordered, ends, strict=True)
        if first <= end
    )


def open_days(period: Period, closed: Collection[tuple[dt.date, dt.date]]) -> tuple[dt.date, ...]:
    """Days of a period that no closed span touches."""
    days = ((period.first + DAY * number) for number in range((period.last - period.first).days + 1))
    return tuple(day for day in days if not any(first <= day <= last for first, last in closed))


def is_open(period: Period, closed: Collection[tuple[dt.date, dt.date]]) -> bool:
    """A truck can be planned on in this period."""
    length = (period.last - period.first).days + 1
    return len(open_days(period, closed)) >= min(LEAST_OPEN_DAYS, length)


def early_periods(known: Collection[Period], due: Period, early_days: int) -> int:
    """How many periods before the due one a site can take its flour, when it can keep it so many days."""
    first = due.last - dt.timedelta(days=early_days)
    return sum(1 for one in known if one.last < due.first and one.last >= first)
