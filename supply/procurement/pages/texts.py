"""How orders are shown: badges, amounts in their currency, packs."""

import msgspec

from supply.catalog.rows import PackRow
from supply.i18n import gettext, language, ngettext, show_mass, show_money, show_number
from supply.procurement.rows import OrderRow
from supply.procurement.words import STATE_NAMES, OrderState
from supply.units import split
from supply.web.parts import Badge, Tone

_TONES: dict[OrderState, Tone] = {
    OrderState.PLACED: "info",
    OrderState.SHIPPED: "info",
    OrderState.PARTLY_RECEIVED: "hold",
    OrderState.RECEIVED: "good",
    OrderState.OVER_RECEIVED: "warn",
    OrderState.CLOSED: "neutral",
    OrderState.CANCELLED: "neutral",
}


class OrderLink(msgspec.Struct, frozen=True, kw_only=True):
    """An order named on another page."""

    number: str
    href: str


def state_badge(order: OrderRow) -> Badge:
    return Badge(_TONES[order.state], gettext(STATE_NAMES[order.state]))


def late_badge(order: OrderRow) -> Badge | None:
    """How late an order is, None when it is not."""
    if not order.is_late:
        return None
    return Badge(
        "bad", _days(ngettext("{days} day late", "{days} days late", order.days_late), order.days_late)
    )


def waiting_days(count: int) -> str:
    """How long a lot has been waiting."""
    return _days(ngettext("waiting for {days} day", "waiting for {days} days", count), count)


def _days(text: str, count: int) -> str:
    return text.format(days=show_number(count))


def money_of(order: OrderRow, amount: int) -> str:
    return show_money(amount, order.currency)


def pack_name(pack: PackRow) -> str:
    return pack.name_en if language() == "en" else pack.name_fr


def in_packs(grams: int, pack: PackRow) -> str:
    """`400 × 25 kg bag`, with the loose rest behind it."""
    count, rest = split(grams, pack.net_grams)
    whole = f"{show_number(count)} × {pack_name(pack)}"
    if not rest:
        return whole
    return f"{whole} + {show_mass(rest)}" if count else show_mass(rest)


def order_href(order: OrderRow) -> str:
    return f"/procurement/orders/{order.id}"
