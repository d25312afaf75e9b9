"""What to move before roads close: least cost, every rule kept, a reason for each shortage and each move."""

import datetime as dt
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supply.routing.planner.preposition.check import check
from supply.routing.planner.preposition.flow import Flow
from supply.routing.planner.preposition.plan import PrepositionPlan, Served, read_plan, write_plan
from supply.routing.planner.preposition.problem import (
    PREPOSITION_FORMAT,
    Demand,
    Period,
    PrepositionProblem,
    Product,
    Site,
    Stock,
    Store,
    Way,
    sense_faults,
)
from supply.routing.planner.preposition.solve import Params, preposition
from tests.routing.planner.preposition.naive import day, least_cost

LONG = dt.date(2028, 1, 1)


def months(count: int) -> tuple[Period, ...]:
    return tuple(Period(f"M{i}", day(30 * i), day(30 * i + 29)) for i in range(count))


def rains(**changes: object) -> PrepositionProblem:
    """All flour lies at the hub; in the rains, M1, only the far store still reaches its site.

    A tonne from the hub costs 30,000 F to the far store and 10,000 F on to the site, or 35,000 F at once.
    """
    usual = PrepositionProblem(
        format=PREPOSITION_FORMAT,
        name="rains",
        periods=months(2),
        products=(Product("CSB+"),),
        stores=(Store("HUB"), Store("FAR", capacity_kg=8000)),
        sites=(Site("SITE"),),
        stock=(Stock("HUB", "CSB+", 20_000, LONG),),
        moves=(Way("HUB", "FAR", 30_000, closed=("M1",)),),
        deliveries=(Way("HUB", "SITE", 35_000, closed=("M1",)), Way("FAR", "SITE", 10_000)),
        demands=(Demand("SITE", "CSB+", 6000, "M1", needs_until=day(59)),),
    )
    return msgspec.structs.replace(usual, **changes)


def solved(problem: PrepositionProblem, **choices: object) -> PrepositionPlan:
    """The plan, once the checker has accepted it."""
    assert sense_faults(problem) == []
    plan = preposition(problem, Params(**choices))  # type: ignore[arg-type]  # tests give the right types
    assert check(problem, plan) == []
    assert read_plan(write_plan(plan)) == plan
    return plan


def test_flour_goes_to_the_far_store_before_the_road_closes() -> None:
    plan = solved(rains())

    (move,) = plan.moves
    assert (move.start, move.end, move.period, move.until, move.kg) == ("HUB", "FAR", "M0", "M0", 6000)
    assert move.serves == (Served("SITE", "M1", 6000, "closed"),)
    # 6 t at 30,000 + 10,000 F.
    assert (plan.status, plan.cost, plan.bound) == ("optimal", 240_000, 240_000)


def test_without_a_move_the_site_goes_short() -> None:
    plan = solved(rains(), moves=False)

    assert plan.moves == ()
    # 6,000 kg at 5,000 F.
    assert (plan.status, plan.shortage_kg, plan.cost) == ("partial", 6000, 30_000_000)


def test_a_site_that_can_keep_flour_is_served_directly_before_the_rains() -> None:
    early = Demand("SITE", "CSB+", 6000, "M1", needs_until=day(59), early_periods=1)

    plan = solved(rains(demands=(early,)))

    assert plan.moves == ()
    assert plan.cost == 6 * 35_000


def test_a_site_keeps_no_more_than_it_has_room_for() -> None:
    early = Demand("SITE", "CSB+", 6000, "M1", needs_until=day(59), early_periods=1)

    plan = solved(rains(demands=(early,), sites=(Site("SITE", capacity_kg=2000),)))

    # 2 t wait at the site, 4 t in the far store.
    assert plan.cost == 2 * 35_000 + 4 * 40_000


