"""A waybill on the screen and on paper, and its arrival at the site."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.rows import PackRow
from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.routing import queries
from supply.routing.arrive import Arrive, Received, WaybillUnknown, arrive, may_receive
from supply.routing.pages.papers import Paper, paper
from supply.routing.pages.quantities import grams_by_unit, shown, unit_options, usual_unit
from supply.routing.pages.texts import in_packs, names_of_products, packs_by_code, packs_within
from supply.routing.pages.trip_forms import undo_form
from supply.routing.pages.trips import read_trip
from supply.routing.rows import TripRow, WaybillLineRow, WaybillRow
from supply.routing.undo import UndoArrival, undo_arrival
from supply.routing.words import TripState
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit

COUNTS = (
    ("good", N_("Good")),
    ("damaged", N_("Damaged")),
    ("missing", N_("Missing")),
    ("excess", N_("Too much")),
)


class WaybillPage(msgspec.Struct, frozen=True, kw_only=True):
    """One waybill."""

    paper: Paper
    trip_href: str
    arrive_href: str | None
    documents: tuple[tuple[str, str], ...]
    undo_form: Form | None
    told_instead: str


class WaybillsPage(msgspec.Struct, frozen=True, kw_only=True):
    """All waybills of a trip, three copies each, for the printer."""

    title: str
    trip_href: str
    papers: tuple[tuple[str, Paper], ...]


class CountCard(msgspec.Struct, frozen=True, kw_only=True):
    """One line to count."""

    title: str
    sent: str
    unit: Field
    fields: tuple[Field, ...]


class ArrivePage(msgspec.Struct, frozen=True, kw_only=True):
    """The arrival form of a waybill."""

    title: str
    lead: str
    waybill_href: str
    form: Form
    cards: tuple[CountCard, ...]
    head: tuple[Field, ...]
    remarks: Field


class WaybillPages(Controller):
    """Look at a waybill, print it, receive it."""

    path = "/routing"
    include_in_schema = False

    @get("/waybills/{waybill_id:uuid}", operation_id="WaybillPage", sync_to_thread=True)
    def show(
        self,
        waybill_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _show(db, waybill_id, actor, today, reader=FormReader({}), faults=Faults())

    @get("/trips/{trip_id:uuid}/waybills", operation_id="WaybillsOfTripPage", sync_to_thread=True)
    def of_trip(self, trip_id: FromPath[UUID], db: NamedDependency[Database]) -> Template:
        with db.snapshot() as session:
            trip = read_trip(session, trip_id)
            papers = [paper(session, trip, waybill) for waybill in trip.waybills]
        copies = (N_("Copy for the store"), N_("Copy for the receiver"), N_("Copy that comes back signed"))
        content = WaybillsPage(
            title=translate(N_("Waybills of trip {trip}"), {"trip": trip.label}),
            trip_href=f"/routing/trips/{trip.id}",
            papers=tuple((gettext(copy), one) for one in papers for copy in copies),
        )
        return page("routing/waybills.html", content, title=content.title)

    @get("/waybills/{waybill_id:uuid}/arrive", operation_id="ArriveForm", sync_to_thread=True)
    def arrive_form(
        self,
        waybill_id: FromPath[UUID],
        db: NamedDependency[Database],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _form(db, waybill_id, today, FormReader({}), Faults())

    @post(
        "/waybills/{waybill_id:uuid}/arrive",
        operation_id="ArriveSubmit",
        sync_to_thread=True,
        status_code=303,
    )
    def arrive_submit(
        self,
        *,
        waybill_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                waybill, packs = _read_waybill(session, waybill_id), packs_by_code(session)
            command = _read(FormReader(data), waybill, packs)
            with db.transaction() as session:
                arrived = arrive(session, command, actor=actor, now=now)
            return see_other(
                f"/routing/waybills/{waybill_id}",
                N_("{waybill} is received as {number}."),
                waybill=waybill.number,
                number=arrived.number,
            )

        return submit(attempt, again=lambda faults: _form(db, waybill_id, today, FormReader(data), faults))

    @post(
        "/waybills/{waybill_id:uuid}/undo",
        operation_id="UndoArrivalSubmit",
        sync_to_thread=True,
        status_code=303,
    )
    def undo(
        self,
        *,
        waybill_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            document_id, day = reader.uuid("undo_id"), reader.day("undo_on")
            reason = reader.text("undo_reason", max_length=500)
            reader.finish()
            command = UndoArrival(id=document_id, waybill_id=waybill_id, occurred_on=day, reason=reason)
            with db.transaction() as session:
                undo_arrival(session, command, actor=actor, now=now)
            return see_other(f"/routing/waybills/{waybill_id}", N_("The arrival is taken back."))

        return submit(
            attempt,
            called={"occurred_on": "undo_on", "reason": "undo_reason"},
            again=lambda faults: _show(db, waybill_id, actor, today, reader=FormReader(data), faults=faults),
        )


def _read_waybill(session: Session, waybill_id: UUID) -> WaybillRow:
    waybill = queries.waybill(session, waybill_id)
    if waybill is None:
        raise WaybillUnknown(waybill=str(waybill_id))
    return waybill


def _show(
    db: Database, waybill_id: UUID, actor: Actor, today: dt.date, *, reader: FormReader, faults: Faults
) -> Template:
    with db.snapshot() as session:
        waybill = _read_waybill(session, waybill_id)
        trip = read_trip(session, waybill.trip_id)
        shown_paper = paper(session, trip, waybill)
    is_coming = trip.state == TripState.DEPARTED and waybill.arrived_on is None
    documents = [
        (gettext(label), f"/inventory/documents/{document_id}")
        for label, document_id in (
            (N_("Movement of the departure"), waybill.departure_id),
            (N_("Movement of the arrival"), waybill.arrival_id),
        )
        if document_id is not None
    ]
    has_arrived = waybill.arrived_on is not None
    may_undo = has_arrived and actor.may(Right.REVERSE, waybill.store_code)
    content = WaybillPage(
        paper=shown_paper,
        trip_href=f"/routing/trips/{trip.id}",
        arrive_href=f"/routing/waybills/{waybill.id}/arrive"
        if is_coming and may_receive(actor, waybill)
        else None,
        documents=tuple(documents),
        undo_form=undo_form(f"/routing/waybills/{waybill.id}/undo", today, reader, faults)
        if may_undo
        else None,
        told_instead=_told_instead(waybill) if has_arrived and not may_undo else "",
    )
    return page("routing/waybill.html", content, title=waybill.number)


def _told_instead(waybill: WaybillRow) -> str:
    """Who can take the arrival back, for a reader who cannot."""
    message = N_(
        "Was the arrival recorded wrongly? Tell the logistics officer the waybill's number, {waybill}: "
        "the officer can take it back, you cannot."
    )
    return translate(message, {"waybill": waybill.number})


def _read(reader: FormReader, waybill: WaybillRow, packs: dict[str, PackRow]) -> Arrive:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    receiver = reader.text("receiver", max_length=120)
    remarks = reader.text("remarks", required=False, max_length=1000)
    lines = tuple(
        Received(
            line=line.line,
            good_grams=_grams(reader, "good", line, packs),
            damaged_grams=_grams(reader, "damaged", line, packs),
            missing_grams=_grams(reader, "missing", line, packs),
            excess_grams=_grams(reader, "excess", line, packs),
        )
        for line in waybill.lines
        if line.dispatched_grams
    )
    reader.finish()
    return Arrive(
        id=document_id,
        waybill_id=waybill.id,
        occurred_on=day,
        receiver=receiver,
        remarks=remarks,
        lines=lines,
    )


def _grams(reader: FormReader, count: str, line: WaybillLineRow, packs: dict[str, PackRow]) -> int:
    """One count of a line in the line's unit; an empty field other than good is nothing."""
    name, required = f"{count}-{line.line}", count == "good"
    size = grams_by_unit(packs_within(line.pack_code, packs)).get(reader.raw(f"unit-{line.line}"))
    if size is not None:
        return reader.count(name, required=required) * size
    return reader.kg(name, required=required)


