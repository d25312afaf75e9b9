"""The list of a session: who is on it, in which group on the day, and what became of each person."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from supply.clock import completed_months
from supply.distribution.eligibility import Eligibility, Group, StatusPeriod, group_on
from supply.distribution.models import (
    DistributionSession,
    Enrolment,
    Handout,
    Household,
    ListEntry,
    Person,
)
from supply.distribution.people import on_list, statuses_of_list
from supply.distribution.setting import cycle_rations, find_cycle, target_groups
from supply.distribution.words import Reason, SessionState
from supply.programme.rows import CycleRow


class Standing(StrEnum):
    """What became of a person on the list."""

    DUE = "due"
    SERVED = "served"
    SERVED_BEFORE = "served-before"
    ABSENT = "absent"
    NOT_ELIGIBLE = "not-eligible"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the list and the person's group on the day, or why there is none."""

    person_code: str
    group_code: str | None
    reason: Reason | None


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the distribution list. Personal data: see `privacy`.

    `served_on` and `served_at` are set for who was served in the cycle, here or elsewhere.
    """

    person_code: str
    household_code: str
    name: str
    head_name: str
    village: str
    sex: str
    born_on: dt.date
    birth_known: str
    months: int
    group_code: str | None
    reason: Reason | None
    standing: Standing
    served_on: dt.date | None = None
    served_at: str | None = None
    received_by: str = ""
    document_id: UUID | None = None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The groups of the programme, and those that the cycle gives something to."""

    cycle: CycleRow
    groups: tuple[Group, ...]
    with_ration: frozenset[str]

    def judge(
        self, born_on: dt.date, sex: str, statuses: tuple[StatusPeriod, ...], *, day: dt.date
    ) -> Eligibility:
        """The person's group on the day; a group without a ration is none."""
        found = group_on(born_on, sex, statuses, self.groups, day=day)
        if found.group_code is None or found.group_code in self.with_ration:
            return found
        return Eligibility(months=found.months, reason=Reason.NO_RATION)


def judged_list(session: Session, held: DistributionSession) -> tuple[Judged, ...]:
    """Everybody on the list of an open session, judged on its day by what the register says now."""
    return judged_people(session, rules_of(session, held.cycle_code), held.site_code, held.held_on)


def rules_of(session: Session, cycle_code: str) -> Rules:
    """What decides in a cycle."""
    with_ration = frozenset(ration.group_code for ration in cycle_rations(session, cycle_code))
    return Rules(
        cycle=find_cycle(session, cycle_code), groups=target_groups(session), with_ration=with_ration
    )


def judged_people(session: Session, rules: Rules, site_code: str, day: dt.date) -> tuple[Judged, ...]:
    """Everybody on the list of a site on a day, judged by what the register says now."""
    listed = _listed(rules.cycle, site_code, day)
    statuses = statuses_of_list(session, listed)
    query = select(Person.code, Person.sex, Person.born_on).where(Person.code.in_(listed))
    found: list[Judged] = []
    for code, sex, born_on in session.execute(query.order_by(Person.code)):
        judged = rules.judge(born_on, sex, statuses[code], day=day)
        found.append(Judged(person_code=code, group_code=judged.group_code, reason=judged.reason))
    return tuple(found)


def session_list(session: Session, held: DistributionSession) -> tuple[ListRow, ...]:
    """Every line of the session's list, by household and person.

    A closed list is as it was when it closed.
    """
    is_closed = held.state == SessionState.CLOSED
    judged = {
        row.person_code: row for row in (_kept(session, held) if is_closed else judged_list(session, held))
    }
    listed = _kept_codes(held) if is_closed else _listed_of(session, held)
    served = _served(session, held.cycle_code, listed)
    query = (
        select(
            Person.code,
            Person.household_code,
            Person.name,
            Person.sex,
            Person.born_on,
            Person.birth_known,
            Household.head_name,
            Household.village,
        )
        .join(Household, Household.code == Person.household_code)
        .where(Person.code.in_(listed))
        .order_by(Household.village, Person.household_code, Person.code)
    )
    rows: list[ListRow] = []
    for row in session.execute(query):
        entry, given = judged[row.code], served.get(row.code)
        rows.append(
            ListRow(
                person_code=row.code,
                household_code=row.household_code,
                name=row.name,
                head_name=row.head_name,
                village=row.village,
                sex=row.sex,
                born_on=row.born_on,
                birth_known=row.birth_known,
                months=completed_months(row.born_on, held.held_on),
                group_code=given.group_code if given else entry.group_code,
                reason=None if given else entry.reason,
                standing=_standing(held, entry, given, is_closed=is_closed),
                served_on=given.held_on if given else None,
                served_at=given.site_code if given else None,
                received_by=given.received_by if given else "",
                document_id=given.document_id if given else None,
            )
        )
    return tuple(rows)


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    person_code: str
    group_code: str
    session_id: UUID
    site_code: str
    held_on: dt.date
    received_by: str
    document_id: UUID


def _standing(held: DistributionSession, entry: Judged, given: _Given | None, *, is_closed: bool) -> Standing:
    if given is not None:
        return Standing.SERVED if given.session_id == held.id else Standing.SERVED_BEFORE
    if entry.group_code is None:
        return Standing.NOT_ELIGIBLE
    return Standing.ABSENT if is_closed else Standing.DUE


def _listed(cycle: CycleRow, site_code: str, day: dt.date) -> Select[str]:
    return select(Enrolment.person_code).where(
        Enrolment.site_code == site_code, Enrolment.programme_code == cycle.programme_code, on_list(day)
    )


def _listed_of(session: Session, held: DistributionSession) -> Select[str]:
    return _listed(find_cycle(session, held.cycle_code), held.site_code, held.held_on)


def _kept_codes(held: DistributionSession) -> Select[str]:
    return select(ListEntry.person_code).where(ListEntry.session_id == held.id)


def _kept(session: Session, held: DistributionSession) -> tuple[Judged, ...]:
    query = select(ListEntry.person_code, ListEntry.group_code, ListEntry.reason).where(
        ListEntry.session_id == held.id
    )
    return tuple(
        Judged(person_code=code, group_code=group, reason=None if reason is None else Reason(reason))
        for code, group, reason in session.execute(query.order_by(ListEntry.person_code))
    )


def _served(session: Session, cycle_code: str, listed: Select[str]) -> dict[str, _Given]:
    query = (
        select(
            Handout.person_code,
            func.min(Handout.group_code).label("group_code"),
            Handout.session_id,
            DistributionSession.site_code,
            DistributionSession.held_on,
            func.max(Handout.received_by).label("received_by"),
            Handout.document_id,
        )
        .join(DistributionSession, DistributionSession.id == Handout.session_id)
        .where(
            Handout.cycle_code == cycle_code, Handout.reversed_by.is_(None), Handout.person_code.in_(listed)
        )
        .group_by(
            Handout.person_code,
            Handout.session_id,
            DistributionSession.site_code,
            DistributionSession.held_on,
            Handout.document_id,
        )
        .order_by(Handout.person_code, Handout.document_id)
    )
    return {row.person_code: _Given(**row._mapping) for row in session.execute(query)}  # noqa: SLF001 - SQLAlchemy's public way
