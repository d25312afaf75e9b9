"""A person as one line of a list, and the programme that the register works for."""

import datetime as dt

import msgspec
from sqlalchemy.orm import Session

from supply.distribution.pages.texts import Words, age_text
from supply.distribution.register_queries import PersonRow
from supply.distribution.words import BIRTH_KNOWN_NAMES, SEX_NAMES, BirthKnown, Sex
from supply.i18n import N_, gettext
from supply.programme.queries import current_cycle, programmes
from supply.web.parts import Badge


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person found, or of a household."""

    code: str
    name: str
    href: str
    head: str
    household_href: str
    village: str
    sex: str
    born_on: dt.date
    birth_known: str
    age: str
    group: str
    site: str | None
    standing: Badge


def person_line(row: PersonRow, known: Words) -> PersonLine:
    if row.enrolled_at is None:
        standing = Badge("neutral", gettext(N_("On no list")))
    elif row.group_code is None:
        standing = Badge("hold", gettext(N_("Not eligible today")))
    else:
        standing = Badge("good", gettext(N_("Eligible today")))
    return PersonLine(
        code=row.code,
        name=row.name,
        href=f"/distribution/people/{row.code}",
        head=row.head_name,
        household_href=f"/distribution/households/{row.household_code}",
        village=row.village or "–",
        sex=gettext(SEX_NAMES[Sex(row.sex)]),
        born_on=row.born_on,
        birth_known=gettext(BIRTH_KNOWN_NAMES[BirthKnown(row.birth_known)]),
        age=age_text(row.months),
        group=known.group(row.group_code, row.reason),
        site=row.enrolled_at_name,
        standing=standing,
    )


def programme_of(session: Session, today: dt.date) -> str | None:
    """The programme that people are enrolled in: that of today's cycle, else the latest."""
    cycle = current_cycle(session, today)
    known = programmes(session)
    return cycle.programme_code if cycle else known[0].code if known else None
