"""Operations: save a store or site, an area, a village; close a place to trucks for some days."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from supply.catalog.models import Area, Closure, Place, Settlement, VehicleType
from supply.catalog.saving import (
    WEST_AFRICA,
    CodeTaken,
    PcodeUnknown,
    Saved,
    check_code,
    check_coordinates,
    check_known,
    check_name,
    check_number,
    check_texts,
    replace,
    upsert,
)
from supply.catalog.words import PlaceKind
from supply.errors import Invalid, NotFound
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.units import MAX_GRAMS


class SaveArea(msgspec.Struct, frozen=True, kw_only=True):
    """A region (level 1), cercle (2) or commune (3) under its P-code; coordinates of the seat."""

    pcode: str
    vintage: str
    level: int
    name: str
    parent_pcode: str | None = None
    lat: float | None = None
    lon: float | None = None
    source: str = ""


class SaveSettlement(msgspec.Struct, frozen=True, kw_only=True):
    """A village or town; `place_class` 1 national capital to 4 commune seat, 5 other."""

    pcode: str
    name: str
    commune_pcode: str
    place_class: int
    lat: float
    lon: float


class SavePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A store or distribution site; `vehicle_types` None: every type reaches it."""

    code: str
    name: str
    kind: PlaceKind
    lat: float
    lon: float
    commune_pcode: str | None = None
    store_code: str | None = None
    capacity_grams: int | None = None
    vehicle_types: tuple[str, ...] | None = None
    is_active: bool = True
    is_illustrative: bool = False
    source: str = ""


class SaveClosure(msgspec.Struct, frozen=True, kw_only=True):
    """Days, both inclusive, in which no truck reaches a place."""

    id: UUID
    place_code: str
    starts_on: dt.date
    ends_on: dt.date
    reason: str


class RemoveClosure(msgspec.Struct, frozen=True, kw_only=True):
    """A closure that does not hold after all."""

    id: UUID


class PartOfItself(Invalid):
    """An area's parent is of the wrong level."""

    code: ClassVar[str] = "parent-of-wrong-level"
    title = N_("{pcode} needs a parent one level above it; {parent} is not.")


class NotAStore(Invalid):
    """A site is served by something that is no store."""

    code: ClassVar[str] = "not-a-store"
    title = N_("{text} is not a store; a site is served by a store.")


class ClosureBackwards(Invalid):
    """The last day is before the first."""

    code: ClassVar[str] = "closure-backwards"
    title = N_("The closure ends on {ends_on}, before it starts on {starts_on}; exchange the days.")


class ClosureUnknown(NotFound):
    """No such closure."""

    code: ClassVar[str] = "closure-unknown"
    title = N_("This closure does not exist any more.")


def save_area(session: Session, command: SaveArea, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a region, cercle or commune; a boundary that was imported stays."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.pcode)
    check_name(command.pcode, command.name)
    check_code(command.vintage)
    check_number(N_("Level"), command.level, 1, 3)
    if command.lat is not None and command.lon is not None:
        check_coordinates(command.lat, command.lon)
    if command.level > 1:
        parent = session.get(Area, command.parent_pcode) if command.parent_pcode else None
        if parent is None:
            raise PcodeUnknown(pcode=command.parent_pcode or "–")
        if parent.level != command.level - 1:
            raise PartOfItself(pcode=command.pcode, parent=parent.pcode)
    return upsert(session, Area, command.pcode, _values(command, "pcode"))


def save_settlement(session: Session, command: SaveSettlement, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a village or town."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.pcode)
    check_name(command.pcode, command.name)
    check_number(N_("Class"), command.place_class, 1, 5)
    check_coordinates(command.lat, command.lon)
    _check_commune(session, command.commune_pcode)
    return upsert(session, Settlement, command.pcode, _values(command, "pcode"))


def save_place(session: Session, command: SavePlace, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a store or site; its kind stays what it was, since stock may lie there."""
    require(actor, Right.MANAGE_CATALOG, command.code)
    check_code(command.code)
    check_name(command.code, command.name)
    check_number(N_("Capacity"), command.capacity_grams, 1, MAX_GRAMS)
    check_coordinates(command.lat, command.lon, WEST_AFRICA)
    if command.commune_pcode is not None:
        _check_commune(session, command.commune_pcode)
    for type_code in command.vehicle_types or ():
        check_known(session, VehicleType, type_code, N_("Vehicle type"))
    known = session.get(Place, command.code)
    if known is not None and known.kind != command.kind:
        raise CodeTaken(text=command.code, owner=known.name)
    if command.store_code is not None:
        check_known(session, Place, command.store_code, N_("Store"))
        store = session.get(Place, command.store_code)
        if store is None or store.kind != PlaceKind.STORE:
            raise NotAStore(text=command.store_code)
    values = _values(command, "code")
    values["vehicle_types"] = None if command.vehicle_types is None else list(command.vehicle_types)
    return upsert(session, Place, command.code, values)


def save_closure(session: Session, command: SaveClosure, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store days in which no truck reaches a place."""
    require(actor, Right.MANAGE_CATALOG, command.place_code)
    check_known(session, Place, command.place_code, N_("Place"))
    if command.ends_on < command.starts_on:
        raise ClosureBackwards(starts_on=command.starts_on, ends_on=command.ends_on)
    check_texts(Closure, msgspec.structs.asdict(command))
    row = session.get(Closure, command.id)
    if row is not None:
        require(actor, Right.MANAGE_CATALOG, row.place_code)
        return Saved(
            code=str(command.id), is_new=False, is_changed=replace(session, row, _values(command, "id"))
        )
    session.add(Closure(**msgspec.structs.asdict(command)))
    session.flush()
    return Saved(code=str(command.id), is_new=True)


def remove_closure(session: Session, command: RemoveClosure, *, actor: Actor, now: dt.datetime) -> Saved:
    """Take back a closure."""
    require(actor, Right.MANAGE_CATALOG)
    found = session.get(Closure, command.id)
    if found is None:
        raise ClosureUnknown
    require(actor, Right.MANAGE_CATALOG, found.place_code)
    session.execute(delete(Closure).where(Closure.id == command.id))
    return Saved(code=str(command.id), is_new=False)


def _values(command: msgspec.Struct, key: str) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(command).items() if name != key}


def _check_commune(session: Session, pcode: str) -> None:
    area = session.get(Area, pcode)
    if area is None or area.level != 3:
        raise PcodeUnknown(pcode=pcode)
