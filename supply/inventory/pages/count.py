"""Pages: count a store. A blind sheet, then the differences with their reasons, then the paper."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.db import Database
from supply.errors import SupplyError
from supply.i18n import N_, gettext
from supply.inventory.count import Count, CountedLot, FoundLot, count, refuse_blank
from supply.inventory.pages.count_review import CountStock, review_page
from supply.inventory.pages.fields import day_field, id_field, place_field, reference_field
from supply.inventory.pages.new_lots import lot_fields, read_lot
from supply.inventory.pages.shown import (
    Names,
    chosen_store,
    condition_badge,
    lot_field,
    names_of,
    own_stores,
)
from supply.inventory.queries import Balance, lots, on_hand
from supply.inventory.words import Condition
from supply.people.rights import Actor
from supply.web.forms import Faults, Field, Form, FormData, FormReader, faults_of
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge, Signature


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """A lot to count; the books' figure is not told."""

    product: str
    lot: str
    expires_on: dt.date
    state: Badge
    fields: tuple[Field, ...]


class SheetPage(msgspec.Struct, frozen=True, kw_only=True):
    """The blind sheet, on screen and on paper."""

    form: Form
    head: tuple[Field, ...]
    lines: tuple[SheetLine, ...]
    found: tuple[Field, ...]
    is_found_open: bool
    tail: tuple[Field, ...]
    place_name: str
    place_fields: tuple[Field, ...]
    signatures: tuple[Signature, ...]
    today: dt.date


