"""Pages: the programme with its cycles and groups, and the forms that define it."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.pages.section import filled, key_field, number, optional_count, select, text
from supply.db import Database
from supply.i18n import N_, gettext
from supply.people.rights import Actor, Right
from supply.programme import queries, rows
from supply.programme.define import DefineGroup, DefineProgramme, define_group, define_programme
from supply.programme.pages.states import state_badge
from supply.programme.words import GroupKind
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge

KINDS: dict[GroupKind, str] = {
    GroupKind.CHILD: N_("children of an age"),
    GroupKind.PREGNANT: N_("pregnant women"),
    GroupKind.BREASTFEEDING: N_("breastfeeding women"),
}


class CycleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle in the list."""

    name: str
    href: str
    starts_on: dt.date
    ends_on: dt.date
    state: Badge


class GroupLine(msgspec.Struct, frozen=True, kw_only=True):
    """A target group in the list."""

    name: str
    href: str
    code: str
    kind: str
    ages: str | None
    people: int | None


class ProgrammePage(msgspec.Struct, frozen=True, kw_only=True):
    """The programme; None of everything before it is defined."""

    programme: rows.ProgrammeRow | None
    cycles: tuple[CycleLine, ...]
    groups: tuple[GroupLine, ...]
    people: int | None
    current: CycleLine | None
    may_edit: bool


class DefinePage(msgspec.Struct, frozen=True):
    """A form that defines the programme or a group."""

    title: str
    form: Form


