"""Recording that a woman is pregnant or breastfeeding."""

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.codes import Code
from supply.distribution.models import Household, Person, PersonStatus
from supply.distribution.words import Sex, StatusKind
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.people.rights import Actor, Right, require


class RecordStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A time of pregnancy or breastfeeding, both days inclusive.

    Without an end it lasts until an end or another status is recorded.
    """

    person_code: Code
    kind: StatusKind
    from_on: dt.date
    until_on: dt.date | None = None


class StatusRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """The status as kept; `ended` is the other status that it ended the day before."""

    person_code: str
    kind: StatusKind
    from_on: dt.date
    until_on: dt.date | None
    ended: StatusKind | None = None
    is_repeat: bool = False


class PersonUnknown(NotFound):
    """Nobody has this code."""

    code: ClassVar[str] = "person-unknown"
    title = N_("Nobody in the register has the code {card}.")


class NotAWoman(Invalid):
    """Pregnancy or breastfeeding of somebody registered as a boy or man."""

    code: ClassVar[str] = "not-a-woman"
    title = N_("{name} is registered as a boy or man. Correct the register if this is wrong.")


class StatusInFuture(Invalid):
    """A status that begins after today."""

    code: ClassVar[str] = "status-in-future"
    title = N_("{from_on} is after today; record the status when it has begun.")


class StatusNotInOrder(Invalid):
    """A status that ends before it begins."""

    code: ClassVar[str] = "status-not-in-order"
    title = N_("The status would end on {until_on}, before it begins on {from_on}.")


class StatusOverlaps(Conflict):
    """The same status is recorded for some of these days."""

    code: ClassVar[str] = "status-overlaps"
    title = N_("The same status is recorded from {from_on} to {until_on} already. Correct its end instead.")


def record_status(
    session: Session, command: RecordStatus, *, actor: Actor, now: dt.datetime
) -> StatusRecorded:
    """Write a time of pregnancy or breastfeeding; the same first day again corrects its end.

    A new status ends the other kind the day before: a woman who gave birth is no longer pregnant.
    """
    person = find_person(session, command.person_code)
    site_code = site_of(session, person)
    require(actor, Right.REGISTER_PEOPLE, site_code)
    lock_places(session, [site_code])
    _check(person, command, day_of(now))
    rows = session.scalars(select(PersonStatus).where(PersonStatus.person_code == person.code)).all()
    for row in rows:
        if row.kind != command.kind:
            continue
        if row.from_on == command.from_on:
            is_repeat = row.until_on == command.until_on
            row.until_on = command.until_on
            return _recorded(command, is_repeat=is_repeat)
        if _overlap(row, command):
            raise StatusOverlaps(from_on=row.from_on, until_on=row.until_on or "…")
    ended = _end_other(rows, command)
    session.add(
        PersonStatus(
            person_code=person.code,
            kind=command.kind.value,
            from_on=command.from_on,
            until_on=command.until_on,
        )
    )
    session.flush()
    return _recorded(command, ended=ended)


def find_person(session: Session, code: str) -> Person:
    """The person of that code, or PersonUnknown."""
    person = session.get(Person, code)
    if person is None:
        raise PersonUnknown(card=code)
    return person


def site_of(session: Session, person: Person) -> str:
    """Code of the site that the person's household belongs to."""
    household = session.get(Household, person.household_code)
    assert household is not None, "a foreign key keeps the household of every person"
    return household.site_code


def _check(person: Person, command: RecordStatus, today: dt.date) -> None:
    if person.sex != Sex.FEMALE:
        raise NotAWoman(name=person.name)
    if command.from_on > today:
        raise StatusInFuture(from_on=command.from_on)
    if command.until_on is not None and command.until_on < command.from_on:
        raise StatusNotInOrder(from_on=command.from_on, until_on=command.until_on)


def _overlap(row: PersonStatus, command: RecordStatus) -> bool:
    starts_before_end = row.until_on is None or command.from_on <= row.until_on
    return starts_before_end and (command.until_on is None or row.from_on <= command.until_on)


def _end_other(rows: Sequence[PersonStatus], command: RecordStatus) -> StatusKind | None:
    for row in rows:
        if row.kind != command.kind and row.from_on < command.from_on and _overlap(row, command):
            row.until_on = command.from_on - dt.timedelta(days=1)
            return StatusKind(row.kind)
    return None


def _recorded(
    command: RecordStatus, *, ended: StatusKind | None = None, is_repeat: bool = False
) -> StatusRecorded:
    return StatusRecorded(
        person_code=command.person_code,
        kind=command.kind,
        from_on=command.from_on,
        until_on=command.until_on,
        ended=ended,
        is_repeat=is_repeat,
    )
