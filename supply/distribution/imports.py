"""Import of beneficiaries from a file of the census or of the social registry: one row per person."""

import datetime as dt
import re
from collections import defaultdict
from typing import ClassVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.catalog.importing import Column, Importer, Taken
from supply.catalog.queries import places
from supply.catalog.row_reader import CellMissing, RowReader, TwiceInFile
from supply.clock import day_of
from supply.distribution.codes import SiteUnknown
from supply.distribution.duplicates import compared_name
from supply.distribution.eligibility import Group, StatusPeriod, may_become_eligible
from supply.distribution.enrol import DayInFuture
from supply.distribution.flags import flag_possible_duplicates
from supply.distribution.models import Enrolment, Household, Person, PersonStatus
from supply.distribution.people import parts, statuses_by_person
from supply.distribution.register import (
    HouseholdKnownOtherwise,
    NewPerson,
    PersonKnownOtherwise,
    check_person,
)
from supply.distribution.searching import folded
from supply.distribution.setting import target_groups
from supply.distribution.status import NotAWoman, StatusInFuture, StatusNotInOrder
from supply.distribution.words import BirthKnown, Sex, StatusKind
from supply.errors import Invalid, SupplyError
from supply.i18n import N_
from supply.ids import new_id
from supply.people.rights import Actor, Right, require
from supply.programme.queries import current_cycle, programmes

SEXES = {
    **dict.fromkeys(("f", "female", "femme", "fille", "féminin"), Sex.FEMALE),
    **dict.fromkeys(("m", "male", "homme", "garçon", "garcon", "masculin"), Sex.MALE),
}
BIRTHS_KNOWN = {
    **{kind.value: kind for kind in BirthKnown},
    "acte": BirthKnown.CERTIFICATE,
    "carnet": BirthKnown.HEALTH_CARD,
    "calendrier": BirthKnown.EVENTS_CALENDAR,
    "estimation": BirthKnown.ESTIMATE,
}
STATUSES = {
    **{kind.value: kind for kind in StatusKind},
    "enceinte": StatusKind.PREGNANT,
    "allaitante": StatusKind.BREASTFEEDING,
}
_CODE = re.compile(r"^[\w.-]{1,40}$")
_MONTH = re.compile(r"^(?:(?P<year>\d{4})-(?P<month>\d{1,2})|(?P<month2>\d{1,2})/(?P<year2>\d{4}))$")
MIDDLE_OF_MONTH = 15
# Day written when only the month of birth is known (SMART practice).


class CodeNotUsable(Invalid):
    """A card number with spaces or signs."""

    code: ClassVar[str] = "code-not-usable"
    title = N_("“{text}” cannot be a card number; use up to 40 letters, figures, dots and dashes.")


class _Entry(msgspec.Struct, kw_only=True):
    """One readable row."""

    row: RowReader
    household_code: str
    head_name: str
    site_code: str
    village: str
    phone: str
    person: NewPerson
    status: StatusPeriod | None
    enrolled_on: dt.date
    person_code: str = ""


class _Register(msgspec.Struct, kw_only=True):
    """What is known already of the households and persons of a file, growing row by row."""

    households: dict[str, Household]
    persons: dict[str, Person]
    by_household: defaultdict[str, list[Person]]
    line_by_person: dict[str, int]


def take_beneficiaries(
    session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime
) -> Taken:
    """Register, record the status and enrol every good row.

    Possible duplicates are flagged, nobody is merged.
    """
    today = day_of(now)
    sites = {row.code for row in places(session, "site")}
    entries = [entry for row in rows if (entry := _read(row, sites, today, actor)) is not None]
    register = _load(session, entries)
    new: list[_Entry] = []
    old: list[_Entry] = []
    for entry in entries:
        try:
            (new if _place(session, register, entry) else old).append(entry)
        except SupplyError as error:
            entry.row.refuse(error, "person" if entry.person.code else "household")
    session.flush()
    kept = [*new, *old]
    changed = _add_statuses(session, kept) | _enrol(session, kept, today)
    flag_possible_duplicates(session, [entry.person_code for entry in new], now=now)
    changed_old = sum(entry.person_code in changed for entry in old)
    return Taken(new_count=len(new), changed_count=changed_old, same_count=len(old) - changed_old)


