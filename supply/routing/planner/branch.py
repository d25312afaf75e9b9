"""Branch and bound over a shortlist of trips: on how many trips go to sites, from depots, by type, to pairs.

The linear program often brings a site its goods with one trip and a half. Deciding "at most one" or "at least
two" lifts the bound far more than deciding on a single trip would.
"""

import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from supply.routing.planner.cuts import Cut
from supply.routing.planner.instance import Bools, Floats, Instance
from supply.routing.planner.linear import INFINITY
from supply.routing.planner.nodes import Branchings, Node, NodeSolver, Outcome

ALL, NEVER = 1e-12, 1e12
"""As the part of a step: any rest counts as one more; none does."""
BATCH = 4
"""Nodes that each solver takes at a time: with few it often waits for the others."""


def branchings_of(instance: Instance) -> Branchings:
    """What may be branched on: trips in all, by depot, by pool, to a site (from a depot), to two sites.

    With the kind of each, so that experience with one tells of the others.
    """
    sites, pools = instance.sites, len(instance.pools)
    depot_of = np.array([pool.depot for pool in instance.pools])
    everything, anywhere = np.ones(sites), np.ones(pools, dtype=bool)
    depots = [depot_of == depot for depot in np.unique(depot_of)]
    alone = np.eye(sites)
    wanted = np.flatnonzero(instance.demand.sum(axis=1) > 0)
    by_kind = (
        [_count(everything, own, sites + 1.0, ALL) for own in (anywhere, *depots)],
        [_count(everything, np.arange(pools) == pool, sites + 1.0, ALL) for pool in range(pools)],
        [_count(alone[site], anywhere, 2.0, ALL) for site in wanted],
        [_count(alone[site], own, 2.0, ALL) for site in wanted for own in depots],
        [_count(alone[a] + alone[b], anywhere, 2.0, NEVER) for i, a in enumerate(wanted) for b in wanted[:i]],
    )
    kinds = [kind for kind, own in enumerate(by_kind) for _ in own]
    return Branchings([count for own in by_kind for count in own], kinds)


def _count(sites: Floats, pools: Bools, step: float, part: float) -> Cut:
    return Cut(sites, pools, INFINITY, step, part, 0.0, free=True)


class Tree:
    """Open nodes by their bound; `bound` holds for every plan that is better than `limit()`.

    The solvers take a node each, and what they find is put together in their order when all are done: how
    fast each is changes nothing.
    """

    def __init__(
        self,
        solvers: Sequence[NodeSolver],
        branchings: Branchings,
        value: float,
        *,
        limit: Callable[[], float],
        between: Callable[[int], None],
        stop: Callable[[], bool],
    ) -> None:
        self.solvers = solvers
        self.branchings = branchings
        self.limit = limit
        self.between = between
        self.stop = stop
        self.open: list[Node] = [Node(value, 0, {})]
        self.numbers = self.batches = 0
        self.bound = value
        self.closed_at: list[float] = []

    def run(self, tell: Callable[[float], None]) -> bool:
        """Search until all nodes are closed (True) or told to stop."""
        with ThreadPoolExecutor(len(self.solvers)) as executor:
            while self.open and self.open[0].value < self.limit():
                self.bound = min([self.open[0].value, *self.closed_at])
                tell(self.bound)
                if self.stop():
                    return False
                batches = self._next()
                outcomes = list(executor.map(NodeSolver.solve_all, self.solvers, batches))
                for solver, nodes, own in zip(self.solvers, batches, outcomes, strict=True):
                    for node, outcome in zip(nodes, own, strict=True):
                        self._take(node, outcome, solver)
                self.batches += 1
                self.between(self.batches)
        self.bound = min([self.limit(), *self.closed_at])
        return True

    def _next(self) -> list[list[Node]]:
        """The best open nodes shared out, where possible to the solver that knows them."""
        each = max(1, min(BATCH, len(self.open) // len(self.solvers)))
        best = [heapq.heappop(self.open) for _ in range(each * len(self.solvers)) if self.open]
        batches: list[list[Node]] = [[] for _ in self.solvers]
        for node in best:
            home = batches[node.home]
            (home if len(home) < each else min(batches, key=len)).append(node)
        return batches

    def _take(self, node: Node, outcome: Outcome, solver: NodeSolver) -> None:
        for trial in outcome.trials:
            self.branchings.learn(trial)
        for other in self.solvers:
            if other is not solver and outcome.cuts:
                other.learn(outcome.cuts)
        if outcome.closed_at is not None:
            self.closed_at += [outcome.closed_at] if outcome.closed_at < np.inf else []
        elif not outcome.children:
            heapq.heappush(self.open, node)
        for child in outcome.children:
            self.numbers += 1
            heapq.heappush(
                self.open,
                Node(outcome.value, self.numbers, child, outcome.rows, outcome.basis, solver.number),
            )
