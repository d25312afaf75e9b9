"""The forms of the register: a household with its persons, one more person, status, enrolment, withdrawal."""

import datetime as dt
from collections.abc import Iterable

from supply.catalog.rows import PlaceRow
from supply.distribution.enrol import Enrol, Withdraw
from supply.distribution.pages.texts import filled
from supply.distribution.register import AddPerson, NewPerson, RegisterHousehold
from supply.distribution.register_queries import PersonView
from supply.distribution.status import RecordStatus
from supply.distribution.words import (
    BIRTH_KNOWN_NAMES,
    SEX_NAMES,
    STATUS_NAMES,
    BirthKnown,
    Sex,
    StatusKind,
)
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.web.forms import Faults, Field, Form, FormReader, Option

MOST_LINES = 20


def line_count(reader: FormReader) -> int:
    """How many lines for persons were sent."""
    return sum(reader.raw("lines") != "" and name.endswith("-name") for name in reader.names()) or 1


def household_form(
    sites: Iterable[PlaceRow], reader: FormReader | None, faults: Faults, lines: int
) -> tuple[Form, tuple[tuple[Field, ...], ...]]:
    """The household's own fields, and a line of fields for each person."""
    fields = (
        Field(name="lines", label="", kind="hidden", value=str(lines)),
        Field(
            name="code",
            label=gettext(N_("Card number of the household")),
            is_required=True,
            hint=gettext(N_("Letters, figures, dots and dashes; as printed on the card.")),
        ),
        Field(name="head_name", label=gettext(N_("Head of household")), is_required=True),
        Field(
            name="site",
            label=gettext(N_("Site")),
            kind="select",
            is_required=True,
            options=(Option("", gettext(N_("Choose…")), True), *_sites(sites, "")),
        ),
        Field(name="village", label=gettext(N_("Village"))),
        Field(name="phone", label=gettext(N_("Telephone")), kind="tel"),
    )
    form = Form(
        action="/distribution/register/new",
        id="household",
        fields=filled(fields, reader, faults),
        submit_label=gettext(N_("Register and put on the list")),
        error_summary=faults.summary_rows(),
    )
    return form, tuple(
        filled(_person_fields(f"p{n}-", is_required=n == 1), reader, faults) for n in range(1, lines + 1)
    )


def read_household(reader: FormReader, lines: int, programme_code: str | None) -> RegisterHousehold:
    """The household as sent; lines without a name are left out."""
    persons = tuple(
        _read_new(reader, f"p{number}-")
        for number in range(1, lines + 1)
        if reader.raw(f"p{number}-name").strip()
    )
    command = RegisterHousehold(
        code=_code(reader, "code"),
        site_code=reader.text("site"),
        head_name=reader.text("head_name", max_length=120),
        village=reader.text("village", required=False, max_length=120),
        phone=reader.text("phone", required=False, max_length=40),
        persons=persons,
        programme_code=programme_code,
    )
    reader.finish()
    return command


def person_form(household_code: str, reader: FormReader | None, faults: Faults) -> Form:
    """One more person of a household."""
    return Form(
        action=f"/distribution/households/{household_code}/persons",
        id="person",
        fields=filled(_person_fields("p1-", is_required=True), reader, faults),
        submit_label=gettext(N_("Register this person")),
        error_summary=faults.summary_rows(),
    )


def read_person(reader: FormReader, household_code: str, programme_code: str | None) -> AddPerson:
    """The person as sent."""
    reader.text("p1-name", max_length=120)
    person = _read_new(reader, "p1-")
    reader.finish()
    return AddPerson(household_code=household_code, person=person, programme_code=programme_code)


def change_forms(
    view: PersonView, sites: Iterable[PlaceRow], today: dt.date, reader: FormReader | None, faults: Faults
) -> tuple[tuple[str, Form], ...]:
    """What can be recorded about a person now, each under its title."""
    sent = reader.raw("what") if reader else ""

    def form(what: str, title: str, label: str, *fields: Field) -> tuple[str, Form]:
        is_sent = what == sent
        hidden = (Field(name="what", label="", kind="hidden", value=what),)
        shown = filled(fields, reader if is_sent else None, faults if is_sent else Faults())
        return gettext(title), Form(
            action=f"/distribution/people/{view.person.code}",
            id=what,
            fields=(*hidden, *shown),
            submit_label=gettext(label),
            error_summary=faults.summary_rows() if is_sent else (),
        )

    found: list[tuple[str, Form]] = []
    if view.person.enrolled_at is None:
        found.append(form("enrol", N_("Put on a list"), N_("Enrol"), *_enrol_fields(view, sites, today)))
    else:
        found.append(form("withdraw", N_("Take off the list"), N_("Withdraw"), *_withdraw_fields(today)))
    if view.person.sex == Sex.FEMALE:
        found.append(
            form("status", N_("Pregnancy or breastfeeding"), N_("Record the status"), *_status_fields(today))
        )
    return tuple(found)


