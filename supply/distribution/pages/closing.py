"""Pages: the tally of a session without a list, its left-over, and closing it."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.queries import place, places
from supply.db import Database
from supply.distribution.left_over import ReturnLeftOver, return_left_over
from supply.distribution.pages.stock import StockLine, stock_lines
from supply.distribution.pages.texts import (
    Words,
    filled,
    in_packs,
    mass_text,
    read_reduced,
    reduced_fields,
    state_badge,
    words,
)
from supply.distribution.portions import Ration
from supply.distribution.queries import SessionRow, distribution_session
from supply.distribution.sessions import CloseSession, SessionUnknown, close_session
from supply.distribution.setting import cycle_rations
from supply.distribution.tally import GroupCount, RecordTally, record_tally
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.inventory.queries import Balance, on_hand
from supply.inventory.return_to_store import ReturnedLine
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge


class TallyPage(msgspec.Struct, frozen=True, kw_only=True):
    """Counts per group, and what the site has."""

    row: SessionRow
    form: Form
    group_names: tuple[str, ...]
    stock: tuple[StockLine, ...]
    back: str


class ClosePage(msgspec.Struct, frozen=True, kw_only=True):
    """What is left over, where it goes, and closing the list."""

    row: SessionRow
    state: Badge
    given: str
    left: str
    left_grams: int
    left_over: Form | None
    lot_fields: tuple[tuple[Field, ...], ...]
    close_action: str
    may_close: bool
    back: str


class ConfirmPage(msgspec.Struct, frozen=True, kw_only=True):
    """What closing means, before it is done for good."""

    row: SessionRow
    state: Badge
    left: str
    left_grams: int
    close_action: str
    may_close: bool
    back: str


class ClosingPages(Controller):
    """Tally, left-over and end of a session."""

    path = "/distribution/sessions/{session_id:uuid}"
    include_in_schema = False

    @get("/tally", operation_id="TallyForm", sync_to_thread=True)
    def tally_form(self, session_id: FromPath[UUID], db: NamedDependency[Database]) -> Template:
        return _tally_form(db, session_id, None, Faults())

    @post("/tally", operation_id="TallySubmit", sync_to_thread=True, status_code=303)
    def tally_submit(
        self,
        *,
        session_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = _read_tally(db, session_id, reader)
            with db.transaction() as session:
                done = record_tally(session, command, actor=actor, now=now)
            return see_other(
                f"/distribution/sessions/{session_id}",
                N_("{people} people counted; document {number}."),
                people=done.people,
                number=done.number,
            )

        return submit(attempt, again=lambda faults: _tally_form(db, session_id, reader, faults))

    @get("/close", operation_id="CloseSessionForm", sync_to_thread=True)
    def close_form(
        self, session_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        return _close_page(db, actor, session_id, None, Faults())

    @get("/close/confirm", operation_id="CloseSessionConfirm", sync_to_thread=True)
    def close_confirm(
        self, session_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        return _confirm_page(db, actor, session_id)

    @get("/left-over", operation_id="LeftOverAgain", sync_to_thread=False, status_code=303)
    def left_over_again(self, session_id: FromPath[UUID]) -> Response[Any]:
        """The address of a sent form, opened again, leads to the page that holds the form."""
        return see_other(f"/distribution/sessions/{session_id}/close")

    @post("/left-over", operation_id="LeftOverSubmit", sync_to_thread=True, status_code=303)
    def left_over_submit(
        self,
        *,
        session_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = _read_left_over(db, session_id, reader)
            with db.transaction() as session:
                done = return_left_over(session, command, actor=actor, now=now)
            return see_other(
                f"/distribution/sessions/{session_id}/close",
                N_("{grams:mass} went back to the store; document {number}."),
                grams=done.grams,
                number=done.number,
            )

        return submit(attempt, again=lambda faults: _close_page(db, actor, session_id, reader, faults))

    @post("/close", operation_id="CloseSessionSubmit", sync_to_thread=True, status_code=303)
    def close_submit(
        self,
        *,
        session_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            with db.transaction() as session:
                done = close_session(session, CloseSession(session_id=session_id), actor=actor, now=now)
            return see_other(
                f"/distribution/sessions/{session_id}",
                N_("Closed: {served} of {eligible} eligible people served from the list, {tallied} counted."),
                served=done.served,
                eligible=done.eligible,
                tallied=done.tallied,
            )

        return submit(attempt, again=lambda faults: _close_page(db, actor, session_id, None, faults))


def _row(session: Session, session_id: UUID) -> SessionRow:
    row = distribution_session(session, session_id)
    if row is None:
        raise SessionUnknown(session_id=str(session_id))
    return row


def _tally_form(db: Database, session_id: UUID, reader: FormReader | None, faults: Faults) -> Template:
    with db.snapshot() as session:
        row = _row(session, session_id)
        known = words(session, row.cycle_code)
        rations = cycle_rations(session, row.cycle_code)
        stock = stock_lines(session, row.site_code, row.held_on, known)
    groups = _groups(rations, known)
    fields = (
        *(
            Field(
                name=f"people-{code}",
                label=known.groups[code],
                kind="number",
                unit=gettext(N_("people")),
                hint=known.rations[code],
            )
            for code in groups
        ),
        Field(name="reference", label=gettext(N_("Number of the tally sheet"))),
        *reduced_fields(rations, known),
    )
    form = Form(
        action=f"/distribution/sessions/{session_id}/tally",
        id="tally",
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") if reader else str(new_id())),
            *filled(fields, reader, faults),
        ),
        submit_label=gettext(N_("Record the tally")),
        error_summary=faults.summary_rows(),
    )
    content = TallyPage(
        row=row,
        form=form,
        group_names=tuple(f"people-{code}" for code in groups),
        stock=stock,
        back=f"/distribution/sessions/{session_id}",
    )
    return page("distribution/tally.html", content, title=N_("Tally of a session"))


def _groups(rations: tuple[Ration, ...], known: Words) -> tuple[str, ...]:
    """Groups with a ration, in the order of the programme."""
    due = {ration.group_code for ration in rations}
    return tuple(code for code in known.groups if code in due)


def _read_tally(db: Database, session_id: UUID, reader: FormReader) -> RecordTally:
    with db.snapshot() as session:
        row = _row(session, session_id)
        rations = cycle_rations(session, row.cycle_code)
        groups = _groups(rations, words(session, row.cycle_code))
    people = {code: reader.count(f"people-{code}", required=False) for code in groups}
    command = RecordTally(
        id=reader.uuid("id"),
        session_id=session_id,
        counts=tuple(GroupCount(group_code=code, people=count) for code, count in people.items() if count),
        reduced=read_reduced(reader, rations),
        reason=reader.text("reason", required=False, max_length=500),
        reference=reader.text("reference", required=False, max_length=80),
    )
    reader.finish()
    return command


def _close_page(
    db: Database, actor: Actor, session_id: UUID, reader: FormReader | None, faults: Faults
) -> Template:
    with db.snapshot() as session:
        row = _row(session, session_id)
        known = words(session, row.cycle_code)
        left = on_hand(session, place_codes=(row.site_code,))
        stores = places(session, "store", only_active=True)
        home = place(session, row.site_code)
    lot_fields = tuple(_lot_fields(balance, known) for balance in left)
    fields = (
        Field(
            name="store",
            label=gettext(N_("Back to the store")),
            kind="select",
            is_required=True,
            options=tuple(
                Option(one.code, one.name, home is not None and one.code == home.store_code) for one in stores
            ),
        ),
        Field(
            name="on", label=gettext(N_("Day")), kind="date", value=row.held_on.isoformat(), is_required=True
        ),
        Field(name="reference", label=gettext(N_("Number of the return note"))),
    )
    form = Form(
        action=f"/distribution/sessions/{session_id}/left-over",
        id="left",
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") if reader else str(new_id())),
            *filled(fields, reader, faults),
        ),
        submit_label=gettext(N_("Send the left-over back")),
        error_summary=faults.summary_rows(),
    )
    may = actor.may(Right.DISTRIBUTE, row.site_code)
    content = ClosePage(
        row=row,
        state=state_badge(row.state),
        given=mass_text(row.grams),
        left=mass_text(sum(balance.grams for balance in left)),
        left_grams=sum(balance.grams for balance in left),
        left_over=form if may and left else None,
        lot_fields=tuple(filled(line, reader, faults) for line in lot_fields),
        close_action=f"/distribution/sessions/{session_id}/close",
        may_close=may and row.state == "open",
        back=f"/distribution/sessions/{session_id}",
    )
    return page("distribution/close.html", content, title=N_("Close the session"))


def _confirm_page(db: Database, actor: Actor, session_id: UUID) -> Template:
    with db.snapshot() as session:
        row = _row(session, session_id)
        left_grams = sum(balance.grams for balance in on_hand(session, place_codes=(row.site_code,)))
    content = ConfirmPage(
        row=row,
        state=state_badge(row.state),
        left=mass_text(left_grams),
        left_grams=left_grams,
        close_action=f"/distribution/sessions/{session_id}/close",
        may_close=actor.may(Right.DISTRIBUTE, row.site_code) and row.state == "open",
        back=f"/distribution/sessions/{session_id}",
    )
    return page("distribution/close_confirm.html", content, title=N_("Close the session"))


def _lot_fields(balance: Balance, known: Words) -> tuple[Field, ...]:
    """The lot as it lies there, and how much of it goes back: all of it unless somebody writes less."""
    name = known.products.get(balance.product_code, balance.product_code)
    return (
        Field(
            name=f"lot-{balance.lot_id}-{balance.condition}",
            label=gettext(N_("{product}, lot {lot}")).format(product=name, lot=balance.lot_number),
            kind="decimal",
            unit="kg",
            value=_plain_kg(balance.grams),
            hint=in_packs(balance.grams, known.packs.get(balance.product_code)),
            is_required=True,
        ),
    )


def _read_left_over(db: Database, session_id: UUID, reader: FormReader) -> ReturnLeftOver:
    with db.snapshot() as session:
        left = on_hand(session, place_codes=(_row(session, session_id).site_code,))
    lines: list[ReturnedLine] = []
    for balance in left:
        grams = reader.kg(f"lot-{balance.lot_id}-{balance.condition}", required=False)
        if grams:
            line = {"lot_id": balance.lot_id, "grams": int(grams)}
            conditions = {"condition": balance.condition, "arrives_as": balance.condition}
            lines.append(msgspec.convert(line | conditions, ReturnedLine))
    command = ReturnLeftOver(
        id=reader.uuid("id"),
        session_id=session_id,
        store_code=reader.text("store"),
        occurred_on=reader.day("on"),
        lines=tuple(lines),
        reference=reader.text("reference", required=False, max_length=80),
    )
    reader.finish()
    return command


def _plain_kg(grams: int) -> str:
    """Kilograms as a field takes them in both languages: no grouping, a comma."""
    kilograms, rest = divmod(grams, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{kilograms},{decimals}" if decimals else str(kilograms)
