"""What procurement looks after by itself."""

import datetime as dt

from sqlalchemy.orm import Session

from supply.alerts.jobs import Job
from supply.alerts.tell import resolve_missing, tell
from supply.alerts.words import Severity
from supply.clock import day_of
from supply.i18n import N_, translate
from supply.procurement.notices import LATE, SHORT
from supply.procurement.queries import orders

URGENT_AFTER_DAYS = 30
# A month late: the cycle that the order was meant for is in danger.


LATE_FIRST = N_(
    "Order {order} of {supplier} is {days} days late: {open:mass} for {store} were promised "
    "for {promised_on}."
)
LATE_AGAIN = N_(
    "Order {order} of {supplier} is {days} days late: {open:mass} for {store} were promised "
    "for {promised_on}, now for {expected_on}."
)


def tell_late_orders(session: Session, now: dt.datetime) -> str:
    """Tell each order that owes something after its first promise; settle what is no longer so."""
    found = orders(session, today=day_of(now))
    late = [order for order in found if order.is_late]
    news = sum(
        tell(
            session,
            kind=LATE,
            subject=str(order.id),
            severity=Severity.URGENT if order.days_late > URGENT_AFTER_DAYS else Severity.WARNING,
            message=LATE_AGAIN if order.new_promise_on else LATE_FIRST,
            facts={
                "order": order.number,
                "supplier": order.supplier_name,
                "days": order.days_late,
                "open": order.open_grams,
                "store": order.store_name,
                "promised_on": order.first_expected_on,
                "expected_on": order.expected_on,
            },
            place_code=order.store_code,
            href=f"/procurement/orders/{order.id}",
            now=now,
        )
        for order in late
    )
    resolve_missing(session, LATE, [str(order.id) for order in late], now)
    resolve_missing(session, SHORT, [str(order.id) for order in found if order.awaits_goods], now)
    return translate(N_("Late orders: {late}, {news} of them new."), {"late": len(late), "news": news})


JOBS = (Job("late-orders", dt.time(6, 15), tell_late_orders),)
