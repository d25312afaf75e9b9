"""Sending goods of an order back to its supplier."""

import datetime as dt
from collections import defaultdict
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.queries import packs
from supply.catalog.rows import PackRow
from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.ids import new_id
from supply.inventory.queries import Balance, on_hand
from supply.inventory.words import CONDITION_NAMES, Condition
from supply.people.rights import Actor, Right, require
from supply.procurement.pages.orders import read_order
from supply.procurement.pages.texts import in_packs, order_href, pack_name
from supply.procurement.queries import arrivals
from supply.procurement.return_to_supplier import ReturnedLot, ReturnToSupplier, return_to_supplier
from supply.procurement.rows import OrderRow
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit


class ReturnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What of the order lies in the store, and how much of it goes back."""

    order: str
    order_href: str
    form: Form
    rows: tuple[tuple[Field, ...], ...]


class ReturnPages(Controller):
    """Returns to the supplier."""

    path = "/procurement/orders/{order_id:uuid}/return"
    include_in_schema = False

    @get("/", operation_id="ReturnForm", sync_to_thread=True)
    def form(
        self,
        order_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _form(db, order_id, actor, today, FormReader({}), faults=Faults())

    @post("/", operation_id="ReturnSubmit", sync_to_thread=True, status_code=303)
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
        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                found = read_order(session, order_id, today)
                there = _there(session, found)
                known = {pack.code: pack for pack in packs(session)}
            command = _read(FormReader(data), found, there, known)
            with db.transaction() as session:
                done = return_to_supplier(session, command, actor=actor, now=now)
            return see_other(
                f"/procurement/orders/{order_id}",
                N_("The return is recorded as {number}; the goods are owed again."),
                number=done.number,
            )

        return submit(
            attempt,
            called={"occurred_on": "returned_on"},
            again=lambda faults: _form(db, order_id, actor, today, FormReader(data), faults=faults),
        )


def _there(session: Session, found: OrderRow) -> tuple[Balance, ...]:
    """Lots of the order that lie in its store, with all that is there of them."""
    came: defaultdict[UUID, int] = defaultdict(int)
    for row in arrivals(session, found.id):
        if not row.is_reversed:
            came[row.lot_id] += -row.grams if row.is_return else row.grams
    rows = on_hand(session, place_codes=[found.store_code])
    return tuple(row for row in rows if came[row.lot_id] > 0)


def _name(row: Balance) -> str:
    return f"lot-{row.lot_id}-{row.condition}"


def _read(
    reader: FormReader, found: OrderRow, there: tuple[Balance, ...], known: dict[str, PackRow]
) -> ReturnToSupplier:
    return_id, returned_on = reader.uuid("id"), reader.day("returned_on")
    lots = []
    for row in there:
        pack = known[row.pack_code]
        grams = reader.quantity(_name(row), {pack.code: pack.net_grams}, required=False)
        if grams:
            lots.append(ReturnedLot(lot_id=row.lot_id, grams=grams, condition=Condition(row.condition)))
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", max_length=500)
    reader.finish()
    return ReturnToSupplier(
        id=return_id,
        order_id=found.id,
        returned_on=returned_on,
        lots=tuple(lots),
        reason=reason,
        reference=reference,
    )


def _form(
    db: Database, order_id: UUID, actor: Actor, today: dt.date, reader: FormReader, *, faults: Faults
) -> Template:
    with db.snapshot() as session:
        found = read_order(session, order_id, today)
        there = _there(session, found)
        known = {pack.code: pack for pack in packs(session)}
    require(actor, Right.BUY, found.store_code)
    fields = (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="returned_on",
            label=gettext(N_("Sent back on")),
            kind="date",
            value=reader.again("returned_on", today.isoformat()),
            maximum=today.isoformat(),
            error=faults.fields.get("returned_on"),
            is_required=True,
        ),
        Field(
            name="reference",
            label=gettext(N_("Number of the return note")),
            value=reader.raw("reference"),
            error=faults.fields.get("reference"),
        ),
        Field(
            name="reason",
            label=gettext(N_("Reason")),
            kind="textarea",
            value=reader.raw("reason"),
            hint=gettext(N_("The supplier reads it.")),
            error=faults.fields.get("reason"),
            is_required=True,
        ),
    )
    form = Form(
        action=f"{order_href(found)}/return",
        id="return",
        fields=fields,
        submit_label=gettext(N_("Send back")),
        error_summary=faults.summary_rows(),
    )
    content = ReturnPage(
        order=f"{found.number} · {found.supplier_name}",
        order_href=order_href(found),
        form=form,
        rows=tuple(_row(row, known[row.pack_code], reader, faults) for row in there),
    )
    return page("procurement/return.html", content, title=N_("Return to the supplier"))


def _row(row: Balance, pack: PackRow, reader: FormReader, faults: Faults) -> tuple[Field, ...]:
    name = _name(row)
    unit = reader.raw(f"{name}_unit") or pack.code
    return (
        Field(
            name=f"{name}-lot",
            label=gettext(N_("Lot number")),
            kind="static",
            value=translate(
                "{lot} · {condition:message}",
                {"lot": row.lot_number, "condition": CONDITION_NAMES[Condition(row.condition)]},
            ),
        ),
        Field(
            name=f"{name}-there",
            label=gettext(N_("In store")),
            kind="static",
            value=in_packs(row.grams, pack),
        ),
        Field(
            name=name,
            label=gettext(N_("Goes back")),
            kind="quantity",
            value=reader.raw(name),
            options=(
                Option(pack.code, pack_name(pack), unit == pack.code),
                Option("kg", gettext(N_("kg")), unit == "kg"),
            ),
            error=faults.fields.get(name),
        ),
    )
