"""Pages: receive stock without an order, from a supplier or donor, or as what lay there before the books."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.queries import suppliers
from supply.db import Database
from supply.i18n import N_, gettext
from supply.inventory.adjust import InitialLine, RecordInitialStock, record_initial_stock
from supply.inventory.entries import Posted
from supply.inventory.pages.fields import (
    day_field,
    id_field,
    place_field,
    reason_field,
    reference_field,
)
from supply.inventory.pages.new_lots import lot_fields, read_lot
from supply.inventory.pages.shown import Names, chosen_store, names_of, own_stores
from supply.inventory.receive import Receive, ReceivedLine, receive
from supply.inventory.words import Condition
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit

INITIAL = "-"
# Value of the choice "it lay here before the books began"; no supplier has this code.
MAX_LOTS = 8


class ReceivePage(msgspec.Struct, frozen=True, kw_only=True):
    """A form with some lots."""

    form: Form
    lots: tuple[tuple[Field, ...], ...]
    may_add: bool
    store_code: str


class _Choices(msgspec.Struct, frozen=True):
    """What the form offers."""

    names: Names
    suppliers: tuple[tuple[str, str], ...]


def _choices(db: Database) -> _Choices:
    with db.snapshot() as session:
        return _Choices(names_of(session), tuple((one.code, one.name) for one in suppliers(session)))


class ReceivePages(Controller):
    """Receive."""

    path = "/inventory/receive"
    include_in_schema = False

    @get(operation_id="ReceiveForm", sync_to_thread=True)
    def form(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        asked = {} if place is None else {"store": place}
        return _page(_choices(db), FormReader(asked), Faults(), actor=actor, today=today)

    @post(operation_id="ReceiveSubmit", sync_to_thread=True, status_code=303)
    def submitted(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        choices = _choices(db)
        reader = FormReader(data)
        if reader.flag("more"):
            more = FormReader(data | {"rows": str(_count(reader) + 1)})
            shown = _page(choices, more, Faults(), actor=actor, today=today)
            shown.status_code = 200
            return shown

        def attempt() -> Response[Any]:
            command = _read(FormReader(data), choices)
            with db.transaction() as session:
                posted: Posted = (
                    receive(session, command, actor=actor, now=now)
                    if isinstance(command, Receive)
                    else record_initial_stock(session, command, actor=actor, now=now)
                )
            return see_other(f"/inventory/documents/{posted.id}", _told(command), number=posted.number)

        return submit(
            attempt, again=lambda faults: _page(choices, FormReader(data), faults, actor=actor, today=today)
        )


def _told(command: Receive | RecordInitialStock) -> str:
    """The notice after recording; what is on hold says why, and what comes next."""
    states = (
        {command.condition} if isinstance(command, Receive) else {line.condition for line in command.lines}
    )
    if states == {Condition.HOLD}:
        return N_("Receipt {number} is recorded; the lots are on hold until their quality is decided.")
    return N_("Recorded as {number}.")


def _count(reader: FormReader) -> int:
    """Number of lots on the form."""
    asked = reader.raw("rows")
    return min(max(int(asked), 1), MAX_LOTS) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 1


def _read(reader: FormReader, choices: _Choices) -> Receive | RecordInitialStock:
    document_id = reader.uuid("id")
    store = reader.choice("store", choices.names.places)
    supplier = reader.choice("supplier", (*dict(choices.suppliers), INITIAL))
    day = reader.day("occurred_on")
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", required=False, max_length=1000)
    asked = reader.choice("condition", list(Condition), required=False)
    state = Condition(asked) if asked in set(Condition) else Condition.HOLD
    lots = [read_lot(reader, index, choices.names) for index in range(_count(reader))]
    reader.finish()
    source = None if supplier == INITIAL else supplier
    if source is None:
        return RecordInitialStock(
            id=document_id,
            place_code=store,
            occurred_on=day,
            lines=tuple(InitialLine(lot=lot, grams=grams, condition=state) for lot, grams in lots),
            reference=reference,
            reason=reason,
        )
    lines = tuple(
        ReceivedLine(lot=msgspec.structs.replace(lot, supplier_code=source), grams=grams)
        for lot, grams in lots
    )
    return Receive(
        id=document_id,
        store_code=store,
        supplier_code=source,
        occurred_on=day,
        lines=lines,
        condition=state,
        reference=reference,
        reason=reason,
    )


def _page(choices: _Choices, reader: FormReader, faults: Faults, *, actor: Actor, today: dt.date) -> Template:
    names = choices.names
    store = chosen_store(names, actor, reader.raw("store") or None)
    fields = [
        id_field(reader),
        Field(name="rows", label="", kind="hidden", value=str(_count(reader))),
        place_field("store", gettext(N_("Store")), own_stores(names, actor), store, faults),
        _supplier_field(choices, reader, faults),
        day_field(reader, faults, today, label=gettext(N_("Day of arrival"))),
        reference_field(reader, faults, gettext(N_("Number of the delivery note"))),
    ]
    if actor.may(Right.DECIDE_QUALITY, store):
        fields.append(_condition_field(reader))
    fields.append(reason_field(reader, faults, gettext(N_("Remarks"))))
    lots = tuple(lot_fields(index, names, reader, faults) for index in range(_count(reader)))
    form = Form(
        action="/inventory/receive",
        id="receive",
        fields=tuple(fields),
        submit_label=gettext(N_("Record the receipt")),
        error_summary=faults.summary_rows(),
    )
    content = ReceivePage(form=form, lots=lots, may_add=len(lots) < MAX_LOTS, store_code=store or "")
    return page("inventory/receive.html", content, title=N_("Receive stock"))


def _supplier_field(choices: _Choices, reader: FormReader, faults: Faults) -> Field:
    chosen = reader.raw("supplier")
    return Field(
        name="supplier",
        label=gettext(N_("From")),
        kind="select",
        options=(
            Option("", gettext(N_("Choose…")), not chosen),
            *(Option(code, name, code == chosen) for code, name in choices.suppliers),
            Option(INITIAL, gettext(N_("Initial stock: it lay here before these books")), chosen == INITIAL),
        ),
        hint=gettext(N_("Supplier or donor. A delivery on an order is received from the order.")),
        error=faults.fields.get("supplier"),
        is_required=True,
    )


def _condition_field(reader: FormReader) -> Field:
    chosen = reader.raw("condition") or Condition.HOLD.value
    labels = {
        Condition.HOLD: gettext(N_("On hold until its quality is decided")),
        Condition.GOOD: gettext(N_("Good, checked")),
        Condition.UNFIT: gettext(N_("Unfit")),
    }
    return Field(
        name="condition",
        label=gettext(N_("Condition")),
        kind="radio",
        options=tuple(Option(one.value, label, one.value == chosen) for one, label in labels.items()),
        is_required=True,
    )
