"""Whatever stays unserved has its reason and a change that serves it, verified by making just that change."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.limits import limits_of, only_for
from supply.routing.planner.problem import Depot, Problem, Site, read_problem, write_problem
from supply.routing.planner.reasons import Change
from supply.routing.planner.solve import Params, solve_explained
from supply.routing.planner.words import change_words, reason_words
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import small, tiny_problems

KITA = Site("kita", demand_kg={"flour": 6_000, "oil": 1_000})


def _nioro(**changes: object) -> Problem:
    nioro = Site("nioro", demand_kg={"flour": 2_000})
    return small(sites=(KITA, msgspec.structs.replace(nioro, **changes)))


# Nioro costs 640 more on the way back from Kita: 40 km × 10 + 2 t × 120 km.
@pytest.mark.parametrize(
    ("problem", "because", "change"),
    [
        (_nioro(vehicle_types=()), {"vehicle-type:nioro"}, Change("vehicle-type:nioro", 0, 640)),
        (_nioro(windows=()), {"window:nioro"}, Change("window:nioro", 0, 640)),
        (_nioro(unserved_cost_per_kg=0.1), {"price:nioro"}, Change("price:nioro", 0, 640)),
        (
            small(depots=(Depot("kayes", stock_kg={"flour": 6_000, "oil": 9_000}), Depot("segou"))),
            {"stock:kayes:flour", "stock:segou:flour"},
            Change("stock:kayes:flour", 2_000, 640),
        ),
    ],
)
def test_the_reason_and_the_cheapest_change_are_named(
    problem: Problem, because: set[str], change: Change
) -> None:
    solved = solve_explained(problem, Params(seconds=20), 1)

    (explanation,) = solved.explanations
    assert (explanation.site, explanation.kg) == ("nioro", {"flour": 2_000})
    assert set(explanation.because) == because
    assert explanation.change == change
    assert solved.plan.unserved[0].because == explanation.because


def test_codes_have_words() -> None:
    message, facts = reason_words("stock:kayes:flour")
    assert message.format(**facts) == "Store kayes has too little flour."
    text, values = change_words("fleet:kayes-10t", 1, 3_640)
    assert text.format(**values) == "Add 1 vehicle to fleet kayes-10t: the plan then costs 3640 more."


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tiny_problems())
def test_making_just_the_change_serves_the_site(problem: Problem) -> None:
    """By brute force: with the others as they are, the change leaves nothing of the site unserved."""
    try:
        problem = read_problem(write_problem(problem))
    except FaultyProblemError:
        return
    solved = solve_explained(problem, Params(seconds=20), 1)

    served: dict[str, dict[str, int]] = {}
    for trip in solved.plan.trips:
        for stop in trip.stops:
            for product, kg in stop.deliver_kg.items():
                own = served.setdefault(stop.site, {})
                own[product] = own.get(product, 0) + kg
    for explanation in solved.explanations:
        site = next(site for site in problem.sites if site.id == explanation.site)
        alone = only_for(problem, site.id, served)
        limits = {limit.code: limit for limit in limits_of(alone, site, explanation.kg)}
        assert explanation.because
        for code in set(explanation.because) & set(limits):
            assert best_value(alone)[0] > 0, code
        change = explanation.change
        if change is not None and change.code in limits and not change.code.startswith("horizon"):
            unserved, cost = best_value(limits[change.code].relax(alone))
            assert (unserved, cost) == (0, change.cost + sum(trip.cost for trip in solved.plan.trips))
