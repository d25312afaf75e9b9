"""A plan renewed in parts: a few neighbouring trips are chosen anew among all known ones, others are kept.

Where the linear program finds the plan's trips dear there is most to gain: those are freed first, with some
that stop nearby. A small integer program chooses what takes their place; the loads of all trips are open.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from supply.routing.planner.assembly import Assembly
from supply.routing.planner.columns import of_drafts
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Floats, Ints
from supply.routing.planner.master import Master, Tariff
from supply.routing.planner.nearness import km_both_ways
from supply.routing.planner.routes import Routes, distinct, join, visits_of

FREED, WIDER, MOST_FREED = 5, 8, 9
"""Trips chosen anew at a time; one more when so many parts in a row were none the better, up to so many."""
OFFERED = 12
"""For each of them the cheapest so many trips are offered."""
SECONDS, NODES = 2.0, 200
"""What one choice may take."""
EVEN = 0.02
"""What any trip counts as dear beside what it is: this share of what all are together."""
TRIES = 50
"""Draws for parts that were not tried; when those bring none, most were."""


class Renewal:
    """Renews plans with these trips; the `tariff` says which of a plan are dear."""

    def __init__(self, tariff: Tariff, routes: Routes, costs: Floats) -> None:
        """`costs`: reduced costs of the trips; a trip may be there with several loads."""
        self.tariff = tariff
        self.routes = distinct(routes.take(np.argsort(costs, kind="stable")))
        self.visits = visits_of(self.routes, len(tariff.land.demand))
        self.apart = km_both_ways(tariff.land.km)[tariff.land.depots :, tariff.land.depots :]

    def run(self, best: Incumbent, *, patience: int) -> None:
        """Until so many parts in a row were none the better."""
        for failed in self.rounds(best, threads=1):
            if failed >= patience:
                return

    def rounds(self, best: Incumbent, *, threads: int) -> Iterator[int]:
        """Renews a part on each core, over and over; tells how many in a row were none the better."""
        rng, failed, seen = np.random.default_rng(best.seed), 0, best.value
        tried: set[frozenset[int]] = set()
        with ThreadPoolExecutor(threads) as executor:
            while best.left() > 0 and not best.is_optimal():
                if best.value != seen:
                    failed, seen = 0, best.value
                    tried.clear()
                size = min(FREED + failed // WIDER, MOST_FREED)
                parts = self._parts(best, threads, size, tried, rng)
                if not parts:
                    return
                owns = [best.copy() for _ in parts]
                list(executor.map(self._renew, owns, parts))
                for own in owns:
                    best.offer(own.drafts)
                failed += threads
                yield 0 if best.value < seen else failed

    def _parts(
        self, best: Incumbent, count: int, size: int, tried: set[frozenset[int]], rng: np.random.Generator
    ) -> list[Ints]:
        """So many parts of the plan that were not tried, each the numbers of some of its trips."""
        if best.value[0] != self.tariff.unserved_kg or not best.drafts:
            return []
        trips, loads = of_drafts(best.instance, self.tariff.land, best.drafts)
        dear = np.maximum(self.tariff.costs(trips, loads), 0.0)
        weight = dear + max(EVEN * dear.sum(), 1e-3)
        parts: list[Ints] = []
        for _ in range(TRIES):
            part = self._part(trips, weight, min(size, len(weight)), rng)
            if (key := frozenset(part.tolist())) not in tried:
                tried.add(key)
                parts.append(part)
            if len(parts) == count:
                break
        return parts

    def _part(self, trips: Routes, weight: Floats, size: int, rng: np.random.Generator) -> Ints:
        """A trip, the dearer the likelier, and others: the nearer and dearer the likelier."""
        centre = rng.choice(len(weight), p=weight / weight.sum())
        stops = [own[own >= 0] for own in trips.stops]
        away = np.array([self.apart[np.ix_(stops[centre], own)].min() for own in stops])
        near = weight * np.exp(-np.minimum(away / max(0.5 * np.median(away), 1.0), 50.0))
        near[centre] = np.inf
        # The shortest of random times, drawn at these rates: drawing without putting back.
        part: Ints = np.argsort(rng.exponential(size=len(near)) / near)[:size]
        return part

    def _renew(self, own: Incumbent, part: Ints) -> None:
        """Choose anew among the trips that go nowhere else than the trips of the part."""
        trips, _ = of_drafts(own.instance, self.tariff.land, own.drafts)
        elsewhere = ~visits_of(trips.take(part), own.instance.sites).any(axis=0)
        offered = np.flatnonzero(~self.visits[:, elsewhere].any(axis=1))[: OFFERED * len(part)]
        kept = trips.take(np.setdiff1d(np.arange(len(own.drafts)), part)).each()
        among = distinct(join(trips, self.routes.take(offered)))
        Assembly(own.instance, self.tariff, among, kept=kept).improve(own, seconds=SECONDS, nodes=NODES)


def renewal_of(master: Master) -> Renewal:
    """With the trips that the program has, as its last solution prices them."""
    return Renewal(master.tariff(), master.columns, master.reduced_costs())
