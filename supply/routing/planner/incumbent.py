"""The best plan so far with its bound, and how drafts become a plan file."""

import datetime as dt
import math
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from supply.routing.planner.draft import Draft, draft_cost, exact_cost, rounded, route_km, timing_of
from supply.routing.planner.instance import Instance, Ints
from supply.routing.planner.plan import OPTIMAL_GAP, PLAN_FORMAT, Plan, Progress, Stop, Trip, Unserved, gap_of
from supply.routing.planner.problem import LockedTrip

UNEXPLAINED = "search"
"""The reason code of what a search left over before its reasons were looked for."""
WHOLE = 1e-3
"""Where kg are counted a better plan leaves one less; a program's value is that exact."""


class Incumbent:
    """Keeps the best drafts and the best bound; tells progress, one thing at a time; knows when to stop."""

    def __init__(
        self,
        instance: Instance,
        *,
        seconds: float,
        seed: int,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.instance = instance
        self.seed = seed
        self.seconds = seconds
        self.started = time.monotonic()
        self.drafts: list[Draft] = []
        self.locked_cost = sum(locked_cost(instance, trip) for trip in instance.problem.locked_trips)
        self.value = self._value([])
        self.bound = 0.0
        self.serves_most = False
        """No plan leaves fewer kg of what must be served."""
        self.bound_unserved = -1
        self.phase = "start"
        self._progress = progress
        self._cancelled = cancelled
        self._pass_on: Callable[[Sequence[Draft]], object] | None = None
        self._lock = threading.RLock()

    def copy(
        self,
        pass_on: Callable[[Sequence[Draft]], object] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> "Incumbent":
        """The same plan and bound for a part of the search of its own, which tells nobody of its progress.

        The part ends with the whole, or when it is `cancelled` itself.
        """

        def is_cancelled() -> bool:
            return cancelled() or (self._cancelled is not None and self._cancelled())

        own = Incumbent(self.instance, seconds=self.seconds, seed=self.seed, cancelled=is_cancelled)
        own.started, own.drafts, own.value = self.started, self.drafts, self.value
        own.bound, own.bound_unserved = self.bound, self.bound_unserved
        own._pass_on = pass_on
        return own

    def anew(self) -> "Incumbent":
        """As a copy, without a plan."""
        own = self.copy()
        own.drafts, own.value = [], self._value([])
        return own

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def left(self) -> float:
        """Seconds left of the time given; 0 when it was cancelled."""
        if self._cancelled is not None and self._cancelled():
            return 0.0
        return max(0.0, self.seconds - self.elapsed())

    def offer(self, drafts: Sequence[Draft]) -> bool:
        """Take these placed drafts if they serve more of what must be served, or as much at less cost."""
        value = self._value(drafts)
        with self._lock:
            if value >= self.value:
                return False
            self.value, self.drafts = value, list(drafts)
            self.tell()
        if self._pass_on is not None:
            self._pass_on(drafts)
        return True

    def raise_bound(self, bound: float, unserved_kg: int) -> None:
        """A proven bound on plans that leave at most so many kg of what must be served."""
        whole = max(0.0, float(math.ceil(bound - 1e-4))) + self.locked_cost  # costs are whole
        with self._lock:
            if unserved_kg == self.value[0] and (whole > self.bound or self.bound_unserved != unserved_kg):
                self.bound, self.bound_unserved = whole, unserved_kg
                self.tell()

    def proven(self) -> float:
        """The bound that holds for the present plan, never above its cost."""
        return min(self.bound, float(self.value[1])) if self.bound_unserved == self.value[0] else 0.0

    def is_optimal(self) -> bool:
        """Within the gap that is called optimal; to the kg while kg are what is counted."""
        gap = self.value[1] - self.proven()
        return gap < 1.0 if self.instance.allowance == 0.0 else gap <= OPTIMAL_GAP * self.value[1]

    def limit(self) -> float:
        """What a plan must cost less than to be better by more than the gap that is called optimal."""
        step = 1.0 - WHOLE if self.instance.allowance == 0.0 else self.value[1] * OPTIMAL_GAP / 2
        return float(self.value[1] - self.locked_cost - step)

    def enter(self, phase: str) -> None:
        """Tell that another part of the search begins."""
        self.phase = phase
        self.tell()

    def tell(self) -> None:
        if self._progress is not None:
            plan = self.plan()
            self._progress(Progress(self.elapsed(), self.phase, plan.cost, plan.bound, self.value[0], plan))

    def _value(self, drafts: Sequence[Draft]) -> tuple[int, int]:
        """Kg that must be served and are not, then cost."""
        left = left_over(self.instance, drafts)
        must = ~np.isfinite(self.instance.price)
        cost = sum(draft_cost(self.instance, draft) for draft in drafts) + self.locked_cost
        return int(left[must].sum()), cost + unserved_price(self.instance, left)

    def plan(self, seconds: float | None = None) -> Plan:
        """The plan file of the best so far."""
        instance, problem = self.instance, self.instance.problem
        trips = [locked_trip(instance, trip) for trip in problem.locked_trips]
        trips += [trip_of(instance, draft) for draft in self.drafts]
        left = left_over(instance, self.drafts)
        names = [product.id for product in problem.products]
        unserved = tuple(
            Unserved(
                problem.sites[site].id,
                {names[product]: int(left[site, product]) for product in np.flatnonzero(left[site])},
                because=(UNEXPLAINED,),
            )
            for site in np.flatnonzero(left.sum(axis=1))
        )
        cost, bound = self.value[1], self.proven()
        gap = gap_of(cost, bound)
        return Plan(
            format=PLAN_FORMAT,
            problem=problem.name,
            status="partial" if unserved else "optimal" if gap <= OPTIMAL_GAP else "feasible",
            cost=cost,
            bound=bound,
            gap=gap,
            seconds=round(self.elapsed() if seconds is None else seconds, 2),
            seed=self.seed,
            trips=tuple(sorted(trips, key=lambda trip: (trip.fleet, trip.vehicle, trip.begin))),
            unserved=unserved,
            distances="" if problem.distance_km is not None else f"great circle × {problem.winding:g}",
        )


def left_over(instance: Instance, drafts: Sequence[Draft]) -> Ints:
    """Kg by site and product that these trips do not bring."""
    left = instance.demand.copy()
    for draft in drafts:
        for stop, kg in zip(draft.route, draft.kg, strict=True):
            left[stop] -= kg
    return left


def unserved_price(instance: Instance, left: Ints) -> int:
    """What leaving the optional sites' goods costs; nothing for sites that must be served."""
    price = np.where(np.isfinite(instance.price), instance.price, 0.0)
    return rounded(float((left.sum(axis=1) * price).sum()))


def trip_of(instance: Instance, draft: Draft) -> Trip:
    """The draft as a trip of the plan file; empty products left out."""
    problem, pool = instance.problem, instance.pools[draft.pool]
    assert draft.place is not None, "only placed drafts become trips"
    group, vehicle, begin = draft.place
    first = problem.start + dt.timedelta(days=begin)
    loads = [float(load) for load in draft.kg.sum(axis=1)]
    timing = timing_of(instance, pool, draft.route, loads)
    names = [product.id for product in problem.products]
    stops = tuple(
        Stop(
            problem.sites[stop].id,
            first + dt.timedelta(days=offset),
            {names[product]: int(kg[product]) for product in np.flatnonzero(kg)},
        )
        for stop, kg, offset in zip(draft.route, draft.kg, timing.reached, strict=True)
    )
    return Trip(
        fleet=problem.fleet[pool.groups[group].fleet].id,
        vehicle=vehicle,
        begin=first,
        days=timing.days,
        km=round(route_km(instance, pool, draft.route)[-1], 3),
        cost=rounded(exact_cost(instance, pool, draft.route, loads, timing.days)),
        stops=stops,
    )


def locked_cost(instance: Instance, trip: LockedTrip) -> int:
    """What was agreed when it left, or else the cost by the rules over the days stated."""
    return trip.cost or rounded(_locked_figures(instance, trip)[1])


def _locked_figures(instance: Instance, trip: LockedTrip) -> tuple[float, float]:
    problem = instance.problem
    fleet = next(fleet for fleet in problem.fleet if fleet.id == trip.fleet)
    here = depot = next(i for i, item in enumerate(problem.depots) if item.id == fleet.depot)
    kind = next(i for i, item in enumerate(problem.vehicle_types) if item.id == fleet.type)
    km = tonne_km = 0.0
    for stop in trip.stops:
        there = instance.depots + next(i for i, site in enumerate(problem.sites) if site.id == stop.site)
        leg = float(instance.km[here, there])
        km += leg if math.isfinite(leg) else 0.0
        tonne_km += sum(stop.deliver_kg.values()) / 1000 * km
        here = there
    leg = float(instance.km[here, depot])
    km += leg if math.isfinite(leg) else 0.0
    cost = instance.fixed[kind] + instance.per_km[kind] * km + instance.per_tonne_km[kind] * tonne_km
    return km, float(cost + problem.night_cost * (trip.days - 1))


def locked_trip(instance: Instance, trip: LockedTrip) -> Trip:
    """The locked trip as it stands in the plan."""
    km, cost = _locked_figures(instance, trip)
    if trip.cost:
        km, cost = trip.km, float(trip.cost)
    stops = tuple(Stop(stop.site, stop.day, dict(stop.deliver_kg)) for stop in trip.stops)
    return Trip(trip.fleet, trip.vehicle, trip.begin, trip.days, round(km, 3), rounded(cost), stops)
