"""The problem as arrays, for the solver: what is left to decide once the locked trips are taken off."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from supply.routing.planner.problem import Days, Depot, Problem, Site

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
EARTH_RADIUS_KM = 6371.0088


class Group(msgspec.Struct, frozen=True):
    """Vehicles of one fleet with the same free days; `free[day]`."""

    fleet: int
    vehicles: tuple[int, ...]
    free: Bools


class Pool(msgspec.Struct, frozen=True):
    """All vehicles of one type at one depot: they cost and carry the same."""

    depot: int
    kind: int
    groups: tuple[Group, ...]
    vehicle_days: int


class Instance(msgspec.Struct, frozen=True):
    """Points are depots, then sites. `km` and `minutes[kind]` are inf where there is no road."""

    problem: Problem
    depots: int
    sites: int
    km: Floats
    minutes: Floats
    demand: Ints
    stock: Ints
    price: Floats
    capacity: Ints
    volume: Floats
    m3_per_kg: Floats
    allowed: Bools
    open_days: Bools
    closed: dict[tuple[int, int], Bools]
    pools: tuple[Pool, ...]
    fixed: Floats
    per_km: Floats
    per_tonne_km: Floats
    depot_minutes: Floats
    site_minutes: Floats
    driving: float
    duty: float
    max_days: int
    max_stops: int
    allowance: float = 0.5
    """What rounding may take off the cost of a trip; bounds are lower by it."""

    @property
    def horizon(self) -> int:
        return self.problem.days

    def reachable(self, pool: Pool) -> Bools:
        """Sites that this pool may visit and get back from."""
        sites = slice(self.depots, None)
        road = np.isfinite(
            self.minutes[pool.kind, pool.depot, sites] + self.minutes[pool.kind, sites, pool.depot]
        )
        return (
            self.allowed[:, pool.kind]
            & road
            & np.isfinite(self.km[pool.depot, sites] + self.km[sites, pool.depot])
        )


def instance_of(problem: Problem, like: Instance | None = None) -> Instance:
    """Arrays of the problem; demand and stock less what the locked trips carry.

    With `like`, an instance of the same points, distances and vehicle types, only what differs is made.
    """
    depots, products = problem.depots, problem.products
    names = [product.id for product in products]
    stock = np.array([[depot.stock_kg.get(name, 0) for name in names] for depot in depots], dtype=np.int64)
    stock = stock.reshape(len(depots), len(names))
    if like is not None and _is_alike(problem, like.problem):
        return msgspec.structs.replace(like, problem=problem, stock=stock, **_limits(problem))
    demand = np.array(
        [[site.demand_kg.get(name, 0) for name in names] for site in problem.sites], dtype=np.int64
    ).reshape(len(problem.sites), len(names))
    _take_locked(problem, demand, stock)
    return _made(problem, demand, stock, like)


def _is_alike(problem: Problem, other: Problem) -> bool:
    """True when the two are one but for stock and what trips may do."""
    return (
        problem.sites is other.sites
        and problem.fleet is other.fleet
        and problem.closed is other.closed
        and problem.days == other.days
        and not problem.locked_trips
    )


def _limits(problem: Problem) -> dict[str, int]:
    sites = max(len(problem.sites), 1)
    return {
        "max_days": min(problem.max_trip_days or problem.days, problem.days),
        "max_stops": min(problem.max_stops or sites, sites),
    }


def _made(problem: Problem, demand: Ints, stock: Ints, like: Instance | None) -> Instance:
    depots, sites, kinds, infinity = problem.depots, problem.sites, problem.vehicle_types, math.inf
    km = _distances(problem) if like is None else like.km
    return Instance(
        problem=problem,
        depots=len(depots),
        sites=len(sites),
        km=km,
        minutes=_minutes(problem, km) if like is None else like.minutes,
        demand=demand,
        stock=stock,
        price=_decimals(
            infinity if site.unserved_cost_per_kg is None else site.unserved_cost_per_kg for site in sites
        ),
        capacity=np.array([kind.capacity_kg for kind in kinds], dtype=np.int64),
        volume=_decimals(infinity if kind.capacity_m3 is None else kind.capacity_m3 for kind in kinds),
        m3_per_kg=_decimals(
            0.0 if item.kg_per_m3 is None else 1.0 / item.kg_per_m3 for item in problem.products
        ),
        allowed=np.array(
            [
                [site.vehicle_types is None or kind.id in site.vehicle_types for kind in kinds]
                for site in sites
            ],
            dtype=bool,
        ).reshape(len(sites), len(kinds)),
        open_days=_open_days(problem),
        closed=_closed(problem),
        pools=_pools(problem),
        fixed=_decimals(kind.fixed_cost for kind in kinds),
        per_km=_decimals(kind.cost_per_km for kind in kinds),
        per_tonne_km=_decimals(kind.cost_per_tonne_km for kind in kinds),
        depot_minutes=_handling(depots),
        site_minutes=_handling(sites),
        driving=float(problem.work_day.driving_hours * 60),
        duty=float(problem.work_day.duty_hours * 60),
        **_limits(problem),
    )


def _decimals(values: Iterable[float]) -> Floats:
    """Fractions even where all happen to be whole: the compiled search knows one sort only."""
    return np.fromiter(values, dtype=np.float64)


def _handling(places: Sequence[Depot] | Sequence[Site]) -> Floats:
    """Minutes at each place, and minutes per tonne."""
    return np.array([(one.fixed_minutes, one.minutes_per_tonne) for one in places], dtype=np.float64).reshape(
        -1, 2
    )


def _take_locked(problem: Problem, demand: Ints, stock: Ints) -> None:
    site_at = {site.id: i for i, site in enumerate(problem.sites)}
    depot_at = {depot.id: i for i, depot in enumerate(problem.depots)}
    product_at = {product.id: i for i, product in enumerate(problem.products)}
    depot_of = {fleet.id: depot_at[fleet.depot] for fleet in problem.fleet}
    for trip in problem.locked_trips:
        for stop in trip.stops:
            for name, kg in stop.deliver_kg.items():
                demand[site_at[stop.site], product_at[name]] -= kg
                stock[depot_of[trip.fleet], product_at[name]] -= kg


def _distances(problem: Problem) -> Floats:
    if problem.distance_km is not None:
        rows = [[math.inf if value is None else value for value in row] for row in problem.distance_km]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(rows))
    points = [(point.lat or 0.0, point.lon or 0.0) for point in problem.points]
    lat, lon = np.radians(np.array(points, dtype=np.float64).reshape(-1, 2)).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))) * problem.winding
    metres: Floats = np.round(km * 1000) / 1000  # whole metres: the same figure for every reader
    np.fill_diagonal(metres, 0.0)
    return metres


def _minutes(problem: Problem, km: Floats) -> Floats:
    layers = []
    for kind in problem.vehicle_types:
        matrix = problem.duration_min.get(kind.id)
        if matrix is not None:
            rows = [[math.inf if value is None else value for value in row] for row in matrix]
            layers.append(
                np.where(np.isfinite(km), np.array(rows, dtype=np.float64).reshape(km.shape), math.inf)
            )
        else:
            assert kind.speed_kmh is not None, "a problem that was read has a speed or a matrix for each type"
            layers.append(km / kind.speed_kmh * 60)
    return np.array(layers).reshape(len(layers), *km.shape)


def _span(problem: Problem, spans: tuple[Days, ...] | None) -> Bools:
    """Days of the plan inside any of the spans; all of them without spans."""
    if spans is None:
        return np.ones(problem.days, dtype=bool)
    days = [problem.start + dt.timedelta(days=offset) for offset in range(problem.days)]
    return np.array([any(first <= day <= last for first, last in spans) for day in days], dtype=bool)


def _open_days(problem: Problem) -> Bools:
    return np.array([_span(problem, site.windows) for site in problem.sites]).reshape(-1, problem.days)


def _closed(problem: Problem) -> dict[tuple[int, int], Bools]:
    position = {point.id: i for i, point in enumerate(problem.points)}
    closed: dict[tuple[int, int], Bools] = {}
    for leg in problem.closed:
        key = position[leg.start], position[leg.end]
        days = _span(problem, leg.days)
        if days.any():
            closed[key] = closed[key] | days if key in closed else days
    return closed


def _pools(problem: Problem) -> tuple[Pool, ...]:
    depot_at = {depot.id: i for i, depot in enumerate(problem.depots)}
    kind_at = {kind.id: i for i, kind in enumerate(problem.vehicle_types)}
    groups: dict[tuple[int, int], list[Group]] = {}
    for index, fleet in enumerate(problem.fleet):
        free = _span(problem, fleet.available)
        busy: dict[int, Bools] = {}
        for trip in problem.locked_trips:
            if trip.fleet == fleet.id:
                first = (trip.begin - problem.start).days
                days = busy.setdefault(trip.vehicle, np.zeros(problem.days, dtype=bool))
                days[max(first, 0) : max(first + trip.days, 0)] = True
        own = [Group(index, (vehicle,), free & ~days) for vehicle, days in sorted(busy.items())]
        rest = tuple(vehicle for vehicle in range(1, fleet.count + 1) if vehicle not in busy)
        own.append(Group(index, rest, free))
        key = depot_at[fleet.depot], kind_at[fleet.type]
        groups.setdefault(key, []).extend(group for group in own if group.vehicles and group.free.any())
    return tuple(
        Pool(
            *key,
            groups=tuple(own),
            vehicle_days=sum(len(group.vehicles) * int(group.free.sum()) for group in own),
        )
        for key, own in sorted(groups.items())
        if own
    )
