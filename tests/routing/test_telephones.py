"""The driver's telephone: somebody must be able to call it."""

import pytest

from supply.db import Database
from supply.routing.assign import AssignVehicle, NotAPhone, assign_vehicle
from tests.routing.ground import PLATE, planned_trip, put_usual_stock, read_trip, send
from tests.world import NOW, make_world


@pytest.mark.parametrize("phone", ["abc", "chez Awa 76 00 00 00", "+-", "٧٦٠٠"])
def test_what_nobody_can_call_is_no_telephone(database: Database, phone: str) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with database.transaction() as session, pytest.raises(NotAPhone):
        send(session, trip, world.keeper, driver_phone=phone)
    command = AssignVehicle(trip_id=trip.id, plate=PLATE, driver_phone=phone)
    with database.transaction() as session, pytest.raises(NotAPhone):
        assign_vehicle(session, command, actor=world.keeper, now=NOW)


@pytest.mark.parametrize("phone", ["", "+223 76-12-34-56", "(223) 76.12.34.56 / 66 00 00 00"])
def test_a_telephone_is_kept_as_it_was_written(database: Database, phone: str) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with database.transaction() as session:
        send(session, trip, world.keeper, driver_phone=phone)

    assert read_trip(world, trip.id).driver_phone == (phone or "76 00 00 00")
