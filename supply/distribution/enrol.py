"""Putting a person on the list of a site, and taking one off it; who left is not deleted."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.codes import Code, check_site
from supply.distribution.eligibility import StatusPeriod, group_on, may_become_eligible
from supply.distribution.models import Enrolment, Person, PersonStatus
from supply.distribution.setting import target_groups
from supply.distribution.status import find_person, site_of
from supply.distribution.words import REASON_NAMES, Reason
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require


class Enrol(msgspec.Struct, frozen=True, kw_only=True):
    """Put a person on the list of a site; a new enrolment elsewhere needs a withdrawal first."""

    id: UUID
    person_code: Code
    programme_code: str
    site_code: str
    enrolled_on: dt.date


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The enrolment; `group_code` is the person's group on that day, None when it comes later."""

    id: UUID
    person_code: str
    site_code: str
    enrolled_on: dt.date
    group_code: str | None = None
    is_repeat: bool = False


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    """Take a person off the list; `withdrawn_on` is the first day not on it."""

    person_code: Code
    programme_code: str
    withdrawn_on: dt.date
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """The enrolment that ended."""

    enrolment_id: UUID
    person_code: str
    withdrawn_on: dt.date
    is_repeat: bool = False


class EnrolmentKnownOtherwise(Conflict):
    """The id belongs to another enrolment."""

    code: ClassVar[str] = "enrolment-known-otherwise"
    title = N_("This form was used for another enrolment. Open it again.")


class AlreadyEnrolled(Conflict):
    """On a list already."""

    code: ClassVar[str] = "already-enrolled"
    title = N_("{name} is on the list of {site} since {enrolled_on}. Withdraw this person there first.")


class NotForTheProgramme(Conflict):
    """In no group on that day, and growing will not change it."""

    code: ClassVar[str] = "not-for-the-programme"
    title = N_("{name} ({months} months old on {day}) cannot be enrolled: {reason:message}.")


class DayInFuture(Invalid):
    """A day of the register after today."""

    code: ClassVar[str] = "register-day-in-future"
    title = N_("{day} is after today.")


class EnrolmentOverlaps(Conflict):
    """Enrolled again before the earlier enrolment ended."""

    code: ClassVar[str] = "enrolment-overlaps"
    title = N_("{name} was on a list until {withdrawn_on}; the new enrolment begins on that day or later.")


class NotEnrolled(Conflict):
    """On no list."""

    code: ClassVar[str] = "not-enrolled"
    title = N_("{name} is on no list; there is nothing to withdraw from.")


class WithdrawnBeforeEnrolled(Invalid):
    """A withdrawal before the enrolment."""

    code: ClassVar[str] = "withdrawn-before-enrolled"
    title = N_("{name} was enrolled on {enrolled_on}; the withdrawal cannot be before.")


def enrol(session: Session, command: Enrol, *, actor: Actor, now: dt.datetime) -> Enrolled:
    """Put a person on the list of a site, when the person is in a group or will grow into one."""
    person = find_person(session, command.person_code)
    require(actor, Right.REGISTER_PEOPLE, command.site_code)
    lock_places(session, [command.site_code, site_of(session, person)])
    check_site(session, command.site_code)
    known = session.get(Enrolment, command.id)
    if known is not None:
        return _repeat(known, command)
    if command.enrolled_on > day_of(now):
        raise DayInFuture(day=command.enrolled_on)
    _refuse_overlap(session, person, command)
    group_code = _group_or_refusal(session, person, command.enrolled_on)
    session.add(
        Enrolment(
            id=command.id,
            person_code=person.code,
            programme_code=command.programme_code,
            site_code=command.site_code,
            enrolled_on=command.enrolled_on,
        )
    )
    session.flush()
    return _enrolled(command, group_code=group_code)


