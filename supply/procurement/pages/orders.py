"""One order with all that happened to it, its paper, and its steps."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.queries import packs
from supply.db import Database
from supply.i18n import N_, gettext, show_date, show_money
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.procurement.order_lock import OrderUnknown
from supply.procurement.pages.texts import in_packs, late_badge, money_of, order_href, state_badge
from supply.procurement.queries import arrivals, order
from supply.procurement.record_step import RecordStep, record_step
from supply.procurement.rows import ArrivalRow, LineRow, OrderRow
from supply.procurement.state import is_over
from supply.procurement.words import STEP_NAMES, OrderStep
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge, Signature


class ProductLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order with what became of it."""

    product: str
    packs: str
    ordered: int
    received: int
    returned: int
    open: int
    expected_on: dt.date | None
    price: str
    amount: str
    excess: int


class ArrivalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A lot that came or went back."""

    on: dt.date
    badge: Badge
    lot: str
    product: str
    expires_on: dt.date
    grams: int
    reason: str
    by: str
    href: str


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the supplier or the buyer."""

    on: dt.date
    step: str
    expected_on: dt.date | None
    reason: str
    by: str


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    """One order."""

    title: str
    lead: str
    badge: Badge
    late: Badge | None
    facts: tuple[tuple[str, str], ...]
    lines: tuple[ProductLine, ...]
    totals: ProductLine
    arrivals: tuple[ArrivalLine, ...]
    steps: tuple[StepLine, ...]
    money: tuple[tuple[str, str], ...]
    base: str
    may_receive: bool
    may_return: bool
    step_form: Form | None


