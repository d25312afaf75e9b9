"""On problems small enough to try every plan, the planner finds the best one and never claims too much."""

from hypothesis import HealthCheck, given, settings

from supply.routing.planner.check import check
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.problem import Problem
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.solve import Params, solve
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import tiny_problems

SLOW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def _readable(problem: Problem) -> Problem | None:
    try:
        return read_problem(write_problem(problem))
    except FaultyProblemError:
        return None


@SLOW
@given(tiny_problems())
def test_a_tiny_plan_is_the_best_of_all_plans(problem: Problem) -> None:
    readable = _readable(problem)
    if readable is None:
        return
    plan = solve(readable, Params(seconds=20), 1)

    must = {site.id for site in problem.sites if site.unserved_cost_per_kg is None}
    unserved = sum(sum(item.kg.values()) for item in plan.unserved if item.site in must)
    assert check(readable, plan) == []
    expected = best_value(readable)
    assert (unserved, plan.cost) == expected
    assert plan.bound <= expected[1]
