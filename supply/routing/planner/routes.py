"""Trips as arrays, thousands at a time: what they cost, what they can bring, what they are worth."""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.loading import load_worth
from supply.routing.planner.loads import Desk, Priced, desk_for
from supply.routing.planner.pricing import room_in

Route = tuple[int, tuple[int, ...], int]
"""Pool, stops in order, days."""


class Routes(NamedTuple):
    """One row per trip; stops are -1 padded.

    `fixed` is its cost without goods (half a unit low), `haul` that of a kg at each stop, `room` the most kg.
    """

    pool: Ints
    days: Ints
    size: Ints
    stops: Ints
    fixed: Floats
    haul: Floats
    room: Floats

    def take(self, rows: Ints) -> "Routes":
        return Routes._make(column[rows] for column in self)

    @staticmethod
    def none(most_stops: int) -> "Routes":
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        return Routes(
            whole, whole, whole, np.zeros((0, most_stops), np.int64), real, np.zeros((0, most_stops)), real
        )

    def route(self, row: int) -> Route:
        """One trip without its figures."""
        stops = self.stops[row, : self.size[row]]
        return int(self.pool[row]), tuple(int(stop) for stop in stops), int(self.days[row])

    def each(self) -> list[Route]:
        return [self.route(row) for row in range(len(self.pool))]


def join(first: Routes, second: Routes) -> Routes:
    return Routes._make(np.concatenate(pair) for pair in zip(first, second, strict=True))


def distinct(routes: Routes) -> Routes:
    """Each trip once."""
    keys = np.column_stack([routes.pool, routes.days, routes.stops])
    _, rows = np.unique(keys, axis=0, return_index=True)
    return routes.take(np.sort(rows))


def visits_of(routes: Routes, sites: int) -> Bools:
    """`visits[trip, site]`."""
    visits = np.zeros((len(routes.pool), sites + 1), dtype=bool)
    np.put_along_axis(visits, routes.stops, True, axis=1)  # -1 is the column that is left out
    return visits[:, :sites]


class Land(NamedTuple):
    """What the compiled loops need of an instance, by pool where vehicles differ."""

    depot: Ints
    kind: Ints
    capacity: Floats
    km: Floats
    minutes: Floats
    fixed: Floats
    per_km: Floats
    per_kg_km: Floats
    night: float
    depot_fixed: Floats
    depot_rate: Floats
    site_fixed: Floats
    site_rate: Floats
    demand: Floats
    duty: float
    depots: int
    whole: bool


def land_of(instance: Instance, capacity: Floats, *, whole: bool) -> Land:
    kind = np.array([pool.kind for pool in instance.pools], dtype=np.int64)
    return Land(
        depot=np.array([pool.depot for pool in instance.pools], dtype=np.int64),
        kind=kind,
        capacity=capacity,
        km=instance.km,
        minutes=instance.minutes,
        fixed=(instance.fixed[kind] - instance.allowance).astype(np.float64),
        per_km=instance.per_km[kind].astype(np.float64),
        per_kg_km=instance.per_tonne_km[kind] / 1000,
        night=float(instance.problem.night_cost),
        depot_fixed=instance.depot_minutes[:, 0].astype(np.float64),
        depot_rate=instance.depot_minutes[:, 1] / 1000,
        site_fixed=instance.site_minutes[:, 0].astype(np.float64),
        site_rate=instance.site_minutes[:, 1] / 1000,
        demand=instance.demand.sum(axis=1).astype(np.float64),
        duty=float(instance.duty),
        depots=instance.depots,
        whole=whole,
    )


