"""Pages: the documents, one document with its reversal, closing a period."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.clock import day_of
from supply.db import Database
from supply.i18n import N_, gettext
from supply.inventory.balances import last_closed_day
from supply.inventory.close_period import ClosePeriod, close_period
from supply.inventory.ledger import DocumentUnknown
from supply.inventory.pages.paper_parts import is_reversible, reverse_form, signatures, told_instead
from supply.inventory.pages.shown import Names, condition_badge, end_label, names_of, place_options
from supply.inventory.papers import PAGE_LENGTH, DocumentRow, DocumentView, MovementRow
from supply.inventory.queries import document, documents
from supply.inventory.reverse import Reverse, reverse
from supply.inventory.words import KIND_NAMES, DocumentKind
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge, Pager, Signature


class PaperRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document in the list."""

    number: str
    href: str
    kind: str
    place: str
    occurred_on: dt.date
    grams: int
    user: str
    state: Badge | None


class PapersPage(msgspec.Struct, frozen=True, kw_only=True):
    """The list."""

    filter_fields: tuple[Field, ...]
    rows: tuple[PaperRow, ...]
    pager: Pager
    close_form: Form | None
    closed_on: dt.date | None


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A movement on the paper."""

    product: str
    lot: str
    href: str
    expires_on: dt.date
    source: str
    source_state: Badge
    target: str
    target_state: Badge
    packs: str
    grams: int


class CountedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a count sheet."""

    product: str
    lot: str
    state: Badge
    book: str
    counted: str
    difference: str
    reason: str


class PaperPage(msgspec.Struct, frozen=True, kw_only=True):
    """One document."""

    number: str
    kind: str
    place: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    user: str
    reference: str
    reason: str
    override: str | None
    cycle: str | None
    trip_href: str | None
    reverses: tuple[str, str] | None
    reversed_by: tuple[str, str] | None
    lines: tuple[LineRow, ...]
    total_grams: int
    counted: tuple[CountedRow, ...]
    signatures: tuple[Signature, ...]
    reverse_form: Form | None
    told_instead: str
    list_href: str