class CountPages(Controller):
    """Count."""

    path = "/inventory/count"
    include_in_schema = False

    @get(operation_id="CountSheet", sync_to_thread=True)
    def sheet(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        return _sheet_page(_stock(db, actor, place), FormReader({}), Faults(), actor=actor, today=today)

    @post("/review", operation_id="CountReview", sync_to_thread=True, status_code=200)
    def review(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)
        stock = _stock(db, actor, reader.raw("place"), _past(reader, today), _lot_ids(reader))

        def attempt() -> Response[Any]:
            command = _read(FormReader(data), stock)
            refuse_blank(command)
            return review_page(stock, command, FormReader(data), Faults())

        return submit(
            attempt,
            again=lambda faults: _sheet_page(stock, FormReader(data), faults, actor=actor, today=today),
        )

    @post("/change", operation_id="CountChange", sync_to_thread=True, status_code=200)
    def change(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        reader = FormReader(data)
        return _sheet_page(_stock(db, actor, reader.raw("place")), reader, Faults(), actor=actor, today=today)

    @post(operation_id="CountSubmit", sync_to_thread=True, status_code=303)
    def submitted(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)
        stock = _stock(db, actor, reader.raw("place"), _past(reader, today), _lot_ids(reader))
        command = _read(reader, stock)
        try:
            with db.transaction() as session:
                done = count(session, command, actor=actor, now=now)
        except SupplyError as error:
            # The review again, with today's books: what moved meanwhile shows as a new difference.
            shown = review_page(stock, command, reader, faults_of(error))
            shown.status_code = error.status
            return shown
        return see_other(f"/inventory/documents/{done.id}", N_("Recorded as {number}."), number=done.number)


def _stock(
    db: Database,
    actor: Actor,
    place: str | None,
    on: dt.date | None = None,
    lot_ids: frozenset[UUID] = frozenset(),
) -> CountStock:
    with db.snapshot() as session:
        names = names_of(session)
        code = chosen_store(names, actor, place or None) or ""
        balances = on_hand(session, place_codes=[code], on=on)
        known = lots(session, lot_ids | {balance.lot_id for balance in balances})
    return CountStock(names, code, balances, known)


def _past(reader: FormReader, today: dt.date) -> dt.date | None:
    """The day of the count when it is an earlier one."""
    day = FormReader({"day": reader.raw("occurred_on")}).optional_day("day")
    return day if day is not None and day < today else None


def _keys(reader: FormReader) -> tuple[tuple[UUID, str], ...]:
    """Lots and conditions that the sheet listed."""
    found = []
    for name in reader.names():
        prefix, _, rest = name.partition("-")
        lot_id, _, condition = rest.rpartition("-")
        if prefix == "k" and condition in set(Condition):
            try:
                found.append((UUID(lot_id), condition))
            except ValueError:
                continue
    return tuple(found)


def _lot_ids(reader: FormReader) -> frozenset[UUID]:
    return frozenset(lot_id for lot_id, _ in _keys(reader))


def _read(reader: FormReader, stock: CountStock) -> Count:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    reference = reader.text("reference", required=False, max_length=80)
    lines = tuple(
        _read_line(reader, stock, lot_id, condition)
        for lot_id, condition in _keys(reader)
        if lot_id in stock.known
    )
    found = _read_found(reader, stock)
    reader.finish()
    return Count(
        id=document_id,
        place_code=stock.place,
        occurred_on=day,
        lines=lines,
        found=found,
        reference=reference,
    )


def _read_line(reader: FormReader, stock: CountStock, lot_id: UUID, condition: str) -> CountedLot:
    sizes = stock.names.sizes(stock.known[lot_id].pack_code)
    packs = [lot_field(f"p{index}", lot_id, condition) for index in range(len(sizes))]
    loose = lot_field("k", lot_id, condition)
    is_blank = not any(reader.raw(name).strip() for name in (*packs, loose))
    grams: int = reader.kg(loose, required=False)
    for name, size in zip(packs, sizes, strict=True):
        grams += reader.count(name, required=False) * size.net_grams
    seen = reader.raw(lot_field("b", lot_id, condition))
    return CountedLot(
        lot_id=lot_id,
        condition=Condition(condition),
        counted_grams=None if is_blank else grams,
        book_grams=int(seen) if seen.isascii() and seen.isdigit() else None,
        reason=reader.text(lot_field("r", lot_id, condition), required=False, max_length=1000),
    )


def _read_found(reader: FormReader, stock: CountStock) -> tuple[FoundLot, ...]:
    """The lot beside the sheet, when its number was written."""
    if not reader.raw("lot0").strip():
        return ()
    facts, grams = read_lot(reader, 0, stock.names)
    why = reader.text("r-found", required=False, max_length=1000)
    return (FoundLot(lot=facts, condition=Condition.HOLD, counted_grams=grams, reason=why),)


def _sheet_page(
    stock: CountStock, reader: FormReader, faults: Faults, *, actor: Actor, today: dt.date
) -> Template:
    names = stock.names
    lines = tuple(_sheet_line(balance, names, reader, faults) for balance in stock.balances)
    found = lot_fields(0, names, reader, faults)
    head = (day_field(reader, faults, today, label=gettext(N_("Day of the count"))),)
    tail = (reference_field(reader, faults, gettext(N_("Number of the count report"))),)
    # Reasons written in the review wait here while the sheet is corrected.
    reasons = (
        Field(name=name, label="", kind="hidden", value=reader.raw(name))
        for name in reader.names()
        if name.startswith("r-") and reader.raw(name)
    )
    hidden = (id_field(reader), Field(name="place", label="", kind="hidden", value=stock.place), *reasons)
    form = Form(
        action="/inventory/count/review",
        id="count",
        fields=hidden,
        submit_label=gettext(N_("See the differences")),
        error_summary=faults.summary_rows(),
    )
    stores = own_stores(names, actor)
    choice = place_field("place", gettext(N_("Store")), stores, stock.place, Faults())
    content = SheetPage(
        form=form,
        head=head,
        lines=lines,
        found=found,
        is_found_open=bool(reader.raw("lot0")),
        tail=tail,
        place_name=names.place(stock.place),
        place_fields=(choice,) if len(stores) > 1 else (),
        signatures=(Signature(gettext(N_("Who counted"))), Signature(gettext(N_("Verified by")))),
        today=today,
    )
    return page("inventory/count.html", content, title=N_("Count the store"))


def _sheet_line(balance: Balance, names: Names, reader: FormReader, faults: Faults) -> SheetLine:
    def amount(prefix: str, label: str, kind: str) -> Field:
        name = lot_field(prefix, balance.lot_id, balance.condition)
        error = faults.fields.get(name)
        return Field(name=name, label=label, kind=kind, value=reader.raw(name), error=error, is_required=True)

    sizes = names.sizes(balance.pack_code)
    packs = tuple(amount(f"p{index}", size.name, "number") for index, size in enumerate(sizes))
    return SheetLine(
        product=names.product(balance.product_code),
        lot=balance.lot_number,
        expires_on=balance.expires_on,
        state=condition_badge(balance.condition),
        fields=(*packs, amount("k", gettext(N_("Loose kg")), "decimal")),
    )
