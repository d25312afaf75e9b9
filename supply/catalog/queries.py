"""The only SELECTs of the catalogue; they answer frozen rows."""

from collections.abc import Collection
from typing import TypeVar

import msgspec
from sqlalchemy import Executable, func, select
from sqlalchemy.orm import Session, aliased

from supply.catalog.models import (
    Area,
    Closure,
    ImportedFile,
    Pack,
    Place,
    Product,
    Settlement,
    Supplier,
    Transporter,
    Vehicle,
    VehicleType,
)
from supply.catalog.rows import (
    AreaRow,
    ClosureRow,
    CommuneRow,
    ImportRow,
    PackRow,
    PlaceRow,
    ProductRow,
    SettlementRow,
    SupplierRow,
    TransporterRow,
    VehicleRow,
    VehicleTypeRow,
)
from supply.catalog.words import PlaceKind

_Row = TypeVar("_Row", bound=msgspec.Struct)


def _read(session: Session, query: Executable, kind: type[_Row]) -> tuple[_Row, ...]:
    """Rows of a query whose columns are named like the Struct's fields."""
    return msgspec.convert(session.execute(query).mappings().all(), tuple[kind, ...])  # type: ignore[valid-type]


def communes(session: Session) -> tuple[CommuneRow, ...]:
    """Every commune, by region, cercle and name."""
    cercle, region = aliased(Area), aliased(Area)
    query = (
        select(
            Area.pcode,
            Area.vintage,
            Area.name,
            cercle.pcode.label("cercle_pcode"),
            cercle.name.label("cercle"),
            region.pcode.label("region_pcode"),
            region.name.label("region"),
            Area.lat,
            Area.lon,
            Area.source,
        )
        .outerjoin(cercle, cercle.pcode == Area.parent_pcode)
        .outerjoin(region, region.pcode == cercle.parent_pcode)
        .where(Area.level == 3)
        .order_by(Area.pcode)
    )
    return _read(session, query, CommuneRow)


def commune(session: Session, pcode: str) -> CommuneRow | None:
    """The commune of that P-code."""
    return next((row for row in communes(session) if row.pcode == pcode), None)


def areas(session: Session, level: int) -> tuple[AreaRow, ...]:
    """Regions (1), cercles (2) or communes (3), by P-code."""
    query = (
        select(
            Area.pcode,
            Area.vintage,
            Area.level,
            Area.name,
            Area.parent_pcode,
            Area.lat,
            Area.lon,
            Area.source,
        )
        .where(Area.level == level)
        .order_by(Area.pcode)
    )
    return _read(session, query, AreaRow)


def boundaries(session: Session, level: int = 3) -> dict[str, tuple[tuple[tuple[float, float], ...], ...]]:
    """Outer rings (lon, lat) by P-code, of the areas of a level whose boundary was imported."""
    rows = session.execute(select(Area.pcode, Area.boundary).where(Area.level == level).order_by(Area.pcode))
    return {
        pcode: tuple(tuple((lon, lat) for lon, lat in ring) for ring in boundary)
        for pcode, boundary in rows
        if boundary is not None
    }


def settlements(session: Session, commune_pcode: str) -> tuple[SettlementRow, ...]:
    """Villages and towns of a commune, by name."""
    query = (
        select(
            Settlement.pcode,
            Settlement.name,
            Settlement.commune_pcode,
            Settlement.place_class,
            Settlement.lat,
            Settlement.lon,
        )
        .where(Settlement.commune_pcode == commune_pcode)
        .order_by(Settlement.name, Settlement.pcode)
    )
    return _read(session, query, SettlementRow)


def settlement_counts(session: Session) -> dict[str, int]:
    """How many villages and towns are known per commune."""
    query = select(Settlement.commune_pcode, func.count(Settlement.pcode)).group_by(Settlement.commune_pcode)
    return {pcode: count for pcode, count in session.execute(query)}  # noqa: C416 - a Row is no pair to mypy


def places(
    session: Session, kind: PlaceKind | str | None = None, *, only_active: bool = False
) -> tuple[PlaceRow, ...]:
    """Stores and sites, stores first, by name."""
    query = (
        select(
            Place.code,
            Place.name,
            Place.kind,
            Place.commune_pcode,
            Area.name.label("commune"),
            Place.store_code,
            Place.lat,
            Place.lon,
            Place.capacity_grams,
            Place.vehicle_types,
            Place.is_active,
            Place.is_illustrative,
            Place.source,
        )
        .outerjoin(Area, Area.pcode == Place.commune_pcode)
        .order_by(Place.kind.desc(), Place.name, Place.code)
    )
    if kind is not None:
        query = query.where(Place.kind == str(kind))
    if only_active:
        query = query.where(Place.is_active.is_(True))
    return _read(session, query, PlaceRow)


def place(session: Session, code: str) -> PlaceRow | None:
    """The store or site of that code."""
    return next((row for row in places(session) if row.code == code), None)


