"""Pages: search the register, register a household, a household, a person's history, possible duplicates."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.queries import places
from supply.db import Database
from supply.distribution.pages import person_forms
from supply.distribution.pages.person_lines import PersonLine, person_line, programme_of
from supply.distribution.pages.texts import words
from supply.distribution.privacy import require_people
from supply.distribution.register import HouseholdUnknown, add_person, register_household
from supply.distribution.register_queries import (
    DuplicateRow,
    HouseholdView,
    household,
    possible_duplicates,
    search_people,
)
from supply.distribution.review import ReviewDuplicate, review_duplicate
from supply.distribution.words import (
    SEX_NAMES,
    DuplicateDecision,
    Sex,
)
from supply.i18n import N_, gettext
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Pager

ROWS_PER_PAGE = 30


class RegisterPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found."""

    search: tuple[Field, ...]
    query: str
    rows: tuple[PersonLine, ...]
    total: int
    is_alike: bool
    pager: Pager | None
    may_register: bool


class HouseholdFormPage(msgspec.Struct, frozen=True, kw_only=True):
    """A new household with lines for its persons."""

    form: Form
    head_fields: tuple[str, ...]
    person_lines: tuple[tuple[Field, ...], ...]


class HouseholdPage(msgspec.Struct, frozen=True, kw_only=True):
    """A household and its persons."""

    view: HouseholdView
    rows: tuple[PersonLine, ...]
    form: Form | None


class DuplicateLine(msgspec.Struct, frozen=True, kw_only=True):
    """A pair with its two records."""

    row: DuplicateRow
    sex: str
    href: str
    other_href: str


class DuplicatesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs that wait for a decision."""

    rows: tuple[DuplicateLine, ...]
    may_decide: bool


class RegisterPages(Controller):
    """The register of households."""

    path = "/distribution"
    include_in_schema = False

    @get("/register", operation_id="RegisterPage", sync_to_thread=True)
    def search(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        q: FromQuery[str] = "",
        part: FromQuery[int] = 1,
    ) -> Template:
        require_people(actor)
        start = (max(part, 1) - 1) * ROWS_PER_PAGE
        with db.snapshot() as session:
            found = search_people(
                session, q, day=today, site_codes=actor.places, limit=ROWS_PER_PAGE, offset=start
            )
            known = words(session)
        content = RegisterPage(
            search=(
                Field(
                    name="q",
                    label=gettext(N_("Name, card number or head of household")),
                    kind="search",
                    value=q,
                    is_required=True,
                ),
            ),
            query=q,
            rows=tuple(person_line(row, known) for row in found.rows),
            total=found.total,
            is_alike=found.is_alike,
            pager=_pager(q, start, found.total),
            may_register=actor.may(Right.REGISTER_PEOPLE),
        )
        return page("distribution/register.html", content, title=N_("Register of people"))

    @get("/register/new", operation_id="HouseholdForm", sync_to_thread=True)
    def household_form(
        self, db: NamedDependency[Database], today: NamedDependency[dt.date], lines: FromQuery[int] = 4
    ) -> Template:
        return _household_form(db, today, None, Faults(), min(max(lines, 1), 20))

    @post("/register/new", operation_id="HouseholdSubmit", sync_to_thread=True, status_code=303)
    def household_submit(
        self,
        *,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)
        lines = person_forms.line_count(reader)

        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                programme_code = programme_of(session, today)
            command = person_forms.read_household(reader, lines, programme_code)
            with db.transaction() as session:
                done = register_household(session, command, actor=actor, now=now)
            return see_other(
                f"/distribution/households/{done.household_code}",
                N_("{count} people registered, {enrolled} put on the list."),
                count=len(done.person_codes),
                enrolled=len(done.enrolled_codes),
            )

        return submit(attempt, again=lambda faults: _household_form(db, today, reader, faults, lines))

    @get("/households/{code:str}", operation_id="HouseholdPage", sync_to_thread=True)
    def household_page(
        self,
        *,
        code: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _household_page(db, actor, today, code, reader=None, faults=Faults())

    @post(
        "/households/{code:str}/persons", operation_id="AddPersonSubmit", sync_to_thread=True, status_code=303
    )
    def add_person_submit(
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
                programme_code = programme_of(session, today)
            command = person_forms.read_person(reader, code, programme_code)
            with db.transaction() as session:
                done = add_person(session, command, actor=actor, now=now)
            return see_other(
                f"/distribution/households/{code}", N_("{card} is registered."), card=done.person_codes[0]
            )

        return submit(
            attempt,
            again=lambda faults: _household_page(db, actor, today, code, reader=reader, faults=faults),
        )

    @get("/duplicates", operation_id="DuplicatesPage", sync_to_thread=True)
    def duplicates(self, db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Template:
        require_people(actor)
        with db.snapshot() as session:
            rows = possible_duplicates(session, site_codes=actor.places)
        content = DuplicatesPage(
            rows=tuple(
                DuplicateLine(
                    row=row,
                    sex=gettext(SEX_NAMES[Sex(row.sex)]),
                    href=f"/distribution/people/{row.person_code}",
                    other_href=f"/distribution/people/{row.other_code}",
                )
                for row in rows
            ),
            may_decide=actor.may(Right.REGISTER_PEOPLE),
        )
        return page("distribution/duplicates.html", content, title=N_("Possible duplicates"))

    @post("/duplicates", operation_id="DuplicateSubmit", sync_to_thread=True, status_code=303)
    def decide(
        self,
        *,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)
        person, other = reader.text("person"), reader.text("other")
        decision = reader.choice("decision", [one.value for one in DuplicateDecision])
        reader.finish()
        command = ReviewDuplicate(
            person_code=person,
            other_code=other,
            decision=DuplicateDecision(decision),
            kept_code=reader.raw("kept") or None,
        )
        with db.transaction() as session:
            review_duplicate(session, command, actor=actor, now=now)
        return see_other("/distribution/duplicates", N_("The decision is recorded."))


def _pager(query: str, start: int, total: int) -> Pager | None:
    if total <= ROWS_PER_PAGE:
        return None
    part = start // ROWS_PER_PAGE + 1
    last = min(start + ROWS_PER_PAGE, total)

    def href(number: int) -> str:
        return "/distribution/register?" + urlencode({"q": query, "part": number})

    return Pager(
        first=start + 1,
        last=last,
        total=total,
        previous_href=href(part - 1) if start else None,
        next_href=href(part + 1) if last < total else None,
    )


def _household_form(
    db: Database, today: dt.date, reader: FormReader | None, faults: Faults, lines: int
) -> Template:
    with db.snapshot() as session:
        sites = places(session, "site", only_active=True)
    form, person_lines = person_forms.household_form(sites, reader, faults, lines)
    content = HouseholdFormPage(
        form=form,
        head_fields=tuple(field.name for field in form.fields if field.kind != "hidden"),
        person_lines=person_lines,
    )
    return page("distribution/household_form.html", content, title=N_("Register a household"))


def _household_page(
    db: Database, actor: Actor, today: dt.date, code: str, *, reader: FormReader | None, faults: Faults
) -> Template:
    with db.snapshot() as session:
        view = household(session, code, day=today)
        if view is None:
            raise HouseholdUnknown(card=code)
        require_people(actor, view.site_code)
        known = words(session)
    may = actor.may(Right.REGISTER_PEOPLE, view.site_code)
    content = HouseholdPage(
        view=view,
        rows=tuple(person_line(row, known) for row in view.persons),
        form=person_forms.person_form(code, reader, faults) if may else None,
    )
    return page("distribution/household.html", content, title=N_("Household"))
