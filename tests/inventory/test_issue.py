"""Stock leaves by expiry on the day of use; what was passed over is told, and nothing expired goes unseen."""

import datetime as dt
from uuid import UUID

import pytest
from sqlalchemy import Engine, event

from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory.checks import DayTooEarly, FutureDay, NotEnough, QuantityNotPositive
from supply.inventory.entries import LotGrams
from supply.inventory.expiry import LotExpired
from supply.inventory.fefo import SkipReason
from supply.inventory.issue import (
    Issue,
    Issued,
    NotGood,
    OutOfOrder,
    ProductTwice,
    UsedBeforeIssue,
    WantedOrLots,
    issue,
)
from supply.inventory.ledger import SameIdOtherContent
from supply.inventory.picking import NotEnoughToUse, Wanted
from supply.inventory.places import NotASite
from supply.inventory.queries import document
from supply.inventory.reservations import NotFree, reserve
from supply.inventory.transfer import SamePlace, Transfer, transfer
from supply.inventory.words import Condition
from supply.people.rights import Actor, RightMissing
from tests.inventory.made import DAY, good, issued, received, stock
from tests.world import NOW, TODAY, World


def chosen(world: World, *lots: LotGrams, actor: Actor | None = None, **others: object) -> Issued:
    values = {
        "id": new_id(),
        "store_code": "SIKASSO",
        "site_code": "KEBILA",
        "occurred_on": TODAY,
        "lots": lots,
    }
    with world.database.transaction() as session:
        command = Issue(**(values | others))  # type: ignore[arg-type]  # the values are those of the command
        return issue(session, command, actor=actor or world.officer, now=NOW)


def promise(world: World, lot_id: UUID, grams: int) -> UUID:
    trip = new_id()
    with world.database.transaction() as session:
        reserve(
            session,
            trip_id=trip,
            site_code="FAKOLA",
            place_code="SIKASSO",
            lot_id=lot_id,
            grams=grams,
            now=NOW,
        )
    return trip


def test_the_first_to_expire_goes_and_what_was_passed_over_is_told(world: World) -> None:
    received(world, "OLD", 100_000, expires_on=TODAY + 4 * DAY)
    received(world, "SOON", 100_000, expires_on=TODAY + 30 * DAY)
    held = received(world, "HELD", 50_000, condition=Condition.HOLD, expires_on=TODAY + 20 * DAY)
    kept = received(world, "KEPT", 70_000, expires_on=TODAY + 25 * DAY)
    received(world, "LATE", 100_000, expires_on=TODAY + 300 * DAY)
    promise(world, kept, 40_000)

    paper = issued(world, 160_000, use_on=TODAY + 5 * DAY)

    # KEPT has 70 - 40 = 30 kg free and expires first of what is good on the day of use
    assert [(lot.lot_number, lot.grams) for lot in paper.lots] == [
        ("KEPT", 30_000),
        ("SOON", 100_000),
        ("LATE", 30_000),
    ]
    assert {(one.lot_number, one.grams, one.why) for one in paper.skipped} == {
        ("OLD", 100_000, SkipReason.EXPIRED),
        ("HELD", 50_000, SkipReason.HOLD),
        ("KEPT", 40_000, SkipReason.RESERVED),
    }
    assert held is not None


def test_more_than_is_good_and_free_is_refused_with_what_lies_there(world: World) -> None:
    received(world, "OLD", 100_000, expires_on=TODAY - DAY)
    received(world, "HELD", 50_000, condition=Condition.HOLD)
    received(world, "A1", 30_000)

    with pytest.raises(NotEnoughToUse) as refusal:
        issued(world, 40_000)

    facts = refusal.value.facts
    assert (facts["asked"], facts["found"], facts["expired"], facts["held"]) == (
        40_000,
        30_000,
        100_000,
        50_000,
    )
    assert stock(world) == 180_000


def test_an_issue_of_an_earlier_day_takes_only_what_was_there_then(world: World) -> None:
    received(world, "THEN", 50_000, on=TODAY - 9 * DAY, expires_on=TODAY + 90 * DAY)
    received(world, "SINCE", 50_000, on=TODAY - DAY, expires_on=TODAY + 30 * DAY)

    paper = issued(world, 50_000, on=TODAY - 5 * DAY)

    assert [lot.lot_number for lot in paper.lots] == ["THEN"]


def test_expired_stock_goes_only_with_a_recorded_word_of_somebody_who_may(world: World) -> None:
    lot_id = received(world, "OLD", 50_000, expires_on=TODAY - DAY)

    with pytest.raises(LotExpired) as refusal:
        chosen(world, good(lot_id, 1000))
    with pytest.raises(RightMissing):
        chosen(world, good(lot_id, 1000), actor=world.keeper, override="tested, fit until May")
    paper = chosen(world, good(lot_id, 1000), override="tested, fit until May")

    assert (refusal.value.facts["lot"], refusal.value.facts["expires_on"]) == ("OLD", TODAY - DAY)
    with world.database.snapshot() as session:
        view = document(session, paper.id)
    assert view is not None
    assert view.override == "tested, fit until May"


