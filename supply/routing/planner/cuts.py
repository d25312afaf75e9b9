"""Rounded-capacity cuts: trips from some depots must bring a set of sites what the other depots have not got.

For sites S and depots T, the trips of T must bring at least D, the need of S beyond the stock of the other
depots. Each brings l to S, so Σ l ≥ D. Divided by a step and rounded (mixed-integer rounding: Nemhauser and
Wolsey 1988; it is subadditive, so that it may be applied to what each trip brings) this closes most of the
gap. A trip that stops once in S counts by what it brings there. One that stops there more often counts by
what it brings to all of S, with the least concave function above the rounding: mixtures of its loads then
count no more than the load that they make.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numba
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Ints
from supply.routing.planner.loads import eased, weight
from supply.routing.planner.routes import Routes


class Cut(msgspec.Struct, frozen=True):
    """Σ rounded(l / step) over trips of the pools ≥ right; l ≤ min(need, Σ kg of the stops).

    `part` is the fraction of a step that counts as one more. With kg = 1 a site a free row counts visits.
    """

    kg: Floats
    pools: Bools
    need: float
    step: float
    part: float
    right: float
    free: bool = False
    """A row to branch on: it counts stops, and nothing is known yet of how many there must be."""


class Stack(NamedTuple):
    """Cuts as arrays, one a row, for the compiled loop."""

    kg: Floats
    pools: Bools
    need: Floats
    step: Floats
    part: Floats
    free: Bools

    def take(self, rows: Ints) -> "Stack":
        return Stack._make(column[rows] for column in self)

    def above(self, other: "Stack") -> "Stack":
        """These cuts, then the others."""
        return Stack._make(np.concatenate(pair) for pair in zip(self, other, strict=True))


def stack_of(cuts: Sequence[Cut], sites: int, pools: int) -> Stack:
    """All the cuts, in their order."""

    def figures(name: str) -> Floats:
        return np.array([getattr(cut, name) for cut in cuts], dtype=np.float64)

    return Stack(
        np.array([cut.kg for cut in cuts], dtype=np.float64).reshape(len(cuts), sites),
        np.array([cut.pools for cut in cuts], dtype=bool).reshape(len(cuts), pools),
        figures("need"),
        figures("step"),
        figures("part"),
        np.array([cut.free for cut in cuts], dtype=bool),
    )


def weights_of(stack: Stack, routes: Routes, capacity: Floats) -> Floats:
    """`[cut, trip]`: the part of each coefficient that is the same whatever is on board; capacity by pool."""
    return coefficients(stack, routes, np.zeros(routes.stops.shape), capacity)


def most_of(cut: Cut, routes: Routes, capacity: Floats) -> Floats:
    """The cut's coefficient of each trip with as much on board as can be; capacity by pool."""
    whole = msgspec.structs.replace(cut, free=True)
    weights: Floats = weights_of(stack_of([whole], len(cut.kg), len(cut.pools)), routes, capacity)[0]
    return weights


@numba.njit(cache=True, nogil=True)
def coefficients(stack: Stack, routes: Routes, loads: Floats, capacity: Floats) -> Floats:
    """`[cut, trip]`: by the kg for their stops in the cut; free rows by what trips can bring."""
    count, trips = len(stack.need), len(routes.pool)
    found = np.zeros((count, trips))
    for c in range(count):
        for row in range(trips):
            pool = routes.pool[row]
            if not stack.pools[c, pool]:
                continue
            can, does, members = 0.0, 0.0, 0
            for j in range(routes.size[row]):
                kg = stack.kg[c, routes.stops[row, j]]
                if kg > 0.0:
                    can += kg
                    does += loads[row, j]
                    members += 1
            step, part = stack.step[c], stack.part[c]
            if stack.free[c]:
                found[c, row] = weight(min(can, capacity[pool], stack.need[c]), step, part)
            elif members == 1:
                found[c, row] = weight(min(does, stack.need[c]), step, part)
            elif members > 1:
                found[c, row] = eased(does, min(can, routes.room[row], stack.need[c]), step, part)
    return found
