import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from supply.db import Database
from supply.ids import new_id
from supply.inventory.checks import NotEnough, QuantityNotPositive
from supply.inventory.locations import LotUnknown
from supply.inventory.queries import on_hand
from supply.people.rights import RightMissing
from supply.procurement.check_quality import (
    CheckQuality,
    ExpiredCannotPass,
    QualityChecked,
    RejectionNeedsRemarks,
    check_quality,
)
from supply.procurement.queries import arrivals, checks
from supply.procurement.return_to_supplier import (
    NotFromThisOrder,
    ReturnedLot,
    ReturnedToSupplier,
    ReturnNeedsReason,
    ReturnToSupplier,
    return_to_supplier,
)
from supply.procurement.rows import OrderRow
from supply.procurement.words import Finding, OrderState
from tests.procurement.orders import TONNE, a_delivery, an_order, came, deliver, placed, pouches, read
from tests.world import NOW, TODAY, World, make_world


def lot_of(world: World, number: str = "L-001") -> UUID:
    with world.database.snapshot() as session:
        return next(row.lot_id for row in on_hand(session) if row.lot_number == number)


def conditions(world: World) -> dict[str, int]:
    with world.database.snapshot() as session:
        return {row.condition: row.grams for row in on_hand(session, place_codes=["SIKASSO"])}


def delivered(world: World, grams: int = 10 * TONNE, expires: dt.date = dt.date(2028, 2, 29)) -> OrderRow:
    order = placed(world, an_order(pouches(grams=10 * TONNE)))
    deliver(world, a_delivery(order, came(grams, expires=expires), reason="Counted twice"))
    return read(world, order.id)


def decide(
    world: World, finding: Finding, grams: int, *, remarks: str = "", id: UUID | None = None
) -> QualityChecked:
    command = CheckQuality(
        id=id or new_id(),
        store_code="SIKASSO",
        lot_id=lot_of(world),
        grams=grams,
        finding=finding,
        checked_on=TODAY,
        certificate="CA-17",
        remarks=remarks,
    )
    with world.database.transaction() as session:
        return check_quality(session, command, actor=world.officer, now=NOW)


def send_back(
    world: World, order: OrderRow, grams: int, reason: str = "Infested", *, lot: UUID | None = None
) -> ReturnedToSupplier:
    command = ReturnToSupplier(
        id=new_id(),
        order_id=order.id,
        returned_on=TODAY,
        lots=(ReturnedLot(lot_id=lot or lot_of(world), grams=grams),),
        reason=reason,
    )
    with world.database.transaction() as session:
        return return_to_supplier(session, command, actor=world.officer, now=NOW)


def test_decision_divides_what_was_on_hold(database: Database) -> None:
    world = make_world(database)
    delivered(world)

    decide(world, Finding.PASSED, 9 * TONNE)
    decide(world, Finding.REJECTED, TONNE, remarks="Wet")

    assert conditions(world) == {"good": 9 * TONNE, "unfit": TONNE}
    with database.snapshot() as session:
        assert {(row.finding, row.grams, row.certificate) for row in checks(session)} == {
            (Finding.PASSED, 9 * TONNE, "CA-17"),
            (Finding.REJECTED, TONNE, "CA-17"),
        }


def test_repeated_decision_moves_nothing_twice(database: Database) -> None:
    world = make_world(database)
    delivered(world)
    document_id = new_id()

    first = decide(world, Finding.PASSED, TONNE, id=document_id)
    again = decide(world, Finding.PASSED, TONNE, id=document_id)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert conditions(world) == {"good": TONNE, "hold": 9 * TONNE}


def test_more_than_is_on_hold_cannot_be_decided(database: Database) -> None:
    world = make_world(database)
    delivered(world)

    with pytest.raises(NotEnough):
        decide(world, Finding.PASSED, 10 * TONNE + 1)
    with pytest.raises(QuantityNotPositive):
        decide(world, Finding.PASSED, 0)


def test_rejection_says_what_is_wrong(database: Database) -> None:
    world = make_world(database)
    delivered(world)

    with pytest.raises(RejectionNeedsRemarks):
        decide(world, Finding.REJECTED, TONNE)


