"""Correcting a handout or tally recorded by mistake: the document is reversed, the rows say by which one."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.models import DistributionSession, Handout, Tally
from supply.distribution.sessions import check_open
from supply.distribution.setting import find_cycle
from supply.errors import Conflict, NotFound
from supply.i18n import N_
from supply.inventory.ledger import Entry, already_recorded, reverse
from supply.inventory.words import DocumentKind
from supply.people.rights import Actor, Right, require


class TakeBack(msgspec.Struct, frozen=True, kw_only=True):
    """Undo one document of a session as a whole; serve the right people again in a new one."""

    id: UUID
    document_id: UUID
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """The reversing document."""

    id: UUID
    number: str
    session_id: UUID
    is_repeat: bool = False


class HandoutUnknown(NotFound):
    """No handout or tally was recorded by this document."""

    code: ClassVar[str] = "handout-unknown"
    title = N_("No handout and no tally was recorded by this document.")


class TakenBackAlready(Conflict):
    """Once is enough."""

    code: ClassVar[str] = "taken-back-already"
    title = N_("This handout was taken back already.")


def take_back(session: Session, command: TakeBack, *, actor: Actor, now: dt.datetime) -> TakenBack:
    """Reverse a document of a session while its cycle is open; its people can be served again."""
    held, is_living = _session_of(session, command.document_id)
    require(actor, Right.DISTRIBUTE, held.site_code)
    recorded = already_recorded(session, command.id, command)
    if recorded is not None:
        return TakenBack(id=recorded.id, number=recorded.number, session_id=held.id, is_repeat=True)
    lock_places(session, [held.site_code])
    check_open(find_cycle(session, held.cycle_code))
    if not is_living:
        raise TakenBackAlready(document_id=str(command.document_id))
    entry = Entry(
        id=command.id,
        kind=DocumentKind.REVERSAL,
        place_code=held.site_code,
        occurred_on=day_of(now),
        lines=(),
        cycle_code=held.cycle_code,
        reason=command.reason.strip(),
        reverses_id=command.document_id,
    )
    posted = reverse(session, entry, command, actor=actor, now=now)
    for table in (Handout, Tally):
        session.execute(
            update(table).where(table.document_id == command.document_id).values(reversed_by=posted.id)
        )
    return TakenBack(id=posted.id, number=posted.number, session_id=held.id)


def _session_of(session: Session, document_id: UUID) -> tuple[DistributionSession, bool]:
    for table in (Handout, Tally):
        row = session.execute(
            select(table.session_id, table.reversed_by).where(table.document_id == document_id).limit(1)
        ).one_or_none()
        if row is not None:
            held = session.get(DistributionSession, row.session_id)
            assert held is not None, "a foreign key keeps the session of every handout"
            return held, row.reversed_by is None
    raise HandoutUnknown(document_id=str(document_id))
