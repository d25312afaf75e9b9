"""A delivery comes into a store."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.arriving import (
    refuse_made_later,
    refuse_more_than_holds,
    refuse_unexplained_expired,
)
from supply.inventory.entries import Reason, Reference
from supply.inventory.fefo import is_expired
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.locations import supplier_location
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require


class ReceivedLine(Struct, frozen=True, kw_only=True):
    """Grams of one lot off the truck, net."""

    lot: LotFacts
    grams: int


class Receive(Struct, frozen=True, kw_only=True):
    """What came from a supplier or donor; on hold until its quality is decided."""

    id: UUID
    store_code: str
    supplier_code: str
    occurred_on: dt.date
    lines: tuple[ReceivedLine, ...]
    condition: Condition = Condition.HOLD
    cycle_code: str | None = None
    reference: Reference = ""
    reason: Reason = ""


class LotTwice(Invalid):
    """The same lot on two lines of one paper."""

    code: ClassVar[str] = "lot-twice"
    title = N_("Lot {lot} stands on two lines; write it once with the whole quantity.")


class ReceivedExpired(Conflict):
    """An expired lot cannot come in as good."""

    code: ClassVar[str] = "received-expired"
    title = N_("Lot {lot} expired on {expires_on}; receive it on hold or unfit, not as good.")


def receive(session: Session, command: Receive, *, actor: Actor, now: dt.datetime) -> Posted:
    """Put what a supplier delivered into a store, on hold unless said otherwise; new lots are made.

    Raises LotTwice, ReceivedExpired, ProducedAfterArrival, MoreThanStoreHolds, ExpiredNeedsReason, NotAStore,
    the errors of `find_or_make_lot` and of `post`.
    """
    require(actor, Right.RECORD_STOCK, command.store_code)
    if command.condition == Condition.GOOD:
        require(actor, Right.DECIDE_QUALITY, command.store_code)
    known = already_recorded(session, command.id, command, stores=(command.store_code,))
    if known is not None:
        return known
    _refuse_twice(command)
    came = [line.lot for line in command.lines]
    refuse_more_than_holds(session, command.store_code, sum(line.grams for line in command.lines))
    lines = tuple(_line(session, command, line, now) for line in command.lines)
    refuse_made_later(came, command.occurred_on)
    refuse_unexplained_expired(came, command.occurred_on, command.reason)
    entry = Entry(
        id=command.id,
        kind=DocumentKind.RECEIPT,
        place_code=command.store_code,
        occurred_on=command.occurred_on,
        lines=lines,
        cycle_code=command.cycle_code,
        reference=command.reference,
        reason=command.reason,
    )
    return post(session, entry, command, actor=actor, now=now)


def _refuse_twice(command: Receive) -> None:
    seen: set[tuple[str, str]] = set()
    for line in command.lines:
        key = (line.lot.product_code, line.lot.number.strip())
        if key in seen:
            raise LotTwice(lot=line.lot.number)
        seen.add(key)


def _line(session: Session, command: Receive, line: ReceivedLine, now: dt.datetime) -> Line:
    if command.condition == Condition.GOOD and is_expired(line.lot.expires_on, command.occurred_on):
        raise ReceivedExpired(lot=line.lot.number, expires_on=line.lot.expires_on)
    return Line(
        lot_id=find_or_make_lot(session, line.lot, now=now),
        grams=line.grams,
        source=supplier_location(command.supplier_code),
        target=command.store_code,
        target_condition=command.condition,
    )
