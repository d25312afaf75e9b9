"""Finds out whether a relaxed problem serves a site: a plan that does, a proof that none does, or neither."""

import time
from collections.abc import Callable, Sequence
from enum import IntEnum

import msgspec
import numpy as np

from supply.routing.planner.calendar import place_all
from supply.routing.planner.draft import Draft, draft_cost
from supply.routing.planner.exact import search, serve_more
from supply.routing.planner.forbidden import fewest_days, is_program_short, is_short
from supply.routing.planner.incumbent import Incumbent, left_over
from supply.routing.planner.insertion import Insertion, Seat, by_idle_vehicle
from supply.routing.planner.instance import Instance, Pool, instance_of
from supply.routing.planner.nearby import replan_near
from supply.routing.planner.plan import Trip
from supply.routing.planner.problem import Problem
from supply.routing.planner.reach import Times, times_of

ONE_TRIAL = 4.0
"""Seconds of one exact search at most."""
PROGRAM = 1.0
"""Seconds of one integer program that counts vehicle-days, at most."""
EXACT_SITES = 60
"""With more sites no exact search is tried: its steps are too long to be stopped in time."""
EXACT_STOPS = 6
"""With more stops a trip has too many ways for an exact search, except among few sites."""
FEW_SITES = 8
"""So few sites are planned at least cost within a moment."""
REPLANS = ((8, 2_000), (20, 4_000), (60, 8_000))
"""Trips planned anew around a site, and iterations of the search for them; one after the other."""
CHEAPER = ((6, 1_500), (12, 4_000), (30, 8_000))
"""As REPLANS, for a plan that serves the site already."""


class Effort(IntEnum):
    """How long a trial may look for an answer."""

    QUICK = 0
    REPLANS = 1
    ALL = 2


class Verdict(msgspec.Struct, frozen=True):
    """`is_served` None: not known. Then the trips found, their cost, and whether no plan costs less."""

    is_served: bool | None
    instance: Instance | None = None
    drafts: list[Draft] = []
    cost: int = 0
    is_least: bool = False


UNKNOWN = Verdict(None)
FORBIDDEN = Verdict(is_served=False)


