"""Which trips of an old plan a new problem still allows, and what is left to plan once some of them stay."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.draft import (
    Draft,
    begins_of,
    exact_cost,
    legs_exist,
    rounded,
    route_km,
    timing_of,
)
from supply.routing.planner.instance import Instance
from supply.routing.planner.linear import Model
from supply.routing.planner.plan import Stop, Trip
from supply.routing.planner.problem import LockedStop, LockedTrip, Matrix, Problem

MOST_SECONDS = 2.0
"""To choose which old trips stay; hundreds of trips take a tenth of it."""


class Still(msgspec.Struct, frozen=True):
    """An old trip that keeps every rule of the new problem by itself, with its figures by that problem.

    `groups` are those of its pool's vehicles that belong to its fleet and are free on its days.
    """

    number: int
    trip: Trip
    draft: Draft
    groups: tuple[int, ...]


class Together(msgspec.Struct, frozen=True):
    """Old trips that can all stay, on vehicles that are free; `most`: no choice keeps more of them."""

    trips: tuple[Trip, ...]
    most: int


def still_valid(instance: Instance, trips: Iterable[Trip]) -> list[Still]:
    """The old trips that keep the rules of the new problem, each beside its locked trips alone."""
    found = (_still(instance, number, trip) for number, trip in enumerate(trips))
    return [one for one in found if one is not None]


def _still(instance: Instance, number: int, trip: Trip) -> Still | None:
    draft = _draft(instance, trip)
    if draft is None or not _is_allowed(instance, draft):
        return None
    problem, pool = instance.problem, instance.pools[draft.pool]
    loads = [float(load) for load in draft.kg.sum(axis=1)]
    timing = timing_of(instance, pool, draft.route, loads)
    begin = (trip.begin - problem.start).days
    begins = begins_of(instance, pool, draft.route, timing)
    if not 0 <= begin < len(begins) or not begins[begin]:
        return None
    groups = tuple(
        index
        for index, group in enumerate(pool.groups)
        if problem.fleet[group.fleet].id == trip.fleet and group.free[begin : begin + timing.days].all()
    )
    if not groups:
        return None
    stops = tuple(
        Stop(stop.site, trip.begin + dt.timedelta(days=offset), stop.deliver_kg)
        for stop, offset in zip(trip.stops, timing.reached, strict=True)
    )
    same = msgspec.structs.replace(
        trip,
        days=timing.days,
        km=round(route_km(instance, pool, draft.route)[-1], 3),
        cost=rounded(exact_cost(instance, pool, draft.route, loads, timing.days)),
        stops=stops,
    )
    return Still(number, same, draft, groups)


def _draft(instance: Instance, trip: Trip) -> Draft | None:
    """The trip in the numbers of the instance; None when it names what is no longer there."""
    problem = instance.problem
    site_at = {site.id: number for number, site in enumerate(problem.sites)}
    product_at = {product.id: number for number, product in enumerate(problem.products)}
    fleets = [[problem.fleet[group.fleet].id for group in pool.groups] for pool in instance.pools]
    pool = next((number for number, names in enumerate(fleets) if trip.fleet in names), None)
    goods = [(stop.site, product) for stop in trip.stops for product, kg in stop.deliver_kg.items() if kg]
    if pool is None or not all(site in site_at and product in product_at for site, product in goods):
        return None
    kg = np.zeros((len(trip.stops), len(problem.products)), dtype=np.int64)
    for row, stop in enumerate(trip.stops):
        for product, amount in stop.deliver_kg.items():
            if amount:
                kg[row, product_at[product]] = amount
    if (kg.sum(axis=1) < 1).any() or not trip.stops:
        return None
    return Draft(pool, tuple(site_at[stop.site] for stop in trip.stops), kg)


def _is_allowed(instance: Instance, draft: Draft) -> bool:
    """Stops, load, sites, roads, need and stock; days and vehicles apart."""
    pool, carried = instance.pools[draft.pool], draft.kg.sum(axis=0)
    brought = np.zeros_like(instance.demand)
    np.add.at(brought, list(draft.route), draft.kg)
    visited = sorted(set(draft.route))
    return (
        (instance.problem.split_deliveries or len(visited) == len(draft.route))
        and len(draft.route) <= instance.max_stops
        and int(carried.sum()) <= instance.capacity[pool.kind]
        and float(carried @ instance.m3_per_kg) <= instance.volume[pool.kind] + 1e-9
        and bool(instance.allowed[visited, pool.kind].all())
        and bool((brought <= instance.demand).all())
        and bool((carried <= instance.stock[pool.depot]).all())
        and legs_exist(instance, pool, draft.route)
    )


def keep_together(instance: Instance, stills: Sequence[Still]) -> Together:
    """As many of these trips as vehicles, stock and need allow together; the fuller ones among equals."""
    if not stills:
        return Together((), 0)
    model = Model()
    rows: dict[tuple[object, ...], list[tuple[int, float]]] = defaultdict(list)
    limits: dict[tuple[object, ...], float] = {}
    columns = [
        _columns(instance, model, one, rows=rows, limits=limits, worth=_worth(stills, one)) for one in stills
    ]
    for key, terms in rows.items():
        model.row(terms, upper=limits[key])
    solver = model.highs()
    solver.setOptionValue("time_limit", MOST_SECONDS)
    solver.run()
    values = np.array(solver.getSolution().col_value)
    if not solver.getSolution().value_valid or len(values) != len(model.cost):
        return Together((), len(stills))
    chosen = [
        (one, group)
        for one, own in zip(stills, columns, strict=True)
        for group, column in own.items()
        if values[column] > 0.5
    ]
    most = min(len(stills), int(-float(solver.getInfo().mip_dual_bound) + 1e-6))
    return Together(tuple(_on_vehicles(instance, chosen)), max(most, len(chosen)))


def _worth(stills: Sequence[Still], one: Still) -> float:
    """One for the trip, and less than one for all their goods together."""
    return 1.0 + 0.5 * float(one.draft.kg.sum()) / float(sum(other.draft.kg.sum() for other in stills))


def _columns(
    instance: Instance,
    model: Model,
    one: Still,
    *,
    rows: dict[tuple[object, ...], list[tuple[int, float]]],
    limits: dict[tuple[object, ...], float],
    worth: float,
) -> dict[int, int]:
    """A column per group of vehicles that could drive the trip, and what it takes of each limit."""
    draft, pool = one.draft, instance.pools[one.draft.pool]
    own = {group: model.column(-worth, upper=1.0, integer=True) for group in one.groups}
    every = [(column, 1.0) for column in own.values()]
    model.row(every, upper=1.0)
    brought: Counter[tuple[object, ...]] = Counter()
    for stop, goods in zip(draft.route, draft.kg, strict=True):
        if not instance.problem.split_deliveries:
            brought["visit", stop] = 1
            limits["visit", stop] = 1.0
        for product in np.flatnonzero(goods):
            need, store = ("need", stop, int(product)), ("stock", pool.depot, int(product))
            brought.update({need: int(goods[product]), store: int(goods[product])})
            limits[need] = float(instance.demand[stop, product])
            limits[store] = float(instance.stock[pool.depot, product])
    for key, kg in brought.items():
        rows[key] += [(column, float(kg)) for column, _ in every]
    begin = (one.trip.begin - instance.problem.start).days
    for group, column in own.items():
        for day in range(begin, begin + one.trip.days):
            rows["vehicles", draft.pool, group, day].append((column, 1.0))
            limits["vehicles", draft.pool, group, day] = float(len(pool.groups[group].vehicles))
    return own


def _on_vehicles(instance: Instance, chosen: Sequence[tuple[Still, int]]) -> list[Trip]:
    """Each trip on its old vehicle where that is free, else on any: in order of days one always is."""
    free_on: dict[tuple[int, int, int], dt.date] = {}
    trips: list[Trip] = []
    for one, index in sorted(chosen, key=lambda item: (item[0].trip.begin, item[0].number)):
        group, trip = instance.pools[one.draft.pool].groups[index], one.trip
        first = dt.date.min
        free = [
            vehicle
            for vehicle in group.vehicles
            if free_on.get((one.draft.pool, index, vehicle), first) <= trip.begin
        ]
        vehicle = trip.vehicle if trip.vehicle in free else free[0]
        free_on[one.draft.pool, index, vehicle] = trip.begin + dt.timedelta(days=trip.days)
        trips.append(msgspec.structs.replace(trip, vehicle=vehicle))
    return trips


def remainder(problem: Problem, stay: Sequence[Trip]) -> Problem:
    """What is left to plan when these trips stay beside the locked ones: sites that still need something.

    Trips that stay only keep their vehicles away: what they carry is off the needs and stocks, and the one
    stop that a locked trip must have is anywhere and empty.
    """
    demand = {site.id: dict(site.demand_kg) for site in problem.sites}
    stock = {depot.id: dict(depot.stock_kg) for depot in problem.depots}
    depot_of = {fleet.id: fleet.depot for fleet in problem.fleet}
    away: list[LockedTrip | Trip] = [*problem.locked_trips, *stay]
    for trip in away:
        for stop in trip.stops:
            for product, kg in stop.deliver_kg.items():
                if kg:
                    demand[stop.site][product] -= kg
                    stock[depot_of[trip.fleet]][product] -= kg
    visited = {stop.site for trip in stay for stop in trip.stops}
    done = set() if problem.split_deliveries else visited  # one stop a site, whatever it brought
    sites = tuple(
        msgspec.structs.replace(site, demand_kg=demand[site.id])
        for site in problem.sites
        if any(demand[site.id].values()) and site.id not in done
    )
    wanted = {depot.id for depot in problem.depots} | {site.id for site in sites}
    rows = [number for number, point in enumerate(problem.points) if point.id in wanted]
    empty = tuple(LockedStop(site.id, problem.start, {}) for site in sites[:1])
    return msgspec.structs.replace(
        problem,
        depots=tuple(msgspec.structs.replace(depot, stock_kg=stock[depot.id]) for depot in problem.depots),
        sites=sites,
        distance_km=None if problem.distance_km is None else _part(problem.distance_km, rows),
        duration_min={name: _part(matrix, rows) for name, matrix in problem.duration_min.items()},
        closed=tuple(leg for leg in problem.closed if leg.start in wanted and leg.end in wanted),
        locked_trips=tuple(
            LockedTrip(trip.fleet, trip.vehicle, trip.begin, trip.days, empty, cost=1) for trip in away
        ),
    )


def _part(matrix: Matrix, rows: Sequence[int]) -> Matrix:
    return tuple(tuple(matrix[row][column] for column in rows) for row in rows)