def _read(row: RowReader, sites: set[str], today: dt.date, actor: Actor) -> _Entry | None:
    born_on, is_month_only = _birth(row)
    site_code, sex_word = row.text("site", maximum=32), row.choice("sex", SEXES)
    known_word = row.choice("birth_known", BIRTHS_KNOWN, default="estimate")
    birth_known = BirthKnown.EVENTS_CALENDAR if is_month_only else BIRTHS_KNOWN[known_word]
    household_code, person_code = row.text("household", maximum=40), row.optional("person")
    for column, code in (("household", household_code), ("person", person_code)):
        if code and not _CODE.match(code):
            row.fault(column, CodeNotUsable(text=code))
    name = row.text("name")
    person = NewPerson(
        name=name, sex=SEXES[sex_word], born_on=born_on, birth_known=birth_known, code=person_code
    )
    status = _status(row, person, today)
    enrolled_on = row.day("enrolled_on", default=today)
    if enrolled_on > today:
        row.fault("enrolled_on", DayInFuture(day=enrolled_on))
    entry = _Entry(
        row=row,
        household_code=household_code,
        head_name=row.optional_text("head_name", maximum=120),
        site_code=site_code,
        village=row.optional_text("village", maximum=120),
        phone=row.optional_text("phone", maximum=40),
        person=person,
        status=status,
        enrolled_on=enrolled_on,
    )
    if row.is_bad:
        return None
    try:
        check_person(person, today)
        if site_code not in sites:
            raise SiteUnknown(site=site_code)
        require(actor, Right.REGISTER_PEOPLE, site_code)
    except SupplyError as error:
        row.refuse(error, "site" if site_code not in sites else "birth_date")
        return None
    return entry


def _birth(row: RowReader) -> tuple[dt.date, bool]:
    """The birth date; a month alone stands for its middle."""
    match = _MONTH.match(row.raw("birth_date"))
    if match is None:
        return row.day("birth_date"), False
    year, month = int(match["year"] or match["year2"]), int(match["month"] or match["month2"])
    if not 1 <= month <= 12 or year == 0:
        return row.day("birth_date"), False
    return dt.date(year, month, MIDDLE_OF_MONTH), True


def _status(row: RowReader, person: NewPerson, today: dt.date) -> StatusPeriod | None:
    word = row.raw("status")
    if not word:
        return None
    kind = STATUSES[row.choice("status", STATUSES)]
    if not row.raw("status_from"):
        row.fault("status_from", CellMissing())
        return None
    from_on = row.day("status_from")
    until_on = row.day("status_until") if row.raw("status_until") else None
    if person.sex != Sex.FEMALE:
        row.fault("status", NotAWoman(name=person.name))
    if from_on > today:
        row.fault("status_from", StatusInFuture(from_on=from_on))
    if until_on is not None and until_on < from_on:
        row.fault("status_until", StatusNotInOrder(from_on=from_on, until_on=until_on))
    return StatusPeriod(kind=kind.value, from_on=from_on, until_on=until_on)


def _load(session: Session, entries: list[_Entry]) -> _Register:
    codes = sorted({entry.household_code for entry in entries})
    named = sorted({entry.person.code for entry in entries if entry.person.code})
    households: dict[str, Household] = {}
    persons: dict[str, Person] = {}
    for part in parts(codes):
        households |= {
            one.code: one for one in session.scalars(select(Household).where(Household.code.in_(part)))
        }
        persons |= {
            one.code: one for one in session.scalars(select(Person).where(Person.household_code.in_(part)))
        }
    for part in parts(named):
        persons |= {one.code: one for one in session.scalars(select(Person).where(Person.code.in_(part)))}
    by_household: defaultdict[str, list[Person]] = defaultdict(list)
    for one in persons.values():
        by_household[one.household_code].append(one)
    return _Register(households=households, persons=persons, by_household=by_household, line_by_person={})


def _place(session: Session, register: _Register, entry: _Entry) -> bool:
    """Put the row's household and person into the register unless they are there; True for a new person."""
    known = register.households.get(entry.household_code)
    if known is not None and known.site_code != entry.site_code:
        raise HouseholdKnownOtherwise(card=known.code, head_name=known.head_name, site=known.site_code)
    there = _find(register, entry)
    if there is not None:
        first = register.line_by_person.setdefault(there.code, entry.row.line)
        if first != entry.row.line:
            raise TwiceInFile(text=entry.person.name, first=first)
        entry.person_code = there.code
        return False
    if known is None:
        known = Household(
            code=entry.household_code,
            site_code=entry.site_code,
            head_name=entry.head_name or entry.person.name,
            search_name=folded(entry.head_name or entry.person.name),
            village=entry.village,
            phone=entry.phone,
        )
        register.households[known.code] = known
        session.add(known)
        session.flush()
    code = entry.person.code or _free_code(register, entry.household_code)
    person = Person(
        code=code,
        household_code=entry.household_code,
        name=entry.person.name,
        search_name=folded(entry.person.name),
        sex=entry.person.sex.value,
        born_on=entry.person.born_on,
        birth_known=entry.person.birth_known.value,
    )
    session.add(person)
    register.persons[code] = person
    register.by_household[entry.household_code].append(person)
    register.line_by_person[code] = entry.row.line
    entry.person_code = code
    return True


