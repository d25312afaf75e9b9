"""A form whose lines are the lots of a place with a quantity beside each: how it is read, shown and sent."""

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
from supply.inventory.entries import LotGrams, Posted
from supply.inventory.expiring import state_of
from supply.inventory.pages.fields import day_field, id_field, place_field
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
from supply.inventory.words import Condition
from supply.people.rights import Actor
from supply.web.forms import Faults, Field, Form, FormData, FormReader
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


class Asked(msgspec.Struct, frozen=True):
    """What a page is made from."""

    names: Names
    balances: tuple[Balance, ...]
    place: str
    actor: Actor
    today: dt.date


Show = Callable[[Asked, FormReader, Faults], Template]
Record = Callable[[Session, FormReader, Asked, dt.datetime], Posted]


def form_pages(name: str, *, record: Record, show: Show) -> type[Controller]:
    """The form at /inventory/`name`: shown for a store, and sent."""

    class FormPages(Controller):
        path = f"/inventory/{name}"
        include_in_schema = False

        @get(operation_id=f"{name.title()}Form", sync_to_thread=True)
        def form(
            self,
            *,
            db: NamedDependency[Database],
            actor: NamedDependency[Actor],
            today: NamedDependency[dt.date],
            place: FromQuery[str | None] = None,
        ) -> Template:
            return show(_asked(db, actor, today, place), FormReader({}), Faults())

        @post(operation_id=f"{name.title()}Submit", sync_to_thread=True, status_code=303)
        def send(
            self,
            *,
            data: URLEncodedBody[FormData],
            db: NamedDependency[Database],
            actor: NamedDependency[Actor],
            today: NamedDependency[dt.date],
            now: NamedDependency[dt.datetime],
        ) -> Response[Any]:
            asked = _asked(db, actor, today, FormReader(data).raw("place"))

            def attempt() -> Response[Any]:
                with db.transaction() as session:
                    posted = record(session, FormReader(data), asked, now)
                return see_other(
                    f"/inventory/documents/{posted.id}", N_("Recorded as {number}."), number=posted.number
                )

            return submit(attempt, again=lambda faults: show(asked, FormReader(data), faults))

    return FormPages


def _asked(db: Database, actor: Actor, today: dt.date, place: str | None) -> Asked:
    with db.snapshot() as session:
        names = names_of(session)
        code = chosen_store(names, actor, place) or ""
        return Asked(names, on_hand(session, place_codes=[code]), code, actor, today)


def read_lines(reader: FormReader, asked: Asked) -> tuple[LotGrams, ...]:
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


def lines_page(
    asked: Asked,
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
    """The page: day and `head` first, the lots, then `tail`."""
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


def _lot_field(balance: Balance, asked: Asked, reader: FormReader, faults: Faults) -> Field:
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
