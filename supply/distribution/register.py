"""Registering households and persons. Names are kept as given.

Possible duplicates are flagged, never merged.
"""

import datetime as dt
from typing import Annotated, ClassVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.codes import Code, Name, check_site
from supply.distribution.eligibility import may_become_eligible
from supply.distribution.enrol import statuses_of
from supply.distribution.flags import flag_possible_duplicates
from supply.distribution.models import Enrolment, Household, Person, PersonStatus
from supply.distribution.searching import folded
from supply.distribution.setting import target_groups
from supply.distribution.status import NotAWoman, StatusInFuture
from supply.distribution.words import BirthKnown, Sex, StatusKind
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.ids import new_id
from supply.people.rights import Actor, Right, require

OLDEST_YEARS = 120
# An age beyond this is a typing error.


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person to register; without a code the household's card number and a running number make one.

    `status_from` is the first day of the status, today when it is not given.
    """

    name: Name
    sex: Sex
    born_on: dt.date
    birth_known: BirthKnown
    code: Code | None = None
    status: StatusKind | None = None
    status_from: dt.date | None = None


class RegisterHousehold(msgspec.Struct, frozen=True, kw_only=True):
    """A household with its persons; `code` is the number on its card.

    With a programme, everybody who is or will grow into one of its groups is put on the site's list today.
    """

    code: Code
    site_code: str
    head_name: Name
    persons: tuple[NewPerson, ...]
    village: Annotated[str, msgspec.Meta(max_length=120)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    is_illustrative: bool = False
    programme_code: str | None = None


class AddPerson(msgspec.Struct, frozen=True, kw_only=True):
    """One more person of a household, such as a new-born."""

    household_code: Code
    person: NewPerson
    programme_code: str | None = None


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """The household, the persons of the command in their order, and pairs to review."""

    household_code: str
    person_codes: tuple[str, ...]
    enrolled_codes: tuple[str, ...] = ()
    possible_duplicates: tuple[tuple[str, str], ...] = ()
    is_repeat: bool = False


class HouseholdUnknown(NotFound):
    """No household has this card number."""

    code: ClassVar[str] = "household-unknown"
    title = N_("No household has the card {card}. Check the number, or register the household.")


class HouseholdKnownOtherwise(Conflict):
    """The card number is another household's."""

    code: ClassVar[str] = "household-known-otherwise"
    title = N_("The card {card} belongs to the household of {head_name} at {site}. Use another number.")


class PersonKnownOtherwise(Conflict):
    """The person's code is another person's."""

    code: ClassVar[str] = "person-known-otherwise"
    title = N_("The code {card} belongs to {name}, born on {born_on}. Use another code.")


class BornInFuture(Invalid):
    """A birth date after today."""

    code: ClassVar[str] = "born-in-future"
    title = N_("{name} would be born on {born_on}, after today. Check the birth date.")


class AgeImpossible(Invalid):
    """A birth date too long ago."""

    code: ClassVar[str] = "age-impossible"
    title = N_("{name}, born on {born_on}, would be more than {years} years old. Check the birth date.")


class NobodyToRegister(Invalid):
    """A household without persons."""

    code: ClassVar[str] = "nobody-to-register"
    title = N_("Write at least one person of the household.")


def register_household(
    session: Session, command: RegisterHousehold, *, actor: Actor, now: dt.datetime
) -> Registered:
    """Put a household and its persons in the register; the same household again changes nothing."""
    require(actor, Right.REGISTER_PEOPLE, command.site_code)
    lock_places(session, [command.site_code])
    check_site(session, command.site_code)
    if not command.persons:
        raise NobodyToRegister
    for person in command.persons:
        check_person(person, day_of(now))
    known = session.get(Household, command.code)
    persons = with_codes(command.code, command.persons, taken=0)
    if known is not None:
        return _repeat(session, known, command, persons)
    for code, _ in persons:
        _refuse_taken(session, code)
    session.add(
        Household(
            code=command.code,
            site_code=command.site_code,
            head_name=command.head_name.strip(),
            search_name=folded(command.head_name),
            village=command.village.strip(),
            phone=command.phone.strip(),
            is_illustrative=command.is_illustrative,
        )
    )
    session.flush()
    return _add(session, _Joining(command.code, command.site_code, command.programme_code), persons, now=now)