def _find(register: _Register, entry: _Entry) -> Person | None:
    """The row's person in the register; raises PersonKnownOtherwise when the code is somebody else's."""
    wanted = entry.person
    if wanted.code is not None:
        there = register.persons.get(wanted.code)
        if there is not None and not _is_same(there, entry):
            raise PersonKnownOtherwise(card=there.code, name=there.name, born_on=there.born_on)
        return there
    return next((one for one in register.by_household[entry.household_code] if _is_same(one, entry)), None)


def _is_same(there: Person, entry: _Entry) -> bool:
    wanted = entry.person
    return (there.household_code, compared_name(there.name), there.sex, there.born_on) == (
        entry.household_code,
        compared_name(wanted.name),
        wanted.sex.value,
        wanted.born_on,
    )


def _free_code(register: _Register, household_code: str) -> str:
    number = len(register.by_household[household_code]) + 1
    while f"{household_code}-{number:02d}" in register.persons:
        number += 1
    return f"{household_code}-{number:02d}"


def _add_statuses(session: Session, entries: list[_Entry]) -> set[str]:
    """Write the rows' statuses that are not known; answers whose were."""
    with_status = [entry for entry in entries if entry.status is not None]
    known = statuses_by_person(session, [entry.person_code for entry in with_status])
    changed: set[str] = set()
    for entry in with_status:
        status = entry.status
        assert status is not None, "filtered above"
        if any((one.kind, one.from_on) == (status.kind, status.from_on) for one in known[entry.person_code]):
            continue
        session.add(
            PersonStatus(
                person_code=entry.person_code,
                kind=status.kind,
                from_on=status.from_on,
                until_on=status.until_on,
            )
        )
        known[entry.person_code] = (*known[entry.person_code], status)
        changed.add(entry.person_code)
    session.flush()
    return changed


def _enrol(session: Session, entries: list[_Entry], today: dt.date) -> set[str]:
    """Put the rows' people who are, or will grow, into a group on their site's list; answers who was."""
    programme_code = _programme(session, today)
    if programme_code is None:
        return set()
    codes = sorted({entry.person_code for entry in entries})
    living = {
        code
        for part in parts(codes)
        for code in session.scalars(
            select(Enrolment.person_code).where(
                Enrolment.person_code.in_(part),
                Enrolment.programme_code == programme_code,
            )
        )
    }
    groups, statuses = target_groups(session), statuses_by_person(session, codes)
    enrolled: set[str] = set()
    for entry in entries:
        if entry.person_code in living or not _may_enrol(entry, statuses[entry.person_code], groups):
            continue
        session.add(
            Enrolment(
                id=new_id(),
                person_code=entry.person_code,
                programme_code=programme_code,
                site_code=entry.site_code,
                enrolled_on=entry.enrolled_on,
            )
        )
        enrolled.add(entry.person_code)
    session.flush()
    return enrolled


def _may_enrol(entry: _Entry, statuses: tuple[StatusPeriod, ...], groups: tuple[Group, ...]) -> bool:
    person = entry.person
    return may_become_eligible(person.born_on, person.sex, statuses, groups, day=entry.enrolled_on)


def _programme(session: Session, today: dt.date) -> str | None:
    """The programme that people are enrolled in: that of today's cycle, else the latest."""
    cycle = current_cycle(session, today)
    if cycle is not None:
        return cycle.programme_code
    known = programmes(session)
    return known[0].code if known else None


IMPORTERS: dict[str, Importer] = {
    "beneficiaries": Importer(
        kind="beneficiaries",
        title=N_("Beneficiaries: households and persons"),
        right=Right.REGISTER_PEOPLE,
        columns=(
            Column("household", aliases=("menage", "ménage", "household_id", "carte")),
            Column("person", is_required=False, aliases=("personne", "person_id", "beneficiaire")),
            Column("name", aliases=("nom", "nom_prenom", "person_name")),
            Column("head_name", is_required=False, aliases=("chef", "chef_menage", "chef de ménage")),
            Column("sex", aliases=("sexe",)),
            Column("birth_date", aliases=("date_naissance", "naissance", "date de naissance", "born_on")),
            Column("birth_known", is_required=False, aliases=("preuve", "source_age")),
            Column("status", is_required=False, aliases=("statut",)),
            Column("status_from", is_required=False, aliases=("statut_debut", "debut")),
            Column("status_until", is_required=False, aliases=("statut_fin", "fin")),
            Column("village", is_required=False),
            Column("phone", is_required=False, aliases=("telephone", "téléphone")),
            Column("site", aliases=("site_code", "site de distribution")),
            Column("enrolled_on", is_required=False, aliases=("inscrit_le", "date_inscription")),
        ),
        take=take_beneficiaries,
    )
}
