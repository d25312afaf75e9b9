"""Pages: a session with its list, handing out, and taking back a document recorded by mistake."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.distribution.hand_out import HandOut, Receiver, hand_out
from supply.distribution.lists import ListRow, Standing, session_list
from supply.distribution.pages.stock import StockLine, stock_lines
from supply.distribution.pages.texts import (
    Words,
    age_text,
    filled,
    mass_text,
    read_reduced,
    reduced_fields,
    standing_badge,
    state_badge,
    words,
)
from supply.distribution.privacy import may_see_people
from supply.distribution.queries import (
    PaperRow,
    SessionRow,
    distribution_session,
    session_papers,
    session_tallies,
)
from supply.distribution.searching import folded
from supply.distribution.sessions import SessionUnknown, find_session
from supply.distribution.setting import cycle_rations, find_cycle
from supply.i18n import N_, gettext, show_number
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge, Pager, Share

ROWS_PER_PAGE = 40
SHOWN = ("due", "served", "out", "all")
_STANDINGS: dict[str, tuple[Standing, ...]] = {
    "due": (Standing.DUE, Standing.ABSENT),
    "served": (Standing.SERVED, Standing.SERVED_BEFORE),
    "out": (Standing.NOT_ELIGIBLE,),
    "all": tuple(Standing),
}


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """One person of the list."""

    code: str
    href: str
    name: str
    head: str
    village: str
    age: str
    group: str
    ration: str
    standing: Badge
    told: str
    is_choosable: bool
    is_chosen: bool


class PaperLine(msgspec.Struct, frozen=True, kw_only=True):
    """One document of the session."""

    number: str
    href: str
    kind: str
    people: int
    grams: int
    note: str
    is_taken_back: bool
    take_back_href: str | None


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A session: its figures, its list, what the site has, and its documents."""

    row: SessionRow
    state: Badge
    note: str
    eligible: int
    attendance: Share
    progress: str
    given: str
    tabs: tuple[tuple[str, str, bool], ...]
    search: tuple[Field, ...]
    show: str
    query: str
    lines: tuple[PersonLine, ...]
    is_to_serve: bool
    pager: Pager | None
    rations: tuple[tuple[str, str], ...]
    tallies: tuple[tuple[str, int, int], ...]
    stock: tuple[StockLine, ...]
    papers: tuple[PaperLine, ...]
    told_instead: str
    form: Form
    may_see_people: bool
    may_serve: bool
    may_close: bool
    has_list: bool


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    session_id: UUID
    show: str = "due"
    query: str = ""
    part: int = 1


class ServingPages(Controller):
    """A session at work."""

    path = "/distribution"
    include_in_schema = False

    @get("/sessions/{session_id:uuid}", operation_id="SessionPage", sync_to_thread=True)
    def session_page(
        self,
        *,
        session_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        show: FromQuery[str] = "due",
        q: FromQuery[str] = "",
        part: FromQuery[int] = 1,
    ) -> Template:
        asked = _Asked(
            session_id=session_id, show=show if show in SHOWN else "due", query=q, part=max(part, 1)
        )
        return _session_page(db, actor, today, asked, reader=None, faults=Faults())

    @post(
        "/sessions/{session_id:uuid}/hand-out",
        operation_id="HandOutSubmit",
        sync_to_thread=True,
        status_code=303,
    )
    def hand_out_submit(
        self,
        *,
        session_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)
        asked = _Asked(session_id=session_id, query=reader.raw("q"))

        def attempt() -> Response[Any]:
            command = _read_hand_out(db, session_id, reader)
            with db.transaction() as session:
                done = hand_out(session, command, actor=actor, now=now)
            return see_other(
                _href(asked),
                N_("{people} people served; document {number}."),
                people=done.people,
                number=done.number,
            )

        return submit(
            attempt, again=lambda faults: _session_page(db, actor, today, asked, reader=reader, faults=faults)
        )


