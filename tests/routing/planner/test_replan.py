"""A plan that follows another: what stays, what it costs, and what it says of the changes."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supply.routing.cli import compare_plans, plan_file
from supply.routing.planner.check import check
from supply.routing.planner.check_trip import Map, figures_of
from supply.routing.planner.difference import Difference, Fate, What, changed_count, difference
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.plan import PLAN_FORMAT, Plan, Stop, Trip, Unserved, write_plan
from supply.routing.planner.problem import ClosedLeg, LockedStop, LockedTrip, Problem, Site
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.replan import replan, replan_explained
from supply.routing.planner.solve import Params, solve
from tests.routing.planner.brute_force import best_value
from tests.routing.planner.tiny import day, small, tiny_problems

SLOW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
QUICK = Params(seconds=20, reasons_seconds=1)
HUGE = 10**7
"""Francs per changed trip that no saving is worth."""


def plan_of(problem: Problem) -> Plan:
    return solve(problem, QUICK, 1)


def kg_that_must(problem: Problem, plan: Plan) -> int:
    """Kilograms unserved of sites that must be served."""
    must = {site.id for site in problem.sites if site.unserved_cost_per_kg is None}
    return sum(sum(item.kg.values()) for item in plan.unserved if item.site in must)


def with_fleet(problem: Problem, name: str, count: int) -> Problem:
    fleet = tuple(
        msgspec.structs.replace(one, count=count) if one.id == name else one for one in problem.fleet
    )
    return msgspec.structs.replace(problem, fleet=fleet)


def with_demand(problem: Problem, number: int, kg: dict[str, int]) -> Problem:
    sites = list(problem.sites)
    sites[number] = msgspec.structs.replace(sites[number], demand_kg=kg)
    return msgspec.structs.replace(problem, sites=tuple(sites))


@st.composite
def broken(draw: st.DrawFn, problem: Problem) -> Problem:
    """The problem after something happened: a truck, a road, stock, need, a site."""
    what = draw(st.sampled_from(["truck", "road", "stock", "up", "down", "site gone", "nothing"]))
    sites, depots = problem.sites, problem.depots
    first = {item.id: kg for item, kg in ((p, sites[0].demand_kg.get(p.id, 0)) for p in problem.products)}
    match what:
        case "truck":
            fleet = draw(st.sampled_from(problem.fleet))
            return with_fleet(problem, fleet.id, fleet.count - 1)
        case "road":
            leg = ClosedLeg(depots[0].id, sites[-1].id, ((problem.start, problem.end),))
            return msgspec.structs.replace(problem, closed=(*problem.closed, leg))
        case "stock":
            less = msgspec.structs.replace(
                depots[0], stock_kg={name: kg // 2 for name, kg in depots[0].stock_kg.items()}
            )
            return msgspec.structs.replace(problem, depots=(less, *depots[1:]))
        case "up":
            return with_demand(problem, 0, {name: kg + 1 for name, kg in first.items()})
        case "down":
            return with_demand(problem, 0, {name: kg // 2 for name, kg in first.items()})
        case "site gone" if len(sites) > 1 and problem.distance_km is not None:
            size = len(depots) + len(sites) - 1
            return msgspec.structs.replace(
                problem,
                sites=sites[:-1],
                distance_km=tuple(row[:size] for row in problem.distance_km[:size]),
            )
    return problem


@st.composite
def broken_plans(draw: st.DrawFn) -> tuple[Problem, Problem] | None:
    problem = draw(tiny_problems())
    try:
        before = read_problem(write_problem(problem))
        return before, read_problem(write_problem(draw(broken(before))))
    except FaultyProblemError:
        return None


def staying(problem: Problem, trips: Sequence[Trip]) -> Iterator[list[Trip]]:
    """These trips with the new problem's figures, on each choice of vehicles that the checker accepts."""
    counts = {fleet.id: fleet.count for fleet in problem.fleet}
    sites = {site.id for site in problem.sites}
    if any(trip.fleet not in counts or any(stop.site not in sites for stop in trip.stops) for trip in trips):
        return
    for vehicles in product(*(range(1, counts[trip.fleet] + 1) for trip in trips)):
        again = [refigured(problem, trip, vehicle) for trip, vehicle in zip(trips, vehicles, strict=True)]
        if is_possible(problem, again):
            yield again