def test_an_override_that_nothing_needed_is_not_recorded(world: World) -> None:
    paper = chosen(world, good(received(world, "A1", 50_000), 1000), override="just in case")

    with world.database.snapshot() as session:
        view = document(session, paper.id)
    assert view is not None
    assert view.override is None


def test_a_later_lot_is_chosen_only_with_a_reason(world: World) -> None:
    received(world, "SOON", 50_000, expires_on=TODAY + 20 * DAY)
    late = received(world, "LATE", 50_000, expires_on=TODAY + 90 * DAY)

    with pytest.raises(OutOfOrder) as refusal:
        chosen(world, good(late, 1000))
    chosen(world, good(late, 1000), reason="SOON stands behind the pallets, taken next week")

    assert refusal.value.facts["lot"] == "SOON"


def test_promised_grams_are_not_issued_to_others(world: World) -> None:
    lot_id = received(world, "A1", 50_000)
    promise(world, lot_id, 40_000)

    with pytest.raises(NotFree) as refusal:
        chosen(world, good(lot_id, 20_000))
    chosen(world, good(lot_id, 10_000))

    assert (refusal.value.facts["free"], refusal.value.facts["reserved"]) == (10_000, 40_000)


def test_what_cannot_be_asked_is_refused(world: World) -> None:
    lot_id = received(world, "A1", 50_000)
    held = received(world, "H1", 50_000, condition=Condition.HOLD)
    wanted = Wanted(product_code="CSB+", grams=1000)

    with pytest.raises(WantedOrLots):
        chosen(world, good(lot_id, 1000), wanted=(wanted,))
    with pytest.raises(ProductTwice):
        chosen(world, wanted=(wanted, wanted))
    with pytest.raises(NotGood):
        chosen(world, LotGrams(lot_id=held, grams=1000, condition=Condition.HOLD))
    with pytest.raises(NotASite):
        chosen(world, good(lot_id, 1000), site_code="BAMAKO")
    with pytest.raises(QuantityNotPositive):
        issued(world, 0)
    with pytest.raises(NotFree):
        chosen(world, good(lot_id, 50_001))

    assert stock(world) == 100_000


def test_a_repeat_answers_the_first_paper_with_its_lots(world: World) -> None:
    received(world, "A1", 50_000)
    document_id = new_id()

    first = issued(world, 20_000, document_id=document_id)
    second = issued(world, 20_000, document_id=document_id)

    assert (second.number, second.lots, second.is_repeat) == (first.number, first.lots, True)
    assert stock(world) == 30_000
    with pytest.raises(SameIdOtherContent):
        issued(world, 20_001, document_id=document_id)


def test_a_movement_costs_few_statements(world: World) -> None:
    """Each statement is a round trip; the count may shrink, not grow."""
    received(world, "A1", 500_000)
    issued(world, 1000)
    seen: list[str] = []

    def add(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", add)
    try:
        issued(world, 1000)
    finally:
        event.remove(Engine, "before_cursor_execute", add)

    own = [one for one in seen if not one.startswith("BEGIN") and "advisory" not in one]
    assert len(own) == 5, own


def test_a_transfer_keeps_conditions_and_no_site_gets_what_is_not_good(world: World) -> None:
    held = received(world, "H1", 50_000, condition=Condition.HOLD)

    def send(to_code: str, grams: int) -> None:
        command = Transfer(
            id=new_id(),
            from_code="SIKASSO",
            to_code=to_code,
            occurred_on=TODAY,
            lines=(LotGrams(lot_id=held, grams=grams, condition=Condition.HOLD),),
        )
        with world.database.transaction() as session:
            transfer(session, command, actor=world.keeper, now=NOW)

    send("BAMAKO", 20_000)
    with pytest.raises(NotGood):
        send("KEBILA", 1000)
    with pytest.raises(SamePlace):
        send("SIKASSO", 1000)
    with pytest.raises(NotEnough):
        send("BAMAKO", 30_001)

    assert stock(world, "BAMAKO", condition=Condition.HOLD) == 20_000


def test_a_day_of_use_before_the_issue_does_not_make_an_expired_lot_good(world: World) -> None:
    received(world, "OLD", 100_000, expires_on=TODAY - 2 * DAY)

    with pytest.raises(UsedBeforeIssue) as refusal:
        issued(world, 25_000, use_on=TODAY - 3 * DAY)

    assert refusal.value.facts == {"occurred_on": TODAY, "use_on": TODAY - 3 * DAY}
    assert stock(world, "KEBILA") == 0


@pytest.mark.parametrize(
    ("on", "error"), [(dt.date(9999, 12, 31), FutureDay), (dt.date(1, 1, 1), DayTooEarly)]
)
def test_an_impossible_day_is_named_before_the_stock_of_that_day(
    world: World, on: dt.date, error: type[SupplyError]
) -> None:
    received(world, "A1", 100_000)

    with pytest.raises(error):
        issued(world, 25_000, on=on)
