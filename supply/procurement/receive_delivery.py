"""Receiving what the supplier brought: lots enter the store on hold, until their quality is decided."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import insert
from sqlalchemy.orm import Session

from supply.alerts.tell import resolve, tell
from supply.alerts.words import Severity
from supply.errors import Invalid, NotFound
from supply.i18n import N_
from supply.inventory.arriving import (
    refuse_made_later,
    refuse_more_than_holds,
    refuse_unexplained_expired,
)
from supply.inventory.entries import Entry, Line, Posted
from supply.inventory.ledger import already_recorded, post
from supply.inventory.locations import supplier_location
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require
from supply.procurement.models import Delivery, DeliveryLine
from supply.procurement.notices import LATE, SHORT
from supply.procurement.order_lock import refuse_impossible_day, refuse_over, take_order
from supply.procurement.rows import LineRow, OrderRow
from supply.procurement.state import awaits_goods, order_state
from supply.procurement.words import OrderState


class DeliveredLot(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a lot that came for a line of the order; without a pack it is packed as ordered."""

    order_line: int
    lot_number: str
    expires_on: dt.date
    grams: int
    produced_on: dt.date | None = None
    pack_code: str | None = None


class ReceiveDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What came against an order, as counted. `is_last`: nothing more is to come."""

    id: UUID
    order_id: UUID
    arrived_on: dt.date
    lots: tuple[DeliveredLot, ...]
    reference: str = ""
    reason: str = ""
    is_last: bool = False


class DeliveryReceived(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt in the ledger and what the order has come to."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    state: OrderState
    is_repeat: bool = False


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Came minus open, of one line of an order."""

    line: int
    product: str
    ordered: int
    open: int
    came: int

    @property
    def grams(self) -> int:
        """Positive when more came than was open."""
        return self.came - self.open


class OrderLineUnknown(NotFound):
    """The order has no such line."""

    code: ClassVar[str] = "order-line-unknown"
    title = N_("Order {order} has no line {line}; it has {count}.")


class MoreThanOpen(Invalid):
    """More came than the order still expects: recordable, with a reason."""

    code: ClassVar[str] = "more-than-open"
    title = N_(
        "{product}: {came:mass} came, {open:mass} of {ordered:mass} were still open on order {order}, so "
        "{excess:mass} too much. Count again; if it is right, write the reason and send again."
    )


class LessThanOpen(Invalid):
    """Nothing more is to come and less came than was open: recordable, with a reason."""

    code: ClassVar[str] = "less-than-open"
    title = N_(
        "{product}: {came:mass} came, {open:mass} of {ordered:mass} were still open on order {order}, so "
        "{missing:mass} are missing and nothing more is to come. Write the reason, or say that the rest "
        "comes later."
    )


def differences(lines: Sequence[LineRow], came: Mapping[int, int]) -> tuple[Difference, ...]:
    """What came against what was open, of each line where they differ; `came` maps line to grams."""
    return tuple(
        Difference(
            line=line.line,
            product=line.product_name,
            ordered=line.ordered_grams,
            open=line.open_grams,
            came=came.get(line.line, 0),
        )
        for line in lines
        if came.get(line.line, 0) != line.open_grams
    )


def refuse_unexplained(command: ReceiveDelivery, order: OrderRow, found: Sequence[Difference]) -> None:
    """Refuse too much, or too little of a last delivery, unless a reason is given."""
    if command.reason.strip():
        return
    for one in found:
        facts = {"order": order.number, "product": one.product, "ordered": one.ordered, "open": one.open}
        if one.grams > 0:
            raise MoreThanOpen(**facts, came=one.came, excess=one.grams)
        if command.is_last:
            raise LessThanOpen(**facts, came=one.came, missing=-one.grams)


def receive_delivery(
    session: Session, command: ReceiveDelivery, *, actor: Actor, now: dt.datetime
) -> DeliveryReceived:
    """Take what came into the order's store, on hold.

    Raises OrderUnknown, OrderIsOver, BeforeTheOrder, MoreThanOpen, LessThanOpen, OrderLineUnknown,
    ProducedAfterArrival, MoreThanStoreHolds, ExpiredNeedsReason, what `find_or_make_lot`
    refuses about a lot and what the ledger refuses about a day or quantity.
    """
    require(actor, Right.RECORD_STOCK)
    repeated = already_recorded(session, command.id, command)
    order = take_order(session, command.order_id, now)
    require(actor, Right.RECORD_STOCK, order.store_code)
    if repeated is not None:
        return _received(repeated, order, order.state)
    refuse_over(order)
    refuse_impossible_day(order, command.arrived_on, now)
    came = _came(command, order)
    refuse_more_than_holds(session, order.store_code, sum(came.values()))
    found = differences(order.lines, came)
    refuse_unexplained(command, order, found)
    posted = _record(session, command, order, actor=actor, now=now)
    state = _state_after(order, came)
    _tell(session, command, order, found, state=state, now=now)
    return _received(posted, order, state)


