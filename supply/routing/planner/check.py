"""The independent checker: every rule and every franc of a plan, in exact arithmetic, from the Structs alone.

It shares no code with the solver. Where the format leaves room it reads: *reached* is before unloading, so
the work so far is loading, driving and the earlier stops; a leg is driven from the day its vehicle leaves
until the day it arrives; closed legs are closed in the direction written; locked trips are taken as they are.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from supply.routing.planner.check_trip import Map, TripFigures, figures_of
from supply.routing.planner.plan import OPTIMAL_GAP, Plan, Trip
from supply.routing.planner.problem import Days, LockedTrip, Problem

DAY = dt.timedelta(days=1)


class Violation(msgspec.Struct, frozen=True):
    """A rule that the plan breaks, in a stable code with its facts; words in `words.VIOLATIONS`."""

    code: str
    facts: dict[str, str | int | float]


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every broken rule, trips first (counted from 1); empty when the plan is valid, its costs right."""
    if plan.problem != problem.name:
        return [_violation("wrong-problem", plan=plan.problem, problem=problem.name)]
    ground = Map(problem)
    locked = Counter(_locked_key(trip) for trip in problem.locked_trips)
    figures: dict[int, TripFigures] = {}
    found: list[Violation] = []
    for number, trip in enumerate(plan.trips, 1):
        unknown = list(_unknown(problem, number, trip))
        found.extend(unknown)
        if unknown:
            continue
        if locked[_trip_key(trip)] > 0:
            locked[_trip_key(trip)] -= 1
            figures[number] = figures_of(ground, trip, days=trip.days)
        else:
            figures[number] = figures_of(ground, trip, days=None)
            found.extend(_trip_rules(problem, ground, number, trip, figures[number]))
    for left in problem.locked_trips:
        if locked[_locked_key(left)] > 0:
            locked[_locked_key(left)] -= 1
            found.append(
                _violation(
                    "locked-trip-missing", vehicle=left.vehicle, fleet=left.fleet, begin=str(left.begin)
                )
            )
    if len(figures) == len(plan.trips):
        found.extend(_shared_rules(problem, plan))
        found.extend(_money(problem, ground, plan, figures))
    return found


def _violation(code: str, **facts: str | float) -> Violation:
    return Violation(code, facts)


def _trip_key(trip: Trip) -> tuple[object, ...]:
    stops = tuple((stop.site, stop.day, tuple(sorted(stop.deliver_kg.items()))) for stop in trip.stops)
    return trip.fleet, trip.vehicle, trip.begin, trip.days, stops


def _locked_key(trip: LockedTrip) -> tuple[object, ...]:
    stops = tuple((stop.site, stop.day, tuple(sorted(stop.deliver_kg.items()))) for stop in trip.stops)
    return trip.fleet, trip.vehicle, trip.begin, trip.days, stops


def _unknown(problem: Problem, number: int, trip: Trip) -> Iterator[Violation]:
    fleet = next((fleet for fleet in problem.fleet if fleet.id == trip.fleet), None)
    if fleet is None:
        yield _violation("unknown-fleet", trip=number, fleet=trip.fleet)
    elif not 1 <= trip.vehicle <= fleet.count:
        yield _violation(
            "unknown-vehicle", trip=number, fleet=fleet.id, count=fleet.count, vehicle=trip.vehicle
        )
    if not trip.stops:
        yield _violation("no-stop", trip=number)
    sites = {site.id for site in problem.sites}
    products = {product.id for product in problem.products}
    for stop in trip.stops:
        if stop.site not in sites:
            yield _violation("unknown-site", trip=number, site=stop.site)
        for product in stop.deliver_kg:
            if product not in products:
                yield _violation("unknown-product", product=product)