def refigured(problem: Problem, trip: Trip, vehicle: int) -> Trip:
    figures = figures_of(Map(problem), trip, days=None)
    stops = tuple(
        Stop(stop.site, on, stop.deliver_kg) for stop, on in zip(trip.stops, figures.reached, strict=True)
    )
    return Trip(trip.fleet, vehicle, trip.begin, figures.days, float(figures.km), figures.cost, stops)


def is_possible(problem: Problem, trips: list[Trip]) -> bool:
    """The checker finds nothing wrong but the money of a plan of these trips that leaves the rest."""
    left = {site.id: dict(site.demand_kg) for site in problem.sites}
    for trip in trips:
        for stop in trip.stops:
            for name, kg in stop.deliver_kg.items():
                left[stop.site][name] = left[stop.site].get(name, 0) - kg
    if any(kg < 0 for own in left.values() for kg in own.values()):
        return False
    unserved = tuple(Unserved(site, kg, ("later",)) for site, kg in left.items() if any(kg.values()))
    plan = Plan(PLAN_FORMAT, problem.name, "partial", 0, 0.0, 0.0, 0.0, 1, tuple(trips), unserved)
    money = {"wrong-total", "wrong-status", "wrong-gap", "wrong-distances", "wrong-bound"}
    return all(one.code in money for one in check(problem, plan))


def best_weighted(problem: Problem, old: Plan, change_cost: int) -> tuple[int, int]:
    """Least unserved kg, then least cost with changes, over every choice of old trips that stay."""
    found = []
    for size in range(len(old.trips) + 1):
        for choice in combinations(old.trips, size):
            for trips in staying(problem, choice):
                unserved, cost = best_value(problem, trips)
                cost += sum(trip.cost for trip in trips) + change_cost * (len(old.trips) - size)
                found.append((unserved, cost))
    return min(found)


@SLOW
@given(broken_plans(), st.sampled_from([0, 40, 300, HUGE]))
def test_a_tiny_plan_changes_exactly_what_is_worth_it(
    plans: tuple[Problem, Problem] | None, change_cost: int
) -> None:
    if plans is None:
        return
    old, problem = plan_of(plans[0]), plans[1]

    new = replan_explained(problem, old, QUICK, 1, change_cost=change_cost)

    value = kg_that_must(problem, new.plan), new.plan.cost + change_cost * new.changed
    assert check(problem, new.plan) == []
    assert new.least_changed <= new.changed == changed_count(old.trips, new.plan.trips)
    if problem.split_deliveries:
        assert value == best_weighted(problem, old, change_cost)
    else:  # planning freely is not always exact there; no new plan is worse than that
        free = plan_of(problem)
        changes = change_cost * changed_count(old.trips, free.trips)
        assert value <= (kg_that_must(problem, free), free.cost + changes)


@SLOW
@given(broken_plans())
def test_changes_that_cost_nothing_give_the_cheapest_plan(plans: tuple[Problem, Problem] | None) -> None:
    if plans is None:
        return
    old, problem = plan_of(plans[0]), plans[1]

    new = replan(problem, old, QUICK, 1, change_cost=0)

    free = plan_of(problem)
    assert (kg_that_must(problem, new), new.cost) <= (kg_that_must(problem, free), free.cost)
    assert new.bound <= new.cost
    if problem.split_deliveries:
        assert (kg_that_must(problem, new), new.cost) == best_value(problem)


