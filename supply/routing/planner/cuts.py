"""Rounded-capacity cuts: trips from some depots must bring a set of sites what the other depots have not got.

For sites S and depots T, the trips of T must bring at least D, the need of S beyond the stock of the
other depots. Each brings at most a = min(capacity, D, need of its stops in S), so Σ a x ≥ D. Divided by a
step and rounded (mixed-integer rounding: Nemhauser and Wolsey 1988) this closes most of the gap.
"""

from itertools import combinations

import msgspec
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Instance, Ints


class Cut(msgspec.Struct, frozen=True):
    """Σ rounded(a / step) over trips of the depots ≥ right; `part`: the fraction that counts as one more."""

    members: Bools
    depots: Bools
    need: float
    step: float
    part: float
    right: float


def rounded_weight(amount: Floats, step: Floats | float, part: Floats | float) -> Floats:
    """Mixed-integer rounding of amount / step."""
    whole = np.floor(amount / step + 1e-9)
    rest = np.maximum(amount / step - whole, 0.0)
    weight: Floats = whole + np.minimum(rest / part, 1.0)
    return weight


def weight_of(cut: Cut, capacity: float, demand: Floats, stops: list[int]) -> float:
    """The cut's coefficient of a trip over these stops."""
    amount = min(capacity, cut.need, float(demand[stops] @ cut.members[stops]))
    return float(rounded_weight(np.array([amount]), cut.step, cut.part)[0]) if amount > 0 else 0.0


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


class Separator:
    """Looks for violated cuts; a candidate is a row of flags, sites first, then depots."""

    def __init__(self, instance: Instance, spared: float, *, thorough: bool = True) -> None:
        self.sites = instance.sites
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

    def find(self, visits: Bools, depots: Ints, capacity: Floats, amount: Floats, *, most: int) -> list[Cut]:
        """The most violated cuts; trip i from `depots[i]` visits `visits[i]`, driven `amount[i]` times."""
        trips = (visits * self.total, depots, capacity, amount)
        sets = self.sets
        scores, cuts = self._evaluate(sets, *trips)
        for _ in range(4):  # improve the best sets by one site or depot more or less
            top = np.argsort(-scores, kind="stable")[:80]
            flips = sets[top][:, None, :] ^ np.eye(sets.shape[1], dtype=bool)[None]
            fresh = np.unique(flips.reshape(-1, sets.shape[1]), axis=0)
            more_scores, more_cuts = self._evaluate(fresh, *trips)
            before = scores[top].max(initial=0.0)
            sets = np.concatenate([sets[top], fresh])
            scores = np.concatenate([scores[top], more_scores])
            cuts = np.concatenate([cuts[top], more_cuts])
            if more_scores.max(initial=0.0) <= before + 1e-9:
                break
        return self._spread(sets, scores, cuts, most)

    def _evaluate(
        self, sets: Bools, goods: Floats, depots: Ints, capacity: Floats, amount: Floats
    ) -> tuple[Floats, Floats]:
        """Relative violation of each set's best cut, and its (need, step, part, right)."""
        need = self._need(sets)
        bring = goods @ sets[:, : self.sites].T.astype(np.float64)
        bring = np.minimum(np.minimum(bring, capacity[:, None]), need[None, :])
        bring = bring * sets[:, self.sites :].T[depots]
        best = np.zeros(len(sets))
        cuts = np.zeros((len(sets), 4))
        safe = np.maximum(need, 1.0)
        steps = [np.minimum(kind, safe) for kind in np.unique(capacity)]
        steps += [safe / count for count in range(1, 13)]
        rests = [safe - times * kind for kind in np.unique(capacity) for times in (1, 2, 3)]
        steps += [np.where(rest > 500.0, rest, safe) for rest in rests]
        for step in steps:
            right = np.ceil(need / step - 1e-9)
            part = np.maximum(need / step - (right - 1), 1e-6)
            left = amount @ rounded_weight(bring, step[None, :], part[None, :])
            short = np.where((need > 0) & (part > 1e-3), (right - left) / np.maximum(right, 1.0), 0.0)
            better = short > best + 1e-9
            best = np.where(better, short, best)
            cuts[better] = np.stack([need, step, part, right], axis=1)[better]
        return best, cuts

    def _spread(self, sets: Bools, scores: Floats, cuts: Floats, most: int) -> list[Cut]:
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
            chosen.append(Cut(members.copy(), depots.copy(), need, step, part, right))
        return chosen
