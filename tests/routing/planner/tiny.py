"""Tiny delivery problems: one by hand, and Hypothesis' choice of them."""

import datetime as dt

import msgspec
from hypothesis import strategies as st

from supply.routing.planner.problem import (
    ClosedLeg,
    Depot,
    Fleet,
    Problem,
    Product,
    Site,
    VehicleType,
    WorkDay,
)

START = dt.date(2027, 1, 4)
FLOUR, OIL = Product("flour", kg_per_m3=500), Product("oil", kg_per_m3=1000)


def day(offset: int) -> dt.date:
    """The day so many days after the start."""
    return START + dt.timedelta(days=offset)


def small(**changes: object) -> Problem:
    """Two stores, two sites 100 km out on one road, one lorry of 10 t at each store, six days."""
    values: dict[str, object] = {
        "format": "delivery-problem/1",
        "name": "small",
        "start": START,
        "days": 6,
        "work_day": WorkDay(10, 11),
        "products": (FLOUR, OIL),
        "depots": (
            Depot("kayes", stock_kg={"flour": 20_000, "oil": 5_000}),
            Depot("segou", stock_kg={"flour": 20_000, "oil": 5_000}),
        ),
        "sites": (
            Site("kita", demand_kg={"flour": 6_000, "oil": 1_000}),
            Site("nioro", demand_kg={"flour": 2_000}),
        ),
        "vehicle_types": (
            VehicleType(
                "10t", 10_000, 30, fixed_cost=1_000, cost_per_km=10, cost_per_tonne_km=1, speed_kmh=50
            ),
        ),
        "fleet": (Fleet("kayes-10t", "kayes", "10t", 1), Fleet("segou-10t", "segou", "10t", 1)),
        "night_cost": 500,
        # kayes, segou, kita, nioro
        "distance_km": ((0, 400, 100, 120), (400, 0, 300, 320), (100, 300, 0, 20), (120, 320, 20, 0)),
    }
    return Problem(**{**values, **changes})  # type: ignore[arg-type]  # changes are named by the tests


@st.composite
def tiny_problems(draw: st.DrawFn) -> Problem:
    """At most three sites of a few kg, two depots, three days: small enough to try every plan."""
    sites = draw(st.integers(1, 3))
    depots = draw(st.integers(1, 2))
    products = draw(st.sampled_from([(FLOUR,), (FLOUR, OIL)]))
    days = draw(st.integers(1, 3))
    size = sites + depots
    kg = st.integers(0, 3 if len(products) == 1 else 2)
    distance = tuple(
        tuple(0.0 if i == j else float(draw(st.integers(1, 12)) * 25) for j in range(size))
        for i in range(size)
    )
    window = st.none() | st.integers(0, days - 1).map(lambda first: ((day(first), day(days - 1)),))
    return Problem(
        format="delivery-problem/1",
        name="tiny",
        start=START,
        days=days,
        work_day=WorkDay(10, 11),
        products=products,
        depots=tuple(
            Depot(f"d{i}", stock_kg={item.id: draw(st.integers(0, 6)) for item in products})
            for i in range(depots)
        ),
        sites=tuple(
            Site(
                f"s{i}",
                demand_kg={item.id: draw(kg) for item in products},
                windows=draw(window),
                fixed_minutes=draw(st.sampled_from([0, 60])),
                minutes_per_tonne=draw(st.sampled_from([0, 60_000])),  # a kg takes an hour
                unserved_cost_per_kg=draw(st.none() | st.none() | st.sampled_from([100.0, 2_000.0])),
            )
            for i in range(sites)
        ),
        vehicle_types=(
            VehicleType("a", 3, draw(st.sampled_from([None, 0.004])), 100, 5, 500, 50),
            VehicleType("b", 5, None, 150, 7, 500, 50),
        ),
        fleet=tuple(
            Fleet(
                f"f{i}",
                f"d{draw(st.integers(0, depots - 1))}",
                draw(st.sampled_from("ab")),
                draw(st.integers(1, 2)),
            )
            for i in range(draw(st.integers(1, 2)))
        ),
        night_cost=70,
        max_stops=2,
        max_trip_days=draw(st.none() | st.integers(1, 2)),
        split_deliveries=draw(st.booleans()),
        distance_km=distance,
        closed=draw(st.just(()) | st.just((ClosedLeg("d0", "s0", ((day(0), day(0)),)),))),
    )


@st.composite
def rich_problems(draw: st.DrawFn) -> Problem:
    """As tiny_problems, with what is rarer: barred types, absent trucks, missing roads, own times."""
    problem = draw(tiny_problems())
    days, size = problem.days, len(problem.points)
    some_days = st.integers(0, days - 1).map(lambda first: ((day(first), day(days - 1)),))
    ends = ((day(0), day(0)), (day(days - 1), day(days - 1)))
    assert problem.distance_km is not None, "tiny problems have a matrix"
    missing = draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=2))
    hours = st.integers(1, 14)
    own = tuple(tuple(0.0 if i == j else draw(hours) * 60.0 for j in range(size)) for i in range(size))
    return msgspec.structs.replace(
        problem,
        depots=tuple(
            msgspec.structs.replace(
                depot,
                fixed_minutes=draw(st.sampled_from([0.0, 120.0])),
                minutes_per_tonne=draw(st.sampled_from([0.0, 60_000.0])),
            )
            for depot in problem.depots
        ),
        sites=tuple(
            msgspec.structs.replace(
                site,
                vehicle_types=draw(st.none() | st.sampled_from([("a",), ("b",), ("a", "b")])),
                windows=draw(st.just(site.windows) | st.just(ends)),
            )
            for site in problem.sites
        ),
        fleet=tuple(
            msgspec.structs.replace(fleet, available=draw(st.none() | some_days | st.just(ends)))
            for fleet in problem.fleet
        ),
        distance_km=tuple(
            tuple(None if i != j and (i, j) in missing else km for j, km in enumerate(row))
            for i, row in enumerate(problem.distance_km)
        ),
        duration_min={"a": own} if draw(st.booleans()) else {},
        max_stops=draw(st.sampled_from([1, 2, 3])),
    )


@st.composite
def wide_problems(draw: st.DrawFn) -> Problem:
    """Four to seven sites of a kg each and one truck or two, so that a truck makes several trips."""
    sites = draw(st.integers(4, 7))
    size = sites + 1
    return Problem(
        format="delivery-problem/1",
        name="wide",
        start=START,
        days=draw(st.integers(2, 3)),
        work_day=WorkDay(10, 11),
        products=(FLOUR,),
        depots=(Depot("d0", stock_kg={"flour": draw(st.integers(4, 8))}),),
        sites=tuple(
            Site(
                f"s{i}",
                demand_kg={"flour": draw(st.sampled_from([1, 1, 1, 0]))},
                unserved_cost_per_kg=draw(st.none() | st.none() | st.sampled_from([100.0, 2_000.0])),
            )
            for i in range(sites)
        ),
        vehicle_types=(VehicleType("a", draw(st.integers(2, 3)), None, 100, 5, 500, 50),),
        fleet=(Fleet("f0", "d0", "a", draw(st.integers(1, 2))),),
        night_cost=70,
        max_stops=2,
        max_trip_days=1,
        split_deliveries=draw(st.booleans()),
        distance_km=tuple(
            tuple(0.0 if i == j else float(draw(st.integers(1, 12)) * 20) for j in range(size))
            for i in range(size)
        ),
    )
