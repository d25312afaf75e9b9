"""Pages: the stock card of a lot at a place, and a lot wherever it is."""

import datetime as dt
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from supply.db import Database
from supply.i18n import N_, gettext, show_mass
from supply.inventory.cards import CardRow, StockCard
from supply.inventory.expiring import State, days_left, is_near
from supply.inventory.fefo import is_expired
from supply.inventory.locations import LotUnknown, PlaceUnknown
from supply.inventory.pages.shown import (
    STATE_NAMES,
    TONES,
    Names,
    condition_badge,
    end_label,
    location_label,
    names_of,
)
from supply.inventory.queries import LotRow, Whereabouts, lot, stock_card, whereabouts
from supply.inventory.words import KIND_NAMES, DocumentKind, LocationKind
from supply.web.drawing.lines import LineView, stock_line
from supply.web.forms import Field
from supply.web.pages import page
from supply.web.parts import Badge


class CardLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the card."""

    occurred_on: dt.date
    number: str
    href: str
    what: str
    other: str
    state: Badge
    arrived: str | None
    left: str | None
    balance: str
    balance_grams: int


class CardPage(msgspec.Struct, frozen=True, kw_only=True):
    """A stock card, as on the pile."""

    place: str
    place_href: str
    product: str
    lot: str
    lot_href: str
    pack: str
    expires_on: dt.date
    expiry: Badge
    rows: tuple[CardLine, ...]
    balance: str
    balance_grams: int
    until: dt.date
    filter_fields: tuple[Field, ...]
    action: str
    line: LineView | None


class WhereRow(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of the lot at a location."""

    place: str
    href: str | None
    state: Badge
    packs: str
    grams: int


class LotPage(msgspec.Struct, frozen=True, kw_only=True):
    """A lot and where it is."""

    product: str
    lot: str
    pack: str
    supplier: str | None
    produced_on: dt.date | None
    expires_on: dt.date
    expiry: Badge
    days_left: int
    held: tuple[WhereRow, ...]
    came: tuple[WhereRow, ...]
    gone: tuple[WhereRow, ...]
    held_grams: int


_HELD_ORDER = (LocationKind.STORE, LocationKind.TRANSIT, LocationKind.SITE)


class CardPages(Controller):
    """Cards and lots."""

    path = "/inventory"
    include_in_schema = False

    @get("/cards/{place:str}/{lot_id:uuid}", operation_id="StockCardPage", sync_to_thread=True)
    def card(
        self,
        place: FromPath[str],
        lot_id: FromPath[UUID],
        db: NamedDependency[Database],
        *,
        today: NamedDependency[dt.date],
        until: FromQuery[dt.date | None] = None,
    ) -> Template:
        day = min(until or today, today)
        with db.snapshot() as session:
            if lot(session, lot_id) is None:
                raise LotUnknown(lot=str(lot_id))
            found = stock_card(session, place, lot_id, until=day)
            names = names_of(session)
        if found is None:
            raise PlaceUnknown(place=place)
        return page("inventory/card.html", _card_page(found, names, day, today), title=N_("Stock card"))

    @get("/lots/{lot_id:uuid}", operation_id="LotPage", sync_to_thread=True)
    def lot(
        self, lot_id: FromPath[UUID], db: NamedDependency[Database], today: NamedDependency[dt.date]
    ) -> Template:
        with db.snapshot() as session:
            found = lot(session, lot_id)
            if found is None:
                raise LotUnknown(lot=str(lot_id))
            where = whereabouts(session, lot_id)
            names = names_of(session)
        return page("inventory/lot.html", _lot_page(found, where, names, today), title=N_("Lot"))


def expiry_badge(expires_on: dt.date, today: dt.date) -> Badge:
    """Good, near its last good day, or past it."""
    state: State = (
        "expired" if is_expired(expires_on, today) else "near" if is_near(expires_on, today) else "good"
    )
    return Badge(TONES[state], gettext(STATE_NAMES[state]))


