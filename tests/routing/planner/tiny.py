"""Tiny delivery problems: one by hand, and Hypothesis' choice of them."""

import datetime as dt

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
