"""Brings a site what it lacks with the trips as they are: more on board, one more stop, one more trip."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from supply.routing.planner.calendar import Calendar
from supply.routing.planner.draft import Draft, begins_of, exact_cost, legs_exist, timing_of
from supply.routing.planner.incumbent import left_over
from supply.routing.planner.instance import Bools, Instance, Ints, Pool

NEAR_TRIPS = 40
"""Trips looked at for one more stop: those that pass nearest."""
MOST_STEPS = 60
"""Trips changed or added for one site at most."""
POOLS_TRIED = 6
"""Pools tried for a vehicle that drives nothing yet."""
SHARES = (1.0, 0.5, 0.2)
"""Of a full load, where loading and unloading it would take too long."""


Seat = tuple[int, int, int]
"""Pool, group of the pool and vehicle."""


def by_idle_vehicle(
    instance: Instance, site: int, missing: Ints, spare: Ints, busy: set[Seat]
) -> list[Draft] | None:
    """Trips to the site alone, by one vehicle that drives nothing yet; None when none brings all it lacks.

    `spare[depot, product]` is what the other trips leave in store.
    """
    for index in _cheapest_pools(instance, site, missing, spare):
        pool = instance.pools[index]
        for number, group in enumerate(pool.groups):
            vehicle = next((one for one in group.vehicles if (index, number, one) not in busy), None)
            if vehicle is None:
                continue
            trips = _trips_alone(instance, index, site, missing, group.free)
            if trips is not None:
                return [
                    Draft(index, (site,), kg.reshape(1, -1), (number, vehicle, begin)) for kg, begin in trips
                ]
    return None


def _cheapest_pools(instance: Instance, site: int, missing: Ints, spare: Ints) -> list[int]:
    """Pools that have the goods and may drive there, least km first."""
    there, km = instance.depots + site, instance.km
    goods: Bools = np.all(spare >= missing, axis=1)
    away = [
        (float(km[pool.depot, there] + km[there, pool.depot]), float(-instance.capacity[pool.kind]), index)
        for index, pool in enumerate(instance.pools)
        if goods[pool.depot] and instance.allowed[site, pool.kind] and legs_exist(instance, pool, (site,))
    ]
    return [index for *_, index in sorted(away)[:POOLS_TRIED]]


def _trips_alone(
    instance: Instance, pool_index: int, site: int, missing: Ints, free: Bools
) -> list[tuple[Ints, int]] | None:
    pool, left, free = instance.pools[pool_index], missing.copy(), free.copy()
    trips: list[tuple[Ints, int]] = []
    while left.sum() > 0 and len(trips) < MOST_STEPS:
        kg = _fill(instance, pool, left)
        if kg.sum() < 1 or (not instance.problem.split_deliveries and (kg < missing).any()):
            return None
        timing = timing_of(instance, pool, (site,), [float(kg.sum())])
        begins = np.flatnonzero(begins_of(instance, pool, (site,), timing))
        begin = next((int(one) for one in begins if free[one : one + timing.days].all()), None)
        if begin is None:
            return None
        free[begin : begin + timing.days] = False
        trips.append((kg, begin))
        left = left - kg
    return trips if left.sum() == 0 else None


def _fill(instance: Instance, pool: Pool, left: Ints) -> Ints:
    """As much as an empty vehicle holds."""
    room, space = int(instance.capacity[pool.kind]), float(instance.volume[pool.kind])
    kg: Ints = np.zeros_like(left)
    for product in np.argsort(-left, kind="stable"):
        amount, per = min(int(left[product]), room), instance.m3_per_kg[product]
        if per > 0 and math.isfinite(space):
            amount = min(amount, math.floor(space / per + 1e-9))
        kg[product] = amount
        room, space = room - amount, space - float(amount * per)
    return kg


class Insertion:
    """The trips of a plan, their calendar and what is left in store, while a site's goods are put in."""

    def __init__(self, instance: Instance, drafts: Sequence[Draft], site: int) -> None:
        self.instance = instance
        self.site = site
        self.drafts = list(drafts)
        self.calendar = Calendar(instance)
        self.stock = instance.stock.copy()
        for draft in self.drafts:
            self._occupy(draft)
            self.stock[instance.pools[draft.pool].depot] -= draft.kg.sum(axis=0)
        self.left: Ints = left_over(instance, self.drafts)[site].copy()

    def run(self) -> list[Draft] | None:
        """All trips when the site gets everything; None when that does not succeed."""
        if not self.instance.problem.split_deliveries and not self._drop_visits():
            return None
        for _ in range(MOST_STEPS):
            if self.left.sum() == 0:
                return self.drafts
            chances = sorted(self._chances(), key=lambda chance: chance[:2])
            if not any(self._take(number, draft) for _, number, draft in chances):
                return None
        return None

    def _drop_visits(self) -> bool:
        """A site that takes one stop gets all its goods anew; False when its trip cannot do without it."""
        instance = self.instance
        for number, draft in enumerate(self.drafts):
            if self.site not in draft.route:
                continue
            keep = [at for at, stop in enumerate(draft.route) if stop != self.site]
            shorter = Draft(draft.pool, tuple(draft.route[at] for at in keep), draft.kg[keep], draft.place)
            if keep and not is_possible(instance, shorter):
                return False
            back = draft.kg.sum(axis=0) - shorter.kg.sum(axis=0)
            self.left = self.left + back
            self.stock[instance.pools[draft.pool].depot] += back
            self._leave(draft)
            if keep:
                self.drafts[number] = shorter
                self._occupy(shorter)
            else:
                del self.drafts[number]
            break
        return True

    def _chances(self) -> Iterator[tuple[float, int, Draft]]:
        """Cost of a kg, number of the trip that changes (-1: a new one), the trip as it would be."""
        instance = self.instance
        for index, pool in enumerate(instance.pools):
            if not instance.allowed[self.site, pool.kind] or not legs_exist(instance, pool, (self.site,)):
                continue
            for share in SHARES:
                kg = self._load(index, np.zeros_like(self.left), share)
                if kg is not None:
                    draft = Draft(index, (self.site,), kg.reshape(1, -1))
                    yield self._cost(draft) / float(kg.sum()), -1, draft
        for number in self._near():
            draft = self.drafts[number]
            pool = instance.pools[draft.pool]
            kg = self._load(draft.pool, draft.kg.sum(axis=0), 1.0)
            if kg is None or not instance.allowed[self.site, pool.kind]:
                continue
            before = self._cost(draft)
            for longer in self._longer(draft, kg):
                if legs_exist(instance, pool, longer.route):
                    yield (self._cost(longer) - before) / float(kg.sum()), number, longer

    def _longer(self, draft: Draft, kg: Ints) -> Iterator[Draft]:
        """The trip with these kg more for the site: on its own stop there, or on one more stop."""
        instance = self.instance
        if self.site in draft.route:
            more = draft.kg.copy()
            more[draft.route.index(self.site)] += kg
            yield Draft(draft.pool, draft.route, more)
        elif len(draft.route) < instance.max_stops:
            depot, there = instance.pools[draft.pool].depot, instance.depots + self.site
            points = [depot, *(instance.depots + stop for stop in draft.route), depot]
            km = instance.km
            extra = [km[a, there] + km[there, b] - km[a, b] for a, b in pairwise(points)]
            # With closed legs any place may be the only one that is open.
            for at in np.argsort(extra, kind="stable")[: None if instance.closed else 2]:
                route = (*draft.route[:at], self.site, *draft.route[at:])
                yield Draft(draft.pool, route, np.insert(draft.kg, at, kg, axis=0))

    def _near(self) -> list[int]:
        instance, there = self.instance, self.instance.depots + self.site
        away = instance.km[instance.depots :, there]
        nearest = [float(away[list(draft.route)].min()) for draft in self.drafts]
        order = np.argsort(nearest, kind="stable")[:NEAR_TRIPS]
        return [int(number) for number in order]

    def _load(self, pool_index: int, aboard: Ints, share: float) -> Ints | None:
        """What can be loaded for the site beside what is aboard, at most this share of the vehicle."""
        instance, pool = self.instance, self.instance.pools[pool_index]
        room = min(
            int(instance.capacity[pool.kind] * share), int(instance.capacity[pool.kind] - aboard.sum())
        )
        space = float(instance.volume[pool.kind] - (aboard * instance.m3_per_kg).sum())
        kg: Ints = np.zeros_like(self.left)
        for product in np.argsort(-self.left, kind="stable"):
            amount, per = (
                min(self.left[product], self.stock[pool.depot, product], room),
                instance.m3_per_kg[product],
            )
            if per > 0 and math.isfinite(space):
                amount = min(amount, math.floor(space / per + 1e-9))
            kg[product] = max(int(amount), 0)
            room, space = room - int(kg[product]), space - float(kg[product] * per)
        if kg.sum() < 1 or (not instance.problem.split_deliveries and (kg < self.left).any()):
            return None
        return kg

    def _cost(self, draft: Draft) -> float:
        pool, loads = self.instance.pools[draft.pool], [float(load) for load in draft.kg.sum(axis=1)]
        days = timing_of(self.instance, pool, draft.route, loads).days
        return exact_cost(self.instance, pool, draft.route, loads, days)

    def _take(self, number: int, draft: Draft) -> bool:
        """Place the trip on a vehicle and a day; False, and all as it was, when there is none."""
        instance, pool = self.instance, self.instance.pools[draft.pool]
        loads = [float(load) for load in draft.kg.sum(axis=1)]
        timing = timing_of(instance, pool, draft.route, loads)
        begins = begins_of(instance, pool, draft.route, timing)
        if not begins.any():
            return False
        old = None if number < 0 else self.drafts[number]
        if old is not None:
            self._leave(old)
        place = self.calendar.find(draft.pool, timing.days, begins)
        if place is None:
            if old is not None:
                self._occupy(old)
            return False
        placed = Draft(draft.pool, draft.route, draft.kg, place)
        more = placed.kg.sum(axis=0) - (0 if old is None else old.kg.sum(axis=0))
        self.stock[pool.depot] -= more
        self.left = self.left - more
        if old is None:
            self.drafts.append(placed)
        else:
            self.drafts[number] = placed
        self._occupy(placed)
        return True

    def _occupy(self, draft: Draft) -> None:
        self._mark(draft, free=False)

    def _leave(self, draft: Draft) -> None:
        self._mark(draft, free=True)

    def _mark(self, draft: Draft, *, free: bool) -> None:
        assert draft.place is not None, "only placed trips are put together"
        group, vehicle, begin = draft.place
        pool, loads = self.instance.pools[draft.pool], [float(load) for load in draft.kg.sum(axis=1)]
        days = timing_of(self.instance, pool, draft.route, loads).days
        row = self.calendar.vehicles[draft.pool][group].index(vehicle)
        self.calendar.free[draft.pool][group][row, begin : begin + days] = free


def is_possible(instance: Instance, draft: Draft) -> bool:
    """True when roads, length, windows and closed legs allow the trip on its day."""
    pool = instance.pools[draft.pool]
    if draft.place is None or not legs_exist(instance, pool, draft.route):
        return False
    timing = timing_of(instance, pool, draft.route, [float(load) for load in draft.kg.sum(axis=1)])
    return bool(begins_of(instance, pool, draft.route, timing)[draft.place[2]])