def _form(db: Database, waybill_id: UUID, today: dt.date, reader: FormReader, faults: Faults) -> Template:
    with db.snapshot() as session:
        waybill = _read_waybill(session, waybill_id)
        trip = read_trip(session, waybill.trip_id)
        products, packs = names_of_products(session), packs_by_code(session)
    cards = tuple(
        _card(line, products, packs, reader, faults) for line in waybill.lines if line.dispatched_grams
    )
    head = _head(today, reader, faults)
    remarks = Field(
        name="remarks",
        label=gettext(N_("Remarks")),
        kind="textarea",
        value=reader.raw("remarks"),
        hint=gettext(N_("For instance: how it was damaged, who saw it.")),
        error=faults.fields.get("remarks"),
    )
    content = ArrivePage(
        title=translate(N_("Receive {waybill}"), {"waybill": waybill.number}),
        lead=_lead(trip, waybill),
        waybill_href=f"/routing/waybills/{waybill.id}",
        form=Form(
            action=f"/routing/waybills/{waybill.id}/arrive",
            id="arrive",
            fields=(*head, *(field for card in cards for field in (*card.fields, card.unit)), remarks),
            submit_label=gettext(N_("Record the arrival")),
            error_summary=faults.summary_rows(),
        ),
        cards=cards,
        head=tuple(field for field in head if field.kind != "hidden"),
        remarks=remarks,
    )
    return page("routing/arrive.html", content, title=content.title)


