"""The keeper's form for what the supplier brought: prefilled with what is open, lots read off the bags."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.queries import packs
from supply.catalog.rows import PackRow
from supply.db import Database
from supply.i18n import N_, gettext, show_mass, translate
from supply.ids import new_id
from supply.people.rights import Actor, Right, require
from supply.procurement.order_lock import refuse_over
from supply.procurement.pages.orders import read_order
from supply.procurement.pages.texts import in_packs, order_href, pack_name
from supply.procurement.receive_delivery import DeliveredLot, ReceiveDelivery, receive_delivery
from supply.procurement.rows import LineRow, OrderRow
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit

MOST_LOTS = 8
# Lots of one order line in one delivery.


class LineForm(msgspec.Struct, frozen=True, kw_only=True):
    """An order line with a row of fields for each lot."""

    title: str
    open: str
    rows: tuple[tuple[Field, ...], ...]


class ReceivePage(msgspec.Struct, frozen=True, kw_only=True):
    """What is open of an order and what came."""

    title: str
    order: str
    order_href: str
    store: str
    form: Form
    lines: tuple[LineForm, ...]
    more_href: str | None


class DeliveryPages(Controller):
    """Receiving a delivery."""

    path = "/procurement/orders/{order_id:uuid}/receive"
    include_in_schema = False

    @get("/", operation_id="ReceiveDeliveryForm", sync_to_thread=True)
    def form(
        self,
        order_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        lots: FromQuery[int] = 1,
    ) -> Template:
        count = max(1, min(lots, MOST_LOTS))
        return _form(db, order_id, actor, today, reader=FormReader({}), faults=Faults(), lots=count)

    @post("/", operation_id="ReceiveDeliverySubmit", sync_to_thread=True, status_code=303)
    def send(
        self,
        *,
        order_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)
        lots = max(1, min(MOST_LOTS, 1 + max((_slot(name) for name in reader.names()), default=0)))

        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                found = read_order(session, order_id, today)
                known = {pack.code: pack for pack in packs(session)}
            command = _read(FormReader(data), found, known, lots)
            with db.transaction() as session:
                done = receive_delivery(session, command, actor=actor, now=now)
            return see_other(
                f"/procurement/orders/{order_id}",
                N_("Receipt {number} is recorded; the lots are on hold until their quality is decided."),
                number=done.number,
            )

        return submit(
            attempt,
            called={"occurred_on": "arrived_on"},
            again=lambda faults: _form(db, order_id, actor, today, reader=reader, faults=faults, lots=lots),
        )


def _slot(name: str) -> int:
    """The lot's place in `lots-<line>-<slot>-lot`, 0 for any other field."""
    parts = name.split("-")
    return int(parts[2]) if len(parts) == 4 and parts[0] == "lots" and parts[2].isdecimal() else 0


def _read(reader: FormReader, found: OrderRow, known: dict[str, PackRow], lots: int) -> ReceiveDelivery:
    delivery_id, arrived_on = reader.uuid("id"), reader.day("arrived_on")
    came = tuple(
        _lot(reader, line, slot, known[line.pack_code])
        for line in found.lines
        for slot in range(lots)
        if _is_used(reader, f"lots-{line.line}-{slot}-")
    )
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", required=False, max_length=500)
    rest = reader.choice("rest", ("later", "never"))
    reader.finish()
    return ReceiveDelivery(
        id=delivery_id,
        order_id=found.id,
        arrived_on=arrived_on,
        lots=came,
        reference=reference,
        reason=reason,
        is_last=rest == "never",
    )


def _is_used(reader: FormReader, start: str) -> bool:
    amount = reader.raw(f"{start}amount").strip()
    return bool(reader.raw(f"{start}lot").strip()) or amount not in {"", "0"}


def _lot(reader: FormReader, line: LineRow, slot: int, pack: PackRow) -> DeliveredLot:
    start = f"lots-{line.line}-{slot}-"
    return DeliveredLot(
        order_line=line.line,
        lot_number=reader.text(f"{start}lot", max_length=40),
        expires_on=reader.day(f"{start}expires_on"),
        produced_on=reader.optional_day(f"{start}produced_on"),
        grams=reader.quantity(f"{start}amount", {pack.code: pack.net_grams}),
    )


