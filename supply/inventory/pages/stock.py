"""Pages: my store today, and the list of stock."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlencode

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from supply.db import Database
from supply.i18n import N_, gettext
from supply.inventory.expiring import NEAR_DAYS, days_left, state_of
from supply.inventory.pages.shown import (
    Names,
    PlaceName,
    chosen_store,
    condition_badge,
    names_of,
    own_stores,
    place_options,
    state_badge,
)
from supply.inventory.papers import DocumentRow
from supply.inventory.queries import Balance, documents, on_hand
from supply.inventory.words import KIND_NAMES, Condition, DocumentKind
from supply.people.rights import Actor, Right
from supply.web.drawing.bars import Part, Stack, StacksView, stacks_view
from supply.web.drawing.calendars import Expiring, ExpiryView, expiry_view
from supply.web.forms import Field, Option
from supply.web.pages import page
from supply.web.parts import Badge

SHOWN_PAPERS = 5
SHOWN_EXPIRING = 8


class StockRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the stock list."""

    place: str
    product: str
    lot: str
    href: str
    state: Badge
    expires_on: dt.date
    days_left: int
    packs: str
    grams: int
    reserved: str | None
    card_href: str


class TotalRow(msgspec.Struct, frozen=True, kw_only=True):
    """Sum of one product; a cell is None where there is nothing."""

    product: str
    good: int | None
    reserved: int | None
    hold: int | None
    bad: int | None
    total: int
    packs: str


class PaperRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document in a short list."""

    number: str
    href: str
    kind: str
    occurred_on: dt.date
    grams: int


class TodayPage(msgspec.Struct, frozen=True, kw_only=True):
    """The keeper's store on one screen."""

    store: PlaceName | None
    stores: tuple[tuple[str, str, bool], ...]
    may_record: bool
    totals: tuple[TotalRow, ...]
    good_grams: int
    reserved_grams: int
    hold_grams: int
    bad_grams: int
    stacks: StacksView | None
    expiry: ExpiryView | None
    expiring: tuple[StockRow, ...]
    waiting: tuple[StockRow, ...]
    papers: tuple[PaperRow, ...]
    near_days: int


class StockPage(msgspec.Struct, frozen=True, kw_only=True):
    """Stock by place, lot and condition."""

    filter_fields: tuple[Field, ...]
    rows: tuple[StockRow, ...]
    columns: tuple[tuple[str, ...], ...]
    totals: tuple[TotalRow, ...]
    total_columns: tuple[tuple[str, ...], ...]
    is_past: bool
    on: dt.date
    place_name: str | None
    may_record: bool


def stock_row(balance: Balance, names: Names, today: dt.date) -> StockRow:
    """A balance as shown."""
    reserved = balance.reserved_grams if balance.condition == Condition.GOOD else 0
    return StockRow(
        place=balance.place_name,
        product=names.product(balance.product_code),
        lot=balance.lot_number,
        href=f"/inventory/lots/{balance.lot_id}",
        state=state_badge(balance, today),
        expires_on=balance.expires_on,
        days_left=days_left(balance.expires_on, today),
        packs=names.in_packs(balance.grams, balance.pack_code),
        grams=balance.grams,
        reserved=names.in_packs(reserved, balance.pack_code) if reserved else None,
        card_href=f"/inventory/cards/{balance.place_code}/{balance.lot_id}",
    )


def totals_of(balances: Iterable[Balance], names: Names, today: dt.date) -> tuple[TotalRow, ...]:
    """One row per product; near expiry counts as good, expired as bad."""
    by_product: dict[str, list[Balance]] = {}
    for balance in balances:
        by_product.setdefault(balance.product_code, []).append(balance)
    return tuple(_total_row(product, found, names, today) for product, found in sorted(by_product.items()))


