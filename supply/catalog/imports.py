"""Kinds of files about what the programme uses: places, products, partners, trucks, roads, distances.

Each row is saved through the operation of its kind, so a file meets the same rules as a form.
"""

from supply.catalog.import_areas import AREA_IMPORTERS, ShapeMissing
from supply.catalog.import_matrix import MATRIX
from supply.catalog.importing import Column, Importer, by_operation
from supply.catalog.models import (
    Distance,
    Pack,
    Place,
    Product,
    RoadEdge,
    RoadNode,
    Supplier,
    Transporter,
    Vehicle,
    VehicleType,
)
from supply.catalog.row_reader import RowReader
from supply.catalog.save_partner import (
    SaveSupplier,
    SaveTransporter,
    SaveVehicle,
    SaveVehicleType,
    save_supplier,
    save_transporter,
    save_vehicle,
    save_vehicle_type,
)
from supply.catalog.save_place import SavePlace, save_place
from supply.catalog.save_product import SavePack, SaveProduct, save_pack, save_product
from supply.catalog.save_road import (
    SaveDistance,
    SaveRoadEdge,
    SaveRoadNode,
    save_distance,
    save_road_edge,
    save_road_node,
)
from supply.catalog.words import PlaceKind, Surface
from supply.i18n import N_
from supply.people.rights import Right

TRUCK_MINUTES_PER_CENT = 150
# Loaded trucks take about half as long again as the cars of OSRM (planning value, not measured).
SUPPOSED = "revêtement supposé"
# Source of a road whose surface the file does not name; stored data is in the language of the programme.
PAVED_KMH = 70
# OSRM lets cars drive 82-85 km/h on Mali's tar and 40-65 elsewhere.

_KG = {"capacity_grams": ("capacity_kg",)}
_EDGE = {
    "metres": ("km",),
    "minutes": ("minutes", "car_minutes"),
    "surface": ("surface", "car_kmh"),
    "line": ("geometry",),
    "is_illustrative": ("is_illustrative", "surface", "car_kmh"),
    "source": ("source", "surface", "car_kmh"),
}

_LAT = Column("lat", aliases=("latitude",))
_LON = Column("lon", aliases=("longitude",))
_NAMES = (Column("name_fr"), Column("name_en"))
_SOURCE = Column("source", is_required=False)
_ILLUSTRATIVE = Column("is_illustrative", is_required=False)


def _optional(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, is_required=False) for name in names)


def _codes(row: RowReader) -> list[str]:
    return row.raw("vehicle_types").replace(",", " ").replace(";", " ").split()


def _place(row: RowReader, kind: PlaceKind) -> SavePlace:
    return SavePlace(
        code=row.text("code", maximum=32),
        name=row.text("name"),
        kind=kind,
        lat=row.degrees("lat"),
        lon=row.degrees("lon"),
        commune_pcode=row.text("commune_pcode", maximum=12)
        if kind == PlaceKind.SITE
        else row.optional("commune_pcode"),
        store_code=row.optional("store_code") if kind == PlaceKind.SITE else None,
        capacity_grams=row.optional_grams("capacity_kg"),
        vehicle_types=tuple(_codes(row)) or None,
        is_active=row.flag("is_active", default=True),
        is_illustrative=row.flag("is_illustrative"),
        source=row.optional_text("source"),
    )


def _store(row: RowReader) -> SavePlace:
    return _place(row, PlaceKind.STORE)


def _site(row: RowReader) -> SavePlace:
    return _place(row, PlaceKind.SITE)


def _product(row: RowReader) -> SaveProduct:
    return SaveProduct(
        code=row.text("code", maximum=32),
        name_fr=row.text("name_fr"),
        name_en=row.text("name_en"),
        kg_per_m3=row.optional_count("kg_per_m3"),
        source=row.optional_text("source"),
    )


def _pack(row: RowReader) -> SavePack:
    return SavePack(
        code=row.text("code", maximum=32),
        product_code=row.text("product_code", maximum=32),
        name_fr=row.text("name_fr", maximum=60),
        name_en=row.text("name_en", maximum=60),
        net_grams=row.count("net_grams"),
        gross_grams=row.optional_count("gross_grams"),
        inner_code=row.optional("inner_code"),
        is_handed_whole=row.flag("is_handed_whole", default=True),
    )


def _supplier(row: RowReader) -> SaveSupplier:
    return SaveSupplier(
        code=row.text("code", maximum=32),
        name=row.text("name"),
        country=row.optional_text("country", maximum=2) or "ML",
        lead_days=row.optional_count("lead_days"),
        is_illustrative=row.flag("is_illustrative"),
        source=row.optional_text("source"),
    )


