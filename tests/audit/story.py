"""A little of all that the rooms can record: bought, checked, sent back, carried, given, lost, counted."""

import datetime as dt
from uuid import UUID

from sqlalchemy import text

from supply.distribution.enrol import Enrol, enrol
from supply.distribution.hand_out import HandOut, Receiver, hand_out
from supply.distribution.register import NewPerson, RegisterHousehold, register_household
from supply.distribution.sessions import OpenSession, open_session
from supply.distribution.take_back import TakeBack, take_back
from supply.distribution.tally import GroupCount, RecordTally, record_tally
from supply.distribution.words import BirthKnown, Sex
from supply.ids import new_id
from supply.inventory.close_period import ClosePeriod, close_period
from supply.inventory.count import Count, CountedLot, count
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.entries import LotGrams
from supply.inventory.queries import on_hand
from supply.inventory.reservations import reserve
from supply.inventory.words import Condition, LossCause
from supply.procurement.check_quality import CheckQuality, check_quality
from supply.procurement.return_to_supplier import ReturnedLot, ReturnToSupplier, return_to_supplier
from supply.procurement.words import Finding
from supply.programme.cycles import OpenCycle, open_cycle
from supply.routing.arrive import Arrive, Received, arrive
from tests.procurement.orders import TONNE, a_delivery, an_order, bags, came, deliver, placed, pouches
from tests.routing.ground import departed_trip
from tests.world import NOW, TODAY, World

ARRIVED = dt.datetime(2027, 3, 17, 9, 0, tzinfo=dt.UTC)
GIVEN = dt.datetime(2027, 3, 20, 15, 0, tzinfo=dt.UTC)


def lots(world: World, place: str = "SIKASSO") -> dict[str, UUID]:
    with world.database.snapshot() as session:
        return {row.lot_number: row.lot_id for row in on_hand(session, place_codes=[place])}


def tell_everything(world: World) -> None:
    """Live through one purchase and the first days of a cycle."""
    buy_and_check(world)
    carry(world)
    give(world)
    lose_and_count(world)
    promise(world)


def buy_and_check(world: World) -> None:
    """6 t of pouches and 2 t of bags come; half a tonne of pouches is unfit, 200 kg of it go back."""
    order = placed(world, an_order(pouches(grams=6 * TONNE), bags(grams=2 * TONNE)))
    deliver(world, a_delivery(order, came(6 * TONNE, lot="P"), came(2 * TONNE, line=2, lot="C")))
    known = lots(world)
    decisions = (
        ("P", Finding.PASSED, 5_500_000),
        ("P", Finding.REJECTED, 500_000),
        ("C", Finding.PASSED, 2_000_000),
    )
    for lot, found, grams in decisions:
        command = CheckQuality(
            id=new_id(),
            store_code="SIKASSO",
            lot_id=known[lot],
            grams=grams,
            finding=found,
            checked_on=TODAY,
            remarks="Seen",
        )
        with world.database.transaction() as session:
            check_quality(session, command, actor=world.officer, now=NOW)
    back = ReturnToSupplier(
        id=new_id(),
        order_id=order.id,
        returned_on=TODAY,
        lots=(ReturnedLot(lot_id=known["P"], grams=200_000),),
        reason="Wet",
    )
    with world.database.transaction() as session:
        return_to_supplier(session, back, actor=world.officer, now=NOW)


def carry(world: World) -> None:
    """One trip to both sites; at Kébila a bag is wet and one is missing, at Fakola there is one too many."""
    trip = departed_trip(world)
    for waybill in trip.waybills:
        counted = []
        for line in waybill.lines:
            sent = line.dispatched_grams or 0
            if line.product_code == "CSB++":
                one = Received(line=line.line, good_grams=sent)
            elif waybill.site_code == "KEBILA":
                one = Received(
                    line=line.line, good_grams=sent - 50_000, damaged_grams=25_000, missing_grams=25_000
                )
            else:
                one = Received(line=line.line, good_grams=sent + 25_000, excess_grams=25_000)
            counted.append(one)
        command = Arrive(
            id=new_id(),
            waybill_id=waybill.id,
            occurred_on=dt.date(2027, 3, 16),
            receiver="Mariam",
            lines=tuple(counted),
        )
        with world.database.transaction() as session:
            arrive(session, command, actor=world.keeper, now=ARRIVED)
    with world.database.transaction() as session:
        close_period(session, ClosePeriod(closed_on=dt.date(2027, 3, 16)), actor=world.officer, now=ARRIVED)