class PaperPages(Controller):
    """Documents."""

    path = "/inventory"
    include_in_schema = False

    @get("/documents", operation_id="DocumentList", sync_to_thread=True)
    def listed(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        place: FromQuery[str | None] = None,
        kind: FromQuery[str | None] = None,
        offset: FromQuery[int] = 0,
    ) -> Template:
        return _list_page(db, actor, place, kind, max(offset, 0), reader=FormReader({}), faults=Faults())

    @post("/close", operation_id="ClosePeriodSubmit", sync_to_thread=True, status_code=303)
    def close_submit(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            command = ClosePeriod(closed_on=reader.day("closed_on"))
            reader.finish()
            with db.transaction() as session:
                closed = close_period(session, command, actor=actor, now=now)
            return see_other(
                "/inventory/documents", N_("The books are closed up to {day}."), day=closed.closed_on
            )

        return submit(
            attempt,
            again=lambda faults: _list_page(db, actor, None, None, 0, reader=FormReader(data), faults=faults),
        )

    @get("/close", operation_id="ClosePeriodAgain", sync_to_thread=False, status_code=303)
    def close_again(self) -> Response[Any]:
        """The address of a sent form, opened again, leads to the page that holds the form."""
        return see_other("/inventory/documents")

    @get("/documents/{document_id:uuid}", operation_id="DocumentPage", sync_to_thread=True)
    def shown(
        self,
        document_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
    ) -> Template:
        return _paper_page(db, actor, document_id, FormReader({}), Faults())

    @post(
        "/documents/{document_id:uuid}/reverse",
        operation_id="ReverseSubmit",
        sync_to_thread=True,
        status_code=303,
    )
    def reverse_submit(
        self,
        document_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            reversal_id, reason = reader.uuid("id"), reader.text("reason", max_length=1000)
            reader.finish()
            with db.transaction() as session:
                view = document(session, document_id)
                if view is None:
                    raise DocumentUnknown(document=str(document_id))
                # The paper's own day, so that old balances are right again; a closed day leaves only today.
                is_open = view.occurred_on > last_closed_day(session)
                command = Reverse(
                    id=reversal_id,
                    document_id=document_id,
                    occurred_on=view.occurred_on if is_open else day_of(now),
                    reason=reason,
                )
                posted = reverse(session, command, actor=actor, now=now)
            return see_other(
                f"/inventory/documents/{posted.id}", N_("Recorded as {number}."), number=posted.number
            )

        return submit(
            attempt, again=lambda faults: _paper_page(db, actor, document_id, FormReader(data), faults)
        )


def _list_page(
    db: Database,
    actor: Actor,
    place: str | None,
    kind: str | None,
    offset: int,
    *,
    reader: FormReader,
    faults: Faults,
) -> Template:
    wanted = kind if kind in set(DocumentKind) else None
    with db.snapshot() as session:
        names = names_of(session)
        found = documents(
            session,
            place_codes=[place] if place else actor.places,
            kind=wanted,
            offset=offset,
            limit=PAGE_LENGTH + 1,
        )
        closed_on = last_closed_day(session)
    rows = tuple(_paper_row(row) for row in found[:PAGE_LENGTH])
    is_closed = closed_on > dt.date.min
    content = PapersPage(
        filter_fields=_filters(names, place, wanted),
        rows=rows,
        pager=_pager(place, wanted, offset, len(rows), has_more=len(found) > PAGE_LENGTH),
        close_form=_close_form(reader, faults) if actor.may(Right.CLOSE_PERIOD) else None,
        closed_on=closed_on if is_closed else None,
    )
    return page("inventory/documents.html", content, title=N_("Documents"))


def _paper_row(row: DocumentRow) -> PaperRow:
    return PaperRow(
        number=row.number,
        href=f"/inventory/documents/{row.id}",
        kind=gettext(KIND_NAMES[DocumentKind(row.kind)]),
        place=row.place_name,
        occurred_on=row.occurred_on,
        grams=row.grams,
        user=row.user_name,
        state=Badge("neutral", gettext(N_("Reversed"))) if row.is_reversed else None,
    )


def _pager(place: str | None, kind: str | None, offset: int, shown: int, *, has_more: bool) -> Pager:
    def href(start: int) -> str:
        return "/inventory/documents?" + urlencode(
            {"place": place or "", "kind": kind or "", "offset": start}
        )

    return Pager(
        first=offset + 1 if shown else 0,
        last=offset + shown,
        previous_href=href(max(offset - PAGE_LENGTH, 0)) if offset else None,
        next_href=href(offset + PAGE_LENGTH) if has_more else None,
    )


def _filters(names: Names, place: str | None, kind: str | None) -> tuple[Field, ...]:
    everything = gettext(N_("Everything"))
    kinds = tuple(Option(one.value, gettext(KIND_NAMES[one]), one == kind) for one in DocumentKind)
    return (
        Field(
            name="place",
            label=gettext(N_("Place")),
            kind="select",
            options=place_options((*names.stores(), *names.sites()), place, empty=everything),
            is_required=True,
        ),
        Field(
            name="kind",
            label=gettext(N_("Document type")),
            kind="select",
            options=(Option("", everything, not kind), *kinds),
            is_required=True,
        ),
    )


def _close_form(reader: FormReader, faults: Faults) -> Form:
    field = Field(
        name="closed_on",
        label=gettext(N_("Close the books up to and including")),
        kind="date",
        value=reader.raw("closed_on"),
        hint=gettext(N_("Nothing can be recorded on these days any more, at any place.")),
        error=faults.fields.get("closed_on"),
        is_required=True,
    )
    return Form(
        action="/inventory/close",
        id="close",
        fields=(field,),
        submit_label=gettext(N_("Close the period")),
        error_summary=faults.summary_rows(),
    )


def _paper_page(
    db: Database, actor: Actor, document_id: UUID, reader: FormReader, faults: Faults
) -> Template:
    with db.snapshot() as session:
        view = document(session, document_id)
        names = names_of(session)
    if view is None:
        raise DocumentUnknown(document=str(document_id))
    may_reverse = is_reversible(view) and actor.may(Right.REVERSE, view.place_code)
    content = PaperPage(
        number=view.number,
        kind=gettext(KIND_NAMES[DocumentKind(view.kind)]),
        place=view.place_name,
        occurred_on=view.occurred_on,
        recorded_at=view.recorded_at,
        user=view.user_name,
        reference=view.reference,
        reason=view.reason,
        override=view.override,
        cycle=view.cycle_code,
        trip_href=f"/routing/trips/{view.trip_id}" if view.trip_id else None,
        reverses=_link(view.reverses_id, view.reverses_number),
        reversed_by=_link(view.reversed_by_id, view.reversed_by_number),
        lines=tuple(_line_row(line, names) for line in view.lines),
        total_grams=sum(line.grams for line in view.lines),
        counted=_counted_rows(view, names),
        signatures=signatures(view),
        reverse_form=reverse_form(document_id, reader, faults) if may_reverse else None,
        told_instead=told_instead(view, actor),
        list_href=f"/inventory/documents?place={view.place_code}",
    )
    return page("inventory/document.html", content, title=view.number)


def _link(document_id: UUID | None, number: str | None) -> tuple[str, str] | None:
    return None if document_id is None or number is None else (number, f"/inventory/documents/{document_id}")


def _line_row(line: MovementRow, names: Names) -> LineRow:
    return LineRow(
        product=names.product(line.product_code),
        lot=line.lot_number,
        href=f"/inventory/lots/{line.lot_id}",
        expires_on=line.expires_on,
        source=end_label(line.source),
        source_state=condition_badge(line.source.condition),
        target=end_label(line.target),
        target_state=condition_badge(line.target.condition),
        packs=names.in_packs(line.grams, line.pack_code),
        grams=line.grams,
    )


def _counted_rows(view: DocumentView, names: Names) -> tuple[CountedRow, ...]:
    return tuple(
        CountedRow(
            product=names.product(row.product_code),
            lot=row.lot_number,
            state=condition_badge(row.condition),
            book=names.in_packs(row.book_grams, row.pack_code),
            counted=gettext(N_("not counted"))
            if row.counted_grams is None
            else names.in_packs(row.counted_grams, row.pack_code),
            difference="–"
            if row.counted_grams is None
            else names.in_packs(row.counted_grams - row.book_grams, row.pack_code),
            reason=row.reason,
        )
        for row in view.counted
    )
