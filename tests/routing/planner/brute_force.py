"""The best plan of a tiny problem by trying everything, with the checker's own figures of a trip."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from itertools import permutations, product

from supply.routing.planner.check_trip import Map, figures_of
from supply.routing.planner.plan import Stop, Trip
from supply.routing.planner.problem import Problem

Move = tuple[int, tuple[tuple[int, int, int], ...], frozenset[tuple[str, int, int]], tuple[int, ...]]


def best_value(problem: Problem, given: Sequence[Trip] = ()) -> tuple[int, int]:
    """Least kg unserved of what must be served, then least cost, that of the given trips apart."""
    moves = _moves(problem)
    names = [item.id for item in problem.products]
    demand = tuple(site.demand_kg.get(name, 0) for site in problem.sites for name in names)
    stock = tuple(depot.stock_kg.get(name, 0) for depot in problem.depots for name in names)
    price = [site.unserved_cost_per_kg for site in problem.sites for _ in names]

    @cache
    def best(
        left: tuple[int, ...],
        store: tuple[int, ...],
        busy: frozenset[tuple[str, int, int]],
        visited: frozenset[int],
    ) -> tuple[int, int]:
        must = sum(kg for kg, cost in zip(left, price, strict=True) if cost is None)
        value = must, round(sum(kg * cost for kg, cost in zip(left, price, strict=True) if cost is not None))
        for cost, goods, days, stops in moves:
            if days & busy or (not problem.split_deliveries and visited & set(stops)):
                continue
            after, rest = list(left), list(store)
            for depot, slot, kg in goods:
                after[slot] -= kg
                rest[depot * len(names) + slot % len(names)] -= kg
            if min(after) < 0 or min(rest) < 0:
                continue
            seen = visited | set(stops) if not problem.split_deliveries else visited
            unserved, more = best(tuple(after), tuple(rest), busy | days, frozenset(seen))
            value = min(value, (unserved, more + cost))
        return value

    state = _after(problem, given, list(demand), list(stock))
    return best(*state)


def _after(
    problem: Problem, given: Sequence[Trip], left: list[int], store: list[int]
) -> tuple[tuple[int, ...], tuple[int, ...], frozenset[tuple[str, int, int]], frozenset[int]]:
    """Needs, stocks, busy vehicle-days and visited sites once these trips are taken."""
    names = [item.id for item in problem.products]
    sites = [site.id for site in problem.sites]
    depots = [depot.id for depot in problem.depots]
    depot_of = {fleet.id: depots.index(fleet.depot) for fleet in problem.fleet}
    busy = {
        (trip.fleet, trip.vehicle, (trip.begin - problem.start).days + offset)
        for trip in given
        for offset in range(trip.days)
    }
    for trip in given:
        for stop in trip.stops:
            for name, kg in stop.deliver_kg.items():
                left[sites.index(stop.site) * len(names) + names.index(name)] -= kg
                store[depot_of[trip.fleet] * len(names) + names.index(name)] -= kg
    visited = {sites.index(stop.site) for trip in given for stop in trip.stops}
    return tuple(left), tuple(store), frozenset(busy), frozenset(visited)


def _moves(problem: Problem) -> list[Move]:
    """Every trip with every load, vehicle and day that keeps the rules."""
    ground = Map(problem)
    names = [item.id for item in problem.products]
    moves: list[Move] = []
    for fleet in problem.fleet:
        kind = ground.types[fleet.type]
        depot = next(i for i, item in enumerate(problem.depots) if item.id == fleet.depot)
        sites = [
            i for i, s in enumerate(problem.sites) if s.vehicle_types is None or kind.id in s.vehicle_types
        ]
        for size in range(1, min(problem.max_stops or 9, len(sites)) + 1):
            for route in permutations(sites, size):
                slots = [(site * len(names) + i) for site in route for i in range(len(names))]
                ranges = [
                    range(problem.sites[slot // len(names)].demand_kg.get(names[slot % len(names)], 0) + 1)
                    for slot in slots
                ]
                for load in product(*ranges):
                    per_stop = [sum(load[i * len(names) : (i + 1) * len(names)]) for i in range(size)]
                    if min(per_stop) < 1 or sum(load) > kind.capacity_kg:
                        continue
                    moves += _dated(problem, ground, fleet.id, depot, route, slots, load)
    return moves


def _dated(
    problem: Problem,
    ground: Map,
    fleet_id: str,
    depot: int,
    route: tuple[int, ...],
    slots: list[int],
    load: tuple[int, ...],
) -> list[Move]:
    names = [item.id for item in problem.products]
    fleet = ground.fleets[fleet_id]
    width = len(names)
    stops = tuple(
        Stop(
            problem.sites[site].id,
            problem.start,
            {n: kg for n, kg in zip(names, load[i * width : (i + 1) * width], strict=True) if kg},
        )
        for i, site in enumerate(route)
    )
    moves: list[Move] = []
    for begin in range(problem.days):
        trip = Trip(fleet_id, 1, problem.start + dt.timedelta(days=begin), 1, 0.0, 0, stops)
        figures = figures_of(ground, trip, days=None)
        limit = problem.max_trip_days or problem.days
        if figures.missing_legs or figures.days > limit or begin + figures.days > problem.days:
            continue
        last = trip.begin + dt.timedelta(days=figures.days - 1)
        spans = fleet.available
        every_day = [trip.begin + dt.timedelta(days=offset) for offset in range((last - trip.begin).days + 1)]
        if spans is not None and not all(any(a <= day <= b for a, b in spans) for day in every_day):
            continue
        late = any(
            ground.sites[stop.site].windows is not None
            and not any(a <= day <= b for a, b in ground.sites[stop.site].windows or ())
            for stop, day in zip(stops, figures.reached, strict=True)
        )
        shut = any(
            days[0] <= leg.last and leg.first <= days[1]
            for leg in figures.driven
            for days in ground.closed.get((leg.start, leg.end), ())
        )
        if late or shut or (ground.types[fleet.type].capacity_m3 or 1e9) < float(figures.m3) - 1e-12:
            continue
        goods = tuple((depot, slot, kg) for slot, kg in zip(slots, load, strict=True) if kg)
        for vehicle in range(1, fleet.count + 1):
            days = frozenset((fleet_id, vehicle, begin + offset) for offset in range(figures.days))
            moves.append((figures.cost, goods, days, route))
    return moves
