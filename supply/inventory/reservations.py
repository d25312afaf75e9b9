"""Promises of good grams of a lot to a trip: nothing moves, but others cannot take them."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict
from supply.i18n import N_
from supply.ids import new_id
from supply.inventory.balances import balances_from, last_closed_day
from supply.inventory.checks import QuantityNotPositive
from supply.inventory.locations import AccountKey, LotUnknown, find_or_make_accounts, place_name
from supply.inventory.rows import ACCOUNT, LOCATION, LOT, RESERVATION
from supply.inventory.words import Condition, ReservationState


class NotFree(Conflict):
    """The grams are there, but promised, or not there at all."""

    code: ClassVar[str] = "not-free"
    title = N_(
        "Lot {lot} at {place}: {asked:mass} asked, {free:mass} free "
        "({reserved:mass} reserved for other trips). "
        "Take less or another lot, or release a trip that will not leave."
    )


class Reserved(Struct, frozen=True, kw_only=True):
    """A promise that stands."""

    id: UUID
    trip_id: UUID
    site_code: str
    place_code: str
    lot_id: UUID
    lot_number: str
    product_code: str
    pack_code: str
    expires_on: dt.date
    grams: int


def reserve(
    session: Session,
    *,
    trip_id: UUID,
    site_code: str,
    place_code: str,
    lot_id: UUID,
    grams: int,
    now: dt.datetime,
) -> UUID:
    """Promise good grams of a lot in a store to a trip's stop; raises NotFree, LotUnknown."""
    if grams <= 0:
        raise QuantityNotPositive(grams=grams)
    lock_places(session, [place_code])
    refuse_reserved(session, place_code, {lot_id: grams}, day_of(now))
    key = AccountKey(place_code, lot_id, Condition.GOOD.value)
    account = find_or_make_accounts(session, [key])[key]
    reservation_id = new_id()
    row = {
        "id": reservation_id,
        "trip_id": trip_id,
        "site_code": site_code,
        "account_id": account.id,
        "grams": grams,
        "state": ReservationState.ACTIVE.value,
        "reserved_at": now,
    }
    session.execute(insert(RESERVATION), [row])
    return reservation_id


def refuse_reserved(
    session: Session,
    place_code: str,
    grams_by_lot: dict[UUID, int],
    on: dt.date,
    *,
    except_trip: UUID | None = None,
) -> None:
    """Refuse to take good grams that are promised to trips (of others than `except_trip`); raises NotFree.

    The caller holds the place's lock.
    """
    keys = {lot_id: AccountKey(place_code, lot_id, Condition.GOOD.value) for lot_id in grams_by_lot}
    accounts = find_or_make_accounts(session, keys.values())
    ids = {lot_id: accounts[key].id for lot_id, key in keys.items()}
    balances = balances_from(session, list(ids.values()), on, since=last_closed_day(session, on))
    promised = reserved_by_account(session, list(ids.values()), except_trip=except_trip)
    for lot_id, asked in grams_by_lot.items():
        reserved = promised.get(ids[lot_id], 0)
        there = min(balance.grams for balance in balances[ids[lot_id]])
        if asked > there - reserved:
            raise NotFree(
                lot=_lot_number(session, lot_id),
                place=place_name(session, place_code),
                asked=asked,
                free=max(there - reserved, 0),
                reserved=reserved,
                lot_id=lot_id,
                place_code=place_code,
            )


def reserved_by_account(
    session: Session, account_ids: list[int], *, except_trip: UUID | None = None
) -> dict[int, int]:
    """Grams promised from each account."""
    query = (
        select(RESERVATION.c.account_id, func.sum(RESERVATION.c.grams))
        .where(
            RESERVATION.c.account_id.in_(bindparam("accounts", expanding=True)),
            RESERVATION.c.state == ReservationState.ACTIVE.value,
        )
        .group_by(RESERVATION.c.account_id)
    )
    if except_trip is not None:
        query = query.where(RESERVATION.c.trip_id != except_trip)
    rows = session.execute(query, {"accounts": sorted(account_ids)})
    return {account_id: int(grams) for account_id, grams in rows}


def release(session: Session, trip_id: UUID) -> None:
    """Give back what a trip had reserved: it will not leave, or it is planned anew."""
    _settle(session, trip_id, ReservationState.RELEASED)


def use(session: Session, trip_id: UUID) -> None:
    """Close a trip's reservations: its departure moved the grams."""
    _settle(session, trip_id, ReservationState.USED)


def reserved_for(session: Session, trip_id: UUID) -> tuple[Reserved, ...]:
    """What is promised to a trip, in the order in which it was reserved."""
    query = (
        select(
            RESERVATION.c.id,
            RESERVATION.c.trip_id,
            RESERVATION.c.site_code,
            LOCATION.c.code.label("place_code"),
            LOT.c.id.label("lot_id"),
            LOT.c.number.label("lot_number"),
            LOT.c.product_code,
            LOT.c.pack_code,
            LOT.c.expires_on,
            RESERVATION.c.grams,
        )
        .join(ACCOUNT, RESERVATION.c.account_id == ACCOUNT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
        .where(RESERVATION.c.trip_id == trip_id, RESERVATION.c.state == ReservationState.ACTIVE.value)
        .order_by(RESERVATION.c.id)
    )
    return tuple(Reserved(**row._mapping) for row in session.execute(query))  # noqa: SLF001 - SQLAlchemy's public name


def _settle(session: Session, trip_id: UUID, state: ReservationState) -> None:
    session.execute(
        update(RESERVATION)
        .where(RESERVATION.c.trip_id == trip_id, RESERVATION.c.state == ReservationState.ACTIVE.value)
        .values(state=state.value)
    )


def _lot_number(session: Session, lot_id: UUID) -> str:
    number = session.execute(select(LOT.c.number).where(LOT.c.id == lot_id)).scalar_one_or_none()
    if number is None:
        raise LotUnknown(lot=str(lot_id))
    return str(number)