def _read_hand_out(db: Database, session_id: UUID, reader: FormReader) -> HandOut:
    with db.snapshot() as session:
        rations = cycle_rations(session, find_session(session, session_id).cycle_code)
    received_by = reader.text("received_by", required=False, max_length=120)
    command = HandOut(
        id=reader.uuid("id"),
        session_id=session_id,
        people=tuple(Receiver(person_code=code, received_by=received_by) for code in reader.many("person")),
        reduced=read_reduced(reader, rations),
        reason=reader.text("reason", required=False, max_length=500),
    )
    reader.finish()
    return command


def _session_page(
    db: Database, actor: Actor, today: dt.date, asked: _Asked, *, reader: FormReader | None, faults: Faults
) -> Template:
    with db.snapshot() as session:
        content = _content(session, actor, today, asked, reader=reader, faults=faults)
    return page("distribution/session.html", content, title=content.row.site_name)


def _content(
    session: Session,
    actor: Actor,
    today: dt.date,
    asked: _Asked,
    *,
    reader: FormReader | None,
    faults: Faults,
) -> SessionPage:
    row = distribution_session(session, asked.session_id)
    if row is None:
        raise SessionUnknown(session_id=str(asked.session_id))
    known = words(session, row.cycle_code)
    people = session_list(session, find_session(session, row.id))
    eligible = sum(one.standing is not Standing.NOT_ELIGIBLE for one in people)
    names_shown = may_see_people(actor, row.site_code)
    found = _matching(people, asked) if names_shown else []
    start = (asked.part - 1) * ROWS_PER_PAGE
    chosen = set(reader.many("person")) if reader else set()
    may_distribute = actor.may(Right.DISTRIBUTE, row.site_code) and row.state == "open"
    # A document is taken back while its cycle is open, also once its session is closed.
    is_cycle_open = find_cycle(session, row.cycle_code).state == "open"
    may_take_back = actor.may(Right.DISTRIBUTE, row.site_code) and is_cycle_open
    papers = tuple(_paper(one, may_take_back=may_take_back) for one in session_papers(session, row.id))
    served = sum(one.standing in {Standing.SERVED, Standing.SERVED_BEFORE} for one in people)
    lines = tuple(_line(one, known, chosen) for one in found[start : start + ROWS_PER_PAGE])
    return SessionPage(
        row=row,
        state=state_badge(row.state, is_to_come=row.held_on > today),
        note="" if row.is_in_window else gettext(N_("After the cycle's last day")),
        eligible=eligible,
        attendance=Share(served, eligible),
        progress=gettext(N_("{served} of {eligible}")).format(
            served=show_number(served), eligible=show_number(eligible)
        ),
        given=mass_text(row.grams),
        tabs=_tabs(people, asked),
        search=_search(asked),
        show=asked.show,
        query=asked.query,
        lines=lines,
        is_to_serve=may_distribute and row.held_on <= today and any(line.is_choosable for line in lines),
        pager=_pager(asked, start, len(found)),
        rations=tuple((known.groups[code], text) for code, text in known.rations.items() if text),
        tallies=tuple(
            (known.group(one.group_code), one.people, one.grams) for one in session_tallies(session, row.id)
        ),
        stock=stock_lines(session, row.site_code, row.held_on, known),
        papers=papers,
        told_instead=_told_instead(papers, row, actor, is_cycle_open=is_cycle_open),
        form=_hand_out_form(session, row, known, reader, faults),
        may_see_people=names_shown,
        may_serve=may_distribute and row.held_on <= today,
        may_close=may_distribute and row.held_on <= today,
        has_list=bool(people),
    )


def _matching(people: tuple[ListRow, ...], asked: _Asked) -> list[ListRow]:
    wanted = folded(asked.query).split()
    # A search looks through the whole list: who asks for a name wants the person, whatever the tab.
    standings = _STANDINGS["all" if wanted else asked.show]
    return [
        one
        for one in people
        if one.standing in standings
        and all(
            word in folded(f"{one.name} {one.person_code} {one.head_name} {one.village}") for word in wanted
        )
    ]