def _lead(trip: TripRow, waybill: WaybillRow) -> str:
    facts = {
        "site": waybill.site_name,
        "store": trip.store_name,
        "truck": trip.plate or trip.vehicle_type_code,
    }
    return translate(N_("{site}: from {store} by truck {truck}."), facts)


def _head(today: dt.date, reader: FormReader, faults: Faults) -> tuple[Field, ...]:
    return (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="occurred_on",
            label=gettext(N_("Day of arrival")),
            kind="date",
            value=reader.again("occurred_on", today.isoformat()),
            maximum=today.isoformat(),
            error=faults.fields.get("occurred_on"),
            is_required=True,
        ),
        Field(
            name="receiver",
            label=gettext(N_("Receiver (who signs)")),
            value=reader.raw("receiver"),
            error=faults.fields.get("receiver"),
            is_required=True,
        ),
    )


def _card(
    line: WaybillLineRow,
    products: dict[str, str],
    packs: dict[str, PackRow],
    reader: FormReader,
    faults: Faults,
) -> CountCard:
    sent = line.dispatched_grams or 0
    kinds = packs_within(line.pack_code, packs)
    unit = reader.raw(f"unit-{line.line}") or usual_unit(sent, kinds)
    facts = {"product": products.get(line.product_code, line.product_code), "lot": line.lot_number}
    return CountCard(
        title=translate(N_("{product}, lot {lot}"), facts),
        sent=in_packs(sent, line.pack_code, packs),
        unit=Field(
            name=f"unit-{line.line}",
            label=gettext(N_("Counted in")),
            kind="radio",
            options=unit_options(kinds, unit),
        ),
        fields=tuple(
            Field(
                name=f"{name}-{line.line}",
                label=gettext(label),
                kind="decimal",
                value=reader.again(
                    f"{name}-{line.line}", shown(sent, unit, kinds) if name == "good" else "0"
                ),
                error=faults.fields.get(f"{name}-{line.line}"),
                is_required=True,
            )
            for name, label in COUNTS
        ),
    )
