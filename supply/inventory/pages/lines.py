"""Pages with the lots of a place and a quantity beside each: transfer, loss, change of condition."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.i18n import N_, gettext, show_date, translate
from supply.inventory.change_condition import ChangeCondition, change_condition
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.entries import LotGrams, Posted
from supply.inventory.expiring import state_of
from supply.inventory.pages.fields import (
    day_field,
    id_field,
    place_field,
    reason_field,
    reference_field,
)
from supply.inventory.pages.shown import (
    STATE_NAMES,
    Names,
    chosen_store,
    lot_field,
    names_of,
    own_stores,
    unit_options,
)
from supply.inventory.queries import Balance, on_hand
from supply.inventory.transfer import Transfer, transfer
from supply.inventory.words import CAUSE_NAMES, Condition, LossCause
from supply.people.rights import Actor, Right
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit

NOTHING_WRITTEN = N_("Write how much, for at least one lot.")


class LinesPage(msgspec.Struct, frozen=True, kw_only=True):
    """A form whose lines are the lots of a place; `head` stands above them, the rest below."""

    title: str
    lead: str
    form: Form
    head: tuple[Field, ...]
    lots: tuple[Field, ...]
    tail: tuple[Field, ...]
    place_name: str
    place_fields: tuple[Field, ...]
    action: str
    stock_href: str


class _Asked(msgspec.Struct, frozen=True):
    """What a page is made from."""

    names: Names
    balances: tuple[Balance, ...]
    place: str
    actor: Actor
    today: dt.date


Show = Callable[[_Asked, FormReader, Faults], Template]
Record = Callable[[Session, FormReader, _Asked, dt.datetime], Posted]


class LinePages(Controller):
    """Transfer, loss, condition."""

    path = "/inventory"
    include_in_schema = False

    @get("/transfer", operation_id="TransferForm", sync_to_thread=True)
    def transfer_form(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        return _transfer_page(_asked(db, actor, today, place), FormReader({}), Faults())

    @post("/transfer", operation_id="TransferSubmit", sync_to_thread=True, status_code=303)
    def transfer_submit(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _submitted(db, _sent(db, actor, today, data), data, now, record=_transfer, show=_transfer_page)

    @get("/loss", operation_id="LossForm", sync_to_thread=True)
    def loss_form(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        return _loss_page(_asked(db, actor, today, place), FormReader({}), Faults())

    @post("/loss", operation_id="LossSubmit", sync_to_thread=True, status_code=303)
    def loss_submit(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _submitted(db, _sent(db, actor, today, data), data, now, record=_loss, show=_loss_page)

    @get("/condition", operation_id="ConditionForm", sync_to_thread=True)
    def condition_form(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        return _condition_page(_asked(db, actor, today, place), FormReader({}), Faults())

    @post("/condition", operation_id="ConditionSubmit", sync_to_thread=True, status_code=303)
    def condition_submit(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _submitted(
            db, _sent(db, actor, today, data), data, now, record=_condition, show=_condition_page
        )


def _asked(db: Database, actor: Actor, today: dt.date, place: str | None) -> _Asked:
    with db.snapshot() as session:
        names = names_of(session)
        code = chosen_store(names, actor, place) or ""
        return _Asked(names, on_hand(session, place_codes=[code]), code, actor, today)


def _sent(db: Database, actor: Actor, today: dt.date, data: FormData) -> _Asked:
    return _asked(db, actor, today, FormReader(data).raw("place"))


def _submitted(
    db: Database, asked: _Asked, data: FormData, now: dt.datetime, *, record: Record, show: Show
) -> Response[Any]:
    def attempt() -> Response[Any]:
        with db.transaction() as session:
            posted = record(session, FormReader(data), asked, now)
        return see_other(
            f"/inventory/documents/{posted.id}", N_("Recorded as {number}."), number=posted.number
        )

    return submit(attempt, again=lambda faults: show(asked, FormReader(data), faults))


def _transfer(session: Session, reader: FormReader, asked: _Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    target = reader.choice("to", asked.names.places)
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", required=False, max_length=1000)
    override = reader.text("override", required=False, max_length=1000)
    lines = _lines(reader, asked)
    command = Transfer(
        id=document_id,
        from_code=asked.place,
        to_code=target,
        occurred_on=day,
        lines=lines,
        reference=reference,
        reason=reason,
        override=override or None,
    )
    return transfer(session, command, actor=asked.actor, now=now)


def _loss(session: Session, reader: FormReader, asked: _Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    cause = reader.choice("cause", list(LossCause))
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", max_length=1000)
    lines = _lines(reader, asked)
    command = DeclareLoss(
        id=document_id,
        place_code=asked.place,
        occurred_on=day,
        lines=lines,
        cause=LossCause(cause),
        reason=reason,
        reference=reference,
    )
    return declare_loss(session, command, actor=asked.actor, now=now)


def _condition(session: Session, reader: FormReader, asked: _Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    to = reader.choice("to", list(Condition))
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", max_length=1000)
    lines = _lines(reader, asked)
    command = ChangeCondition(
        id=document_id,
        place_code=asked.place,
        occurred_on=day,
        lines=lines,
        to=Condition(to),
        reason=reason,
        reference=reference,
    )
    return change_condition(session, command, actor=asked.actor, now=now)


def _lines(reader: FormReader, asked: _Asked) -> tuple[LotGrams, ...]:
    """Lines with a quantity; the last thing read, so that every fault of the form is told at once."""
    lines = []
    is_empty = True
    for balance in asked.balances:
        name = lot_field("q", balance.lot_id, balance.condition)
        is_empty = is_empty and not reader.raw(name)
        grams = reader.quantity(name, asked.names.units(balance.pack_code), required=False)
        if grams:
            lines.append(LotGrams(lot_id=balance.lot_id, grams=grams, condition=Condition(balance.condition)))
    if is_empty and asked.balances:
        first = asked.balances[0]
        reader.fault(lot_field("q", first.lot_id, first.condition), NOTHING_WRITTEN)
    reader.finish()
    return tuple(lines)


def _transfer_page(asked: _Asked, reader: FormReader, faults: Faults) -> Template:
    others = tuple(one for one in (*asked.names.stores(), *asked.names.sites()) if one.code != asked.place)
    to = place_field("to", gettext(N_("To")), others, reader.raw("to") or None, faults, asks=True)
    tail = [
        reference_field(reader, faults, gettext(N_("Number on the paper"))),
        reason_field(reader, faults, gettext(N_("Remarks"))),
    ]
    if asked.actor.may(Right.OVERRIDE_EXPIRY, asked.place):
        tail.append(
            Field(
                name="override",
                label=gettext(N_("Why an expired lot goes to a site")),
                kind="textarea",
                value=reader.raw("override"),
                hint=gettext(N_("Only when a lot is expired; it is kept with your name.")),
                error=faults.fields.get("override"),
            )
        )
    return _page(
        asked,
        reader,
        faults,
        path="transfer",
        title=N_("Transfer"),
        lead=gettext(N_("Choose the lots that leave. Leave the others empty.")),
        head=(to,),
        tail=tuple(tail),
        label=N_("Record the transfer"),
    )


def _loss_page(asked: _Asked, reader: FormReader, faults: Faults) -> Template:
    chosen = reader.raw("cause")
    cause = Field(
        name="cause",
        label=gettext(N_("Cause")),
        kind="select",
        options=(
            Option("", gettext(N_("Choose…")), not chosen),
            *(Option(one.value, gettext(CAUSE_NAMES[one]), one == chosen) for one in LossCause),
        ),
        error=faults.fields.get("cause"),
        is_required=True,
    )
    return _page(
        asked,
        reader,
        faults,
        path="loss",
        title=N_("Declare a loss"),
        lead=gettext(N_("Write what is lost beside each lot. Leave the others empty.")),
        head=(cause,),
        tail=(
            reason_field(reader, faults, gettext(N_("What happened")), is_required=True),
            reference_field(reader, faults, gettext(N_("Number of the loss report"))),
        ),
        label=N_("Record the loss"),
    )


def _condition_page(asked: _Asked, reader: FormReader, faults: Faults) -> Template:
    chosen = reader.raw("to")
    labels = {Condition.HOLD: N_("On hold"), Condition.UNFIT: N_("Unfit")}
    if asked.actor.may(Right.DECIDE_QUALITY, asked.place):
        labels = {Condition.GOOD: N_("Good: release it"), **labels}
    to = Field(
        name="to",
        label=gettext(N_("Becomes")),
        kind="radio",
        options=tuple(Option(one.value, gettext(label), one == chosen) for one, label in labels.items()),
        error=faults.fields.get("to"),
        is_required=True,
    )
    return _page(
        asked,
        reader,
        faults,
        path="condition",
        title=N_("Change the condition"),
        lead=gettext(N_("Write how much of each lot changes. Leave the others empty.")),
        head=(to,),
        tail=(
            reason_field(reader, faults, gettext(N_("Why")), is_required=True),
            reference_field(reader, faults, gettext(N_("Number of the report"))),
        ),
        label=N_("Record the change"),
    )


def _page(
    asked: _Asked,
    reader: FormReader,
    faults: Faults,
    *,
    path: str,
    title: str,
    lead: str,
    head: tuple[Field, ...],
    tail: tuple[Field, ...],
    label: str,
) -> Template:
    hidden = (id_field(reader), Field(name="place", label="", kind="hidden", value=asked.place))
    lots = tuple(_lot_field(balance, asked, reader, faults) for balance in asked.balances)
    first = (day_field(reader, faults, asked.today), *head)
    fields = (*hidden, *first, *lots, *tail)
    form = Form(
        action=f"/inventory/{path}",
        id=path,
        fields=fields,
        submit_label=gettext(label),
        error_summary=faults.summary_rows(),
    )
    stores = own_stores(asked.names, asked.actor)
    choice = place_field("place", gettext(N_("Store")), stores, asked.place, Faults())
    content = LinesPage(
        title=gettext(title),
        lead=lead,
        form=form,
        head=first,
        lots=lots,
        tail=tail,
        place_name=asked.names.place(asked.place),
        place_fields=(choice,) if len(stores) > 1 else (),
        action=f"/inventory/{path}",
        stock_href=f"/inventory?place={asked.place}",
    )
    return page("inventory/lines.html", content, title=title)


def _lot_field(balance: Balance, asked: _Asked, reader: FormReader, faults: Faults) -> Field:
    names = asked.names
    name = lot_field("q", balance.lot_id, balance.condition)
    sizes = names.sizes(balance.pack_code)
    usual = next((size.code for size in sizes if size.net_grams <= balance.grams), "kg")
    state = gettext(STATE_NAMES[state_of(balance, asked.today)])
    there = names.in_packs(balance.grams, balance.pack_code)
    hint = N_("{product} · {state} · {there} · good until {expires_on}")
    shown_on = show_date(balance.expires_on, "medium")
    facts = {"product": names.product(balance.product_code), "state": state, "there": there}
    return Field(
        name=name,
        label=balance.lot_number,
        kind="quantity",
        value=reader.raw(name),
        options=unit_options(sizes, reader.raw(f"{name}_unit") or usual),
        hint=translate(hint, facts | {"expires_on": shown_on}),
        error=faults.fields.get(name),
    )
