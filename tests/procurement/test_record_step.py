import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from supply.alerts.queries import open_alerts
from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.people.rights import RightMissing
from supply.procurement.jobs import tell_late_orders
from supply.procurement.order_lock import BeforeTheOrder, DayInFuture, OrderIsOver, OrderUnknown
from supply.procurement.record_step import (
    PartlyReceived,
    PromiseMissing,
    PromisePast,
    RecordStep,
    StepIdTaken,
    StepNeedsReason,
    StepRecorded,
    record_step,
)
from supply.procurement.rows import OrderRow
from supply.procurement.words import OrderState, OrderStep
from tests.procurement.orders import (
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

LATER = dt.date(2027, 4, 20)


def a_step(of: OrderRow, step: OrderStep, **fields: object) -> RecordStep:
    given: dict[str, object] = {"id": new_id(), "order_id": of.id, "step": step, "occurred_on": TODAY}
    return RecordStep(**{**given, **fields})  # type: ignore[arg-type]


def take(world: World, command: RecordStep) -> StepRecorded:
    with world.database.transaction() as session:
        return record_step(session, command, actor=world.officer, now=NOW)


def told(world: World) -> list[str]:
    with world.database.snapshot() as session:
        return [alert.kind for alert in open_alerts(session, world.officer)]


def look_for_late_orders(world: World, now: dt.datetime = NOW) -> str:
    with world.database.transaction() as session:
        return tell_late_orders(session, now)


def test_shipped_order_waits_for_its_goods(database: Database) -> None:
    world = make_world(database)
    order = placed(world)

    assert take(world, a_step(order, OrderStep.SHIPPED)).state is OrderState.SHIPPED


def test_postponed_order_has_a_new_promise_and_stays_late_by_the_first(database: Database) -> None:
    world = make_world(database)
    order = placed(world)

    take(world, a_step(order, OrderStep.POSTPONED, expected_on=LATER, reason="Mill stands still"))

    after = read(world, order.id)
    assert (after.expected_on, after.first_expected_on) == (LATER, PROMISED)
    # From 10 to 15 March.
    assert after.days_late == 5


def test_order_of_which_goods_came_is_closed_not_cancelled(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(TONNE)))

    with pytest.raises(PartlyReceived):
        take(world, a_step(order, OrderStep.CANCELLED, reason="Too late"))
    closed = take(world, a_step(order, OrderStep.CLOSED, reason="Mill broke down"))

    assert closed.state is OrderState.CLOSED
    assert read(world, order.id).open_grams == 0


def test_repeat_changes_nothing_and_other_content_is_refused(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    command = a_step(order, OrderStep.CLOSED, reason="No more money")
    take(world, command)

    repeat = take(world, command)
    assert (repeat.is_repeat, repeat.state) == (True, OrderState.CLOSED)
    with pytest.raises(StepIdTaken):
        take(world, a_step(order, OrderStep.SHIPPED, id=command.id))


def test_impossible_steps_are_refused(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    cases: list[tuple[RecordStep, type[SupplyError]]] = [
        (a_step(order, OrderStep.CANCELLED), StepNeedsReason),
        (a_step(order, OrderStep.CLOSED, reason="  "), StepNeedsReason),
        (a_step(order, OrderStep.POSTPONED, expected_on=LATER), StepNeedsReason),
        (a_step(order, OrderStep.POSTPONED, reason="Rain"), PromiseMissing),
        (a_step(order, OrderStep.SHIPPED, expected_on=TODAY - dt.timedelta(days=1)), PromisePast),
        (a_step(order, OrderStep.SHIPPED, occurred_on=TODAY + dt.timedelta(days=1)), DayInFuture),
        (a_step(order, OrderStep.SHIPPED, occurred_on=dt.date(2027, 2, 28)), BeforeTheOrder),
        (a_step(order, OrderStep.SHIPPED, order_id=new_id()), OrderUnknown),
    ]

    for command, refusal in cases:
        with pytest.raises(refusal):
            take(world, command)

    assert read(world, order.id).steps == ()


def test_nothing_follows_a_closed_order(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    take(world, a_step(order, OrderStep.CANCELLED, reason="Budget cut"))

    with pytest.raises(OrderIsOver):
        take(world, a_step(order, OrderStep.SHIPPED))


def test_keeper_takes_no_steps_for_the_buyer(database: Database) -> None:
    world = make_world(database)
    order = placed(world)

    with pytest.raises(RightMissing), database.transaction() as session:
        record_step(session, a_step(order, OrderStep.SHIPPED), actor=world.keeper, now=NOW)


def test_late_order_is_told_once_and_settled_when_its_goods_came(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=10 * TONNE)))
    placed(world, an_order(pouches(promised=LATER)))

    look_for_late_orders(world)
    assert told(world) == ["late-order"]
    look_for_late_orders(world, NOW + dt.timedelta(days=1))
    assert told(world) == ["late-order"]

    deliver(world, a_delivery(order, came(10 * TONNE)))
    assert told(world) == []


def test_closing_an_order_settles_its_alerts(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(TONNE), is_last=True, reason="Mill broke down"))
    look_for_late_orders(world)
    assert sorted(told(world)) == ["late-order", "short-delivery"]

    take(world, a_step(order, OrderStep.CLOSED, reason="Mill broke down"))

    assert told(world) == []


def test_order_is_closed_once_when_two_close_it_at_once(database: Database) -> None:
    world = make_world(database)
    order = placed(world)

    def close(_: int) -> str:
        try:
            take(world, a_step(order, OrderStep.CLOSED, reason="No more money"))
        except OrderIsOver:
            return "refused"
        return "closed"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(close, range(3))) == ["closed", "refused", "refused"]
    assert len(read(world, order.id).steps) == 1
