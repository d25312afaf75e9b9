"""The ledger refuses what cannot be, repeats safely, and balances on every day."""

import datetime as dt
from uuid import UUID

import pytest
from msgspec import structs

from supply.ids import new_id
from supply.inventory.checks import (
    DayTooEarly,
    FutureDay,
    LaterBalanceNegative,
    NotEnough,
    NothingMoves,
    QuantityNotPositive,
)
from supply.inventory.ledger import Entry, Line, Posted, SameIdOtherContent, already_recorded, post
from supply.inventory.locations import (
    BENEFICIARIES,
    LotUnknown,
    PlaceUnknown,
    SupplierUnknown,
    supplier_location,
    trip_location,
)
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.queries import lot_totals, on_hand
from supply.inventory.words import DocumentKind
from supply.units import AbsurdQuantity
from tests.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)


@pytest.fixture
def lot_id(world: World) -> UUID:
    with world.database.transaction() as session:
        facts = LotFacts(product_code="CSB+", number="A1", pack_code="BAG", expires_on=dt.date(2027, 12, 31))
        return find_or_make_lot(session, facts, now=NOW)


def entry(lot_id: UUID, grams: int, source: str, target: str, on: dt.date = TODAY) -> Entry:
    return Entry(
        id=new_id(),
        kind=DocumentKind.TRANSFER,
        place_code="SIKASSO",
        occurred_on=on,
        lines=(Line(lot_id=lot_id, grams=grams, source=source, target=target),),
    )


def put(world: World, one: Entry) -> Posted:
    with world.database.transaction() as session:
        known = already_recorded(session, one.id, one)
        return known or post(session, one, one, actor=world.officer, now=NOW)


def stock(world: World, place: str, on: dt.date | None = None) -> int:
    with world.database.snapshot() as session:
        return sum(row.grams for row in on_hand(session, place_codes=[place], on=on))


def test_grams_leave_one_account_and_reach_the_other(world: World, lot_id: UUID) -> None:
    put(world, entry(lot_id, 1000, supplier_location("MILL"), "SIKASSO", TODAY - DAY))
    put(world, entry(lot_id, 300, "SIKASSO", "KEBILA"))

    assert stock(world, "SIKASSO") == 700
    assert stock(world, "KEBILA") == 300
    assert stock(world, "SIKASSO", TODAY - DAY) == 1000
    assert stock(world, "SIKASSO", TODAY - 2 * DAY) == 0


def test_a_lot_sums_to_zero_over_all_locations(world: World, lot_id: UUID) -> None:
    put(world, entry(lot_id, 1000, supplier_location("MILL"), "SIKASSO"))
    put(world, entry(lot_id, 250, "SIKASSO", BENEFICIARIES))

    with world.database.snapshot() as session:
        totals = {row.kind: row.grams for row in lot_totals(session)}

    assert totals == {"supplier": -1000, "store": 750, "beneficiaries": 250}


def test_documents_are_numbered_by_place_and_kind(world: World, lot_id: UUID) -> None:
    numbers = [put(world, entry(lot_id, 10, supplier_location("MILL"), "SIKASSO")).number for _ in range(2)]

    assert numbers == ["BT-SIKASSO-0001", "BT-SIKASSO-0002"]


def test_the_same_document_again_is_answered_and_not_recorded_twice(world: World, lot_id: UUID) -> None:
    one = entry(lot_id, 10, supplier_location("MILL"), "SIKASSO")

    first, second = put(world, one), put(world, one)

    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert (first.number, first.recorded_at) == (second.number, second.recorded_at)
    assert stock(world, "SIKASSO") == 10


def test_the_same_id_with_other_content_is_refused(world: World, lot_id: UUID) -> None:
    one = entry(lot_id, 10, supplier_location("MILL"), "SIKASSO")
    put(world, one)

    with pytest.raises(SameIdOtherContent) as refusal:
        put(world, structs.replace(one, reason="other"))

    assert refusal.value.facts["number"] == "BT-SIKASSO-0001"


