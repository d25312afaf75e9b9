"""Which lots leave a place: by expiry for a quantity of a product, or as somebody chose them."""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory.balances import account_balance, balances_from, last_closed_day, whole
from supply.inventory.checks import QuantityNotPositive
from supply.inventory.fefo import Candidate, Pick, Skipped, SkipReason, pick
from supply.inventory.locations import place_name
from supply.inventory.rows import (
    ACCOUNT,
    LOCATION,
    LOT,
    MOVEMENT,
    RESERVATION,
)
from supply.inventory.words import Condition, ReservationState

_NO_TRIP = UUID(int=0)


class Wanted(Struct, frozen=True, kw_only=True):
    """A quantity of a product, whatever the lots; whole packs only when `pack_grams` is given."""

    product_code: str
    grams: int
    pack_grams: int = 1


class NotEnoughToUse(Conflict):
    """Good, free and unexpired grams do not suffice."""

    code: ClassVar[str] = "not-enough-to-use"
    title = N_(
        "{product} at {place}: {asked:mass} asked, {found:mass} good and free for use on {use_on}. "
        "Passed over: {expired:mass} expired or too near, {held:mass} on hold or unfit, {reserved:mass} "
        "reserved for trips, {opened:mass} in opened packs. Take less, or free stock first."
    )


class Stock(Struct, frozen=True):
    """What may be taken of a product at a place, and what lies there but may not."""

    candidates: tuple[Candidate, ...]
    blocked: tuple[Skipped, ...]


def pickable(
    session: Session,
    place_code: str,
    product_code: str,
    *,
    except_trip: UUID | None = None,
    on: dt.date | None = None,
) -> tuple[Candidate, ...]:
    """Lots of a product at a place with good grams that no other trip was promised, first expiry first.

    With `on`, an earlier day, only what was there then and is not needed by what was recorded later.
    """
    return stock_to_pick(session, place_code, product_code, except_trip=except_trip, on=on).candidates


def stock_to_pick(
    session: Session,
    place_code: str,
    product_code: str,
    *,
    except_trip: UUID | None = None,
    on: dt.date | None = None,
) -> Stock:
    """As `pickable`, with what lies there on hold, unfit or reserved."""
    rows = session.execute(
        _STOCK, {"place": place_code, "product": product_code, "except_trip": except_trip or _NO_TRIP}
    ).all()
    grams_by_account = {row.account_id: int(row.grams) for row in rows}
    if on is not None and rows:
        since = last_closed_day(session, on)
        days = balances_from(session, list(grams_by_account), on, since=since)
        grams_by_account = {account: min(day.grams for day in known) for account, known in days.items()}
    candidates: list[Candidate] = []
    blocked: list[Skipped] = []
    for row in rows:
        grams = grams_by_account[row.account_id]
        if row.condition != Condition.GOOD:
            blocked += _blocked(row, grams, SkipReason(row.condition))
            continue
        reserved = min(int(row.reserved), max(grams, 0))
        blocked += _blocked(row, reserved, SkipReason.RESERVED)
        if grams > reserved:
            candidates.append(
                Candidate(
                    lot_id=row.lot_id,
                    lot_number=row.lot_number,
                    expires_on=row.expires_on,
                    grams=grams - reserved,
                    received_on=row.received_on,
                )
            )
    return Stock(tuple(candidates), tuple(blocked))


def pick_for_use(
    session: Session,
    place_code: str,
    wanted: Wanted,
    *,
    use_on: dt.date,
    keep_days: int = 0,
    on: dt.date | None = None,
) -> Pick:
    """First expired first out for one product, with everything passed over; it may fall short."""
    if wanted.grams <= 0:
        raise QuantityNotPositive(grams=wanted.grams)
    stock = stock_to_pick(session, place_code, wanted.product_code, on=on)
    found = pick(
        stock.candidates, wanted.grams, use_on=use_on, keep_days=keep_days, pack_grams=wanted.pack_grams
    )
    return Pick(taken=found.taken, skipped=found.skipped + stock.blocked, shortfall=found.shortfall)


def refuse_shortfall(session: Session, place_code: str, wanted: Wanted, found: Pick, use_on: dt.date) -> None:
    """Refuse a pick that found less than was asked, and say what was passed over."""
    if not found.shortfall:
        return
    raise NotEnoughToUse(
        product=wanted.product_code,
        place=place_name(session, place_code),
        asked=wanted.grams,
        found=wanted.grams - found.shortfall,
        use_on=use_on,
        expired=_skipped_grams(found.skipped, SkipReason.EXPIRED, SkipReason.TOO_SOON),
        held=_skipped_grams(found.skipped, SkipReason.HOLD, SkipReason.UNFIT),
        reserved=_skipped_grams(found.skipped, SkipReason.RESERVED),
        opened=_skipped_grams(found.skipped, SkipReason.OPENED),
    )


def _blocked(row: Any, grams: int, why: SkipReason) -> list[Skipped]:
    if grams <= 0:
        return []
    return [Skipped(lot_number=row.lot_number, grams=grams, why=why, expires_on=row.expires_on)]


def _skipped_grams(skipped: tuple[Skipped, ...], *reasons: SkipReason) -> int:
    return sum(one.grams for one in skipped if one.why in reasons)


def _stock_query() -> Select[Any]:
    """One statement: balance, first arrival and promises of each account of a product at a place."""
    first_day = select(func.min(MOVEMENT.c.occurred_on)).where(MOVEMENT.c.to_account_id == ACCOUNT.c.id)
    promised = select(func.coalesce(whole(func.sum(RESERVATION.c.grams)), 0)).where(
        RESERVATION.c.account_id == ACCOUNT.c.id,
        RESERVATION.c.state == ReservationState.ACTIVE.value,
        RESERVATION.c.trip_id != bindparam("except_trip"),
    )
    return (
        select(
            ACCOUNT.c.id.label("account_id"),
            ACCOUNT.c.condition,
            LOT.c.id.label("lot_id"),
            LOT.c.number.label("lot_number"),
            LOT.c.expires_on,
            first_day.correlate(ACCOUNT).scalar_subquery().label("received_on"),
            account_balance().label("grams"),
            promised.correlate(ACCOUNT).scalar_subquery().label("reserved"),
        )
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
        .where(LOCATION.c.code == bindparam("place"), LOT.c.product_code == bindparam("product"))
        .order_by(LOT.c.expires_on, LOT.c.number, ACCOUNT.c.id)
    )


_STOCK = _stock_query()
