"""How far it is by road: shortest paths on the road graph, plus a stretch off the network at each end.

A place seldom lies on a mapped road. The stretch to the road is the great circle times a winding factor, and
the spot where it joins is chosen so that the whole way costs least, a kilometre off the network counting as
2.5 on it. Every distance keeps what it is made of, so that a person can doubt it with reason.
"""

import heapq
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from math import asin, cos, inf, radians, sin, sqrt

import msgspec

from supply.i18n import N_, language, translate

EARTH_METRES = 6_371_008.8
# Mean radius (IUGG); great circles are within 0.5 % of the ellipsoid.
OFF_NETWORK_COST = 2.5
# Cost of a great-circle metre off the network against one on it: trucks make 15-25 km/h there, 50-60 on tar.
JOINS_PER_POINT = 8
# Edges on which a place may join the network, nearest first; farther ones never won on Mali's trunk graph.


class Basis(StrEnum):
    """Where a distance comes from."""

    MATRIX = "matrix"
    MATRIX_REVERSED = "matrix-reversed"
    ROAD_GRAPH = "road-graph"
    OFF_NETWORK = "off-network"
    SAME_PLACE = "same-place"


class Assumptions(msgspec.Struct, frozen=True, kw_only=True):
    """Planning values, none measured: winding of secondary roads, speeds of loaded trucks when it is dry."""

    winding_percent: int = 135
    paved_kmh: int = 55
    laterite_kmh: int = 35
    track_kmh: int = 20


class Point(msgspec.Struct, frozen=True):
    """A place or a node of the graph, in degrees."""

    code: str
    lat: float
    lon: float


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A road, both ways; `line` holds (lon, lat) from end to end, empty when straight."""

    from_code: str
    to_code: str
    metres: int
    surface: str
    minutes: int | None = None
    line: tuple[tuple[float, float], ...] = ()


class RoadDistance(msgspec.Struct, frozen=True, kw_only=True):
    """Metres from one place to another and what they are made of; `minutes` of a loaded truck, None: unknown.

    `off_network_metres` already includes the winding factor; `via` are the nodes of the graph on the way.
    """

    from_code: str
    to_code: str
    metres: int
    minutes: int | None
    basis: Basis
    network_metres: int = 0
    off_network_metres: int = 0
    winding_percent: int = 100
    via: tuple[str, ...] = ()
    source: str = ""


def provenance(distance: RoadDistance) -> str:
    """What the figure is made of, in the reader's language."""
    facts = {
        "network": _whole_km(distance.network_metres),
        "off": _whole_km(distance.off_network_metres),
        "factor": _factor(distance.winding_percent),
        "source": distance.source or "–",
    }
    match distance.basis:
        case Basis.MATRIX:
            return translate(N_("distance table ({source})"), facts)
        case Basis.MATRIX_REVERSED:
            return translate(N_("distance table, other direction ({source})"), facts)
        case Basis.SAME_PLACE:
            return translate(N_("same place"), facts)
        case Basis.OFF_NETWORK:
            return translate(N_("no road known: {off} km as the crow flies ×{factor}"), facts)
        case Basis.ROAD_GRAPH:
            return translate(N_("roads {network} km + off the network {off} km (×{factor})"), facts)


def _factor(percent: int) -> str:
    return f"{percent // 100}{',' if language() == 'fr' else '.'}{percent % 100:02d}"


def _whole_km(metres: int) -> int:
    return (metres + 500) // 1000