@SLOW
@given(broken_plans())
def test_a_difference_holds_every_trip_once_and_adds_up(plans: tuple[Problem, Problem] | None) -> None:
    if plans is None:
        return
    old, new = plan_of(plans[0]), plan_of(plans[1])

    found = difference(old, new)

    assert sorted(line.old for line in found.lines if line.old is not None) == list(range(len(old.trips)))
    assert sorted(line.new for line in found.lines if line.new is not None) == list(range(len(new.trips)))
    assert old.cost + sum(line.cost_change for line in found.lines) + found.unserved_cost_change == new.cost
    assert found.changed_count == changed_count(old.trips, new.trips)
    assert all(line.what for line in found.lines if line.fate == Fate.CHANGED)
    assert difference(old, old).count(Fate.KEPT) == len(old.trips)


def two_trucks() -> Problem:
    """A full lorry to Kita from Kayes and one to Nioro from Ségou, 100 km each; the other way is 900 km."""
    return small(
        sites=(Site("kita", demand_kg={"flour": 10_000}), Site("nioro", demand_kg={"flour": 10_000})),
        distance_km=((0, 900, 100, 900), (900, 0, 900, 100), (100, 900, 0, 300), (900, 100, 300, 0)),
        days=9,
    )


def test_a_broken_truck_changes_its_trips_only() -> None:
    problem = two_trucks()
    old = plan_of(problem)
    assert [(trip.fleet, trip.stops[0].site) for trip in old.trips] == [
        ("kayes-10t", "kita"),
        ("segou-10t", "nioro"),
    ]

    new = replan_explained(with_fleet(problem, "segou-10t", 0), old, QUICK, 1, change_cost=1_000)

    # Nioro now comes from Kayes: 1,800 km at 50 km/h are 36 h, four days of driving.
    assert new.changed == new.least_changed == 1
    kept, changed = sorted(difference(old, new.plan).lines, key=lambda line: line.fate != Fate.KEPT)
    assert (kept.fate, old.trips[kept.old or 0].stops[0].site) == (Fate.KEPT, "kita")
    assert (changed.fate, What.TRUCK in changed.what) == (Fate.CHANGED, True)


def test_a_trip_on_the_road_stays_and_is_no_change() -> None:
    problem = two_trucks()
    old = plan_of(problem)
    gone = old.trips[0]
    locked = LockedTrip(
        gone.fleet,
        gone.vehicle,
        gone.begin,
        gone.days,
        tuple(LockedStop(stop.site, stop.day, stop.deliver_kg) for stop in gone.stops),
        gone.km,
        gone.cost,
    )
    problem = msgspec.structs.replace(with_demand(problem, 1, {"flour": 8_000}), locked_trips=(locked,))

    new = replan_explained(problem, old, QUICK, 1, change_cost=HUGE)

    assert gone in new.plan.trips
    assert new.changed == 1  # nioro needs less than its trip brings
    (line,) = (line for line in difference(old, new.plan).lines if line.fate == Fate.CHANGED)
    assert line.what == (What.KG,)


def test_a_saving_is_taken_when_it_is_worth_the_change() -> None:
    problem = two_trucks()
    dear = plan_of(with_fleet(problem, "segou-10t", 0))
    best = plan_of(problem)
    saving = dear.cost - best.cost

    stays = replan(problem, dear, QUICK, 1, change_cost=saving + 1)
    changes = replan(problem, dear, QUICK, 1, change_cost=saving - 1)

    assert (stays.cost, changes.cost) == (dear.cost, best.cost)
    assert difference(dear, stays).changed_count == 0
    assert difference(dear, changes).changed_count == 1


