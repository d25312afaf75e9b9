"""A wrong paper is reversed by another one; both stay in the books."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory import ledger
from supply.inventory.entries import Entry, Posted, Reason
from supply.inventory.ledger import DocumentUnknown, already_recorded
from supply.inventory.reasons import require_reason
from supply.inventory.rows import DOCUMENT
from supply.inventory.words import DocumentKind, document_number
from supply.people.rights import Actor, Right, require

OWN_KINDS = frozenset(
    {
        DocumentKind.RECEIPT,
        DocumentKind.TRANSFER,
        DocumentKind.ISSUE,
        DocumentKind.CONDITION,
        DocumentKind.LOSS,
        DocumentKind.COUNT,
        DocumentKind.ADJUSTMENT,
        DocumentKind.RETURN,
        DocumentKind.SUPPLIER_RETURN,
    }
)
# A departure, arrival or distribution is more than its movements: its own room corrects it.


class Reverse(Struct, frozen=True, kw_only=True):
    """Undo a paper on a day that is not before its own; the same day leaves no trace in old balances."""

    id: UUID
    document_id: UUID
    occurred_on: dt.date
    reason: Reason


class CorrectedElsewhere(Conflict):
    """The paper belongs to a trip or a distribution."""

    code: ClassVar[str] = "corrected-elsewhere"
    title = N_("{document} belongs to a trip or a distribution; correct it there.")


def reverse(session: Session, command: Reverse, *, actor: Actor, now: dt.datetime) -> Posted:
    """Write the opposite of a document.

    Raises ReasonMissing, CorrectedElsewhere, and as `ledger.reverse`: DocumentUnknown, IsAReversal,
    AlreadyReversed, BeforeTheDocument, BlockedByLaterDocuments, CountedLater, PeriodClosed.
    """
    row = session.execute(
        select(DOCUMENT.c.kind, DOCUMENT.c.place_code, DOCUMENT.c.sequence).where(
            DOCUMENT.c.id == command.document_id
        )
    ).one_or_none()
    if row is None:
        raise DocumentUnknown(document=str(command.document_id))
    require(actor, Right.REVERSE, row.place_code)
    known = already_recorded(session, command.id, command)
    if known is not None:
        return known
    require_reason(command.reason)
    kind = DocumentKind(row.kind)
    if kind not in OWN_KINDS and kind != DocumentKind.REVERSAL:
        raise CorrectedElsewhere(document=document_number(row.kind, row.place_code, row.sequence))
    entry = Entry(
        id=command.id,
        kind=DocumentKind.REVERSAL,
        place_code=row.place_code,
        occurred_on=command.occurred_on,
        lines=(),
        reason=command.reason,
        reverses_id=command.document_id,
    )
    return ledger.reverse(session, entry, command, actor=actor, now=now)