def _trip_rules(
    problem: Problem, ground: Map, number: int, trip: Trip, figures: TripFigures
) -> Iterator[Violation]:
    kind = ground.types[ground.fleets[trip.fleet].type]
    if problem.max_stops is not None and len(trip.stops) > problem.max_stops:
        yield _violation("too-many-stops", trip=number, stops=len(trip.stops), limit=problem.max_stops)
    if figures.kg > kind.capacity_kg:
        yield _violation("over-capacity-kg", trip=number, kg=figures.kg, limit=kind.capacity_kg)
    if kind.capacity_m3 is not None and figures.m3 > Fraction(repr(kind.capacity_m3)):
        yield _violation(
            "over-capacity-m3", trip=number, m3=round(float(figures.m3), 6), limit=kind.capacity_m3
        )
    for start, end in figures.missing_legs:
        yield _violation("no-road", trip=number, start=start, end=end)
    yield from _trip_days(problem, ground, number, trip, figures)
    for stop, day in zip(trip.stops, figures.reached, strict=True):
        site = ground.sites[stop.site]
        kg = sum(stop.deliver_kg.values())
        if kg < 1 or min(stop.deliver_kg.values()) < 0:
            yield _violation("empty-stop", trip=number, site=site.id, kg=kg)
        if site.vehicle_types is not None and kind.id not in site.vehicle_types:
            yield _violation("vehicle-not-allowed", trip=number, site=site.id, type=kind.id)
        if stop.day != day:
            yield _violation("wrong-stop-day", trip=number, site=site.id, day=str(day), stated=str(stop.day))
        if site.windows is not None and not _within(site.windows, day, day):
            yield _violation("outside-window", trip=number, site=site.id, day=str(day))
    yield from _closed_legs(ground, number, figures)


def _closed_legs(ground: Map, number: int, figures: TripFigures) -> Iterator[Violation]:
    for leg in figures.driven:
        for days in ground.closed.get((leg.start, leg.end), ()):
            if days[0] <= leg.last and leg.first <= days[1]:
                day = max(days[0], leg.first)
                yield _violation("closed-leg", trip=number, start=leg.start, end=leg.end, day=str(day))
                break


def _trip_days(
    problem: Problem, ground: Map, number: int, trip: Trip, figures: TripFigures
) -> Iterator[Violation]:
    last = trip.begin + DAY * (max(trip.days, 1) - 1)
    if trip.days != figures.days:
        yield _violation("wrong-days", trip=number, stated=trip.days, days=figures.days)
    if problem.max_trip_days is not None and figures.days > problem.max_trip_days:
        yield _violation("too-many-days", trip=number, days=figures.days, limit=problem.max_trip_days)
    if trip.begin < problem.start or last > problem.end:
        yield _violation("outside-horizon", trip=number, first=str(trip.begin), last=str(last))
    available = ground.fleets[trip.fleet].available
    if available is not None and not _within(available, trip.begin, last):
        yield _violation("vehicle-not-available", trip=number, first=str(trip.begin), last=str(last))


def _within(spans: tuple[Days, ...], first: dt.date, last: dt.date) -> bool:
    day = first
    while day <= last:
        if not any(span[0] <= day <= span[1] for span in spans):
            return False
        day += DAY
    return True


def _shared_rules(problem: Problem, plan: Plan) -> Iterator[Violation]:
    yield from _busy(plan)
    yield from _deliveries(problem, plan)
    yield from _stock(problem, plan)


def _busy(plan: Plan) -> Iterator[Violation]:
    used: dict[tuple[str, int, dt.date], int] = {}
    for number, trip in enumerate(plan.trips, 1):
        for offset in range(min(max(trip.days, 1), 1000)):
            key = (trip.fleet, trip.vehicle, trip.begin + DAY * offset)
            if key in used:
                yield _violation(
                    "vehicle-busy",
                    trip=used[key], other=number, fleet=trip.fleet, vehicle=trip.vehicle, day=str(key[2]),
                )  # fmt: skip
                break
        for offset in range(min(max(trip.days, 1), 1000)):
            used.setdefault((trip.fleet, trip.vehicle, trip.begin + DAY * offset), number)