def add_person(session: Session, command: AddPerson, *, actor: Actor, now: dt.datetime) -> Registered:
    """Put one more person of a household in the register; the same person again changes nothing."""
    household = session.get(Household, command.household_code)
    if household is None:
        raise HouseholdUnknown(card=command.household_code)
    require(actor, Right.REGISTER_PEOPLE, household.site_code)
    lock_places(session, [household.site_code])
    check_person(command.person, day_of(now))
    there = session.scalars(
        select(Person).where(Person.household_code == household.code).order_by(Person.code)
    ).all()
    if command.person.code is None:
        for person in there:
            if _is_same(person, command.person):
                return Registered(household_code=household.code, person_codes=(person.code,), is_repeat=True)
    persons = with_codes(household.code, (command.person,), taken=len(there))
    known = session.get(Person, persons[0][0])
    if known is not None:
        if known.household_code == household.code and _is_same(known, command.person):
            return Registered(household_code=household.code, person_codes=(known.code,), is_repeat=True)
        raise PersonKnownOtherwise(card=known.code, name=known.name, born_on=known.born_on)
    joining = _Joining(household.code, household.site_code, command.programme_code)
    return _add(session, joining, persons, now=now)


def check_person(person: NewPerson, today: dt.date) -> None:
    """Refuse a birth date or status that cannot be."""
    if person.born_on > today:
        raise BornInFuture(name=person.name, born_on=person.born_on)
    if person.born_on.year < today.year - OLDEST_YEARS:
        raise AgeImpossible(name=person.name, born_on=person.born_on, years=OLDEST_YEARS)
    if person.status is not None and person.sex is not Sex.FEMALE:
        raise NotAWoman(name=person.name)
    if person.status_from is not None and person.status_from > today:
        raise StatusInFuture(from_on=person.status_from)


def with_codes(
    household_code: str, persons: tuple[NewPerson, ...], *, taken: int
) -> tuple[tuple[str, NewPerson], ...]:
    """Each person with its code; `taken` running numbers of the household are given already."""
    return tuple(
        (person.code or f"{household_code}-{number:02d}", person)
        for number, person in enumerate(persons, start=taken + 1)
    )


def _repeat(
    session: Session,
    known: Household,
    command: RegisterHousehold,
    persons: tuple[tuple[str, NewPerson], ...],
) -> Registered:
    same_household = (known.site_code, known.head_name) == (command.site_code, command.head_name.strip())
    found = {code: session.get(Person, code) for code, _ in persons}
    for code, person in persons:
        row = found[code]
        if not same_household or row is None or not _is_same(row, person):
            raise HouseholdKnownOtherwise(card=known.code, head_name=known.head_name, site=known.site_code)
    return Registered(
        household_code=known.code, person_codes=tuple(code for code, _ in persons), is_repeat=True
    )


def _refuse_taken(session: Session, code: str) -> None:
    known = session.get(Person, code)
    if known is not None:
        raise PersonKnownOtherwise(card=code, name=known.name, born_on=known.born_on)


def _is_same(row: Person, person: NewPerson) -> bool:
    return (row.name, row.sex, row.born_on) == (person.name.strip(), person.sex, person.born_on)


class _Joining(msgspec.Struct, frozen=True):
    household_code: str
    site_code: str
    programme_code: str | None


def _add(
    session: Session, joining: _Joining, persons: tuple[tuple[str, NewPerson], ...], *, now: dt.datetime
) -> Registered:
    today = day_of(now)
    for code, person in persons:
        session.add(
            Person(
                code=code,
                household_code=joining.household_code,
                name=person.name.strip(),
                search_name=folded(person.name),
                sex=person.sex.value,
                born_on=person.born_on,
                birth_known=person.birth_known.value,
            )
        )
    session.flush()
    session.add_all(
        PersonStatus(person_code=code, kind=person.status.value, from_on=person.status_from or today)
        for code, person in persons
        if person.status is not None
    )
    session.flush()
    codes = tuple(code for code, _ in persons)
    return Registered(
        household_code=joining.household_code,
        person_codes=codes,
        enrolled_codes=_enrol(session, joining, persons, today),
        possible_duplicates=flag_possible_duplicates(session, codes, now=now),
    )


def _enrol(
    session: Session, joining: _Joining, persons: tuple[tuple[str, NewPerson], ...], today: dt.date
) -> tuple[str, ...]:
    if joining.programme_code is None:
        return ()
    groups = target_groups(session)
    fitting = tuple(
        code
        for code, person in persons
        if may_become_eligible(
            person.born_on, person.sex.value, statuses_of(session, code), groups, day=today
        )
    )
    session.add_all(
        Enrolment(
            id=new_id(),
            person_code=code,
            programme_code=joining.programme_code,
            site_code=joining.site_code,
            enrolled_on=today,
        )
        for code in fitting
    )
    session.flush()
    return fitting
