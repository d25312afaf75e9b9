"""Deciding on what is on hold: good for people, or unfit."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.entries import Entry, Line, Posted
from supply.inventory.fefo import is_expired
from supply.inventory.ledger import already_recorded, post
from supply.inventory.locations import LotUnknown
from supply.inventory.queries import lot as lot_of
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require
from supply.procurement.models import QualityCheck
from supply.procurement.words import Finding


class CheckQuality(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on grams of a lot that a store holds back."""

    id: UUID
    store_code: str
    lot_id: UUID
    grams: int
    finding: Finding
    checked_on: dt.date
    certificate: str = ""
    remarks: str = ""


class QualityChecked(msgspec.Struct, frozen=True, kw_only=True):
    """The change of condition in the ledger."""

    id: UUID
    number: str
    is_repeat: bool = False


class RejectionNeedsRemarks(Invalid):
    """Unfit goods are destroyed or sent back; the file says why."""

    code: ClassVar[str] = "rejection-needs-remarks"
    about: ClassVar[str] = "remarks"
    title = N_("Write what is wrong with lot {lot} (wet, torn, infested, smell, analysis).")


class ExpiredCannotPass(Conflict):
    """An expired lot is never good."""

    code: ClassVar[str] = "expired-cannot-pass"
    title = N_("Lot {lot} expired on {expires_on}; it can only be recorded as unfit.")


_CONDITION_AFTER = {Finding.PASSED: Condition.GOOD, Finding.REJECTED: Condition.UNFIT}


def check_quality(
    session: Session, command: CheckQuality, *, actor: Actor, now: dt.datetime
) -> QualityChecked:
    """Move grams of a lot from hold to good or unfit. The ledger refuses more than is on hold."""
    require(actor, Right.DECIDE_QUALITY, command.store_code)
    repeated = already_recorded(session, command.id, command)
    if repeated is not None:
        return _checked(repeated)
    lot = lot_of(session, command.lot_id)
    if lot is None:
        raise LotUnknown(lot=str(command.lot_id))
    if command.finding is Finding.PASSED and is_expired(lot.expires_on, command.checked_on):
        raise ExpiredCannotPass(lot=lot.number, expires_on=lot.expires_on)
    if command.finding is Finding.REJECTED and not command.remarks.strip():
        raise RejectionNeedsRemarks(lot=lot.number)
    entry = Entry(
        id=command.id,
        kind=DocumentKind.CONDITION,
        place_code=command.store_code,
        occurred_on=command.checked_on,
        lines=(
            Line(
                lot_id=command.lot_id,
                grams=command.grams,
                source=command.store_code,
                target=command.store_code,
                source_condition=Condition.HOLD,
                target_condition=_CONDITION_AFTER[command.finding],
            ),
        ),
        reference=command.certificate,
        reason=command.remarks.strip(),
    )
    posted = post(session, entry, command, actor=actor, now=now)
    session.add(
        QualityCheck(
            id=command.id,
            lot_id=command.lot_id,
            store_code=command.store_code,
            document_id=posted.id,
            finding=command.finding.value,
            grams=command.grams,
            checked_on=command.checked_on,
            certificate=command.certificate,
            remarks=command.remarks.strip(),
            user_id=actor.user_id,
            recorded_at=now,
        )
    )
    session.flush()
    return _checked(posted)


def _checked(posted: Posted) -> QualityChecked:
    return QualityChecked(id=posted.id, number=posted.number, is_repeat=posted.is_repeat)