def test_expired_lot_cannot_pass_but_may_be_rejected(database: Database) -> None:
    world = make_world(database)
    delivered(world, expires=TODAY - dt.timedelta(days=1))

    with pytest.raises(ExpiredCannotPass):
        decide(world, Finding.PASSED, TONNE)
    decide(world, Finding.REJECTED, TONNE, remarks="Expired on arrival")

    assert conditions(world)["unfit"] == TONNE


def test_lot_is_still_good_on_its_last_day(database: Database) -> None:
    world = make_world(database)
    delivered(world, expires=TODAY)

    decide(world, Finding.PASSED, TONNE)

    assert conditions(world)["good"] == TONNE


def test_keeper_does_not_judge_quality_and_unknown_lots_are_refused(database: Database) -> None:
    world = make_world(database)
    command = CheckQuality(
        id=new_id(), store_code="SIKASSO", lot_id=new_id(), grams=1, finding=Finding.PASSED, checked_on=TODAY
    )

    with pytest.raises(RightMissing), database.transaction() as session:
        check_quality(session, command, actor=world.keeper, now=NOW)
    with pytest.raises(LotUnknown), database.transaction() as session:
        check_quality(session, command, actor=world.officer, now=NOW)


def test_goods_sent_back_leave_the_store_and_are_owed_again(database: Database) -> None:
    world = make_world(database)
    order = delivered(world)
    decide(world, Finding.REJECTED, 2 * TONNE, remarks="Infested")

    returned = send_back(world, order, 2 * TONNE)

    assert returned.number == "RF-SIKASSO-0001"
    assert conditions(world) == {"hold": 8 * TONNE}
    after = read(world, order.id)
    assert (after.state, after.open_grams) == (OrderState.PARTLY_RECEIVED, 2 * TONNE)
    # Money follows what stayed: 8 t at 650 000 F.
    assert after.received_amount == 5_200_000
    with database.snapshot() as session:
        assert [(row.is_return, row.grams) for row in arrivals(session, order.id)] == [
            (False, 10 * TONNE),
            (True, 2 * TONNE),
        ]


def test_excess_that_is_sent_back_leaves_the_order_received(database: Database) -> None:
    world = make_world(database)
    order = delivered(world, 11 * TONNE)
    assert order.state is OrderState.OVER_RECEIVED
    decide(world, Finding.REJECTED, TONNE, remarks="Too much")

    send_back(world, order, TONNE, reason="Not ordered")

    assert read(world, order.id).state is OrderState.RECEIVED


def test_no_more_goes_back_than_came_with_the_order(database: Database) -> None:
    world = make_world(database)
    order = delivered(world)
    other = placed(world, an_order(pouches(grams=5 * TONNE)))
    deliver(world, a_delivery(other, came(5 * TONNE)))
    decide(world, Finding.REJECTED, 15 * TONNE, remarks="Wet")

    with pytest.raises(NotFromThisOrder) as refused:
        send_back(world, order, 10 * TONNE + 1)

    assert refused.value.facts["came"] == 10 * TONNE


def test_return_needs_a_reason_and_goods_in_that_condition(database: Database) -> None:
    world = make_world(database)
    order = delivered(world)

    with pytest.raises(ReturnNeedsReason):
        send_back(world, order, TONNE, reason=" ")
    # Everything is still on hold, nothing unfit.
    with pytest.raises(NotEnough):
        send_back(world, order, TONNE)


def test_decisions_at_once_cannot_both_have_the_same_grams(database: Database) -> None:
    world = make_world(database)
    delivered(world)

    def decide_all(_: int) -> str:
        try:
            decide(world, Finding.PASSED, 10 * TONNE)
        except NotEnough:
            return "refused"
        return "decided"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(decide_all, range(3))) == ["decided", "refused", "refused"]
    assert conditions(world) == {"good": 10 * TONNE}


def test_returns_at_once_cannot_both_send_the_same_grams(database: Database) -> None:
    world = make_world(database)
    order = delivered(world)
    decide(world, Finding.REJECTED, 10 * TONNE, remarks="Wet")
    lot = lot_of(world)  # looked up before any of it is gone: then it is no longer in store

    def send_all(_: int) -> str:
        try:
            send_back(world, order, 10 * TONNE, lot=lot)
        except NotFromThisOrder:
            return "refused"
        return "sent"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(send_all, range(3))) == ["refused", "refused", "sent"]
    assert read(world, order.id).kept_grams == 0
