"""Whatever stays unserved has its reason and a change that serves it, verified by making just that change."""

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from supply.routing.planner.draft import Draft
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import instance_of
from supply.routing.planner.limits import Limit, limits_of, only_for, served_by
from supply.routing.planner.plan import Plan, Unserved
from supply.routing.planner.problem import ClosedLeg, Depot, Fleet, Problem, Site
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.reasons import Change, Explanation, change_text, explain, with_reasons
from supply.routing.planner.solve import Params, solve, solve_explained
from supply.routing.planner.words import change_words, reason_words
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import day, small, tiny_problems

KITA = Site("kita", demand_kg={"flour": 6_000, "oil": 1_000})
STOPPED_AT = 12
# Questions whether to go on: more than the first reason needs, fewer than both need.
ALWAYS = ((day(0), day(20)),)


def _nioro(**changes: object) -> Problem:
    nioro = Site("nioro", demand_kg={"flour": 2_000})
    return small(sites=(KITA, msgspec.structs.replace(nioro, **changes)))


def _far() -> Problem:
    """Nioro is 500 km behind Kita and 600 km from Kayes: three days there and back, two are allowed."""
    km = ((0, 400, 100, 600), (400, 0, 300, 700), (100, 300, 0, 500), (600, 700, 500, 0))
    return small(distance_km=km, max_trip_days=2)


def _one_lorry() -> Problem:
    """11 t for one lorry of 10 t that makes one trip in the one day there is."""
    sites = (KITA, Site("nioro", demand_kg={"flour": 4_000}))
    return small(sites=sites, days=1, fleet=(Fleet("kayes-10t", "kayes", "10t", 1),))


@pytest.mark.parametrize(
    ("problem", "because", "change"),
    [
        # Nioro costs 640 more on the way back from Kita: 40 km × 10 + 2 t × 120 km.
        (_nioro(vehicle_types=()), {"vehicle-type:nioro"}, Change("vehicle-type:nioro", 0, 640)),
        (_nioro(windows=()), {"window:nioro"}, Change("window:nioro", 0, 640)),
        (_nioro(unserved_cost_per_kg=0.1), {"price:nioro"}, Change("price:nioro", 0, 640)),
        (
            small(depots=(Depot("kayes", stock_kg={"flour": 6_000, "oil": 9_000}), Depot("segou"))),
            {"stock:kayes:flour", "stock:segou:flour"},
            Change("stock:kayes:flour", 2_000, 640),
        ),
        # By Kayes first the 7 t for Kita would ride 40 km more: 920.
        (
            small(closed=tuple(ClosedLeg(name, "nioro", ALWAYS) for name in ("kayes", "segou", "kita"))),
            {"closed:kayes:nioro", "closed:segou:nioro", "closed:kita:nioro"},
            Change("closed:kita:nioro", 0, 640),
        ),
        # By Kita 1,000 km × 10 more, 2 t × 600 km, two nights at 500.
        (_far(), {"days"}, Change("days", 0, 12_200)),
    ],
)
def test_the_reason_and_the_cheapest_change_are_named(
    problem: Problem, because: set[str], change: Change
) -> None:
    solved = solve_explained(problem, Params(seconds=20), 1)

    (explanation,) = solved.explanations
    assert (explanation.site, explanation.kg) == ("nioro", {"flour": 2_000})
    assert set(explanation.because) == because
    assert (explanation.change, explanation.sure, explanation.is_cheapest) == (change, True, True)
    assert solved.plan.unserved[0].because == explanation.because


def test_one_more_lorry_or_more_days_serve_what_one_trip_cannot_carry() -> None:
    solved = solve_explained(_one_lorry(), Params(seconds=20), 1)

    (explanation,) = solved.explanations
    # The last tonne of Nioro is left: one trip, 1,000 + 240 km × 10 + 7 t × 100 km + 3 t × 120 km = 4,460.
    # Two trips: 1,000 + 200 × 10 + 7 t × 100 km = 3,700 and 1,000 + 240 × 10 + 4 t × 120 km = 3,880.
    assert (explanation.site, explanation.kg) == ("nioro", {"flour": 1_000})
    assert set(explanation.because) == {"fleet:kayes-10t", "horizon"}
    assert explanation.change == Change("fleet:kayes-10t", 1, 3_120)
    assert explanation.sure


@pytest.mark.parametrize("how", ["no seconds", "stopped"])
def test_without_time_nothing_is_claimed(how: str) -> None:
    problem = _nioro(windows=())
    plan = solve(problem, Params(seconds=20), 1)
    bare = msgspec.structs.replace(plan, unserved=(Unserved("nioro", {"flour": 2_000}),))

    seconds = 0.0 if how == "no seconds" else 30.0
    found = explain(problem, bare, seconds=seconds, cancelled=lambda: how == "stopped")

    assert found == (Explanation("nioro", {"flour": 2_000}, ("search",), None, sure=False),)
    assert with_reasons(bare, found).unserved[0].because == ("search",)


