"""Lines over time: stock by day, cost and bound during a solve, and a small line beside a number."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from supply.web.drawing import scales
from supply.web.drawing.scales import per_cent

PLOT_TOP = 18
PLOT_HEIGHT = 150
INNER_WIDTH = 1000
# The plot is stretched across by the browser; strokes do not scale.
POINTS_AT_MOST = 240
SPARK_WIDTH, SPARK_HEIGHT = 100, 24


class Series(msgspec.Struct, frozen=True):
    """Points by rising x; name is looked up in the labels of the page."""

    name: str
    points: tuple[tuple[float, float], ...]


class LineTick(msgspec.Struct, frozen=True):
    """A value across at y pixels."""

    value: int
    y: float


class Across(msgspec.Struct, frozen=True):
    """A text under the plot at x per cent."""

    x: float
    label: str
    anchor: str


class Curve(msgspec.Struct, frozen=True):
    """A series as drawn inside the plot; last is its newest value."""

    name: str
    index: int
    points: str
    last: int


class LineView(msgspec.Struct, frozen=True):
    """Curves with round values at the side."""

    curves: tuple[Curve, ...]
    ticks: tuple[LineTick, ...]
    across: tuple[Across, ...]
    top: int
    plot_height: int
    inner_width: int
    height: int


class Spark(msgspec.Struct, frozen=True):
    """A line without axes; the newest value is marked."""

    points: str
    x: float
    y: float


def line_view(
    series: Sequence[Series], *, x_ticks: Sequence[tuple[float, str]] = (), is_from_zero: bool = False
) -> LineView | None:
    """Curves over one scale, from zero when asked or when the lowest is under half of the highest."""
    values = [y for one in series for _, y in one.points]
    if not values:
        return None
    low, high = min(values), max(values)
    ticks = scales.round_ticks(0 if is_from_zero or 0 <= low < high / 2 else low, max(high, 1))
    across = [x for one in series for x, _ in one.points] + [x for x, _ in x_ticks]
    first, last = min(across), max(across)
    return LineView(
        curves=tuple(
            Curve(
                one.name,
                index,
                _points(one.points, (first, last), (ticks[0], ticks[-1])),
                round(one.points[-1][1]),
            )
            for index, one in enumerate(series)
            if one.points
        ),
        ticks=tuple(
            LineTick(value, round(PLOT_TOP + _height(value, (ticks[0], ticks[-1])), 1)) for value in ticks
        ),
        across=tuple(_across(x, label, (first, last)) for x, label in x_ticks),
        top=PLOT_TOP,
        plot_height=PLOT_HEIGHT,
        inner_width=INNER_WIDTH,
        height=PLOT_TOP + PLOT_HEIGHT + (22 if x_ticks else 4),
    )


def _points(
    points: Sequence[tuple[float, float]], across: tuple[float, float], up: tuple[float, float]
) -> str:
    first, last = across
    span = (last - first) or 1
    words = [f"{round(INNER_WIDTH * (x - first) / span)},{_height(y, up):.1f}" for x, y in _thin(points)]
    return " ".join(words)


def _height(value: float, up: tuple[float, float]) -> float:
    low, high = up
    return PLOT_HEIGHT * (high - value) / (high - low)


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Every n-th point so that the page stays light; the last one always stays."""
    every = -(-len(points) // POINTS_AT_MOST)
    kept = list(points[::every])
    return kept if not kept or kept[-1] == points[-1] else [*kept, points[-1]]


def _across(x: float, label: str, span: tuple[float, float]) -> Across:
    share = per_cent(x - span[0], span[1] - span[0])
    anchor = "start" if share < 10 else "end" if share > 90 else "middle"
    return Across(share, label, anchor)


def stock_line(days: Sequence[tuple[dt.date, int]]) -> LineView | None:
    """Stock in grams as steps: what a day ended with holds until the next day named. Days rise."""
    points: list[tuple[float, float]] = []
    for day, grams in days:
        if points:
            points.append((day.toordinal(), points[-1][1]))
        points.append((day.toordinal(), grams))
    ticks = _day_ticks(days[0][0], days[-1][0]) if days else ()
    return line_view((Series("stock", tuple(points)),), x_ticks=ticks, is_from_zero=True)


def _day_ticks(first_on: dt.date, last_on: dt.date) -> tuple[tuple[float, str], ...]:
    """At most four days written as day/month, which reads the same in French and in British English."""
    span = (last_on - first_on).days
    days = {first_on + dt.timedelta(days=span * part // 3) for part in range(4)}
    return tuple((day.toordinal(), f"{day.day:02d}/{day.month:02d}") for day in sorted(days))


def sparkline(values: Sequence[float]) -> Spark | None:
    """A line through values at equal steps, the lowest at the bottom; None with fewer than two."""
    if len(values) < 2:
        return None
    low, span = min(values), max(values) - min(values)
    spots = [
        (
            round(index * SPARK_WIDTH / (len(values) - 1), 1),
            round(SPARK_HEIGHT - 2 - (SPARK_HEIGHT - 4) * ((value - low) / span if span else 0.5), 1),
        )
        for index, value in enumerate(values)
    ]
    return Spark(" ".join(f"{x:g},{y:g}" for x, y in spots), *spots[-1])
