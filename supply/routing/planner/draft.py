"""A trip while it is being planned, and its timing, cost and possible days."""

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from supply.routing.planner.instance import Bools, Instance, Ints, Pool

SLACK = 1e-6
"""A millionth of a minute or unit of money, against rounding of decimal distances over speeds."""


class Timing(msgspec.Struct, frozen=True):
    """Days the trip takes, the day offset each stop is reached, and first and last offset of each leg."""

    days: int
    reached: tuple[int, ...]
    legs: tuple[tuple[int, int], ...]


class Draft(msgspec.Struct, frozen=True):
    """A trip with its quantities: `kg[stop, product]`; `place` is group of the pool, vehicle and begin."""

    pool: int
    route: tuple[int, ...]
    kg: Ints
    place: tuple[int, int, int] | None = None


def timing_of(instance: Instance, pool: Pool, route: Sequence[int], loads: Sequence[float]) -> Timing:
    """When each stop is reached with these loads (kg per stop); the route's legs must exist."""
    minutes, driving, duty = instance.minutes[pool.kind], instance.driving, instance.duty
    depot_fixed, depot_rate = instance.depot_minutes[pool.depot]
    driven, worked = 0.0, depot_fixed + depot_rate * sum(loads) / 1000
    reached: list[int] = []
    legs: list[tuple[int, int]] = []
    here = pool.depot
    tolerance = SLACK / duty
    for index in range(len(route) + 1):
        there = pool.depot if index == len(route) else instance.depots + route[index]
        left = max(driven / driving, worked / duty)
        step = minutes[here, there]
        driven, worked = driven + step, worked + step
        arrival = max(0, math.ceil(max(driven / driving, worked / duty) - tolerance) - 1)
        legs.append((min(arrival, math.floor(left + tolerance)), arrival))
        if index < len(route):
            reached.append(arrival)
            fixed, rate = instance.site_minutes[route[index]]
            worked += fixed + rate * loads[index] / 1000
        here = there
    days = max(1, math.ceil(max(driven / driving, worked / duty) - tolerance))
    return Timing(days, tuple(reached), tuple(legs))


def begins_of(instance: Instance, pool: Pool, route: Sequence[int], timing: Timing) -> Bools:
    """Days of the plan on which the trip may begin by horizon, windows and closed legs (not vehicles)."""
    horizon = instance.horizon
    possible = np.zeros(horizon, dtype=bool)
    if timing.days > instance.max_days:
        return possible
    possible[: horizon - timing.days + 1] = True
    for stop, offset in zip(route, timing.reached, strict=True):
        possible &= _shifted(instance.open_days[stop], offset)
    if instance.closed:
        points = [pool.depot, *(instance.depots + stop for stop in route), pool.depot]
        for start, end, (first, last) in zip(points, points[1:], timing.legs, strict=False):
            days = instance.closed.get((start, end))
            if days is not None:
                for offset in range(first, last + 1):
                    possible &= ~_shifted(days, offset)
    return possible


def _shifted(days: Bools, offset: int) -> Bools:
    """`days[begin + offset]` for each begin; False beyond the end."""
    shifted = np.zeros(len(days), dtype=bool)
    if offset < len(days):
        shifted[: len(days) - offset] = days[offset:]
    return shifted


def route_km(instance: Instance, pool: Pool, route: Sequence[int]) -> list[float]:
    """Km from the depot at each stop, and last back at the depot."""
    km, here, total = instance.km, pool.depot, 0.0
    along = []
    for stop in route:
        total += float(km[here, instance.depots + stop])
        along.append(total)
        here = instance.depots + stop
    along.append(total + float(km[here, pool.depot]))
    return along


def exact_cost(
    instance: Instance, pool: Pool, route: Sequence[int], loads: Sequence[float], days: int
) -> float:
    """Cost before rounding to the unit."""
    along = route_km(instance, pool, route)
    tonne_km = sum(load * km for load, km in zip(loads, along, strict=False)) / 1000
    cost = instance.fixed[pool.kind] + instance.per_km[pool.kind] * along[-1]
    cost += instance.per_tonne_km[pool.kind] * tonne_km + instance.problem.night_cost * (days - 1)
    return float(cost)


def rounded(cost: float) -> int:
    """Half up to the unit, as the format rounds once per trip."""
    return math.floor(cost + 0.5 + SLACK)


def draft_cost(instance: Instance, draft: Draft) -> int:
    """Whole cost of the trip by the rules."""
    pool = instance.pools[draft.pool]
    loads = [float(load) for load in draft.kg.sum(axis=1)]
    days = timing_of(instance, pool, draft.route, loads).days
    return rounded(exact_cost(instance, pool, draft.route, loads, days))


def legs_exist(instance: Instance, pool: Pool, route: Sequence[int]) -> bool:
    """True when there is a road for each leg."""
    points = [pool.depot, *(instance.depots + stop for stop in route), pool.depot]
    return all(math.isfinite(instance.minutes[pool.kind, a, b]) for a, b in pairwise(points))


def is_possible(instance: Instance, draft: Draft) -> bool:
    """True when there are roads for the trip and a day on which it may begin (whatever vehicles are free)."""
    pool = instance.pools[draft.pool]
    if not legs_exist(instance, pool, draft.route):
        return False
    timing = timing_of(instance, pool, draft.route, [float(load) for load in draft.kg.sum(axis=1)])
    return bool(begins_of(instance, pool, draft.route, timing).any())
