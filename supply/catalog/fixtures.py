"""The demo's reference data: reads the files of `fixtures/` and saves each row through the operations."""

import csv
import datetime as dt

from sqlalchemy.orm import Session

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
from supply.catalog.save_place import SaveArea, SavePlace, save_area, save_place
from supply.catalog.save_product import SavePack, SaveProduct, save_pack, save_product
from supply.catalog.save_road import SaveRoadEdge, SaveRoadNode, save_road_edge, save_road_node
from supply.catalog.words import PlaceKind, Surface
from supply.paths import data
from supply.people.rights import Actor
from supply.units import parse_kg


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a file of `fixtures/` by column name."""
    with (data("fixtures") / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def load_reference(session: Session, *, actor: Actor, now: dt.datetime) -> None:
    """Save areas, places, products, packs, partners, trucks and roads of the demo; again changes nothing."""
    for row in rows("areas.csv"):
        save_area(session, _area(row), actor=actor, now=now)
    for row in rows("vehicle_types.csv"):
        save_vehicle_type(session, _vehicle_type(row), actor=actor, now=now)
    for row in (*rows("stores.csv"), *rows("sites.csv")):
        save_place(session, _place(row), actor=actor, now=now)
    for row in rows("products.csv"):
        save_product(session, _product(row), actor=actor, now=now)
    for row in rows("packs.csv"):
        save_pack(session, _pack(row), actor=actor, now=now)
    for row in rows("suppliers.csv"):
        save_supplier(session, _supplier(row), actor=actor, now=now)
    for row in rows("transporters.csv"):
        save_transporter(session, _transporter(row), actor=actor, now=now)
    for row in rows("vehicles.csv"):
        save_vehicle(session, _vehicle(row), actor=actor, now=now)
    for row in rows("road_nodes.csv"):
        node = SaveRoadNode(code=row["code"], name=row["name"], lat=float(row["lat"]), lon=float(row["lon"]))
        save_road_node(session, node, actor=actor, now=now)
    for row in rows("road_edges.csv"):
        save_road_edge(session, _road_edge(row), actor=actor, now=now)


def _area(row: dict[str, str]) -> SaveArea:
    return SaveArea(
        pcode=row["pcode"],
        vintage=row["vintage"],
        level=int(row["level"]),
        name=row["name"],
        parent_pcode=row["parent_pcode"] or None,
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        source=row["source"],
    )


def _place(row: dict[str, str]) -> SavePlace:
    capacity, types = row.get("capacity_kg"), row.get("vehicle_types")
    return SavePlace(
        code=row["code"],
        name=row["name"],
        kind=PlaceKind(row["kind"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        commune_pcode=row.get("commune_pcode") or None,
        store_code=row.get("store_code") or None,
        capacity_grams=parse_kg(capacity) if capacity else None,
        vehicle_types=tuple(types.split()) if types else None,
        is_illustrative=row["is_illustrative"] == "yes",
        source=row["source"],
    )


def _product(row: dict[str, str]) -> SaveProduct:
    return SaveProduct(
        code=row["code"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        kg_per_m3=int(row["kg_per_m3"]),
        source=row["source"],
    )


def _pack(row: dict[str, str]) -> SavePack:
    return SavePack(
        code=row["code"],
        product_code=row["product_code"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        net_grams=int(row["net_grams"]),
        gross_grams=int(row["gross_grams"]) if row["gross_grams"] else None,
        inner_code=row["inner_code"] or None,
        is_handed_whole=row["is_handed_whole"] == "yes",
    )


def _supplier(row: dict[str, str]) -> SaveSupplier:
    return SaveSupplier(
        code=row["code"],
        name=row["name"],
        country=row["country"],
        lead_days=int(row["lead_days"]),
        is_illustrative=row["is_illustrative"] == "yes",
        source=row["source"],
    )


def _transporter(row: dict[str, str]) -> SaveTransporter:
    return SaveTransporter(
        code=row["code"],
        name=row["name"],
        phone=row["phone"],
        is_illustrative=row["is_illustrative"] == "yes",
    )


def _vehicle_type(row: dict[str, str]) -> SaveVehicleType:
    return SaveVehicleType(
        code=row["code"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        capacity_grams=parse_kg(row["capacity_kg"]),
        capacity_litres=int(row["capacity_litres"]),
        fixed_francs=int(row["fixed_francs"]),
        francs_per_km=int(row["francs_per_km"]),
        francs_per_tonne_km=int(row["francs_per_tonne_km"]),
        speed_kmh=int(row["speed_kmh"]),
        track_kmh=int(row["track_kmh"]) if row["track_kmh"] else None,
        track_rains_kmh=int(row["track_rains_kmh"]) if row["track_rains_kmh"] else None,
        is_illustrative=row["is_illustrative"] == "yes",
        source=row["source"],
    )


def _vehicle(row: dict[str, str]) -> SaveVehicle:
    return SaveVehicle(
        plate=row["plate"],
        type_code=row["type_code"],
        transporter_code=row["transporter_code"],
        store_code=row["store_code"],
        is_illustrative=row["is_illustrative"] == "yes",
    )


def _numbers(text: str) -> tuple[int, ...] | None:
    """Numbers and spans, such as "6 8-10"."""
    spans = [part.split("-") for part in text.split()]
    return tuple(number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)) or None


def _road_edge(row: dict[str, str]) -> SaveRoadEdge:
    return SaveRoadEdge(
        code=row["code"],
        from_code=row["from_code"],
        to_code=row["to_code"],
        metres=int(row["km"]) * 1000,
        surface=Surface(row["surface"]),
        closed_months=_numbers(row["closed_months"]),
        weekdays=_numbers(row["weekdays"]),
        ferry_minutes=int(row["ferry_minutes"]) if row["ferry_minutes"] else None,
        vehicle_types=tuple(row["vehicle_types"].split()) or None,
        access_source=row["access_source"],
        is_illustrative=row["is_illustrative"] == "yes",
        source=row["source"],
    )