class Trial:
    """Shares its seconds out over trials that start from the trips of a plan."""

    def __init__(
        self,
        problem: Problem,
        trips: Sequence[Trip],
        *,
        seconds: float,
        seed: int,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.seed = seed
        self.trips = trips
        self.cancelled = cancelled
        self.until = time.monotonic() + seconds
        self.turn_until = self.until
        self.last = instance_of(problem)
        self.site_at = {site.id: number for number, site in enumerate(problem.sites)}
        self.depot_at = {depot.id: number for number, depot in enumerate(problem.depots)}
        self.times: dict[bool, Times] = {}
        locked = {(trip.fleet, trip.vehicle, trip.begin) for trip in problem.locked_trips}
        self.driven = [trip for trip in trips if (trip.fleet, trip.vehicle, trip.begin) not in locked]
        self.locked_cost = sum(trip.cost for trip in trips) - sum(trip.cost for trip in self.driven)
        self.cost = sum(trip.cost for trip in trips)
        self.placed_in: tuple[Pool, ...] | None = None
        self.drafts: list[Draft] = []
        self.busy: set[Seat] = set()
        self.sent = np.zeros((self.last.depots, *self.last.demand.shape), dtype=np.int64)
        for draft in self._drafts(self.last):
            for stop, kg in zip(draft.route, draft.kg, strict=True):
                self.sent[self.last.pools[draft.pool].depot, stop] += kg

    def part_until(self, part: float) -> float:
        """The moment at which this part of the seconds that are left is over."""
        now = time.monotonic()
        return now + max(0.0, self.until - now) * part

    def divide(self, until: float, turns: float, least: float = 0.0) -> None:
        """The next of so many turns that end together gets its share of the seconds, or at least so many."""
        now = time.monotonic()
        self.turn_until = min(until, now + max(least, max(0.0, until - now) / max(turns, 1.0)))

    def left(self) -> float:
        """Seconds of this turn; 0 when it was cancelled."""
        if self.cancelled is not None and self.cancelled():
            return 0.0
        return max(0.0, self.turn_until - time.monotonic())

    def is_over(self) -> bool:
        return self.left() <= 0

    def decide(self, problem: Problem, name: str, effort: Effort = Effort.ALL) -> Verdict:
        """Whether everything can be served; more effort looks longer where nothing quicker tells."""
        if self.is_over():
            return UNKNOWN
        instance = self.last = instance_of(problem, self.last)
        site = self.site_at[name]
        drafts = self._drafts(instance)
        missing = instance.demand[site] - self.sent[:, site].sum(axis=0)
        # A site that takes one stop and has one already would get a second.
        if instance.problem.split_deliveries or not self.sent[:, site].any():
            spare = instance.stock - self.sent.sum(axis=1)
            more = by_idle_vehicle(instance, site, missing, spare, self.busy)
            if more is not None:
                cost = self.cost + sum(draft_cost(instance, draft) for draft in more)
                return Verdict(True, instance, drafts + more, cost)
        days = fewest_days(instance, self._times(instance), site)
        if is_short(instance, days, self.sent, site):
            return FORBIDDEN
        served = None if self.is_over() else Insertion(instance, drafts, site).run()
        if served is not None:
            return self._served(instance, served)
        seconds = min(PROGRAM, self.left())
        if seconds > 0 and is_program_short(instance, self._times(instance), days, seconds=seconds):
            return FORBIDDEN
        for trips, iterations in REPLANS if effort >= Effort.REPLANS else ():
            if self.is_over():
                return UNKNOWN
            served = self._replanned(instance, drafts, site, trips, iterations)
            if served is not None:
                return self._served(instance, served)
        return (
            self._decide_exactly(instance, drafts) if effort >= Effort.ALL and not self.is_over() else UNKNOWN
        )

    def _drafts(self, instance: Instance) -> list[Draft]:
        """The plan's trips on the vehicles of this instance."""
        if self.placed_in is not instance.pools:
            self.placed_in = instance.pools
            self.drafts = placed(instance, self.driven)
            self.busy = {(draft.pool, *draft.place[:2]) for draft in self.drafts if draft.place is not None}
        return self.drafts

    def cheaper(self, verdict: Verdict, name: str) -> Verdict:
        """The same with trips that cost less, if any are found in this turn."""
        instance, site = verdict.instance, self.site_at[name]
        if instance is None:
            return verdict
        for trips, iterations in CHEAPER:
            if self.is_over():
                return verdict
            found = self._replanned(instance, verdict.drafts, site, trips, iterations)
            if found is not None and self._cost(instance, found) < verdict.cost:
                verdict = self._served(instance, found)
            if trips >= len(verdict.drafts):
                break
        if _wanting(instance) > FEW_SITES or self.is_over():
            return verdict
        best = self._incumbent(instance, verdict.drafts)
        search(instance, best, threads=1)
        return Verdict(True, instance, best.drafts, best.value[1], best.is_optimal())

    def is_reachable(self, problem: Problem, name: str) -> bool:
        """True when a road leads to the site for a vehicle that it accepts."""
        instance, site = instance_of(problem, self.last), self.site_at[name]
        return any(bool(instance.reachable(pool)[site]) for pool in instance.pools)

    def km_from(self, code: str, name: str) -> float:
        """From the store whose goods a limit's code names to the site; 0 for limits of other kinds."""
        head, *parts = code.split(":")
        there = self.last.depots + self.site_at[name]
        return float(self.last.km[self.depot_at[parts[0]], there]) if head == "stock" else 0.0

    def _times(self, instance: Instance) -> Times:
        is_direct = instance.max_stops <= 1
        if is_direct not in self.times:
            self.times[is_direct] = times_of(instance)
        return self.times[is_direct]

    def _replanned(
        self, instance: Instance, drafts: Sequence[Draft], site: int, trips: int, iterations: int
    ) -> list[Draft] | None:
        return replan_near(
            instance, drafts, site, trips=trips, iterations=iterations, seed=self.seed, stop=self.is_over
        )

    def _decide_exactly(self, instance: Instance, drafts: list[Draft]) -> Verdict:
        wanting = _wanting(instance)
        if wanting > EXACT_SITES or (wanting > FEW_SITES and instance.max_stops > EXACT_STOPS):
            return UNKNOWN
        best = self._incumbent(instance, drafts)
        if best.value[0] > 0:
            serve_more(instance, best, threads=1, seed=self.seed)
        if best.value[0] == 0:
            return self._served(instance, best.drafts)
        return FORBIDDEN if best.serves_most else UNKNOWN

    def _incumbent(self, instance: Instance, drafts: list[Draft]) -> Incumbent:
        best = Incumbent(
            instance, seconds=min(ONE_TRIAL, self.left()), seed=self.seed, cancelled=self.is_over
        )
        best.offer(drafts)
        return best

    def _served(self, instance: Instance, drafts: list[Draft]) -> Verdict:
        return Verdict(True, instance, drafts, self._cost(instance, drafts))

    def _cost(self, instance: Instance, drafts: Sequence[Draft]) -> int:
        return self.locked_cost + sum(draft_cost(instance, draft) for draft in drafts)


def _wanting(instance: Instance) -> int:
    """How many sites need anything."""
    return int((instance.demand.sum(axis=1) > 0).sum())


def placed(instance: Instance, trips: Sequence[Trip]) -> list[Draft]:
    """Trips of a plan as drafts on their vehicles and days."""
    problem = instance.problem
    seat_of = {
        (problem.fleet[group.fleet].id, vehicle): (number, index)
        for number, pool in enumerate(instance.pools)
        for index, group in enumerate(pool.groups)
        for vehicle in group.vehicles
    }
    places = [seat_of[trip.fleet, trip.vehicle] for trip in trips]
    drafts = _unplaced(instance, trips, [pool for pool, _ in places])
    return [
        Draft(draft.pool, draft.route, draft.kg, (group, trip.vehicle, (trip.begin - problem.start).days))
        for draft, (_, group), trip in zip(drafts, places, trips, strict=True)
    ]


def drafts_of(instance: Instance, trips: Sequence[Trip]) -> list[Draft] | None:
    """The trips of a plan that are not locked, placed anew; None when they do not fit the instance."""
    problem = instance.problem
    locked = {(trip.fleet, trip.vehicle, trip.begin) for trip in problem.locked_trips}
    pool_of = {
        problem.fleet[group.fleet].id: number
        for number, pool in enumerate(instance.pools)
        for group in pool.groups
    }
    own = [
        trip
        for trip in trips
        if (trip.fleet, trip.vehicle, trip.begin) not in locked and trip.fleet in pool_of
    ]
    drafts = _unplaced(instance, own, [pool_of[trip.fleet] for trip in own])
    if (left_over(instance, drafts) < 0).any():
        return None
    return place_all(instance, drafts)


def _unplaced(instance: Instance, trips: Sequence[Trip], pools: Sequence[int]) -> list[Draft]:
    problem = instance.problem
    site_at = {site.id: number for number, site in enumerate(problem.sites)}
    product_at = {product.id: number for number, product in enumerate(problem.products)}
    drafts: list[Draft] = []
    for trip, pool in zip(trips, pools, strict=True):
        kg = np.zeros((len(trip.stops), len(problem.products)), dtype=np.int64)
        for row, stop in enumerate(trip.stops):
            for product, amount in stop.deliver_kg.items():
                kg[row, product_at[product]] = amount
        drafts.append(Draft(pool, tuple(site_at[stop.site] for stop in trip.stops), kg))
    return drafts
