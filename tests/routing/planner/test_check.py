"""The checker goes red for every rule that a plan breaks, and by its code."""

import datetime as dt

import msgspec
import pytest

from supply.routing.planner.check import check
from supply.routing.planner.plan import Plan, Stop, Trip, Unserved
from supply.routing.planner.problem import ClosedLeg, Problem, Site
from tests.routing.planner.tiny import START, day, small

# One lorry of 10 t from Kayes: 100 km to Kita, 20 km on to Nioro, 120 km back: 240 km, 4.8 h, one day.
# 1000 + 10 × 240 + 1 × (7 t × 100 km + 2 t × 120 km) = 4340.
STOPS = (
    Stop("kita", START, {"flour": 6_000, "oil": 1_000}),
    Stop("nioro", START, {"flour": 2_000}),
)
TRIP = Trip("kayes-10t", 1, START, 1, 240.0, 4_340, STOPS)
PLAN = Plan(
    format="delivery-plan/1",
    problem="small",
    status="optimal",
    cost=4_340,
    bound=4_340,
    gap=0.0,
    seconds=1.0,
    seed=1,
    trips=(TRIP,),
    unserved=(),
)


def _trip(**changes: object) -> Plan:
    return msgspec.structs.replace(PLAN, trips=(msgspec.structs.replace(TRIP, **changes),))


def _stops(*stops: Stop) -> Plan:
    return _trip(stops=stops)


def _codes(problem: Problem, plan: Plan) -> set[str]:
    return {violation.code for violation in check(problem, plan)}


def test_a_plan_worked_by_hand_keeps_every_rule() -> None:
    assert check(small(), PLAN) == []


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (msgspec.structs.replace(PLAN, problem="other"), "wrong-problem"),
        (_trip(fleet="nobody"), "unknown-fleet"),
        (_trip(vehicle=2), "unknown-vehicle"),
        (_trip(stops=()), "no-stop"),
        (_stops(Stop("mopti", START, {"flour": 1})), "unknown-site"),
        (_stops(Stop("kita", START, {"rice": 1})), "unknown-product"),
        (_stops(Stop("kita", START, {"flour": 0})), "empty-stop"),
        (_stops(Stop("kita", START, {"flour": 11_000})), "over-capacity-kg"),
        (_trip(days=2), "wrong-days"),
        (_trip(begin=day(-1)), "outside-horizon"),
        (_trip(begin=day(6)), "outside-horizon"),
        (_stops(STOPS[0], Stop("nioro", day(1), {"flour": 2_000})), "wrong-stop-day"),
        (_stops(STOPS[0]), "wrong-delivery"),
        (_trip(km=241.0), "wrong-km"),
        (_trip(cost=4_339), "wrong-cost"),
        (msgspec.structs.replace(PLAN, cost=4_339), "wrong-total"),
        (msgspec.structs.replace(PLAN, bound=4_341), "wrong-bound"),
        (msgspec.structs.replace(PLAN, gap=0.1), "wrong-gap"),
        (msgspec.structs.replace(PLAN, status="feasible"), "wrong-status"),
        (msgspec.structs.replace(PLAN, trips=(TRIP, TRIP)), "vehicle-busy"),
        (
            msgspec.structs.replace(PLAN, unserved=(Unserved("kita", {"oil": 1}, ()),)),
            "unserved-without-reason",
        ),
        (
            msgspec.structs.replace(
                PLAN, unserved=(Unserved("kita", {}, ("x",)), Unserved("kita", {}, ("x",)))
            ),
            "unserved-twice",
        ),
        (msgspec.structs.replace(PLAN, distances="great circle"), "wrong-distances"),
    ],
)
def test_a_plan_that_was_tampered_with_goes_red(plan: Plan, code: str) -> None:
    assert code in _codes(small(), plan)


def _closed(first: int, last: int) -> Problem:
    return small(closed=(ClosedLeg("kita", "nioro", ((day(first), day(last)),)),))


def _sites(**changes: object) -> Problem:
    kita, nioro = small().sites
    return small(sites=(msgspec.structs.replace(kita, **changes), nioro))


def _first(name: str, **changes: object) -> Problem:
    """The small problem with its first product, depot or fleet changed."""
    first, *others = getattr(small(), name)
    return small(**{name: (msgspec.structs.replace(first, **changes), *others)})


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (small(max_stops=1), "too-many-stops"),
        (small(split_deliveries=False), None),  # one stop each
        (_closed(0, 0), "closed-leg"),
        (_closed(1, 2), None),
        (_sites(vehicle_types=()), "vehicle-not-allowed"),
        (_sites(windows=((day(1), day(2)),)), "outside-window"),
        (_sites(windows=((day(0), day(0)),)), None),
        (_sites(fixed_minutes=500.0), "wrong-days"),  # 288 + 500 minutes do not fit into 11 hours
        (_first("products", kg_per_m3=200), "over-capacity-m3"),
        (_first("depots", stock_kg={"flour": 7_999, "oil": 5_000}), "over-stock"),
        (_first("fleet", available=((day(1), day(5)),)), "vehicle-not-available"),
        (small(distance_km=((0, 400, 100, 120), (400, 0, 300, 320), (100, 300, 0, None), (120, 320, 20, 0))),
         "no-road"),
    ],
)  # fmt: skip
def test_a_rule_of_the_problem_is_seen_in_the_plan(problem: Problem, code: str | None) -> None:
    found = _codes(problem, PLAN)

    assert code in found if code else not found


def test_a_stop_is_reached_before_it_is_unloaded() -> None:
    """2 h to Kita, 9 h of unloading there, 0.4 h to Nioro: reached on the second day."""
    problem = _sites(fixed_minutes=540.0)

    violations = {violation.code: violation.facts for violation in check(problem, PLAN)}

    assert violations["wrong-stop-day"]["day"] == str(day(1))
    assert violations["wrong-days"]["days"] == 2


def test_rounding_is_half_up_once_per_trip() -> None:
    """1 t-km of 7.25 t × 1 franc leaves .5: 100 km × 0.005 t = 0.5 more than 4340 is 4341."""
    sites = (Site("kita", demand_kg={"flour": 6_005, "oil": 1_000}), small().sites[1])
    trip = msgspec.structs.replace(
        TRIP, cost=4_341, stops=(Stop("kita", START, {"flour": 6_005, "oil": 1_000}), STOPS[1])
    )
    plan = msgspec.structs.replace(PLAN, trips=(trip,), cost=4_341, bound=4_341)

    assert check(small(sites=sites), plan) == []


def test_a_locked_trip_must_stay_as_it_is() -> None:
    from supply.routing.planner.problem import LockedStop, LockedTrip  # noqa: PLC0415

    stops = (
        LockedStop("kita", START, {"flour": 6_000, "oil": 1_000}),
        LockedStop("nioro", START, {"flour": 2_000}),
    )
    locked = LockedTrip("kayes-10t", 1, START, 1, stops, km=240.0, cost=4_340)

    assert check(small(locked_trips=(locked,)), PLAN) == []
    later = msgspec.structs.replace(locked, begin=START + dt.timedelta(days=1))
    assert "locked-trip-missing" in _codes(small(locked_trips=(later,)), PLAN)