@pytest.mark.parametrize(
    ("changes", "kg", "because"),
    [
        ({"stock": (Stock("HUB", "CSB+", 5000, LONG),)}, 1000, ("stock:CSB+",)),
        ({"stock": ()}, 6000, ("stock:CSB+",)),
        ({"stores": (Store("HUB"), Store("FAR", capacity_kg=2500))}, 3500, ("closed:HUB:SITE:M1",)),
        # Either the road or a larger store would do; the road is looked at first.
        (
            {"moves": (Way("HUB", "FAR", 30_000, closed=("M0", "M1")),)},
            6000,
            ("closed:HUB:SITE:M1",),
        ),
        ({"stock": (Stock("HUB", "CSB+", 20_000, day(58)),)}, 6000, ("stock:CSB+",)),
        # What lies there expires a day too soon.
        (
            {
                "moves": (Way("HUB", "FAR", 30_000, closed=("M1",), kg_per_period=1000),),
                "deliveries": (Way("FAR", "SITE", 10_000),),
            },
            5000,
            ("limit:HUB:FAR",),
        ),
        (
            {
                "stores": (Store("HUB"), Store("FAR", capacity_kg=2500)),
                "deliveries": (Way("FAR", "SITE", 10_000),),
                "moves": (Way("HUB", "FAR", 30_000, closed=("M1",)),),
            },
            3500,
            ("closed:HUB:FAR:M1",),
        ),
        ({"deliveries": ()}, 6000, ("together",)),
    ],
)
def test_a_shortage_is_told_with_the_limit_that_forbids_the_rest(
    changes: dict[str, object], kg: float, because: tuple[str, ...]
) -> None:
    plan = solved(rains(**changes))

    (unmet,) = plan.unmet
    assert (unmet.site, unmet.kg, unmet.because) == ("SITE", kg, because)


def test_a_full_store_is_named_when_no_road_would_help() -> None:
    """Flour comes to the far store by river only, before the rains, and it holds 2.5 t."""
    problem = rains(
        stores=(Store("HUB"), Store("FAR", capacity_kg=2500)),
        moves=(),
        deliveries=(Way("FAR", "SITE", 10_000),),
        stock=(Stock("FAR", "CSB+", 6000, LONG, period="M0"),),
    )

    plan = solved(problem)

    # 6 t came and stay, whatever the room: no road leads out. They serve the site, and the store is told.
    assert plan.shortage_kg == 0
    assert [(one.store, one.period, one.kg) for one in plan.overfull] == [("FAR", "M0", 3500)]


def test_flour_too_old_for_the_late_site_serves_the_early_one() -> None:
    demands = (
        Demand("SITE", "CSB+", 4000, "M0", needs_until=day(20)),
        Demand("SITE", "CSB+", 4000, "M1", needs_until=day(59)),
    )
    stock = (Stock("HUB", "CSB+", 4000, day(40)), Stock("HUB", "CSB+", 4000, day(59)))

    plan = solved(rains(demands=demands, stock=stock))

    assert plan.shortage_kg == 0
    assert {(one.due, one.good_until) for one in plan.deliveries} == {("M0", day(20)), ("M1", day(59))}


def test_a_full_store_is_the_reason_to_move_where_it_is() -> None:
    """6 t arrive at a hub that holds 2 t; both roads stay open and the hub's is cheaper."""
    problem = rains(
        stores=(Store("HUB", capacity_kg=2000), Store("FAR")),
        moves=(Way("HUB", "FAR", 30_000),),
        deliveries=(Way("HUB", "SITE", 5_000), Way("FAR", "SITE", 10_000)),
        stock=(Stock("HUB", "CSB+", 6000, LONG),),
    )

    plan = solved(problem)

    (move,) = plan.moves
    assert move.serves == (Served("SITE", "M1", 4000, "full"),)
    assert plan.cost == 4 * 40_000 + 2 * 5_000


Place = TypeVar("Place", Store, Site)
kg = st.integers(0, 6).map(float)
cost = st.integers(1, 9).map(lambda value: value * 1000.0)
closed = st.sets(st.sampled_from(["M0", "M1"]), max_size=2).map(lambda names: tuple(sorted(names)))
room = st.none() | st.integers(0, 6).map(float)
limit = st.none() | st.integers(0, 4).map(float)


