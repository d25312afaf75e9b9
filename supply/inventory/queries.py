"""What is where: stock on hand, lots that may be taken, totals per lot."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from supply.inventory.balances import balances, sums
from supply.inventory.cards import stock_card
from supply.inventory.papers import document, documents, movements
from supply.inventory.picking import pickable
from supply.inventory.rows import (
    ACCOUNT,
    LOCATION,
    LOT,
    NO_DAY,
    PLACE,
    RESERVATION,
    SUPPLIER,
)
from supply.inventory.words import Condition, LocationKind, ReservationState

__all__ = [
    "Balance",
    "LotRow",
    "LotTotal",
    "Whereabouts",
    "document",
    "documents",
    "lot",
    "lot_totals",
    "lots",
    "lots_numbered",
    "movements",
    "on_hand",
    "pickable",
    "stock_card",
    "whereabouts",
]
_PLACE_KINDS = (LocationKind.STORE.value, LocationKind.SITE.value)


class Balance(Struct, frozen=True, kw_only=True):
    """Grams of a lot in a condition at a store or site; `reserved_grams` of them are promised to trips."""

    place_code: str
    place_name: str
    kind: str
    lot_id: UUID
    lot_number: str
    product_code: str
    pack_code: str
    expires_on: dt.date
    condition: str
    grams: int
    reserved_grams: int

    @property
    def free_grams(self) -> int:
        """What may be taken without breaking a promise."""
        return max(self.grams - self.reserved_grams, 0)


class LotRow(Struct, frozen=True, kw_only=True):
    """A lot and what stands on its bags."""

    id: UUID
    number: str
    product_code: str
    pack_code: str
    supplier_code: str | None
    supplier_name: str | None
    produced_on: dt.date | None
    expires_on: dt.date


class Whereabouts(Struct, frozen=True, kw_only=True):
    """Grams of one lot at one location, the world outside included (negative at its supplier)."""

    location_code: str
    location_name: str | None
    kind: str
    condition: str
    grams: int


class LotTotal(Struct, frozen=True, kw_only=True):
    """Grams of a lot over all locations of a kind; over all kinds of a lot they sum to zero."""

    lot_id: UUID
    lot_number: str
    product_code: str
    kind: str
    grams: int


def on_hand(
    session: Session,
    *,
    place_codes: Collection[str] | None = None,
    product_code: str | None = None,
    on: dt.date | None = None,
    condition: str | None = None,
    expires_until: dt.date | None = None,
) -> tuple[Balance, ...]:
    """Stock of stores and sites at the end of a day (None: of everything recorded), first expiry first.

    Empty accounts are left out. Reservations are today's, whatever the day. `condition` good, hold or unfit.
    """
    chosen = _chosen_accounts(place_codes, product_code, condition)
    if expires_until is not None:
        chosen = chosen.where(LOT.c.expires_on <= expires_until)
    balance = balances(chosen, until=on)
    promised = (
        select(RESERVATION.c.account_id, func.sum(RESERVATION.c.grams).label("grams"))
        .where(RESERVATION.c.state == ReservationState.ACTIVE.value)
        .group_by(RESERVATION.c.account_id)
        .subquery("promised")
    )
    query = (
        select(
            LOCATION.c.code.label("place_code"),
            PLACE.c.name.label("place_name"),
            LOCATION.c.kind,
            LOT.c.id.label("lot_id"),
            LOT.c.number.label("lot_number"),
            LOT.c.product_code,
            LOT.c.pack_code,
            LOT.c.expires_on,
            ACCOUNT.c.condition,
            balance.c.grams,
            func.coalesce(promised.c.grams, 0).label("reserved_grams"),
        )
        .select_from(balance)
        .join(ACCOUNT, balance.c.account_id == ACCOUNT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .join(PLACE, LOCATION.c.place_code == PLACE.c.code)
        .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
        .outerjoin(promised, promised.c.account_id == ACCOUNT.c.id)
        .where(balance.c.grams != 0)
        .order_by(
            PLACE.c.name, LOCATION.c.code, LOT.c.product_code, LOT.c.expires_on, LOT.c.number, ACCOUNT.c.id
        )
    )
    return tuple(
        Balance(
            place_code=row[0],
            place_name=row[1],
            kind=row[2],
            lot_id=row[3],
            lot_number=row[4],
            product_code=row[5],
            pack_code=row[6],
            expires_on=row[7],
            condition=row[8],
            grams=int(row[9]),
            reserved_grams=int(row[10]),
        )
        for row in session.execute(query)
    )


def _chosen_accounts(
    place_codes: Collection[str] | None, product_code: str | None, condition: str | None
) -> Select[int]:
    chosen = (
        select(ACCOUNT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
        .where(LOCATION.c.kind.in_(_PLACE_KINDS))
    )
    if place_codes is not None:
        chosen = chosen.where(LOCATION.c.code.in_(sorted(place_codes)))
    if product_code is not None:
        chosen = chosen.where(LOT.c.product_code == product_code)
    if condition is not None:
        chosen = chosen.where(ACCOUNT.c.condition == Condition(condition).value)
    return chosen


_LOTS = select(
    LOT.c.id,
    LOT.c.number,
    LOT.c.product_code,
    LOT.c.pack_code,
    LOT.c.supplier_code,
    SUPPLIER.c.name,
    LOT.c.produced_on,
    LOT.c.expires_on,
).outerjoin(SUPPLIER, LOT.c.supplier_code == SUPPLIER.c.code)


def lot(session: Session, lot_id: UUID) -> LotRow | None:
    """One lot."""
    row = session.execute(_LOTS.where(LOT.c.id == lot_id)).one_or_none()
    return None if row is None else _lot_row(row)


def lots(session: Session, lot_ids: Collection[UUID]) -> dict[UUID, LotRow]:
    """Lots by id; unknown ids are left out."""
    rows = session.execute(_LOTS.where(LOT.c.id.in_(set(lot_ids))).order_by(LOT.c.id))
    return {row[0]: _lot_row(row) for row in rows}


def lots_numbered(session: Session, number: str) -> tuple[LotRow, ...]:
    """Lots of every product with this number."""
    rows = session.execute(_LOTS.where(LOT.c.number == number).order_by(LOT.c.product_code))
    return tuple(_lot_row(row) for row in rows)


def _lot_row(row: Row[UUID, str, str, str, str | None, str | None, dt.date | None, dt.date]) -> LotRow:
    return LotRow(
        id=row[0],
        number=row[1],
        product_code=row[2],
        pack_code=row[3],
        supplier_code=row[4],
        supplier_name=row[5],
        produced_on=row[6],
        expires_on=row[7],
    )


def whereabouts(session: Session, lot_id: UUID, *, on: dt.date | None = None) -> tuple[Whereabouts, ...]:
    """Where every gram of a lot is, by location and condition."""
    accounts = select(ACCOUNT.c.id).where(ACCOUNT.c.lot_id == lot_id)
    balance = balances(accounts, until=on)
    query = (
        select(
            LOCATION.c.code,
            func.coalesce(PLACE.c.name, SUPPLIER.c.name),
            LOCATION.c.kind,
            ACCOUNT.c.condition,
            balance.c.grams,
        )
        .select_from(balance)
        .join(ACCOUNT, balance.c.account_id == ACCOUNT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .outerjoin(PLACE, LOCATION.c.place_code == PLACE.c.code)
        .outerjoin(SUPPLIER, LOCATION.c.supplier_code == SUPPLIER.c.code)
        .where(balance.c.grams != 0)
        .order_by(LOCATION.c.kind, LOCATION.c.code, ACCOUNT.c.condition)
    )
    return tuple(
        Whereabouts(location_code=code, location_name=name, kind=kind, condition=condition, grams=int(grams))
        for code, name, kind, condition, grams in session.execute(query)
    )


def lot_totals(session: Session) -> tuple[LotTotal, ...]:
    """Grams per lot and kind of location, summed from all movements without checkpoints: for proof."""
    balance = sums(until=None, since=NO_DAY)
    query = (
        select(LOT.c.id, LOT.c.number, LOT.c.product_code, LOCATION.c.kind, func.sum(balance.c.grams))
        .select_from(balance)
        .join(ACCOUNT, balance.c.account_id == ACCOUNT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
        .group_by(LOT.c.id, LOT.c.number, LOT.c.product_code, LOCATION.c.kind)
        .order_by(LOT.c.product_code, LOT.c.number, LOCATION.c.kind)
    )
    return tuple(
        LotTotal(lot_id=lot_id, lot_number=number, product_code=product_code, kind=kind, grams=int(grams))
        for lot_id, number, product_code, kind, grams in session.execute(query)
    )
