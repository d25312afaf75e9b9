"""Horizontal bars of shares, and bars stacked from parts: per cent across, pixels down."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from supply.web.drawing.scales import per_cent

Kind = Literal["good", "near", "hold", "unfit", "expired"]
KINDS: tuple[Kind, ...] = ("good", "near", "hold", "unfit", "expired")

ROW_HEIGHT = 44
BAR_TOP = 20
# The text of a row stands above its bar, so that long names and long numbers fit a phone.
WIDEST_RATIO = 2.0
# Beyond 200 % a bar is cut: the figures beside it say how much, and the other bars stay readable.


class Bar(msgspec.Struct, frozen=True):
    """Part of a whole, such as people reached of people eligible in a commune."""

    label: str
    numerator: int
    denominator: int
    href: str | None = None


class BarRow(msgspec.Struct, frozen=True):
    """A bar as drawn; ratio is exact; reached is None without a target or when nothing was expected."""

    label: str
    numerator: int
    denominator: int
    ratio: Fraction | None
    href: str | None
    y: int
    width: float
    is_cut: bool
    reached: bool | None


class BarsView(msgspec.Struct, frozen=True):
    """Bars over one scale; target_x is where the target line stands, target_percent what it says."""

    rows: tuple[BarRow, ...]
    height: int
    target_x: float | None
    target_percent: int | None
    whole_x: float


class Part(msgspec.Struct, frozen=True):
    """Grams in one condition."""

    kind: Kind
    grams: int


class Stack(msgspec.Struct, frozen=True):
    """A store or a lot with its parts."""

    label: str
    parts: tuple[Part, ...]
    href: str | None = None


class Segment(msgspec.Struct, frozen=True):
    """A part as drawn."""

    kind: Kind
    grams: int
    x: float
    width: float


class StackRow(msgspec.Struct, frozen=True):
    """A stacked bar as drawn, with its total."""

    label: str
    href: str | None
    grams: int
    y: int
    segments: tuple[Segment, ...]


class StacksView(msgspec.Struct, frozen=True):
    """Stacked bars over one scale, and the kinds that occur, for the legend."""

    rows: tuple[StackRow, ...]
    height: int
    kinds: tuple[Kind, ...]


def bars_view(bars: Sequence[Bar], *, target: float | None = None) -> BarsView:
    """Bars from 0 to 100 %, or to the highest ratio rounded up to 10 %; target is a ratio such as 0.7."""
    ratios = [bar.numerator / bar.denominator for bar in bars if bar.denominator]
    most = min(WIDEST_RATIO, math.ceil(round(max([1.0, target or 0.0, *ratios]) * 10, 6)) / 10)
    rows = tuple(_row(index, bar, most, target) for index, bar in enumerate(bars))
    return BarsView(
        rows=rows,
        height=ROW_HEIGHT * len(rows),
        target_x=None if target is None else per_cent(target, most),
        target_percent=None if target is None else round(100 * target),
        whole_x=per_cent(1, most),
    )


def _row(index: int, bar: Bar, most: float, target: float | None) -> BarRow:
    ratio = bar.numerator / bar.denominator if bar.denominator else 0.0
    return BarRow(
        label=bar.label,
        numerator=bar.numerator,
        denominator=bar.denominator,
        ratio=Fraction(bar.numerator, bar.denominator) if bar.denominator else None,
        href=bar.href,
        y=index * ROW_HEIGHT,
        width=per_cent(max(0.0, min(ratio, most)), most),
        is_cut=ratio > most,
        reached=None if target is None or not bar.denominator else ratio >= target,
    )


def stacks_view(stacks: Sequence[Stack]) -> StacksView:
    """Stacked bars, the longest fills the width; parts stand good, near, hold, unfit, expired."""
    longest = max((_total(stack) for stack in stacks), default=0)
    rows = tuple(
        StackRow(stack.label, stack.href, _total(stack), index * ROW_HEIGHT, _segments(stack, longest))
        for index, stack in enumerate(stacks)
    )
    seen = {segment.kind for row in rows for segment in row.segments}
    return StacksView(rows, ROW_HEIGHT * len(rows), tuple(kind for kind in KINDS if kind in seen))


def _total(stack: Stack) -> int:
    return sum(part.grams for part in stack.parts)


def _segments(stack: Stack, longest: int) -> tuple[Segment, ...]:
    """Each edge is rounded once, so that neighbours touch and the last edge is the total."""
    segments = []
    before = 0
    for part in sorted(stack.parts, key=lambda one: KINDS.index(one.kind)):
        left, right = per_cent(before, longest), per_cent(before + part.grams, longest)
        if part.grams > 0:
            segments.append(Segment(part.kind, part.grams, left, round(right - left, 1)))
        before += part.grams
    return tuple(segments)
