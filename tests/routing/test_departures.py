"""Loading and leaving: what may not leave like that, is said by name; what left can be taken back."""

import datetime as dt
from uuid import UUID

import msgspec
import pytest

from supply.catalog.models import Vehicle, VehicleType
from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory import queries as inventory
from supply.inventory.ledger import SameIdOtherContent
from supply.inventory.reservations import NotFree, reserved_for
from supply.people.rights import PlaceNotYours, RightMissing
from supply.routing import queries
from supply.routing.arrive import Arrive, arrive
from supply.routing.assign import (
    AssignVehicle,
    TripNotPlanned,
    TripUnknown,
    VehicleElsewhere,
    VehicleOfOtherType,
    VehicleTaken,
    VehicleUnknown,
    assign_vehicle,
)
from supply.routing.depart import (
    Loaded,
    LoadedTwice,
    LotExpiresBeforeUse,
    LotOfOtherProduct,
    Overloaded,
    ReasonMissing,
    TruckOnTheRoad,
    VehicleMissing,
    WaybillEmpty,
    WaybillOfOtherTrip,
    depart,
)
from supply.routing.direct import DirectDelivery, DispatchDirectly, dispatch_directly
from supply.routing.models import DistributionDay
from supply.routing.rows import TripRow, WaybillRow
from supply.routing.undo import (
    ArrivedInPart,
    NotArrived,
    NotDeparted,
    UndoArrival,
    UndoDeparture,
    undo_arrival,
    undo_departure,
)
from tests.routing.ground import (
    LATER,
    PLATE,
    add_truck,
    all_good,
    approve,
    assign,
    departed_trip,
    departure,
    planned_trip,
    propose,
    put_stock,
    put_usual_stock,
    read_trip,
    send,
    trip_by_hand,
)
from tests.world import NOW, TODAY, World, make_world


def stop_at(trip: TripRow, site: str) -> WaybillRow:
    return next(one for one in trip.waybills if one.site_code == site)


def lot_of(trip: TripRow, site: str, product: str) -> UUID:
    return next(line.lot_id for line in stop_at(trip, site).lines if line.product_code == product)


def refuse(world: World, trip: TripRow, error: type[SupplyError], **changes: object) -> SupplyError:
    with world.database.transaction() as session, pytest.raises(error) as refused:
        send(session, trip, world.keeper, **changes)
    assert read_trip(world, trip.id).state == "planned"
    return refused.value


