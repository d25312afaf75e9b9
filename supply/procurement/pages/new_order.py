"""The form of a new order: several lines at once, without JavaScript."""

import datetime as dt
import re
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.queries import packs, places, products, suppliers
from supply.catalog.rows import PackRow
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.people.rights import Actor, Right, require
from supply.procurement.pages.texts import pack_name
from supply.procurement.place_order import FRANC_RATE, OrderedLine, PlaceOrder, place_order
from supply.procurement.words import MINOR_UNITS
from supply.programme.queries import programmes
from supply.units import MAX_GRAMS, AbsurdQuantity, Grams
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit

FIRST_LINES, MOST_LINES = 3, 20
# A form of three lines fits a phone; more are asked for before typing.
_NUMBER = re.compile(r"[\d\s]{1,12}([.,]\d{1,3})?")


class NewOrderPage(msgspec.Struct, frozen=True, kw_only=True):
    """Head of the order, its lines, the link for more of them, and the empty lists it chooses from."""

    form: Form
    rows: tuple[tuple[Field, ...], ...]
    more_href: str | None
    missing: tuple[tuple[str, str], ...]


class NewOrderPages(Controller):
    """Placing an order."""

    path = "/procurement/orders/new"
    include_in_schema = False

    @get("/", operation_id="NewOrderForm", sync_to_thread=True)
    def form(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        lines: FromQuery[int] = FIRST_LINES,
    ) -> Template:
        return _form(db, actor, today, FormReader({}), Faults(), count=max(1, min(lines, MOST_LINES)))

    @post("/", operation_id="NewOrderSubmit", sync_to_thread=True, status_code=303)
    def send(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)
        count = _sent_lines(reader)

        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                known = {pack.code: pack for pack in packs(session)}
            command = _read(FormReader(data), known, count)
            with db.transaction() as session:
                made = place_order(session, command, actor=actor, now=now)
            return see_other(
                f"/procurement/orders/{made.id}", N_("Order {number} is placed."), number=made.number
            )

        return submit(attempt, again=lambda faults: _form(db, actor, today, reader, faults, count=count))


def _sent_lines(reader: FormReader) -> int:
    return sum(name.startswith("lines-") and name.endswith("-pack") for name in reader.names())


def _read(reader: FormReader, known: dict[str, PackRow], count: int) -> PlaceOrder:
    order_id, currency = reader.uuid("id"), reader.choice("currency", MINOR_UNITS)
    supplier = reader.text("supplier_code", max_length=32)
    programme = reader.text("programme_code", max_length=32)
    store = reader.text("store_code", max_length=32)
    ordered_on, rate_micro = reader.day("ordered_on"), _rate(reader, currency)
    used = [row for row in range(count) if _is_used(reader, row)]
    lines = tuple(_line(reader, row, known, currency) for row in used or [0])
    reader.finish()
    return PlaceOrder(
        id=order_id,
        supplier_code=supplier,
        programme_code=programme,
        store_code=store,
        ordered_on=ordered_on,
        lines=lines,
        currency=currency,
        rate_micro=rate_micro,
    )


def _is_used(reader: FormReader, row: int) -> bool:
    return any(reader.raw(f"lines-{row}-{name}").strip() for name in ("pack", "tonnes", "price"))


def _rate(reader: FormReader, currency: str) -> int:
    """Millionths of a franc per unit; three decimals of a franc are read exactly."""
    if currency == "XOF":
        return FRANC_RATE
    return _thousandths(reader, "rate", N_("Write a rate such as 655,957.")) * 1000


def _thousandths(reader: FormReader, name: str, fault: str) -> int:
    """A number with at most three decimals, times a thousand."""
    written = reader.raw(name).strip()
    if written and not _NUMBER.fullmatch(written):
        reader.fault(name, fault)
        return 0
    # Read as kilograms are, in grams: exact, with spaces and either decimal sign.
    return int(reader.kg(name))


def _line(reader: FormReader, row: int, known: dict[str, PackRow], currency: str) -> OrderedLine:
    start = f"lines-{row}-"
    pack_code = reader.choice(f"{start}pack", known)
    pack = known.get(pack_code)
    return OrderedLine(
        product_code=pack.product_code if pack else "",
        pack_code=pack_code,
        grams=_tonnes(reader, f"{start}tonnes"),
        price_per_tonne=reader.money(f"{start}price", currency or "XOF"),
        expected_on=reader.day(f"{start}expected_on"),
    )


