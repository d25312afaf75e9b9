"""A new plan that changes an announced one as little as it is worth: cost and changed trips by a weight.

A trip that the problem locks stays. Every other trip of the old plan is *changed* when the new plan has no
trip of the same fleet and first day with the same stops in the same order that each get the same goods
(`difference.key_of`); one new trip stands for one old trip. Of plans that leave as little unserved as can be,
the best has the least cost + change_cost × changed trips. New trips as such count only by what they cost.

The search begins with all old trips that can stay together, and with a plan that is free of the old one;
the bound of the free plan is a bound of every plan. Then small groups of neighbouring trips are planned
again, exactly, while the weighted cost falls.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations

import msgspec

from supply.routing.planner.difference import TripKey, changed_count, key_of
from supply.routing.planner.draft import rounded
from supply.routing.planner.incumbent import UNEXPLAINED, locked_trip
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.keeping import Still, keep_together, remainder, still_valid
from supply.routing.planner.nearness import groups_near, groups_of
from supply.routing.planner.plan import OPTIMAL_GAP, PLAN_FORMAT, Plan, Progress, Trip, Unserved, gap_of
from supply.routing.planner.problem import Problem
from supply.routing.planner.reasons import Explanation, explain, with_reasons
from supply.routing.planner.relaxation import lower_bound
from supply.routing.planner.settle import on_old_days
from supply.routing.planner.solve import EXACT_SITES, Params, make_ready, search_only
from supply.routing.planner.words import COMPILING

FEW_TRIPS = 5
"""Of so few old trips every choice of those that stay is tried."""
GROUP_SECONDS = 1.0
"""For one group planned again; most end with proof in a tenth."""
STAY_SHARE, FREE_SHARE, ALIKE_SHARE = 0.15, 0.25, 0.05
"""Parts of the seconds for the first three plans; what they leave over goes to groups."""
LARGE_SHARE = 0.4
"""For the free plan of a large problem, whose search needs its time; groups come before and after it."""
REPAIR_SHARE = 0.35
"""At most, where the old trips that stay leave something unserved."""


Mark = tuple[TripKey, int]


class Replanned(msgspec.Struct, frozen=True):
    """The new plan; how many old trips it changes, and how many any plan must; the plan free of the old."""

    plan: Plan
    explanations: tuple[Explanation, ...]
    changed: int
    least_changed: int
    free_cost: int
    free_changed: int


def replan(
    problem: Problem,
    old_plan: Plan,
    params: Params,
    seed: int,
    *,
    change_cost: int,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found by cost and changed trips; its bound is one of cost alone."""
    return replan_explained(
        problem, old_plan, params, seed, change_cost=change_cost, progress=progress, cancelled=cancelled
    ).plan


