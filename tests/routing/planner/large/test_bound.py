"""The bound for hundreds of sites never claims too much, and more than full trucks do."""

import msgspec
from hypothesis import HealthCheck, given, settings

from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.greedy import Builder
from supply.routing.planner.instance import instance_of
from supply.routing.planner.large.bound import grow_bound, has_bound
from supply.routing.planner.problem import Depot, Fleet, Problem, Site, VehicleType
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.relaxation import lower_bound
from tests.benchmarks.routing.country import country
from tests.benchmarks.routing.programme import programme
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import small, tiny_problems

SLOW = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def bound_of(problem: Problem, unserved_kg: int = 0, *, looks: int = 10_000) -> tuple[float, list[float]]:
    """The last bound and each that was told; stopped when it has asked so many times."""
    instance, asked, told = instance_of(problem), [0], list[float]()

    def stop() -> bool:
        asked[0] += 1
        return asked[0] > looks

    return grow_bound(instance, unserved_kg, Builder(instance).run(), stop=stop, tell=told.append).bound, told


@SLOW
@given(tiny_problems())
def test_no_plan_of_a_tiny_problem_costs_less_than_any_bound_told(problem: Problem) -> None:
    try:
        problem = read_problem(write_problem(problem))
    except FaultyProblemError:
        return
    unserved, cost = best_value(problem)
    locked = sum(trip.cost for trip in problem.locked_trips)
    if problem.locked_trips and locked == 0:
        return  # what they cost by the rules is added elsewhere

    last, told = bound_of(problem, unserved)

    assert max(told, default=0.0) == last
    assert last + locked <= cost + 1e-6


def test_a_stop_that_gains_nothing_may_still_be_the_shorter_way() -> None:
    """The way back from Kita is shorter by Nioro, where oil is worth less than it is in store."""
    problem = small(
        depots=(Depot("kayes", stock_kg={"flour": 1, "oil": 1}), Depot("segou", stock_kg={})),
        sites=(Site("kita", demand_kg={"flour": 1, "oil": 1}), Site("nioro", demand_kg={"oil": 1})),
        vehicle_types=(
            VehicleType("10t", 3, None, fixed_cost=100, cost_per_km=5, cost_per_tonne_km=500, speed_kmh=50),
        ),
        fleet=(Fleet("kayes-10t", "kayes", "10t", 1),),
        split_deliveries=False,
        days=1,
        distance_km=((0, 25, 25, 25), (25, 0, 25, 25), (75, 25, 0, 25), (25, 25, 25, 0)),
    )

    last, _ = bound_of(problem, 1)

    assert best_value(problem) == (1, 513)
    assert 400 < last <= 513


def test_each_bound_told_is_better_than_the_last_and_than_full_trucks() -> None:
    problem = programme("ltl", 1, communes=8)

    last, told = bound_of(problem)

    assert told == sorted(told)
    assert last > 1.02 * lower_bound(instance_of(problem), 0)


def test_a_search_for_a_bound_ends_when_it_is_told_to() -> None:
    problem = country(60, 1)

    last, told = bound_of(problem, looks=40)

    assert last == max(told, default=0.0)


def test_trips_of_many_stops_have_no_such_bound() -> None:
    problem = msgspec.structs.replace(programme("ltl", 1, communes=14), max_stops=13)

    assert not has_bound(instance_of(problem))
