"""Receiving: counts that cannot be are refused by name, and nothing is recorded."""

import datetime as dt
import threading
from uuid import UUID

import pytest

from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory import queries as inventory
from supply.people.rights import RightMissing
from supply.routing.arrive import (
    AlreadyArrived,
    ArrivalDoesNotAddUp,
    Arrive,
    ArrivedBeforeDeparture,
    ExcessAboveGood,
    LinesNotCounted,
    MissingAndExcess,
    Received,
    TripNotOnTheRoad,
    WaybillUnknown,
    arrive,
)
from supply.routing.rows import TripRow, WaybillRow
from tests.routing.ground import LATER, all_good, departed_trip, planned_trip, put_usual_stock, read_trip
from tests.world import NOW, TODAY, World, make_world


def kebila_of(trip: TripRow) -> WaybillRow:
    return next(one for one in trip.waybills if one.site_code == "KEBILA")


def arrival(trip: TripRow, **changes: object) -> Arrive:
    facts: dict[str, object] = {
        "id": new_id(),
        "waybill_id": kebila_of(trip).id,
        "occurred_on": TODAY,
        "receiver": "Mariam Diallo",
        "lines": all_good(trip, "KEBILA"),
    }
    return Arrive(**(facts | changes))  # type: ignore[arg-type]  # tests give the right types


def with_bags(trip: TripRow, **counts: int) -> tuple[Received, ...]:
    """All lines good but the CSB+ of Kébila (375 kg sent), counted as said."""
    bags = next(line for line in kebila_of(trip).lines if line.product_code == "CSB+")
    counted = Received(line=bags.line, **counts)
    return tuple(counted if one.line == bags.line else one for one in all_good(trip, "KEBILA"))


def on_the_road(database: Database) -> tuple[World, TripRow]:
    world = make_world(database)
    put_usual_stock(world)
    return world, departed_trip(world)


@pytest.mark.parametrize(
    ("counts", "error"),
    [
        ({"good_grams": 350_000}, ArrivalDoesNotAddUp),  # 25 kg are nowhere
        ({"good_grams": 400_000}, ArrivalDoesNotAddUp),  # 25 kg from nowhere
        ({"good_grams": 375_000, "missing_grams": 25_000, "excess_grams": 25_000}, MissingAndExcess),
        ({"good_grams": 0, "damaged_grams": 400_000, "excess_grams": 25_000}, ExcessAboveGood),
    ],
)
def test_counts_that_cannot_be_are_refused(
    database: Database, counts: dict[str, int], error: type[SupplyError]
) -> None:
    world, trip = on_the_road(database)

    with database.transaction() as session, pytest.raises(error):
        arrive(session, arrival(trip, lines=with_bags(trip, **counts)), actor=world.keeper, now=NOW)

    assert kebila_of(read_trip(world, trip.id)).arrived_on is None
    with database.snapshot() as session:
        assert inventory.on_hand(session, place_codes=("KEBILA",)) == ()


def test_every_line_is_counted_once(database: Database) -> None:
    world, trip = on_the_road(database)
    lines = all_good(trip, "KEBILA")

    for counted in (lines[:-1], (*lines, lines[0]), (*lines, Received(line=99, good_grams=0))):
        with database.transaction() as session, pytest.raises(LinesNotCounted):
            arrive(session, arrival(trip, lines=counted), actor=world.keeper, now=NOW)


def test_all_of_a_line_may_be_missing_or_damaged(database: Database) -> None:
    world, trip = on_the_road(database)

    lines = with_bags(trip, good_grams=0, damaged_grams=75_000, missing_grams=300_000)
    with database.transaction() as session:
        arrive(session, arrival(trip, lines=lines), actor=world.keeper, now=NOW)

    with database.snapshot() as session:
        bags = inventory.on_hand(session, place_codes=("KEBILA",), product_code="CSB+")
    assert [(one.condition, one.grams) for one in bags] == [("unfit", 75_000)]


def test_a_trip_arrives_after_it_left(database: Database) -> None:
    world, trip = on_the_road(database)

    with database.transaction() as session, pytest.raises(ArrivedBeforeDeparture):
        early = arrival(trip, occurred_on=TODAY - dt.timedelta(days=1))
        arrive(session, early, actor=world.keeper, now=NOW)
    with database.transaction() as session, pytest.raises(WaybillUnknown):
        arrive(session, arrival(trip, waybill_id=UUID(int=4)), actor=world.keeper, now=NOW)


def test_a_trip_that_has_not_left_does_not_arrive(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)
    lines = tuple(Received(line=line.line, good_grams=line.planned_grams) for line in kebila_of(trip).lines)

    with database.transaction() as session, pytest.raises(TripNotOnTheRoad):
        arrive(session, arrival(trip, lines=lines), actor=world.keeper, now=NOW)


def test_a_waybill_arrives_once(database: Database) -> None:
    world, trip = on_the_road(database)
    with database.transaction() as session:
        arrive(session, arrival(trip), actor=world.keeper, now=NOW)

    with database.transaction() as session, pytest.raises(AlreadyArrived):
        arrive(session, arrival(trip), actor=world.keeper, now=LATER)


def test_eight_people_receive_one_waybill_once(database: Database) -> None:
    world, trip = on_the_road(database)
    refused: list[str] = []
    start = threading.Barrier(8)

    def receive() -> None:
        command = arrival(trip)
        start.wait()
        try:
            with database.transaction() as session:
                arrive(session, command, actor=world.keeper, now=NOW)
        except SupplyError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=receive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["already-arrived"] * 7
    with database.snapshot() as session:
        assert sum(one.grams for one in inventory.on_hand(session, place_codes=("KEBILA",))) == 1_725_000


def test_who_receives_has_a_part_in_the_trip_or_the_site(database: Database) -> None:
    """The keeper of the sending store enters the signed paper; the lead's team receives at the site."""
    world, trip = on_the_road(database)

    with database.transaction() as session, pytest.raises(RightMissing):
        arrive(session, arrival(trip), actor=world.auditor, now=NOW)
    with database.transaction() as session:
        arrive(session, arrival(trip), actor=world.lead, now=NOW)
