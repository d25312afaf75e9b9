"""Flagging possible duplicates of newly registered persons, for a person to review."""

import datetime as dt
from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.distribution.duplicates import Known, possible_duplicates
from supply.distribution.models import Household, Person, PossibleDuplicate

Value = TypeVar("Value")


def flag_possible_duplicates(
    session: Session, person_codes: Collection[str], *, now: dt.datetime
) -> tuple[tuple[str, str], ...]:
    """Write the pairs that these persons form with anybody, and answer them; known pairs stay as decided."""
    new = set(person_codes)
    newcomers = [one for one in _known(session, new) if one.person_code in new]
    others = _neighbours(session, newcomers)
    found = possible_duplicates({one.person_code: one for one in (*newcomers, *others)}.values())
    pairs = tuple(pair for pair in found if new & set(pair))
    firsts = sorted({one for one, _ in pairs})
    there = {
        (one, other)
        for part in _parts(firsts)
        for one, other in session.execute(
            select(PossibleDuplicate.person_code, PossibleDuplicate.other_code).where(
                PossibleDuplicate.person_code.in_(part)
            )
        )
    }
    session.add_all(
        PossibleDuplicate(person_code=one, other_code=other, found_at=now)
        for one, other in pairs
        if (one, other) not in there
    )
    session.flush()
    return pairs


_COLUMNS = (
    Person.code.label("person_code"),
    Person.household_code,
    Household.site_code,
    Person.name,
    Person.sex,
    Person.born_on,
)


def _known(session: Session, codes: Collection[str]) -> list[Known]:
    query = select(*_COLUMNS).join(Household, Household.code == Person.household_code)
    return [
        Known(**row)
        for part in _parts(sorted(codes))
        for row in session.execute(query.where(Person.code.in_(part)).order_by(Person.code)).mappings()
    ]


def _neighbours(session: Session, newcomers: Collection[Known]) -> list[Known]:
    """Persons born on the same days at the same sites; a household is of one site."""
    sites = sorted({one.site_code for one in newcomers})
    query = select(*_COLUMNS).join(Household, Household.code == Person.household_code)
    return [
        Known(**row)
        for part in _parts(sorted({one.born_on for one in newcomers}))
        for row in session.execute(
            query.where(Person.born_on.in_(part), Household.site_code.in_(sites)).order_by(Person.code)
        ).mappings()
    ]


_PART = 500
# Values of one IN: databases limit the parameters of a statement.


def _parts(values: list[Value]) -> list[list[Value]]:
    return [values[start : start + _PART] for start in range(0, len(values), _PART)]