def _tonnes(reader: FormReader, name: str) -> Grams:
    grams = _thousandths(reader, name, N_("Write tonnes such as 120 or 12,5.")) * 1000
    if grams > MAX_GRAMS:
        reader.fault(name, AbsurdQuantity.title, grams=grams)
        return Grams(0)
    return Grams(grams)


def _form(
    db: Database, actor: Actor, today: dt.date, reader: FormReader, faults: Faults, *, count: int
) -> Template:
    require(actor, Right.BUY)
    with db.snapshot() as session:
        supplier_options = [(row.code, row.name) for row in suppliers(session)]
        programme_options = [(row.code, row.name) for row in programmes(session)]
        stores = places(session, PlaceKind.STORE, only_active=True)
        names = {row.code: row.name for row in products(session)}
        pack_options = [
            (row.code, f"{names.get(row.product_code, row.product_code)} – {pack_name(row)}")
            for row in packs(session)
        ]
    store_options = [(row.code, row.name) for row in stores if actor.may(Right.BUY, row.code)]
    head = (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        _select(reader, faults, "supplier_code", N_("Supplier"), supplier_options),
        _select(reader, faults, "programme_code", N_("Programme"), programme_options),
        _select(reader, faults, "store_code", N_("Delivered to"), store_options),
        _day(reader, faults, "ordered_on", N_("Ordered on"), today.isoformat()),
        _select(
            reader, faults, "currency", N_("Currency"), [(code, _currency(code)) for code in MINOR_UNITS]
        ),
        Field(
            name="rate",
            label=gettext(N_("Rate")),
            kind="decimal",
            value=reader.raw("rate"),
            unit=gettext(N_("F CFA for 1 unit")),
            hint=gettext(N_("Only for another currency than F CFA; 655,957 for the euro.")),
            error=faults.fields.get("rate"),
        ),
    )
    form = Form(
        action="/procurement/orders/new",
        id="order",
        fields=head,
        submit_label=gettext(N_("Place the order")),
        error_summary=faults.summary_rows(),
    )
    content = NewOrderPage(
        form=form,
        rows=tuple(_row(reader, faults, row, pack_options) for row in range(count)),
        more_href=None if reader.names() or count >= MOST_LINES else "/procurement/orders/new?lines=10",
        missing=tuple(
            (gettext(label), href)
            for label, href, options in (
                (N_("Suppliers"), "/catalog/suppliers", supplier_options),
                (N_("Programme"), "/programme", programme_options),
                (N_("Stores"), "/catalog/stores", store_options),
                (N_("Packs"), "/catalog/packs", pack_options),
            )
            if not options
        ),
    )
    return page("procurement/new_order.html", content, title=N_("New order"))


def _currency(code: str) -> str:
    return "F CFA" if code == "XOF" else code


def _row(
    reader: FormReader, faults: Faults, row: int, pack_options: list[tuple[str, str]]
) -> tuple[Field, ...]:
    start = f"lines-{row}-"
    return (
        _select(reader, faults, f"{start}pack", N_("Product and pack"), pack_options, is_required=row == 0),
        Field(
            name=f"{start}tonnes",
            label=gettext(N_("Quantity")),
            kind="decimal",
            value=reader.raw(f"{start}tonnes"),
            unit=gettext(N_("tonnes")),
            error=faults.fields.get(f"{start}tonnes"),
            is_required=row == 0,
        ),
        Field(
            name=f"{start}price",
            label=gettext(N_("Price of one tonne")),
            kind="decimal",
            value=reader.raw(f"{start}price"),
            error=faults.fields.get(f"{start}price"),
            is_required=row == 0,
        ),
        _day(reader, faults, f"{start}expected_on", N_("Promised for"), "", is_required=row == 0),
    )


def _select(
    reader: FormReader,
    faults: Faults,
    name: str,
    label: str,
    options: list[tuple[str, str]],
    *,
    is_required: bool = True,
) -> Field:
    chosen = reader.raw(name)
    is_forced = is_required and len(options) == 1
    empty = () if is_forced or name == "currency" else (Option("", gettext(N_("Choose…")), not chosen),)
    return Field(
        name=name,
        label=gettext(label),
        kind="select",
        options=(*empty, *(Option(code, text, code == chosen) for code, text in options)),
        error=faults.fields.get(name),
        is_required=is_required,
    )


def _day(
    reader: FormReader, faults: Faults, name: str, label: str, value: str, *, is_required: bool = True
) -> Field:
    return Field(
        name=name,
        label=gettext(label),
        kind="date",
        value=reader.again(name, value),
        error=faults.fields.get(name),
        is_required=is_required,
    )