def read_change(reader: FormReader, code: str, programme_code: str) -> RecordStatus | Enrol | Withdraw:
    """The change that was sent."""
    command: RecordStatus | Enrol | Withdraw
    match reader.choice("what", ("enrol", "withdraw", "status")):
        case "enrol":
            command = Enrol(
                id=reader.uuid("id"),
                person_code=code,
                programme_code=programme_code,
                site_code=reader.text("site"),
                enrolled_on=reader.day("on"),
            )
        case "withdraw":
            command = Withdraw(
                person_code=code,
                programme_code=programme_code,
                withdrawn_on=reader.day("on"),
                reason=reader.text("reason", max_length=500),
            )
        case _:
            command = RecordStatus(
                person_code=code,
                kind=_status(reader, "kind") or StatusKind.PREGNANT,
                from_on=reader.day("from_on"),
                until_on=reader.optional_day("until_on"),
            )
    reader.finish()
    return command


def _person_fields(prefix: str, *, is_required: bool = False) -> tuple[Field, ...]:
    return (
        Field(name=f"{prefix}name", label=gettext(N_("Name")), is_required=is_required),
        Field(
            name=f"{prefix}sex",
            label=gettext(N_("Sex")),
            kind="select",
            is_required=True,
            options=tuple(Option(sex.value, gettext(name)) for sex, name in SEX_NAMES.items()),
        ),
        Field(name=f"{prefix}born_on", label=gettext(N_("Birth date")), kind="date", is_required=True),
        Field(
            name=f"{prefix}birth_known",
            label=gettext(N_("How it is known")),
            kind="select",
            is_required=True,
            options=tuple(Option(kind.value, gettext(name)) for kind, name in BIRTH_KNOWN_NAMES.items()),
        ),
        Field(
            name=f"{prefix}status",
            label=gettext(N_("Pregnant or breastfeeding")),
            kind="select",
            options=(Option("", "–"), *_statuses()),
        ),
        Field(name=f"{prefix}status_from", label=gettext(N_("Since")), kind="date"),
    )


def _read_new(reader: FormReader, prefix: str) -> NewPerson:
    sex = reader.choice(f"{prefix}sex", [one.value for one in Sex])
    known = reader.choice(f"{prefix}birth_known", [one.value for one in BirthKnown])
    return NewPerson(
        name=reader.text(f"{prefix}name", required=False, max_length=120),
        sex=Sex(sex) if sex in set(Sex) else Sex.FEMALE,
        born_on=reader.day(f"{prefix}born_on"),
        birth_known=BirthKnown(known) if known in set(BirthKnown) else BirthKnown.ESTIMATE,
        status=_status(reader, f"{prefix}status"),
        status_from=reader.optional_day(f"{prefix}status_from"),
    )


def _status(reader: FormReader, name: str) -> StatusKind | None:
    value = reader.choice(name, [one.value for one in StatusKind], required=False)
    return StatusKind(value) if value in set(StatusKind) else None


def _code(reader: FormReader, name: str) -> str:
    value = reader.text(name, max_length=40)
    if value and not all(mark.isalnum() or mark in "._-" for mark in value):
        reader.fault(name, N_("Write letters, figures, dots and dashes only."))
    return value


def _statuses() -> tuple[Option, ...]:
    return tuple(Option(kind.value, gettext(name)) for kind, name in STATUS_NAMES.items())


def _sites(sites: Iterable[PlaceRow], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(row.code, row.name, row.code == chosen) for row in sites)


def _enrol_fields(view: PersonView, sites: Iterable[PlaceRow], today: dt.date) -> tuple[Field, ...]:
    return (
        Field(name="id", label="", kind="hidden", value=str(new_id())),
        Field(
            name="site",
            label=gettext(N_("Site")),
            kind="select",
            is_required=True,
            options=_sites(sites, view.site_code),
        ),
        Field(
            name="on",
            label=gettext(N_("On the list from")),
            kind="date",
            value=today.isoformat(),
            is_required=True,
        ),
    )


def _withdraw_fields(today: dt.date) -> tuple[Field, ...]:
    return (
        Field(
            name="on",
            label=gettext(N_("First day off the list")),
            kind="date",
            value=today.isoformat(),
            is_required=True,
        ),
        Field(
            name="reason",
            label=gettext(N_("Reason")),
            is_required=True,
            hint=gettext(N_("For instance: moved away, died, registered twice.")),
        ),
    )


def _status_fields(today: dt.date) -> tuple[Field, ...]:
    return (
        Field(name="kind", label=gettext(N_("Status")), kind="radio", is_required=True, options=_statuses()),
        Field(
            name="from_on", label=gettext(N_("Since")), kind="date", value=today.isoformat(), is_required=True
        ),
        Field(
            name="until_on",
            label=gettext(N_("Until")),
            kind="date",
            hint=gettext(
                N_("If not known, leave empty: it lasts until an end or another status is recorded.")
            ),
        ),
    )
