"""Rounded-capacity cuts: trips from some depots must bring a set of sites what the other depots have not got.

For sites S and depots T, the trips of T must bring at least D, the need of S beyond the stock of the
other depots. Each brings at most a = min(capacity, D, need of its stops in S), so Σ a x ≥ D. Divided by a
step and rounded (mixed-integer rounding: Nemhauser and Wolsey 1988) this closes most of the gap.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import msgspec
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.routes import Routes, Switches, amounts_of, elsewhere, visits_of


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
    member = np.append(cut.kg > 0, False)  # noqa: FBT003 - the stop that is none
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


def candidate_sets(sites: int, km: Floats, *, largest: int = 4, most: int = 8_000) -> Bools:
    """All small sets of sites where they are few, each site with its nearest ones, and the rest of each."""
    sets: list[tuple[int, ...]] = [(site,) for site in range(sites)]
    for size in range(2, largest + 1):
        every = list(combinations(range(sites), size)) if sites <= 30 else []
        if every and len(sets) + len(every) <= most:
            sets.extend(every)
    near = np.argsort(km + km.T, axis=1, kind="stable")
    for site in range(sites):
        for size in range(2, sites + 1):
            chosen = tuple(sorted(int(other) for other in near[site, :size]))
            sets.append(chosen)
    unique = list(dict.fromkeys(sets))
    member = np.zeros((len(unique), sites), dtype=bool)
    for row, chosen in enumerate(unique):
        member[row, list(chosen)] = True
    return member


class _Used(NamedTuple):
    """The trips that a solution drives, sorted by pool; `starts` are the first rows of the pools."""

    demand: Floats
    loads: Floats
    depots: Ints
    capacity: Floats
    amount: Floats
    starts: Ints


class Separator:
    """Looks for violated cuts; a candidate is a row of flags, sites first, then depots."""

    def __init__(self, instance: Instance, capacity: Floats, spared: float, *, thorough: bool = True) -> None:
        self.capacity = capacity
        self.sites = instance.sites
        self.depot_of = np.array([pool.depot for pool in instance.pools], dtype=np.int64)
        self.demand = instance.demand.astype(np.float64)
        self.total = self.demand.sum(axis=1)
        self.stock = instance.stock.astype(np.float64)
        self.spared = spared
        inner = slice(instance.depots, None)
        wanted = np.flatnonzero(self.total > 0)
        few = candidate_sets(
            len(wanted), instance.km[inner, inner][np.ix_(wanted, wanted)], largest=4 if thorough else 2
        )
        sets = np.zeros((len(few), instance.sites), dtype=bool)
        sets[:, wanted] = few
        self.sets = np.concatenate([sets, np.ones((len(sets), instance.depots), dtype=bool)], axis=1)
        short = (self.stock.sum(axis=0) < 3 * self.demand.sum(axis=0)).any()
        if thorough and short and instance.depots > 1:
            self.sets = np.concatenate([self.sets, self._with_some_depots(sets, instance.depots)])

    def _with_some_depots(self, sets: Bools, depots: int) -> Bools:
        """Larger sets with every choice of depots where they are few, else with each depot left out."""
        large = sets[(sets.sum(axis=1) == 1) | (sets.sum(axis=1) > 4)]
        if depots <= 6:
            choices = np.array(
                [[bool(bits >> d & 1) for d in range(depots)] for bits in range(1, 2**depots - 1)]
            )
        else:
            choices = ~np.eye(depots, dtype=bool)
        rows = [np.concatenate([large, np.tile(choice, (len(large), 1))], axis=1) for choice in choices]
        both: Bools = np.concatenate(rows)
        return both[self._need(both) > 0]

    def _need(self, sets: Bools) -> Floats:
        """Kg that the chosen depots must bring to the chosen sites."""
        wanted = sets[:, : self.sites] @ self.demand
        elsewhere = (~sets[:, self.sites :]) @ self.stock
        need: Floats = np.maximum(wanted - elsewhere, 0.0).sum(axis=1) - self.spared
        return np.maximum(need, 0.0)

    def find(self, trips: Routes, loads: Floats, amount: Floats, *, most: int) -> list[Cut]:
        """The most violated cuts of a solution that drives the trips with these loads so often."""
        order = np.argsort(trips.pool, kind="stable")
        trips, loads, amount = trips.take(order), loads[order], amount[order]
        brought = np.zeros((len(order), self.sites + 1))
        np.put_along_axis(brought, trips.stops, loads, axis=1)
        starts = np.flatnonzero(np.diff(trips.pool, prepend=-1))
        used = _Used(
            visits_of(trips, self.sites) * self.total, brought[:, :-1], self.depot_of[trips.pool],
            self.capacity[trips.pool], amount[:, None], starts,
        )  # fmt: skip
        sets = self.sets
        scores, cuts = self._evaluate(sets, used)
        for _ in range(4):  # improve the best sets by one site or depot more or less
            top = np.argsort(-scores, kind="stable")[:80]
            flips = sets[top][:, None, :] ^ np.eye(sets.shape[1], dtype=bool)[None]
            fresh = np.unique(flips.reshape(-1, sets.shape[1]), axis=0)
            more_scores, more_cuts = self._evaluate(fresh, used)
            before = scores[top].max(initial=0.0)
            sets = np.concatenate([sets[top], fresh])
            scores = np.concatenate([scores[top], more_scores])
            cuts = np.concatenate([cuts[top], more_cuts])
            if more_scores.max(initial=0.0) <= before + 1e-9:
                break
        return self._spread(sets, scores, cuts, used, trips.pool[starts], most)

    def _evaluate(self, sets: Bools, used: _Used) -> tuple[Floats, Floats]:
        """Relative violation of each set's best cut, and its (need, step, part, right)."""
        need = self._need(sets)
        bring, out, goods = self._brought(sets, need, used)
        best = np.zeros(len(sets))
        cuts = np.zeros((len(sets), 4))
        safe = np.maximum(need, 1.0)
        kinds = np.unique(used.capacity)
        steps = [np.minimum(kind, safe) for kind in kinds]
        steps += [safe / count for count in range(1, 13)]
        rests = [safe - times * kind for kind in kinds for times in (1, 2, 3)]
        steps += [np.where(rest > 500.0, rest, safe) for rest in rests]
        for step in steps:
            right = np.ceil(need / step - 1e-9)
            part = np.maximum(need / step - (right - 1), 1e-6)
            left = np.minimum(*_both(bring, out, goods, step, part, used)).sum(axis=(0, 1))
            short = np.where((need > 0) & (part > 1e-3), (right - left) / np.maximum(right, 1.0), 0.0)
            better = short > best + 1e-9
            best = np.where(better, short, best)
            cuts[better] = np.stack([need, step, part, right], axis=1)[better]
        return best, cuts

    def _brought(self, sets: Bools, need: Floats, used: _Used) -> tuple[Floats, Bools, Floats]:
        """Kg that each trip can bring to each set, whether it stops elsewhere too, and what trips of either
        sort do bring by pool."""
        members = sets[:, : self.sites].T.astype(np.float64)
        from_here = sets[:, self.sites :].T[used.depots]
        bring = (
            np.minimum(np.minimum(used.demand @ members, used.capacity[:, None]), need[None, :]) * from_here
        )
        out = (used.demand > 0) @ (1.0 - members) > 0
        goods = (used.loads @ members) * from_here * used.amount
        both = np.stack([np.where(out, 0.0, goods), np.where(out, goods, 0.0)])
        return bring, out, np.add.reduceat(both, used.starts, axis=1)

    def _spread(
        self, sets: Bools, scores: Floats, cuts: Floats, used: _Used, pools: Ints, most: int
    ) -> list[Cut]:
        """The most violated first, but few for the same sites."""
        chosen: list[Cut] = []
        often = np.zeros(self.sites)
        for row in np.argsort(-scores, kind="stable"):
            if len(chosen) >= most or scores[row] < 1e-3:
                break
            members, depots = sets[row, : self.sites], sets[row, self.sites :]
            if often[members].min(initial=np.inf) >= 5:
                continue
            often[members] += 1
            need, step, part, right = (float(value) for value in cuts[row])
            one = sets[row : row + 1]
            whole, goods = _both(*self._brought(one, np.array([need]), used), step, part, used)
            flow = np.zeros((2, len(self.depot_of)), dtype=bool)
            flow[:, pools] = (goods < whole)[:, :, 0]
            flow[1] |= flow[0]
            chosen.append(Cut(self.total * members, depots[self.depot_of], need, step, part, right, flow))
        return chosen


def _both(
    bring: Floats, out: Bools, goods: Floats, step: Floats | float, part: Floats | float, used: _Used
) -> tuple[Floats, Floats]:
    """What the trips of each sort and pool count in a cut: driven, and by what they bring."""
    weight = rounded_weight(bring, step, part) * used.amount
    driven = np.stack([np.where(out, 0.0, weight), np.where(out, weight, 0.0)])
    return np.add.reduceat(driven, used.starts, axis=1), goods / (step * part)
