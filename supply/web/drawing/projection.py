"""Degrees to drawing units: equirectangular, longitudes shortened by the cosine of the middle latitude."""

import math
from collections.abc import Sequence

import msgspec

LonLat = tuple[float, float]
Spot = tuple[float, float]

KM_PER_DEGREE = 111.195
# Great-circle km of one degree of latitude on the mean earth radius of 6,371.0 km (IUGG): 2 pi R / 360.
SMALLEST_SPAN_DEGREES = 0.25
# A map of one place still shows about 28 km around it.


class Frame(msgspec.Struct, frozen=True):
    """Where degrees fall on the drawing; scale is units per degree of latitude."""

    west: float
    north: float
    shrink: float
    scale: float
    left: float
    top: float
    width: float
    height: float


class ScaleBar(msgspec.Struct, frozen=True):
    """A round distance and its length on the drawing."""

    km: int
    length: float


def fit(points: Sequence[LonLat], *, width: float, tallest: float, margin: float) -> Frame:
    """The frame of that width, at most so tall, in which all points lie inside the margin."""
    west, east = _span([lon for lon, _ in points])
    south, north = _span([lat for _, lat in points])
    shrink = math.cos(math.radians((south + north) / 2))
    across, down = (east - west) * shrink, north - south
    scale = min((width - 2 * margin) / across, (tallest - 2 * margin) / down)
    height = round(min(tallest, max(down * scale + 2 * margin, width / 3)), 1)
    return Frame(
        west=west,
        north=north,
        shrink=shrink,
        scale=scale,
        left=(width - across * scale) / 2,
        top=(height - down * scale) / 2,
        width=width,
        height=height,
    )


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    lack = max(0.0, SMALLEST_SPAN_DEGREES - (high - low)) / 2
    return low - lack, high + lack


def project(frame: Frame, place: LonLat) -> Spot:
    """Drawing units of a place; y grows downwards."""
    lon, lat = place
    x = frame.left + (lon - frame.west) * frame.shrink * frame.scale
    y = frame.top + (frame.north - lat) * frame.scale
    return round(x, 1), round(y, 1)


def scale_bar(frame: Frame) -> ScaleBar:
    """The longest round distance (1, 2 or 5 times a power of ten) within a quarter of the width."""
    km_per_unit = KM_PER_DEGREE / frame.scale
    room = frame.width / 4 * km_per_unit
    power = 10 ** math.floor(math.log10(room))
    km = max(1, next(step * power for step in (5, 2, 1) if step * power <= room))
    return ScaleBar(km=int(km), length=round(km / km_per_unit, 1))


def simplify(spots: Sequence[Spot], tolerance: float) -> list[Spot]:
    """Leave out points within the tolerance of the line through those kept; the ends stay.

    Douglas and Peucker, Cartographica 10(2), 1973.
    """
    if len(spots) < 3:
        return list(spots)
    kept = {0, len(spots) - 1}
    waiting = [(0, len(spots) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, distance = first, tolerance
        for at in range(first + 1, last):
            off = _distance(spots[at], spots[first], spots[last])
            if off > distance:
                far, distance = at, off
        if far != first:
            kept.add(far)
            waiting += [(first, far), (far, last)]
    return [spots[at] for at in sorted(kept)]


def _distance(spot: Spot, start: Spot, end: Spot) -> float:
    """From a spot to the stretch between two others; a closed ring starts where it ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    if length == 0:
        return math.dist(spot, start)
    along = max(0.0, min(1.0, ((spot[0] - start[0]) * dx + (spot[1] - start[1]) * dy) / length))
    return math.dist(spot, (start[0] + along * dx, start[1] + along * dy))


def path(spots: Sequence[Spot], *, closing: str = "") -> str:
    """Path data in relative steps of a tenth of a unit, which is half the size of absolute coordinates."""
    x, y = round(spots[0][0] * 10), round(spots[0][1] * 10)
    words = [f"M{_tenths(x)} {_tenths(y)}l"]
    for spot in spots[1:]:
        next_x, next_y = round(spot[0] * 10), round(spot[1] * 10)
        if (next_x, next_y) != (x, y):
            words.append(f"{_tenths(next_x - x)} {_tenths(next_y - y)} ")
        x, y = next_x, next_y
    return "".join(words).rstrip(" l") + closing


def _tenths(value: int) -> str:
    return f"{value // 10}" if value % 10 == 0 else f"{value / 10:.1f}"
