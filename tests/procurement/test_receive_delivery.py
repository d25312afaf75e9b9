import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from supply.alerts.queries import open_alerts
from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory.arriving import ExpiredNeedsReason, MoreThanStoreHolds, ProducedAfterArrival
from supply.inventory.checks import NothingMoves, QuantityNotPositive
from supply.inventory.entries import Entry
from supply.inventory.ledger import SameIdOtherContent, reverse
from supply.inventory.lots import LotDatesImpossible, LotKnownWithOtherDates
from supply.inventory.queries import on_hand
from supply.inventory.words import DocumentKind
from supply.people.rights import PlaceNotYours, RightMissing
from supply.procurement.order_lock import BeforeTheOrder, DayInFuture, OrderIsOver, OrderUnknown
from supply.procurement.queries import arrivals, expected
from supply.procurement.receive_delivery import (
    LessThanOpen,
    MoreThanOpen,
    OrderLineUnknown,
    ReceiveDelivery,
    receive_delivery,
)
from supply.procurement.record_step import RecordStep, record_step
from supply.procurement.words import OrderState, OrderStep
from tests.procurement.orders import (
    ORDERED,
    PROMISED,
    TONNE,
    a_delivery,
    an_order,
    came,
    deliver,
    placed,
    pouches,
    read,
)
from tests.world import NOW, TODAY, World, make_world


def stock(database: Database) -> dict[tuple[str, str], int]:
    with database.snapshot() as session:
        return {
            (row.lot_number, row.condition): row.grams for row in on_hand(session, place_codes=["SIKASSO"])
        }


def test_delivery_in_parts_fills_the_order_and_lies_on_hold(database: Database) -> None:
    world = make_world(database)
    order = placed(world)

    first = deliver(world, a_delivery(order, came(25 * TONNE), came(10 * TONNE, lot="L-002")))
    second = deliver(world, a_delivery(order, came(25 * TONNE), came(20 * TONNE, line=2, lot="S-001")))

    assert (first.state, second.state) == (OrderState.PARTLY_RECEIVED, OrderState.RECEIVED)
    assert first.number == "BR-SIKASSO-0001"
    assert stock(database) == {
        ("L-001", "hold"): 50 * TONNE,
        ("L-002", "hold"): 10 * TONNE,
        ("S-001", "hold"): 20 * TONNE,
    }
    assert read(world, order.id).open_grams == 0


def test_more_than_open_names_what_is_open_and_what_came(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(50 * TONNE)))

    with pytest.raises(MoreThanOpen) as refused:
        deliver(world, a_delivery(order, came(11 * TONNE)))

    facts = refused.value.facts
    assert (facts["ordered"], facts["open"], facts["came"], facts["excess"]) == (
        60 * TONNE,
        10 * TONNE,
        11 * TONNE,
        1 * TONNE,
    )
    assert read(world, order.id).kept_grams == 50 * TONNE


def test_more_than_ordered_is_recorded_with_its_reason(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=10 * TONNE)))

    received = deliver(world, a_delivery(order, came(10 * TONNE + 15_000), reason="One carton too many"))

    assert received.state is OrderState.OVER_RECEIVED
    after = read(world, order.id)
    assert (after.lines[0].excess_grams, after.open_grams) == (15_000, 0)
    with database.snapshot() as session:
        assert [row.reason for row in arrivals(session, order.id)] == ["One carton too many"]


def test_less_than_open_in_the_last_delivery_needs_a_reason_and_is_told_to_the_buyer(
    database: Database,
) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=10 * TONNE)))

    with pytest.raises(LessThanOpen) as refused:
        deliver(world, a_delivery(order, came(9 * TONNE), is_last=True))
    received = deliver(world, a_delivery(order, came(9 * TONNE), is_last=True, reason="Mill ran out"))

    assert refused.value.facts["missing"] == 1 * TONNE
    assert received.state is OrderState.PARTLY_RECEIVED
    with database.snapshot() as session:
        (alert,) = open_alerts(session, world.officer)
    assert (alert.kind, alert.facts["missing"], alert.facts["reason"]) == (
        "short-delivery",
        TONNE,
        "Mill ran out",
    )


def test_line_that_did_not_come_at_all_is_missing_in_the_last_delivery(database: Database) -> None:
    world = make_world(database)
    order = placed(world)

    with pytest.raises(LessThanOpen) as refused:
        deliver(world, a_delivery(order, came(60 * TONNE), is_last=True))

    assert (refused.value.facts["came"], refused.value.facts["open"]) == (0, 20 * TONNE)


