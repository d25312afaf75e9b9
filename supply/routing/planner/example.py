"""Small problems whose search goes through every compiled part: to compile them before the first plan."""

import datetime as dt

import msgspec

from supply.routing.planner.problem import (
    PROBLEM_FORMAT,
    Depot,
    Fleet,
    Problem,
    Product,
    Site,
    VehicleType,
    WorkDay,
)

EXAMPLE = Problem(
    format=PROBLEM_FORMAT,
    name="example",
    start=dt.date(2027, 1, 4),
    days=6,
    work_day=WorkDay(10, 11),
    night_cost=15_000,
    max_trip_days=3,
    max_stops=3,
    products=(Product("flour"),),
    depots=(Depot("west", 0.0, 0.0, {"flour": 60_000}), Depot("east", 0.0, 3.0, {"flour": 30_000})),
    sites=tuple(
        Site(f"site {n}", 0.5 + 0.3 * n, 1.0 + 0.5 * n, {"flour": 6_000 + 1_100 * n}) for n in range(6)
    ),
    vehicle_types=(
        VehicleType("5t", 5_000, fixed_cost=25_000, cost_per_km=420, cost_per_tonne_km=12, speed_kmh=50),
        VehicleType("10t", 10_000, fixed_cost=40_000, cost_per_km=600, cost_per_tonne_km=12, speed_kmh=48),
    ),
    fleet=tuple(
        Fleet(f"{depot} {kind}", depot, kind, 4) for depot in ("west", "east") for kind in ("5t", "10t")
    ),
)


def examples() -> tuple[Problem, ...]:
    """One that can be served and one that cannot, with the types of numbers that reading a file gives."""
    short = msgspec.structs.replace(EXAMPLE, depots=EXAMPLE.depots[1:], fleet=EXAMPLE.fleet[2:])
    return tuple(msgspec.convert(msgspec.to_builtins(one), Problem) for one in (EXAMPLE, short))
