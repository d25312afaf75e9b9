"""From the roads' calendar to a plan: a commune cut off in the rains, one reached on days of escort only."""

import datetime as dt

from supply.catalog.models import RoadEdge, RoadNode
from supply.db import Database
from supply.routing import queries
from supply.routing.feeder import feed
from supply.routing.messages import finding_text
from supply.routing.snapshot import take_snapshot
from tests.routing.ground import propose, put_usual_stock
from tests.world import make_world

FIRST_ON, LAST_ON = dt.date(2027, 3, 15), dt.date(2027, 3, 19)
# Monday to Friday; with four days for the way back.
SPOTS = {"S": (11.31, -5.67), "K": (11.27, -7.04), "F": (10.54, -6.92), "B": (12.64, -8.0)}


def make_roads(database: Database, **of_fakola: object) -> None:
    """Bamako - Sikasso, Sikasso - Kébila, and the only road of Fakola, Kébila - Fakola."""
    roads: tuple[tuple[str, str, str, int, dict[str, object]], ...] = (
        ("BS", "B", "S", 364, {}),
        ("SK", "S", "K", 180, {}),
        ("KF", "K", "F", 110, of_fakola),
    )
    with database.transaction() as session:
        session.add_all(
            RoadNode(code=code, name=code, lat=lat, lon=lon) for code, (lat, lon) in SPOTS.items()
        )
        session.flush()
        session.add_all(
            RoadEdge(
                code=code,
                from_code=start,
                to_code=end,
                metres=km * 1000,
                surface="laterite",
                source="",
                **facts,
            )
            for code, start, end, km, facts in roads
        )


def test_a_commune_whose_only_road_is_closed_in_the_month_is_left_out_with_the_road(
    database: Database,
) -> None:
    world = make_world(database)
    put_usual_stock(world)
    make_roads(database, closed_months=[3])

    with database.snapshot() as session:
        snapshot = take_snapshot(session, "C1", first_on=FIRST_ON, last_on=LAST_ON, today=FIRST_ON)
    problem, basis = feed(snapshot)

    assert [site.id for site in problem.sites] == ["KEBILA"]
    (finding,) = [one for one in basis.findings if one.code == "roads-closed"]
    assert (finding.place_code, finding.is_left_out, finding.facts["roads"]) == ("FAKOLA", True, "K – F")
    assert "K – F" in finding_text(finding)


def test_a_road_of_escort_closes_its_legs_on_the_other_days(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    make_roads(database, weekdays=[2])

    with database.snapshot() as session:
        snapshot = take_snapshot(session, "C1", first_on=FIRST_ON, last_on=LAST_ON, today=FIRST_ON)
    problem, basis = feed(snapshot)

    closed = {(one.start, one.end): one.days for one in problem.closed}
    # The way back may last until Tuesday 23 March.
    monday, tuesday = FIRST_ON, dt.date(2027, 3, 16)
    assert closed["SIKASSO", "FAKOLA"] == (
        (monday, monday),
        (tuesday + dt.timedelta(days=1), dt.date(2027, 3, 22)),
    )
    assert ("SIKASSO", "KEBILA") not in closed
    assert [one.facts["days"] for one in basis.findings if one.code == "road-closed-days"] == [7]


def test_minutes_follow_the_surface_and_the_type_of_truck(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    make_roads(database)

    with database.snapshot() as session:
        snapshot = take_snapshot(session, "C1", first_on=FIRST_ON, last_on=LAST_ON, today=FIRST_ON)
    problem, _ = feed(snapshot)

    order = [point.id for point in problem.points]
    (matrix,) = problem.duration_min.values()
    # 180 km of laterite at 35 km/h: 308.6 minutes, rounded up.
    assert matrix[order.index("SIKASSO")][order.index("KEBILA")] == 309


def test_the_plan_drives_a_road_of_escort_on_its_days_only(database: Database) -> None:
    """Its 110 km of laterite take 3 h 9 min each way."""
    world = make_world(database)
    put_usual_stock(world)
    make_roads(database, weekdays=[2, 3])

    plan_id = propose(world)

    with database.snapshot() as session:
        stored = queries.stored_plan(session, plan_id)
    assert stored is not None
    assert stored.plan is not None
    visits = {
        stop.day.isoweekday() for trip in stored.plan.trips for stop in trip.stops if stop.site == "FAKOLA"
    }
    assert stored.plan.unserved == ()
    assert visits
    assert visits <= {2, 3}