def test_more_than_there_is_cannot_leave(world: World, lot_id: UUID) -> None:
    put(world, entry(lot_id, 1000, supplier_location("MILL"), "SIKASSO"))

    with pytest.raises(NotEnough) as refusal:
        put(world, entry(lot_id, 1001, "SIKASSO", "KEBILA"))

    facts = refusal.value.facts
    assert (facts["lot"], facts["place"], facts["day"]) == ("A1", "Sikasso", TODAY)
    assert (facts["asked"], facts["available"], facts["balance"]) == (1001, 1000, -1)


def test_an_earlier_day_may_not_take_what_a_later_day_needed(world: World, lot_id: UUID) -> None:
    put(world, entry(lot_id, 1000, supplier_location("MILL"), "SIKASSO", TODAY - 9 * DAY))
    put(world, entry(lot_id, 800, "SIKASSO", "KEBILA", TODAY - 3 * DAY))
    put(world, entry(lot_id, 500, supplier_location("MILL"), "SIKASSO", TODAY - DAY))

    with pytest.raises(LaterBalanceNegative) as refusal:
        put(world, entry(lot_id, 300, "SIKASSO", "KEBILA", TODAY - 5 * DAY))

    # 1000 - 300 - 800 = -100 three days ago, although 400 would be there in the end
    facts = refusal.value.facts
    assert (facts["day"], facts["balance"], facts["available"]) == (TODAY - 3 * DAY, -100, 200)
    put(world, entry(lot_id, 200, "SIKASSO", "KEBILA", TODAY - 5 * DAY))


def test_a_paper_of_the_day_may_be_typed_before_the_delivery_of_that_day_is_counted_in(
    world: World, lot_id: UUID
) -> None:
    """The order within a day does not matter once both stand; before, there is nothing to take."""
    with pytest.raises(NotEnough):
        put(world, entry(lot_id, 1, "SIKASSO", "KEBILA"))


def test_transit_never_goes_below_zero(world: World, lot_id: UUID) -> None:
    with pytest.raises(NotEnough):
        put(world, entry(lot_id, 1, trip_location(new_id()), "KEBILA"))


@pytest.mark.parametrize(
    ("on", "refusal"),
    [(TODAY + DAY, FutureDay), (dt.date(1999, 12, 31), DayTooEarly)],
)
def test_days_that_cannot_be_are_refused(
    world: World, lot_id: UUID, on: dt.date, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        put(world, entry(lot_id, 1, supplier_location("MILL"), "SIKASSO", on))


@pytest.mark.parametrize(
    ("grams", "refusal"),
    [(0, QuantityNotPositive), (-5, QuantityNotPositive), (10**13 + 1, AbsurdQuantity)],
)
def test_quantities_that_cannot_be_are_refused(
    world: World, lot_id: UUID, grams: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        put(world, entry(lot_id, grams, supplier_location("MILL"), "SIKASSO"))


def test_nothing_to_move_is_refused(world: World, lot_id: UUID) -> None:
    empty = structs.replace(entry(lot_id, 1, "SIKASSO", "KEBILA"), lines=())

    with pytest.raises(NothingMoves):
        put(world, empty)
    with pytest.raises(NothingMoves):
        put(world, entry(lot_id, 1, "SIKASSO", "SIKASSO"))


def test_unknown_names_are_refused_by_name(world: World, lot_id: UUID) -> None:
    unknown = new_id()
    with pytest.raises(LotUnknown):
        put(world, entry(unknown, 1, supplier_location("MILL"), "SIKASSO"))
    with pytest.raises(PlaceUnknown) as place:
        put(world, entry(lot_id, 1, supplier_location("MILL"), "NOWHERE"))
    with pytest.raises(SupplierUnknown) as supplier:
        put(world, entry(lot_id, 1, supplier_location("NOBODY"), "SIKASSO"))

    assert place.value.facts == {"place": "NOWHERE"}
    assert supplier.value.facts == {"supplier": "NOBODY"}