class ProgrammePages(Controller):
    """The programme and its groups."""

    path = "/programme"
    include_in_schema = False

    @get("/", operation_id="ProgrammeOverview", sync_to_thread=True)
    def overview(
        self, db: NamedDependency[Database], actor: NamedDependency[Actor], today: NamedDependency[dt.date]
    ) -> Template:
        with db.snapshot() as session:
            known = queries.programmes(session)
            cycles = queries.cycles(session)
            current = queries.current_cycle(session, today)
            groups = queries.groups(session)
            census = queries.census(session)
        people = {group.code: 0 for group in groups}
        for line in census:
            people[line.group_code] += line.people
        counted = {line.group_code for line in census}
        content = ProgrammePage(
            programme=known[0] if known else None,
            cycles=tuple(_line(row) for row in cycles),
            groups=tuple(_group(row, people[row.code] if row.code in counted else None) for row in groups),
            people=sum(people.values()) if counted else None,
            current=_line(current) if current else None,
            may_edit=actor.may(Right.MANAGE_PROGRAMME),
        )
        return page("programme/overview.html", content, title=N_("Programme"))

    @get("/define", operation_id="ProgrammeDefineForm", sync_to_thread=True)
    def define_form(self, db: NamedDependency[Database]) -> Template:
        return _programme_form(db, None, Faults())

    @post("/define", operation_id="ProgrammeDefineSubmit", sync_to_thread=True, status_code=303)
    def define_submit(
        self,
        *,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                known = queries.programmes(session)
            currency = reader.choice("budget_currency", ("XOF", "USD", "EUR"))
            command = DefineProgramme(
                code=known[0].code if known else reader.text("code", max_length=32),
                name=reader.text("name", max_length=160),
                starts_on=reader.day("starts_on"),
                ends_on=reader.day("ends_on"),
                budget_minor=reader.money("budget", currency) if reader.raw("budget").strip() else None,
                budget_currency=currency,
                source=reader.text("source", required=False, max_length=500),
            )
            reader.finish()
            with db.transaction() as session:
                define_programme(session, command, actor=actor, now=now)
            return see_other("/programme", N_("The programme is saved."))

        return submit(attempt, again=lambda faults: _programme_form(db, reader, faults))

    @get("/groups/{code:str}", operation_id="ProgrammeGroupForm", sync_to_thread=True)
    def group_form(self, code: FromPath[str], db: NamedDependency[Database]) -> Template:
        return _group_form(db, code, None, Faults())

    @post("/groups/{code:str}", operation_id="ProgrammeGroupSubmit", sync_to_thread=True, status_code=303)
    def group_submit(
        self,
        *,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            kind = reader.choice("kind", [one.value for one in GroupKind])
            command = DefineGroup(
                code=reader.text("code", max_length=32) if code == "new" else code,
                name_fr=reader.text("name_fr", max_length=120),
                name_en=reader.text("name_en", max_length=120),
                kind=GroupKind(kind) if kind in set(GroupKind) else GroupKind.CHILD,
                from_months=optional_count(reader, "from_months"),
                to_months=optional_count(reader, "to_months"),
                position=reader.count("position", required=False),
            )
            reader.finish()
            with db.transaction() as session:
                define_group(session, command, actor=actor, now=now)
            return see_other("/programme", N_("The target group is saved."))

        return submit(attempt, again=lambda faults: _group_form(db, code, reader, faults))


def _line(row: rows.CycleRow) -> CycleLine:
    return CycleLine(
        name=row.name,
        href=f"/programme/cycles/{row.code}",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=state_badge(row.state),
    )


def _group(row: rows.GroupRow, people: int | None) -> GroupLine:
    ages = None if row.from_months is None else f"{row.from_months}–{row.to_months}"
    return GroupLine(
        name=row.name,
        href=f"/programme/groups/{row.code}",
        code=row.code,
        kind=gettext(KINDS[GroupKind(row.kind)]),
        ages=ages,
        people=people,
    )


def _programme_form(db: Database, reader: FormReader | None, faults: Faults) -> Template:
    with db.snapshot() as session:
        known = queries.programmes(session)
    row = known[0] if known else None
    budget = ""
    if row and row.budget_minor is not None:
        scale = 1 if row.budget_currency == "XOF" else 100
        whole, cents = divmod(row.budget_minor, scale)
        budget = str(whole) if scale == 1 else f"{whole},{cents:02d}"
    fields = (
        key_field("code", N_("Code"), row.code if row else None),
        text("name", N_("Name"), row.name if row else ""),
        _day("starts_on", gettext(N_("First day")), row.starts_on if row else None),
        _day("ends_on", gettext(N_("Last day")), row.ends_on if row else None),
        Field(name="budget", label=gettext(N_("Budget")), kind="money", value=budget),
        select(
            "budget_currency",
            N_("Currency"),
            [(one, one) for one in ("XOF", "USD", "EUR")],
            row.budget_currency if row else "XOF",
        ),
        text("source", N_("Source"), row.source if row else "", required=False),
    )
    form = Form(
        action="/programme/define",
        id="programme",
        fields=filled(fields, reader, faults),
        submit_label=gettext(N_("Save")),
        error_summary=faults.summary_rows(),
    )
    title = gettext(N_("The programme"))
    return page("programme/define.html", DefinePage(title, form), title=title)


def _group_form(db: Database, code: str, reader: FormReader | None, faults: Faults) -> Template:
    with db.snapshot() as session:
        row = next((one for one in queries.groups(session) if one.code == code), None)
    kinds = [(kind.value, gettext(name)) for kind, name in KINDS.items()]
    fields = (
        key_field("code", N_("Code"), row.code if row else None),
        text("name_fr", N_("Name in French"), row.name_fr if row else ""),
        text("name_en", N_("Name in English"), row.name_en if row else ""),
        select("kind", N_("Who belongs to it"), kinds, row.kind if row else None),
        number(
            "from_months", N_("From age"), row.from_months if row else None, required=False, unit=_months()
        ),
        number(
            "to_months",
            N_("To age, included"),
            row.to_months if row else None,
            required=False,
            unit=_months(),
        ),
        number("position", N_("Position in lists"), row.position if row else 0, required=False),
    )
    form = Form(
        action=f"/programme/groups/{row.code if row else 'new'}",
        id="group",
        fields=filled(fields, reader, faults),
        submit_label=gettext(N_("Save")),
        error_summary=faults.summary_rows(),
    )
    title = row.name if row else gettext(N_("New target group"))
    return page("programme/define.html", DefinePage(title, form), title=title)


def _months() -> str:
    return gettext(N_("months"))


def _day(name: str, label: str, value: dt.date | None) -> Field:
    return Field(
        name=name, label=label, kind="date", value=value.isoformat() if value else "", is_required=True
    )
