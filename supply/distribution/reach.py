"""Counts of people for the indicators: who was reached, listed and faithful. Counts only, no names."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection

import msgspec
from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from supply.distribution.lists import Judged, judged_people, rules_of
from supply.distribution.models import (
    DistributionSession,
    Enrolment,
    Handout,
    Household,
    ListEntry,
    Person,
    Tally,
)
from supply.distribution.words import SessionState


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """People of a group reached at a site in a cycle: distinct persons of the list, and people of tallies."""

    site_code: str
    group_code: str
    listed: int = 0
    tallied: int = 0
    given_grams: int = 0
    due_grams: int = 0


class ListCount(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct persons on the lists of a site in a cycle by their group on the day; None: not eligible."""

    site_code: str
    group_code: str | None
    people: int


class HeldSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site's sessions in a cycle; `is_reported` once somebody was served or a session was closed."""

    site_code: str
    first_held_on: dt.date
    served_on: dt.date | None
    session_count: int
    open_count: int
    is_reported: bool


class AttendanceCount(msgspec.Struct, frozen=True, kw_only=True):
    """Persons of a site by distributions planned for them and received, over the cycles of a recall."""

    site_code: str
    planned: int
    received: int
    people: int


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Over several cycles: distinct persons of the lists, and person-distributions. Never to be added up."""

    people: int
    listed_distributions: int
    tallied_distributions: int


def reach(session: Session, cycle_code: str) -> tuple[Reach, ...]:
    """Who was reached in a cycle, by site and group; handouts and tallies taken back do not count."""
    found: dict[tuple[str, str], Reach] = {}
    listed = (
        select(
            DistributionSession.site_code,
            Handout.group_code,
            func.count(Handout.person_code.distinct()),
            func.sum(Handout.grams),
            func.sum(Handout.due_grams),
        )
        .join(DistributionSession, DistributionSession.id == Handout.session_id)
        .where(Handout.cycle_code == cycle_code, Handout.reversed_by.is_(None))
        .group_by(DistributionSession.site_code, Handout.group_code)
    )
    for site, group, people, grams, due in session.execute(listed):
        found[site, group] = Reach(
            site_code=site, group_code=group, listed=people, given_grams=int(grams), due_grams=int(due)
        )
    counts = (
        select(
            DistributionSession.site_code,
            Tally.group_code,
            func.max(Tally.people).label("people"),
            func.sum(Tally.grams).label("grams"),
            func.sum(Tally.due_grams).label("due"),
        )
        .join(DistributionSession, DistributionSession.id == Tally.session_id)
        .where(DistributionSession.cycle_code == cycle_code, Tally.reversed_by.is_(None))
        .group_by(DistributionSession.site_code, Tally.document_id, Tally.group_code)
        .subquery()
    )
    tallied = select(
        counts.c.site_code,
        counts.c.group_code,
        func.sum(counts.c.people),
        func.sum(counts.c.grams),
        func.sum(counts.c.due),
    ).group_by(counts.c.site_code, counts.c.group_code)
    for site, group, people, grams, due in session.execute(tallied):
        known = found.get((site, group), Reach(site_code=site, group_code=group))
        found[site, group] = msgspec.structs.replace(
            known,
            tallied=int(people),
            given_grams=known.given_grams + int(grams),
            due_grams=known.due_grams + int(due),
        )
    return tuple(found[key] for key in sorted(found))


def held_sites(session: Session, cycle_code: str) -> tuple[HeldSite, ...]:
    """The sites that have a session in a cycle."""
    query = (
        select(
            DistributionSession.site_code,
            DistributionSession.id,
            DistributionSession.held_on,
            DistributionSession.state,
        )
        .where(DistributionSession.cycle_code == cycle_code)
        .order_by(DistributionSession.site_code, DistributionSession.held_on, DistributionSession.id)
    )
    served = set(
        session.scalars(
            union(
                select(Handout.session_id).where(
                    Handout.cycle_code == cycle_code, Handout.reversed_by.is_(None)
                ),
                select(Tally.session_id)
                .join(DistributionSession, DistributionSession.id == Tally.session_id)
                .where(DistributionSession.cycle_code == cycle_code, Tally.reversed_by.is_(None)),
            )
        )
    )
    by_site: defaultdict[str, list[tuple[dt.date, str, bool]]] = defaultdict(list)
    for site_code, session_id, held_on, state in session.execute(query):
        by_site[site_code].append((held_on, state, session_id in served))
    return tuple(
        HeldSite(
            site_code=site_code,
            first_held_on=rows[0][0],
            served_on=next((held_on for held_on, _, is_served in rows if is_served), None),
            session_count=len(rows),
            open_count=sum(state == SessionState.OPEN for _, state, _ in rows),
            is_reported=any(state == SessionState.CLOSED or is_served for _, state, is_served in rows),
        )
        for site_code, rows in by_site.items()
    )


def list_counts(session: Session, cycle_code: str, *, held: Collection[HeldSite]) -> tuple[ListCount, ...]:
    """Persons on the lists of the sites that reported, each once, in the group of the first day in one.

    Closed sessions count as they were closed; open ones as the register says now.
    """
    closed_sites = [row.site_code for row in held if row.is_reported and not row.open_count]
    counts = Counter(_closed_counts(session, cycle_code, closed_sites))
    open_sites = {row.site_code for row in held if row.is_reported and row.open_count}
    if not open_sites:
        return _in_order(counts)
    rules = rules_of(session, cycle_code)
    open_sites &= sites_with_lists(session, rules.cycle.programme_code)
    for site_code in sorted(open_sites):
        judged = list(_closed_entries(session, cycle_code, site_code))
        days = select(DistributionSession.held_on).where(
            DistributionSession.cycle_code == cycle_code,
            DistributionSession.site_code == site_code,
            DistributionSession.state == SessionState.OPEN.value,
        )
        for day in session.scalars(days.order_by(DistributionSession.held_on)):
            judged += judged_people(session, rules, site_code, day)
        for group_code, people in Counter(_first_groups(judged).values()).items():
            counts[site_code, group_code] += people
    return _in_order(counts)


def attendance_counts(
    session: Session, cycle_codes: Collection[str], *, missed: Collection[tuple[str, str]] = ()
) -> tuple[AttendanceCount, ...]:
    """How faithfully the persons of the lists came over these cycles, by the site of their household.

    Planned are the cycles in whose closed lists a person was eligible, and those of `missed` (cycle, site):
    cycles that ended without a session there, judged on their last day. Open sessions count neither way.
    """
    planned: Counter[str] = Counter()
    received: Counter[str] = Counter()
    closed = DistributionSession.state == SessionState.CLOSED.value
    due = (
        select(ListEntry.person_code, func.count(DistributionSession.cycle_code.distinct()))
        .join(DistributionSession, DistributionSession.id == ListEntry.session_id)
        .where(DistributionSession.cycle_code.in_(cycle_codes), closed, ListEntry.group_code.is_not(None))
        .group_by(ListEntry.person_code)
    )
    for person_code, count in session.execute(due):
        planned[person_code] = count
    given = (
        select(Handout.person_code, func.count(Handout.cycle_code.distinct()))
        .join(DistributionSession, DistributionSession.id == Handout.session_id)
        .where(Handout.cycle_code.in_(cycle_codes), closed, Handout.reversed_by.is_(None))
        .group_by(Handout.person_code)
    )
    for person_code, count in session.execute(given):
        received[person_code] = count
    for cycle_code in sorted({cycle_code for cycle_code, _ in missed}):
        rules = rules_of(session, cycle_code)
        for site_code in sorted(site for code, site in missed if code == cycle_code):
            for judged in judged_people(session, rules, site_code, rules.cycle.ends_on):
                planned[judged.person_code] += judged.group_code is not None
    sites = _household_sites(session)
    counts = Counter(
        (sites[person_code], due_count, received[person_code])
        for person_code, due_count in planned.items()
        if due_count
    )
    return tuple(
        AttendanceCount(site_code=site, planned=due_count, received=came, people=people)
        for (site, due_count, came), people in sorted(counts.items())
    )


def people_served(session: Session, cycle_codes: Collection[str]) -> Served:
    """Distinct persons and person-distributions over these cycles."""
    living = (Handout.cycle_code.in_(cycle_codes), Handout.reversed_by.is_(None))
    people = session.scalar(select(func.count(Handout.person_code.distinct())).where(*living)) or 0
    once = select(Handout.person_code, Handout.cycle_code).where(*living).distinct().subquery()
    distributions = session.scalar(select(func.count()).select_from(once)) or 0
    tallied = sum(row.tallied for code in cycle_codes for row in reach(session, code))
    return Served(people=people, listed_distributions=distributions, tallied_distributions=tallied)


def sites_with_lists(session: Session, programme_code: str) -> frozenset[str]:
    """Sites where at least one person is or was enrolled."""
    query = select(Enrolment.site_code).where(Enrolment.programme_code == programme_code).distinct()
    return frozenset(session.scalars(query))


def _in_order(counts: Counter[tuple[str, str | None]]) -> tuple[ListCount, ...]:
    return tuple(
        ListCount(site_code=site, group_code=group, people=people)
        for (site, group), people in sorted(counts.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    )


def _closed_counts(
    session: Session, cycle_code: str, site_codes: list[str]
) -> dict[tuple[str, str | None], int]:
    """Per site and group, each person once over the closed sessions of the cycle.

    The first day in a group wins.
    """
    order = (
        ListEntry.group_code.is_(None),
        DistributionSession.held_on,
        DistributionSession.id,
    )
    ranked = (
        select(
            DistributionSession.site_code,
            ListEntry.group_code,
            func.row_number()
            .over(partition_by=(DistributionSession.site_code, ListEntry.person_code), order_by=order)
            .label("place"),
        )
        .join(DistributionSession, DistributionSession.id == ListEntry.session_id)
        .where(DistributionSession.cycle_code == cycle_code, DistributionSession.site_code.in_(site_codes))
        .subquery()
    )
    query = (
        select(ranked.c.site_code, ranked.c.group_code, func.count())
        .where(ranked.c.place == 1)
        .group_by(ranked.c.site_code, ranked.c.group_code)
    )
    return {(site, group): people for site, group, people in session.execute(query)}


def _closed_entries(session: Session, cycle_code: str, site_code: str) -> tuple[Judged, ...]:
    query = (
        select(ListEntry.person_code, ListEntry.group_code)
        .join(DistributionSession, DistributionSession.id == ListEntry.session_id)
        .where(DistributionSession.cycle_code == cycle_code, DistributionSession.site_code == site_code)
        .order_by(DistributionSession.held_on, ListEntry.person_code)
    )
    return tuple(
        Judged(person_code=person, group_code=group, reason=None) for person, group in session.execute(query)
    )


def _first_groups(judged: list[Judged]) -> dict[str, str | None]:
    groups: dict[str, str | None] = {}
    for one in judged:
        groups[one.person_code] = groups.get(one.person_code) or one.group_code
    return groups


def _household_sites(session: Session) -> dict[str, str]:
    query = select(Person.code, Household.site_code).join(Household, Household.code == Person.household_code)
    return {person: site for person, site in session.execute(query)}  # noqa: C416 - a Row is no pair to mypy