def _transporter(row: RowReader) -> SaveTransporter:
    return SaveTransporter(
        code=row.text("code", maximum=32),
        name=row.text("name"),
        phone=row.optional_text("phone", maximum=40),
        is_illustrative=row.flag("is_illustrative"),
    )


def _vehicle_type(row: RowReader) -> SaveVehicleType:
    return SaveVehicleType(
        code=row.text("code", maximum=32),
        name_fr=row.text("name_fr"),
        name_en=row.text("name_en"),
        capacity_grams=row.grams("capacity_kg"),
        capacity_litres=row.optional_count("capacity_litres"),
        fixed_francs=row.count("fixed_francs"),
        francs_per_km=row.count("francs_per_km"),
        francs_per_tonne_km=row.count("francs_per_tonne_km"),
        speed_kmh=row.count("speed_kmh"),
        laterite_kmh=row.optional_count("laterite_kmh"),
        track_kmh=row.optional_count("track_kmh"),
        paved_rains_kmh=row.optional_count("paved_rains_kmh"),
        laterite_rains_kmh=row.optional_count("laterite_rains_kmh"),
        track_rains_kmh=row.optional_count("track_rains_kmh"),
        is_illustrative=row.flag("is_illustrative"),
        source=row.optional_text("source"),
    )


def _vehicle(row: RowReader) -> SaveVehicle:
    return SaveVehicle(
        plate=row.text("plate", maximum=32),
        type_code=row.text("type_code", maximum=32),
        transporter_code=row.text("transporter_code", maximum=32),
        store_code=row.text("store_code", maximum=32),
        is_active=row.flag("is_active", default=True),
        is_illustrative=row.flag("is_illustrative"),
    )


def _road_node(row: RowReader) -> SaveRoadNode:
    return SaveRoadNode(
        code=row.text("code", maximum=32),
        name=row.optional_text("name", maximum=120),
        lat=row.degrees("lat"),
        lon=row.degrees("lon"),
    )


def _road_edge(row: RowReader) -> SaveRoadEdge:
    minutes = row.optional_minutes("minutes")
    if minutes is None:
        minutes = row.optional_minutes("car_minutes", per_cent=TRUCK_MINUTES_PER_CENT)
    surface, is_supposed = _surface(row)
    source = row.optional_text("source")
    return SaveRoadEdge(
        code=row.text("code", maximum=32),
        from_code=row.text("from_code", maximum=32),
        to_code=row.text("to_code", maximum=32),
        metres=row.metres("km"),
        surface=surface,
        minutes=minutes,
        rains_minutes=row.optional_minutes("rains_minutes"),
        ferry_minutes=row.optional_count("ferry_minutes"),
        closed_months=row.numbers("closed_months"),
        weekdays=row.numbers("weekdays"),
        vehicle_types=tuple(_codes(row)) or None,
        access_source=row.optional_text("access_source"),
        line=_line(row),
        is_illustrative=row.flag("is_illustrative", default=is_supposed),
        source=source or (SUPPOSED if is_supposed else ""),
    )


def _surface(row: RowReader) -> tuple[Surface, bool]:
    """The surface and whether it is only supposed, from the speed at which OSRM lets cars drive."""
    if row.raw("surface"):
        return Surface(row.choice("surface", tuple(Surface))), False
    speed = row.optional_degrees("car_kmh")
    return (Surface.PAVED if speed is not None and speed >= PAVED_KMH else Surface.LATERITE), True


def _line(row: RowReader) -> tuple[tuple[float, float], ...] | None:
    shape = row.geometry
    if not isinstance(shape, dict) or shape.get("type") != "LineString":
        return None
    try:
        points = tuple((round(float(lon), 4), round(float(lat), 4)) for lon, lat, *_ in shape["coordinates"])
    except (KeyError, TypeError, ValueError):
        row.fault("geometry", ShapeMissing())
        return None
    return points if len(points) >= 2 else None


def _distance(row: RowReader) -> SaveDistance:
    return SaveDistance(
        from_code=row.text("from_code", maximum=32),
        to_code=row.text("to_code", maximum=32),
        metres=row.metres("km"),
        minutes=row.optional_minutes("minutes"),
        source=row.optional_text("source"),
    )


