"""Deliveries come in on hold, and a lot is one production whatever the truck."""

import datetime as dt

import msgspec
import pytest

from supply.ids import new_id
from supply.inventory.adjust import InitialLine, RecordInitialStock, record_initial_stock
from supply.inventory.arriving import ExpiredNeedsReason, MoreThanStoreHolds, ProducedAfterArrival
from supply.inventory.checks import FutureDay
from supply.inventory.ledger import Posted
from supply.inventory.locations import SupplierUnknown
from supply.inventory.lots import (
    LotDatesImpossible,
    LotFacts,
    LotKnownWithOtherDates,
    LotNumberMissing,
    PackUnknown,
)
from supply.inventory.places import NotAStore
from supply.inventory.queries import on_hand, whereabouts
from supply.inventory.receive import LotTwice, Receive, ReceivedExpired, ReceivedLine, receive
from supply.inventory.words import Condition
from supply.people.rights import Actor, PlaceNotYours, RightMissing
from tests.inventory.made import DAY, facts, stock
from tests.world import NOW, TODAY, World

SOON = TODAY + 100 * DAY


def a_receipt(*lots: tuple[LotFacts, int], **others: object) -> Receive:
    lines = tuple(ReceivedLine(lot=lot, grams=grams) for lot, grams in lots)
    command = Receive(id=new_id(), store_code="SIKASSO", supplier_code="MILL", occurred_on=TODAY, lines=lines)
    return changed(command, **others)


def changed(command: Receive, **others: object) -> Receive:
    values = {name: getattr(command, name) for name in command.__struct_fields__} | others
    return Receive(**values)


def carry_out(world: World, command: Receive, actor: Actor | None = None) -> Posted:
    with world.database.transaction() as session:
        return receive(session, command, actor=actor or world.keeper, now=NOW)


def test_what_the_keeper_receives_is_on_hold(world: World) -> None:
    carry_out(world, a_receipt((facts("A1", SOON), 500_000)))

    assert stock(world, condition=Condition.HOLD) == 500_000
    assert stock(world, condition=Condition.GOOD) == 0


def test_a_second_delivery_of_a_lot_is_the_same_lot(world: World) -> None:
    carry_out(world, a_receipt((facts("A1", SOON), 500)))
    carry_out(world, a_receipt((facts(" A1 ", SOON), 300)))

    with world.database.snapshot() as session:
        rows = on_hand(session, place_codes=["SIKASSO"])
        assert [(row.lot_number, row.grams) for row in rows] == [("A1", 800)]
        places = {row.kind: row.grams for row in whereabouts(session, rows[0].lot_id)}
    assert places == {"store": 800, "supplier": -800}


def test_a_known_lot_with_another_expiry_is_refused_with_both_dates(world: World) -> None:
    carry_out(world, a_receipt((facts("A1", SOON), 500)))

    with pytest.raises(LotKnownWithOtherDates) as refusal:
        carry_out(world, a_receipt((facts("A1", SOON + DAY), 500)))

    assert refusal.value.facts["known_expires_on"] == SOON
    assert refusal.value.facts["expires_on"] == SOON + DAY


