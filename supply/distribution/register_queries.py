"""The register as people see it: search, a household, a person's history, possible duplicates.

Personal data.
"""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import Select, String, and_, column, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from supply.clock import completed_months
from supply.distribution.eligibility import StatusPeriod, group_on
from supply.distribution.models import (
    DistributionSession,
    Enrolment,
    Handout,
    Household,
    Person,
    PossibleDuplicate,
)
from supply.distribution.people import statuses_by_person
from supply.distribution.searching import folded, sounds_in
from supply.distribution.setting import target_groups
from supply.distribution.words import Reason

_PLACE = table("place", column("code", String), column("name", String))
_CYCLE = table("cycle", column("code", String), column("name", String))


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the group on the day asked about and the list the person is on."""

    code: str
    household_code: str
    head_name: str
    village: str
    name: str
    sex: str
    born_on: dt.date
    birth_known: str
    months: int
    group_code: str | None
    reason: Reason | None
    enrolled_at: str | None
    enrolled_at_name: str | None
    enrolled_on: dt.date | None


class HouseholdView(msgspec.Struct, frozen=True, kw_only=True):
    """A household with its persons."""

    code: str
    site_code: str
    site_name: str
    head_name: str
    village: str
    phone: str
    is_illustrative: bool
    persons: tuple[PersonRow, ...]


class EnrolmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A time on a list; `withdrawn_on` is the first day off it."""

    id: UUID
    programme_code: str
    site_code: str
    site_name: str
    enrolled_on: dt.date
    withdrawn_on: dt.date | None
    withdrawal_reason: str


class ReceivedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ration that a person received; `is_taken_back` ones were recorded by mistake."""

    cycle_name: str
    site_name: str
    held_on: dt.date
    session_id: UUID
    document_id: UUID
    product_code: str
    group_code: str
    grams: int
    due_grams: int
    received_by: str
    is_taken_back: bool


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the whole history."""

    person: PersonRow
    site_code: str
    statuses: tuple[StatusPeriod, ...]
    enrolments: tuple[EnrolmentRow, ...]
    received: tuple[ReceivedRow, ...]
    duplicate_codes: tuple[str, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a search, and how many there are in all; `is_alike` when they only sound as asked."""

    rows: tuple[PersonRow, ...]
    total: int
    is_alike: bool = False


class DuplicateRow(msgspec.Struct, frozen=True, kw_only=True):
    """Two persons who may be one."""

    person_code: str
    other_code: str
    name: str
    other_name: str
    household_code: str
    other_household_code: str
    born_on: dt.date
    sex: str
    site_code: str
    site_name: str
    decision: str | None


def search_people(
    session: Session,
    text: str,
    *,
    day: dt.date,
    site_codes: Collection[str] | None = None,
    limit: int = 30,
    offset: int = 0,
) -> Found:
    """People in whose name, card number or head of household stands each word of the text, by name."""
    conditions = [
        or_(
            Person.search_name.contains(word, autoescape=True),
            func.lower(Person.code).contains(word, autoescape=True),
            Household.search_name.contains(word, autoescape=True),
        )
        for word in folded(text).split()
    ]
    if site_codes is not None:
        conditions.append(Household.site_code.in_(sorted(site_codes)))
    total = session.scalar(
        select(func.count(Person.code))
        .join(Household, Household.code == Person.household_code)
        .where(*conditions)
    )
    query = _people().where(*conditions).order_by(Person.name, Person.code).limit(limit).offset(offset)
    if not total and text.strip():
        return _alike(session, text, day=day, site_codes=site_codes, limit=limit)
    return Found(rows=_rows(session, query, day), total=total or 0)


def _alike(
    session: Session, text: str, *, day: dt.date, site_codes: Collection[str] | None, limit: int
) -> Found:
    """People whose names sound as each word that was asked, for names that were written otherwise."""
    asked = sounds_in(text)
    names = select(Person.code, Person.search_name, Household.search_name).join(
        Household, Household.code == Person.household_code
    )
    if site_codes is not None:
        names = names.where(Household.site_code.in_(sorted(site_codes)))
    codes = [
        code for code, name, head in session.execute(names) if asked and asked <= sounds_in(f"{name} {head}")
    ]
    query = _people().where(Person.code.in_(codes[:limit])).order_by(Person.name, Person.code)
    return Found(rows=_rows(session, query, day), total=min(len(codes), limit), is_alike=True)


def household(session: Session, code: str, *, day: dt.date) -> HouseholdView | None:
    """The household of that card, with its persons as of the day."""
    row = session.execute(
        select(Household, _PLACE.c.name)
        .join(_PLACE, _PLACE.c.code == Household.site_code)
        .where(Household.code == code)
    ).one_or_none()
    if row is None:
        return None
    known: Household = row[0]
    persons = _rows(session, _people().where(Household.code == code).order_by(Person.code), day)
    return HouseholdView(
        code=known.code,
        site_code=known.site_code,
        site_name=row[1],
        head_name=known.head_name,
        village=known.village,
        phone=known.phone,
        is_illustrative=known.is_illustrative,
        persons=persons,
    )


def person(session: Session, code: str, *, day: dt.date) -> PersonView | None:
    """The person of that code with statuses, lists and rations, the latest first."""
    rows = _rows(session, _people().where(Person.code == code), day)
    if not rows:
        return None
    site_code = session.scalar(select(Household.site_code).where(Household.code == rows[0].household_code))
    assert site_code is not None, "a foreign key keeps the household of every person"
    return PersonView(
        person=rows[0],
        site_code=site_code,
        statuses=statuses_by_person(session, [code])[code],
        enrolments=_enrolments(session, code),
        received=_received(session, code),
        duplicate_codes=_duplicates_of(session, code),
    )


def possible_duplicates(
    session: Session, *, site_codes: Collection[str] | None = None, limit: int = 100
) -> tuple[DuplicateRow, ...]:
    """Pairs that wait for a person's decision, by site and name."""
    one, other = aliased(Person), aliased(Person)
    query = (
        select(
            one.code.label("person_code"),
            other.code.label("other_code"),
            one.name,
            other.name.label("other_name"),
            one.household_code,
            other.household_code.label("other_household_code"),
            one.born_on,
            one.sex,
            Household.site_code,
            _PLACE.c.name.label("site_name"),
            PossibleDuplicate.decision,
        )
        .join(one, one.code == PossibleDuplicate.person_code)
        .join(other, other.code == PossibleDuplicate.other_code)
        .join(Household, Household.code == one.household_code)
        .join(_PLACE, _PLACE.c.code == Household.site_code)
        .where(PossibleDuplicate.decision.is_(None))
        .order_by(_PLACE.c.name, one.name, one.code, other.code)
        .limit(limit)
    )
    if site_codes is not None:
        query = query.where(Household.site_code.in_(sorted(site_codes)))
    return tuple(msgspec.convert(row, DuplicateRow) for row in session.execute(query).mappings())


def _people() -> Select[*tuple[object, ...]]:
    living = and_(Enrolment.person_code == Person.code, Enrolment.withdrawn_on.is_(None))
    return (
        select(
            Person.code,
            Person.household_code,
            Household.head_name,
            Household.village,
            Person.name,
            Person.sex,
            Person.born_on,
            Person.birth_known,
            Enrolment.site_code.label("enrolled_at"),
            _PLACE.c.name.label("enrolled_at_name"),
            Enrolment.enrolled_on,
        )
        .join(Household, Household.code == Person.household_code)
        .outerjoin(Enrolment, living)
        .outerjoin(_PLACE, _PLACE.c.code == Enrolment.site_code)
    )


def _rows(session: Session, query: Select[*tuple[object, ...]], day: dt.date) -> tuple[PersonRow, ...]:
    groups = target_groups(session)
    found = session.execute(query).mappings().all()
    statuses = statuses_by_person(session, sorted({str(row["code"]) for row in found}))
    people: list[PersonRow] = []
    for row in found:
        judged = group_on(row["born_on"], row["sex"], statuses[row["code"]], groups, day=day)
        people.append(
            PersonRow(
                **row,
                months=completed_months(row["born_on"], day),
                group_code=judged.group_code,
                reason=judged.reason,
            )
        )
    return tuple(people)


def _enrolments(session: Session, code: str) -> tuple[EnrolmentRow, ...]:
    query = (
        select(
            Enrolment.id,
            Enrolment.programme_code,
            Enrolment.site_code,
            _PLACE.c.name.label("site_name"),
            Enrolment.enrolled_on,
            Enrolment.withdrawn_on,
            Enrolment.withdrawal_reason,
        )
        .join(_PLACE, _PLACE.c.code == Enrolment.site_code)
        .where(Enrolment.person_code == code)
        .order_by(Enrolment.enrolled_on.desc(), Enrolment.id)
    )
    return tuple(msgspec.convert(row, EnrolmentRow) for row in session.execute(query).mappings())


def _received(session: Session, code: str) -> tuple[ReceivedRow, ...]:
    query = (
        select(
            _CYCLE.c.name.label("cycle_name"),
            _PLACE.c.name.label("site_name"),
            DistributionSession.held_on,
            DistributionSession.id.label("session_id"),
            Handout.document_id,
            Handout.product_code,
            Handout.group_code,
            Handout.grams,
            Handout.due_grams,
            Handout.received_by,
            Handout.reversed_by.is_not(None).label("is_taken_back"),
        )
        .join(DistributionSession, DistributionSession.id == Handout.session_id)
        .join(_CYCLE, _CYCLE.c.code == Handout.cycle_code)
        .join(_PLACE, _PLACE.c.code == DistributionSession.site_code)
        .where(Handout.person_code == code)
        .order_by(DistributionSession.held_on.desc(), Handout.document_id, Handout.product_code)
    )
    return tuple(msgspec.convert(row, ReceivedRow, strict=False) for row in session.execute(query).mappings())


def _duplicates_of(session: Session, code: str) -> tuple[str, ...]:
    query = select(PossibleDuplicate.person_code, PossibleDuplicate.other_code).where(
        PossibleDuplicate.decision.is_(None),
        or_(PossibleDuplicate.person_code == code, PossibleDuplicate.other_code == code),
    )
    return tuple(sorted(other if one == code else one for one, other in session.execute(query)))


def duplicate_count(session: Session, *, site_codes: Collection[str] | None = None) -> int:
    """How many pairs wait for a decision."""
    query = (
        select(func.count())
        .select_from(PossibleDuplicate)
        .join(Person, Person.code == PossibleDuplicate.person_code)
        .join(Household, Household.code == Person.household_code)
        .where(PossibleDuplicate.decision.is_(None))
    )
    if site_codes is not None:
        query = query.where(Household.site_code.in_(sorted(site_codes)))
    return session.scalar(query) or 0