def _came(command: ReceiveDelivery, order: OrderRow) -> dict[int, int]:
    known = {line.line for line in order.lines}
    came: defaultdict[int, int] = defaultdict(int)
    for lot in command.lots:
        if lot.order_line not in known:
            raise OrderLineUnknown(order=order.number, line=lot.order_line, count=len(known))
        came[lot.order_line] += lot.grams
    return dict(came)


def _facts(command: ReceiveDelivery, order: OrderRow) -> list[LotFacts]:
    """What stands on the bags of each lot that came."""
    line_of = {line.line: line for line in order.lines}
    return [
        LotFacts(
            product_code=line_of[lot.order_line].product_code,
            number=lot.lot_number,
            pack_code=lot.pack_code or line_of[lot.order_line].pack_code,
            expires_on=lot.expires_on,
            produced_on=lot.produced_on,
            supplier_code=order.supplier_code,
        )
        for lot in command.lots
    ]


def _record(
    session: Session, command: ReceiveDelivery, order: OrderRow, *, actor: Actor, now: dt.datetime
) -> Posted:
    lots = _facts(command, order)
    lot_ids = [find_or_make_lot(session, lot, now=now) for lot in lots]
    refuse_made_later(lots, command.arrived_on)
    refuse_unexplained_expired(lots, command.arrived_on, command.reason)
    entry = Entry(
        id=command.id,
        kind=DocumentKind.RECEIPT,
        place_code=order.store_code,
        occurred_on=command.arrived_on,
        lines=tuple(
            Line(
                lot_id=lot_id,
                grams=lot.grams,
                source=supplier_location(order.supplier_code),
                target=order.store_code,
                target_condition=Condition.HOLD,
            )
            for lot_id, lot in zip(lot_ids, command.lots, strict=True)
        ),
        reference=command.reference or order.number,
        reason=command.reason.strip(),
    )
    posted = post(session, entry, command, actor=actor, now=now)
    _note(session, command, order, lot_ids, actor=actor, now=now)
    return posted


def _note(
    session: Session,
    command: ReceiveDelivery,
    order: OrderRow,
    lot_ids: Sequence[UUID],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    line_ids = {line.line: line.id for line in order.lines}
    session.add(
        Delivery(
            id=command.id,
            order_id=order.id,
            document_id=command.id,
            arrived_on=command.arrived_on,
            reference=command.reference,
            reason=command.reason.strip(),
            is_last=command.is_last,
            user_id=actor.user_id,
            recorded_at=now,
        )
    )
    session.flush()
    rows = [
        {
            "delivery_id": command.id,
            "line": position,
            "order_line_id": line_ids[lot.order_line],
            "lot_id": lot_id,
            "grams": lot.grams,
        }
        for position, (lot_id, lot) in enumerate(zip(lot_ids, command.lots, strict=True), start=1)
    ]
    session.execute(insert(DeliveryLine), rows)


def _state_after(order: OrderRow, came: Mapping[int, int]) -> OrderState:
    lines = [
        msgspec.structs.replace(line.facts, received=line.received_grams + came.get(line.line, 0))
        for line in order.lines
    ]
    return order_state(lines, [step.step for step in order.steps])


def _tell(
    session: Session,
    command: ReceiveDelivery,
    order: OrderRow,
    found: Sequence[Difference],
    *,
    state: OrderState,
    now: dt.datetime,
) -> None:
    """The buyer hears of a last delivery that was short, and no more of a late order that is complete."""
    subject = str(order.id)
    if not awaits_goods(state):
        resolve(session, LATE, subject, now)
        resolve(session, SHORT, subject, now)
        return
    if command.is_last:
        tell(
            session,
            kind=SHORT,
            subject=subject,
            severity=Severity.WARNING,
            message=N_(
                "Order {order} of {supplier}: {missing:mass} did not come to {store} and nothing more is to "
                "come ({reason}). Close the order or press the supplier."
            ),
            facts={
                "order": order.number,
                "supplier": order.supplier_name,
                "store": order.store_name,
                "missing": sum(-one.grams for one in found if one.grams < 0),
                "reason": command.reason.strip(),
            },
            place_code=order.store_code,
            href=f"/procurement/orders/{order.id}",
            now=now,
        )


def _received(posted: Posted, order: OrderRow, state: OrderState) -> DeliveryReceived:
    return DeliveryReceived(
        id=posted.id,
        number=posted.number,
        order_id=order.id,
        order_number=order.number,
        state=state,
        is_repeat=posted.is_repeat,
    )