@pytest.mark.parametrize(
    ("lot", "refusal"),
    [
        (LotFacts(product_code="CSB+", number=" ", pack_code="BAG", expires_on=SOON), LotNumberMissing),
        (LotFacts(product_code="CSB+", number="A" * 41, pack_code="BAG", expires_on=SOON), LotNumberMissing),
        (LotFacts(product_code="CSB+", number="A", pack_code="POUCH", expires_on=SOON), PackUnknown),
        (LotFacts(product_code="CSB+", number="A", pack_code="SACK", expires_on=SOON), PackUnknown),
        (
            LotFacts(
                product_code="CSB+", number="A", pack_code="BAG", expires_on=SOON, produced_on=SOON + DAY
            ),
            LotDatesImpossible,
        ),
        (
            # the year mistyped: 2127 for 2027
            LotFacts(
                product_code="CSB+",
                number="A",
                pack_code="BAG",
                expires_on=dt.date(2127, 3, 1),
                produced_on=dt.date(2026, 3, 1),
            ),
            LotDatesImpossible,
        ),
    ],
)
def test_a_lot_that_cannot_be_is_refused(world: World, lot: LotFacts, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        carry_out(world, a_receipt((lot, 500)))


def test_the_same_lot_twice_on_one_paper_is_refused(world: World) -> None:
    with pytest.raises(LotTwice):
        carry_out(world, a_receipt((facts("A1", SOON), 500), (facts("A1", SOON), 500)))


def test_an_expired_lot_comes_in_on_hold_but_not_as_good(world: World) -> None:
    expired = (facts("OLD", TODAY - DAY), 500)

    with pytest.raises(ReceivedExpired):
        carry_out(world, a_receipt(expired, condition=Condition.GOOD), world.officer)
    carry_out(world, a_receipt(expired, reason="gardé pour la destruction"))

    assert stock(world, condition=Condition.HOLD) == 500


def test_an_expired_lot_comes_in_only_with_a_remark(world: World) -> None:
    with pytest.raises(ExpiredNeedsReason) as refusal:
        carry_out(world, a_receipt((facts("OLD", TODAY - DAY), 500), reason=" "))
    # The last good day is inclusive.
    carry_out(world, a_receipt((facts("LAST", TODAY), 300)))

    assert refusal.value.facts == {"lot": "OLD", "expires_on": TODAY - DAY}
    assert stock(world) == 300


def test_a_lot_made_after_it_came_is_refused(world: World) -> None:
    """The truck came on the 5th: a bag made on the 6th was not on it, a bag made on the 5th may have been."""
    arrived, lot = TODAY - 10 * DAY, facts("A1", SOON)
    made_later = msgspec.structs.replace(lot, produced_on=arrived + DAY)
    made_that_day = msgspec.structs.replace(lot, produced_on=arrived)

    with pytest.raises(ProducedAfterArrival):
        carry_out(world, a_receipt((made_later, 500), occurred_on=arrived))
    carry_out(world, a_receipt((made_that_day, 500), occurred_on=arrived))

    assert stock(world) == 500


def test_one_receipt_of_more_than_the_whole_store_is_refused(world: World) -> None:
    """1250 kg typed as 12 500 bags; Sikasso holds 300 t."""
    with pytest.raises(MoreThanStoreHolds) as refusal:
        carry_out(world, a_receipt((facts("A1", SOON), 200_000_000), (facts("B1", SOON), 100_000_001)))
    carry_out(world, a_receipt((facts("A1", SOON), 200_000_000), (facts("B1", SOON), 100_000_000)))

    assert refusal.value.facts == {"store": "Sikasso", "grams": 300_000_001, "capacity": 300_000_000}
    assert stock(world) == 300_000_000


def test_initial_stock_keeps_to_the_same_days_and_the_same_capacity(world: World) -> None:
    made_tomorrow = msgspec.structs.replace(facts("A1", SOON), produced_on=TODAY + DAY)

    for lot, grams, refusal in (
        (made_tomorrow, 500, ProducedAfterArrival),
        (facts("A1", SOON), 300_000_001, MoreThanStoreHolds),
    ):
        command = RecordInitialStock(
            id=new_id(),
            place_code="SIKASSO",
            occurred_on=TODAY,
            lines=(InitialLine(lot=lot, grams=grams),),
        )
        with pytest.raises(refusal), world.database.transaction() as session:
            record_initial_stock(session, command, actor=world.officer, now=NOW)


def test_receiving_straight_as_good_is_for_those_who_decide_on_quality(world: World) -> None:
    command = a_receipt((facts("A1", SOON), 500), condition=Condition.GOOD)

    with pytest.raises(RightMissing):
        carry_out(world, command, world.keeper)
    carry_out(world, command, world.officer)


def test_another_keepers_store_and_other_roles_are_refused(world: World) -> None:
    with pytest.raises(PlaceNotYours) as refusal:
        carry_out(world, a_receipt((facts("A1", SOON), 500), store_code="BAMAKO"))
    with pytest.raises(RightMissing):
        carry_out(world, a_receipt((facts("A1", SOON), 500)), world.auditor)

    assert refusal.value.facts == {"place": "BAMAKO", "places": ["SIKASSO"]}


def test_unknown_suppliers_sites_and_future_days_are_refused(world: World) -> None:
    line = (facts("A1", SOON), 500)

    with pytest.raises(SupplierUnknown):
        carry_out(world, a_receipt(line, supplier_code="NOBODY"))
    with pytest.raises(NotAStore):
        carry_out(world, a_receipt(line, store_code="KEBILA"), world.officer)
    with pytest.raises(FutureDay):
        carry_out(world, a_receipt(line, occurred_on=TODAY + DAY))

    assert stock(world) == 0
