"""The books are brought to what is true outside a count: a difference with its reason, or the first stock."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory.arriving import refuse_made_later, refuse_more_than_holds
from supply.inventory.entries import Reason, Reference
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.locations import DIFFERENCE, place_name
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.reasons import require_reason
from supply.inventory.rows import ACCOUNT, LOCATION, LOT, MOVEMENT
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require


class AdjustedLine(Struct, frozen=True, kw_only=True):
    """More (positive) or fewer (negative) grams of a lot than the books say."""

    lot_id: UUID
    difference: int
    condition: Condition = Condition.GOOD


class Adjust(Struct, frozen=True, kw_only=True):
    """A difference that was found outside a count."""

    id: UUID
    place_code: str
    occurred_on: dt.date
    lines: tuple[AdjustedLine, ...]
    reason: Reason
    reference: Reference = ""


class InitialLine(Struct, frozen=True, kw_only=True):
    """Grams of a lot that lay there before the books began."""

    lot: LotFacts
    grams: int
    condition: Condition = Condition.GOOD


class RecordInitialStock(Struct, frozen=True, kw_only=True):
    """What lies in a store or site on the day its books begin; no reason is needed."""

    id: UUID
    place_code: str
    occurred_on: dt.date
    lines: tuple[InitialLine, ...]
    reference: Reference = ""
    reason: Reason = ""


class AlreadyInBooks(Conflict):
    """The lot has a history there; it is no initial stock."""

    code: ClassVar[str] = "already-in-books"
    title = N_("Lot {lot} is already in the books of {place}; count it instead.")


def difference_line(lot_id: UUID, place_code: str, condition: Condition, difference: int) -> Line:
    """Surplus comes from the count differences, shortage goes there."""
    outside, place = (DIFFERENCE, condition), (place_code, condition)
    source, target = (outside, place) if difference >= 0 else (place, outside)
    return Line(
        lot_id=lot_id,
        grams=abs(difference),
        source=source[0],
        source_condition=source[1],
        target=target[0],
        target_condition=target[1],
    )


def adjust(session: Session, command: Adjust, *, actor: Actor, now: dt.datetime) -> Posted:
    """Post differences with their reason. Raises ReasonMissing, and as `post`."""
    require(actor, Right.RECORD_STOCK, command.place_code)
    known = already_recorded(session, command.id, command, places=(command.place_code,))
    if known is not None:
        return known
    require_reason(command.reason)
    lines = [
        difference_line(line.lot_id, command.place_code, line.condition, line.difference)
        for line in command.lines
    ]
    return post(session, _entry(command, lines), command, actor=actor, now=now)


def record_initial_stock(
    session: Session, command: RecordInitialStock, *, actor: Actor, now: dt.datetime
) -> Posted:
    """Take into the books what lay there before them; lots are made.

    Raises AlreadyInBooks, ProducedAfterArrival, MoreThanStoreHolds, and as `post`.
    """
    require(actor, Right.RECORD_STOCK, command.place_code)
    known = already_recorded(session, command.id, command, places=(command.place_code,))
    if known is not None:
        return known
    refuse_more_than_holds(session, command.place_code, sum(line.grams for line in command.lines))
    lines = []
    for line in command.lines:
        lot_id = find_or_make_lot(session, line.lot, now=now)
        _refuse_known(session, command.place_code, lot_id)
        lines.append(
            Line(
                lot_id=lot_id,
                grams=line.grams,
                source=DIFFERENCE,
                source_condition=line.condition,
                target=command.place_code,
                target_condition=line.condition,
            )
        )
    refuse_made_later([line.lot for line in command.lines], command.occurred_on)
    return post(session, _entry(command, lines), command, actor=actor, now=now)


def _entry(command: Adjust | RecordInitialStock, lines: Iterable[Line]) -> Entry:
    return Entry(
        id=command.id,
        kind=DocumentKind.ADJUSTMENT,
        place_code=command.place_code,
        occurred_on=command.occurred_on,
        lines=tuple(lines),
        reference=command.reference,
        reason=command.reason,
    )


def _refuse_known(session: Session, place_code: str, lot_id: UUID) -> None:
    arrived = (
        select(LOT.c.number)
        .join(ACCOUNT, ACCOUNT.c.lot_id == LOT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .where(
            LOCATION.c.code == place_code,
            LOT.c.id == lot_id,
            exists().where(MOVEMENT.c.to_account_id == ACCOUNT.c.id),
        )
    )
    number = session.execute(arrived).scalars().first()
    if number is not None:
        raise AlreadyInBooks(lot=number, place=place_name(session, place_code))