def _total_row(product: str, found: list[Balance], names: Names, today: dt.date) -> TotalRow:
    grams: dict[str, int] = {}
    for balance in found:
        state = state_of(balance, today)
        grams[state] = grams.get(state, 0) + balance.grams
    total = sum(balance.grams for balance in found)
    return TotalRow(
        product=names.product(product),
        good=grams.get("good", 0) + grams.get("near", 0) or None,
        reserved=sum(balance.reserved_grams for balance in found) or None,
        hold=grams.get("hold"),
        bad=grams.get("unfit", 0) + grams.get("expired", 0) or None,
        total=total,
        packs=names.together((balance.grams, balance.pack_code) for balance in found),
    )


def stacks_of(balances: Iterable[Balance], names: Names, today: dt.date, place: str) -> StacksView | None:
    """A bar for each product with its good, near, held, unfit and expired parts."""
    parts: dict[str, list[Part]] = {}
    for balance in balances:
        parts.setdefault(balance.product_code, []).append(Part(state_of(balance, today), balance.grams))
    bars = [
        Stack(
            names.product(product),
            tuple(found),
            href="/inventory/stock?" + urlencode({"place": place, "product": product}),
        )
        for product, found in sorted(parts.items())
    ]
    return stacks_view(bars) if bars else None


def paper_row(row: DocumentRow) -> PaperRow:
    return PaperRow(
        number=row.number,
        href=f"/inventory/documents/{row.id}",
        kind=gettext(KIND_NAMES[DocumentKind(row.kind)]),
        occurred_on=row.occurred_on,
        grams=row.grams,
    )


