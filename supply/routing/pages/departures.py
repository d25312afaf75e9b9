"""The form at the gate: what is really on the truck, who sends it, who drives it."""

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
from supply.i18n import N_, gettext, show_date, translate
from supply.ids import new_id
from supply.inventory import queries as inventory
from supply.people.rights import Actor
from supply.routing.depart import Depart, Loaded, depart
from supply.routing.pages.quantities import amount_field, grams_by_unit
from supply.routing.pages.texts import in_packs, names_of_products, packs_by_code, packs_within
from supply.routing.pages.trip_forms import read_phone
from supply.routing.pages.trips import read_trip
from supply.routing.rows import TripRow, WaybillLineRow, WaybillRow
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit


class LoadCard(msgspec.Struct, frozen=True, kw_only=True):
    """The lots of one stop."""

    title: str
    lines: tuple[tuple[str, Field], ...]
    extra: tuple[Field, ...]


class DepartPage(msgspec.Struct, frozen=True, kw_only=True):
    """The departure form of a trip."""

    title: str
    lead: str
    trip_href: str
    has_truck: bool
    form: Form
    head: tuple[Field, ...]
    cards: tuple[LoadCard, ...]
    reason: Field


class DeparturePages(Controller):
    """A trip leaves."""

    path = "/routing/trips"
    include_in_schema = False

    @get("/{trip_id:uuid}/depart", operation_id="DepartForm", sync_to_thread=True)
    def form(
        self,
        trip_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _show(db, trip_id, actor, today, reader=FormReader({}), faults=Faults())

    @post("/{trip_id:uuid}/depart", operation_id="DepartSubmit", sync_to_thread=True, status_code=303)
    def submit_form(
        self,
        *,
        trip_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                trip, packs = read_trip(session, trip_id), packs_by_code(session)
            command = _read(FormReader(data), trip, packs)
            with db.transaction() as session:
                left = depart(session, command, actor=actor, now=now)
            return see_other(
                f"/routing/trips/{trip_id}", N_("{number}: {grams:mass} left the store."), **_facts(left)
            )

        return submit(
            attempt,
            again=lambda faults: _show(db, trip_id, actor, today, reader=FormReader(data), faults=faults),
        )


def _facts(left: Any) -> dict[str, object]:
    return {"number": left.number, "grams": left.grams}


def _read(reader: FormReader, trip: TripRow, packs: dict[str, PackRow]) -> Depart:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    sender, driver = reader.text("sender", max_length=120), reader.text("driver", max_length=120)
    phone = read_phone(reader)
    reason = reader.text("reason", required=False, max_length=500)
    lines = []
    for waybill in trip.waybills:
        for line in waybill.lines:
            sizes = grams_by_unit(packs_within(line.pack_code, packs))
            grams = reader.quantity(f"load-{waybill.stop}-{line.line}", sizes)
            if grams != line.planned_grams:
                lines.append(Loaded(waybill_id=waybill.id, lot_id=line.lot_id, grams=grams))
        extra = reader.raw(f"extra-{waybill.stop}")
        if extra:
            lot_id = reader.uuid(f"extra-{waybill.stop}")
            grams = reader.kg(f"extra-{waybill.stop}-kg")
            lines.append(Loaded(waybill_id=waybill.id, lot_id=lot_id, grams=grams))
    reader.finish()
    return Depart(
        id=document_id,
        trip_id=trip.id,
        occurred_on=day,
        sender=sender,
        driver=driver,
        driver_phone=phone,
        reason=reason,
        lines=tuple(lines),
    )


def _show(
    db: Database, trip_id: UUID, actor: Actor, today: dt.date, *, reader: FormReader, faults: Faults
) -> Template:
    with db.snapshot() as session:
        trip = read_trip(session, trip_id)
        cards = _cards(session, trip, reader, faults)
    head = _head(trip, actor, today, reader, faults)
    reason = Field(
        name="reason",
        label=gettext(N_("Why does the load differ from the plan?")),
        value=reader.raw("reason"),
        hint=gettext(N_("Only when an amount or a lot was changed.")),
        error=faults.fields.get("reason"),
    )
    everything = (
        *head,
        *(field for card in cards for _, field in card.lines),
        *(field for card in cards for field in card.extra),
        reason,
    )
    content = DepartPage(
        title=translate(N_("Load trip {trip}"), {"trip": trip.label}),
        lead=" → ".join((trip.store_name, *(waybill.site_name for waybill in trip.waybills))),
        trip_href=f"/routing/trips/{trip.id}",
        has_truck=trip.plate is not None,
        form=Form(
            action=f"/routing/trips/{trip.id}/depart",
            id="depart",
            fields=everything,
            submit_label=gettext(N_("The truck leaves")),
            error_summary=faults.summary_rows(),
        ),
        head=tuple(field for field in head if field.kind != "hidden"),
        cards=cards,
        reason=reason,
    )
    return page("routing/depart.html", content, title=content.title)


def _head(
    trip: TripRow, actor: Actor, today: dt.date, reader: FormReader, faults: Faults
) -> tuple[Field, ...]:
    return (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="occurred_on",
            label=gettext(N_("Day of departure")),
            kind="date",
            value=reader.again("occurred_on", today.isoformat()),
            maximum=today.isoformat(),
            error=faults.fields.get("occurred_on"),
            is_required=True,
        ),
        Field(
            name="sender",
            label=gettext(N_("Sender (who hands over)")),
            value=reader.again("sender", trip.sender or actor.name),
            error=faults.fields.get("sender"),
            is_required=True,
        ),
        Field(
            name="driver",
            label=gettext(N_("Driver")),
            value=reader.again("driver", trip.driver),
            error=faults.fields.get("driver"),
            is_required=True,
        ),
        Field(
            name="driver_phone",
            label=gettext(N_("Driver's telephone")),
            kind="tel",
            value=reader.again("driver_phone", trip.driver_phone),
            error=faults.fields.get("driver_phone"),
        ),
    )


def _cards(session: Session, trip: TripRow, reader: FormReader, faults: Faults) -> tuple[LoadCard, ...]:
    products, packs = names_of_products(session), packs_by_code(session)
    return tuple(
        LoadCard(
            title=f"{waybill.stop}. {waybill.site_name} · {waybill.number}",
            lines=tuple(
                (
                    _line_title(line, products),
                    amount_field(
                        f"load-{waybill.stop}-{line.line}",
                        label=gettext(N_("Loaded")),
                        hint=translate(
                            N_("Planned: {packs}"),
                            {"packs": in_packs(line.planned_grams, line.pack_code, packs)},
                        ),
                        grams=line.planned_grams,
                        packs=packs_within(line.pack_code, packs),
                        reader=reader,
                        faults=faults,
                    ),
                )
                for line in waybill.lines
            ),
            extra=_extra(session, trip, waybill, products, reader=reader, faults=faults),
        )
        for waybill in trip.waybills
    )


def _line_title(line: WaybillLineRow, products: dict[str, str]) -> str:
    return translate(
        N_("{product}, lot {lot}, expires on {expires_on}"),
        {
            "product": products.get(line.product_code, line.product_code),
            "lot": line.lot_number,
            "expires_on": line.expires_on,
        },
    )


def _extra(
    session: Session,
    trip: TripRow,
    waybill: WaybillRow,
    products: dict[str, str],
    *,
    reader: FormReader,
    faults: Faults,
) -> tuple[Field, ...]:
    """Another lot of the waybill's products, free in the store, in place of one that is not to be found."""
    name = f"extra-{waybill.stop}"
    here = {line.lot_id for line in waybill.lines}
    codes = sorted({line.product_code for line in waybill.lines})
    free = [
        (code, lot)
        for code in codes
        for lot in inventory.pickable(session, trip.store_code, code, except_trip=trip.id)
        if lot.lot_id not in here
    ]
    if not free:
        return ()
    chosen = reader.raw(name)
    return (
        Field(
            name=name,
            label=gettext(N_("Another lot instead")),
            kind="select",
            options=(
                Option("", gettext(N_("none")), not chosen),
                *(
                    Option(
                        str(lot.lot_id),
                        " · ".join(
                            (products.get(code, code), lot.lot_number, show_date(lot.expires_on, "medium"))
                        ),
                        str(lot.lot_id) == chosen,
                    )
                    for code, lot in free
                ),
            ),
            error=faults.fields.get(name),
        ),
        Field(
            name=f"{name}-kg",
            label=gettext(N_("How much of it")),
            kind="decimal",
            unit="kg",
            value=reader.raw(f"{name}-kg"),
            error=faults.fields.get(f"{name}-kg"),
        ),
    )
