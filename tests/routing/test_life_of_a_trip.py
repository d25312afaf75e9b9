"""A trip from need to site, with a discrepancy worked by hand in the ledger.

Kébila: 300 children x 4.5 kg = 1,350 kg CSB++ (900 pouches); 60 women x 6.25 kg = 375 kg CSB+ (15 bags).
Fakola: 150 children x 4.5 kg = 675 kg CSB++ (450 pouches); 30 women x 6.25 kg = 187.5 kg, up to 8 bags =
200 kg CSB+.
"""

import datetime as dt
from uuid import UUID

from supply.db import Database
from supply.ids import new_id
from supply.inventory import queries as inventory
from supply.inventory.locations import trip_location
from supply.routing.arrive import Arrive, Received, arrive
from supply.routing.depart import Loaded
from supply.routing.rows import TripRow
from supply.routing.snapshot import site_demands
from tests.routing.ground import (
    LATER,
    all_good,
    approve,
    assign,
    propose,
    put_usual_stock,
    read_trip,
    send,
)
from tests.world import NOW, TODAY, World, make_world


def where(world: World, lot_id: UUID) -> dict[tuple[str, str], int]:
    with world.database.snapshot() as session:
        return {
            (one.location_code, one.condition): one.grams
            for one in inventory.whereabouts(session, lot_id)
            if one.grams
        }


def missing(world: World) -> dict[tuple[str, str], int]:
    with world.database.snapshot() as session:
        return {(one.site_code, one.product_code): one.missing_grams for one in site_demands(session, "C1")}


def test_a_trip_leads_from_need_to_site_to_the_gram(database: Database) -> None:
    world = make_world(database)
    lots = put_usual_stock(world)

    (trip_id,) = approve(world, propose(world)).trip_ids
    trip = read_trip(world, trip_id)

    assert trip.store_code == "SIKASSO"
    assert sum(waybill.planned_grams for waybill in trip.waybills) == 2_600_000  # 1350 + 375 + 675 + 200 kg
    assert sorted(waybill.number for waybill in trip.waybills) == ["LV-SIKASSO-0001", "LV-SIKASSO-0002"]
    # First expired first: all of P1, then P2.
    assert planned_by_lot(trip, lots) == {"P1": 900_000, "P2": 1_125_000, "C1": 575_000}
    assert where(world, lots["P1"]) == {("supplier:MILL", "good"): -900_000, ("SIKASSO", "good"): 900_000}
    with database.snapshot() as session:
        (p1,) = inventory.on_hand(session, place_codes=("SIKASSO",), expires_until=dt.date(2027, 6, 30))
    assert p1.reserved_grams == 900_000  # promised, not moved
    assert missing(world) == dict.fromkeys(missing(world), 0)  # on its way

    assign(world, trip_id)
    send_with_a_torn_bag(world, trip, lots["C1"])

    road = trip_location(trip_id)
    assert where(world, lots["C1"]) == {
        ("supplier:MILL", "good"): -1_000_000,
        ("SIKASSO", "good"): 450_000,  # 1,000 - 350 - 200
        (road, "good"): 550_000,
    }
    assert missing(world)["KEBILA", "CSB+"] == 25_000  # the torn bag is needed again

    trip = read_trip(world, trip_id)
    receive_with_discrepancy(world, trip)

    # Kébila took 14 bags: 12 good, 1 wet, 1 missing; Fakola 8 bags and one bag too much.
    assert where(world, lots["C1"]) == {
        ("supplier:MILL", "good"): -1_000_000,
        ("SIKASSO", "good"): 450_000,
        ("KEBILA", "good"): 300_000,
        ("KEBILA", "unfit"): 25_000,
        ("loss:transport", "good"): 25_000,
        ("FAKOLA", "good"): 225_000,
        ("difference", "good"): -25_000,
    }
    assert read_trip(world, trip_id).state == "arrived"
    with database.snapshot() as session:
        totals = inventory.lot_totals(session)
    assert [one for one in totals if one.kind == "transit" and one.grams] == []
    assert missing(world) == {
        ("KEBILA", "CSB++"): 0,
        ("KEBILA", "CSB+"): 75_000,  # 375 needed, 300 good there
        ("FAKOLA", "CSB++"): 0,
        ("FAKOLA", "CSB+"): 0,
    }


def planned_by_lot(trip: TripRow, lots: dict[str, UUID]) -> dict[str, int]:
    lines = [line for waybill in trip.waybills for line in waybill.lines]
    return {
        name: sum(line.planned_grams for line in lines if line.lot_id == lot_id)
        for name, lot_id in lots.items()
    }


def send_with_a_torn_bag(world: World, trip: TripRow, bags: UUID) -> None:
    """One bag of CSB+ for Kébila was torn: 14 of 15 are loaded."""
    kebila = next(one for one in trip.waybills if one.site_code == "KEBILA")
    less = Loaded(waybill_id=kebila.id, lot_id=bags, grams=350_000)
    with world.database.transaction() as session:
        send(session, trip, world.keeper, reason="un sac déchiré au chargement", lines=(less,))


def receive_with_discrepancy(world: World, trip: TripRow) -> None:
    for waybill in trip.waybills:
        lines = []
        for line in waybill.lines:
            sent = line.dispatched_grams or 0
            if line.product_code == "CSB++":
                lines.append(Received(line=line.line, good_grams=sent))
            elif waybill.site_code == "KEBILA":
                lines.append(
                    Received(line=line.line, good_grams=300_000, damaged_grams=25_000, missing_grams=25_000)
                )
            else:
                lines.append(Received(line=line.line, good_grams=225_000, excess_grams=25_000))
        with world.database.transaction() as session:
            command = Arrive(
                id=new_id(),
                waybill_id=waybill.id,
                occurred_on=dt.date(2027, 3, 16),
                receiver="Mariam Diallo",
                lines=tuple(lines),
            )
            arrive(session, command, actor=world.keeper, now=LATER)


def test_an_arrival_sent_twice_is_recorded_once(database: Database) -> None:
    world = make_world(database)
    lots = put_usual_stock(world)
    (trip_id,) = approve(world, propose(world)).trip_ids
    assign(world, trip_id)
    with database.transaction() as session:
        send(session, read_trip(world, trip_id), world.keeper)
    trip = read_trip(world, trip_id)
    kebila = next(one for one in trip.waybills if one.site_code == "KEBILA")
    command = Arrive(
        id=new_id(),
        waybill_id=kebila.id,
        occurred_on=TODAY,
        receiver="Mariam Diallo",
        lines=all_good(trip, "KEBILA"),
    )

    with database.transaction() as session:
        first = arrive(session, command, actor=world.keeper, now=NOW)
    with database.transaction() as session:
        second = arrive(session, command, actor=world.keeper, now=LATER)

    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert second.number == first.number
    assert where(world, lots["C1"])["KEBILA", "good"] == 375_000
    assert first.trip_state == "departed"  # Fakola has not received yet
