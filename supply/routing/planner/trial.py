"""Plans a relaxed problem quickly, starting from the trips of a plan, to see whether all can be served."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from supply.routing.planner.calendar import place_all
from supply.routing.planner.draft import Draft
from supply.routing.planner.exact import search, serve_more
from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent, left_over
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.plan import Trip
from supply.routing.planner.problem import Problem

ONE_TRIAL = 4.0
"""Seconds of one trial at most."""
EXACT_SITES = 60


class Trial:
    """Shares its seconds out over trials; `sure` turns False when one ended before it was certain."""

    def __init__(self, *, seconds: float, seed: int, cancelled: Callable[[], bool] | None = None) -> None:
        self.seed = seed
        self.cancelled = cancelled
        self.until = time.monotonic() + seconds
        self.turn_until = self.until
        self.sure = True

    def share(self, turns: int) -> None:
        """The next turn gets its part of the seconds that are left."""
        left = max(0.0, self.until - time.monotonic())
        self.turn_until = time.monotonic() + left / max(turns, 1)
        self.sure = True

    def is_served(self, problem: Problem, trips: Sequence[Trip]) -> bool:
        """True when everything can be served."""
        return self._plan(problem, trips, cheaply=False) is not None

    def cost_when_served(self, problem: Problem, trips: Sequence[Trip]) -> int | None:
        """Least cost found of trips that serve everything; None when that cannot be."""
        return self._plan(problem, trips, cheaply=True)

    def reachable(self, problem: Problem, name: str) -> bool:
        """True when a road leads to the site for a vehicle that it accepts."""
        instance = instance_of(problem)
        site = next(number for number, site in enumerate(problem.sites) if site.id == name)
        return any(bool(instance.reachable(pool)[site]) for pool in instance.pools)

    def _plan(self, problem: Problem, trips: Sequence[Trip], *, cheaply: bool) -> int | None:
        instance = instance_of(problem)
        seconds = min(ONE_TRIAL, max(0.2, self.turn_until - time.monotonic()))
        best = Incumbent(instance, seconds=seconds, seed=self.seed, cancelled=self.cancelled)
        drafts = drafts_of(instance, trips)
        if drafts is not None:
            best.offer(drafts)
            best.offer(Builder(instance, start=drafts).run())
        if best.value[0] > 0:
            best.offer(Builder(instance).run())
        late = time.monotonic() >= self.turn_until
        if late:  # what cannot be served at once stays unserved, without being sure
            self.sure = False
            return best.value[1] if best.value[0] == 0 else None
        if best.value[0] > 0 and instance.sites <= EXACT_SITES:
            serve_more(instance, best, threads=1, seed=self.seed)
        if best.value[0] > 0:
            self.sure = self.sure and best.serves_most
            return None
        if cheaply and instance.sites <= EXACT_SITES:
            search(instance, best, threads=1, seed=self.seed)
        return best.value[1]


def drafts_of(instance: Instance, trips: Sequence[Trip]) -> list[Draft] | None:
    """The trips of a plan that are not locked, placed anew; None when they do not fit the instance."""
    problem = instance.problem
    locked = {(trip.fleet, trip.vehicle, trip.begin) for trip in problem.locked_trips}
    site_at = {site.id: number for number, site in enumerate(problem.sites)}
    product_at = {product.id: number for number, product in enumerate(problem.products)}
    pool_of = {
        problem.fleet[group.fleet].id: number
        for number, pool in enumerate(instance.pools)
        for group in pool.groups
    }
    drafts: list[Draft] = []
    for trip in trips:
        if (trip.fleet, trip.vehicle, trip.begin) in locked or trip.fleet not in pool_of:
            continue
        kg = np.zeros((len(trip.stops), len(problem.products)), dtype=np.int64)
        for row, stop in enumerate(trip.stops):
            for product, amount in stop.deliver_kg.items():
                kg[row, product_at[product]] = amount
        drafts.append(Draft(pool_of[trip.fleet], tuple(site_at[stop.site] for stop in trip.stops), kg))
    if (left_over(instance, drafts) < 0).any():
        return None
    return place_all(instance, drafts)
