"""Rounded-capacity cuts: trips from some depots must bring a set of sites what the other depots have not got.

For sites S and depots T, the trips of T must bring at least D, the need of S beyond the stock of the other
depots. Each brings l to S, so Σ l ≥ D. Divided by a step and rounded (mixed-integer rounding: Nemhauser and
Wolsey 1988; it is subadditive, so that it may be applied to what each trip brings) this closes most of the
gap. A trip that stops once in S counts by what it brings there, one that stops there more often by what it
could bring.
"""

import msgspec
import numpy as np

from supply.routing.planner.instance import Bools, Floats
from supply.routing.planner.routes import Routes, amounts_of, stops_in


class Cut(msgspec.Struct, frozen=True):
    """Σ rounded(l / step) over trips of the pools ≥ right; l ≤ min(capacity, need, Σ kg of the stops).

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


def rounded_weight(amount: Floats, step: Floats | float, part: Floats | float) -> Floats:
    """Mixed-integer rounding of amount / step."""
    whole = np.floor(amount / step + 1e-9)
    rest = np.maximum(amount / step - whole, 0.0)
    weight: Floats = whole + np.minimum(rest / part, 1.0)
    return weight


def most_of(cut: Cut, routes: Routes, capacity: Floats) -> Floats:
    """The cut's coefficient of each trip with as much on board as can be; capacity by pool."""
    amount = np.minimum(np.minimum(amounts_of(routes, cut.kg), cut.need), capacity[routes.pool])
    weights: Floats = rounded_weight(amount, cut.step, cut.part) * cut.pools[routes.pool]
    return weights


def weights_of(cut: Cut, routes: Routes, capacity: Floats) -> Floats:
    """The part of the cut's coefficient of each trip that is the same whatever is on board."""
    weights = most_of(cut, routes, capacity)
    return weights if cut.free else weights * (stops_in(routes, cut.kg > 0) > 1)


def goods_of(cut: Cut, routes: Routes, loads: Floats) -> Floats:
    """The part of the cut's coefficient of each trip that depends on the kg for its only stop in it."""
    if cut.free:
        return np.zeros(len(loads))
    member = np.append(cut.kg > 0, False)
    brought = np.minimum((loads * member[routes.stops]).sum(axis=1), cut.need)
    once = (stops_in(routes, cut.kg > 0) == 1) & cut.pools[routes.pool]
    counted: Floats = rounded_weight(brought, cut.step, cut.part) * once
    return counted
