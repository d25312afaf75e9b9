"""Branching alone finds the best plan; two cores change nothing; a trip loads what keeps it on open days."""

import pytest
from hypothesis import given

from supply.routing.planner import proof
from supply.routing.planner.assembly import days_to_keep
from supply.routing.planner.instance import instance_of
from supply.routing.planner.problem import Depot, Problem, Site
from supply.routing.planner.solve import Params, search_only
from tests.benchmarks.routing.programme import programme
from tests.routing.planner.test_brute_force import SLOW, is_best
from tests.routing.planner.tiny import day, small, tiny_problems, wide_problems


@SLOW
@given(tiny_problems())
def test_branching_to_the_end_finds_the_best_plan(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "EASY_TRIPS", 0)
        is_best(problem, Params(seconds=20, threads=2))


@SLOW
@given(wide_problems())
def test_so_it_does_with_more_sites(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "EASY_TRIPS", 0)
        is_best(problem, Params(seconds=20, threads=2))


@pytest.mark.parametrize("windows", [False, True])
def test_two_cores_give_the_same_plan_each_time(windows: bool) -> None:
    problem, params = programme("ltl", 2, communes=10, windows=windows), Params(seconds=300, threads=2)

    first, second = search_only(problem, params, 1), search_only(problem, params, 1)

    assert first.status == "optimal"
    assert (first.trips, first.cost, first.bound) == (second.trips, second.cost, second.bound)


def slow_to_unload(nioro: tuple[int, int]) -> Problem:
    """Kita, then Nioro 20 km on, both open from the first of these days to the last; 5 t take five hours."""
    first, last = nioro
    return small(
        depots=(Depot("kayes", stock_kg={"flour": 20_000}), Depot("segou", stock_kg={})),
        sites=(
            Site("kita", demand_kg={"flour": 6_000}, windows=((day(0), day(0)),), minutes_per_tonne=120),
            Site("nioro", demand_kg={"flour": 2_000}, windows=((day(first), day(last)),)),
        ),
    )


def test_a_trip_loads_no_more_than_lets_it_reach_its_stops_while_they_are_open() -> None:
    instance = instance_of(slow_to_unload((0, 0)))

    assert days_to_keep(instance, instance.pools[0], (0, 1)) == {1: 0}


def test_where_a_later_day_is_open_too_a_trip_may_load_all_it_can() -> None:
    instance = instance_of(slow_to_unload((0, 1)))

    assert days_to_keep(instance, instance.pools[0], (0, 1)) == {}
