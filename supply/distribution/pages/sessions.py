"""Pages: the sessions of a cycle, opening one, and the list to sign on paper."""

import datetime as dt
from collections import defaultdict
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.queries import places
from supply.db import Database
from supply.distribution.lists import Standing, session_list
from supply.distribution.pages.texts import Words, age_text, filled, state_badge, words
from supply.distribution.privacy import may_see_people, require_people
from supply.distribution.queries import SessionRow, distribution_session, sessions
from supply.distribution.register_queries import duplicate_count
from supply.distribution.sessions import OpenSession, find_session, open_session
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.inventory.queries import on_hand
from supply.people.rights import Actor, Right
from supply.programme.queries import current_cycle, cycles, targets
from supply.programme.rows import CycleRow
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge, Pager, Signature

SHEET_ROWS = 120
# Lines of a printed list: six A4 sheets, and a page under 100 kB.


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One session of the list."""

    site: str
    href: str
    commune: str
    held_on: dt.date
    state: Badge
    served: int
    tallied: int
    grams: int


class WaitingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A site of the cycle without a session."""

    site: str
    href: str
    people: int
    grams: int


class SessionsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The sessions of a cycle."""

    cycle_name: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    filters: tuple[Field, ...]
    rows: tuple[SessionLine, ...]
    waiting: tuple[WaitingLine, ...]
    open_count: int
    served: int
    tallied: int
    grams: int
    site_count: int
    is_without_sites: bool
    held_count: int
    duplicate_count: int
    may_open: bool
    may_see_people: bool


class OpenPage(msgspec.Struct, frozen=True):
    """The form of a new session."""

    form: Form


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line to sign."""

    number: int
    card: str
    name: str
    head: str
    village: str
    age: str
    group: str
    ration: str
    is_served: bool


class SheetPage(msgspec.Struct, frozen=True, kw_only=True):
    """The distribution list of a site, to be signed."""

    row: SessionRow
    rations: tuple[tuple[str, str], ...]
    lines: tuple[SheetLine, ...]
    eligible: int
    pager: Pager | None
    signatures: tuple[Signature, ...]
    back: str


