"""`supply inventory stock` and `supply inventory card`: what is where, for the terminal."""

import datetime as dt
from contextlib import closing

import click
import msgspec

from supply.db import Database
from supply.i18n import N_, gettext, show_date, show_mass
from supply.inventory.cards import StockCard
from supply.inventory.locations import LotUnknown, PlaceUnknown
from supply.inventory.queries import Balance, lots_numbered, on_hand, stock_card
from supply.inventory.words import CONDITION_NAMES, KIND_NAMES, Condition, DocumentKind
from supply.terminal import columns, database_option, json_option

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("stock")
@click.option("--place", default=None, help="Code of a store or site; else all of them.")
@click.option("--product", default=None, help="Code of a product.")
@click.option("--on", type=_DAY, default=None, help="End of which day; else now.")
@json_option
@database_option
def stock_command(
    place: str | None, product: str | None, on: dt.datetime | None, database: str, *, as_json: bool
) -> None:
    """Stock on hand by place, lot and condition, first expiry first."""
    with closing(Database(database)) as db, db.snapshot() as session:
        found = on_hand(
            session,
            place_codes=None if place is None else [place],
            product_code=product,
            on=None if on is None else on.date(),
        )
    click.echo(msgspec.json.encode(found) if as_json else _stock_text(found))


@click.command("card")
@click.argument("place")
@click.argument("lot")
@json_option
@database_option
def card_command(place: str, lot: str, database: str, *, as_json: bool) -> None:
    """Stock card of the lots with number LOT that have been at PLACE."""
    with closing(Database(database)) as db, db.snapshot() as session:
        lots = lots_numbered(session, lot)
        if not lots:
            raise LotUnknown(lot=lot)
        cards = [stock_card(session, place, one.id) for one in lots]
    known = [card for card in cards if card is not None]
    if not known:
        raise PlaceUnknown(place=place)
    for card in known:
        click.echo(msgspec.json.encode(card) if as_json else _card_text(card))


def _stock_text(found: tuple[Balance, ...]) -> str:
    return columns(
        (N_("Place"), N_("Product"), N_("Lot"), N_("Good until"), N_("Condition")),
        (N_("Net mass"),),
        (
            (
                row.place_code,
                row.product_code,
                row.lot_number,
                row.expires_on.isoformat(),
                gettext(CONDITION_NAMES[Condition(row.condition)]),
                show_mass(row.grams),
            )
            for row in found
        ),
    )


def _card_text(card: StockCard) -> str:
    head = f"{card.place_name}, {card.product_code}, {card.lot_number}, {show_date(card.expires_on)}"
    rows = columns(
        (N_("Day"), N_("Document"), N_("What happened")),
        (N_("In"), N_("Out"), N_("Balance")),
        (
            (
                row.occurred_on.isoformat(),
                row.number,
                gettext(KIND_NAMES[DocumentKind(row.kind)]),
                show_mass(row.in_grams) if row.in_grams else "",
                show_mass(row.out_grams) if row.out_grams else "",
                show_mass(row.balance),
            )
            for row in card.rows
        ),
    )
    return f"{head}\n{rows}"


area_commands = (stock_command, card_command)