def test_a_stopped_search_still_has_a_plan() -> None:
    problem = two_trucks()

    new = replan(problem, plan_of(problem), QUICK, 1, change_cost=100, cancelled=lambda: True)

    assert check(problem, new) == []
    assert new.unserved == ()


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = two_trucks()
    old = plan_of(with_fleet(problem, "segou-10t", 0))

    first, second = (replan(problem, old, QUICK, 1, change_cost=100) for _ in range(2))

    assert first.trips == second.trips


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"fleet": "segou-10t"}, (What.TRUCK,)),
        ({"begin": day(1)}, (What.DAY,)),
        ({"stops": (Stop("kita", day(0), {"flour": 4}),)}, (What.KG,)),
        (
            {"stops": (Stop("nioro", day(0), {"flour": 1}), Stop("kita", day(0), {"flour": 5}))},
            (What.STOPS, What.KG),
        ),
        ({"vehicle": 2, "cost": 12, "km": 3.0}, ()),  # the same trip: another of equal trucks, a dearer road
    ],
)
def test_a_change_says_in_what(changes: dict[str, object], what: tuple[What, ...]) -> None:
    trip = Trip("kayes-10t", 1, day(0), 1, 200.0, 10, (Stop("kita", day(0), {"flour": 5}),))
    changed = msgspec.structs.replace(trip, **changes)

    (line,) = difference(made(trip), made(changed)).lines

    assert line.what == what
    assert line.fate == (Fate.CHANGED if what else Fate.KEPT)
    assert line.cost_change == changed.cost - trip.cost


def test_trips_without_a_site_in_common_are_dropped_and_added() -> None:
    old = Trip("a", 1, day(0), 1, 1.0, 10, (Stop("kita", day(0), {"flour": 5}),))
    new = Trip("a", 1, day(0), 1, 1.0, 14, (Stop("nioro", day(0), {"flour": 5}),))

    found: Difference = difference(made(old), made(new))

    assert {line.fate for line in found.lines} == {Fate.DROPPED, Fate.ADDED}
    assert (found.cost_change, found.changed_count) == (4, 1)


def made(*trips: Trip) -> Plan:
    cost = sum(trip.cost for trip in trips)
    return Plan(PLAN_FORMAT, "p", "optimal", cost, float(cost), 0.0, 0.0, 1, trips, ())


def test_the_command_follows_a_plan_and_says_what_changed(tmp_path: Path) -> None:
    problem = two_trucks()
    (tmp_path / "old.json").write_bytes(write_plan(plan_of(problem)))
    (tmp_path / "broken.json").write_bytes(write_problem(with_fleet(problem, "segou-10t", 0)))
    old, new = str(tmp_path / "old.json"), str(tmp_path / "new.json")

    planned = CliRunner().invoke(
        plan_file, [str(tmp_path / "broken.json"), "--out", new, "--previous", old, "--change-cost", "500"]
    )
    compared = CliRunner().invoke(compare_plans, [old, new])
    as_json = CliRunner().invoke(compare_plans, [old, new, "--json"])

    assert (planned.exit_code, compared.exit_code, as_json.exit_code) == (0, 0, 0)
    # Ségou to Nioro is 200 km, Kayes to Nioro 1,800: 16,000 for the km, 8,000 for 10 t over 800 km, 3 nights.
    assert "1 kept, 1 changed, 0 dropped, 0 added; cost +25500" in planned.output
    assert (
        "changed (truck, day) +25500: segou-10t 1 on 2027-01-04: nioro 10000 kg flour =>" in compared.output
    )
    assert [line["fate"] for line in msgspec.json.decode(as_json.output)["lines"]].count("kept") == 1


def test_a_plan_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text('{"format": 3}')

    result = CliRunner().invoke(compare_plans, [str(tmp_path / "old.json")] * 2)

    assert result.exit_code == 1
    assert result.stderr.startswith("old.json: ")


def test_a_trip_that_changes_leaves_on_its_old_day_where_it_can() -> None:
    problem = two_trucks()
    old = plan_of(problem)
    late = tuple(
        msgspec.structs.replace(
            trip,
            begin=day(3),
            stops=tuple(msgspec.structs.replace(stop, day=day(3)) for stop in trip.stops),
        )
        for trip in old.trips
    )
    old = msgspec.structs.replace(old, trips=late)

    new = replan(with_demand(problem, 0, {"flour": 9_000}), old, QUICK, 1, change_cost=100)

    assert [trip.begin for trip in new.trips] == [day(3), day(3)]
    (line,) = (line for line in difference(old, new).lines if line.fate != Fate.KEPT)
    assert line.what == (What.KG,)
