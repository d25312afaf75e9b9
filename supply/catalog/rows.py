"""Reference data as others read it: frozen rows."""

import datetime as dt
from uuid import UUID

import msgspec

from supply.i18n import language


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What carries a name in each language."""

    name_fr: str
    name_en: str

    @property
    def name(self) -> str:
        """Name in the reader's language."""
        return self.name_en if language() == "en" else self.name_fr


class CommuneRow(msgspec.Struct, frozen=True, kw_only=True):
    """A commune with the cercle and region it belongs to; the seat's coordinates."""

    pcode: str
    vintage: str
    name: str
    cercle_pcode: str | None
    cercle: str | None
    region_pcode: str | None
    region: str | None
    lat: float | None
    lon: float | None
    source: str


class AreaRow(msgspec.Struct, frozen=True, kw_only=True):
    """A region, cercle or commune."""

    pcode: str
    vintage: str
    level: int
    name: str
    parent_pcode: str | None
    lat: float | None
    lon: float | None
    source: str


class SettlementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A village or town."""

    pcode: str
    name: str
    commune_pcode: str
    place_class: int
    lat: float
    lon: float


class PlaceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A store or site; `vehicle_types` None means that every type reaches it."""

    code: str
    name: str
    kind: str
    commune_pcode: str | None
    commune: str | None
    store_code: str | None
    lat: float
    lon: float
    capacity_grams: int | None
    vehicle_types: tuple[str, ...] | None
    is_active: bool
    is_illustrative: bool
    source: str


class ProductRow(Named, frozen=True, kw_only=True):
    """A product."""

    code: str
    kg_per_m3: int | None
    source: str


class PackRow(Named, frozen=True, kw_only=True):
    """A pack of a product; `inner_count` inner packs make one pack of packs."""

    code: str
    product_code: str
    net_grams: int
    gross_grams: int | None
    inner_code: str | None
    inner_count: int | None
    is_handed_whole: bool


class SupplierRow(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier; `lead_days` from order to delivery."""

    code: str
    name: str
    country: str
    lead_days: int | None
    is_illustrative: bool
    source: str


class TransporterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A transporter."""

    code: str
    name: str
    phone: str
    is_illustrative: bool


class VehicleTypeRow(Named, frozen=True, kw_only=True):
    """Capacity, costs (F CFA) and speed of a kind of truck."""

    code: str
    capacity_grams: int
    capacity_litres: int | None
    fixed_francs: int
    francs_per_km: int
    francs_per_tonne_km: int
    speed_kmh: int
    is_illustrative: bool
    source: str
    laterite_kmh: int | None = None
    track_kmh: int | None = None
    paved_rains_kmh: int | None = None
    laterite_rains_kmh: int | None = None
    track_rains_kmh: int | None = None


class VehicleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A truck and the store where it starts and ends."""

    plate: str
    type_code: str
    transporter_code: str
    store_code: str
    capacity_grams: int
    is_active: bool
    is_illustrative: bool


class ClosureRow(msgspec.Struct, frozen=True, kw_only=True):
    """Days, both inclusive, in which no truck reaches a place."""

    id: UUID
    place_code: str
    place_name: str
    starts_on: dt.date
    ends_on: dt.date
    reason: str


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was imported."""

    kind: str
    content_hash: str
    name: str
    imported_on: dt.date
    good_count: int
    bad_count: int


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A town or junction of the road graph."""

    code: str
    name: str
    lat: float
    lon: float


class RoadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A road of the graph; `points` (lon, lat) from end to end, at least two.

    `closed_months` 1 to 12, `weekdays` 1 Monday to 7 Sunday (None: every day), `vehicle_types` None: all.
    """

    code: str
    from_code: str
    from_name: str
    to_code: str
    to_name: str
    metres: int
    minutes: int | None
    surface: str
    points: tuple[tuple[float, float], ...]
    is_illustrative: bool
    source: str
    rains_minutes: int | None = None
    ferry_minutes: int | None = None
    closed_months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] | None = None
    vehicle_types: tuple[str, ...] | None = None
    access_source: str = ""

    @property
    def name(self) -> str:
        """Its ends."""
        return f"{self.from_name} – {self.to_name}"


class DistanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A known distance between two places, one way."""

    from_code: str
    to_code: str
    metres: int
    minutes: int | None
    source: str
