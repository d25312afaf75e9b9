"""Branch and bound over a shortlist of trips: on how many trips go to sites, from depots, by type, to pairs.

The linear program often brings a site its goods with one trip and a half. Deciding "at most one" or "at least
two" lifts the bound far more than deciding on a single trip would.
"""

import heapq
from collections.abc import Callable, Sequence
from typing import Any  # a basis of HiGHS carries no types

import msgspec
import numpy as np

from supply.routing.planner.cuts import Cut, weights_of
from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.linear import INFINITY
from supply.routing.planner.master import Master
from supply.routing.planner.shortlist import Shortlist

Span = tuple[float, float]
Bounds = dict[int, Span]
"""By number of the count that is bounded."""
TRIED = 8
"""Branchings looked at before the best is taken."""
CUTS, MOST_CUTS = 12, 240
"""Cuts added at a time, and in one search: more make every node slow."""
ENOUGH = 0.03
"""More cuts are looked for while they close so much of what is open."""
TRUSTED = 2
"""After so many trials what a branching brings is known well enough."""
ALL, NEVER = 1e-12, 1e12
"""As the part of a step: any rest counts as one more; none does."""


def counts(instance: Instance) -> list[Cut]:
    """What may be branched on: trips in all, by depot, by pool, to a site (from a depot), to two sites."""
    sites, pools = instance.sites, len(instance.pools)
    depot_of = np.array([pool.depot for pool in instance.pools])
    everything, anywhere = np.ones(sites), np.ones(pools, dtype=bool)
    depots = [depot_of == depot for depot in np.unique(depot_of)]
    trips = [anywhere, *depots, *(np.arange(pools) == pool for pool in range(pools))]
    found = [_count(everything, own, sites + 1.0, ALL) for own in trips]
    wanted = np.flatnonzero(instance.demand.sum(axis=1) > 0)
    alone = np.eye(sites)
    found += [_count(alone[site], own, 2.0, ALL) for site in wanted for own in (anywhere, *depots)]
    found += [
        _count(alone[a] + alone[b], anywhere, 2.0, NEVER) for i, a in enumerate(wanted) for b in wanted[:i]
    ]
    return found


def _count(sites: Floats, pools: Bools, step: float, part: float) -> Cut:
    return Cut(sites, pools, INFINITY, step, part, 0.0, free=True)


class Node(msgspec.Struct, frozen=True, order=True):
    """An open part of the search: no plan in it costs less than `value`."""

    value: float
    number: int
    bounds: Bounds
    rows: Ints | None = None
    """Trips of the list that a better plan of this part may use; None for all."""
    basis: Any = None