def _tabs(people: tuple[ListRow, ...], asked: _Asked) -> tuple[tuple[str, str, bool], ...]:
    labels = {
        "due": gettext(N_("To serve")),
        "served": gettext(N_("Served")),
        "out": gettext(N_("Not eligible")),
        "all": gettext(N_("Everybody")),
    }
    return tuple(
        (
            f"{labels[show]} ({sum(one.standing in _STANDINGS[show] for one in people)})",
            _href(msgspec.structs.replace(asked, show=show, query="", part=1)),
            show == asked.show and not asked.query,
        )
        for show in SHOWN
    )


def _search(asked: _Asked) -> tuple[Field, ...]:
    return (
        Field(
            name="q",
            label=gettext(N_("Name or card number")),
            kind="search",
            value=asked.query,
            is_required=True,
        ),
    )


def _href(asked: _Asked) -> str:
    parameters = {"show": asked.show, "q": asked.query, "part": str(asked.part)}
    usual = {"show": "due", "q": "", "part": "1"}
    said = urlencode({name: value for name, value in parameters.items() if value != usual[name]})
    return f"/distribution/sessions/{asked.session_id}" + (f"?{said}" if said else "")


def _pager(asked: _Asked, start: int, total: int) -> Pager | None:
    if total <= ROWS_PER_PAGE:
        return None
    last = min(start + ROWS_PER_PAGE, total)
    return Pager(
        first=start + 1,
        last=last,
        total=total,
        previous_href=_href(msgspec.structs.replace(asked, part=asked.part - 1)) if start else None,
        next_href=_href(msgspec.structs.replace(asked, part=asked.part + 1)) if last < total else None,
    )


def _line(one: ListRow, known: Words, chosen: set[str]) -> PersonLine:
    is_due = one.standing is Standing.DUE
    return PersonLine(
        code=one.person_code,
        href=f"/distribution/people/{one.person_code}",
        name=one.name,
        head=one.head_name,
        village=one.village,
        age=age_text(one.months),
        group=known.group(one.group_code, one.reason),
        ration=known.rations.get(one.group_code or "", ""),
        standing=standing_badge(one.standing),
        told=one.received_by,
        is_choosable=is_due,
        is_chosen=is_due and one.person_code in chosen,
    )


def _paper(one: PaperRow, *, may_take_back: bool) -> PaperLine:
    is_taken_back = one.reversed_by is not None
    return PaperLine(
        number=one.number,
        href=f"/inventory/documents/{one.document_id}",
        kind=gettext(N_("Tally") if one.is_tally else N_("List")),
        people=one.people,
        grams=one.grams,
        note=" · ".join(part for part in (one.reference, one.reason) if part),
        is_taken_back=is_taken_back,
        take_back_href=f"/distribution/papers/{one.document_id}/take-back"
        if may_take_back and not is_taken_back
        else None,
    )


def _told_instead(papers: Sequence[PaperLine], row: SessionRow, actor: Actor, *, is_cycle_open: bool) -> str:
    """Who can take a document back, or what comes before, for a reader who cannot; empty for the others."""
    if all(one.is_taken_back for one in papers):
        return ""
    if actor.may(Right.DISTRIBUTE, row.site_code):
        told = N_("Is one of these documents wrong? The cycle is closed: reopen it, then take it back here.")
        return "" if is_cycle_open else gettext(told)
    return gettext(
        N_(
            "Is one of these documents wrong? Tell the nutrition lead its number: "
            "the lead can take it back, you cannot."
        )
    )


def _hand_out_form(
    session: Session, row: SessionRow, known: Words, reader: FormReader | None, faults: Faults
) -> Form:
    fields = (
        Field(
            name="received_by",
            label=gettext(N_("Received by (proxy)")),
            hint=gettext(N_("Only if somebody else than the person or the mother takes the ration.")),
        ),
        *reduced_fields(cycle_rations(session, row.cycle_code), known),
    )
    return Form(
        action=f"/distribution/sessions/{row.id}/hand-out",
        id="hand",
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") if reader else str(new_id())),
            *filled(fields, reader, faults),
        ),
        submit_label=gettext(N_("Hand out to those ticked")),
        error_summary=faults.summary_rows(),
    )
