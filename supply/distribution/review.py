"""A person's decision about two possibly equal persons; nothing is merged or deleted."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.codes import Code
from supply.distribution.models import Enrolment, PossibleDuplicate
from supply.distribution.status import find_person, site_of
from supply.distribution.words import DuplicateDecision
from supply.errors import Invalid, NotFound
from supply.i18n import N_
from supply.people.rights import Actor, Right, require


class ReviewDuplicate(msgspec.Struct, frozen=True, kw_only=True):
    """Decide about a flagged pair.

    When they are the same, `kept_code` stays on its list and the other leaves it.
    """

    person_code: Code
    other_code: Code
    decision: DuplicateDecision
    kept_code: Code | None = None


class DuplicateReviewed(msgspec.Struct, frozen=True, kw_only=True):
    """The decision, and who left a list by it."""

    person_code: str
    other_code: str
    decision: DuplicateDecision
    withdrawn_code: str | None = None


class PairUnknown(NotFound):
    """These two were never flagged."""

    code: ClassVar[str] = "pair-unknown"
    title = N_("{one} and {other} are not flagged as possible duplicates.")


class KeptNotOfPair(Invalid):
    """The same person twice, but not said which record stays."""

    code: ClassVar[str] = "kept-not-of-pair"
    title = N_("Say which of the two records stays: {one} or {other}.")


def review_duplicate(
    session: Session, command: ReviewDuplicate, *, actor: Actor, now: dt.datetime
) -> DuplicateReviewed:
    """Keep both, or take one of the two off its list with the other named as the reason."""
    one, other = sorted((command.person_code, command.other_code))
    persons = {code: find_person(session, code) for code in (one, other)}
    site_codes = {site_of(session, person) for person in persons.values()}
    require(actor, Right.REGISTER_PEOPLE, *site_codes)
    lock_places(session, site_codes)
    pair = session.get(PossibleDuplicate, (one, other))
    if pair is None:
        raise PairUnknown(one=one, other=other)
    is_same = command.decision is DuplicateDecision.SAME
    if is_same and command.kept_code not in persons:
        raise KeptNotOfPair(one=one, other=other)
    pair.decision, pair.decided_at, pair.user_id = command.decision.value, now, actor.user_id
    left = next(code for code in (one, other) if code != command.kept_code) if is_same else None
    if left is not None:
        _withdraw(session, left, day_of(now), str(command.kept_code))
    session.flush()
    return DuplicateReviewed(
        person_code=one, other_code=other, decision=command.decision, withdrawn_code=left
    )


def _withdraw(session: Session, person_code: str, today: dt.date, kept_code: str) -> None:
    living = select(Enrolment).where(Enrolment.person_code == person_code, Enrolment.withdrawn_on.is_(None))
    for row in session.scalars(living):
        row.withdrawn_on = max(today, row.enrolled_on)
        row.withdrawal_reason = f"= {kept_code}"
