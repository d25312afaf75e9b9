"""A plan renewed in parts: a few neighbouring trips are chosen anew among all trips known, all others are kept.

Where the linear program finds the plan's trips dear there is most to gain: those are freed first, with some
that stop nearby. A small integer program chooses what takes their place; the load of every trip is open in it.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from supply.routing.planner.assembly import Assembly
from supply.routing.planner.columns import of_drafts
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Floats, Ints
from supply.routing.planner.master import Tariff
from supply.routing.planner.polish import offering
from supply.routing.planner.routes import Land, Routes, distinct, join, visits_of

FREED, WIDER, MOST_FREED = 5, 8, 9
"""Trips chosen anew at a time; one more when so many parts in a row were none the better, up to so many."""
OFFERED = 12
"""For each of them the cheapest so many trips are offered."""
SECONDS = 2.0
"""What one choice may take."""
EVEN = 0.02
"""What any trip counts as dear beside what it is: this share of what all are together."""
PATIENCE = 30
"""So many parts in a row without a better plan, and it is enough."""
TRIES = 20
"""Draws for a part that was not tried."""
FAR = 1e9


class Renewal:
    """Renews plans with these trips; the `tariff` says which of a plan are dear."""

    def __init__(self, tariff: Tariff, routes: Routes, costs: Floats, *, seed: int) -> None:
        """`costs`: reduced costs of the trips; a trip may be there with several loads."""
        self.tariff = tariff
        self.routes = distinct(routes.take(np.argsort(costs, kind="stable")))
        self.visits = visits_of(self.routes, len(tariff.land.demand))
        self.apart = km_between_sites(tariff.land)
        self.rng = np.random.default_rng(seed)
        self.failed = 0
        """So many parts in a row were none the better."""
        self.tried: set[frozenset[int]] = set()
        """Those parts."""

    def run(self, best: Incumbent, *, threads: int = 1, patience: int = PATIENCE) -> None:
        """Until so many parts in a row were none the better."""
        until = self.failed + patience
        with ThreadPoolExecutor(threads) as executor:
            while self.failed < until and best.left() > 0 and not best.is_optimal():
                before = best.value
                parts = self._parts(best, threads, min(FREED + self.failed // WIDER, MOST_FREED))
                owns = [best.copy() for _ in parts]
                list(executor.map(self._renew, owns, parts))
                for own in owns:
                    best.offer(own.drafts)
                self.failed += threads
                if best.value < before:
                    self.failed, until = 0, patience
                    self.tried.clear()

    def _parts(self, best: Incumbent, count: int, size: int) -> list[Ints]:
        """So many parts of the plan, each the numbers of some of its trips; none where nothing can be said."""
        if best.value[0] != self.tariff.unserved_kg or not best.drafts:
            return []
        trips, loads = of_drafts(best.instance, self.tariff.land, best.drafts)
        dear = np.maximum(self.tariff.costs(trips, loads), 0.0)
        weight = dear + max(EVEN * dear.sum(), 1e-3)
        return [self._new_part(trips, weight, min(size, len(weight))) for _ in range(count)]

    def _new_part(self, trips: Routes, weight: Floats, size: int) -> Ints:
        """One that was not tried, if there is one at hand."""
        for _ in range(TRIES):
            part = self._part(trips, weight, size)
            if frozenset(part.tolist()) not in self.tried:
                break
        self.tried.add(frozenset(part.tolist()))
        return part

    def _part(self, trips: Routes, weight: Floats, size: int) -> Ints:
        """A trip, the dearer the likelier, and others: the nearer and dearer the likelier."""
        centre = self.rng.choice(len(weight), p=weight / weight.sum())
        stops = [own[own >= 0] for own in trips.stops]
        away = np.array([self.apart[np.ix_(stops[centre], own)].min() for own in stops])
        near = weight * np.exp(-np.minimum(away / max(0.5 * np.median(away), 1.0), 50.0))
        near[centre] = 0.0
        others = self.rng.choice(len(near), size=size - 1, replace=False, p=near / near.sum())
        return np.array([centre, *others])

    def _renew(self, own: Incumbent, part: Ints) -> None:
        """Choose anew among the trips that go nowhere else than the trips of the part."""
        trips, _ = of_drafts(own.instance, self.tariff.land, own.drafts)
        elsewhere = ~visits_of(trips.take(part), own.instance.sites).any(axis=0)
        offered = np.flatnonzero(~self.visits[:, elsewhere].any(axis=1))[: OFFERED * len(part)]
        kept = trips.take(np.setdiff1d(np.arange(len(own.drafts)), part)).each()
        improved = offering(own, self.tariff.unserved_kg)
        among = distinct(join(trips, self.routes.take(offered)))
        answer = Assembly(own.instance, self.tariff, among, kept=kept).run(
            seconds=min(SECONDS, own.left()), seed=own.seed, threads=1,
            cutoff=float(own.value[1] - own.locked_cost) + 1.0, improved=improved,
        )  # fmt: skip
        if answer.routes:
            improved(list(answer.routes))


def km_between_sites(land: Land) -> Floats:
    """Km there and back."""
    own = land.km[land.depots :, land.depots :]
    there = np.where(np.isfinite(own), own, FAR)
    both: Floats = there + there.T
    return both
