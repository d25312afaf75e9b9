"""First plans: trips built one after the other, hardest site first, each filled up with neighbours."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from supply.routing.planner.calendar import Calendar
from supply.routing.planner.draft import (
    Draft,
    begins_of,
    exact_cost,
    legs_exist,
    route_km,
    timing_of,
)
from supply.routing.planner.instance import Floats, Instance, Ints

NEIGHBOURS = 25
"""Sites looked at to fill up a truck."""
POOLS_TRIED = 4
"""Pools with the cheapest direct trip per kg that are tried in full for a site."""


class Builder:
    """A plan under construction: what is left to bring, what is left in store, which vehicles are free."""

    def __init__(
        self, instance: Instance, rng: np.random.Generator | None = None, *, start: Sequence[Draft] = ()
    ) -> None:
        self.instance = instance
        self.rng = rng
        self.left = instance.demand.copy()
        self.stock = instance.stock.copy()
        self.calendar = Calendar(instance)
        self.drafts: list[Draft] = []
        self.visited = np.zeros(instance.sites, dtype=bool)
        reach = [instance.reachable(pool) for pool in instance.pools]
        self.reach = np.array(reach, dtype=bool).reshape(len(instance.pools), instance.sites)
        self.rates = self._direct_rates()
        km = instance.km[instance.depots :, instance.depots :]
        self.near = np.argsort(km + km.T, axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]
        for draft in start:
            self._commit(draft)

    def _direct_rates(self) -> Floats:
        """Cost per kg of a full direct trip, by pool and site; inf where it cannot be."""
        instance = self.instance
        rates = np.full((len(instance.pools), instance.sites), math.inf)
        for index, pool in enumerate(instance.pools):
            sites = slice(instance.depots, None)
            out, back = instance.km[pool.depot, sites], instance.km[sites, pool.depot]
            load = np.minimum(instance.capacity[pool.kind], np.maximum(instance.demand.sum(axis=1), 1))
            fixed = instance.fixed[pool.kind] + instance.per_km[pool.kind] * (out + back)
            rates[index] = fixed / load + instance.per_tonne_km[pool.kind] * out / 1000
        rates[~self.reach] = math.inf
        return rates

    def run(self) -> list[Draft]:
        """Serve sites until nothing more can be served."""
        order = self._order()
        while order:
            site = order.pop(0)
            while self.left[site].sum() > 0 and self._serve(site):
                pass
        return self.drafts

    def _order(self) -> list[int]:
        """Few possible days first, then dear sites; shuffled a little when there is a random source."""
        best = self.rates.min(axis=0, initial=math.inf)
        best = np.where(np.isfinite(best), best, 0.0)
        days = self.instance.open_days.sum(axis=1)
        key = best * self.left.sum(axis=1) * (1 + (days < self.instance.horizon) * 2.0)
        if self.rng is not None:
            key = key * self.rng.uniform(0.5, 1.5, len(key))
        return [int(site) for site in np.argsort(-key, kind="stable") if self.left[site].sum() > 0]

    def _serve(self, site: int) -> bool:
        """Add the best trip that brings something to the site; False when none can."""
        rates = self.rates[:, site]
        if self.rng is not None:
            rates = rates * self.rng.uniform(0.8, 1.25, len(rates))
        best: tuple[float, Draft] | None = None
        tried = 0
        for pool in np.argsort(rates, kind="stable"):
            if not np.isfinite(rates[pool]) or (tried >= POOLS_TRIED and best is not None):
                break
            draft = self._build(int(pool), site)
            if draft is None:
                continue
            tried += 1
            score = self._score(draft)
            if best is None or score < best[0]:
                best = (score, draft)
        if best is None:
            return False
        self._commit(best[1])
        return True

    def _score(self, draft: Draft) -> float:
        """Cost of the trip over what direct trips for the same goods would cost."""
        instance, pool = self.instance, self.instance.pools[draft.pool]
        loads = [float(load) for load in draft.kg.sum(axis=1)]
        days = timing_of(instance, pool, draft.route, loads).days
        cost = exact_cost(instance, pool, draft.route, loads, days)
        rates = self.rates.min(axis=0)
        direct = float(sum(load * rates[stop] for load, stop in zip(loads, draft.route, strict=True)))
        return cost / max(direct, 1e-9)

    def _build(self, pool_index: int, site: int) -> Draft | None:
        instance, pool = self.instance, self.instance.pools[pool_index]
        kg = self._load(pool_index, site, np.zeros((0, self.left.shape[1]), dtype=np.int64))
        if kg is None:
            return None
        draft = self._shorten(Draft(pool_index, (site,), kg.reshape(1, -1)))
        if draft is None:
            return None
        while len(draft.route) < instance.max_stops and draft.kg.sum() < instance.capacity[pool.kind]:
            extended = self._extend(draft)
            if extended is None:
                break
            draft = extended
        return draft

    def _load(self, pool_index: int, site: int, aboard: Ints) -> Ints | None:
        """What the truck can still take for the site; all of it or nothing where a site has one stop."""
        instance, pool = self.instance, self.instance.pools[pool_index]
        if not instance.problem.split_deliveries and self.visited[site]:
            return None
        taken = aboard.sum(axis=0) if len(aboard) else np.zeros(self.left.shape[1], dtype=np.int64)
        room = int(instance.capacity[pool.kind] - taken.sum())
        space = float(instance.volume[pool.kind] - (taken * instance.m3_per_kg).sum())
        load: Ints = np.zeros_like(self.left[site])
        for product in np.argsort(-self.left[site], kind="stable"):
            amount = min(self.left[site, product], self.stock[pool.depot, product] - taken[product], room)
            per = instance.m3_per_kg[product]
            if per > 0 and math.isfinite(space):
                amount = min(amount, math.floor(space / per + 1e-9))
            load[product] = max(amount, 0)
            room, space = room - int(load[product]), space - load[product] * per
        whole = bool((load == self.left[site]).all())
        if load.sum() < 1 or (not instance.problem.split_deliveries and not whole):
            return load if load.sum() >= 1 and self._hopeless(site) else None
        return load

    def _hopeless(self, site: int) -> bool:
        """No stop can bring all of it, so that a part with the rest unserved is the best there is."""
        instance = self.instance
        demand = instance.demand[site]
        for index, pool in enumerate(instance.pools):
            enough = (self.stock[pool.depot] >= demand).all() and instance.capacity[pool.kind] >= demand.sum()
            if self.reach[index, site] and enough:
                return False
        return not any(site in draft.route for draft in self.drafts)

    def _shorten(self, draft: Draft) -> Draft | None:
        """The draft with a vehicle and day, with less on board where loading makes it too long, or None."""
        for share in (1.0, 0.75, 0.5, 0.25, 0.05):
            kg = draft.kg if share == 1.0 else np.floor(draft.kg * share).astype(np.int64)
            if kg.sum() < 1 or (share < 1.0 and not self.instance.problem.split_deliveries):
                return None
            placed = self._placed(Draft(draft.pool, draft.route, kg))
            if placed is not None:
                return placed
        return None

    def _placed(self, draft: Draft) -> Draft | None:
        instance, pool = self.instance, self.instance.pools[draft.pool]
        if not legs_exist(instance, pool, draft.route):
            return None
        timing = timing_of(instance, pool, draft.route, [float(load) for load in draft.kg.sum(axis=1)])
        begins = begins_of(instance, pool, draft.route, timing)
        place = self.calendar.find(draft.pool, timing.days, begins) if begins.any() else None
        return None if place is None else Draft(draft.pool, draft.route, draft.kg, place)

    def _extend(self, draft: Draft) -> Draft | None:
        """The neighbour whose goods ride along most cheaply, compared with trips of their own."""
        instance, pool = self.instance, self.instance.pools[draft.pool]
        rates = self.rates.min(axis=0)
        chances: list[tuple[float, int, int]] = []
        nights = instance.problem.night_cost
        for site in dict.fromkeys(int(item) for stop in draft.route for item in self.near[stop]):
            if site in draft.route or self.left[site].sum() < 1 or not self.reach[draft.pool, site]:
                continue
            kg = self._load(draft.pool, site, draft.kg)
            if kg is None:
                continue
            delta, position = self._detour(draft, site)
            cost = instance.per_km[pool.kind] * delta + nights * (delta / (instance.driving / 60 * 40))
            cost += (
                instance.per_tonne_km[pool.kind]
                * kg.sum()
                / 1000
                * instance.km[pool.depot, instance.depots + site]
            )
            saving = kg.sum() * rates[site] - cost
            if saving > 0:
                chances.append((-saving, site, position))
        for _, site, position in sorted(chances)[:4]:
            kg = self._load(draft.pool, site, draft.kg)
            assert kg is not None, "it had a load a moment ago"
            route = (*draft.route[:position], site, *draft.route[position:])
            placed = self._placed(Draft(draft.pool, route, np.insert(draft.kg, position, kg, axis=0)))
            if placed is not None:
                return placed
        return None

    def _detour(self, draft: Draft, site: int) -> tuple[float, int]:
        """Least extra km and the position of the new stop."""
        instance, pool = self.instance, self.instance.pools[draft.pool]
        points = [pool.depot, *(instance.depots + stop for stop in draft.route), pool.depot]
        there, km = instance.depots + site, instance.km
        extra = [km[a, there] + km[there, b] - km[a, b] for a, b in pairwise(points)]
        position = int(np.argmin(extra))
        return float(extra[position]), position

    def _commit(self, draft: Draft) -> None:
        pool = self.instance.pools[draft.pool]
        assert draft.place is not None, "a draft is placed before it is taken"
        loads = [float(load) for load in draft.kg.sum(axis=1)]
        days = timing_of(self.instance, pool, draft.route, loads).days
        self.calendar.take(draft.pool, draft.place, days)
        for stop, kg in zip(draft.route, draft.kg, strict=True):
            self.left[stop] -= kg
            self.visited[stop] = True
        self.stock[pool.depot] -= draft.kg.sum(axis=0)
        self.drafts.append(draft)


def trip_km(instance: Instance, draft: Draft) -> float:
    """Km of the whole trip."""
    return route_km(instance, instance.pools[draft.pool], draft.route)[-1]
