"""Quick answers to "can this site be served?": proofs that hold, plans that keep every rule."""

import msgspec
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supply.routing.planner.check import check
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.forbidden import fewest_days, is_program_short, is_short
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.insertion import Insertion, by_idle_vehicle
from supply.routing.planner.instance import instance_of
from supply.routing.planner.limits import limits_of
from supply.routing.planner.nearby import replan_near
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Depot, Problem, Site
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.reach import times_of
from supply.routing.planner.rest import serve_rest
from supply.routing.planner.solve import Params, solve
from supply.routing.planner.trial import Trial
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import small, tiny_problems

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _all_must(problem: Problem) -> Problem | None:
    """The problem in which everything must be served; None when it is faulty or asks for nothing."""
    sites = tuple(msgspec.structs.replace(site, unserved_cost_per_kg=None) for site in problem.sites)
    try:
        readable = read_problem(write_problem(msgspec.structs.replace(problem, sites=sites)))
    except FaultyProblemError:
        return None
    return readable if any(sum(site.demand_kg.values()) for site in sites) else None


def _plan_of(problem: Problem, trial_drafts: list) -> Plan:  # type: ignore[type-arg]  # of Draft
    best = Incumbent(instance_of(problem), seconds=1.0, seed=1)
    assert best.offer(trial_drafts)
    return best.plan()


@QUICK
@given(tiny_problems(), st.integers(0, 2))
def test_what_is_proven_impossible_no_plan_serves(problem: Problem, number: int) -> None:
    """Nothing is planned yet, so the proofs speak of serving every site in full."""
    readable = _all_must(problem)
    if readable is None:
        return
    instance = instance_of(readable)
    site, times = number % instance.sites, times_of(instance)
    nothing = np.zeros((instance.depots, *instance.demand.shape), dtype=np.int64)
    days = fewest_days(instance, times, site) if instance.pools else np.zeros((0, instance.sites))

    is_forbidden = is_short(instance, days, nothing, site) if instance.pools else True
    is_forbidden = is_forbidden or is_program_short(instance, times, days, seconds=60.0)

    if is_forbidden and instance.demand[site].sum() > 0:
        assert best_value(readable)[0] > 0


@QUICK
@given(tiny_problems(), st.integers(0, 2))
def test_a_site_that_is_put_in_keeps_every_rule(problem: Problem, number: int) -> None:
    """By an idle vehicle, into trips, and by planning the trips around anew: the checker finds no fault."""
    readable = _all_must(problem)
    if readable is None:
        return
    name = readable.sites[number % len(readable.sites)].id
    fewer = tuple(
        msgspec.structs.replace(site, demand_kg={}) if site.id == name else site for site in readable.sites
    )
    plan = solve(msgspec.structs.replace(readable, sites=fewer), Params(seconds=5, reasons_seconds=0), 1)
    if plan.unserved:
        return
    trial = Trial(readable, plan.trips, seconds=60.0, seed=1)
    instance, drafts, site = trial.last, trial.drafts, trial.site_at[name]
    missing, spare = instance.demand[site], instance.stock - trial.sent.sum(axis=1)
    if missing.sum() == 0:
        return

    more = by_idle_vehicle(instance, site, missing, spare, trial.busy)
    ways = [None if more is None else drafts + more, Insertion(instance, drafts, site).run()]
    ways.append(replan_near(instance, drafts, site, trips=2, iterations=200, seed=1, stop=lambda: False))

    for found in ways:
        if found is not None:
            written = _plan_of(readable, found)
            assert (check(readable, written), written.unserved) == ([], ())


def test_goods_that_can_be_exchanged_between_stores_are_not_short() -> None:
    """Kayes brings all its flour to Kita; only Kayes can serve Nioro, but Segou can take over Kita."""
    problem = small(
        depots=(Depot("kayes", stock_kg={"flour": 6_000}), Depot("segou", stock_kg={"flour": 6_000})),
        sites=(Site("kita", demand_kg={"flour": 6_000}), Site("nioro", demand_kg={"flour": 2_000})),
    )
    instance = instance_of(problem)
    by_kayes = np.zeros((2, 2, 2), dtype=np.int64)
    by_kayes[0, 0, 0] = 6_000
    days = np.array([[1.0, 1.0], [1.0, np.inf]])
    alone = np.array([[1.0, 1.0], [np.inf, np.inf]])

    assert not is_short(instance, days, by_kayes, 1)
    assert is_short(instance, alone, by_kayes, 1)


def test_what_the_search_left_is_served_when_it_can_be() -> None:
    problem = small()
    best = Incumbent(instance_of(problem), seconds=0.0, seed=1)

    serve_rest(best, seconds=60.0)

    plan = best.plan()
    assert (check(problem, plan), plan.unserved) == ([], ())
    assert 0 < plan.bound <= plan.cost


def test_a_relaxed_problem_made_from_another_is_the_same_as_made_anew() -> None:
    """Arrays that are taken over from a problem before must be those of the problem itself."""
    site = Site("kita", demand_kg={"flour": 6_000}, windows=(), vehicle_types=())
    problem = small(sites=(site, small().sites[1]), max_stops=1, max_trip_days=1, split_deliveries=False)
    before = instance_of(problem)

    for limit in limits_of(problem, site, {"flour": 6_000}):
        relaxed = limit.relax(problem)
        quick, anew = instance_of(relaxed, before), instance_of(relaxed)
        for field in ("km", "minutes", "demand", "stock", "allowed", "open_days", "capacity"):
            assert np.array_equal(getattr(quick, field), getattr(anew, field)), (limit.code, field)
        assert (quick.max_days, quick.max_stops) == (anew.max_days, anew.max_stops), limit.code
        assert [pool.vehicle_days for pool in quick.pools] == [pool.vehicle_days for pool in anew.pools]