def test_who_stops_the_reasons_keeps_those_that_were_found() -> None:
    """Two sites that accept no vehicle; somebody stops after the first one is explained."""
    barred = (Site("kita", demand_kg={"oil": 1}, vehicle_types=()), _nioro(vehicle_types=()).sites[1])
    problem = small(sites=barred)
    plan = solve(problem, Params(seconds=20, reasons_seconds=0), 1)
    asked = [0]

    def stopped() -> bool:
        asked[0] += 1
        return asked[0] > STOPPED_AT

    first, second = explain(problem, plan, cancelled=stopped)

    assert (first.because, first.sure) == (("vehicle-type:kita",), True)
    assert asked[0] > STOPPED_AT
    assert (second.because, second.sure, second.change) == (("search",), False, None)


def test_a_reason_that_is_found_but_not_proven_is_not_sure() -> None:
    """Ten villages one way, Nioro the other way, one day and one lorry: 12 h of driving are not in 10 h.

    No quick proof sees that they share the day, and the exact search does not try trips of eleven stops.
    """
    today = ((day(0), day(0)),)
    villages = tuple(Site(f"v{number}", demand_kg={"flour": 100}, windows=today) for number in range(10))
    ways = [[1.0 if i != j else 0.0 for j in range(12)] for i in range(12)]
    for point in range(1, 12):
        ways[0][point] = ways[point][0] = 100.0 if point < 11 else 200.0
        ways[11][point] = ways[point][11] = 300.0 if point < 11 else 0.0
    problem = small(
        depots=(Depot("kayes", stock_kg={"flour": 20_000}),),
        sites=(*villages, Site("nioro", demand_kg={"flour": 2_000}, windows=today)),
        fleet=(Fleet("kayes-10t", "kayes", "10t", 1),),
        distance_km=tuple(tuple(row) for row in ways),
        max_trip_days=1,
    )
    best = Incumbent(instance_of(problem), seconds=60.0, seed=1)
    trip = Draft(0, tuple(range(10)), np.array([[100, 0]] * 10), (0, 1, 0))
    best.offer([trip])

    (explanation,) = explain(problem, best.plan(), seconds=60.0)

    assert explanation.sure is False
    assert set(explanation.because) == {"fleet:kayes-10t", "days", "window:nioro"}
    # Home over Nioro with a night: 400 km × 10 + 2 t × 409 km + 500. Another lorry: 1,000 + 4,000 + 400.
    assert explanation.change == Change("days", 0, 5_318)
    assert explanation.is_cheapest is False


def test_a_plan_says_what_is_not_proven() -> None:
    plan = solve(_nioro(windows=()), Params(seconds=20), 1)
    open_end = Explanation("nioro", {"flour": 2_000}, ("horizon",), Change("horizon", 7, 640), sure=False)

    (unserved,) = with_reasons(plan, (open_end,)).unserved

    assert unserved.because == ("horizon", "unproven")
    assert unserved.cheapest_change == "horizon +7 cost +640 at-most"
    assert change_text(msgspec.structs.replace(open_end, is_cheapest=True)) == "horizon +7 cost +640"


def test_codes_have_words() -> None:
    message, facts = reason_words("stock:kayes:flour")
    assert message.format(**facts) == "Store kayes has too little flour."
    text, values = change_words("fleet:kayes-10t", 1, 3_640)
    assert text.format(**values) == "Add 1 vehicle to fleet kayes-10t: the plan then costs 3640 more."


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tiny_problems())
def test_reasons_forbid_and_changes_serve_at_the_cost_said(problem: Problem) -> None:
    """By brute force: with the others as they are; all limits but the horizon, which is too much for it."""
    try:
        problem = read_problem(write_problem(problem))
    except FaultyProblemError:
        return
    solved = solve_explained(problem, Params(seconds=3, reasons_seconds=5), 1)

    before = sum(trip.cost for trip in solved.plan.trips)
    for one in solved.explanations:
        site = next(site for site in problem.sites if site.id == one.site)
        alone = only_for(problem, site.id, served_by(solved.plan.trips))
        limits = [limit for limit in limits_of(problem, site, one.kg) if limit.code != "horizon"]
        assert one.because
        if one.because[0].startswith("price:"):
            assert best_value(alone) == (0, one.change.cost + before if one.change else -1)
            continue
        others = [limit for limit in limits if limit.code not in one.because]
        if one.sure:
            assert best_value(_relaxed(alone, others))[0] > 0, "something else than the reason was the reason"
            _check_none_is_idle(alone, limits_of(problem, site, one.kg), one)
        # What serves by itself is part of every reason.
        named = [limit for limit in limits if limit.code in one.because]
        costs = {limit.code: best_value(limit.relax(alone)) for limit in named}
        serving = {code: cost - before for code, (left, cost) in costs.items() if left == 0}
        if one.change is not None and one.change.code != "horizon":
            assert one.change.cost == serving[one.change.code]
        assert (
            one.change is None
            or not one.is_cheapest
            or one.change.cost <= min(serving.values(), default=10**9)
        )
        assert one.change is not None or not one.sure or not serving


def _check_none_is_idle(alone: Problem, limits: list[Limit], one: Explanation) -> None:
    """Without any one limit of the reason, and without those that are no part of it, the site is served."""
    for code in one.because:
        if code in {limit.code for limit in limits}:
            rest = [limit for limit in limits if limit.code == code or limit.code not in one.because]
            again: Plan = solve(_relaxed(alone, rest), Params(seconds=6, reasons_seconds=0), 1)
            assert not again.unserved, code


def _relaxed(problem: Problem, limits: list[Limit]) -> Problem:
    for limit in limits:
        problem = limit.relax(problem)
    return problem