def great_circle(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Metres between two points over the sphere (haversine)."""
    half = sin(radians(to_lat - lat) / 2) ** 2
    half += cos(radians(lat)) * cos(radians(to_lat)) * sin(radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))


def distances(
    points: Sequence[Point],
    nodes: Sequence[Point],
    edges: Sequence[Edge],
    assumptions: Assumptions | None = None,
) -> tuple[RoadDistance, ...]:
    """Distance of every ordered pair of different points, the same both ways."""
    network = _Network(nodes, edges, assumptions or Assumptions())
    network.join(points)
    found: list[RoadDistance] = []
    for index, start in enumerate(points):
        for end, distance in network.from_point(start, points[index + 1 :]):
            found.append(distance)
            found.append(
                msgspec.structs.replace(
                    distance, from_code=end.code, to_code=start.code, via=tuple(reversed(distance.via))
                )
            )
    return tuple(found)


class _Arc(msgspec.Struct, frozen=True, gc=False):
    target: int
    cost: float
    metres: float
    minutes: float
    is_off: bool


class _Network:
    """The graph with the places joined to it; vertices are numbers, nodes of the graph first."""

    def __init__(self, nodes: Sequence[Point], edges: Sequence[Edge], assumptions: Assumptions) -> None:
        self._assumptions = assumptions
        self._codes: list[str | None] = [node.code for node in nodes]
        self._number = {node.code: number for number, node in enumerate(nodes)}
        self._arcs: list[list[_Arc]] = [[] for _ in nodes]
        self._edges = [edge for edge in edges if {edge.from_code, edge.to_code} <= self._number.keys()]
        at = {node.code: (node.lon, node.lat) for node in nodes}
        self._lines = [edge.line or (at[edge.from_code], at[edge.to_code]) for edge in self._edges]
        self._kmh = {
            "paved": assumptions.paved_kmh,
            "laterite": assumptions.laterite_kmh,
            "track": assumptions.track_kmh,
        }

    def join(self, points: Sequence[Point]) -> None:
        """Tie each point to the nearest edges and cut those edges there."""
        cuts: list[list[tuple[float, int]]] = [[] for _ in self._edges]
        self._vertex_of: dict[str, int] = {}
        for point in points:
            vertex = self._vertex_of[point.code] = self._vertex()
            nearest = heapq.nsmallest(
                JOINS_PER_POINT,
                ((*_nearest_on(line, point), number) for number, line in enumerate(self._lines)),
            )
            for metres, share, number in nearest:
                joint = self._vertex()
                cuts[number].append((share, joint))
                self._link(vertex, joint, self._off_arc(metres))
        for edge, joints in zip(self._edges, cuts, strict=True):
            self._lay(edge, sorted(joints))

    def _vertex(self) -> int:
        self._arcs.append([])
        self._codes.append(None)
        return len(self._arcs) - 1

    def _off_arc(self, crow_metres: float) -> _Arc:
        metres = crow_metres * self._assumptions.winding_percent / 100
        minutes = metres * 60 / (1000 * self._assumptions.track_kmh)
        return _Arc(0, crow_metres * OFF_NETWORK_COST, metres, minutes, True)

    def _lay(self, edge: Edge, joints: list[tuple[float, int]]) -> None:
        kmh = self._kmh.get(edge.surface, self._assumptions.track_kmh)
        minutes = edge.minutes if edge.minutes is not None else edge.metres * 60 / (1000 * kmh)
        stops = [(0.0, self._number[edge.from_code]), *joints, (1.0, self._number[edge.to_code])]
        for (share, vertex), (next_share, next_vertex) in pairwise(stops):
            part = next_share - share
            metres = edge.metres * part
            self._link(vertex, next_vertex, _Arc(0, metres, metres, minutes * part, False))

    def _link(self, one: int, other: int, arc: _Arc) -> None:
        self._arcs[one].append(msgspec.structs.replace(arc, target=other))
        self._arcs[other].append(msgspec.structs.replace(arc, target=one))

    def from_point(self, start: Point, ends: Iterable[Point]) -> Iterable[tuple[Point, RoadDistance]]:
        """Cheapest way from one point to each of the others: by road, or straight when that costs less."""
        cost, came_by = self._search(self._vertex_of[start.code])
        for end in ends:
            crow = great_circle(start.lat, start.lon, end.lat, end.lon)
            straight = self._off_arc(crow)
            vertex = self._vertex_of[end.code]
            if (start.lat, start.lon) == (end.lat, end.lon):
                yield end, self._answer(start, end, [], Basis.SAME_PLACE, ())
            elif straight.cost <= cost[vertex]:
                yield end, self._answer(start, end, [straight], Basis.OFF_NETWORK, ())
            else:
                arcs, via = self._way(vertex, came_by)
                yield end, self._answer(start, end, arcs, Basis.ROAD_GRAPH, via)

    def _search(self, start: int) -> tuple[list[float], list[tuple[int, _Arc] | None]]:
        """Dijkstra's algorithm (1959) with a heap: cost of each vertex and the arc it was reached by."""
        cost = [inf] * len(self._arcs)
        came_by: list[tuple[int, _Arc] | None] = [None] * len(self._arcs)
        cost[start] = 0.0
        queue = [(0.0, start)]
        while queue:
            reached, vertex = heapq.heappop(queue)
            if reached > cost[vertex]:
                continue
            for arc in self._arcs[vertex]:
                through = reached + arc.cost
                if through < cost[arc.target]:
                    cost[arc.target] = through
                    came_by[arc.target] = (vertex, arc)
                    heapq.heappush(queue, (through, arc.target))
        return cost, came_by

    def _way(self, vertex: int, came_by: list[tuple[int, _Arc] | None]) -> tuple[list[_Arc], tuple[str, ...]]:
        arcs: list[_Arc] = []
        via: list[str] = []
        step = came_by[vertex]
        while step is not None:
            vertex, arc = step
            arcs.append(arc)
            code = self._codes[vertex]
            if code is not None:
                via.append(code)
            step = came_by[vertex]
        return arcs, tuple(reversed(via))

    def _answer(
        self, start: Point, end: Point, arcs: list[_Arc], basis: Basis, via: tuple[str, ...]
    ) -> RoadDistance:
        network = round(sum(arc.metres for arc in arcs if not arc.is_off))
        off = round(sum(arc.metres for arc in arcs if arc.is_off))
        return RoadDistance(
            from_code=start.code,
            to_code=end.code,
            metres=network + off,
            minutes=round(sum(arc.minutes for arc in arcs)),
            basis=basis,
            network_metres=network,
            off_network_metres=off,
            winding_percent=self._assumptions.winding_percent,
            via=via,
        )


def _nearest_on(line: Sequence[tuple[float, float]], point: Point) -> tuple[float, float]:
    """Metres from the point to the line and the share of the line's length before that spot.

    The line is projected flat around the point: over the tens of kilometres that matter this is exact enough.
    """
    squeeze = cos(radians(point.lat))
    flat = [((lon - point.lon) * squeeze, lat - point.lat) for lon, lat in line]
    best, best_at, length = inf, 0.0, 0.0
    for (x, y), (next_x, next_y) in pairwise(flat):
        across, along = next_x - x, next_y - y
        squared = across * across + along * along
        share = 0.0 if squared == 0 else min(1.0, max(0.0, -(x * across + y * along) / squared))
        near = (x + share * across) ** 2 + (y + share * along) ** 2
        if near < best:
            best, best_at = near, length + share * sqrt(squared)
        length += sqrt(squared)
    metres = radians(sqrt(best)) * EARTH_METRES
    return metres, best_at / length if length else 0.0
