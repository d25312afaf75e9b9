"""Reading people with all that a decision on a day needs, in few statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from supply.distribution.eligibility import StatusPeriod
from supply.distribution.models import DistributionSession, Enrolment, Handout, Person, PersonStatus
from supply.distribution.portions import Chosen, Served
from supply.programme.rows import CycleRow

_PART = 500
# Values of one IN: databases limit the parameters of a statement.


def on_list(day: dt.date) -> ColumnElement[bool]:
    """True for enrolments that put the person on a list on the day; the day of withdrawal is off it."""
    return and_(
        Enrolment.enrolled_on <= day, or_(Enrolment.withdrawn_on.is_(None), Enrolment.withdrawn_on > day)
    )


def chosen_people(
    session: Session,
    codes: Collection[str],
    *,
    cycle: CycleRow,
    day: dt.date,
    site_names: Mapping[str, str],
) -> dict[str, Chosen]:
    """The people of these codes with status, list and what they received in the cycle.

    Unknown codes are absent.
    """
    wanted = sorted(set(codes))
    statuses = statuses_by_person(session, wanted)
    served = served_by_person(session, cycle.code, wanted, site_names)
    enrolments = _enrolments(session, wanted, cycle.programme_code)
    found: dict[str, Chosen] = {}
    for part in parts(wanted):
        query = select(Person.code, Person.name, Person.sex, Person.born_on).where(Person.code.in_(part))
        for row in session.execute(query.order_by(Person.code)):
            here, left_on = _list_on(enrolments[row.code], day)
            found[row.code] = Chosen(
                person_code=row.code,
                name=row.name,
                sex=row.sex,
                born_on=row.born_on,
                statuses=statuses[row.code],
                enrolled_at=here,
                enrolled_at_name=site_names.get(here or "", here or ""),
                withdrawn_on=left_on,
                served=served.get(row.code),
            )
    return found


def statuses_by_person(session: Session, codes: Iterable[str]) -> defaultdict[str, tuple[StatusPeriod, ...]]:
    """Times of pregnancy and breastfeeding of these people, oldest first."""
    query = select(
        PersonStatus.person_code, PersonStatus.kind, PersonStatus.from_on, PersonStatus.until_on
    ).order_by(PersonStatus.from_on, PersonStatus.kind)
    rows = (
        row
        for part in parts(list(codes))
        for row in session.execute(query.where(PersonStatus.person_code.in_(part)))
    )
    return _periods(rows)


def statuses_of_list(session: Session, listed: Select[str]) -> defaultdict[str, tuple[StatusPeriod, ...]]:
    """The same for the people of a list, given as the query of their codes."""
    query = select(
        PersonStatus.person_code, PersonStatus.kind, PersonStatus.from_on, PersonStatus.until_on
    ).order_by(PersonStatus.from_on, PersonStatus.kind)
    return _periods(session.execute(query.where(PersonStatus.person_code.in_(listed))))


def served_by_person(
    session: Session, cycle_code: str, codes: Iterable[str], site_names: Mapping[str, str]
) -> dict[str, Served]:
    """Where and when these people were served in the cycle; handouts taken back do not count."""
    query = (
        select(Handout.person_code, DistributionSession.site_code, DistributionSession.held_on)
        .join(DistributionSession, DistributionSession.id == Handout.session_id)
        .where(Handout.cycle_code == cycle_code, Handout.reversed_by.is_(None))
    )
    return {
        row.person_code: Served(site_name=site_names.get(row.site_code, row.site_code), held_on=row.held_on)
        for part in parts(list(codes))
        for row in session.execute(query.where(Handout.person_code.in_(part)))
    }


def parts(values: list[str]) -> list[list[str]]:
    """The values in pieces that fit into one statement."""
    return [values[start : start + _PART] for start in range(0, len(values), _PART)]


def _periods(rows: Iterable[Row[*tuple[Any, ...]]]) -> defaultdict[str, tuple[StatusPeriod, ...]]:
    found: defaultdict[str, tuple[StatusPeriod, ...]] = defaultdict(tuple)
    for row in rows:
        period = StatusPeriod(kind=row.kind, from_on=row.from_on, until_on=row.until_on)
        found[row.person_code] = (*found[row.person_code], period)
    return found


def _enrolments(
    session: Session, codes: list[str], programme_code: str
) -> defaultdict[str, list[tuple[str, dt.date, dt.date | None]]]:
    query = select(
        Enrolment.person_code, Enrolment.site_code, Enrolment.enrolled_on, Enrolment.withdrawn_on
    ).where(Enrolment.programme_code == programme_code)
    found: defaultdict[str, list[tuple[str, dt.date, dt.date | None]]] = defaultdict(list)
    for part in parts(codes):
        rows = session.execute(
            query.where(Enrolment.person_code.in_(part)).order_by(Enrolment.enrolled_on, Enrolment.id)
        )
        for person_code, site_code, enrolled_on, withdrawn_on in rows:
            found[person_code].append((site_code, enrolled_on, withdrawn_on))
    return found


def _list_on(
    enrolments: list[tuple[str, dt.date, dt.date | None]], day: dt.date
) -> tuple[str | None, dt.date | None]:
    """The site whose list a person is on, and the day on which the person last left one before."""
    left_on: dt.date | None = None
    for site_code, enrolled_on, withdrawn_on in enrolments:
        if enrolled_on <= day and (withdrawn_on is None or withdrawn_on > day):
            return site_code, None
        if withdrawn_on is not None and withdrawn_on <= day:
            left_on = withdrawn_on
    return None, left_on
