"""An order of stops is dropped only where another one can stand in for it, whatever is on board."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply.routing.planner.draft import SLACK, begins_of, exact_cost, timing_of
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.master import Master
from supply.routing.planner.orders import without_dearer_orders
from supply.routing.planner.problem import Depot, Problem, Site
from supply.routing.planner.routes import Route, Routes, of_routes
from tests.benchmarks.routing.programme import programme
from tests.routing.planner.tiny import day, small, tiny_problems


def every_order(instance: Instance, most: int, days: int) -> Routes:
    """All orders of all sets of at most so many stops, each with each vehicle and up to so many days."""
    sites = range(instance.sites)
    routes: list[Route] = [
        (pool, stops, takes)
        for pool in range(len(instance.pools))
        for size in range(1, most + 1)
        for stops in permutations(sites, size)
        for takes in range(1, days + 1)
    ]
    return of_routes(Master(instance, 0).land, routes, instance.max_stops)


def check_dropped(instance: Instance, routes: Routes, seed: int) -> int:
    """Each dropped trip with loads by chance; how many there are."""
    kept = without_dearer_orders(instance, Master(instance, 0).land, routes)
    rng = np.random.default_rng(seed)
    alike: dict[tuple[int, int, frozenset[int]], list[Route]] = {}
    for pool, stops, days in routes.take(kept).each():
        alike.setdefault((pool, days, frozenset(stops)), []).append((pool, stops, days))
    dropped = np.setdiff1d(np.arange(len(routes.pool)), kept)
    for row in dropped:
        route = routes.route(int(row))
        for _ in range(3):
            kg = rng.uniform(0, 1, len(route[1])) * instance.demand[list(route[1])].sum(axis=1)
            kg *= min(1.0, routes.room[row] / max(kg.sum(), 1.0)) * rng.choice([1.0, rng.uniform()])
            load = dict(zip(route[1], kg.tolist(), strict=True))
            others = alike[route[0], route[2], frozenset(route[1])]
            assert any(stands_in(instance, other, route, load) for other in others)
    return len(dropped)


def stands_in(instance: Instance, other: Route, route: Route, load: dict[int, float]) -> bool:
    pool = instance.pools[route[0]]
    costs, days, begins = [], [], []
    for _, stops, _ in (other, route):
        kg = [load[stop] for stop in stops]
        timing = timing_of(instance, pool, stops, kg)
        costs.append(exact_cost(instance, pool, stops, kg, timing.days))
        days.append(timing.days)
        begins.append(begins_of(instance, pool, stops, timing))
    if days[1] > route[2]:
        return True  # so much on board takes longer than this trip may
    return costs[0] <= costs[1] + SLACK and days[0] <= days[1] and bool((begins[0] >= begins[1]).all())


@settings(max_examples=20)
@given(problem=tiny_problems(), seed=st.integers(0, 100))
def test_another_order_can_stand_in(problem: Problem, seed: int) -> None:
    instance = instance_of(problem)

    check_dropped(instance, every_order(instance, min(instance.sites, instance.max_stops), 2), seed)


def test_so_it_is_with_windows_and_roads_of_the_programme() -> None:
    instance = instance_of(programme("mixed", 1, communes=6, windows=True))
    routes = every_order(instance, 3, 2)

    assert 0.2 * len(routes.pool) < check_dropped(instance, routes, 1) < 0.8 * len(routes.pool)


@pytest.mark.parametrize(("open_on", "left"), [(None, 1), (0, 2)])
def test_a_dearer_order_is_left_where_only_it_comes_on_an_open_day(open_on: int | None, left: int) -> None:
    """By Kita first Nioro is reached on the second day, straight on the first, 15 km dearer."""
    windows = None if open_on is None else ((day(open_on), day(open_on)),)
    instance = instance_of(
        small(
            depots=(Depot("kayes", stock_kg={"flour": 20_000}), Depot("segou", stock_kg={})),
            sites=(
                Site("kita", demand_kg={"flour": 6_000}),
                Site("nioro", demand_kg={"flour": 1_000}, windows=windows),
            ),
            distance_km=((0, 900, 480, 495), (900, 0, 900, 900), (480, 900, 0, 100), (480, 900, 100, 0)),
        )
    )
    land = Master(instance, 0).land
    both = of_routes(land, [(0, (0, 1), 3), (0, (1, 0), 3)], instance.max_stops)

    assert len(without_dearer_orders(instance, land, both)) == left
