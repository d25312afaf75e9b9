"""The list of orders, late ones first."""

import datetime as dt

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from supply.db import Database
from supply.i18n import N_, gettext
from supply.people.rights import Actor, Right
from supply.procurement.pages.texts import late_badge, money_of, order_href, state_badge
from supply.procurement.queries import money_bound, orders
from supply.procurement.rows import OrderRow
from supply.web.pages import page
from supply.web.parts import Badge


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the list."""

    number: str
    href: str
    supplier: str
    store: str
    ordered_on: dt.date
    expected_on: dt.date
    state: Badge
    late: Badge | None
    grams: int
    open_grams: int
    amount: str
    francs: int | None
    # Only where the amount is in another currency.


class OrdersPage(msgspec.Struct, frozen=True, kw_only=True):
    """Orders, late ones first."""

    orders: tuple[OrderLine, ...]
    tabs: tuple[tuple[str, str, bool], ...]
    is_any: bool
    late_count: int
    open_grams: int
    francs: int
    may_buy: bool


class OrderListPages(Controller):
    """Orders as the buyer and the keeper see them."""

    path = "/procurement"
    include_in_schema = False

    @get("/", operation_id="OrdersPage", sync_to_thread=True)
    def listed(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        show: FromQuery[str] = "open",
    ) -> Template:
        with db.snapshot() as session:
            found = orders(session, today=today, store_codes=actor.places)
        return page("procurement/orders.html", _orders_page(found, show, actor), title=N_("Orders"))


def _orders_page(found: tuple[OrderRow, ...], show: str, actor: Actor) -> OrdersPage:
    shown = {
        "open": [one for one in found if one.awaits_goods],
        "late": [one for one in found if one.is_late],
    }.get(show, list(found))
    tabs = (("open", N_("Awaited")), ("late", N_("Late orders")), ("all", N_("All orders")))
    current = show if show in {"open", "late"} else "all"
    return OrdersPage(
        orders=tuple(_order_line(one) for one in shown),
        tabs=tuple((gettext(name), f"/procurement?show={key}", key == current) for key, name in tabs),
        is_any=bool(found),
        late_count=sum(one.is_late for one in found),
        open_grams=sum(one.open_grams for one in found),
        francs=money_bound(found),
        may_buy=actor.may(Right.BUY),
    )


def _order_line(one: OrderRow) -> OrderLine:
    return OrderLine(
        number=one.number,
        href=order_href(one),
        supplier=one.supplier_name,
        store=one.store_name,
        ordered_on=one.ordered_on,
        expected_on=one.expected_on,
        state=state_badge(one),
        late=late_badge(one),
        grams=one.ordered_grams,
        open_grams=one.open_grams,
        amount=money_of(one, one.amount),
        francs=None if one.currency == "XOF" else one.francs,
    )
