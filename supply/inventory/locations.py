"""Codes of the locations where grams can be, and the rows of locations and accounts, made on first use."""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from supply.db import insert_unless_there
from supply.errors import NotFound
from supply.i18n import N_
from supply.inventory.models import Account, Location
from supply.inventory.rows import ACCOUNT, LOCATION, LOT, PLACE, SUPPLIER
from supply.inventory.words import LocationKind, LossCause

BENEFICIARIES = "beneficiaries"
DIFFERENCE = "difference"


def supplier_location(supplier_code: str) -> str:
    """Where a supplier's grams come from and go back to."""
    return f"supplier:{supplier_code}"


def trip_location(trip_id: UUID) -> str:
    """On the road, in one trip."""
    return f"trip:{trip_id}"


def loss_location(cause: LossCause) -> str:
    """Where lost grams are counted, by cause."""
    return f"loss:{cause.value}"


def is_held(location_code: str) -> bool:
    """A place or a trip: what is there is in our custody and never below zero."""
    kind, colon, _ = location_code.partition(":")
    return kind == "trip" if colon else kind not in {BENEFICIARIES, DIFFERENCE}


class PlaceUnknown(NotFound):
    """No store or site has this code."""

    code: ClassVar[str] = "place-unknown"
    title = N_("There is no store or site “{place}”; choose one from the list.")


class SupplierUnknown(NotFound):
    """No supplier has this code."""

    code: ClassVar[str] = "supplier-unknown"
    title = N_("There is no supplier “{supplier}”; choose one from the list.")


class LotUnknown(NotFound):
    """No lot has this id."""

    code: ClassVar[str] = "lot-unknown"
    title = N_("There is no such lot ({lot}); choose one from the list.")


class AccountKey(NamedTuple):
    """A lot in a condition at a location, by their names."""

    location: str
    lot_id: UUID
    condition: str


class AccountRow(NamedTuple):
    """The account's number and the kind of its location."""

    id: int
    kind: str


_ACCOUNTS = (
    select(LOCATION.c.code, ACCOUNT.c.lot_id, ACCOUNT.c.condition, ACCOUNT.c.id, LOCATION.c.kind)
    .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
    .where(
        LOCATION.c.code.in_(bindparam("codes", expanding=True)),
        ACCOUNT.c.lot_id.in_(bindparam("lots", expanding=True)),
    )
)


def find_accounts(session: Session, keys: Iterable[AccountKey]) -> dict[AccountKey, AccountRow]:
    """The accounts that exist already, among those asked for."""
    wanted = set(keys)
    rows = session.execute(
        _ACCOUNTS,
        {"codes": sorted({key.location for key in wanted}), "lots": list({key.lot_id for key in wanted})},
    )
    found = {
        AccountKey(code, lot_id, condition): AccountRow(account_id, kind)
        for code, lot_id, condition, account_id, kind in rows
    }
    return {key: row for key, row in found.items() if key in wanted}


def find_or_make_accounts(session: Session, keys: Iterable[AccountKey]) -> dict[AccountKey, AccountRow]:
    """Every account asked for; missing locations and accounts are made.

    Raises LotUnknown, PlaceUnknown or SupplierUnknown for names that nothing stands behind.
    """
    wanted = set(keys)
    found = find_accounts(session, wanted)
    missing = sorted(wanted - found.keys())
    if not missing:
        return found
    _check_lots(session, {key.lot_id for key in missing})
    location_ids = find_or_make_locations(session, {key.location for key in missing})
    for key in missing:
        insert_unless_there(
            session,
            Account,
            location_id=location_ids[key.location],
            lot_id=key.lot_id,
            condition=key.condition,
        )
    return find_accounts(session, wanted)


def find_or_make_locations(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Row ids of the locations by code."""
    wanted = sorted(set(codes))
    found = _ids(session, wanted)
    missing = [code for code in wanted if code not in found]
    for code in missing:
        insert_unless_there(session, Location, **_location_row(session, code))
    if missing:
        found = _ids(session, wanted)
    return found


def place_kind(session: Session, place_code: str) -> LocationKind:
    """Store or site; raises PlaceUnknown."""
    return place_kinds(session, [place_code])[place_code]


def place_kinds(session: Session, place_codes: Iterable[str]) -> dict[str, LocationKind]:
    """Store or site, by code; raises PlaceUnknown."""
    wanted = sorted(set(place_codes))
    found = {row.code: LocationKind(row.kind) for row in session.execute(_PLACE_KINDS, {"codes": wanted})}
    for code in wanted:
        if code not in found:
            raise PlaceUnknown(place=code)
    return found


_PLACE_KINDS = select(PLACE.c.code, PLACE.c.kind).where(PLACE.c.code.in_(bindparam("codes", expanding=True)))


def place_name(session: Session, location_code: str) -> str:
    """Name of the place for a sentence; the code itself for what is no place."""
    name = session.execute(select(PLACE.c.name).where(PLACE.c.code == location_code)).scalar_one_or_none()
    return location_code if name is None else str(name)


def _ids(session: Session, codes: list[str]) -> dict[str, int]:
    rows = session.execute(select(LOCATION.c.code, LOCATION.c.id).where(LOCATION.c.code.in_(codes)))
    return {row.code: row.id for row in rows}


def _location_row(session: Session, code: str) -> dict[str, str | None]:
    kind, _, name = code.partition(":")
    row: dict[str, str | None] = {"code": code, "kind": kind, "place_code": None, "supplier_code": None}
    match kind:
        case "supplier":
            known = session.execute(select(SUPPLIER.c.code).where(SUPPLIER.c.code == name)).first()
            if known is None:
                raise SupplierUnknown(supplier=name)
            return row | {"supplier_code": name}
        case "trip":
            return row | {"code": trip_location(UUID(name)), "kind": LocationKind.TRANSIT.value}
        case "loss":
            return row | {"code": loss_location(LossCause(name))}
        case "beneficiaries" | "difference":
            return row
    return row | {"kind": place_kind(session, code).value, "place_code": code}


def _check_lots(session: Session, lot_ids: set[UUID]) -> None:
    known = set(session.execute(select(LOT.c.id).where(LOT.c.id.in_(lot_ids))).scalars())
    for lot_id in sorted(lot_ids - known):
        raise LotUnknown(lot=str(lot_id))