def products(session: Session) -> tuple[ProductRow, ...]:
    """Every product, by code."""
    query = select(Product.code, Product.name_fr, Product.name_en, Product.kg_per_m3, Product.source)
    return _read(session, query.order_by(Product.code), ProductRow)


def product(session: Session, code: str) -> ProductRow | None:
    """The product of that code."""
    return next((row for row in products(session) if row.code == code), None)


def packs(session: Session, product_code: str | None = None) -> tuple[PackRow, ...]:
    """Packs, by product and then smallest first."""
    inner = aliased(Pack)
    query = (
        select(
            Pack.code,
            Pack.product_code,
            Pack.name_fr,
            Pack.name_en,
            Pack.net_grams,
            Pack.gross_grams,
            Pack.inner_code,
            (Pack.net_grams // inner.net_grams).label("inner_count"),
            Pack.is_handed_whole,
        )
        .outerjoin(inner, inner.code == Pack.inner_code)
        .order_by(Pack.product_code, Pack.net_grams, Pack.code)
    )
    if product_code is not None:
        query = query.where(Pack.product_code == product_code)
    return _read(session, query, PackRow)


def base_packs(session: Session) -> dict[str, PackRow]:
    """The smallest pack of each product: what stock is counted in and needs are rounded up to."""
    found: dict[str, PackRow] = {}
    for row in packs(session):
        found.setdefault(row.product_code, row)
    return found


def base_pack(session: Session, product_code: str) -> PackRow | None:
    """The smallest pack of the product, None when it has none."""
    return next(iter(packs(session, product_code)), None)


def suppliers(session: Session) -> tuple[SupplierRow, ...]:
    """Every supplier, by name."""
    query = select(
        Supplier.code,
        Supplier.name,
        Supplier.country,
        Supplier.lead_days,
        Supplier.is_illustrative,
        Supplier.source,
    ).order_by(Supplier.name, Supplier.code)
    return _read(session, query, SupplierRow)


def transporters(session: Session) -> tuple[TransporterRow, ...]:
    """Every transporter, by name."""
    query = select(
        Transporter.code, Transporter.name, Transporter.phone, Transporter.is_illustrative
    ).order_by(Transporter.name, Transporter.code)
    return _read(session, query, TransporterRow)


def vehicle_types(session: Session) -> tuple[VehicleTypeRow, ...]:
    """Every vehicle type, largest first."""
    query = select(
        VehicleType.code,
        VehicleType.name_fr,
        VehicleType.name_en,
        VehicleType.capacity_grams,
        VehicleType.capacity_litres,
        VehicleType.fixed_francs,
        VehicleType.francs_per_km,
        VehicleType.francs_per_tonne_km,
        VehicleType.speed_kmh,
        VehicleType.laterite_kmh,
        VehicleType.track_kmh,
        VehicleType.paved_rains_kmh,
        VehicleType.laterite_rains_kmh,
        VehicleType.track_rains_kmh,
        VehicleType.is_illustrative,
        VehicleType.source,
    ).order_by(VehicleType.capacity_grams.desc(), VehicleType.code)
    return _read(session, query, VehicleTypeRow)


def vehicles(session: Session, *, only_active: bool = False) -> tuple[VehicleRow, ...]:
    """Every truck, by plate."""
    query = (
        select(
            Vehicle.plate,
            Vehicle.type_code,
            Vehicle.transporter_code,
            Vehicle.store_code,
            VehicleType.capacity_grams,
            Vehicle.is_active,
            Vehicle.is_illustrative,
        )
        .join(VehicleType, VehicleType.code == Vehicle.type_code)
        .order_by(Vehicle.plate)
    )
    if only_active:
        query = query.where(Vehicle.is_active.is_(True))
    return _read(session, query, VehicleRow)


def closures(session: Session, codes: Collection[str] | None = None) -> tuple[ClosureRow, ...]:
    """Closures of these places (all when None), by first day."""
    query = (
        select(
            Closure.id,
            Closure.place_code,
            Place.name.label("place_name"),
            Closure.starts_on,
            Closure.ends_on,
            Closure.reason,
        )
        .join(Place, Place.code == Closure.place_code)
        .order_by(Closure.starts_on, Closure.id)
    )
    if codes is not None:
        query = query.where(Closure.place_code.in_(codes))
    return _read(session, query, ClosureRow)


def imported_files(session: Session, limit: int = 50) -> tuple[ImportRow, ...]:
    """Files imported, the newest first."""
    query = (
        select(
            ImportedFile.kind,
            ImportedFile.content_hash,
            ImportedFile.name,
            ImportedFile.imported_on,
            ImportedFile.good_count,
            ImportedFile.bad_count,
        )
        .order_by(ImportedFile.imported_on.desc(), ImportedFile.kind, ImportedFile.content_hash)
        .limit(limit)
    )
    return _read(session, query, ImportRow)