_KINDS = (
    Importer(
        kind="stores",
        title=N_("Stores"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("code"),
            Column("name"),
            _LAT,
            _LON,
            *_optional("commune_pcode", "capacity_kg", "vehicle_types", "is_active"),
            _ILLUSTRATIVE,
            _SOURCE,
        ),
        take=by_operation(Place, "code", _store, save_place, columns_of=_KG),
    ),
    Importer(
        kind="sites",
        title=N_("Distribution sites"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("code"),
            Column("name"),
            Column("commune_pcode", aliases=("adm3_pcode",)),
            _LAT,
            _LON,
            *_optional("store_code", "capacity_kg", "vehicle_types", "is_active"),
            _ILLUSTRATIVE,
            _SOURCE,
        ),
        take=by_operation(Place, "code", _site, save_place, columns_of=_KG),
    ),
    Importer(
        kind="products",
        title=N_("Products"),
        right=Right.MANAGE_CATALOG,
        columns=(Column("code"), *_NAMES, *_optional("kg_per_m3"), _SOURCE),
        take=by_operation(Product, "code", _product, save_product),
    ),
    Importer(
        kind="packs",
        title=N_("Packs"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("code"),
            Column("product_code"),
            *_NAMES,
            Column("net_grams"),
            *_optional("gross_grams", "inner_code", "is_handed_whole"),
        ),
        take=by_operation(Pack, "code", _pack, save_pack),
    ),
    Importer(
        kind="suppliers",
        title=N_("Suppliers"),
        right=Right.MANAGE_CATALOG,
        columns=(Column("code"), Column("name"), *_optional("country", "lead_days"), _ILLUSTRATIVE, _SOURCE),
        take=by_operation(Supplier, "code", _supplier, save_supplier),
    ),
    Importer(
        kind="transporters",
        title=N_("Transporters"),
        right=Right.MANAGE_CATALOG,
        columns=(Column("code"), Column("name"), *_optional("phone"), _ILLUSTRATIVE),
        take=by_operation(Transporter, "code", _transporter, save_transporter),
    ),
    Importer(
        kind="vehicle-types",
        title=N_("Vehicle types"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("code"),
            *_NAMES,
            Column("capacity_kg"),
            *(Column(name) for name in ("fixed_francs", "francs_per_km", "francs_per_tonne_km", "speed_kmh")),
            *_optional("capacity_litres", "laterite_kmh", "track_kmh"),
            *_optional("paved_rains_kmh", "laterite_rains_kmh", "track_rains_kmh"),
            _ILLUSTRATIVE,
            _SOURCE,
        ),
        take=by_operation(VehicleType, "code", _vehicle_type, save_vehicle_type, columns_of=_KG),
    ),
    Importer(
        kind="vehicles",
        title=N_("Vehicles"),
        right=Right.MANAGE_CATALOG,
        columns=(
            *(Column(name) for name in ("plate", "type_code", "transporter_code", "store_code")),
            *_optional("is_active"),
            _ILLUSTRATIVE,
        ),
        take=by_operation(Vehicle, "plate", _vehicle, save_vehicle),
    ),
    Importer(
        kind="road-nodes",
        title=N_("Towns and junctions of the roads"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("code", aliases=("node_id",)),
            _LAT,
            _LON,
            Column("name", is_required=False, aliases=("label",)),
        ),
        take=by_operation(RoadNode, "code", _road_node, save_road_node),
    ),
    Importer(
        kind="road-edges",
        title=N_("Roads"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("code", aliases=("edge_id",)),
            Column("from_code", aliases=("from_node", "from")),
            Column("to_code", aliases=("to_node", "to")),
            Column("km", aliases=("road_km",)),
            *_optional("surface", "minutes", "rains_minutes", "ferry_minutes"),
            *_optional("closed_months", "weekdays", "vehicle_types", "access_source"),
            Column("car_minutes", is_required=False, aliases=("car_min_osrm", "car_min")),
            *_optional("car_kmh", "geometry"),
            _ILLUSTRATIVE,
            _SOURCE,
        ),
        take=by_operation(RoadEdge, "code", _road_edge, save_road_edge, columns_of=_EDGE),
    ),
    Importer(
        kind="distances",
        title=N_("Distances between places"),
        right=Right.MANAGE_CATALOG,
        columns=(
            Column("from_code", aliases=("from",)),
            Column("to_code", aliases=("to",)),
            Column("km", aliases=("road_km",)),
            *_optional("minutes"),
            _SOURCE,
        ),
        take=by_operation(Distance, "from_code", _distance, save_distance, columns_of={"metres": ("km",)}),
    ),
)
IMPORTERS: dict[str, Importer] = {**AREA_IMPORTERS, **{one.kind: one for one in (*_KINDS, MATRIX)}}