def replan_explained(
    problem: Problem,
    old_plan: Plan,
    params: Params,
    seed: int,
    *,
    change_cost: int,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Replanned:
    """As replan, with the reasons of what is unserved, and beside it what planning freely would give."""
    best = _Search(
        problem, old_plan, params, seed, change_cost=change_cost, progress=progress, cancelled=cancelled
    )
    best.started += make_ready(lambda: best.tell_phase(COMPILING), cancelled)
    stills = still_valid(best.instance, best.old)
    together = keep_together(best.instance, stills)
    best.least_changed = len(best.old) - together.most
    best.phase = "keep"
    best.stay(together.trips, params.seconds * STAY_SHARE)
    _repair(best, params.seconds * REPAIR_SHARE)
    is_large = len(problem.sites) > EXACT_SITES
    if is_large:
        _groups(best, until=params.seconds * LARGE_SHARE)
    best.phase = "free"
    free = best.stay((), params.seconds * (LARGE_SHARE if is_large else FREE_SHARE))
    best.know_free(free)
    best.phase = "neighbourhoods"
    _like(best, stills, free, params.seconds * ALIKE_SHARE)
    if len(stills) <= FEW_TRIPS:
        _every_choice(best, stills)
    _groups(best)
    _settle(best)
    best.phase = "reasons"
    best.tell()
    plan, free = best.finished(), best.cheapest or free
    explanations = explain(problem, plan, seconds=params.reasons_seconds, seed=seed, cancelled=cancelled)
    return Replanned(
        plan=with_reasons(plan, explanations),
        explanations=explanations,
        changed=changed_count(best.old, plan.trips),
        least_changed=best.least_changed,
        free_cost=free.cost,
        free_changed=changed_count(best.old, free.trips),
    )


class _Search:
    """The best plan so far by unserved kg, then weighted cost; the bound; the clock."""

    def __init__(
        self,
        problem: Problem,
        old_plan: Plan,
        params: Params,
        seed: int,
        *,
        change_cost: int,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.problem = problem
        self.instance: Instance = instance_of(problem)
        self.locked = [locked_trip(self.instance, trip) for trip in problem.locked_trips]
        self.old = _without(old_plan.trips, self.locked)
        self.params = params
        self.seed = seed
        self.change_cost = change_cost
        self.started = time.monotonic()
        self.best: Plan | None = None
        self.cheapest: Plan | None = None
        """Whatever it changes."""
        self.cheapest_unserved = 0
        self.value: tuple[int, int, int] | None = None
        self.bound = 0.0
        self.bound_unserved = -1
        self.least_changed = 0
        self.phase = "start"
        self._must = {site.id for site in problem.sites if site.unserved_cost_per_kg is None}
        self._prices = {site.id: site.unserved_cost_per_kg or 0.0 for site in problem.sites}
        self._progress = progress
        self._cancelled = cancelled

    def left(self) -> float:
        if self._cancelled is not None and self._cancelled():
            return 0.0
        return max(0.0, self.params.seconds - (time.monotonic() - self.started))

    def stay(self, trips: Sequence[Trip], seconds: float) -> Plan:
        """The best plan in which these trips stay; it is taken when it is better than the best so far."""
        rest = remainder(self.problem, trips)
        added: list[Trip] = []
        bound = 0.0
        if rest.sites:
            params = msgspec.structs.replace(self.params, seconds=max(0.0, min(seconds, self.left())))
            start = self._start(trips)
            part = search_only(rest, params, self.seed, start=start, cancelled=self._cancelled)
            away = {(trip.fleet, trip.vehicle, trip.begin) for trip in rest.locked_trips}
            added = [trip for trip in part.trips if (trip.fleet, trip.vehicle, trip.begin) not in away]
            bound = part.bound - len(rest.locked_trips)
        fixed = sum(trip.cost for trip in (*self.locked, *trips))
        return self.take(self.made([*trips, *added], bound=max(0.0, bound) + fixed))

    def made(self, trips: Sequence[Trip], *, bound: float = 0.0) -> Plan:
        """The plan of these trips beside the locked ones."""
        every = sorted((*self.locked, *trips), key=lambda one: (one.fleet, one.vehicle, one.begin))
        unserved = _unserved(self.problem, every)
        cost = sum(trip.cost for trip in every)
        cost += rounded(sum(self._prices[item.site] * sum(item.kg.values()) for item in unserved))
        return self._plan(every, unserved, cost, bound)

    def take(self, plan: Plan, *, if_equal: bool = False) -> Plan:
        """Take the plan when it is better than the best so far, or as good."""
        value = self.value_of(plan)
        if self.cheapest is None or (value[0], plan.cost) < (self.cheapest_unserved, self.cheapest.cost):
            self.cheapest, self.cheapest_unserved = plan, value[0]
        if self.value is None or value < self.value or (if_equal and value == self.value):
            self.best, self.value = plan, value
            self.tell()
        return plan

    def _start(self, stay: Sequence[Trip]) -> list[Trip]:
        """The other trips of the best plan when these are trips of it: they keep every rule beside them."""
        if self.best is None:
            return []
        others = _without(self.best.trips, [*self.locked, *stay])
        is_part = len(others) + len(self.locked) + len(stay) == len(self.best.trips)
        return others if is_part else []

    def know_free(self, free: Plan) -> None:
        """The bound of a plan that nothing but the locked trips binds holds for every plan."""
        self.bound_unserved = self.value_of(free)[0]
        fixed = sum(trip.cost for trip in self.locked)
        self.bound = max(free.bound, lower_bound(self.instance, self.bound_unserved) + fixed)
        self.tell()

    def value_of(self, plan: Plan) -> tuple[int, int, int]:
        """Kg that must be served and are not; cost with changes; changes."""
        changed = changed_count(self.old, plan.trips)
        must = sum(sum(item.kg.values()) for item in plan.unserved if item.site in self._must)
        return must, plan.cost + self.change_cost * changed, changed

    def is_proven(self) -> bool:
        """No plan is better by more than the gap that is called optimal."""
        assert self.value is not None, "there is a plan once this is asked"
        unserved, weighted, _ = self.value
        least = self.bound + self.change_cost * self.least_changed
        return unserved == self.bound_unserved and weighted - least <= OPTIMAL_GAP * least

    def unserved_kg(self) -> int:
        """Of what must be served."""
        return 0 if self.value is None else self.value[0]

    def unserved_sites(self) -> list[str]:
        """Sites that must be served and are not, those that lack most first."""
        items = () if self.best is None else self.best.unserved
        lacking = {item.site: sum(item.kg.values()) for item in items if item.site in self._must}
        return sorted(lacking, key=lambda site: (-lacking[site], site))

    def movable(self) -> list[Trip]:
        """Trips of the best plan that are not locked."""
        assert self.best is not None, "there is a plan once this is asked"
        return _without(self.best.trips, self.locked)

    def finished(self) -> Plan:
        """The best plan with the bound that holds for it."""
        plan, value = self.best, self.value
        assert plan is not None, "the first plan was made at once"
        assert value is not None, "the first plan was made at once"
        known = self.bound if 0 <= value[0] <= self.bound_unserved else 0.0
        return self._plan(plan.trips, plan.unserved, plan.cost, known)

    def _plan(self, trips: Sequence[Trip], unserved: tuple[Unserved, ...], cost: int, bound: float) -> Plan:
        bound = min(bound, float(cost))
        gap = gap_of(cost, bound)
        winding = f"great circle × {self.problem.winding:g}"
        return Plan(
            format=PLAN_FORMAT,
            problem=self.problem.name,
            status="partial" if unserved else "optimal" if gap <= OPTIMAL_GAP else "feasible",
            cost=cost,
            bound=bound,
            gap=gap,
            seconds=round(time.monotonic() - self.started, 2),
            seed=self.seed,
            trips=tuple(trips),
            unserved=unserved,
            distances="" if self.problem.distance_km is not None else winding,
        )

    def tell_phase(self, phase: str) -> None:
        """Tell what is done before there is a plan."""
        if self._progress is not None:
            self._progress(Progress(0.0, phase, 0, 0.0, 0))

    def tell(self) -> None:
        if self._progress is not None and self.value is not None:
            plan = self.finished()
            self._progress(Progress(plan.seconds, self.phase, plan.cost, plan.bound, self.value[0], plan))


def _unserved(problem: Problem, trips: Iterable[Trip]) -> tuple[Unserved, ...]:
    left = {(site.id, product): kg for site in problem.sites for product, kg in site.demand_kg.items()}
    for trip in trips:
        for stop in trip.stops:
            for product, kg in stop.deliver_kg.items():
                if kg:
                    left[stop.site, product] -= kg
    by_site = {
        site.id: {product: kg for product in site.demand_kg if (kg := left[site.id, product])}
        for site in problem.sites
    }
    return tuple(Unserved(site, kg, because=(UNEXPLAINED,)) for site, kg in by_site.items() if kg)


def _without(trips: Iterable[Trip], locked: Sequence[Trip]) -> list[Trip]:
    """The trips that are not locked; a vehicle begins one trip a day."""
    away = [(key_of(trip), trip.vehicle) for trip in locked]
    rest = []
    for trip in trips:
        key = key_of(trip), trip.vehicle
        if key in away:
            away.remove(key)
        else:
            rest.append(trip)
    return rest


def _repair(best: _Search, seconds: float) -> None:
    """Trips near unserved sites are planned again, so that the others stay though all trucks are needed."""
    until = best.left() - seconds
    tried: set[frozenset[Mark]] = set()
    while best.left() > until and best.unserved_kg() > 0:
        before, trips = best.value, best.movable()
        for group in groups_near(best.instance, trips, best.unserved_sites()):
            marks = frozenset(_mark(trips[number]) for number in group)
            if marks in tried:
                continue
            tried.add(marks)
            best.stay([trip for number, trip in enumerate(trips) if number not in group], GROUP_SECONDS)
            if best.value != before or best.left() <= until:
                break
        if best.value == before:
            return


def _like(best: _Search, stills: Sequence[Still], free: Plan, seconds: float) -> None:
    """The old trips whose way the free plan drives too stay."""
    ways = {(trip.fleet, frozenset(stop.site for stop in trip.stops)) for trip in free.trips}
    alike = [
        one for one in stills if (one.trip.fleet, frozenset(stop.site for stop in one.trip.stops)) in ways
    ]
    if alike and best.left() > 0 and not best.is_proven():
        best.stay(keep_together(best.instance, alike).trips, seconds)


def _every_choice(best: _Search, stills: Sequence[Still]) -> None:
    for size in range(len(stills), 0, -1):
        for choice in combinations(stills, size):
            if best.left() <= 0 or best.is_proven():
                return
            together = keep_together(best.instance, choice).trips
            if len(together) == size:
                best.stay(together, GROUP_SECONDS)


def _groups(best: _Search, *, until: float = 0.0) -> None:
    """Groups of neighbours planned again, until none makes the plan better or so many seconds are left."""
    tried: set[frozenset[Mark]] = set()
    while best.left() > until and not best.is_proven():
        before = best.value
        for group in _untried(best, tried):
            movable = best.movable()
            best.stay([trip for number, trip in enumerate(movable) if number not in group], GROUP_SECONDS)
            if best.value != before or best.left() <= until or best.is_proven():
                break
        if best.value == before:
            return


def _settle(best: _Search) -> None:
    """Trips that change anyway leave on their old days where that costs nothing."""
    best.take(best.made(on_old_days(best.problem, best.old, best.movable())), if_equal=True)


def _untried(best: _Search, tried: set[frozenset[Mark]]) -> Iterator[frozenset[int]]:
    trips = best.movable()
    known = {key_of(trip) for trip in best.old}
    fresh = [number for number, trip in enumerate(trips) if key_of(trip) not in known]
    for group in groups_of(best.instance, trips, fresh):
        marks = frozenset(_mark(trips[number]) for number in group)
        if marks not in tried:
            tried.add(marks)
            if _is_worth_it(best, [trips[number] for number in group], known):
                yield group


def _is_worth_it(best: _Search, group: Sequence[Trip], known: Collection[TripKey]) -> bool:
    """False when the group has old trips and changing one of them costs more than the whole group does."""
    serves_all = best.value is not None and best.value[0] == 0
    has_old = any(key_of(trip) in known for trip in group)
    return not (serves_all and has_old and best.change_cost >= sum(trip.cost for trip in group))


def _mark(trip: Trip) -> Mark:
    return key_of(trip), trip.vehicle
