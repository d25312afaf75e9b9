"""Legs for the days of a plan: calendars, escort days, ferries and the trucks that they carry."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from supply.catalog.road_legs import legs_on_days, usual_legs
from supply.catalog.road_seasons import Season, days_of, season_of, slower_season, spans_of
from supply.catalog.road_speeds import Truck, edge_minutes, truck_kmh
from supply.catalog.roads import Assumptions, Basis, Edge, Point, RoadDistance
from supply.catalog.words import Surface
from tests.catalog import small_country
from tests.catalog.small_country import NODES

USUAL = Assumptions()
MONDAY = dt.date(2027, 3, 1)
WEEK = (MONDAY, dt.date(2027, 3, 7))
PLACES = tuple(Point(f"P{number}", NODES[number].lat, NODES[number].lon) for number in (0, 1))
LORRY, PICKUP = Truck(code="30T", kmh=50), Truck(code="1T", kmh=60)


def road(start: int, end: int, km: int, **facts: object) -> Edge:
    known: dict[str, object] = {
        "code": f"{start}-{end}",
        "from_code": f"N{start}",
        "to_code": f"N{end}",
        "metres": km * 1000,
        "surface": "paved",
    }
    return Edge(**(known | facts))  # type: ignore[arg-type]  # tests give the right types


def leg(
    *edges: Edge, days: tuple[dt.date, dt.date] = WEEK, trucks: tuple[Truck, ...] = (LORRY,)
) -> RoadDistance:
    """From the first place to the second."""
    return legs_on_days(PLACES, NODES, edges, USUAL, days=days, trucks=trucks)[0]


def way_round(km: int, **facts: object) -> tuple[Edge, Edge]:
    return road(0, 3, km // 2, **facts), road(3, 1, km - km // 2)


def test_a_road_closed_in_the_month_is_gone_round_and_both_lengths_are_kept() -> None:
    found = leg(road(0, 1, 120, closed_months=(3,)), *way_round(400))

    assert (found.metres, found.usual_metres, found.closed) == (400_000, 120_000, ())
    assert found.closed_roads == ("0-1",)
    assert found.via == ("N3",)
    # 400 km at 50 km/h
    assert found.minutes_by_type == {"30T": 480}


def test_a_leg_whose_every_way_is_closed_is_closed_on_all_days() -> None:
    found = leg(road(0, 1, 120, closed_months=(3,)))

    assert (found.metres, found.closed) == (120_000, (WEEK,))


def test_a_road_that_closes_within_the_plan_is_gone_round_on_all_days_or_closed_from_then_on() -> None:
    days = (dt.date(2027, 6, 28), dt.date(2027, 7, 3))
    closing = road(0, 1, 120, closed_months=(7, 8))

    assert leg(closing, *way_round(400), days=days).metres == 400_000
    alone = leg(closing, days=days)
    assert (alone.metres, alone.closed) == (120_000, ((dt.date(2027, 7, 1), dt.date(2027, 7, 3)),))


def test_a_leg_waits_for_its_days_of_escort() -> None:
    """Tuesday and Friday; the way round is more than half as long again."""
    found = leg(road(0, 1, 120, weekdays=(2, 5)), *way_round(181))

    assert found.metres == 120_000
    assert found.closed == (
        (MONDAY, MONDAY),
        (MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=3)),
        (MONDAY + dt.timedelta(days=5), MONDAY + dt.timedelta(days=6)),
    )


def test_a_short_way_round_is_driven_rather_than_waiting_for_an_escort() -> None:
    found = leg(road(0, 1, 120, weekdays=(2, 5)), *way_round(180))

    assert (found.metres, found.closed, found.usual_metres) == (180_000, (), 120_000)


def test_a_leg_does_not_wait_for_an_escort_that_does_not_come_in_these_days() -> None:
    monday = (MONDAY, MONDAY)

    found = leg(road(0, 1, 120, weekdays=(2,)), *way_round(400), days=monday)

    assert (found.metres, found.closed) == (400_000, ())


def test_trucks_that_the_ferry_does_not_carry_go_round_or_are_not_planned() -> None:
    ferry = road(0, 1, 100, vehicle_types=("1T",), ferry_minutes=45)

    near = leg(ferry, *way_round(125), trucks=(LORRY, PICKUP))
    far = leg(ferry, *way_round(126), trucks=(LORRY, PICKUP))

    # 125 km at 50 km/h for the lorry; 100 km at 55 km/h and 45 minutes of ferry for the pick-up: 154.1
    assert (near.metres, near.minutes_by_type) == (125_000, {"30T": 150, "1T": 155})
    assert (far.metres, far.minutes_by_type, far.closed_roads) == (100_000, {"1T": 155}, ("0-1",))


def test_roads_take_longer_in_the_rains_as_their_surface_is() -> None:
    laterite = road(0, 1, 105, surface="laterite")
    known = road(0, 1, 105, surface="laterite", minutes=200, rains_minutes=500)

    dry, rains = (leg(laterite, days=(day, day)) for day in (MONDAY, dt.date(2027, 8, 2)))

    # 105 km at 35 km/h: 180 minutes; at six tenths of that: 300.
    assert (dry.minutes_by_type["30T"], rains.minutes_by_type["30T"]) == (180, 300)
    assert (dry.season, rains.season) == ("dry", "rains")
    assert leg(known).minutes_by_type["30T"] == 200
    assert leg(known, days=(dt.date(2027, 8, 2), dt.date(2027, 8, 2))).minutes_by_type["30T"] == 500


def test_a_truck_has_its_own_speed_where_one_is_known() -> None:
    six_by_six = Truck(code="6T", kmh=40, own_kmh={(Surface.TRACK, Season.DRY): 30})

    assert truck_kmh(Surface.TRACK, Season.DRY, six_by_six, USUAL) == 30
    # The rains take four tenths, as from any truck.
    assert truck_kmh(Surface.TRACK, Season.RAINS, six_by_six, USUAL) == 18
    assert truck_kmh(Surface.PAVED, Season.DRY, six_by_six, USUAL) == 40
    assert truck_kmh(Surface.LATERITE, Season.DRY, six_by_six, USUAL) == 35
    # 120 minutes are known for the road, but at 40 km/h its 100 km take 150.
    assert edge_minutes(road(0, 1, 100, minutes=120), Season.DRY, six_by_six, USUAL) == 150


def test_a_plan_that_touches_the_rains_is_planned_for_the_rains() -> None:
    assert season_of(dt.date(2027, 5, 31)) == Season.DRY
    assert slower_season(dt.date(2027, 5, 20), dt.date(2027, 6, 1)) == Season.RAINS


def test_days_become_spans() -> None:
    days = [MONDAY, MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=3)]

    assert spans_of(days) == ((days[0], days[1]), (days[2], days[2]))
    assert spans_of([]) == ()


_limits = st.tuples(
    st.lists(st.integers(1, 12), max_size=3),
    st.one_of(st.none(), st.lists(st.integers(1, 7), min_size=1, max_size=6)),
)
_START = st.integers(0, 364).map(lambda number: dt.date(2027, 1, 1) + dt.timedelta(days=number))


@given(
    edges=small_country.roads,
    points=small_country.places,
    limits=st.lists(_limits, min_size=7, max_size=7),
    start=_START,
    length=st.integers(1, 9),
)
def test_a_leg_is_never_shorter_than_the_way_of_any_of_its_open_days(
    edges: tuple[Edge, ...],
    points: tuple[Point, ...],
    limits: list[tuple[list[int], list[int] | None]],
    start: dt.date,
    length: int,
) -> None:
    """And closed on each day on which no way exists; the plan of one day is the state of that day."""
    limited = tuple(
        Edge(
            code=edge.code,
            from_code=edge.from_code,
            to_code=edge.to_code,
            metres=edge.metres,
            surface=edge.surface,
            closed_months=tuple(months),
            weekdays=None if weekdays is None else tuple(weekdays),
        )
        for edge, (months, weekdays) in zip(edges, limits, strict=False)
    )
    days = (start, start + dt.timedelta(days=length - 1))
    usual = usual_legs(points, NODES, limited, USUAL)

    plan = legs_on_days(points, NODES, limited, USUAL, days=days, trucks=(LORRY,))
    by_day = {
        day: legs_on_days(points, NODES, limited, USUAL, days=(day, day), trucks=(LORRY,))
        for day in days_of(days)
    }

    assert [(one.from_code, one.to_code) for one in plan] == [(one.from_code, one.to_code) for one in usual]
    for number, one in enumerate(plan):
        if one.basis is not Basis.ROAD_GRAPH:
            assert (one.closed, one.metres) == ((), usual[number].metres)
            continue
        shut = {day for span in one.closed for day in days_of(span)}
        for day, legs in by_day.items():
            that_day = legs[number]
            if that_day.closed:
                assert day in shut
            elif day not in shut:
                assert that_day.metres <= one.metres + 1