class PaperPage(msgspec.Struct, frozen=True, kw_only=True):
    """The order as the supplier gets it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[ProductLine, ...]
    totals: ProductLine
    francs: str | None
    signatures: tuple[Signature, ...]
    back: str


class OrderPages(Controller):
    """Orders as the buyer and the keeper see them."""

    path = "/procurement/orders"
    include_in_schema = False

    @get("/{order_id:uuid}", operation_id="OrderPage", sync_to_thread=True)
    def one(
        self,
        order_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _show(db, order_id, actor, today, reader=FormReader({}), faults=Faults())

    @get("/{order_id:uuid}/paper", operation_id="OrderPaper", sync_to_thread=True)
    def paper(
        self, order_id: FromPath[UUID], db: NamedDependency[Database], today: NamedDependency[dt.date]
    ) -> Template:
        with db.snapshot() as session:
            found = read_order(session, order_id, today)
            content = _paper(session, found)
        return page("procurement/paper.html", content, title=N_("Purchase order"))

    @post("/{order_id:uuid}/steps", operation_id="OrderStepSubmit", sync_to_thread=True, status_code=303)
    def step(
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
            command = _read_step(order_id, FormReader(data))
            with db.transaction() as session:
                record_step(session, command, actor=actor, now=now)
            return see_other(f"/procurement/orders/{order_id}", N_("Recorded."))

        return submit(
            attempt,
            again=lambda faults: _show(db, order_id, actor, today, reader=FormReader(data), faults=faults),
        )


def read_order(session: Session, order_id: UUID, today: dt.date) -> OrderRow:
    """The order; raises OrderUnknown."""
    found = order(session, order_id, today=today)
    if found is None:
        raise OrderUnknown(order=str(order_id))
    return found


def _show(
    db: Database, order_id: UUID, actor: Actor, today: dt.date, *, reader: FormReader, faults: Faults
) -> Template:
    with db.snapshot() as session:
        found = read_order(session, order_id, today)
        happened = arrivals(session, order_id)
        lines = _lines(session, found)
    over = is_over(found.state)
    may_step = actor.may(Right.BUY, found.store_code) and not over
    content = OrderPage(
        title=found.number,
        lead=f"{found.supplier_name} → {found.store_name}",
        badge=state_badge(found),
        late=late_badge(found),
        facts=_facts(found),
        lines=lines,
        totals=_totals(found),
        arrivals=tuple(_arrival(one) for one in reversed(happened)),
        steps=tuple(
            StepLine(
                on=one.occurred_on,
                step=gettext(STEP_NAMES[one.step]),
                expected_on=one.expected_on,
                reason=one.reason,
                by=one.user_name,
            )
            for one in reversed(found.steps)
        ),
        money=_money(found),
        base=order_href(found),
        may_receive=actor.may(Right.RECORD_STOCK, found.store_code) and not over,
        may_return=actor.may(Right.BUY, found.store_code) and found.kept_grams > 0,
        step_form=_step_form(found, today, reader, faults) if may_step else None,
    )
    return page("procurement/order.html", content, title=found.number)


def _facts(found: OrderRow) -> tuple[tuple[str, str], ...]:
    return (
        (gettext(N_("Supplier")), found.supplier_name),
        (gettext(N_("Delivered to")), found.store_name),
        (gettext(N_("Ordered on")), show_date(found.ordered_on)),
        (gettext(N_("First promise")), show_date(found.first_expected_on)),
        (gettext(N_("Expected now on")), show_date(found.expected_on)),
        (gettext(N_("Ordered by")), found.user_name),
    )


def _lines(session: Session, found: OrderRow) -> tuple[ProductLine, ...]:
    known = {pack.code: pack for pack in packs(session)}
    return tuple(
        _product_line(found, line, in_packs(line.ordered_grams, known[line.pack_code]))
        for line in found.lines
    )


def _product_line(found: OrderRow, line: LineRow, packed: str) -> ProductLine:
    return ProductLine(
        product=line.product_name,
        packs=packed,
        ordered=line.ordered_grams,
        received=line.received_grams,
        returned=line.returned_grams,
        open=line.open_grams if found.awaits_goods else 0,
        expected_on=line.first_expected_on,
        price=money_of(found, line.price_per_tonne),
        amount=money_of(found, line.amount),
        excess=line.excess_grams,
    )


def _totals(found: OrderRow) -> ProductLine:
    return ProductLine(
        product=gettext(N_("Total")),
        packs="",
        ordered=found.ordered_grams,
        received=sum(line.received_grams for line in found.lines),
        returned=sum(line.returned_grams for line in found.lines),
        open=found.open_grams,
        expected_on=None,
        price="",
        amount=money_of(found, found.amount),
        excess=sum(line.excess_grams for line in found.lines),
    )


def _money(found: OrderRow) -> tuple[tuple[str, str], ...]:
    rows = [
        (gettext(N_("Ordered")), money_of(found, found.amount)),
        (gettext(N_("Received and kept")), money_of(found, found.received_amount)),
    ]
    if found.currency != "XOF":
        rows += [
            (gettext(N_("Ordered, in F CFA")), show_money(found.francs)),
            (gettext(N_("Received and kept, in F CFA")), show_money(found.received_francs)),
            (gettext(N_("Rate of the order")), _rate(found)),
        ]
    return tuple(rows)


def _rate(found: OrderRow) -> str:
    whole, parts = divmod(found.rate_micro, 1_000_000)
    decimals = f"{parts:06d}".rstrip("0")
    return f"1 {found.currency} = {whole}{',' if decimals else ''}{decimals} F CFA"


def _arrival(one: ArrivalRow) -> ArrivalLine:
    if one.is_reversed:
        badge = Badge("neutral", gettext(N_("Reversed")))
    elif one.is_return:
        badge = Badge("warn", gettext(N_("Sent back")))
    else:
        badge = Badge("good", gettext(N_("Delivered")))
    return ArrivalLine(
        on=one.happened_on,
        badge=badge,
        lot=one.lot_number,
        product=one.product_code,
        expires_on=one.expires_on,
        grams=one.grams,
        reason=one.reason,
        by=one.user_name,
        href=f"/inventory/documents/{one.document_id}",
    )


def _step_form(found: OrderRow, today: dt.date, reader: FormReader, faults: Faults) -> Form:
    chosen = reader.raw("step")
    allowed = [step for step in OrderStep if step is not OrderStep.CANCELLED or not found.kept_grams]
    fields = (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="step",
            label=gettext(N_("What happened?")),
            kind="radio",
            options=tuple(Option(step, gettext(STEP_NAMES[step]), step == chosen) for step in allowed),
            error=faults.fields.get("step"),
            is_required=True,
        ),
        Field(
            name="occurred_on",
            label=gettext(N_("Date")),
            kind="date",
            value=reader.again("occurred_on", today.isoformat()),
            maximum=today.isoformat(),
            error=faults.fields.get("occurred_on"),
            is_required=True,
        ),
        Field(
            name="expected_on",
            label=gettext(N_("Now expected on")),
            kind="date",
            value=reader.raw("expected_on"),
            hint=gettext(N_("For a shipment or a postponement.")),
            error=faults.fields.get("expected_on"),
        ),
        Field(
            name="reason",
            label=gettext(N_("Reason")),
            kind="textarea",
            value=reader.raw("reason"),
            hint=gettext(N_("Needed to postpone, to cancel, and to close while goods are missing.")),
            error=faults.fields.get("reason"),
        ),
    )
    return Form(
        action=f"{order_href(found)}/steps",
        id="step",
        fields=fields,
        submit_label=gettext(N_("Record")),
        error_summary=faults.summary_rows(),
    )


def _read_step(order_id: UUID, reader: FormReader) -> RecordStep:
    step_id, step = reader.uuid("id"), reader.choice("step", OrderStep)
    occurred_on, expected_on = reader.day("occurred_on"), reader.optional_day("expected_on")
    reason = reader.text("reason", required=False, max_length=500)
    reader.finish()
    return RecordStep(
        id=step_id,
        order_id=order_id,
        step=OrderStep(step),
        occurred_on=occurred_on,
        expected_on=expected_on,
        reason=reason,
    )


def _paper(session: Session, found: OrderRow) -> PaperPage:
    return PaperPage(
        title=found.number,
        facts=_facts(found),
        lines=_lines(session, found),
        totals=_totals(found),
        francs=None if found.currency == "XOF" else f"{show_money(found.francs)} ({_rate(found)})",
        signatures=(
            Signature(gettext(N_("Logistics officer")), found.user_name),
            Signature(gettext(N_("Authorised by"))),
            Signature(gettext(N_("Supplier")), found.supplier_name),
        ),
        back=order_href(found),
    )
