"""What the stores look after by themselves."""

import datetime as dt

from sqlalchemy.orm import Session

from supply.alerts.jobs import Job
from supply.alerts.tell import resolve_missing, tell
from supply.alerts.words import Severity
from supply.catalog.queries import products
from supply.clock import day_of
from supply.i18n import N_, translate
from supply.inventory.expiring import NEAR_DAYS, state_of
from supply.inventory.queries import Balance, on_hand

NEAR, EXPIRED = "near-expiry", "expired-stock"
_MESSAGES = {
    NEAR: N_(
        "{product}, lot {lot} at {place}: {grams:mass} are good until {expires_on} only. Issue them first."
    ),
    EXPIRED: N_(
        "{product}, lot {lot} at {place}: {grams:mass} expired on {expires_on}. "
        "Put them apart, record them as unfit or as a loss."
    ),
}


def tell_expiry(session: Session, now: dt.datetime) -> str:
    """Tell each lot in a store or site that is near its last good day or past it; settle what is gone.

    Unfit stock is known to be useless and not told again.
    """
    today = day_of(now)
    names = {one.code: one.name for one in products(session)}
    found: dict[str, dict[str, list[Balance]]] = {NEAR: {}, EXPIRED: {}}
    for balance in on_hand(session, expires_until=today + dt.timedelta(days=NEAR_DAYS)):
        state = state_of(balance, today)
        if state in {"near", "expired"}:
            subject = f"{balance.place_code}:{balance.lot_id}"
            found[NEAR if state == "near" else EXPIRED].setdefault(subject, []).append(balance)
    news = 0
    for kind, balances_by_subject in found.items():
        for subject, balances in balances_by_subject.items():
            news += _tell(session, kind, subject, balances, names=names, now=now)
        resolve_missing(session, kind, list(balances_by_subject), now)
    return translate(
        N_("{near} lots near expiry, {expired} expired in stock, {news} of them since the last run."),
        {"near": len(found[NEAR]), "expired": len(found[EXPIRED]), "news": news},
    )


def _tell(
    session: Session,
    kind: str,
    subject: str,
    balances: list[Balance],
    *,
    names: dict[str, str],
    now: dt.datetime,
) -> bool:
    first = balances[0]
    return tell(
        session,
        kind=kind,
        subject=subject,
        severity=Severity.WARNING if kind == NEAR else Severity.URGENT,
        message=_MESSAGES[kind],
        facts={
            "product": names.get(first.product_code, first.product_code),
            "lot": first.lot_number,
            "place": first.place_name,
            "grams": sum(balance.grams for balance in balances),
            "expires_on": first.expires_on,
        },
        place_code=first.place_code,
        href=f"/inventory/lots/{first.lot_id}",
        now=now,
    )


JOBS = (Job("expiry-alerts", dt.time(6, 0), tell_expiry),)