def withdraw(session: Session, command: Withdraw, *, actor: Actor, now: dt.datetime) -> Withdrawn:
    """Take a person off the list; the same withdrawal again changes nothing."""
    person = find_person(session, command.person_code)
    query = select(Enrolment).where(
        Enrolment.person_code == person.code, Enrolment.programme_code == command.programme_code
    )
    rows = session.scalars(query.order_by(Enrolment.enrolled_on, Enrolment.id)).all()
    site_codes = {row.site_code for row in rows} or {site_of(session, person)}
    require(actor, Right.REGISTER_PEOPLE, *site_codes)
    lock_places(session, site_codes)
    if command.withdrawn_on > day_of(now):
        raise DayInFuture(day=command.withdrawn_on)
    living = next((row for row in rows if row.withdrawn_on is None), None)
    if living is None:
        last = rows[-1] if rows else None
        if last is not None and last.withdrawn_on == command.withdrawn_on:
            return _withdrawn(last, command, is_repeat=True)
        raise NotEnrolled(name=person.name)
    if command.withdrawn_on < living.enrolled_on:
        raise WithdrawnBeforeEnrolled(name=person.name, enrolled_on=living.enrolled_on)
    living.withdrawn_on = command.withdrawn_on
    living.withdrawal_reason = command.reason.strip()
    session.flush()
    return _withdrawn(living, command)


def statuses_of(session: Session, person_code: str) -> tuple[StatusPeriod, ...]:
    """The person's times of pregnancy and breastfeeding, oldest first."""
    query = select(PersonStatus.kind, PersonStatus.from_on, PersonStatus.until_on).where(
        PersonStatus.person_code == person_code
    )
    rows = session.execute(query.order_by(PersonStatus.from_on, PersonStatus.kind))
    return tuple(StatusPeriod(kind=row.kind, from_on=row.from_on, until_on=row.until_on) for row in rows)


def _group_or_refusal(session: Session, person: Person, day: dt.date) -> str | None:
    statuses, groups = statuses_of(session, person.code), target_groups(session)
    found = group_on(person.born_on, person.sex, statuses, groups, day=day)
    if not may_become_eligible(person.born_on, person.sex, statuses, groups, day=day):
        reason = found.reason or Reason.NO_STATUS
        raise NotForTheProgramme(
            name=person.name, months=found.months, day=day, reason=REASON_NAMES[reason], why=reason.value
        )
    return found.group_code


def _refuse_overlap(session: Session, person: Person, command: Enrol) -> None:
    rows = session.scalars(
        select(Enrolment).where(
            Enrolment.person_code == person.code, Enrolment.programme_code == command.programme_code
        )
    ).all()
    for row in rows:
        if row.withdrawn_on is None:
            raise AlreadyEnrolled(name=person.name, site=row.site_code, enrolled_on=row.enrolled_on)
        if command.enrolled_on < row.withdrawn_on:
            raise EnrolmentOverlaps(name=person.name, withdrawn_on=row.withdrawn_on)


def _repeat(known: Enrolment, command: Enrol) -> Enrolled:
    kept = (known.person_code, known.programme_code, known.site_code, known.enrolled_on)
    if kept != (command.person_code, command.programme_code, command.site_code, command.enrolled_on):
        raise EnrolmentKnownOtherwise
    return _enrolled(command, is_repeat=True)


def _enrolled(command: Enrol, *, group_code: str | None = None, is_repeat: bool = False) -> Enrolled:
    return Enrolled(
        id=command.id,
        person_code=command.person_code,
        site_code=command.site_code,
        enrolled_on=command.enrolled_on,
        group_code=group_code,
        is_repeat=is_repeat,
    )


def _withdrawn(row: Enrolment, command: Withdraw, *, is_repeat: bool = False) -> Withdrawn:
    return Withdrawn(
        enrolment_id=row.id,
        person_code=row.person_code,
        withdrawn_on=row.withdrawn_on or command.withdrawn_on,
        is_repeat=is_repeat,
    )
