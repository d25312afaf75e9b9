"""Lots: one production of a product, found by its number or made when it is first seen."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from supply.db import insert_unless_there
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.ids import new_id
from supply.inventory.models import Lot
from supply.inventory.rows import LOT, PACK

MAX_SHELF_DAYS = 3660
# Fortified flours keep 6 to 24 months; ten years can only be a mistyped year.


class LotFacts(Struct, frozen=True, kw_only=True):
    """What stands on the bag."""

    product_code: str
    number: str
    pack_code: str
    expires_on: dt.date
    produced_on: dt.date | None = None
    supplier_code: str | None = None


class LotDatesImpossible(Invalid):
    """The last good day lies before the production, or absurdly far after it."""

    code: ClassVar[str] = "lot-dates-impossible"
    title = N_(
        "Lot {lot}: produced on {produced_on}, good until {expires_on}. Read both dates on the bag again."
    )


class LotNumberMissing(Invalid):
    """A lot without a number, or with one that is too long for any bag."""

    code: ClassVar[str] = "lot-number-missing"
    title = N_("Write the lot number that stands on the bag (at most 40 characters).")


class LotKnownWithOtherDates(Conflict):
    """The same lot number was recorded before with other dates or another pack."""

    code: ClassVar[str] = "lot-known-with-other-dates"
    title = N_(
        "Lot {lot} is already known, good until {known_expires_on} in pack {known_pack}; you wrote "
        "{expires_on} and pack {pack}. Read the bag again; "
        "if two productions share the number, add a letter to it."
    )


class PackUnknown(Invalid):
    """The pack does not exist or is of another product."""

    code: ClassVar[str] = "pack-unknown"
    title = N_("“{pack}” is not a pack of product {product}; choose one from the list.")


def find_or_make_lot(session: Session, facts: LotFacts, *, now: dt.datetime) -> UUID:
    """The lot of that product and number; made when it is new.

    Raises LotNumberMissing, LotDatesImpossible, LotKnownWithOtherDates, PackUnknown.
    """
    number = facts.number.strip()
    if not 1 <= len(number) <= 40:
        raise LotNumberMissing(lot=facts.number)
    _check_dates(facts)
    known = _known(session, facts.product_code, number)
    if known is None:
        _check_pack(session, facts)
        # Another writer may make the same lot in this moment; whoever comes second takes the first one's.
        insert_unless_there(session, Lot, **_row(facts, number, now))
        known = _known(session, facts.product_code, number)
        assert known is not None, "the lot was made in this transaction"
    lot_id, expires_on, produced_on, pack_code = known
    is_other_production = produced_on and facts.produced_on and produced_on != facts.produced_on
    if expires_on != facts.expires_on or pack_code != facts.pack_code or is_other_production:
        raise LotKnownWithOtherDates(
            lot=number,
            known_expires_on=expires_on,
            known_pack=pack_code,
            expires_on=facts.expires_on,
            pack=facts.pack_code,
        )
    return lot_id


def _check_dates(facts: LotFacts) -> None:
    produced_on = facts.produced_on
    if produced_on is None:
        return
    if not dt.timedelta(0) <= facts.expires_on - produced_on <= dt.timedelta(days=MAX_SHELF_DAYS):
        raise LotDatesImpossible(lot=facts.number, produced_on=produced_on, expires_on=facts.expires_on)


def _known(
    session: Session, product_code: str, number: str
) -> tuple[UUID, dt.date, dt.date | None, str] | None:
    row = session.execute(_KNOWN, {"product": product_code, "number": number}).one_or_none()
    return None if row is None else (row[0], row[1], row[2], row[3])


_KNOWN = select(LOT.c.id, LOT.c.expires_on, LOT.c.produced_on, LOT.c.pack_code).where(
    LOT.c.product_code == bindparam("product"), LOT.c.number == bindparam("number")
)


def _check_pack(session: Session, facts: LotFacts) -> None:
    of_product = session.execute(
        select(PACK.c.product_code).where(PACK.c.code == facts.pack_code)
    ).scalar_one_or_none()
    if of_product != facts.product_code:
        raise PackUnknown(pack=facts.pack_code, product=facts.product_code)


def _row(facts: LotFacts, number: str, now: dt.datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "product_code": facts.product_code,
        "number": number,
        "pack_code": facts.pack_code,
        "supplier_code": facts.supplier_code,
        "produced_on": facts.produced_on,
        "expires_on": facts.expires_on,
        "recorded_at": now,
    }
