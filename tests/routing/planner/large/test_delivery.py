"""Delivery problems by the compiled search: every plan passes the checker."""

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from supply.routing.planner.check import check
from supply.routing.planner.draft import Draft
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import instance_of
from supply.routing.planner.large.delivery import plan_large
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem, VehicleType
from supply.routing.planner.problem_file import read_problem, write_problem
from tests.benchmarks.routing.programme import programme
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import small, tiny_problems

SLOW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def planned(problem: Problem, *, iterations: int = 1_500, seed: int = 1) -> tuple[Plan, tuple[int, int]]:
    """The plan, and kg unserved that must be served with cost."""
    instance = instance_of(problem)
    best = Incumbent(instance, seconds=600.0, seed=seed)
    best.offer(plan_large(instance, seed, iterations=iterations))
    return best.plan(), best.value


def broken(problem: Problem, plan: Plan) -> list[str]:
    """Codes of the rules that the plan breaks; reasons are looked for later."""
    return [found.code for found in check(problem, plan) if found.code != "unserved-without-reason"]


@SLOW
@given(tiny_problems())
def test_a_tiny_plan_keeps_every_rule_and_is_never_better_than_the_best(problem: Problem) -> None:
    try:
        problem = read_problem(write_problem(problem))
    except FaultyProblemError:
        return

    plan, value = planned(problem, iterations=300)

    assert broken(problem, plan) == []
    assert value >= best_value(problem)


def test_the_small_problem_is_planned_as_by_hand() -> None:
    """Both sites on one trip from Kayes: 240 km at 10, 1000 fixed, 7 t over 100 km and 2 t over 120 km."""
    plan, value = planned(small())

    assert value == (0, 1_000 + 2_400 + 700 + 240)
    assert [stop.site for stop in plan.trips[0].stops] == ["kita", "nioro"]


def test_a_demand_above_any_lorry_is_split() -> None:
    lorries = (VehicleType("10t", 5_000, None, 1_000, 10, 0, 50),)
    plan, value = planned(small(vehicle_types=lorries))

    assert value[0] == 0
    assert (
        sum(stop.site == "kita" for trip in plan.trips for stop in trip.stops) == 2
    )  # 7 t by lorries of 5 t


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("kind", ["ltl", "mixed", "ftl"])
def test_problems_of_the_programme_are_served_in_full(kind: str, windows: bool) -> None:
    problem = programme(kind, 1, windows=windows)

    plan, value = planned(problem, iterations=3_000)

    assert broken(problem, plan) == []
    assert value[0] == 0


def test_the_same_seed_and_iterations_give_the_same_trips() -> None:
    instance = instance_of(programme("mixed", 2))

    plans = [plan_large(instance, 5, iterations=2_000) for _ in range(2)]

    assert _written(plans[0]) == _written(plans[1])


def test_a_plan_in_the_making_can_be_stopped() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 2

    drafts = plan_large(instance_of(programme("ltl", 1)), 1, seconds=60.0, stop=stop)

    assert len(asked) == 2
    assert drafts


def test_nothing_to_bring_needs_no_trip() -> None:
    instance = instance_of(small())

    empty = msgspec.structs.replace(instance, demand=np.zeros_like(instance.demand))

    assert plan_large(empty, 1, iterations=10) == []


def _written(drafts: list[Draft]) -> list[tuple[object, ...]]:
    return [(draft.pool, draft.route, draft.kg.tolist(), draft.place) for draft in drafts]
