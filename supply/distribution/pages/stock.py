"""What a site has for a session: lots in the order in which they are given out, and for how many people."""

import datetime as dt

import msgspec
from sqlalchemy.orm import Session

from supply.distribution.pages.texts import Words, in_packs
from supply.i18n import N_, gettext
from supply.inventory.fefo import is_expired
from supply.inventory.queries import Balance, on_hand
from supply.web.parts import Badge

NEAR_DAYS = 30


class StockLine(msgspec.Struct, frozen=True, kw_only=True):
    """One lot at the site."""

    product: str
    lot: str
    expires_on: dt.date
    grams: int
    amount: str
    state: Badge


def stock_lines(session: Session, site_code: str, day: dt.date, known: Words) -> tuple[StockLine, ...]:
    """The site's lots, first expiry first."""
    rows = on_hand(session, place_codes=(site_code,))
    return tuple(
        StockLine(
            product=known.products.get(row.product_code, row.product_code),
            lot=row.lot_number,
            expires_on=row.expires_on,
            grams=row.grams,
            amount=in_packs(row.grams, known.packs.get(row.product_code)),
            state=_state(row, day),
        )
        for row in rows
    )


def _state(row: Balance, day: dt.date) -> Badge:
    if row.condition == "unfit":
        return Badge("bad", gettext(N_("Unfit")))
    if row.condition == "hold":
        return Badge("hold", gettext(N_("On hold")))
    if is_expired(row.expires_on, day):
        return Badge("bad", gettext(N_("Expired")))
    if is_expired(row.expires_on, day + dt.timedelta(days=NEAR_DAYS)):
        return Badge("warn", gettext(N_("Expires soon")))
    return Badge("good", gettext(N_("Good")))