def test_repeat_changes_nothing_and_other_content_is_refused(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    command = a_delivery(order, came(5 * TONNE))
    deliver(world, command)

    repeat = deliver(world, command)
    assert (repeat.is_repeat, repeat.number) == (True, "BR-SIKASSO-0001")
    with pytest.raises(SameIdOtherContent):
        deliver(world, a_delivery(order, came(6 * TONNE), id=command.id))

    assert stock(database) == {("L-001", "hold"): 5 * TONNE}


def test_deliveries_at_once_cannot_both_take_what_is_open(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=10 * TONNE)))

    def bring(row: int) -> str:
        try:
            deliver(world, a_delivery(order, came(10 * TONNE, lot=f"L-{row}")))
        except MoreThanOpen:
            return "refused"
        return "received"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(bring, range(4))) == ["received", "refused", "refused", "refused"]
    assert read(world, order.id).kept_grams == 10 * TONNE


def close(world: World, order_id: object, step: OrderStep = OrderStep.CLOSED) -> None:
    command = RecordStep(id=new_id(), order_id=order_id, step=step, occurred_on=TODAY, reason="End")  # type: ignore[arg-type]
    with world.database.transaction() as session:
        record_step(session, command, actor=world.officer, now=NOW)


@pytest.mark.parametrize("step", [OrderStep.CLOSED, OrderStep.CANCELLED])
def test_nothing_is_received_against_an_order_that_is_over(database: Database, step: OrderStep) -> None:
    world = make_world(database)
    order = placed(world)
    close(world, order.id, step)

    with pytest.raises(OrderIsOver):
        deliver(world, a_delivery(order, came(TONNE), reason="It came all the same"))


def test_impossible_deliveries_are_refused_and_leave_nothing(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(TONNE, lot="KNOWN")))
    tomorrow, before = TODAY + dt.timedelta(days=1), ORDERED - dt.timedelta(days=1)
    produced_after = came(TONNE, produced=dt.date(2028, 3, 1))
    cases: list[tuple[ReceiveDelivery, type[SupplyError]]] = [
        (a_delivery(order), NothingMoves),
        (a_delivery(order, came(0)), QuantityNotPositive),
        (a_delivery(order, came(-5)), QuantityNotPositive),
        (a_delivery(order, came(TONNE, line=3)), OrderLineUnknown),
        (a_delivery(order, came(TONNE), arrived_on=tomorrow), DayInFuture),
        (a_delivery(order, came(TONNE), arrived_on=before), BeforeTheOrder),
        # Produced the day after its last good day.
        (a_delivery(order, produced_after), LotDatesImpossible),
        (a_delivery(order, came(TONNE, lot="KNOWN", expires=dt.date(2027, 12, 1))), LotKnownWithOtherDates),
        (msgspec.structs.replace(a_delivery(order, came(TONNE)), order_id=new_id()), OrderUnknown),
    ]

    for command, refusal in cases:
        with pytest.raises(refusal):
            deliver(world, command)

    assert stock(database) == {("KNOWN", "hold"): TONNE}


def test_only_the_stores_own_keeper_receives(database: Database) -> None:
    world = make_world(database)
    for_bamako = placed(world, an_order(store_code="BAMAKO"))

    with pytest.raises(PlaceNotYours):
        deliver(world, a_delivery(for_bamako, came(TONNE)))
    with pytest.raises(RightMissing), database.transaction() as session:
        receive_delivery(session, a_delivery(for_bamako, came(TONNE)), actor=world.auditor, now=NOW)


def test_reversed_receipt_counts_no_more_and_its_goods_are_owed_again(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=10 * TONNE)))
    received = deliver(world, a_delivery(order, came(10 * TONNE)))

    undo = Entry(
        id=new_id(),
        kind=DocumentKind.REVERSAL,
        place_code="SIKASSO",
        occurred_on=TODAY,
        lines=(),
        reverses_id=received.id,
        reason="Wrong store",
    )
    with database.transaction() as session:
        reverse(session, undo, undo, actor=world.officer, now=NOW)

    after = read(world, order.id)
    assert (after.state, after.open_grams) == (OrderState.PLACED, 10 * TONNE)


def test_what_is_still_to_come_is_listed_per_product_and_promise(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(45 * TONNE)))

    with database.snapshot() as session:
        rows = expected(session, today=TODAY)

    assert {(row.product_code, row.grams, row.expected_on) for row in rows} == {
        ("CSB++", 15 * TONNE, PROMISED),
        ("CSB+", 20 * TONNE, PROMISED),
    }


def test_what_cannot_have_come_is_refused(database: Database) -> None:
    """Made a day after it came; more than the 300 t that Sikasso holds, reason or not; expired unsaid."""
    world = make_world(database)
    order = placed(world)
    day = dt.timedelta(days=1)
    expired = came(TONNE, expires=TODAY - day)

    with pytest.raises(ProducedAfterArrival):
        deliver(world, a_delivery(order, came(TONNE, produced=TODAY + day)))
    with pytest.raises(MoreThanStoreHolds):
        deliver(world, a_delivery(order, came(300 * TONNE + 1), reason="trop"))
    with pytest.raises(ExpiredNeedsReason):
        deliver(world, a_delivery(order, expired))
    deliver(world, a_delivery(order, expired, reason="repris pour la destruction"))

    assert stock(database) == {("L-001", "hold"): TONNE}