@numba.njit(cache=True, nogil=True)
def measure(land: Land, pools: Ints, days: Ints, stops: Ints) -> tuple[Ints, Floats, Floats, Floats]:
    """Number of stops, fixed cost, cost of a kg by stop, room of each trip."""
    count, most = stops.shape
    size = np.zeros(count, np.int64)
    fixed, room = np.zeros(count), np.zeros(count)
    haul = np.zeros((count, most))
    for row in range(count):
        pool = pools[row]
        depot, kind = land.depot[pool], land.kind[pool]
        here, km, minutes, service, rate = depot, 0.0, 0.0, land.depot_fixed[depot], np.inf
        for j in range(most):
            stop = stops[row, j]
            if stop < 0:
                break
            there = land.depots + stop
            km += land.km[here, there]
            minutes += land.minutes[kind, here, there]
            service += land.site_fixed[stop]
            rate = min(rate, land.site_rate[stop])
            haul[row, j] = km * land.per_kg_km[pool]
            size[row] = j + 1
            here = there
        km += land.km[here, depot]
        minutes += land.minutes[kind, here, depot]
        fixed[row] = land.fixed[pool] + land.per_km[pool] * km + land.night * (days[row] - 1)
        room[row] = room_in(
            days[row], minutes + service, land.depot_rate[depot] + rate, land.capacity[pool], land.duty
        )
    return size, fixed, haul, room


def of_routes(land: Land, routes: Sequence[Route], most_stops: int) -> Routes:
    """The same trips as arrays."""
    stops = np.full((len(routes), most_stops), -1, np.int64)
    for row, (_, own, _) in enumerate(routes):
        stops[row, : len(own)] = own
    pools = np.array([pool for pool, _, _ in routes], np.int64)
    return routes_of(land, pools, np.array([days for _, _, days in routes], np.int64), stops)


def routes_of(land: Land, pools: Ints, days: Ints, stops: Ints) -> Routes:
    """The trips with everything that depends on the instance."""
    size, fixed, haul, room = measure(land, pools, days, stops)
    return Routes(pools, days, size, stops, fixed, haul, room)


@numba.njit(cache=True, nogil=True)
def load_of(  # noqa: PLR0917 - compiled functions know no names
    routes: Routes, row: int, land: Land, value: Floats, cuts: Priced, enough: float, sought: float,
    desk: Desk, worth: Floats,
) -> float:  # fmt: skip
    """What the best load of a trip is worth, or a bound on it, as `load_worth`."""
    pool, size, stops = routes.pool[row], routes.size[row], routes.stops[row]
    for j in range(size):
        worth[j] = value[pool, stops[j]] - routes.haul[row, j]
    best: float = load_worth(
        pool, size, stops, routes.room[row], land.demand, worth, land.whole, enough, sought, cuts, desk
    )
    return best


@numba.njit(cache=True, nogil=True)
def reduced_costs(  # noqa: PLR0917 - as above
    routes: Routes, land: Land, value: Floats, cuts: Priced, day: Floats, hit: Floats, below: float
) -> Floats:
    """Cost of each trip less what its best load, its days and the free rows (`hit`) are worth.

    What is negative is exact. The others are bounds, and what is not below the limit is not below it either.
    """
    count, stops = routes.stops.shape
    costs, worth, desk = np.zeros(count), np.zeros(stops), desk_for(stops, len(cuts.worth))
    for row in range(count):
        cost = routes.fixed[row] + day[routes.pool[row]] * routes.days[row] - hit[row]
        costs[row] = cost - load_of(routes, row, land, value, cuts, cost - below, cost, desk, worth)
    return costs


@numba.njit(cache=True, nogil=True)
def best_loads(routes: Routes, land: Land, value: Floats, cuts: Priced) -> Floats:
    """Kg at each stop of the best load of each trip."""
    count, stops = routes.stops.shape
    loads, worth, desk = np.zeros((count, stops)), np.zeros(stops), desk_for(stops, len(cuts.worth))
    for row in range(count):
        load_of(routes, row, land, value, cuts, -np.inf, -np.inf, desk, worth)
        loads[row, : routes.size[row]] = desk.load[: routes.size[row]]
    return loads