def _form(
    db: Database,
    order_id: UUID,
    actor: Actor,
    today: dt.date,
    *,
    reader: FormReader,
    faults: Faults,
    lots: int,
) -> Template:
    with db.snapshot() as session:
        found = read_order(session, order_id, today)
        known = {pack.code: pack for pack in packs(session)}
    require(actor, Right.RECORD_STOCK, found.store_code)
    if not reader.names():
        refuse_over(found)
    form = Form(
        action=f"{order_href(found)}/receive",
        id="delivery",
        fields=_head(found, today, reader, faults),
        submit_label=gettext(N_("Record what came")),
        error_summary=faults.summary_rows(),
    )
    content = ReceivePage(
        title=gettext(N_("Receive a delivery")),
        order=f"{found.number} · {found.supplier_name}",
        order_href=order_href(found),
        store=found.store_name,
        form=form,
        lines=tuple(
            _line_form(line, known[line.pack_code], lots, reader, faults)
            for line in found.lines
            if line.open_grams or reader.names() or not found.open_grams
        ),
        more_href=None if reader.names() or lots > 1 else f"{order_href(found)}/receive?lots=3",
    )
    return page("procurement/receive.html", content, title=N_("Receive a delivery"))


def _head(found: OrderRow, today: dt.date, reader: FormReader, faults: Faults) -> tuple[Field, ...]:
    rest = reader.raw("rest") or "later"
    return (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="arrived_on",
            label=gettext(N_("Delivered on")),
            kind="date",
            value=reader.again("arrived_on", today.isoformat()),
            minimum=found.ordered_on.isoformat(),
            maximum=today.isoformat(),
            error=faults.fields.get("arrived_on"),
            is_required=True,
        ),
        Field(
            name="reference",
            label=gettext(N_("Number of the delivery note")),
            value=reader.raw("reference"),
            error=faults.fields.get("reference"),
        ),
        Field(
            name="rest",
            label=gettext(N_("If something is missing")),
            kind="radio",
            options=(
                Option("later", gettext(N_("The rest comes later")), rest == "later"),
                Option("never", gettext(N_("Nothing more will come")), rest == "never"),
            ),
            error=faults.fields.get("rest"),
            is_required=True,
        ),
        Field(
            name="reason",
            label=gettext(N_("Remarks, or reason of a difference")),
            kind="textarea",
            value=reader.raw("reason"),
            hint=gettext(
                N_(
                    "Needed when too much came, or too little and nothing more will come, "
                    "or when a lot had expired already."
                )
            ),
            error=faults.fields.get("reason"),
        ),
    )


def _line_form(line: LineRow, pack: PackRow, lots: int, reader: FormReader, faults: Faults) -> LineForm:
    return LineForm(
        title=line.product_name,
        open=translate(
            N_("{open} open of {ordered} ordered ({packs})"),
            {
                "open": show_mass(line.open_grams),
                "ordered": show_mass(line.ordered_grams),
                "packs": in_packs(line.open_grams, pack),
            },
        ),
        rows=tuple(_row(line, slot, pack, reader, faults) for slot in range(lots)),
    )


def _row(line: LineRow, slot: int, pack: PackRow, reader: FormReader, faults: Faults) -> tuple[Field, ...]:
    start = f"lots-{line.line}-{slot}-"
    is_whole = line.open_grams % pack.net_grams == 0
    unit = reader.raw(f"{start}amount_unit") or (pack.code if is_whole else "kg")
    amount = (
        reader.raw(f"{start}amount") if reader.names() else _open_amount(line, pack, slot, is_whole=is_whole)
    )
    return (
        Field(
            name=f"{start}lot",
            label=gettext(N_("Lot number")),
            value=reader.raw(f"{start}lot"),
            error=faults.fields.get(f"{start}lot"),
        ),
        Field(
            name=f"{start}amount",
            label=gettext(N_("Quantity that came")),
            kind="quantity",
            value=amount,
            options=(
                Option(pack.code, pack_name(pack), unit == pack.code),
                Option("kg", gettext(N_("kg")), unit == "kg"),
            ),
            hint=gettext(N_("Count again; empty it if nothing came.")) if slot == 0 else None,
            error=faults.fields.get(f"{start}amount"),
        ),
        Field(
            name=f"{start}expires_on",
            label=gettext(N_("Good until")),
            kind="date",
            value=reader.raw(f"{start}expires_on"),
            error=faults.fields.get(f"{start}expires_on"),
        ),
        Field(
            name=f"{start}produced_on",
            label=gettext(N_("Produced on")),
            kind="date",
            value=reader.raw(f"{start}produced_on"),
            hint=gettext(N_("Optional: leave it empty if the bag does not say it.")),
            error=faults.fields.get(f"{start}produced_on"),
        ),
    )


def _open_amount(line: LineRow, pack: PackRow, slot: int, *, is_whole: bool) -> str:
    """What is open, in packs where it is whole packs; only the first lot is filled in."""
    if slot or not line.open_grams:
        return ""
    if is_whole:
        return str(line.open_grams // pack.net_grams)
    kilograms, grams = divmod(line.open_grams, 1000)
    return f"{kilograms},{grams:03d}".rstrip("0").rstrip(",")
