"""Tables of reference data, keyed by their natural codes."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from supply.catalog.words import PlaceKind, Surface
from supply.db import Base, Degrees, Json, one_of


class Area(Base):
    """Region (level 1), cercle (2) or commune (3), with the seat's coordinates."""

    __tablename__ = "area"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),)

    pcode: Mapped[str] = mapped_column(String(12), primary_key=True)
    vintage: Mapped[str] = mapped_column(String(10))
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    parent_pcode: Mapped[str | None] = mapped_column(ForeignKey("area.pcode"), index=True)
    lat: Mapped[float | None] = mapped_column(Degrees)
    lon: Mapped[float | None] = mapped_column(Degrees)
    boundary: Mapped[list[Any] | None] = mapped_column(Json)
    source: Mapped[str] = mapped_column(String(200), default="")


class Settlement(Base):
    """A village or town; class 1 national capital to 4 commune seat, 5 other (OCHA place classes)."""

    __tablename__ = "settlement"

    pcode: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    commune_pcode: Mapped[str] = mapped_column(ForeignKey("area.pcode"), index=True)
    place_class: Mapped[int]
    lat: Mapped[float] = mapped_column(Degrees)
    lon: Mapped[float] = mapped_column(Degrees)


class Place(Base):
    """A store or a distribution site."""

    __tablename__ = "place"
    __table_args__ = (
        one_of("kind", PlaceKind),
        CheckConstraint("capacity_grams > 0", name="capacity_positive"),
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    commune_pcode: Mapped[str | None] = mapped_column(ForeignKey("area.pcode"), index=True)
    store_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"))
    # Store that usually serves a site; the plan may choose another.
    lat: Mapped[float] = mapped_column(Degrees)
    lon: Mapped[float] = mapped_column(Degrees)
    capacity_grams: Mapped[int | None] = mapped_column(BigInteger)
    vehicle_types: Mapped[list[str] | None] = mapped_column(Json)
    # Codes of the vehicle types that can reach the place; None: all.
    is_active: Mapped[bool] = mapped_column(default=True)
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")


class Product(Base):
    """A fortified flour; shelf life and dates belong to its lots."""

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("kg_per_m3 > 0", name="density_positive"),)

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    kg_per_m3: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(200), default="")


class Pack(Base):
    """A way a product is packed; `holds_count` of the `inner_code` pack when it is a pack of packs."""

    __tablename__ = "pack"
    __table_args__ = (CheckConstraint("net_grams > 0", name="net_positive"),)

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"), index=True)
    name_fr: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    net_grams: Mapped[int]
    gross_grams: Mapped[int | None]
    inner_code: Mapped[str | None] = mapped_column(ForeignKey("pack.code"))
    is_handed_whole: Mapped[bool] = mapped_column(default=True)
    # A pouch is given whole; a bag is opened and scooped, so rations need not be whole bags.


class Supplier(Base):
    """Who sells the product."""

    __tablename__ = "supplier"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2), default="ML")
    lead_days: Mapped[int | None]
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")


class Transporter(Base):
    """Who carries it."""

    __tablename__ = "transporter"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_illustrative: Mapped[bool] = mapped_column(default=False)


class VehicleType(Base):
    """Capacity, speed and costs (F CFA) of a kind of truck."""

    __tablename__ = "vehicle_type"
    __table_args__ = (CheckConstraint("capacity_grams > 0", name="capacity_positive"),)

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    capacity_grams: Mapped[int] = mapped_column(BigInteger)
    capacity_litres: Mapped[int | None]
    fixed_francs: Mapped[int]
    francs_per_km: Mapped[int]
    francs_per_tonne_km: Mapped[int]
    speed_kmh: Mapped[int]
    # On dry tar; the others None: the usual speed of loaded trucks on that surface in that season.
    laterite_kmh: Mapped[int | None]
    track_kmh: Mapped[int | None]
    paved_rains_kmh: Mapped[int | None]
    laterite_rains_kmh: Mapped[int | None]
    track_rains_kmh: Mapped[int | None]
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")


class Vehicle(Base):
    """One truck: its plate, type, transporter and the store where it starts and ends."""

    __tablename__ = "vehicle"

    plate: Mapped[str] = mapped_column(String(32), primary_key=True)
    type_code: Mapped[str] = mapped_column(ForeignKey("vehicle_type.code"))
    transporter_code: Mapped[str] = mapped_column(ForeignKey("transporter.code"))
    store_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_illustrative: Mapped[bool] = mapped_column(default=False)


class RoadNode(Base):
    """A town or junction of the road graph."""

    __tablename__ = "road_node"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    lat: Mapped[float] = mapped_column(Degrees)
    lon: Mapped[float] = mapped_column(Degrees)


class RoadEdge(Base):
    """A road between two nodes, both ways."""

    __tablename__ = "road_edge"
    __table_args__ = (one_of("surface", Surface), CheckConstraint("metres > 0", name="length_positive"))

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    from_code: Mapped[str] = mapped_column(ForeignKey("road_node.code"), index=True)
    to_code: Mapped[str] = mapped_column(ForeignKey("road_node.code"), index=True)
    metres: Mapped[int]
    minutes: Mapped[int | None]
    rains_minutes: Mapped[int | None]
    # Of a loaded truck, when dry and in the rains; None: from the surface's usual speed.
    ferry_minutes: Mapped[int | None]
    # Waiting and crossing, beside the driving; None: no ferry.
    closed_months: Mapped[list[int] | None] = mapped_column(Json)
    # 1 to 12: months in which no truck passes; None: open all year.
    weekdays: Mapped[list[int] | None] = mapped_column(Json)
    # 1 Monday to 7 Sunday: days of escort, or without curfew; None: every day.
    vehicle_types: Mapped[list[str] | None] = mapped_column(Json)
    # Codes of the types that the road or ferry carries; None: all.
    access_source: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # Where calendar, days, ferry and limits come from; `source` is that of length and surface.
    surface: Mapped[str] = mapped_column(String(10))
    line: Mapped[list[Any] | None] = mapped_column(Json)
    # Points [lon, lat] from end to end for the map and for joining the road midway; None: straight.
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")


class Distance(Base):
    """Known road distance between two places, one way; wins over the road graph."""

    __tablename__ = "distance"
    __table_args__ = (CheckConstraint("metres >= 0", name="length_not_negative"),)

    from_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)
    to_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)
    metres: Mapped[int]
    minutes: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(200), default="")


class Closure(Base):
    """Days, both inclusive, in which no truck reaches a place."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="in_order"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(Text, default="")


class ImportedFile(Base):
    """A file that was imported; the same content again changes nothing and says so."""

    __tablename__ = "imported_file"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    imported_on: Mapped[dt.date]
    good_count: Mapped[int]
    bad_count: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(Json)
    # What the person was told, every bad row included.
