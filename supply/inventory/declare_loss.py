"""Stock is lost: the loss report takes it out of the books, by cause."""

import datetime as dt
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from supply.inventory.entries import LotGrams, Reason, Reference
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.locations import loss_location
from supply.inventory.reasons import require_reason
from supply.inventory.words import DocumentKind, LossCause
from supply.people.rights import Actor, Right, require


class DeclareLoss(Struct, frozen=True, kw_only=True):
    """What is lost at a store or site, why, and the number of the loss report."""

    id: UUID
    place_code: str
    occurred_on: dt.date
    lines: tuple[LotGrams, ...]
    cause: LossCause
    reason: Reason
    reference: Reference = ""


def declare_loss(session: Session, command: DeclareLoss, *, actor: Actor, now: dt.datetime) -> Posted:
    """Move stock to the losses of its cause; it keeps the condition in which it was lost.

    Raises ReasonMissing, and as `post`.
    """
    require(actor, Right.RECORD_STOCK, command.place_code)
    known = already_recorded(session, command.id, command, places=(command.place_code,))
    if known is not None:
        return known
    require_reason(command.reason)
    entry = Entry(
        id=command.id,
        kind=DocumentKind.LOSS,
        place_code=command.place_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            Line(
                lot_id=line.lot_id,
                grams=line.grams,
                source=command.place_code,
                source_condition=line.condition,
                target=loss_location(command.cause),
                target_condition=line.condition,
            )
            for line in command.lines
        ),
        reference=command.reference,
        reason=command.reason,
    )
    return post(session, entry, command, actor=actor, now=now)
