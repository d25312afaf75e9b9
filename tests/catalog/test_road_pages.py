"""Pages of a road and of a leg, and the form that keeps its calendar, over HTTP."""

import datetime as dt

import pytest

from supply.catalog import road_queries
from supply.catalog.models import RoadEdge, RoadNode
from supply.catalog.pages.road_pages import calendar_cells
from supply.catalog.pages.road_words import month_spans
from supply.catalog.roads import Days
from supply.db import Database
from supply.i18n import reading_in
from tests.world import World, browse, make_world


def make_roads(database: Database) -> World:
    """Sikasso - Kébila by a ferry that is closed in August, and a long way round by Fakola."""
    world = make_world(database)
    spots = {"S": (11.31, -5.67), "K": (11.27, -7.04), "F": (10.54, -6.92)}
    roads = (("SK", "S", "K", 180), ("SF", "S", "F", 190), ("FK", "F", "K", 110))
    with database.transaction() as session:
        session.add_all(
            RoadNode(code=code, name=code, lat=lat, lon=lon) for code, (lat, lon) in spots.items()
        )
        session.flush()
        session.add_all(
            RoadEdge(
                code=code,
                from_code=start,
                to_code=end,
                metres=km * 1000,
                surface="laterite",
                source="mesuré",
                closed_months=[8] if code == "SK" else None,
                ferry_minutes=30 if code == "SK" else None,
                access_source="préfecture",
            )
            for code, start, end, km in roads
        )
    return world


def leg(database: Database, days: Days) -> tuple[int, int | None, tuple[str, ...]]:
    with database.snapshot() as session:
        found = road_queries.legs_between(session, ("SIKASSO", "KEBILA"), days)
    one = next(leg for leg in found if leg.from_code == "SIKASSO")
    return one.metres, one.usual_metres, one.closed_roads


def test_the_road_shows_its_year_its_ferry_and_its_sources(database: Database) -> None:
    make_roads(database)
    with browse(database) as client:
        client.log_in("officer")
        text = client.get("/catalog/road/SK").text

    assert text.count("≈</text>") == 4  # June to October without August
    assert text.count("✕</text>") == 1
    assert "30 min" in text
    assert "mesuré" in text
    assert "préfecture" in text
    # 180 km at 35 km/h are 309 minutes, and 30 of ferry; 514 and 30 in the rains.
    assert "339" in text
    assert "544" in text


def test_the_leg_says_road_by_road_why_it_is_long_on_that_day(database: Database) -> None:
    make_roads(database)
    with browse(database) as client:
        client.log_in("officer")
        dry = client.get("/catalog/legs/SIKASSO/KEBILA?day=2027-03-15").text
        august = client.get("/catalog/legs/SIKASSO/KEBILA?day=2027-08-02").text
        back = client.get("/catalog/legs/KEBILA/SIKASSO?day=2027-08-02").text

    assert "/catalog/road/SK" in dry
    assert "/catalog/road/SF" not in dry
    assert "180 km quand toutes les routes sont ouvertes" in august
    assert august.index("/catalog/road/SF") < august.index("/catalog/road/FK")
    assert back.index("/catalog/road/FK") < back.index("/catalog/road/SF")


@pytest.mark.parametrize("path", ["road/NONE", "legs/SIKASSO/NONE", "legs/SIKASSO/SIKASSO"])
def test_a_road_or_leg_that_is_not_there_is_a_page_that_says_so(database: Database, path: str) -> None:
    make_roads(database)
    with browse(database) as client:
        client.log_in("officer")
        assert client.get(f"/catalog/{path}").status_code == 404


def test_the_calendar_is_kept_by_the_form_and_decides_the_way(database: Database) -> None:
    make_roads(database)
    march = (dt.date(2027, 3, 15), dt.date(2027, 3, 20))
    before = leg(database, march)
    with browse(database) as client:
        client.log_in("officer")
        answer = client.send_form(
            "/catalog/roads/SK",
            from_code="S",
            to_code="K",
            km="180",
            surface="laterite",
            closed_months=["3", "8"],
            weekdays=["2"],
            ferry_minutes="45",
            access_source="relevé",
        )
        assert answer.status_code in {200, 303}
    with database.snapshot() as session:
        (road,) = [one for one in road_queries.roads(session) if one.code == "SK"]

    assert (road.closed_months, road.weekdays, road.ferry_minutes) == ((3, 8), (2,), 45)
    assert before == (180_000, None, ())
    assert leg(database, march) == (300_000, 180_000, ("S – K",))


def test_months_are_told_in_spans_over_the_turn_of_the_year() -> None:
    with reading_in("en"):
        assert month_spans([7, 8, 9]) == "Jul–Sep"
        assert month_spans([12, 1, 5]) == "May, Dec–Jan"
        assert month_spans(range(1, 13)) == "Jan–Dec"
        assert [cell.state for cell in calendar_cells([1])][:2] == ["closed", "open"]


def test_the_api_answers_the_legs_of_a_plans_days(database: Database) -> None:
    make_roads(database)
    places = "place=SIKASSO&place=KEBILA"
    with browse(database) as client:
        client.log_in("officer")
        usual = client.get(f"/api/catalog/distances?{places}").json()
        rains = client.get(f"/api/catalog/distances?{places}&first_on=2027-07-30&last_on=2027-08-02").json()

    assert [one["metres"] for one in usual] == [180_000, 180_000]
    assert [(one["metres"], one["season"], one["closed_roads"]) for one in rains] == [
        (300_000, "rains", ["S – K"]),
        (300_000, "rains", ["S – K"]),
    ]
    # 300 km at 21 km/h
    assert rains[0]["minutes_by_type"] == {"10T": 858}
