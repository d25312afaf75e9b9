"""When a road may be driven: dry season and rains, the calendar of months, and days of escort or curfew."""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum

from supply.catalog.roads import Days, Edge

DAY = dt.timedelta(days=1)
RAINY_MONTHS = frozenset({6, 7, 8, 9, 10})
# June to October, most in August (domain notes on Mali); one season for the country, on the safe side in the
# north.


class Season(StrEnum):
    """What the surface is like."""

    DRY = "dry"
    RAINS = "rains"


def season_of(day: dt.date) -> Season:
    """The season of a day."""
    return Season.RAINS if day.month in RAINY_MONTHS else Season.DRY


def slower_season(first_on: dt.date, last_on: dt.date) -> Season:
    """Rains as soon as one of the days lies in them: a plan must hold on each of its days."""
    days = days_of((first_on, last_on))
    return Season.RAINS if any(season_of(day) == Season.RAINS for day in days) else Season.DRY


def days_of(span: Days) -> tuple[dt.date, ...]:
    """Every day of the span."""
    return tuple(span[0] + DAY * number for number in range((span[1] - span[0]).days + 1))


def is_closed_in(edge: Edge, month: int) -> bool:
    """Whether the calendar closes the road in that month."""
    return month in edge.closed_months


def is_waiting_on(edge: Edge, day: dt.date) -> bool:
    """Whether the road is only driven on other days of the week."""
    return edge.weekdays is not None and day.isoweekday() not in edge.weekdays


def closed_by_month(edges: Sequence[Edge], day: dt.date) -> frozenset[int]:
    """Numbers of the roads that the calendar closes on that day."""
    return frozenset(number for number, edge in enumerate(edges) if is_closed_in(edge, day.month))


def closed_by_weekday(edges: Sequence[Edge], day: dt.date) -> frozenset[int]:
    """Numbers of the roads that wait for another day of the week."""
    return frozenset(number for number, edge in enumerate(edges) if is_waiting_on(edge, day))


def barred(edges: Sequence[Edge], type_code: str) -> frozenset[int]:
    """Numbers of the roads and ferries that this type of truck may not use."""
    return frozenset(
        number
        for number, edge in enumerate(edges)
        if edge.vehicle_types is not None and type_code not in edge.vehicle_types
    )


def spans_of(days: Iterable[dt.date]) -> tuple[Days, ...]:
    """Days as spans without gaps, in order."""
    spans: list[Days] = []
    for day in sorted(days):
        if spans and day == spans[-1][1] + DAY:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return tuple(spans)