class Tree:
    """Open nodes by their bound; `bound` holds for every plan that is better than `limit()`."""

    def __init__(
        self,
        instance: Instance,
        master: Master,
        shortlist: Shortlist,
        value: float,
        *,
        limit: Callable[[], float],
        leaf: Callable[[float, Sequence[tuple[Cut, float, float]]], float],
        split: Callable[[int], None],
        violated: Callable[[int], list[Cut]],
        stop: Callable[[], bool],
        easy: int,
    ) -> None:
        self.master = master
        self.shortlist = shortlist
        self.limit = limit
        self.leaf = leaf
        self.split = split
        self.violated = violated
        self.cuts_left = MOST_CUTS
        self.easy = easy
        self.stop = stop
        self.counts = counts(instance)
        self.rows: dict[int, int] = {}
        self.lifts: dict[int, tuple[list[float], list[float]]] = {}
        self.open: list[Node] = [Node(value, 0, {})]
        self.numbers = 0
        self.bound = value
        self.closed_at: list[float] = []
        # What is missing costs so much that a node without the right trips is never better than a plan.
        master.open_stand_ins(max(value, 1.0) / 500)

    def run(self, tell: Callable[[float], None]) -> bool:
        """Search until all nodes are closed (True) or told to stop."""
        while self.open:
            node = heapq.heappop(self.open)
            self.bound = min([node.value, *self.closed_at])
            tell(self.bound)
            if node.value >= self.limit():
                continue
            if self.stop():
                heapq.heappush(self.open, node)
                return False
            self._branch(node)
        self.bound = min([self.limit(), *self.closed_at])
        return True

    def _branch(self, node: Node) -> None:
        self._set(node.bounds)
        if node.basis is not None:
            self.master.restore(node.basis)
        value = self.shortlist.grow(node.rows)
        if value is None:  # stopped: the stand-ins make every node solvable
            heapq.heappush(self.open, node)
            return
        value = max(self._cut(value, node.rows), node.value)
        if value >= self.limit():
            return
        near = self.shortlist.below(self.limit() - value)
        choices = self._fractions() if len(near) > self.easy else []
        if not choices:
            self.closed_at.append(self.leaf(value, self._rows(node.bounds)))
            return
        basis = self.master.basis()
        scored = [
            (self._score(node.bounds, key, often, value=value, basis=basis), -i)
            for i, (key, often) in enumerate(choices)
        ]
        key, often = choices[-max(scored)[1]]
        for child in self._children(node.bounds, key, often):
            self.numbers += 1
            heapq.heappush(self.open, Node(value, self.numbers, child, near, basis))
        self._set(node.bounds)
        self.split(self.numbers // 2)

    def _cut(self, value: float, among: Ints | None) -> float:
        """Cuts that the node's solution violates hold everywhere; the value with them."""
        while self.cuts_left > 0 and value < self.limit():
            cuts = self.violated(min(CUTS, self.cuts_left))
            if not cuts:
                break
            self.cuts_left -= len(cuts)
            self.master.add_cuts(cuts)
            before, grown = value, self.shortlist.grow(among)
            if grown is None:
                break
            value = grown
            if value - before < ENOUGH * (self.limit() - before):
                break
        return value

    def _score(self, bounds: Bounds, key: int, often: float, *, value: float, basis: Any) -> float:
        """How much both sides of a branching lift the program; from experience once there is some."""
        down, up = self.lifts.setdefault(key, ([], []))
        below, above = often - np.floor(often), np.ceil(often) - often
        if len(down) < TRUSTED:
            for lifts, away, child in zip(
                (down, up), (below, above), self._children(bounds, key, often), strict=True
            ):
                self._set(child)
                lifted = self.master.glance(basis)
                lifts.append(min(lifted - value, self.limit() - value) / away)
            gains = down[-1] * below, up[-1] * above
        else:
            gains = float(np.mean(down)) * below, float(np.mean(up)) * above
        return float(max(*gains, 1.0) * max(min(gains), 1.0))

    def _children(self, bounds: Bounds, key: int, often: float) -> tuple[Bounds, Bounds]:
        low, high = bounds.get(key, (0.0, INFINITY))
        down, up = float(np.floor(often)), float(np.ceil(often))
        return {**bounds, key: (low, down)}, {**bounds, key: (up, high)}

    def _set(self, bounds: Bounds) -> None:
        for key in bounds:
            if key not in self.rows:
                self.rows[key] = self.master.add_branch(self.counts[key])
        for key, row in self.rows.items():
            self.master.solver.changeRowBounds(row, *bounds.get(key, (-INFINITY, INFINITY)))

    def _rows(self, bounds: Bounds) -> list[tuple[Cut, float, float]]:
        return [(self.counts[key], low, high) for key, (low, high) in bounds.items()]

    def _fractions(self) -> list[tuple[int, float]]:
        """Counts that are not whole, the most undecided first."""
        rows, amounts = self.master.used()
        used = self.master.columns.take(rows)
        often = np.array([weights_of(cut, used, self.master.capacity) @ amounts for cut in self.counts])
        off = np.abs(often - np.round(often))
        keys = np.argsort(-off, kind="stable")[:TRIED]
        return [(int(key), float(often[key])) for key in keys if off[key] > 1e-4]
