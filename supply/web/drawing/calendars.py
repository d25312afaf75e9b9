"""Lots by month of expiry, and trucks by day: per cent across, pixels down."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec

from supply.web.drawing import scales
from supply.web.drawing.scales import per_cent

State = Literal["expired", "near", "good"]
STATES: tuple[State, ...] = ("expired", "near", "good")

PLOT_TOP = 18
PLOT_HEIGHT = 130
SLOTS_AT_MOST = 16
# One slot for what has expired, the rest months: 20 px each on a phone.
TRACK_HEIGHT = 46
HEADER_HEIGHT = 22
NARROWEST_WIDTH = 300
# Pixels of the drawing on the smallest phone: a text that fits there fits everywhere.
LETTER_WIDTH = 6.4


class Expiring(msgspec.Struct, frozen=True):
    """Grams of a lot and its last good day."""

    expires_on: dt.date
    grams: int


class Block(msgspec.Struct, frozen=True):
    """Part of a column."""

    state: State
    grams: int
    y: float
    height: float


class Column(msgspec.Struct, frozen=True):
    """A month; all that has expired when first_on is None; with is_rest also all that is later."""

    first_on: dt.date | None
    is_rest: bool
    month: str
    year: str
    grams: int
    x: float
    width: float
    middle: float
    blocks: tuple[Block, ...]


class Tick(msgspec.Struct, frozen=True):
    """A line across with its value in grams."""

    value: int
    y: float


class ExpiryView(msgspec.Struct, frozen=True):
    """Columns of grams by month of expiry."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    base: int
    height: int
    states: tuple[State, ...]
    is_empty: bool


def expiry_view(lots: Sequence[Expiring], *, today: dt.date, near_days: int = 90) -> ExpiryView:
    """What has expired (last good day before today), then this month to the last month with a lot."""
    near_until = today + dt.timedelta(days=near_days)
    good = [lot for lot in lots if lot.expires_on >= today]
    last = max((_months_between(today, lot.expires_on) for lot in good), default=0)
    months = min(max(last + 1, 6), SLOTS_AT_MOST - 1)
    slots: list[Counter[State]] = [Counter() for _ in range(months + 1)]
    for lot in lots:
        if lot.expires_on < today:
            slots[0]["expired"] += lot.grams
        else:
            slot = min(_months_between(today, lot.expires_on) + 1, months)
            slots[slot]["near" if lot.expires_on <= near_until else "good"] += lot.grams
    highest = max(slot.total() for slot in slots)
    values = scales.round_ticks(0, max(highest, 1), at_most=3)
    base = PLOT_TOP + PLOT_HEIGHT
    return ExpiryView(
        columns=tuple(
            _column(
                index,
                slot,
                today=today,
                count=months + 1,
                top=values[-1],
                is_rest=index == months and last >= months,
            )
            for index, slot in enumerate(slots)
        ),
        ticks=tuple(Tick(value, round(base - PLOT_HEIGHT * value / values[-1], 1)) for value in values),
        base=base,
        height=base + 34,
        states=tuple(state for state in STATES if any(slot[state] for slot in slots)),
        is_empty=highest == 0,
    )


def _months_between(today: dt.date, day: dt.date) -> int:
    return (day.year - today.year) * 12 + day.month - today.month


def _column(
    index: int, slot: Counter[State], *, today: dt.date, count: int, top: int, is_rest: bool
) -> Column:
    left, right = per_cent(index, count), per_cent(index + 1, count)
    first_on = None if index == 0 else _month_after(today, index - 1)
    blocks = []
    below = 0
    for state in STATES:
        if slot[state]:
            height = PLOT_HEIGHT * slot[state] / top
            y = PLOT_TOP + PLOT_HEIGHT - PLOT_HEIGHT * below / top - height
            blocks.append(Block(state, slot[state], round(y, 1), round(height, 1)))
            below += slot[state]
    shows_year = first_on is not None and (index == 1 or first_on.month == 1)
    return Column(
        first_on=first_on,
        is_rest=is_rest,
        month=f"{first_on.month:02d}" if first_on else "",
        year=str(first_on.year) if first_on and shows_year else "",
        grams=slot.total(),
        x=round(left + 0.12 * (right - left), 2),
        width=round(0.76 * (right - left), 2),
        middle=round((left + right) / 2, 2),
        blocks=tuple(blocks),
    )


def _month_after(today: dt.date, months: int) -> dt.date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


class Leg(msgspec.Struct, frozen=True):
    """A trip of a truck from leaving to being back; the tone tells its state."""

    label: str
    leaves_at: dt.datetime
    returns_at: dt.datetime
    tone: str = "info"
    href: str | None = None


class Truck(msgspec.Struct, frozen=True):
    """A truck and its trips."""

    label: str
    legs: tuple[Leg, ...]


class LegBar(msgspec.Struct, frozen=True):
    """A trip as drawn; its label is inside when it fits there on a small phone."""

    label: str
    leaves_at: dt.datetime
    returns_at: dt.datetime
    tone: str
    href: str | None
    x: float
    width: float
    is_labelled: bool


class Track(msgspec.Struct, frozen=True):
    """The line of a truck."""

    label: str
    y: int
    legs: tuple[LegBar, ...]


class Day(msgspec.Struct, frozen=True):
    """A day across; only some carry their number when there are many."""

    on: dt.date
    x: float
    middle: float
    is_numbered: bool


class GanttView(msgspec.Struct, frozen=True):
    """Trucks down, days across."""

    first_on: dt.date
    last_on: dt.date
    days: tuple[Day, ...]
    tracks: tuple[Track, ...]
    height: int


def gantt_view(trucks: Sequence[Truck]) -> GanttView | None:
    """Whole days from the first departure to the last return; None without trips."""
    legs = [leg for truck in trucks for leg in truck.legs]
    if not legs:
        return None
    first_on = min(leg.leaves_at for leg in legs).date()
    last_on = max(leg.returns_at for leg in legs).date()
    count = (last_on - first_on).days + 1
    every = -(-count // 14)
    days = tuple(
        Day(
            first_on + dt.timedelta(days=index),
            per_cent(index, count),
            round(per_cent(2 * index + 1, 2 * count), 1),
            index % every == 0,
        )
        for index in range(count)
    )
    tracks = tuple(
        Track(
            truck.label,
            HEADER_HEIGHT + index * TRACK_HEIGHT,
            tuple(_leg(leg, first_on, count) for leg in truck.legs),
        )
        for index, truck in enumerate(trucks)
    )
    return GanttView(first_on, last_on, days, tracks, HEADER_HEIGHT + TRACK_HEIGHT * len(tracks))


def _leg(leg: Leg, first_on: dt.date, count: int) -> LegBar:
    left = per_cent(_days_since(first_on, leg.leaves_at), count)
    right = per_cent(_days_since(first_on, leg.returns_at), count)
    width = round(max(right - left, 1.0), 1)
    return LegBar(
        label=leg.label,
        leaves_at=leg.leaves_at,
        returns_at=leg.returns_at,
        tone=leg.tone,
        href=leg.href,
        x=left,
        width=width,
        is_labelled=width / 100 * NARROWEST_WIDTH >= LETTER_WIDTH * len(leg.label) + 8,
    )


def _days_since(first_on: dt.date, at: dt.datetime) -> float:
    """Days and parts of days by the clock on the wall where the truck is."""
    return (at.date() - first_on).days + (at.hour * 60 + at.minute) / 1440
