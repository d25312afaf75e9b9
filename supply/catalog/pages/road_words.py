"""Words about roads: surfaces, months, days of the week, what limits a road."""

from collections.abc import Iterable
from typing import Literal

from babel.dates import get_day_names, get_month_names

from supply.catalog.rows import RoadRow
from supply.catalog.words import Surface
from supply.i18n import N_, language, translate

SURFACES = {
    Surface.PAVED: N_("paved"),
    Surface.LATERITE: N_("laterite"),
    Surface.TRACK: N_("track"),
}


def month_names(width: Literal["wide", "abbreviated", "narrow"] = "wide") -> list[str]:
    """January first; `width`: wide, abbreviated or narrow."""
    names = get_month_names(width, "stand-alone", language())
    return [str(names[number]) for number in range(1, 13)]


def weekday_names() -> list[str]:
    """Monday first."""
    names = get_day_names("wide", "stand-alone", language())
    return [str(names[number]) for number in range(7)]


def month_spans(months: Iterable[int]) -> str:
    """Months in words, those that follow each other as a span; from December on to January too."""
    shut, names = set(months), month_names("abbreviated")
    if len(shut) == 12:
        return f"{names[0]}–{names[11]}"
    parts = []
    for month in sorted(shut):
        if (month - 2) % 12 + 1 in shut:
            continue
        last = month
        while last % 12 + 1 in shut:
            last = last % 12 + 1
        parts.append(names[month - 1] if last == month else f"{names[month - 1]}–{names[last - 1]}")
    return ", ".join(parts)


def access_text(road: RoadRow) -> str:
    """What limits the road, in one line; empty when nothing does."""
    parts = []
    if road.closed_months:
        parts.append(translate(N_("closed {months}"), {"months": month_spans(road.closed_months)}))
    if road.weekdays is not None:
        days = [weekday_names()[day - 1] for day in road.weekdays]
        parts.append(translate(N_("only {days}"), {"days": ", ".join(days)}))
    if road.ferry_minutes:
        parts.append(translate(N_("ferry {minutes} min"), {"minutes": road.ferry_minutes}))
    if road.vehicle_types is not None:
        parts.append(translate(N_("only {trucks}"), {"trucks": ", ".join(road.vehicle_types)}))
    return "; ".join(parts)