class SessionPages(Controller):
    """Sessions of a cycle."""

    path = "/distribution"
    include_in_schema = False

    @get("/", operation_id="SessionsPage", sync_to_thread=True)
    def list_sessions(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        cycle: FromQuery[str] = "",
    ) -> Template:
        with db.snapshot() as session:
            content = _sessions_page(session, actor, today, cycle)
        return page("distribution/sessions.html", content, title=N_("Distribution sessions"))

    @get("/sessions/new", operation_id="OpenSessionForm", sync_to_thread=True)
    def open_form(
        self, db: NamedDependency[Database], today: NamedDependency[dt.date], site: FromQuery[str] = ""
    ) -> Template:
        return _open_form(db, today, site, None, Faults())

    @post("/sessions/new", operation_id="OpenSessionSubmit", sync_to_thread=True, status_code=303)
    def open_submit(
        self,
        *,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = OpenSession(
                id=reader.uuid("id"),
                cycle_code=reader.text("cycle"),
                site_code=reader.text("site"),
                held_on=reader.day("held_on"),
                leader=reader.text("leader", required=False, max_length=120),
            )
            reader.finish()
            with db.transaction() as session:
                opened = open_session(session, command, actor=actor, now=now)
            return see_other(f"/distribution/sessions/{opened.id}", N_("The session is open."))

        return submit(attempt, again=lambda faults: _open_form(db, today, "", reader, faults))

    @get("/sessions/{session_id:uuid}/sheet", operation_id="SessionSheet", sync_to_thread=True)
    def sheet(
        self,
        *,
        session_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        part: FromQuery[int] = 1,
    ) -> Template:
        with db.snapshot() as session:
            content = _sheet_page(session, actor, session_id, max(part, 1))
        return page("distribution/sheet.html", content, title=N_("Distribution list"))


def _sessions_page(session: Session, actor: Actor, today: dt.date, asked: str) -> SessionsPage:
    known = cycles(session)
    current = current_cycle(session, today)
    chosen = next((row for row in known if row.code == asked), current)
    rows = sessions(session, cycle_code=chosen.code if chosen else "", site_codes=actor.places)
    waiting, site_count = _waiting(session, chosen, rows, actor)
    return SessionsPage(
        cycle_name=chosen.name if chosen else "",
        starts_on=chosen.starts_on if chosen else None,
        ends_on=chosen.ends_on if chosen else None,
        filters=_cycle_filter(known, chosen),
        rows=tuple(_session_line(row, today) for row in rows),
        waiting=waiting,
        open_count=sum(row.state == "open" for row in rows),
        served=sum(row.served for row in rows),
        tallied=sum(row.tallied for row in rows),
        grams=sum(row.grams for row in rows),
        site_count=site_count,
        is_without_sites=actor.places is not None and not (rows or site_count),
        held_count=len({row.site_code for row in rows}),
        duplicate_count=duplicate_count(session, site_codes=actor.places) if may_see_people(actor) else 0,
        may_open=actor.may(Right.DISTRIBUTE) and chosen is not None and chosen.state == "open",
        may_see_people=may_see_people(actor),
    )


def _cycle_filter(known: tuple[CycleRow, ...], chosen: CycleRow | None) -> tuple[Field, ...]:
    return (
        Field(
            name="cycle",
            label=gettext(N_("Cycle")),
            kind="select",
            is_required=True,
            options=tuple(
                Option(row.code, row.name, chosen is not None and row.code == chosen.code)
                for row in reversed(known)
            ),
        ),
    )


def _session_line(row: SessionRow, today: dt.date) -> SessionLine:
    return SessionLine(
        site=row.site_name,
        href=f"/distribution/sessions/{row.id}",
        commune=row.commune or "–",
        held_on=row.held_on,
        state=state_badge(row.state, is_to_come=row.held_on > today),
        served=row.served,
        tallied=row.tallied,
        grams=row.grams,
    )


def _waiting(
    session: Session, cycle: CycleRow | None, rows: tuple[SessionRow, ...], actor: Actor
) -> tuple[tuple[WaitingLine, ...], int]:
    """Targeted sites without a session, and how many sites are targeted."""
    people: defaultdict[str, int] = defaultdict(int)
    for target in targets(session, cycle.code) if cycle else ():
        if actor.places is None or target.site_code in actor.places:
            people[target.site_code] += target.people
    due = sorted(set(people) - {row.site_code for row in rows})
    names = {row.code: row.name for row in places(session, "site")}
    grams: defaultdict[str, int] = defaultdict(int)
    for balance in on_hand(session, place_codes=due, condition="good") if due else ():
        grams[balance.place_code] += balance.grams
    lines = [
        WaitingLine(
            site=names.get(code, code),
            href=f"/distribution/sessions/new?site={code}",
            people=people[code],
            grams=grams[code],
        )
        for code in due
        if people[code]
    ]
    return tuple(sorted(lines, key=lambda line: line.site)), len(people)


def _open_form(
    db: Database, today: dt.date, site: str, reader: FormReader | None, faults: Faults
) -> Template:
    with db.snapshot() as session:
        opened = [row for row in cycles(session) if row.state == "open"]
        sites = places(session, "site", only_active=True)
    fields = (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") if reader else str(new_id())),
        Field(
            name="cycle",
            label=gettext(N_("Cycle")),
            kind="select",
            is_required=True,
            options=tuple(Option(row.code, row.name, row is opened[-1]) for row in opened),
        ),
        Field(
            name="site",
            label=gettext(N_("Site")),
            kind="select",
            is_required=True,
            options=(
                Option("", gettext(N_("Choose…")), not site),
                *(Option(row.code, row.name, row.code == site) for row in sites),
            ),
        ),
        Field(
            name="held_on",
            label=gettext(N_("Day of the distribution")),
            kind="date",
            value=today.isoformat(),
            is_required=True,
            hint=gettext(N_("A day to come is possible: its list can be printed now.")),
        ),
        Field(name="leader", label=gettext(N_("Leader of the team"))),
    )
    form = Form(
        action="/distribution/sessions/new",
        id="open",
        fields=filled(fields, reader, faults),
        submit_label=gettext(N_("Open the session")),
        error_summary=faults.summary_rows(),
    )
    return page("distribution/open.html", OpenPage(form), title=N_("Open a session"))


def _sheet_page(session: Session, actor: Actor, session_id: UUID, part: int) -> SheetPage:
    held = find_session(session, session_id)
    require_people(actor, held.site_code)
    row = distribution_session(session, session_id)
    assert row is not None, "found above"
    known = words(session, held.cycle_code)
    people = [one for one in session_list(session, held) if one.standing is not Standing.NOT_ELIGIBLE]
    start = (part - 1) * SHEET_ROWS
    shown = people[start : start + SHEET_ROWS]
    href = f"/distribution/sessions/{session_id}/sheet?part="
    return SheetPage(
        row=row,
        rations=_rations(known),
        lines=tuple(
            SheetLine(
                number=number,
                card=one.person_code,
                name=one.name,
                head=one.head_name,
                village=one.village,
                age=age_text(one.months),
                group=known.group(one.group_code),
                ration=known.rations.get(one.group_code or "", ""),
                is_served=one.standing in {Standing.SERVED, Standing.SERVED_BEFORE},
            )
            for number, one in enumerate(shown, start=start + 1)
        ),
        eligible=len(people),
        pager=Pager(
            first=start + 1,
            last=start + len(shown),
            total=len(people),
            previous_href=f"{href}{part - 1}" if part > 1 else None,
            next_href=f"{href}{part + 1}" if start + SHEET_ROWS < len(people) else None,
        )
        if len(people) > SHEET_ROWS
        else None,
        signatures=(
            Signature(gettext(N_("Team leader")), row.leader),
            Signature(gettext(N_("Distribution committee"))),
            Signature(gettext(N_("Health centre (CSCOM)"))),
        ),
        back=f"/distribution/sessions/{session_id}",
    )


def _rations(known: Words) -> tuple[tuple[str, str], ...]:
    return tuple((known.groups[code], text) for code, text in known.rations.items() if text)
