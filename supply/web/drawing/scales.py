"""Round axis values, class breaks, and shares of a width."""

import math
from bisect import bisect_right
from collections.abc import Sequence

SHADES = 5
# app shades k0 (light) to k4 (dark): more classes are not told apart in print.


def round_ticks(low: float, high: float, *, at_most: int = 4) -> tuple[int, ...]:
    """Round whole values from at or below low to at or above high, at_most steps apart.

    Steps are 1, 2 or 5 times a power of ten.
    """
    span = max(high - low, 1)
    power = 10 ** max(0, math.floor(math.log10(span / at_most)))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = math.floor(low / step), math.ceil(high / step)
        if last - first <= at_most:
            break
    if last == first:
        last += 1
    return tuple(count * step for count in range(first, last + 1))


def shade_of(value: float, breaks: Sequence[float]) -> int:
    """Shade 0 to 4; a value on a break belongs to the class above; few classes spread over all shades."""
    return shade_of_class(bisect_right(breaks, value), len(breaks) + 1)


def shade_of_class(index: int, count: int) -> int:
    return round(index * (SHADES - 1) / max(1, count - 1))


def equal_count_breaks(values: Sequence[float], classes: int = 4) -> tuple[float, ...]:
    """Breaks that put about as many values in each class; fewer classes when values repeat."""
    ordered = sorted(values)
    breaks = [ordered[len(ordered) * part // classes] for part in range(1, classes)] if ordered else []
    return tuple(sorted({one for one in breaks if one > ordered[0]}))


def per_cent(part: float, whole: float) -> float:
    """Share of a width in per cent, to a tenth; 0 of nothing is 0."""
    return round(100 * part / whole, 1) if whole else 0.0
