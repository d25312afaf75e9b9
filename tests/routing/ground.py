"""Stock, plans and trips on the small programme of tests.world, made through the operations."""

import datetime as dt
from uuid import UUID

from sqlalchemy.orm import Session

from supply.catalog.models import Vehicle
from supply.ids import new_id
from supply.inventory.entries import Entry, Line
from supply.inventory.ledger import post
from supply.inventory.locations import supplier_location
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.words import DocumentKind
from supply.people.rights import Actor
from supply.routing import queries
from supply.routing.approve import ApprovePlan, PlanApproved, approve_plan
from supply.routing.arrive import Received
from supply.routing.ask import AskPlan, ask_plan
from supply.routing.assign import AssignVehicle, assign_vehicle
from supply.routing.depart import Depart, Departed, depart
from supply.routing.direct import DirectDelivery, DispatchDirectly, dispatch_directly
from supply.routing.rows import TripRow
from supply.routing.runs import solve_now
from tests.world import NOW, TODAY, World

FIRST_ON = dt.date(2027, 3, 15)
LAST_ON = dt.date(2027, 3, 19)
LATER = dt.datetime(2027, 3, 17, 9, 0, tzinfo=dt.UTC)
PLATE = "AB-1234-MD"
# The truck of Sikasso.


def put_stock(
    world: World,
    *,
    product: str,
    lot: str,
    expires_on: dt.date,
    grams: int,
    store: str = "SIKASSO",
    on: dt.date = dt.date(2027, 3, 1),
) -> UUID:
    """A lot bought into a store; answers its id."""
    pack = {"CSB++": "POUCH", "CSB+": "BAG"}[product]
    with world.database.transaction() as session:
        facts = LotFacts(product_code=product, number=lot, pack_code=pack, expires_on=expires_on)
        lot_id = find_or_make_lot(session, facts, now=NOW)
        entry = Entry(
            id=new_id(),
            kind=DocumentKind.RECEIPT,
            place_code=store,
            occurred_on=on,
            lines=(Line(lot_id=lot_id, grams=grams, source=supplier_location("MILL"), target=store),),
        )
        post(session, entry, facts, actor=world.officer, now=NOW)
    return lot_id


def put_usual_stock(world: World) -> dict[str, UUID]:
    """Ids by lot: at Sikasso two lots of CSB++, the older too short for the need, and one of CSB+."""
    return {
        "P1": put_stock(world, product="CSB++", lot="P1", expires_on=dt.date(2027, 6, 30), grams=900_000),
        "P2": put_stock(world, product="CSB++", lot="P2", expires_on=dt.date(2028, 1, 31), grams=3_000_000),
        "C1": put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2027, 9, 30), grams=1_000_000),
    }


def ask(world: World, **changes: object) -> UUID:
    """A run that waits for its solver."""
    facts: dict[str, object] = {
        "id": new_id(),
        "cycle_code": "C1",
        "first_on": FIRST_ON,
        "last_on": LAST_ON,
        "seconds": 1,
    }
    command = AskPlan(**(facts | changes))  # type: ignore[arg-type]  # tests give the right types
    with world.database.transaction() as session:
        return ask_plan(session, command, actor=world.officer, now=NOW).id


def propose(world: World, **changes: object) -> UUID:
    """A solved plan that waits for a decision."""
    plan_id = ask(world, **changes)
    assert solve_now(world.database, plan_id, now=lambda: NOW) == "proposed"
    return plan_id


def approve(world: World, plan_id: UUID) -> PlanApproved:
    with world.database.transaction() as session:
        return approve_plan(session, ApprovePlan(id=plan_id), actor=world.officer, now=NOW)


def add_truck(world: World, plate: str, store: str = "SIKASSO") -> None:
    with world.database.transaction() as session:
        session.add(Vehicle(plate=plate, type_code="10T", transporter_code="CARRIER", store_code=store))


def planned_trip(world: World) -> TripRow:
    """The one trip that the usual stock leads to: Sikasso to both sites with its truck assigned."""
    approved = approve(world, propose(world))
    (trip_id,) = approved.trip_ids
    assign(world, trip_id)
    return read_trip(world, trip_id)


def assign(world: World, trip_id: UUID, plate: str = PLATE) -> None:
    with world.database.transaction() as session:
        command = AssignVehicle(
            trip_id=trip_id, plate=plate, driver="Seydou Koné", driver_phone="76 00 00 00"
        )
        assign_vehicle(session, command, actor=world.keeper, now=NOW)


def trip_by_hand(world: World, *, begins_on: dt.date) -> UUID:
    """One bag more for Fakola, in a trip of its own."""
    command = DispatchDirectly(
        id=new_id(),
        cycle_code="C1",
        store_code="SIKASSO",
        vehicle_type_code="10T",
        begins_on=begins_on,
        deliveries=(DirectDelivery(site_code="FAKOLA", product_code="CSB+", grams=25_000),),
    )
    with world.database.transaction() as session:
        return dispatch_directly(session, command, actor=world.officer, now=NOW).trip_id


def read_trip(world: World, trip_id: UUID) -> TripRow:
    with world.database.snapshot() as session:
        trip = queries.trip(session, trip_id)
    assert trip is not None
    return trip


def departure(trip: TripRow, **changes: object) -> Depart:
    facts: dict[str, object] = {
        "id": new_id(),
        "trip_id": trip.id,
        "occurred_on": TODAY,
        "sender": "Awa Traoré",
        "driver": "Seydou Koné",
    }
    return Depart(**(facts | changes))  # type: ignore[arg-type]  # as above


def send(session: Session, trip: TripRow, actor: Actor, **changes: object) -> Departed:
    return depart(session, departure(trip, **changes), actor=actor, now=NOW)


def departed_trip(world: World) -> TripRow:
    trip = planned_trip(world)
    with world.database.transaction() as session:
        send(session, trip, world.keeper)
    return read_trip(world, trip.id)


def all_good(trip: TripRow, site: str) -> tuple[Received, ...]:
    """Counts of a waybill that arrived as it left."""
    waybill = next(one for one in trip.waybills if one.site_code == site)
    return tuple(
        Received(line=line.line, good_grams=line.dispatched_grams or 0)
        for line in waybill.lines
        if line.dispatched_grams
    )
