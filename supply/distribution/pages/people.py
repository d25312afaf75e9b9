"""Pages: one person with the whole history, and what can be recorded about a person."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.queries import places
from supply.db import Database
from supply.distribution.enrol import Enrol, Withdraw, enrol, withdraw
from supply.distribution.pages import person_forms
from supply.distribution.pages.person_lines import PersonLine, person_line, programme_of
from supply.distribution.pages.texts import words
from supply.distribution.privacy import require_people
from supply.distribution.register_queries import EnrolmentRow, PersonView, person
from supply.distribution.status import PersonUnknown, RecordStatus, record_status
from supply.distribution.words import STATUS_NAMES, StatusKind
from supply.i18n import N_, gettext, show_date
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit


class StatusLine(msgspec.Struct, frozen=True, kw_only=True):
    """A time of pregnancy or breastfeeding."""

    kind: str
    from_on: dt.date
    until: str


class ReceivedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A ration received."""

    cycle: str
    href: str
    site: str
    held_on: dt.date
    product: str
    group: str
    grams: int
    due_grams: int
    note: str


class PersonPage(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the whole history, and what can be recorded."""

    view: PersonView
    line: PersonLine
    statuses: tuple[StatusLine, ...]
    enrolments: tuple[EnrolmentRow, ...]
    received: tuple[ReceivedLine, ...]
    forms: tuple[tuple[str, Form], ...]


class PeoplePages(Controller):
    """One person."""

    path = "/distribution/people/{code:str}"
    include_in_schema = False

    @get("/", operation_id="PersonPage", sync_to_thread=True)
    def person_page(
        self,
        *,
        code: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _person_page(db, actor, today, code, reader=None, faults=Faults())

    @post("/", operation_id="PersonSubmit", sync_to_thread=True, status_code=303)
    def person_submit(
        self,
        *,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                programme_code = programme_of(session, today) or ""
            command = person_forms.read_change(reader, code, programme_code)
            with db.transaction() as session:
                match command:
                    case RecordStatus():
                        record_status(session, command, actor=actor, now=now)
                    case Enrol():
                        enrol(session, command, actor=actor, now=now)
                    case Withdraw():
                        withdraw(session, command, actor=actor, now=now)
            return see_other(f"/distribution/people/{code}", N_("Recorded."))

        return submit(
            attempt, again=lambda faults: _person_page(db, actor, today, code, reader=reader, faults=faults)
        )


def _person_page(
    db: Database, actor: Actor, today: dt.date, code: str, *, reader: FormReader | None, faults: Faults
) -> Template:
    with db.snapshot() as session:
        view = person(session, code, day=today)
        if view is None:
            raise PersonUnknown(card=code)
        require_people(actor, view.site_code)
        known = words(session)
        sites = places(session, "site", only_active=True)
    may = actor.may(Right.REGISTER_PEOPLE, view.site_code)
    forms = person_forms.change_forms(view, sites, today, reader, faults) if may else ()
    content = PersonPage(
        view=view,
        line=person_line(view.person, known),
        statuses=tuple(
            StatusLine(
                kind=gettext(STATUS_NAMES[StatusKind(one.kind)]),
                from_on=one.from_on,
                until=show_date(one.until_on, "medium") if one.until_on else gettext(N_("not known yet")),
            )
            for one in view.statuses
        ),
        enrolments=view.enrolments,
        received=tuple(
            ReceivedLine(
                cycle=one.cycle_name,
                href=f"/distribution/sessions/{one.session_id}",
                site=one.site_name,
                held_on=one.held_on,
                product=known.products.get(one.product_code, one.product_code),
                group=known.group(one.group_code),
                grams=one.grams,
                due_grams=one.due_grams,
                note=gettext(N_("taken back")) if one.is_taken_back else one.received_by,
            )
            for one in view.received
        ),
        forms=forms,
    )
    return page("distribution/person.html", content, title=N_("Person"))
