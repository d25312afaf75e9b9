"""Stock goes from a store straight to another store or a site, without a trip of ours."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.errors import Invalid
from supply.i18n import N_
from supply.inventory.entries import LotGrams, Reason, Reference
from supply.inventory.expiry import allow_expired
from supply.inventory.issue import NotGood, grams_by_lot
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.locations import place_kind
from supply.inventory.queries import lots
from supply.inventory.reservations import refuse_reserved
from supply.inventory.words import Condition, DocumentKind, LocationKind
from supply.people.rights import Actor, Right, require


class Transfer(Struct, frozen=True, kw_only=True):
    """Lots from a store to another place; conditions go along. `override` as in `Issue`."""

    id: UUID
    from_code: str
    to_code: str
    occurred_on: dt.date
    lines: tuple[LotGrams, ...]
    cycle_code: str | None = None
    reference: Reference = ""
    reason: Reason = ""
    override: Reason | None = None


class SamePlace(Invalid):
    """From a place to itself."""

    code: ClassVar[str] = "same-place"
    title = N_("The stock would go from {place} to {place}; choose another place.")


def transfer(session: Session, command: Transfer, *, actor: Actor, now: dt.datetime) -> Posted:
    """Move lots from a store to a store or site; the sender records it.

    Stock on hold and unfit stock may go to another store, never to a site; expired stock likewise, unless
    somebody who may says why. Raises SamePlace, NotAStore, NotGood, LotExpired, NotFree, and as `post`.
    """
    require(actor, Right.RECORD_STOCK, command.from_code)
    stores, places = (command.from_code,), (command.to_code,)
    known = already_recorded(session, command.id, command, places=places, stores=stores)
    if known is not None:
        return known
    if command.from_code == command.to_code:
        raise SamePlace(place=command.from_code)
    is_to_site = place_kind(session, command.to_code) == LocationKind.SITE
    override = _check_for_people(session, command, actor) if is_to_site else None
    good = [line for line in command.lines if line.condition == Condition.GOOD]
    if good:
        refuse_reserved(session, command.from_code, grams_by_lot(good), min(command.occurred_on, day_of(now)))
    entry = Entry(
        id=command.id,
        kind=DocumentKind.TRANSFER,
        place_code=command.from_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            Line(
                lot_id=line.lot_id,
                grams=line.grams,
                source=command.from_code,
                source_condition=line.condition,
                target=command.to_code,
                target_condition=line.condition,
            )
            for line in command.lines
        ),
        cycle_code=command.cycle_code,
        reference=command.reference,
        reason=command.reason,
        override=override,
    )
    return post(session, entry, command, actor=actor, now=now)


def _check_for_people(session: Session, command: Transfer, actor: Actor) -> str | None:
    known = lots(session, {line.lot_id for line in command.lines})
    for line in command.lines:
        if line.condition != Condition.GOOD and line.lot_id in known:
            raise NotGood(lot=known[line.lot_id].number)
    return allow_expired(
        known,
        command.lines,
        use_on=command.occurred_on,
        override=command.override,
        place_code=command.from_code,
        actor=actor,
    )
