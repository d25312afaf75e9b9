"""Shortest ways over the road graph for many places at once, by the shortest paths of SciPy.

Places are sources only: no way leads through a place over open country from one road to another, so the
distance of two places does not depend on which others are asked for. Loading this module loads NumPy and
SciPy (half a second); import it where distances are wanted, never at the top of a module of the service.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from supply.catalog.road_joins import Floats, Joins, Numbers, find_joins
from supply.catalog.roads import EARTH_METRES, Edge, Point

Bools = NDArray[np.bool_]
_Value = TypeVar("_Value", np.bool_, np.float64)

OFF_NETWORK_COST = 2.5
# Cost of a great-circle metre off the network against one on it: trucks make 15-25 km/h there, 50-60 on tar.
NEIGHBOURHOOD_METRES = 5_000
# When a road is closed, a place may go to another one that is at most this much farther than its nearest.
A_MICROMETRE = 1e-6
# Added to each arc: of ways of one length the one with fewer roads is taken, and no arc weighs nothing.
ROADS_AT_ONCE = 26
# Two binary digits each within the 53 that a float holds exactly.
CELLS_AT_ONCE = 3_000_000
# Sources times vertices of one search: about 150 MB of working memory.


class Network(msgspec.Struct, frozen=True):
    """The graph with the places joined to it; roads, nodes and places by their number."""

    points: tuple[Point, ...]
    nodes: tuple[Point, ...]
    edges: tuple[Edge, ...]
    start: Numbers
    end: Numbers
    metres: Floats
    joins: Joins
    crow: Floats


class Stretch(msgspec.Struct, frozen=True):
    """A part of a way: `metres` of a road by its number, or as the crow flies where `road` is None."""

    road: int | None
    metres: float


class _Tree(msgspec.Struct, frozen=True):
    """The shortest ways from some places to all nodes: the road or entry by which each node is reached.

    `ancestors`: the node 1, 2, 4, 8 … before each, until all are before the first: sums along all ways take
    as many steps as the longest way has binary digits.
    """

    label: Numbers
    is_entry: Bools
    is_road: Bools
    ancestors: tuple[Numbers, ...]


def make_network(points: Sequence[Point], nodes: Sequence[Point], edges: Sequence[Edge]) -> Network:
    """The graph of these roads, those with an unknown end left out, and the places beside it."""
    number = {node.code: place for place, node in enumerate(nodes)}
    known = tuple(edge for edge in edges if {edge.from_code, edge.to_code} <= number.keys())
    at = {node.code: (node.lon, node.lat) for node in nodes}
    lines = [edge.line or (at[edge.from_code], at[edge.to_code]) for edge in known]
    return Network(
        points=tuple(points),
        nodes=tuple(nodes),
        edges=known,
        start=np.array([number[edge.from_code] for edge in known], dtype=np.intp),
        end=np.array([number[edge.to_code] for edge in known], dtype=np.intp),
        metres=np.array([edge.metres for edge in known], dtype=np.float64),
        joins=find_joins(points, lines),
        crow=_crow(points),
    )


def _crow(points: Sequence[Point]) -> Floats:
    """Great circles between all places in metres (haversine)."""
    lat = np.radians([point.lat for point in points])
    lon = np.radians([point.lon for point in points])
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    metres: Floats = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres


def usual_ways(network: Network) -> "Ways":
    """Every road open; where open country costs less than the roads, straight across it."""
    everywhere = np.ones(network.joins.road.shape, dtype=bool)
    return Ways(network, (), everywhere, network.crow * OFF_NETWORK_COST)


def ways_without(network: Network, closed: Collection[int]) -> "Ways":
    """The ways left when these roads, by number, are closed.

    A closed road is not replaced by open country: a place may join only roads of its neighbourhood, and no
    way goes straight.
    """
    crow = network.joins.crow
    near = crow <= crow[:, :1] + NEIGHBOURHOOD_METRES
    return Ways(network, closed, near, np.full(network.crow.shape, np.inf))


class Ways:
    """The shortest way of every pair of places over the roads of one state, the same both ways."""

    def __init__(
        self, network: Network, closed: Collection[int], may_join: Bools, straight_cost: Floats
    ) -> None:
        self.network = network
        is_open = np.ones(len(network.edges), dtype=bool)
        is_open[list(closed)] = False
        self._usable = may_join & is_open[network.joins.road] if may_join.size else may_join
        self._entry_node, self._entry_cost = _entries(network, self._usable)
        self._trees: dict[int, _Tree] = {}
        self._via: dict[tuple[int, int], tuple[str, ...]] = {}
        self._lay_arcs(is_open)
        self._search()
        self._finish(straight_cost)

    def _lay_arcs(self, is_open: Bools) -> None:
        """Arcs between nodes both ways, and from each place to the ends of the roads it may join."""
        network, node_count = self.network, len(self.network.nodes)
        roads = np.flatnonzero(is_open)
        place, column = np.nonzero(np.isfinite(self._entry_cost))
        tail = np.concatenate([network.start[roads], network.end[roads], place + node_count])
        head = np.concatenate([network.end[roads], network.start[roads], self._entry_node[place, column]])
        weight = np.concatenate(
            [network.metres[roads], network.metres[roads], self._entry_cost[place, column]]
        )
        label = np.concatenate([roads, roads, column])
        # Of several arcs between two vertices only the lightest counts; SciPy would add them up.
        order = np.lexsort((weight, head, tail))
        tail, head, weight, label = tail[order], head[order], weight[order], label[order]
        is_first = np.ones(len(tail), dtype=bool)
        is_first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        self._size = node_count + len(network.points)
        self._label = label[is_first]
        self._key = tail[is_first] * self._size + head[is_first]
        self._arcs = csr_array(
            (weight[is_first] + A_MICROMETRE, (tail[is_first], head[is_first])),
            shape=(self._size, self._size),
        )

    def _search(self) -> None:
        """For every pair the entry at the end place by which the way is shortest, and its cost."""
        count = len(self.network.points)
        self.cost = np.full((count, count), np.inf)
        self._entry = np.zeros((count, count), dtype=np.intp)
        self._before = np.full((count, len(self.network.nodes)), -1, dtype=np.int32)
        for places in self._chunks():
            reached, before = dijkstra(
                self._arcs, indices=places + len(self.network.nodes), return_predecessors=True
            )
            self._before[places] = before[:, : len(self.network.nodes)]
            for column in range(self._entry_node.shape[1]):
                through = reached[:, self._entry_node[:, column]] + self._entry_cost[:, column]
                is_better = through < self.cost[places]
                self.cost[places] = np.where(is_better, through, self.cost[places])
                self._entry[places] = np.where(is_better, column, self._entry[places])

    def _chunks(self) -> Iterator[Numbers]:
        count = len(self.network.points)
        step = max(1, CELLS_AT_ONCE // max(1, self._size))
        for start in range(0, count, step):
            yield np.arange(start, min(start + step, count))

    def _finish(self, straight_cost: Floats) -> None:
        """Ways along one road, and straight ones; then the lower half is the upper one."""
        self._along = _along_one_road(self.network, self._usable, self.cost)
        self.is_same = self.network.crow == 0
        self.is_straight = _mirrored((straight_cost <= self.cost) & ~self.is_same)
        cost = np.where(self.is_straight, straight_cost, self.cost)
        self.cost = _mirrored(np.where(self.is_same, 0.0, cost))

    @cached_property
    def is_known(self) -> Bools:
        """Pairs between which a way is open."""
        known: Bools = np.isfinite(self.cost)
        return known

    def measure(self, per_road: Floats, per_crow_metre: float) -> Floats:
        """Sum along each way of a value per road (by share) and per metre as the crow flies off them."""
        return self._sum(per_road, per_crow_metre, _as_driven)

    def uses(self, roads: Sequence[int]) -> list[Bools]:
        """For each of these roads the pairs whose way drives on it."""
        found: list[Bools] = []
        for first in range(0, len(roads), ROADS_AT_ONCE):
            some = roads[first : first + ROADS_AT_ONCE]
            # A way drives a road once, or its two ends: two binary digits for each road hold the count.
            digits = np.zeros(len(self.network.edges))
            digits[list(some)] = 4.0 ** np.arange(len(some))
            total = self._sum(digits, 0.0, _as_touched)
            counts = np.where(np.isfinite(total), total, 0.0).astype(np.int64)
            found.extend((counts >> (2 * place)) & 3 > 0 for place in range(len(some)))
        return found

    def _sum(self, per_road: Floats, per_crow_metre: float, counted: Callable[[Floats], Floats]) -> Floats:
        """`counted`: what a share of a road counts as."""
        network, joins = self.network, self.network.joins
        total = np.full(network.crow.shape, np.inf)
        if joins.road.size:
            crow = np.concatenate([joins.crow, joins.crow], axis=1)
            road = np.concatenate([joins.road, joins.road], axis=1)
            share = np.concatenate([joins.share, 1 - joins.share], axis=1)
            entry_value = crow * per_crow_metre + counted(share) * per_road[road]
            rows = np.arange(len(network.points))
            for places in self._chunks():
                entry = self._entry[places]
                along = self._along_tree(places, per_road, entry_value)
                node = self._entry_node[rows, entry]
                total[places] = np.take_along_axis(along, node, axis=1) + entry_value[rows, entry]
            start, end = np.nonzero(self._along[0] >= 0)
            one, other = self._along[0][start, end], self._along[1][start, end]
            part = counted(np.abs(joins.share[start, one] - joins.share[end, other]))
            off = joins.crow[start, one] + joins.crow[end, other]
            total[start, end] = part * per_road[joins.road[start, one]] + off * per_crow_metre
        total = np.where(self.is_straight, network.crow * per_crow_metre, total)
        total[~self.is_known] = np.inf
        total[self.is_same] = 0.0
        return _mirrored(total)

    def _along_tree(self, places: Numbers, per_road: Floats, entry_value: Floats) -> Floats:
        """Value from each place to each node; the last column is nothing, what lies before all nodes."""
        tree = self._tree(places)
        by_road = per_road[np.where(tree.is_road, tree.label, 0)]
        by_entry = entry_value[places[:, None], np.where(tree.is_entry, tree.label, 0)]
        value = np.where(tree.is_entry, by_entry, np.where(tree.is_road, by_road, 0.0))
        value = np.concatenate([value, np.zeros((len(places), 1))], axis=1)
        for ancestor in tree.ancestors:
            value += np.take_along_axis(value, ancestor, axis=1)
        return value

    def _tree(self, places: Numbers) -> _Tree:
        first = int(places[0])
        if first not in self._trees:
            node_count = len(self.network.nodes)
            before = self._before[places]
            arc = np.searchsorted(self._key, before.astype(np.int64) * self._size + np.arange(node_count))
            labels = self._label if len(self._label) else np.zeros(1, dtype=np.intp)
            is_entry, is_road = before >= node_count, (before >= 0) & (before < node_count)
            ancestor = np.full((len(places), node_count + 1), node_count, dtype=np.intp)
            ancestor[:, :node_count] = np.where(is_road, before, node_count)
            ancestors = []
            while (ancestor < node_count).any():
                ancestors.append(ancestor)
                ancestor = np.take_along_axis(ancestor, ancestor, axis=1)
            label = labels[np.minimum(arc, len(labels) - 1)]
            self._trees[first] = _Tree(label, is_entry, is_road, tuple(ancestors))
        return self._trees[first]

    def via(self, start: int, end: int) -> tuple[str, ...]:
        """Codes of the nodes on the way from a place to a later one, in order."""
        node = self._last_nodes[start][end]
        return self._via.get((start, node)) or self._via_to(start, node) if node >= 0 else ()

    @cached_property
    def _last_nodes(self) -> list[list[int]]:
        """The node before the end place; -1 for ways that lead over none."""
        last = np.full(self.cost.shape, -1)
        if self._entry_node.size:
            by_entry = self._entry_node[np.arange(len(self.network.points)), self._entry]
            is_by_nodes = self.is_known & ~self.is_same & ~self.is_straight & (self._along[0] < 0)
            last = np.where(is_by_nodes, by_entry, -1)
        rows: list[list[int]] = last.tolist()
        return rows

    def _via_to(self, start: int, node: int) -> tuple[str, ...]:
        back: list[int] = []
        while (start, node) not in self._via and node < len(self.network.nodes):
            back.append(node)
            node = int(self._before[start, node])
        passed = self._via.get((start, node), ())
        for one in reversed(back):
            passed = (*passed, self.network.nodes[one].code)
            self._via[start, one] = passed
        return passed

    def stretches(self, start: int, end: int) -> tuple[Stretch, ...]:
        """The way from one place to another, stretch by stretch; empty when there is none."""
        if start > end:
            return tuple(reversed(self.stretches(end, start)))
        if self.is_same[start, end] or not self.is_known[start, end]:
            return ()
        network, joins = self.network, self.network.joins
        if self.is_straight[start, end]:
            return (Stretch(None, float(network.crow[start, end])),)
        one, other = int(self._along[0][start, end]), int(self._along[1][start, end])
        if one >= 0:
            road = int(joins.road[start, one])
            metres = abs(joins.share[start, one] - joins.share[end, other]) * network.metres[road]
            return _without_nothing(
                Stretch(None, float(joins.crow[start, one])),
                Stretch(road, float(metres)),
                Stretch(None, float(joins.crow[end, other])),
            )
        entry = int(self._entry[start, end])
        last = int(self._entry_node[end, entry])
        off, road_part = self._entry_stretches(end, entry)
        return _without_nothing(*self._tree_stretches(start, last), road_part, off)

    def _tree_stretches(self, start: int, node: int) -> list[Stretch]:
        node_count = len(self.network.nodes)
        found: list[Stretch] = []
        while True:
            before = int(self._before[start, node])
            label = int(self._label[np.searchsorted(self._key, before * self._size + node)])
            if before >= node_count:
                off, part = self._entry_stretches(start, label)
                found.extend((part, off))
                return list(reversed(found))
            found.append(Stretch(label, float(self.network.metres[label])))
            node = before

    def _entry_stretches(self, place: int, entry: int) -> tuple[Stretch, Stretch]:
        """Open country to the road, and the road to its end; entries are all starts, then all ends."""
        joins = self.network.joins
        end, join = divmod(entry, joins.road.shape[1])
        road, share = int(joins.road[place, join]), float(joins.share[place, join])
        part = (1 - share if end else share) * float(self.network.metres[road])
        return Stretch(None, float(joins.crow[place, join])), Stretch(road, part)


def _as_driven(share: Floats) -> Floats:
    return share


def _as_touched(share: Floats) -> Floats:
    return np.where(share > 0, 1.0, 0.0)


def _entries(network: Network, usable: Bools) -> tuple[Numbers, Floats]:
    """Per place the end nodes of its roads, all starts and then all ends, and the cost of getting there."""
    joins = network.joins
    if not joins.road.size:
        return joins.road, joins.crow
    metres = network.metres[joins.road]
    off = np.where(usable, joins.crow * OFF_NETWORK_COST, np.inf)
    node = np.concatenate([network.start[joins.road], network.end[joins.road]], axis=1)
    cost = np.concatenate([off + joins.share * metres, off + (1 - joins.share) * metres], axis=1)
    return node, cost


def _along_one_road(network: Network, usable: Bools, cost: Floats) -> tuple[Numbers, Numbers]:
    """Joins of the pairs that stay on one road, -1 for all others; lowers `cost` to what that costs."""
    joins, count = network.joins, len(network.points)
    own = np.full((count, count), -1, dtype=np.intp)
    theirs = np.full((count, count), -1, dtype=np.intp)
    place, join = np.nonzero(usable)
    road = joins.road[place, join] if len(place) else place
    order = np.argsort(road, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(road[order])) + 1) if len(order) else ():
        who, which = place[group], join[group]
        off = joins.crow[who, which] * OFF_NETWORK_COST
        share = joins.share[who, which]
        metres = network.metres[road[group[0]]]
        through = off[:, None] + off + np.abs(share[:, None] - share) * metres + A_MICROMETRE
        grid = np.ix_(who, who)
        is_better = through < cost[grid]
        cost[grid] = np.where(is_better, through, cost[grid])
        own[grid] = np.where(is_better, which[:, None], own[grid])
        theirs[grid] = np.where(is_better, which, theirs[grid])
    return own, theirs


def _mirrored(values: NDArray[_Value]) -> NDArray[_Value]:
    """The upper half, written into the lower one too."""
    return np.where(np.tri(len(values), k=-1, dtype=bool), values.T, values)


def _without_nothing(*stretches: Stretch) -> tuple[Stretch, ...]:
    return tuple(one for one in stretches if one.metres > 0)