def _deliveries(problem: Problem, plan: Plan) -> Iterator[Violation]:
    brought: Counter[tuple[str, str]] = Counter()
    visits: Counter[str] = Counter()
    for trip in plan.trips:
        for stop in trip.stops:
            visits[stop.site] += 1
            brought.update({(stop.site, product): kg for product, kg in stop.deliver_kg.items()})
    unserved: dict[str, dict[str, int]] = {}
    for item in plan.unserved:
        if item.site in unserved:
            yield _violation("unserved-twice", site=item.site)
        unserved[item.site] = item.kg
        if not item.because:
            yield _violation("unserved-without-reason", site=item.site, kg=sum(item.kg.values()))
    demand = {site.id: site.demand_kg for site in problem.sites}
    products = {product.id for product in problem.products}
    for name in sorted(set(unserved) - set(demand)):
        yield _violation("unknown-site", trip=0, site=name)
    for name, wanted in demand.items():
        left = unserved.get(name, {})
        for product in sorted(products | set(left)):
            need, got, rest = wanted.get(product, 0), brought[name, product], left.get(product, 0)
            if got + rest != need or rest < 0:
                facts = {"kg": got, "unserved": rest, "demand": need}
                yield _violation("wrong-delivery", site=name, product=product, **facts)
        locked = sum(stop.site == name for trip in problem.locked_trips for stop in trip.stops)
        if not problem.split_deliveries and visits[name] > max(1, locked + 1 if locked else 1):
            yield _violation("split-not-allowed", site=name, stops=visits[name])


def _stock(problem: Problem, plan: Plan) -> Iterator[Violation]:
    depot_of = {fleet.id: fleet.depot for fleet in problem.fleet}
    sent: Counter[tuple[str, str]] = Counter()
    for trip in plan.trips:
        for stop in trip.stops:
            sent.update({(depot_of[trip.fleet], product): kg for product, kg in stop.deliver_kg.items()})
    for depot in problem.depots:
        for product in problem.products:
            kg, stock = sent[depot.id, product.id], depot.stock_kg.get(product.id, 0)
            if kg > stock:
                yield _violation("over-stock", depot=depot.id, product=product.id, kg=kg, stock=stock)


def _money(problem: Problem, ground: Map, plan: Plan, figures: dict[int, TripFigures]) -> Iterator[Violation]:
    stated_locked = {_locked_key(trip): trip for trip in problem.locked_trips}
    total = Fraction(0)
    for number, trip in enumerate(plan.trips, 1):
        km, cost = float(figures[number].km), figures[number].cost
        locked = stated_locked.get(_trip_key(trip))
        if locked is not None and locked.cost:
            km, cost = locked.km, locked.cost  # what was agreed when it left
        if abs(km - trip.km) > 0.001:
            yield _violation("wrong-km", trip=number, stated=trip.km, km=round(km, 3))
        if cost != trip.cost:
            yield _violation("wrong-cost", trip=number, stated=trip.cost, cost=cost)
        total += cost
    for item in plan.unserved:
        site = ground.sites.get(item.site)
        if site is not None and site.unserved_cost_per_kg is not None:
            total += Fraction(repr(site.unserved_cost_per_kg)) * sum(item.kg.values())
    cost = math.floor(total + Fraction(1, 2))
    if plan.cost != cost:
        yield _violation("wrong-total", stated=plan.cost, cost=cost)
    yield from _claims(plan, cost)
    if ground.distances != plan.distances:
        yield _violation("wrong-distances", stated=plan.distances, distances=ground.distances)


def _claims(plan: Plan, cost: int) -> Iterator[Violation]:
    if plan.bound > cost:
        yield _violation("wrong-bound", bound=plan.bound, cost=cost)
    gap = max(0.0, (cost - plan.bound) / cost) if cost else 0.0
    if abs(gap - plan.gap) > 1e-5:
        yield _violation("wrong-gap", stated=plan.gap, gap=round(gap, 6))
    status = "partial" if plan.unserved else "optimal" if gap <= OPTIMAL_GAP else "feasible"
    if plan.status != status:
        yield _violation("wrong-status", stated=plan.status, status=status)
