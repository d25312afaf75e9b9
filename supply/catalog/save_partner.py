"""Operations: save a supplier, a transporter, a vehicle type, a vehicle."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.models import Place, Supplier, Transporter, Vehicle, VehicleType
from supply.catalog.save_place import NotAStore
from supply.catalog.saving import Saved, check_code, check_known, check_name, check_number, upsert
from supply.catalog.words import PlaceKind
from supply.errors import Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require

MAX_LOAD_GRAMS = 60_000_000
# A road train carries about 40 t; the axle-load rule of UEMOA allows less than 60.
MAX_FRANCS = 100_000_000


class SaveSupplier(msgspec.Struct, frozen=True, kw_only=True):
    """Who sells the product; `country` is its ISO 3166 code of two letters."""

    code: str
    name: str
    country: str = "ML"
    lead_days: int | None = None
    is_illustrative: bool = False
    source: str = ""


class SaveTransporter(msgspec.Struct, frozen=True, kw_only=True):
    """Who carries it."""

    code: str
    name: str
    phone: str = ""
    is_illustrative: bool = False


class SaveVehicleType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of truck: net grams and litres it carries, F CFA per trip, km and tonne-km, km/h loaded.

    `speed_kmh` on dry tar; the other speeds None: the usual one of loaded trucks on that surface and season.
    """

    code: str
    name_fr: str
    name_en: str
    capacity_grams: int
    fixed_francs: int
    francs_per_km: int
    francs_per_tonne_km: int
    speed_kmh: int
    laterite_kmh: int | None = None
    track_kmh: int | None = None
    paved_rains_kmh: int | None = None
    laterite_rains_kmh: int | None = None
    track_rains_kmh: int | None = None
    capacity_litres: int | None = None
    is_illustrative: bool = False
    source: str = ""


class SaveVehicle(msgspec.Struct, frozen=True, kw_only=True):
    """A truck and the store where it starts and ends."""

    plate: str
    type_code: str
    transporter_code: str
    store_code: str
    is_active: bool = True
    is_illustrative: bool = False


class CountryImpossible(Invalid):
    """Not a code of a country."""

    code: ClassVar[str] = "country-impossible"
    title = N_("“{text}” is not a country; write its two letters, for example ML.")


def save_supplier(session: Session, command: SaveSupplier, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a supplier."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_name(command.code, command.name)
    if len(command.country) != 2 or not command.country.isascii() or not command.country.isupper():
        raise CountryImpossible(text=command.country)
    check_number(N_("Lead time (days)"), command.lead_days, 0, 1000)
    return upsert(session, Supplier, command.code, _values(command, "code"))


def save_transporter(session: Session, command: SaveTransporter, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a transporter."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_name(command.code, command.name)
    return upsert(session, Transporter, command.code, _values(command, "code"))


def save_vehicle_type(session: Session, command: SaveVehicleType, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a vehicle type."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_name(command.code, command.name_fr)
    check_name(command.code, command.name_en)
    check_number(N_("Capacity"), command.capacity_grams, 1, MAX_LOAD_GRAMS)
    check_number(N_("Litres"), command.capacity_litres, 1, 200_000)
    check_number(N_("F CFA per trip"), command.fixed_francs, 0, MAX_FRANCS)
    check_number(N_("F CFA per km"), command.francs_per_km, 0, 100_000)
    check_number(N_("F CFA per tonne and km"), command.francs_per_tonne_km, 0, 100_000)
    for speed in (
        command.speed_kmh,
        command.laterite_kmh,
        command.track_kmh,
        command.paved_rains_kmh,
        command.laterite_rains_kmh,
        command.track_rains_kmh,
    ):
        check_number(N_("Speed (km/h)"), speed, 1, 130)
    return upsert(session, VehicleType, command.code, _values(command, "code"))


def save_vehicle(session: Session, command: SaveVehicle, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a truck."""
    require(actor, Right.MANAGE_CATALOG, command.store_code)
    check_code(command.plate)
    check_known(session, VehicleType, command.type_code, N_("Vehicle type"))
    check_known(session, Transporter, command.transporter_code, N_("Transporter"))
    check_known(session, Place, command.store_code, N_("Store"))
    store = session.get(Place, command.store_code)
    if store is None or store.kind != PlaceKind.STORE:
        raise NotAStore(text=command.store_code)
    return upsert(session, Vehicle, command.plate, _values(command, "plate"))


def _values(command: msgspec.Struct, key: str) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(command).items() if name != key}
