"""Branch and bound on how often sites are visited, over trips that are searched anew at each node.

The linear program often brings a site its goods with one trip and a half. Deciding "at most one" or "at least
two" visits, in all or from one depot, lifts the bound far more than deciding on a single trip would.
"""

import heapq
from collections.abc import Callable

import numpy as np

from supply.routing.planner.cuts import Cut
from supply.routing.planner.instance import Bools
from supply.routing.planner.linear import INFINITY
from supply.routing.planner.master import MOST_BRANCHES
from supply.routing.planner.root import Root

Key = tuple[int, int]
"""Site and depot; depot -1 means all of them, site -1 any site."""
Bounds = dict[Key, tuple[float, float]]
TRIED = 6
"""Branchings looked at in full before the best is taken."""
VISIT_STEP = 1e9
VISIT_PART = 1e-12
"""With this step and part any amount on board weighs 1: the cut counts trips that visit."""


class Tree:
    """Open nodes by their bound; `bound` holds for every plan that is better than `limit()`."""

    def __init__(self, root: Root, *, limit: Callable[[], float], leaf: Callable[[float], float]) -> None:
        self.root = root
        self.limit = limit
        self.leaf = leaf
        self.rows: dict[Key, int] = {}
        self.open: list[tuple[float, int, Bounds]] = []
        self.bound = root.value
        self.nodes = 0
        self.closed_at: list[float] = []
        # What is missing costs so much that a node without the right trips is never better than a plan.
        root.master.open_stand_ins(max(root.value, 1.0) / 500)

    def run(self, tell: Callable[[float], None]) -> bool:
        """Search until all nodes are closed (True) or the root says stop."""
        self._push(self.root.value, {})
        while self.open:
            value, _, bounds = heapq.heappop(self.open)
            self.bound = min([value, *self.closed_at])
            tell(self.bound)
            if value >= self.limit():
                continue
            if self.root.stop() or not self._node(bounds):
                heapq.heappush(self.open, (value, -1, bounds))
                return False
        self.bound = min([self.limit(), *self.closed_at])
        return True

    def _push(self, value: float, bounds: Bounds) -> None:
        self.nodes += 1
        heapq.heappush(self.open, (value, self.nodes, bounds))

    def _node(self, bounds: Bounds) -> bool:
        """Close or split one node; False when stopped half-way."""
        value = self._value(bounds, complete=True)
        if value is None:
            return False
        if value >= self.limit():
            return True
        choices = self._fractions()
        if not choices:
            self.closed_at.append(self.leaf(value))
            return True
        scored = []
        for key, visits in choices[:TRIED]:
            low, high = self._children(bounds, key, visits)
            values = [self._value(child, complete=False) for child in (low, high)]
            gains = [np.inf if one is None else one - value for one in values]
            scored.append((min(gains) + 0.1 * min(max(gains), value), key, (low, high)))
        _, _, children = max(scored, key=lambda item: (item[0], item[1]))
        for child in children:
            lifted = self._value(child, complete=True)
            if self.root.stop():
                return False
            if lifted is None:
                return False
            if lifted < self.limit():
                self._push(max(lifted, value), child)
        return True

    def _children(self, bounds: Bounds, key: Key, visits: float) -> tuple[Bounds, Bounds]:
        low, high = bounds.get(key, (0.0, INFINITY))
        return {**bounds, key: (low, float(np.floor(visits)))}, {
            **bounds,
            key: (float(np.ceil(visits)), high),
        }

    def _value(self, bounds: Bounds, *, complete: bool) -> float | None:
        """The program's value under these bounds, over all trips or (quickly, too high) those at hand."""
        master = self.root.master
        for key in bounds:
            if key not in self.rows:
                self.rows[key] = master.add_branch(self._cut(key))
        for key, row in self.rows.items():
            low, high = bounds.get(key, (0.0, INFINITY))
            master.solver.changeRowBounds(row, low, high)
        if not complete:
            return master.solve()
        proven = self.root.bound
        most = self.root.instance.max_stops
        grown = self.root.grow(min(3, most)) and self.root.grow(most)
        self.root.bound = proven  # that of the whole problem, not of this node
        return self.root.value if grown else None

    def _cut(self, key: Key) -> Cut:
        instance = self.root.instance
        members: Bools = np.ones(instance.sites, dtype=bool)
        depots: Bools = np.ones(instance.depots, dtype=bool)
        if key[0] >= 0:
            members = np.arange(instance.sites) == key[0]
        if key[1] >= 0:
            depots = np.arange(instance.depots) == key[1]
        return Cut(members, depots, INFINITY, VISIT_STEP, VISIT_PART, 0.0)

    def _fractions(self) -> list[tuple[Key, float]]:
        """Visit counts that are not whole, the most undecided first."""
        master, instance = self.root.master, self.root.instance
        amounts = master.amounts()
        counts: dict[Key, float] = {}
        for number in np.flatnonzero(amounts > 1e-9):
            pool, stops, _ = master.columns[number][0]
            depot = instance.pools[pool].depot
            keys = [
                (-1, -1),
                (-1, depot),
                *((stop, -1) for stop in stops),
                *((stop, depot) for stop in stops),
            ]
            for key in keys:
                counts[key] = counts.get(key, 0.0) + float(amounts[number])
        open_keys = [
            (abs(count - np.floor(count) - 0.5) * (1 + count), key, count)
            for key, count in counts.items()
            if abs(count - round(count)) > 1e-4
        ]
        known = len(self.rows) >= MOST_BRANCHES
        return [(key, count) for _, key, count in sorted(open_keys) if key in self.rows or not known]
