"""Rounded-capacity cuts: trips from some depots must bring a set of sites what the other depots have not got.

For sites S and depots T, the trips of T must bring at least D, the need of S beyond the stock of the
other depots. Each brings at most a = min(capacity, D, need of its stops in S), so Σ a x ≥ D. Divided by a
step and rounded (mixed-integer rounding: Nemhauser and Wolsey 1988) this closes most of the gap.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from supply.routing.planner.instance import Bools, Floats
from supply.routing.planner.routes import Routes, Switches, amounts_of, elsewhere


class Cut(msgspec.Struct, frozen=True):
    """Σ rounded(a / step) over trips of the pools ≥ right, a = min(capacity, need, Σ kg of the stops).

    `part` is the fraction of a step that counts as one more. With kg = 1 a site the same form counts visits.
    Trips of the pools in `flow` count by what they bring: 1 / (step part) for each kg; `flow[0]` is for trips
    that stop at these sites only, `flow[1]`, a superset, for those that stop elsewhere too.
    """

    kg: Floats
    pools: Bools
    need: float
    step: float
    part: float
    right: float
    flow: Bools
    free: bool = False
    """A row to branch on: nothing is known yet of what it must be."""

    @property
    def rate(self) -> float:
        """What a kg counts in the pools of `flow`."""
        return 1.0 / (self.step * self.part)


def rounded_weight(amount: Floats, step: Floats | float, part: Floats | float) -> Floats:
    """Mixed-integer rounding of amount / step."""
    whole = np.floor(amount / step + 1e-9)
    rest = np.maximum(amount / step - whole, 0.0)
    weight: Floats = whole + np.minimum(rest / part, 1.0)
    return weight


def weights_of(cut: Cut, routes: Routes, capacity: Floats) -> Floats:
    """The cut's coefficient of each trip, without its goods; capacity by pool."""
    amount = np.minimum(np.minimum(amounts_of(routes, cut.kg), cut.need), capacity[routes.pool])
    weights: Floats = rounded_weight(amount, cut.step, cut.part)
    if cut.flow.any():
        weights = weights * ~cut.flow[elsewhere(routes, cut.kg).astype(np.int64), routes.pool]
    return weights * cut.pools[routes.pool]


def by_kg(cut: Cut, routes: Routes) -> Bools:
    """Trips that count by what they bring."""
    counted: Bools = (
        cut.flow[elsewhere(routes, cut.kg).astype(np.int64), routes.pool] & cut.pools[routes.pool]
    )
    return counted


def goods_of(cut: Cut, routes: Routes, loads: Floats) -> Floats:
    """The cut's coefficient of what each trip brings."""
    if not cut.flow.any():
        return np.zeros(len(loads))
    member = np.append(cut.kg > 0, False)
    brought: Floats = (loads * member[routes.stops]).sum(axis=1) * cut.rate * by_kg(cut, routes)
    return brought


def switches_of(cuts: Sequence[Cut], worth: Floats) -> Switches:
    """What a kg is worth more on trips that stop elsewhere too, by the cuts that are worth something."""
    own = [
        number for number, cut in enumerate(cuts) if worth[number] > 0 and (cut.flow[0] != cut.flow[1]).any()
    ]
    bits = np.uint64(1) << np.arange(len(cuts[0].kg) if cuts else 0, dtype=np.uint64)
    members = np.array([bits[cuts[number].kg > 0].sum(dtype=np.uint64) for number in own], dtype=np.uint64)
    pools = [cuts[number].pools & cuts[number].flow[1] & ~cuts[number].flow[0] for number in own]
    width = len(pools[0]) if pools else 0
    gain = np.array([worth[number] * cuts[number].rate for number in own])
    return Switches(members, np.array(pools, dtype=bool).reshape(len(own), width), gain)
