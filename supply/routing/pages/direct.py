"""The form for a trip without the solver: one truck, its sites, its quantities."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.rows import PackRow
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.programme.words import CycleState
from supply.routing.direct import DirectDelivery, DispatchDirectly, dispatch_directly
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit

ROWS = 6
# Deliveries of one form: five stops at most, one of them with two products; more go through a plan.
PACK = "pack"


class DirectPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form."""

    form: Form
    head: tuple[Field, ...]
    rows: tuple[tuple[Field, ...], ...]


class DirectPages(Controller):
    """A trip put together by hand."""

    path = "/routing/direct"
    include_in_schema = False

    @get(operation_id="DirectForm", sync_to_thread=True)
    def form(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        cycle: FromQuery[str] = "",
    ) -> Template:
        require(actor, Right.PLAN_DELIVERIES)
        return _show(db, today, FormReader({"cycle_code": cycle}), Faults())

    @post(operation_id="DirectSubmit", sync_to_thread=True, status_code=303)
    def submit_form(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                packs = catalog.base_packs(session)
            command = _read(FormReader(data), packs)
            with db.transaction() as session:
                made = dispatch_directly(session, command, actor=actor, now=now)
            return see_other(
                f"/routing/trips/{made.trip_id}",
                N_("The trip waits to be loaded; its lots are reserved. It costs {cost:money}."),
                cost=made.cost,
            )

        return submit(attempt, again=lambda faults: _show(db, today, FormReader(data), faults))


def _read(reader: FormReader, packs: dict[str, PackRow]) -> DispatchDirectly:
    plan_id, cycle_code = reader.uuid("id"), reader.text("cycle_code")
    truck, day = reader.text("truck"), reader.day("begins_on")
    store_code, _, type_code = truck.partition("|")
    deliveries = []
    for row in range(ROWS):
        if not reader.raw(f"amount-{row}") and not reader.raw(f"site-{row}"):
            continue
        site_code, product_code = reader.text(f"site-{row}"), reader.text(f"product-{row}")
        pack = packs.get(product_code)
        grams = reader.quantity(f"amount-{row}", {} if pack is None else {PACK: pack.net_grams})
        if not grams:
            reader.fault(f"amount-{row}", N_("Write more than zero."))
        deliveries.append(DirectDelivery(site_code=site_code, product_code=product_code, grams=grams))
    if not deliveries:
        reader.fault("site-0", N_("Write at least one delivery."))
    reader.finish()
    return DispatchDirectly(
        id=plan_id,
        cycle_code=cycle_code,
        store_code=store_code,
        vehicle_type_code=type_code,
        begins_on=day,
        deliveries=tuple(deliveries),
    )


def _show(db: Database, today: dt.date, reader: FormReader, faults: Faults) -> Template:
    with db.snapshot() as session:
        head = _head(session, today, reader, faults)
        rows = _rows(session, reader, faults)
    form = Form(
        action="/routing/direct",
        id="direct",
        fields=(*head, *(field for row in rows for field in row)),
        submit_label=gettext(N_("Check and reserve")),
        error_summary=faults.summary_rows(),
    )
    content = DirectPage(form=form, head=tuple(one for one in head if one.kind != "hidden"), rows=rows)
    return page("routing/direct.html", content, title=N_("Put a trip together by hand"))


def _head(session: Session, today: dt.date, reader: FormReader, faults: Faults) -> tuple[Field, ...]:
    cycles = [one for one in programme.cycles(session) if one.state != CycleState.CLOSED]
    chosen = reader.raw("cycle_code")
    return (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="cycle_code",
            label=gettext(N_("For")),
            kind="select",
            options=tuple(Option(one.code, one.name, one.code == chosen) for one in cycles),
            error=faults.fields.get("cycle_code"),
            is_required=True,
        ),
        Field(
            name="truck",
            label=gettext(N_("Store and truck")),
            kind="select",
            options=(
                Option("", gettext(N_("choose")), not reader.raw("truck")),
                *_trucks(session, reader.raw("truck")),
            ),
            error=faults.fields.get("truck"),
            is_required=True,
        ),
        Field(
            name="begins_on",
            label=gettext(N_("Leaves on")),
            kind="date",
            value=reader.again("begins_on", today.isoformat()),
            minimum=today.isoformat(),
            error=faults.fields.get("begins_on"),
            is_required=True,
        ),
    )


def _trucks(session: Session, chosen: str) -> tuple[Option, ...]:
    stores = {one.code: one.name for one in catalog.places(session, PlaceKind.STORE, only_active=True)}
    kinds = {one.code: one.name for one in catalog.vehicle_types(session)}
    pairs = sorted({(one.store_code, one.type_code) for one in catalog.vehicles(session, only_active=True)})
    return tuple(
        Option(f"{store}|{kind}", f"{stores[store]} · {kinds[kind]}", chosen == f"{store}|{kind}")
        for store, kind in pairs
        if store in stores
    )


def _rows(session: Session, reader: FormReader, faults: Faults) -> tuple[tuple[Field, ...], ...]:
    sites = [(one.code, one.name) for one in catalog.places(session, PlaceKind.SITE, only_active=True)]
    packs = catalog.base_packs(session)
    products = [
        (one.code, f"{one.name} ({packs[one.code].name})")
        for one in catalog.products(session)
        if one.code in packs
    ]
    return tuple(
        (
            _select(f"site-{row}", gettext(N_("Site")), sites, reader, faults, empty=True),
            _select(f"product-{row}", gettext(N_("Product")), products, reader, faults, empty=False),
            Field(
                name=f"amount-{row}",
                label=gettext(N_("Amount")),
                kind="quantity",
                value=reader.raw(f"amount-{row}"),
                options=(
                    Option(PACK, gettext(N_("packs")), reader.raw(f"amount-{row}_unit") != "kg"),
                    Option("kg", gettext(N_("kg")), reader.raw(f"amount-{row}_unit") == "kg"),
                ),
                error=faults.fields.get(f"amount-{row}"),
            ),
        )
        for row in range(ROWS)
    )


def _select(
    name: str,
    label: str,
    choices: list[tuple[str, str]],
    reader: FormReader,
    faults: Faults,
    *,
    empty: bool,
) -> Field:
    chosen = reader.raw(name)
    first = (Option("", "–", not chosen),) if empty else ()
    return Field(
        name=name,
        label=label,
        kind="select",
        options=(*first, *(Option(value, text, value == chosen) for value, text in choices)),
        error=faults.fields.get(name),
    )
