"""What the supplier or the buyer does with an order: ship, postpone, close, cancel."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.alerts.tell import resolve
from supply.db import lock_places
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.procurement.models import OrderEvent
from supply.procurement.notices import LATE, SHORT
from supply.procurement.order_lock import refuse_impossible_day, refuse_over, take_order
from supply.procurement.repeats import content_hash
from supply.procurement.rows import OrderRow
from supply.procurement.state import order_state
from supply.procurement.words import OrderState, OrderStep


class RecordStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step; `expected_on` is the new promise of a shipment or postponement."""

    id: UUID
    order_id: UUID
    step: OrderStep
    occurred_on: dt.date
    expected_on: dt.date | None = None
    reason: str = ""


class StepRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """The order after the step."""

    id: UUID
    order_id: UUID
    state: OrderState
    is_repeat: bool = False


class StepIdTaken(Conflict):
    """The id was used for another step."""

    code: ClassVar[str] = "same-id-other-content"
    title = N_(
        "A step with this id was already recorded for order {order} with other content. Open a new form."
    )


class StepNeedsReason(Invalid):
    """A postponement, cancellation or closing with goods open says why."""

    code: ClassVar[str] = "step-needs-reason"
    about: ClassVar[str] = "reason"
    title = N_("Write why; {open:mass} of order {order} have not come.")


class PromiseMissing(Invalid):
    """A postponement without the new day."""

    code: ClassVar[str] = "promise-missing"
    about: ClassVar[str] = "expected_on"
    title = N_("Write the day for which the supplier promises the goods now.")


class PromisePast(Invalid):
    """A new promise for a day that is over."""

    code: ClassVar[str] = "promise-past"
    about: ClassVar[str] = "expected_on"
    title = N_("The new promise {expected_on} is before {occurred_on}; check both dates.")


class PartlyReceived(Conflict):
    """Goods came, so the order cannot be undone as a whole."""

    code: ClassVar[str] = "partly-received"
    title = N_("{kept:mass} of order {order} have come, so it cannot be cancelled; close it instead.")


_REASON_ALWAYS = frozenset({OrderStep.POSTPONED, OrderStep.CANCELLED})


def record_step(session: Session, command: RecordStep, *, actor: Actor, now: dt.datetime) -> StepRecorded:
    """Record that an order was shipped, postponed, closed or cancelled."""
    require(actor, Right.BUY)
    lock_places(session, [str(command.id)])
    order = take_order(session, command.order_id, now)
    require(actor, Right.BUY, order.store_code)
    if _is_repeat(session, command, order):
        return StepRecorded(id=command.id, order_id=order.id, state=order.state, is_repeat=True)
    refuse_over(order)
    refuse_impossible_day(order, command.occurred_on, now)
    _refuse_step(command, order)
    session.add(
        OrderEvent(
            id=command.id,
            order_id=order.id,
            step=command.step.value,
            occurred_on=command.occurred_on,
            expected_on=command.expected_on,
            reason=command.reason.strip(),
            content_hash=content_hash(command),
            user_id=actor.user_id,
            recorded_at=now,
        )
    )
    session.flush()
    state = order_state(
        [line.facts for line in order.lines], [*(one.step for one in order.steps), command.step]
    )
    if state in {OrderState.CLOSED, OrderState.CANCELLED}:
        for kind in (LATE, SHORT):
            resolve(session, kind, str(order.id), now)
    return StepRecorded(id=command.id, order_id=order.id, state=state)


def _is_repeat(session: Session, command: RecordStep, order: OrderRow) -> bool:
    known = session.scalar(select(OrderEvent.content_hash).where(OrderEvent.id == command.id))
    if known is not None and known != content_hash(command):
        raise StepIdTaken(order=order.number)
    return known is not None


def _refuse_step(command: RecordStep, order: OrderRow) -> None:
    if command.step is OrderStep.CANCELLED and order.kept_grams:
        raise PartlyReceived(order=order.number, kept=order.kept_grams)
    is_short_close = command.step is OrderStep.CLOSED and order.open_grams > 0
    if (command.step in _REASON_ALWAYS or is_short_close) and not command.reason.strip():
        raise StepNeedsReason(order=order.number, open=order.open_grams)
    if command.step is OrderStep.POSTPONED and command.expected_on is None:
        raise PromiseMissing
    if command.expected_on is not None and command.expected_on < command.occurred_on:
        raise PromisePast(expected_on=command.expected_on, occurred_on=command.occurred_on)
