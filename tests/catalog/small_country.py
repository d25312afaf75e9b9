"""Small random road graphs, and the plainest way to find the shortest ways on them: Floyd and Warshall."""

from itertools import product
from math import cos, inf, radians

from hypothesis import strategies as st

from supply.catalog.road_network import NEIGHBOURHOOD_METRES, OFF_NETWORK_COST
from supply.catalog.roads import EARTH_METRES, Edge, Point, great_circle

NODES = tuple(
    Point(f"N{number}", number // 3 + 0.11 * (number % 3) ** 2, number % 3 + 0.07 * (number // 3) ** 2)
    for number in range(9)
)
# About 111 km apart at the equator, no three in a line: a road must not pass a node unnamed.


def _edge(number: int, ends: tuple[int, int], winding: float, surface: str) -> Edge:
    start, end = NODES[ends[0]], NODES[ends[1]]
    crow = great_circle(start.lat, start.lon, end.lat, end.lon)
    return Edge(
        code=f"E{number}",
        from_code=start.code,
        to_code=end.code,
        metres=round(crow * winding),
        surface=surface,
    )


_ends = st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda ends: ends[0] != ends[1])
roads = st.lists(
    st.tuples(_ends, st.floats(1.01, 2.5), st.sampled_from(("paved", "laterite", "track"))), max_size=7
).map(lambda found: tuple(_edge(number, *road) for number, road in enumerate(found)))
"""Roads of different lengths, parallel ones and loops among them; at most as many as a place may join."""
_degree = st.floats(0, 2).map(lambda value: round(value, 2))
places = st.lists(st.tuples(_degree, _degree), min_size=2, max_size=4, unique=True).map(
    lambda spots: tuple(Point(f"P{number}", lat, lon) for number, (lat, lon) in enumerate(spots))
)
towns = st.lists(st.integers(0, 8), min_size=2, max_size=5, unique=True).map(
    lambda numbers: tuple(Point(f"P{number}", NODES[number].lat, NODES[number].lon) for number in numbers)
)
"""Places that lie on nodes."""


def cheapest(start: Point, end: Point, edges: tuple[Edge, ...], *, is_detour: bool = False) -> float:
    """Cost of the way between two places: metres on roads and 2.5 times the great circle off them.

    Every place lies on its own spot of each road, roads are cut there, and all pairs of spots are tried.
    """
    cost: dict[tuple[str, str], float] = {}
    spots: dict[int, list[tuple[float, str]]] = {
        number: [(0.0, edge.from_code), (1.0, edge.to_code)] for number, edge in enumerate(edges)
    }
    for place in (start, end):
        found = [(*_nearest(edge, place), number) for number, edge in enumerate(edges)]
        nearest = min((crow for crow, _, _ in found), default=0.0)
        for crow, share, number in found:
            if is_detour and crow > nearest + NEIGHBOURHOOD_METRES:
                continue
            name = f"{place.code}/{number}"
            spots[number].append((share, name))
            _link(cost, place.code, name, crow * OFF_NETWORK_COST)
    for number, on_road in spots.items():
        for (share, one), (other_share, other) in product(on_road, on_road):
            _link(cost, one, other, abs(share - other_share) * edges[number].metres)
    if not is_detour:
        crow = great_circle(start.lat, start.lon, end.lat, end.lon)
        _link(cost, start.code, end.code, crow * OFF_NETWORK_COST)
    names = {name for pair in cost for name in pair}
    for middle, one, other in product(names, names, names):
        through = cost.get((one, middle), inf) + cost.get((middle, other), inf)
        if through < cost.get((one, other), inf):
            cost[one, other] = through
    return cost.get((start.code, end.code), inf)


def _link(cost: dict[tuple[str, str], float], one: str, other: str, value: float) -> None:
    for pair in ((one, other), (other, one)):
        cost[pair] = min(value, cost.get(pair, inf))


def _nearest(edge: Edge, place: Point) -> tuple[float, float]:
    """Metres from the place to a straight road, and the share of the road before the spot."""
    at = {node.code: node for node in NODES}
    squeeze = cos(radians(place.lat))
    start, end = at[edge.from_code], at[edge.to_code]
    x, y = (start.lon - place.lon) * squeeze, start.lat - place.lat
    across, along = (end.lon - start.lon) * squeeze, end.lat - start.lat
    share = -(x * across + y * along) / (across**2 + along**2)
    share = min(1.0, max(0.0, share))
    degrees = ((x + share * across) ** 2 + (y + share * along) ** 2) ** 0.5
    return radians(degrees) * EARTH_METRES, share