@st.composite
def problems(draw: st.DrawFn) -> PrepositionProblem:
    stores, sites = ("A", "B"), ("X", "Y")
    pairs = [(start, end) for start in stores for end in stores if start != end]
    legs = [(start, end) for start in stores for end in sites]

    def ways(ends: list[tuple[str, str]]) -> tuple[Way, ...]:
        chosen = draw(st.sets(st.sampled_from(ends)))
        return tuple(
            Way(*one, draw(cost), draw(closed), draw(limit), draw(st.sampled_from([{}, {"M1": 9000.0}])))
            for one in sorted(chosen)
        )

    stock = draw(
        st.lists(
            st.tuples(st.sampled_from(stores), kg, st.integers(0, 3), st.sampled_from([None, "M1"])),
            max_size=3,
        )
    )
    wanted = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(sites), st.sampled_from(["M0", "M1"])),
            st.tuples(kg, st.integers(0, 2), st.integers(0, 1)),
            max_size=3,
        )
    )
    return PrepositionProblem(
        format=PREPOSITION_FORMAT,
        name="tiny",
        periods=months(2),
        products=(Product("F"),),
        stores=tuple(Store(one, draw(room), float(draw(st.integers(0, 2)) * 100)) for one in stores),
        sites=tuple(Site(one, draw(room)) for one in sites),
        stock=tuple(Stock(store, "F", amount, day(until), period) for store, amount, until, period in stock),
        moves=ways(pairs),
        deliveries=ways(legs),
        demands=tuple(
            Demand(site, "F", amount, due, day(until), early)
            for (site, due), (amount, until, early) in sorted(wanted.items())
        ),
    )


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_no_plan_costs_less_than_the_one_found(problem: PrepositionProblem) -> None:
    """The other way writes down every walk of every heap and puts kg on each; both must cost the same."""
    plan = solved(problem, reasons_seconds=0.0)
    _, proven = Flow(problem).solve()

    best = least_cost(problem)

    assert plan.cost == pytest.approx(best, abs=0.05, rel=1e-6)
    # The plan cuts its bound to its cost; what the dual solution proves must not need it.
    assert proven == pytest.approx(best, abs=0.05, rel=1e-6)
    assert plan.bound <= plan.cost


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_lifting_exactly_the_limits_named_serves_the_demand_at_nobody_s_cost(
    problem: PrepositionProblem,
) -> None:
    plan = solved(problem)

    for unmet in plan.unmet:
        if unmet.because != ("together",):
            again = preposition(lifted(problem, unmet.because), Params(reasons_seconds=0.0))
            assert again.shortage_kg <= plan.shortage_kg - unmet.kg + 0.01


def lifted(problem: PrepositionProblem, codes: tuple[str, ...]) -> PrepositionProblem:
    """The problem without these limits, and with everything else as it was."""
    for kind, *names in (code.split(":") for code in codes):
        if kind == "closed":
            problem = _with_ways(problem, names[0], names[1], opened=names[2])
        elif kind == "limit":
            problem = _with_ways(problem, names[0], names[1], opened=None)
        elif kind == "full":
            problem = msgspec.structs.replace(
                problem,
                stores=tuple(_roomy(one, names[0]) for one in problem.stores),
                sites=tuple(_roomy(one, names[0]) for one in problem.sites),
            )
        elif kind == "early":
            problem = msgspec.structs.replace(
                problem,
                demands=tuple(
                    msgspec.structs.replace(one, early_periods=9) if one.site == names[0] else one
                    for one in problem.demands
                ),
            )
        elif kind == "expiry":
            problem = msgspec.structs.replace(
                problem, stock=tuple(msgspec.structs.replace(one, good_until=LONG) for one in problem.stock)
            )
        else:
            assert kind == "stock", kind
            problem = _with_more(problem)
    return problem


def _with_ways(
    problem: PrepositionProblem, start: str, end: str, *, opened: str | None
) -> PrepositionProblem:
    def other(way: Way) -> Way:
        if (way.start, way.end) != (start, end):
            return way
        if opened is None:
            return msgspec.structs.replace(way, kg_per_period=None)
        return msgspec.structs.replace(way, closed=tuple(one for one in way.closed if one != opened))

    return msgspec.structs.replace(
        problem,
        moves=tuple(other(way) for way in problem.moves),
        deliveries=tuple(other(way) for way in problem.deliveries),
    )


def _roomy(place: Place, name: str) -> Place:
    return msgspec.structs.replace(place, capacity_kg=None) if place.id == name else place


def _with_more(problem: PrepositionProblem) -> PrepositionProblem:
    """As much more as anybody likes to take, where and when flour comes anyway: from a store beside."""
    names = [one.id for one in problem.periods]
    places = {(one.store, one.period or names[0]) for one in problem.stock}
    places = places or {(one.id, names[0]) for one in problem.stores}
    ways = []
    stores = []
    for number, (store, period) in enumerate(sorted(places)):
        stores.append(Store(f"more-{number}"))
        closed = tuple(name for name in names if name != period)
        ways.append(Way(f"more-{number}", store, 0.0, closed))
    return msgspec.structs.replace(
        problem,
        stores=(*problem.stores, *stores),
        moves=(*problem.moves, *ways),
        stock=(*problem.stock, *(Stock(one.id, "F", 1000.0, LONG) for one in stores)),
    )
