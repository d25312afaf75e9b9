"""Roads meet where their lines share a point, also where the graph has no node.

A trunk graph leads each road to a town; where two of them run together for the last kilometres, a way from
one to the other would drive into the town and out again (Sévaré and Mopti: 12 km each way).
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from supply.catalog.roads import Edge, Point, great_circle

Spot = tuple[float, float]


def with_meetings(nodes: Sequence[Point], edges: Sequence[Edge]) -> tuple[list[Point], list[Edge]]:
    """The graph with a node wherever lines share a point within them, the roads cut there.

    Pieces keep the code and the access rules of their road; its metres and minutes are shared out by the
    lengths of the line. A road with a ferry stays whole: nobody says in which piece the ferry lies.
    """
    known = {node.code for node in nodes}
    roads_at: dict[Spot, set[int]] = defaultdict(set)
    ends: dict[Spot, str] = {}
    for number, edge in enumerate(edges):
        if edge.line and not edge.ferry_minutes and {edge.from_code, edge.to_code} <= known:
            ends[edge.line[0]], ends[edge.line[-1]] = edge.from_code, edge.to_code
            for spot in edge.line:
                roads_at[spot].add(number)
    inner = {
        spot
        for number in set[int]().union(*roads_at.values())
        for spot in edges[number].line[1:-1]
        if len(roads_at[spot]) > 1
    }
    node_at = {spot: ends.get(spot) or f"@{spot[1]},{spot[0]}" for spot in sorted(inner)}
    added = [Point(code, spot[1], spot[0]) for spot, code in node_at.items() if code not in known]
    pieces = [piece for edge in edges for piece in ([edge] if edge.ferry_minutes else _pieces(edge, node_at))]
    return [*nodes, *added], pieces


def _pieces(edge: Edge, node_at: dict[Spot, str]) -> list[Edge]:
    """The road cut at these points of its line; lengths and minutes of the pieces add up to its own."""
    last = len(edge.line) - 1
    cuts = [place for place in range(1, last) if edge.line[place] in node_at]
    if not cuts:
        return [edge]
    so_far = [0.0]
    for (lon, lat), (to_lon, to_lat) in pairwise(edge.line):
        so_far.append(so_far[-1] + great_circle(lat, lon, to_lat, to_lon))

    def until(whole: int, place: int) -> int:
        return round(whole * so_far[place] / so_far[-1]) if so_far[-1] else 0

    def between(whole: int | None, start: int, end: int) -> int | None:
        return None if whole is None else until(whole, end) - until(whole, start)

    return [
        msgspec.structs.replace(
            edge,
            from_code=edge.from_code if start == 0 else node_at[edge.line[start]],
            to_code=edge.to_code if end == last else node_at[edge.line[end]],
            metres=until(edge.metres, end) - until(edge.metres, start),
            minutes=between(edge.minutes, start, end),
            rains_minutes=between(edge.rains_minutes, start, end),
            line=edge.line[start : end + 1],
        )
        for start, end in pairwise([0, *cuts, last])
    ]