class StockPages(Controller):
    """What is in store."""

    path = "/inventory"
    include_in_schema = False

    @get(operation_id="StoreToday", sync_to_thread=True)
    def store_today(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        with db.snapshot() as session:
            names = names_of(session)
            code = chosen_store(names, actor, place)
            balances = on_hand(session, place_codes=[code]) if code else ()
            papers = documents(session, place_codes=[code], limit=SHOWN_PAPERS) if code else ()
        content = _today(names, code, balances, papers, actor=actor, today=today)
        return page("inventory/today.html", content, title=N_("My store today"))

    @get("/stock", operation_id="StockList", sync_to_thread=True)
    def stock_list(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
        product: FromQuery[str | None] = None,
        condition: FromQuery[str | None] = None,
        on: FromQuery[str | None] = None,
        lot: FromQuery[str | None] = None,
    ) -> Template:
        day = _day(on, today)
        with db.snapshot() as session:
            names = names_of(session)
            wanted = condition if condition in set(Condition) else None
            balances = on_hand(
                session,
                place_codes=[place] if place else None,
                product_code=product or None,
                condition=wanted,
                on=day if day < today else None,
            )
            if searched := (lot or "").strip().casefold():
                balances = tuple(one for one in balances if searched in one.lot_number.casefold())
        fields = _filters(
            names, place=place, product=product, condition=wanted, on=day, today=today, lot=lot or ""
        )
        content = StockPage(
            filter_fields=fields,
            rows=tuple(stock_row(balance, names, day) for balance in balances),
            columns=_columns(is_of_one_place=bool(place)),
            totals=(totals := totals_of(balances, names, day)),
            total_columns=_total_columns(totals),
            is_past=day < today,
            on=day,
            place_name=names.place(place) if place else None,
            may_record=actor.may(Right.RECORD_STOCK),
        )
        return page("inventory/stock.html", content, title=N_("Stock"))


def _columns(*, is_of_one_place: bool) -> tuple[tuple[str, ...], ...]:
    """Columns of the lots; the place only where there are several."""
    place = () if is_of_one_place else (("place", gettext(N_("Place"))),)
    return (
        ("lot", gettext(N_("Lot"))),
        *place,
        ("state", gettext(N_("State"))),
        ("expires_on", gettext(N_("Good until"))),
        ("grams", gettext(N_("Net mass")), "kg"),
        ("packs", gettext(N_("Packs"))),
        ("card", gettext(N_("History"))),
    )


def _total_columns(totals: tuple[TotalRow, ...]) -> tuple[tuple[str, ...], ...]:
    """Columns of the totals that hold anything."""
    optional = (
        ("reserved", gettext(N_("Of which reserved")), "kg"),
        ("hold", gettext(N_("On hold")), "kg"),
        ("bad", gettext(N_("Expired or unfit")), "kg"),
    )
    return (
        ("product", gettext(N_("Product"))),
        ("packs", gettext(N_("Packs"))),
        ("good", gettext(N_("Good")), "kg"),
        *(column for column in optional if any(getattr(row, column[0]) for row in totals)),
        ("total", gettext(N_("Total")), "kg"),
    )


def _day(asked: str | None, today: dt.date) -> dt.date:
    """The day of a filter; what cannot be read or has not come is today."""
    try:
        return min(dt.date.fromisoformat(asked or ""), today)
    except ValueError:
        return today


def _today(
    names: Names,
    code: str | None,
    balances: tuple[Balance, ...],
    papers: tuple[DocumentRow, ...],
    *,
    actor: Actor,
    today: dt.date,
) -> TodayPage:
    states = [(state_of(balance, today), balance) for balance in balances]
    near = sorted(
        (balance for state, balance in states if state in {"near", "expired"}),
        key=lambda balance: (balance.expires_on, balance.lot_number),
    )
    stores = own_stores(names, actor) or names.stores()
    return TodayPage(
        store=names.places[code] if code else None,
        stores=tuple(
            (one.name, f"/inventory?place={one.code}", one.code == code) for one in stores if len(stores) > 1
        ),
        may_record=actor.may(Right.RECORD_STOCK, code),
        totals=totals_of(balances, names, today),
        good_grams=sum(balance.grams for state, balance in states if state in {"good", "near"}),
        reserved_grams=sum(balance.reserved_grams for balance in balances),
        hold_grams=sum(balance.grams for state, balance in states if state == "hold"),
        bad_grams=sum(balance.grams for state, balance in states if state in {"unfit", "expired"}),
        stacks=stacks_of(balances, names, today, code or ""),
        expiry=expiry_view(
            tuple(Expiring(balance.expires_on, balance.grams) for balance in balances),
            today=today,
            near_days=NEAR_DAYS,
        )
        if balances
        else None,
        expiring=tuple(stock_row(balance, names, today) for balance in near[:SHOWN_EXPIRING]),
        waiting=tuple(stock_row(balance, names, today) for state, balance in states if state == "hold"),
        papers=tuple(paper_row(row) for row in papers),
        near_days=NEAR_DAYS,
    )


def _filters(
    names: Names,
    *,
    place: str | None,
    product: str | None,
    condition: str | None,
    on: dt.date,
    today: dt.date,
    lot: str,
) -> tuple[Field, ...]:
    everything = gettext(N_("Everything"))
    products = tuple(Option(code, name, code == product) for code, name in sorted(names.products.items()))
    conditions = tuple(
        Option(one.value, condition_badge(one.value).label, one == condition) for one in Condition
    )
    return (
        Field(
            name="lot",
            label=gettext(N_("Lot number, or a part of it")),
            kind="search",
            value=lot,
            is_required=True,
        ),
        Field(
            name="place",
            label=gettext(N_("Place")),
            kind="select",
            options=place_options((*names.stores(), *names.sites()), place, empty=everything),
            is_required=True,
        ),
        Field(
            name="product",
            label=gettext(N_("Product")),
            kind="select",
            options=(Option("", everything, not product), *products),
            is_required=True,
        ),
        Field(
            name="condition",
            label=gettext(N_("Condition")),
            kind="select",
            options=(Option("", everything, not condition), *conditions),
            is_required=True,
        ),
        Field(
            name="on",
            label=gettext(N_("End of day")),
            kind="date",
            value=on.isoformat(),
            maximum=today.isoformat(),
            is_required=True,
        ),
    )
