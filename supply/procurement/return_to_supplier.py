"""Sending goods of an order back; the supplier owes them again, until the order is closed."""

import datetime as dt
from collections import defaultdict
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import insert
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.entries import Entry, Line, Posted
from supply.inventory.ledger import already_recorded, post
from supply.inventory.locations import supplier_location
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require
from supply.procurement.models import SupplierReturn, SupplierReturnLine
from supply.procurement.order_lock import refuse_impossible_day, take_order
from supply.procurement.queries import arrivals
from supply.procurement.rows import ArrivalRow, OrderRow


class ReturnedLot(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a lot as they lie in the store."""

    lot_id: UUID
    grams: int
    condition: Condition = Condition.UNFIT


class ReturnToSupplier(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back, and why."""

    id: UUID
    order_id: UUID
    returned_on: dt.date
    lots: tuple[ReturnedLot, ...]
    reason: str
    reference: str = ""


class ReturnedToSupplier(msgspec.Struct, frozen=True, kw_only=True):
    """The way out in the ledger."""

    id: UUID
    number: str
    is_repeat: bool = False


class ReturnNeedsReason(Invalid):
    """The supplier is told why."""

    code: ClassVar[str] = "return-needs-reason"
    about: ClassVar[str] = "reason"
    title = N_("Write why the goods go back; the supplier reads it.")


class NotFromThisOrder(Conflict):
    """More of a lot than came with the order and was not sent back yet."""

    code: ClassVar[str] = "not-from-this-order"
    title = N_("{came:mass} of lot {lot} came with order {order}; {grams:mass} cannot go back on it.")


def return_to_supplier(
    session: Session, command: ReturnToSupplier, *, actor: Actor, now: dt.datetime
) -> ReturnedToSupplier:
    """Take goods out of the order's store, back to its supplier; allowed on a closed order too."""
    require(actor, Right.BUY)
    repeated = already_recorded(session, command.id, command)
    order = take_order(session, command.order_id, now)
    require(actor, Right.BUY, order.store_code)
    if repeated is not None:
        return _returned(repeated)
    if not command.reason.strip():
        raise ReturnNeedsReason
    refuse_impossible_day(order, command.returned_on, now)
    rows = _lines(command, order, arrivals(session, order.id))
    posted = post(session, _entry(command, order), command, actor=actor, now=now)
    session.add(
        SupplierReturn(
            id=command.id,
            order_id=order.id,
            document_id=posted.id,
            returned_on=command.returned_on,
            reference=command.reference,
            reason=command.reason.strip(),
            user_id=actor.user_id,
            recorded_at=now,
        )
    )
    session.flush()
    session.execute(insert(SupplierReturnLine), rows)
    return _returned(posted)


def _lines(
    command: ReturnToSupplier, order: OrderRow, happened: tuple[ArrivalRow, ...]
) -> list[dict[str, object]]:
    """Rows of the return: each lot is owed again on the order lines that it came for, the first one first."""
    line_ids = {line.line: line.id for line in order.lines}
    kept: defaultdict[UUID, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    numbers: dict[UUID, str] = {}
    for row in happened:
        if not row.is_reversed:
            kept[row.lot_id][row.order_line] += -row.grams if row.is_return else row.grams
            numbers[row.lot_id] = row.lot_number
    rows: list[dict[str, object]] = []
    for lot in command.lots:
        missing, of_lot = lot.grams, kept[lot.lot_id]
        if missing > sum(of_lot.values()):
            raise NotFromThisOrder(
                came=sum(of_lot.values()),
                lot=numbers.get(lot.lot_id, str(lot.lot_id)),
                order=order.number,
                grams=lot.grams,
            )
        for order_line in sorted(of_lot):
            took = min(missing, of_lot[order_line])
            if took > 0:
                of_lot[order_line] -= took
                missing -= took
                rows.append(
                    {
                        "return_id": command.id,
                        "line": len(rows) + 1,
                        "order_line_id": line_ids[order_line],
                        "lot_id": lot.lot_id,
                        "grams": took,
                    }
                )
    return rows


def _entry(command: ReturnToSupplier, order: OrderRow) -> Entry:
    return Entry(
        id=command.id,
        kind=DocumentKind.SUPPLIER_RETURN,
        place_code=order.store_code,
        occurred_on=command.returned_on,
        lines=tuple(
            Line(
                lot_id=lot.lot_id,
                grams=lot.grams,
                source=order.store_code,
                source_condition=lot.condition,
                target=supplier_location(order.supplier_code),
            )
            for lot in command.lots
        ),
        reference=command.reference or order.number,
        reason=command.reason.strip(),
    )


def _returned(posted: Posted) -> ReturnedToSupplier:
    return ReturnedToSupplier(id=posted.id, number=posted.number, is_repeat=posted.is_repeat)
