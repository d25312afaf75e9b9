"""Taking an order in hand before deciding about it: one writer at a time, with what has happened so far."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.procurement.queries import order
from supply.procurement.rows import OrderRow
from supply.procurement.state import is_over
from supply.procurement.words import STATE_NAMES


class OrderUnknown(NotFound):
    """No order has this id."""

    code: ClassVar[str] = "order-unknown"
    title = N_("There is no such order ({order}); choose one from the list.")


class OrderIsOver(Conflict):
    """Closed or cancelled: nothing can be added to it."""

    code: ClassVar[str] = "order-is-over"
    title = N_(
        "Order {order}: {state:message}. Nothing can be recorded against it any more; if goods came all "
        "the same, place a new order for them."
    )


class BeforeTheOrder(Invalid):
    """A day before the order was made."""

    code: ClassVar[str] = "before-the-order"
    about: ClassVar[str] = "occurred_on"
    title = N_("{occurred_on} is before order {order} was made ({ordered_on}); check the date.")


class DayInFuture(Invalid):
    """The day has not come yet."""

    code: ClassVar[str] = "future-day"
    about: ClassVar[str] = "occurred_on"
    title = N_("{occurred_on} has not come yet (today is {today}); write the day on which it happened.")


def take_order(session: Session, order_id: UUID, now: dt.datetime) -> OrderRow:
    """The order, locked for this writer. Raises OrderUnknown."""
    lock_places(session, [f"order:{order_id}"])
    found = order(session, order_id, today=day_of(now))
    if found is None:
        raise OrderUnknown(order=str(order_id))
    return found


def refuse_over(found: OrderRow) -> None:
    """Refuse an order that is closed or cancelled."""
    if is_over(found.state):
        raise OrderIsOver(order=found.number, state=STATE_NAMES[found.state])


def refuse_impossible_day(found: OrderRow, occurred_on: dt.date, now: dt.datetime) -> None:
    """Refuse a day before the order or after today."""
    if occurred_on < found.ordered_on:
        raise BeforeTheOrder(occurred_on=occurred_on, order=found.number, ordered_on=found.ordered_on)
    if occurred_on > day_of(now):
        raise DayInFuture(occurred_on=occurred_on, today=day_of(now))
