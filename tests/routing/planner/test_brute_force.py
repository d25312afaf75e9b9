"""On problems small enough to try every plan, the planner finds the best one and never claims too much."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from supply.routing.planner.check import check
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.problem import Problem
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.solve import Params, solve
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import rich_problems, tiny_problems, wide_problems

SLOW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)

ALONE = Params(seconds=20)
"""On one core."""

FIRST = settings(SLOW, max_examples=300, phases=[Phase.generate])
"""An example is enough; it need not be the smallest."""


def _readable(problem: Problem) -> Problem | None:
    try:
        return read_problem(write_problem(problem))
    except FaultyProblemError:
        return None


@SLOW
@given(tiny_problems())
def test_a_tiny_plan_is_the_best_of_all_plans(problem: Problem) -> None:
    is_best(problem)


@SLOW
@given(rich_problems())
def test_so_it_is_with_the_rarer_rules_of_the_format(problem: Problem) -> None:
    is_best(problem)


@SLOW
@given(wide_problems())
def test_so_it_is_with_up_to_seven_sites_and_several_trips_of_a_truck(problem: Problem) -> None:
    is_best(problem)


def is_best(problem: Problem, params: Params = ALONE) -> None:
    """No plan leaves less or costs less, and the bound is not above the best cost."""
    readable = _readable(problem)
    if readable is None:
        return
    plan = solve(readable, params, 1)

    must = {site.id for site in problem.sites if site.unserved_cost_per_kg is None}
    unserved = sum(sum(item.kg.values()) for item in plan.unserved if item.site in must)
    assert check(readable, plan) == []
    least_unserved, least_cost = best_value(readable)
    assert unserved == least_unserved
    assert plan.bound <= least_cost
    # Costs are rounded once a trip: of equal plans one may be dearer by half a unit for each.
    rounding = 0 if plan.status == "optimal" else len(plan.trips) / 2
    assert least_cost <= plan.cost <= least_cost + rounding


RULES: dict[str, Callable[[Problem], object]] = {
    "windows": lambda problem: any(site.windows for site in problem.sites),
    "several windows of a site": lambda problem: any(len(site.windows or ()) > 1 for site in problem.sites),
    "barred types": lambda problem: any(site.vehicle_types for site in problem.sites),
    "optional sites": lambda problem: any(site.unserved_cost_per_kg is not None for site in problem.sites),
    "absent trucks": lambda problem: any(fleet.available for fleet in problem.fleet),
    "closed legs": lambda problem: problem.closed,
    "missing roads": lambda problem: any(None in row for row in problem.distance_km or ()),
    "times of a type": lambda problem: problem.duration_min,
    "two products": lambda problem: len(problem.products) > 1,
    "two stores": lambda problem: len({fleet.depot for fleet in problem.fleet}) > 1,
    "cubic metres": lambda problem: any(kind.capacity_m3 for kind in problem.vehicle_types),
    "short stock": lambda problem: any(
        sum(depot.stock_kg[item.id] for depot in problem.depots)
        < sum(site.demand_kg[item.id] for site in problem.sites)
        for item in problem.products
    ),
    "no splits": lambda problem: not problem.split_deliveries,
    "splits": lambda problem: problem.split_deliveries,
    "loading takes time": lambda problem: any(depot.minutes_per_tonne for depot in problem.depots),
    "short trips": lambda problem: problem.max_trip_days,
}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_the_format_is_among_the_examples(rule: str) -> None:
    """A rule that no example has could be broken without a test that fails."""
    find(
        rich_problems(),
        lambda problem: bool(RULES[rule](problem)) and _readable(problem) is not None,
        settings=FIRST,
    )


def test_among_the_examples_a_truck_makes_several_trips() -> None:
    def is_so(problem: Problem) -> bool:
        plan = solve(problem, Params(seconds=20), 1)
        seats = [(trip.fleet, trip.vehicle) for trip in plan.trips]
        return len(seats) > len(set(seats))

    find(wide_problems(), is_so, settings=FIRST)