def test_a_trip_without_a_truck_does_not_leave(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    (trip_id,) = approve(world, propose(world)).trip_ids

    refuse(world, read_trip(world, trip_id), VehicleMissing)


def test_a_truck_must_be_the_store_s_of_the_type_and_free(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)
    with database.transaction() as session:
        session.add(
            VehicleType(
                code="20T",
                name_fr="20 t",
                name_en="20 t",
                capacity_grams=20_000_000,
                fixed_francs=1,
                francs_per_km=1,
                francs_per_tonne_km=1,
                speed_kmh=50,
            )
        )
        session.flush()
        session.add(Vehicle(plate="BIG", type_code="20T", transporter_code="CARRIER", store_code="SIKASSO"))

    for plate, error in (
        ("NOWHERE", VehicleUnknown),
        ("AB-5678-MD", VehicleElsewhere),
        ("BIG", VehicleOfOtherType),
    ):
        with database.transaction() as session, pytest.raises(error):
            assign_vehicle(session, AssignVehicle(trip_id=trip.id, plate=plate), actor=world.keeper, now=NOW)


def test_a_truck_is_not_on_two_trips_at_once(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    add_truck(world, "AB-9999-MD")
    trip = planned_trip(world)
    command = DispatchDirectly(
        id=new_id(),
        cycle_code="C1",
        store_code="SIKASSO",
        vehicle_type_code="10T",
        begins_on=trip.begins_on,
        deliveries=(DirectDelivery(site_code="FAKOLA", product_code="CSB+", grams=25_000),),
    )
    with database.transaction() as session:
        other = dispatch_directly(session, command, actor=world.officer, now=NOW)

    with pytest.raises(VehicleTaken):
        assign(world, other.trip_id, PLATE)
    assign(world, other.trip_id, "AB-9999-MD")


def test_a_truck_on_the_road_does_not_leave_with_another_trip_before_its_return(database: Database) -> None:
    """The plan kept the trips apart, but the second left earlier than planned."""
    world = make_world(database)
    put_usual_stock(world)
    first = departed_trip(world)
    second = read_trip(world, trip_by_hand(world, begins_on=dt.date(2027, 3, 22)))
    assign(world, second.id, PLATE)

    error = refuse(world, second, TruckOnTheRoad, occurred_on=first.ends_on)

    assert error.facts == {"plate": PLATE, "other": first.label, "back_on": first.ends_on}
    after = first.ends_on + dt.timedelta(days=1)
    with database.transaction() as session:
        command = departure(second, occurred_on=after)
        depart(session, command, actor=world.keeper, now=NOW + dt.timedelta(days=5))
    assert read_trip(world, second.id).departed_on == after


def test_a_truck_that_arrived_everywhere_leaves_again_before_its_planned_return(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first = departed_trip(world)
    second = read_trip(world, trip_by_hand(world, begins_on=dt.date(2027, 3, 22)))
    assign(world, second.id, PLATE)
    for waybill in first.waybills:
        command = Arrive(
            id=new_id(),
            waybill_id=waybill.id,
            occurred_on=TODAY,
            receiver="Mariam Diallo",
            lines=all_good(first, waybill.site_code),
        )
        with database.transaction() as session:
            arrive(session, command, actor=world.officer, now=NOW)

    with database.transaction() as session:
        send(session, second, world.keeper)

    assert read_trip(world, second.id).state == "departed"


def test_another_load_needs_its_reason(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)
    kebila = stop_at(trip, "KEBILA")
    less = Loaded(waybill_id=kebila.id, lot_id=lot_of(trip, "KEBILA", "CSB+"), grams=350_000)

    error = refuse(world, trip, ReasonMissing, lines=(less,))

    assert error.facts["lot"] == "C1"


def test_impossible_loads_are_refused_by_name(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    late = put_stock(world, product="CSB+", lot="OLD", expires_on=dt.date(2027, 3, 25), grams=500_000)
    much = put_stock(world, product="CSB+", lot="C2", expires_on=dt.date(2028, 9, 30), grams=9_000_000)
    trip = planned_trip(world)
    kebila = stop_at(trip, "KEBILA")
    bags, pouches = lot_of(trip, "KEBILA", "CSB+"), lot_of(trip, "KEBILA", "CSB++")

    def load(lot_id: UUID, grams: int, waybill_id: UUID = kebila.id) -> Loaded:
        return Loaded(waybill_id=waybill_id, lot_id=lot_id, grams=grams)

    nothing = tuple(load(line.lot_id, 0) for line in kebila.lines)
    for lines, error in (
        ((load(bags, 1, UUID(int=9)),), WaybillOfOtherTrip),
        ((load(bags, 25_000), load(bags, 50_000)), LoadedTwice),
        ((load(UUID(int=9), 25_000),), LotOfOtherProduct),
        ((load(late, 25_000),), LotExpiresBeforeUse),
        (nothing, WaybillEmpty),
        ((load(much, 9_000_000),), Overloaded),
        ((load(pouches, 4_000_000),), NotFree),
    ):
        refuse(world, trip, error, lines=lines, reason="essai")


def test_a_lot_in_place_of_another_leaves_and_the_reservation_ends(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)
    other = put_stock(world, product="CSB+", lot="C2", expires_on=dt.date(2028, 9, 30), grams=500_000)
    kebila = stop_at(trip, "KEBILA")
    bags = lot_of(trip, "KEBILA", "CSB+")

    with database.transaction() as session:
        left = send(
            session,
            trip,
            world.keeper,
            reason="lot C1 introuvable",
            lines=(
                Loaded(waybill_id=kebila.id, lot_id=bags, grams=0),
                Loaded(waybill_id=kebila.id, lot_id=other, grams=375_000),
            ),
        )

    trip = read_trip(world, trip.id)
    sent = {
        (line.lot_number, line.planned_grams, line.dispatched_grams) for line in stop_at(trip, "KEBILA").lines
    }
    assert {("C1", 375_000, 0), ("C2", 0, 375_000)} <= sent
    assert left.grams == 2_600_000
    with database.snapshot() as session:
        assert reserved_for(session, trip.id) == ()
        (c1,) = (
            one for one in inventory.on_hand(session, place_codes=("SIKASSO",)) if one.lot_number == "C1"
        )
    assert (c1.grams, c1.reserved_grams) == (800_000, 0)  # 1,000 - 200 for Fakola


def test_a_departure_sent_twice_leaves_once(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)
    command = departure(trip)

    with database.transaction() as session:
        first = depart(session, command, actor=world.keeper, now=NOW)
    with database.transaction() as session:
        second = depart(session, command, actor=world.keeper, now=LATER)

    assert (second.number, second.is_repeat, second.grams) == (first.number, True, 2_600_000)
    with database.transaction() as session, pytest.raises(SameIdOtherContent):
        send(session, trip, world.keeper, id=command.id, driver="Un autre")
    with database.transaction() as session, pytest.raises(TripNotPlanned):
        send(session, trip, world.keeper)


def test_a_keeper_sends_from_their_own_store_only(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    put_stock(world, product="CSB+", lot="C7", expires_on=dt.date(2027, 9, 30), grams=100_000, store="BAMAKO")
    command = DispatchDirectly(
        id=new_id(),
        cycle_code="C1",
        store_code="BAMAKO",
        vehicle_type_code="10T",
        begins_on=TODAY,
        deliveries=(DirectDelivery(site_code="KEBILA", product_code="CSB+", grams=50_000),),
    )
    with database.transaction() as session:
        made = dispatch_directly(session, command, actor=world.officer, now=NOW)
    trip = read_trip(world, made.trip_id)

    with database.transaction() as session, pytest.raises(PlaceNotYours):
        send(session, trip, world.keeper)
    with database.transaction() as session, pytest.raises(RightMissing):
        send(session, trip, world.auditor)
    with database.transaction() as session, pytest.raises(TripUnknown):
        depart(session, departure(trip, trip_id=UUID(int=3)), actor=world.officer, now=NOW)


def test_a_departure_taken_back_waits_with_its_lots_as_loaded(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = departed_trip(world)
    command = UndoDeparture(id=new_id(), trip_id=trip.id, occurred_on=TODAY, reason="mauvais camion")

    with database.transaction() as session:
        undo_departure(session, command, actor=world.officer, now=LATER)
    with database.transaction() as session:
        assert undo_departure(session, command, actor=world.officer, now=LATER).is_repeat

    trip = read_trip(world, trip.id)
    assert (trip.state, trip.departed_on, trip.grams) == ("planned", None, 2_600_000)
    with database.snapshot() as session:
        assert sum(one.grams for one in reserved_for(session, trip.id)) == 2_600_000
        assert [one for one in inventory.lot_totals(session) if one.kind == "transit" and one.grams] == []
    again = UndoDeparture(id=new_id(), trip_id=trip.id, occurred_on=TODAY, reason="encore")
    with database.transaction() as session, pytest.raises(NotDeparted):
        undo_departure(session, again, actor=world.officer, now=LATER)
    with database.transaction() as session:
        send(session, trip, world.keeper)  # it can leave again


def test_an_arrival_taken_back_is_on_the_road_again(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = departed_trip(world)
    kebila = stop_at(trip, "KEBILA")
    undo = UndoArrival(id=new_id(), waybill_id=kebila.id, occurred_on=TODAY, reason="mauvaise ligne")
    with database.transaction() as session, pytest.raises(NotArrived):
        undo_arrival(session, undo, actor=world.officer, now=NOW)
    command = Arrive(
        id=new_id(),
        waybill_id=kebila.id,
        occurred_on=TODAY,
        receiver="Mariam",
        lines=all_good(trip, "KEBILA"),
    )
    with database.transaction() as session:
        arrive(session, command, actor=world.keeper, now=NOW)
    back = UndoDeparture(id=new_id(), trip_id=trip.id, occurred_on=TODAY, reason="?")
    with database.transaction() as session, pytest.raises(ArrivedInPart):
        undo_departure(session, back, actor=world.officer, now=LATER)

    with database.transaction() as session:
        undo_arrival(session, undo, actor=world.officer, now=LATER)

    with database.snapshot() as session:
        waybill = queries.waybill(session, kebila.id)
        site = inventory.on_hand(session, place_codes=("KEBILA",))
    assert waybill is not None
    assert (waybill.arrived_on, waybill.arrival_id, waybill.receiver) == (None, None, "")
    assert site == ()
    with database.transaction() as session:
        arrive(session, msgspec.structs.replace(command, id=new_id()), actor=world.keeper, now=LATER)


def test_a_distribution_day_that_went_by_does_not_let_an_expired_lot_leave(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    old = put_stock(world, product="CSB+", lot="OLD", expires_on=dt.date(2027, 3, 25), grams=500_000)
    trip = planned_trip(world)
    kebila = stop_at(trip, "KEBILA")
    with database.transaction() as session:
        session.add(DistributionDay(cycle_code="C1", site_code="KEBILA", use_on=dt.date(2027, 3, 22)))
    late = departure(
        trip,
        occurred_on=dt.date(2027, 3, 26),
        reason="the truck broke down",
        lines=(Loaded(waybill_id=kebila.id, lot_id=old, grams=25_000),),
    )

    with database.transaction() as session, pytest.raises(LotExpiresBeforeUse) as refused:
        depart(session, late, actor=world.keeper, now=dt.datetime(2027, 3, 26, 9, tzinfo=dt.UTC))

    # Good on the 22nd, when the site should have distributed; on the 26th, when the truck leaves, it is not.
    assert refused.value.facts["use_on"] == dt.date(2027, 3, 26)
