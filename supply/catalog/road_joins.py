"""Where places join the roads: the nearest spot of each of the nearest roads, for all places at once."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from supply.catalog.roads import EARTH_METRES, Point

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]

JOINS_PER_POINT = 8
# Roads on which a place may join the network, nearest first; farther ones never won on Mali's trunk graph.
PIECES_AT_ONCE = 4_000_000
# Places times pieces of roads measured together: about 200 MB of working memory.


class Joins(msgspec.Struct, frozen=True):
    """A row per place, a column per join, nearest first.

    Number of the road, metres to it as the crow flies, and the share of the road before the spot.
    """

    road: Numbers
    crow: Floats
    share: Floats


class _Pieces(msgspec.Struct, frozen=True):
    """Straight pieces of all roads, road by road: ends in degrees, share of the road before and in it."""

    lon: Floats
    lat: Floats
    next_lon: Floats
    next_lat: Floats
    before: Floats
    within: Floats
    first_of_road: Numbers


def find_joins(points: Sequence[Point], lines: Sequence[Sequence[tuple[float, float]]]) -> Joins:
    """The joins of every place; each line is a road of at least two (lon, lat)."""
    count = min(JOINS_PER_POINT, len(lines))
    if not count or not points:
        empty = np.zeros((len(points), 0))
        return Joins(empty.astype(np.intp), empty, empty)
    pieces = _pieces(lines)
    step = max(1, PIECES_AT_ONCE // len(pieces.lon))
    parts = [_nearest(points[start : start + step], pieces, count) for start in range(0, len(points), step)]
    return Joins(
        np.concatenate([part.road for part in parts]),
        np.concatenate([part.crow for part in parts]),
        np.concatenate([part.share for part in parts]),
    )


def _pieces(lines: Sequence[Sequence[tuple[float, float]]]) -> _Pieces:
    counts = np.array([len(line) for line in lines], dtype=np.intp)
    flat = np.array([spot for line in lines for spot in line], dtype=np.float64)
    road = np.repeat(np.arange(len(lines)), counts)
    is_piece = road[:-1] == road[1:]
    (lon, lat), (next_lon, next_lat) = flat[:-1][is_piece].T, flat[1:][is_piece].T
    road = road[:-1][is_piece]
    first_of_road = np.concatenate([[0], np.cumsum(counts - 1)[:-1]]).astype(np.intp)
    squeeze = np.cos(np.radians(lat[first_of_road]))[road]
    length = np.hypot((next_lon - lon) * squeeze, next_lat - lat)
    passed = np.concatenate([[0.0], np.cumsum(length)])
    total = np.add.reduceat(length, first_of_road)[road]
    safe = np.where(total == 0, 1.0, total)
    before = (passed[:-1] - passed[first_of_road][road]) / safe
    return _Pieces(lon, lat, next_lon, next_lat, before, length / safe, first_of_road)


def _nearest(points: Sequence[Point], pieces: _Pieces, count: int) -> Joins:
    """Flat around each place: over the tens of kilometres that matter this is exact enough."""
    at_lon = np.array([point.lon for point in points])[:, None]
    at_lat = np.array([point.lat for point in points])[:, None]
    squeeze = np.cos(np.radians(at_lat))
    x, y = (pieces.lon - at_lon) * squeeze, pieces.lat - at_lat
    across, along = (pieces.next_lon - pieces.lon) * squeeze, (pieces.next_lat - pieces.lat)
    squared = across**2 + along**2
    part = np.clip(-(x * across + y * along) / np.where(squared == 0, 1.0, squared), 0.0, 1.0)
    near = (x + part * across) ** 2 + (y + part * along) ** 2
    of_road = np.minimum.reduceat(near, pieces.first_of_road, axis=1)
    road = np.argsort(of_road, axis=1, kind="stable")[:, :count]
    rows = np.arange(len(points))[:, None]
    piece = _piece_of_each(near, pieces.first_of_road, road)
    share = pieces.before[piece] + part[rows, piece] * pieces.within[piece]
    crow = np.radians(np.sqrt(of_road[rows, road])) * EARTH_METRES
    return Joins(road, crow, np.clip(share, 0.0, 1.0))


def _piece_of_each(near: Floats, first_of_road: Numbers, road: Numbers) -> Numbers:
    """For each place and road the nearest piece of that road."""
    ends = np.append(first_of_road[1:], near.shape[1])
    piece = np.empty_like(road)
    for row, roads in enumerate(road):
        for column, number in enumerate(roads):
            start = first_of_road[number]
            piece[row, column] = start + int(near[row, start : ends[number]].argmin())
    return piece