def give(world: World) -> None:
    """At Kébila ten children are counted, one of the list is served; a second one by mistake."""
    with world.database.transaction() as session:
        open_cycle(session, OpenCycle(code="C1", without_uncounted=True), actor=world.lead, now=GIVEN)
    session_id = new_id()
    people = [_enrolled(world, household) for household in ("H1", "H2")]
    with world.database.transaction() as session:
        held = OpenSession(id=session_id, cycle_code="C1", site_code="KEBILA", held_on=dt.date(2027, 3, 20))
        open_session(session, held, actor=world.lead, now=GIVEN)
    counts = (GroupCount(group_code="CHILD-6-23", people=10), GroupCount(group_code="PREGNANT", people=4))
    with world.database.transaction() as session:
        tally = RecordTally(id=new_id(), session_id=session_id, counts=counts)
        record_tally(session, tally, actor=world.lead, now=GIVEN)
    papers = []
    for person in people:
        served = HandOut(id=new_id(), session_id=session_id, people=(Receiver(person_code=person),))
        with world.database.transaction() as session:
            papers.append(hand_out(session, served, actor=world.lead, now=GIVEN).id)
    with world.database.transaction() as session:
        mistake = TakeBack(id=new_id(), document_id=papers[1], reason="Wrong child")
        take_back(session, mistake, actor=world.lead, now=GIVEN)


def _enrolled(world: World, household: str) -> str:
    child = NewPerson(
        name=f"Enfant {household}",
        sex=Sex.FEMALE,
        born_on=dt.date(2025, 9, 1),
        birth_known=BirthKnown.CERTIFICATE,
    )
    with world.database.transaction() as session:
        command = RegisterHousehold(code=household, site_code="KEBILA", head_name="Chef", persons=(child,))
        person = register_household(session, command, actor=world.lead, now=NOW).person_codes[0]
    with world.database.transaction() as session:
        listed = Enrol(
            id=new_id(),
            person_code=person,
            programme_code="PNP",
            site_code="KEBILA",
            enrolled_on=dt.date(2027, 3, 1),
        )
        enrol(session, listed, actor=world.lead, now=NOW)
    return person


def lose_and_count(world: World) -> None:
    """Rats at Sikasso; a count finds 10 kg less of the pouches than the books say."""
    known = lots(world)
    day = dt.date(2027, 3, 20)
    lost = DeclareLoss(
        id=new_id(),
        place_code="SIKASSO",
        occurred_on=day,
        lines=(LotGrams(lot_id=known["C"], grams=50_000),),
        cause=LossCause.INFESTATION,
        reason="Rats",
    )
    with world.database.transaction() as session:
        declare_loss(session, lost, actor=world.officer, now=GIVEN)
    with world.database.snapshot() as session:
        there = next(
            row
            for row in on_hand(session, place_codes=["SIKASSO"], condition="good")
            if row.lot_number == "P"
        )
    counted = CountedLot(
        lot_id=there.lot_id, condition=Condition.GOOD, counted_grams=there.grams - 10_000, reason="Not found"
    )
    with world.database.transaction() as session:
        sheet = Count(id=new_id(), place_code="SIKASSO", occurred_on=day, lines=(counted,))
        count(session, sheet, actor=world.officer, now=GIVEN)


def promise(world: World) -> None:
    """A second trip is planned with the first one's facts; 1.5 t are reserved for it."""
    trip_id = new_id()
    columns = (
        "plan_id, store_code, vehicle_type_code, plate, begins_on, day_count, metres, cost, "
        "driver, driver_phone, sender, departure_reason, cancel_reason"
    )
    with world.database.transaction() as session:
        value = trip_id.hex if world.database.url.startswith("sqlite") else str(trip_id)
        session.execute(
            text(
                f"INSERT INTO trip (id, number, state, {columns}) "
                f"SELECT :id, 99, 'planned', {columns} FROM trip WHERE number <> 99 LIMIT 1"
            ),
            {"id": value},
        )
        reserve(
            session,
            trip_id=trip_id,
            site_code="FAKOLA",
            place_code="SIKASSO",
            lot_id=lots(world)["P"],
            grams=1_500_000,
            now=GIVEN,
        )
