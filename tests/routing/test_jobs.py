"""What the morning's look tells, and takes back when it is settled."""

import datetime as dt

from supply.alerts.queries import open_alerts
from supply.db import Database
from supply.ids import new_id
from supply.routing.arrive import Arrive, arrive
from supply.routing.jobs import tell_late_waybills, tell_trips_not_left
from tests.routing.ground import all_good, departed_trip, planned_trip, put_usual_stock
from tests.world import NOW, World, make_world


def told(world: World) -> list[tuple[str, str]]:
    with world.database.snapshot() as session:
        return [(one.kind, one.severity) for one in open_alerts(session, world.officer)]


def run(world: World, job: object, now: dt.datetime) -> None:
    with world.database.transaction() as session:
        job(session, now)  # type: ignore[operator]  # a job's function


def test_a_late_waybill_is_told_until_it_arrives(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = departed_trip(world)
    late = NOW + dt.timedelta(days=5)

    run(world, tell_late_waybills, NOW)
    assert told(world) == []
    run(world, tell_late_waybills, late)
    assert told(world) == [("waybill-late", "warning")] * 2
    run(world, tell_late_waybills, NOW + dt.timedelta(days=12))
    assert told(world) == [("waybill-late", "urgent")] * 2

    for waybill in trip.waybills:
        command = Arrive(
            id=new_id(),
            waybill_id=waybill.id,
            occurred_on=late.date(),
            receiver="Mariam",
            lines=all_good(trip, waybill.site_code),
        )
        with database.transaction() as session:
            arrive(session, command, actor=world.officer, now=late)
    run(world, tell_late_waybills, NOW + dt.timedelta(days=13))
    assert told(world) == []


def test_a_trip_that_did_not_leave_is_told(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    planned_trip(world)

    run(world, tell_trips_not_left, NOW)
    assert told(world) == []
    run(world, tell_trips_not_left, NOW + dt.timedelta(days=6))

    assert told(world) == [("trip-not-left", "warning")]
