"""Looks for violated cuts: for thousands of sets of sites and depots, the best rounding of each."""

import math
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numba
import numpy as np

from supply.routing.planner.cuts import Cut
from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.loads import eased, weight
from supply.routing.planner.master import Master
from supply.routing.planner.routes import Routes

PARTS = 12
"""Steps tried for each set: its need in so many equal parts, each capacity, what capacities leave over."""
LEAST_PART = 1e-3
LEAST_REST = 500.0
EACH = 9
"""Cuts of one search about the same sites."""
SHORT = 1e-3
"""Cuts that are violated by a smaller share are left."""


class Driven(NamedTuple):
    """Trips that a solution drives: their stops, what they bring, how often they are driven."""

    stops: Ints
    size: Ints
    loads: Floats
    depot: Ints
    capacity: Floats
    room: Floats
    often: Floats


class Room(NamedTuple):
    """What one set makes of the trips: kg each can bring there and does bring, its stops there."""

    can: Floats
    does: Floats
    members: Ints


@numba.njit(cache=True, nogil=True)
def look(chosen: Bools, need: float, total: Floats, trips: Driven, room: Room) -> None:
    """Fill in what a set of sites and depots makes of the trips."""
    sites = len(total)
    for trip in range(len(trips.often)):
        can, does, members = 0.0, 0.0, 0
        if chosen[sites + trips.depot[trip]]:
            for j in range(trips.size[trip]):
                stop = trips.stops[trip, j]
                if chosen[stop]:
                    can += total[stop]
                    does += trips.loads[trip, j]
                    members += 1
        room.can[trip] = min(can, need, trips.room[trip])
        room.does[trip] = min(does, need)
        room.members[trip] = members


@numba.njit(cache=True, nogil=True)
def count(step: float, part: float, trips: Driven, room: Room) -> float:
    """What the trips count with this rounding, as `coefficients`."""
    total = 0.0
    for trip in range(len(trips.often)):
        if room.members[trip] == 1:
            total += weight(room.does[trip], step, part) * trips.often[trip]
        elif room.members[trip] > 1:
            total += eased(room.does[trip], room.can[trip], step, part) * trips.often[trip]
    return total


@numba.njit(cache=True, nogil=True)
def best_roundings(
    sets: Bools, needs: Floats, total: Floats, kinds: Floats, trips: Driven
) -> tuple[Floats, Floats]:
    """Relative violation of each set's best cut, and its (need, step, part, right)."""
    scores, cuts = np.zeros(len(sets)), np.zeros((len(sets), 4))
    number = len(trips.often)
    room = Room(np.zeros(number), np.zeros(number), np.zeros(number, np.int64))
    steps = np.zeros(PARTS + 4 * len(kinds))
    for row in range(len(sets)):
        need = needs[row]
        if need <= 0.0:
            continue
        look(sets[row], need, total, trips, room)
        used = 0
        for parts in range(1, PARTS + 1):
            steps[used] = need / parts
            used += 1
        for kind in kinds:
            for times in range(4):
                step = min(kind, need) if times == 0 else need - times * kind
                if step > LEAST_REST or times == 0:
                    steps[used] = step
                    used += 1
        for step in steps[:used]:
            right = math.ceil(need / step - 1e-9)
            part = need / step - (right - 1)
            if part <= LEAST_PART:
                continue
            short = (right - count(step, part, trips, room)) / right
            if short > scores[row] + 1e-9:
                scores[row] = short
                cuts[row] = np.array([need, step, part, right])
    return scores, cuts


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

    def __init__(self, instance: Instance, capacity: Floats, spared: float, *, thorough: bool = True) -> None:
        self.capacity = capacity
        self.sites = instance.sites
        self.depot_of = np.array([pool.depot for pool in instance.pools], dtype=np.int64)
        must = ~np.isfinite(instance.price)  # nothing has to be brought to a site that may stay unserved
        self.demand = instance.demand.astype(np.float64) * must[:, None]
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

    def of(self, master: Master, most: int) -> list[Cut]:
        """Cuts that the program's solution violates."""
        rows, often = master.used()
        return self.find(master.columns.take(rows), master.loads[rows], often, most=most)

    def find(self, trips: Routes, loads: Floats, often: Floats, *, most: int) -> list[Cut]:
        """The most violated cuts of a solution that drives the trips with these loads so often."""
        driven = self._driven(trips, loads, often)
        sets = self.sets
        scores, cuts = self._evaluate(sets, driven)
        for _ in range(4):  # improve the best sets by one site or depot more or less
            top = np.argsort(-scores, kind="stable")[:80]
            flips = sets[top][:, None, :] ^ np.eye(sets.shape[1], dtype=bool)[None]
            fresh = np.unique(flips.reshape(-1, sets.shape[1]), axis=0)
            more_scores, more_cuts = self._evaluate(fresh, driven)
            before = scores[top].max(initial=0.0)
            sets = np.concatenate([sets[top], fresh])
            scores = np.concatenate([scores[top], more_scores])
            cuts = np.concatenate([cuts[top], more_cuts])
            if more_scores.max(initial=0.0) <= before + 1e-9:
                break
        rows = self._spread(sets, scores, most)
        return [self._cut(sets[row], cuts[row]) for row in rows]

    def _driven(self, trips: Routes, loads: Floats, often: Floats) -> Driven:
        return Driven(
            trips.stops,
            trips.size,
            loads,
            self.depot_of[trips.pool],
            self.capacity[trips.pool],
            trips.room,
            often,
        )

    def _evaluate(self, sets: Bools, driven: Driven) -> tuple[Floats, Floats]:
        return best_roundings(sets, self._need(sets), self.total, np.unique(driven.capacity), driven)

    def _spread(self, sets: Bools, scores: Floats, most: int) -> Iterator[int]:
        """The most violated first, but few for the same sites."""
        often, chosen = np.zeros(self.sites), 0
        for row in np.argsort(-scores, kind="stable"):
            members = sets[row, : self.sites]
            if chosen >= most or scores[row] < SHORT:
                return
            if often[members].min(initial=np.inf) < EACH:
                often[members] += 1
                chosen += 1
                yield int(row)

    def _cut(self, chosen: Bools, figures: Floats) -> Cut:
        need, step, part, right = (float(figure) for figure in figures)
        members, depots = chosen[: self.sites], chosen[self.sites :]
        return Cut(self.total * members, depots[self.depot_of], need, step, part, right)
