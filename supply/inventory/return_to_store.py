"""What a site did not give out comes back to a store."""

import datetime as dt
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from supply.inventory.entries import Reason, Reference
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require


class ReturnedLine(Struct, frozen=True, kw_only=True):
    """Grams of a lot and the state in which the store takes them back."""

    lot_id: UUID
    grams: int
    condition: Condition = Condition.GOOD
    arrives_as: Condition = Condition.GOOD


class ReturnToStore(Struct, frozen=True, kw_only=True):
    """Left-over of a site, for instance at the end of a cycle."""

    id: UUID
    site_code: str
    store_code: str
    occurred_on: dt.date
    lines: tuple[ReturnedLine, ...]
    cycle_code: str | None = None
    reference: Reference = ""
    reason: Reason = ""


def return_to_store(session: Session, command: ReturnToStore, *, actor: Actor, now: dt.datetime) -> Posted:
    """Bring left-over stock from a site back to a store; by who distributes there or who keeps the store.

    Raises NotASite, NotAStore, and as `post`.
    """
    if not actor.may(Right.DISTRIBUTE, command.site_code):
        require(actor, Right.RECORD_STOCK, command.store_code)
    stores, sites = (command.store_code,), (command.site_code,)
    known = already_recorded(session, command.id, command, stores=stores, sites=sites)
    if known is not None:
        return known
    entry = Entry(
        id=command.id,
        kind=DocumentKind.RETURN,
        place_code=command.store_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            Line(
                lot_id=line.lot_id,
                grams=line.grams,
                source=command.site_code,
                source_condition=line.condition,
                target=command.store_code,
                target_condition=line.arrives_as,
            )
            for line in command.lines
        ),
        cycle_code=command.cycle_code,
        reference=command.reference,
        reason=command.reason,
    )
    return post(session, entry, command, actor=actor, now=now)