def _card_page(card: StockCard, names: Names, day: dt.date, today: dt.date) -> CardPage:
    action = f"/inventory/cards/{card.place_code}/{card.lot_id}"
    until = Field(
        name="until",
        label=gettext(N_("Up to the day")),
        kind="date",
        value=day.isoformat(),
        maximum=today.isoformat(),
        is_required=True,
    )
    by_day = {row.occurred_on: row.balance for row in card.rows}
    points = tuple(sorted((by_day | ({day: card.balance} if by_day else {})).items()))
    return CardPage(
        place=card.place_name,
        place_href=f"/inventory?place={card.place_code}",
        product=names.product(card.product_code),
        lot=card.lot_number,
        lot_href=f"/inventory/lots/{card.lot_id}",
        pack=names.packs[card.pack_code].name,
        expires_on=card.expires_on,
        expiry=expiry_badge(card.expires_on, day),
        rows=tuple(_card_line(row, names, card.pack_code) for row in card.rows),
        balance=_amount(card.balance, card.pack_code, names),
        balance_grams=card.balance,
        until=day,
        filter_fields=(until,),
        action=action,
        line=stock_line(points) if len(points) > 1 else None,
    )


def _amount(grams: int, pack_code: str, names: Names) -> str:
    """Packs and, unless that says it already, the mass."""
    packs, mass = names.in_packs(grams, pack_code), show_mass(grams)
    return packs if packs == mass else f"{packs} · {mass}"


def _card_line(row: CardRow, names: Names, pack_code: str) -> CardLine:
    return CardLine(
        occurred_on=row.occurred_on,
        number=row.number,
        href=f"/inventory/documents/{row.document_id}",
        what=gettext(KIND_NAMES[DocumentKind(row.kind)]),
        other=end_label(row.other),
        state=condition_badge(row.condition),
        arrived=names.counted(row.in_grams, pack_code) if row.in_grams else None,
        left=names.counted(row.out_grams, pack_code) if row.out_grams else None,
        balance=names.counted(row.balance, pack_code),
        balance_grams=row.balance,
    )


def _lot_page(found: LotRow, where: tuple[Whereabouts, ...], names: Names, today: dt.date) -> LotPage:
    held = sorted(
        (one for one in where if one.kind in _HELD_ORDER),
        key=lambda one: (_HELD_ORDER.index(LocationKind(one.kind)), one.location_name or ""),
    )
    outside = [one for one in where if one.kind not in _HELD_ORDER]
    # What is outside below zero came from there: suppliers, initial stock and what counts found.
    came = [msgspec.structs.replace(one, grams=-one.grams) for one in outside if one.grams < 0]
    gone = [one for one in outside if one.grams > 0]
    return LotPage(
        product=names.product(found.product_code),
        lot=found.number,
        pack=names.packs[found.pack_code].name,
        supplier=found.supplier_name,
        produced_on=found.produced_on,
        expires_on=found.expires_on,
        expiry=expiry_badge(found.expires_on, today),
        days_left=days_left(found.expires_on, today),
        held=tuple(_where_row(one, found, names) for one in held),
        came=tuple(_where_row(one, found, names) for one in came),
        gone=tuple(_where_row(one, found, names) for one in gone),
        held_grams=sum(one.grams for one in held),
    )


def _where_row(one: Whereabouts, found: LotRow, names: Names) -> WhereRow:
    is_place = one.kind in {LocationKind.STORE, LocationKind.SITE}
    href = f"/inventory/cards/{one.location_code}/{found.id}" if is_place else None
    if one.kind == LocationKind.TRANSIT:
        href = f"/routing/trips/{one.location_code.partition(':')[2]}"
    return WhereRow(
        place=location_label(one.kind, one.location_code, one.location_name),
        href=href,
        state=condition_badge(one.condition),
        packs=names.in_packs(one.grams, found.pack_code),
        grams=one.grams,
    )
