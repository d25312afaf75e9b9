"""Stock is released, put on hold or found unfit; it stays where it is."""

import datetime as dt
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from supply.inventory.entries import LotGrams, Reason, Reference
from supply.inventory.expiry import allow_expired
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.queries import lots
from supply.inventory.reasons import require_reason
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require


class ChangeCondition(Struct, frozen=True, kw_only=True):
    """Each line's `condition` is what the stock is now; `to` is what it becomes."""

    id: UUID
    place_code: str
    occurred_on: dt.date
    lines: tuple[LotGrams, ...]
    to: Condition
    reason: Reason
    reference: Reference = ""


def change_condition(session: Session, command: ChangeCondition, *, actor: Actor, now: dt.datetime) -> Posted:
    """Change the condition of stock at a place, with the reason.

    The keeper may hold stock back or call it unfit; releasing it as good is for those who decide on quality.
    Raises ReasonMissing, LotExpired (an expired lot does not become good), and as `post`.
    """
    require(actor, Right.RECORD_STOCK, command.place_code)
    if command.to == Condition.GOOD:
        require(actor, Right.DECIDE_QUALITY, command.place_code)
    known = already_recorded(session, command.id, command, places=(command.place_code,))
    if known is not None:
        return known
    require_reason(command.reason)
    if command.to == Condition.GOOD:
        _refuse_expired(session, command, actor)
    entry = Entry(
        id=command.id,
        kind=DocumentKind.CONDITION,
        place_code=command.place_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            Line(
                lot_id=line.lot_id,
                grams=line.grams,
                source=command.place_code,
                source_condition=line.condition,
                target=command.place_code,
                target_condition=command.to,
            )
            for line in command.lines
        ),
        reference=command.reference,
        reason=command.reason,
    )
    return post(session, entry, command, actor=actor, now=now)


def _refuse_expired(session: Session, command: ChangeCondition, actor: Actor) -> None:
    released = [LotGrams(lot_id=line.lot_id, grams=line.grams) for line in command.lines]
    allow_expired(
        lots(session, {line.lot_id for line in released}),
        released,
        use_on=command.occurred_on,
        override=None,
        place_code=command.place_code,
        actor=actor,
    )
