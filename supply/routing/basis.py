"""What a delivery problem is made from, as values: demands, stock, distances, findings."""

import datetime as dt

import msgspec

from supply.catalog.roads import RoadDistance
from supply.catalog.rows import ClosureRow, PlaceRow, ProductRow, VehicleRow, VehicleTypeRow

Amounts = dict[tuple[str, str], int]
# Grams by (place, product).


class SiteDemand(msgspec.Struct, frozen=True, kw_only=True):
    """What one site still needs of one product, in grams.

    `has_grams` counts what is good on the day of use and what people of the site already got in this cycle.
    """

    site_code: str
    site_name: str
    product_code: str
    pack_code: str
    pack_grams: int
    need_grams: int
    has_grams: int
    under_way_grams: int
    missing_grams: int


class StoreStock(msgspec.Struct, frozen=True, kw_only=True):
    """What one store can send of one product, in grams; `lots` are the free grams of each usable lot.

    Of what is good, `reserved_grams` are promised to trips and `expiring_grams` will have expired on the
    day of use. `good_until` are the last good days of the lots; `uncounted_grams` of them are good for some
    sites only, and a plan that counted on them might bring them to others.
    """

    store_code: str
    store_name: str
    product_code: str
    reserved_grams: int
    expiring_grams: int
    lots: tuple[int, ...]
    good_until: tuple[dt.date, ...] = ()
    uncounted_grams: int = 0

    @property
    def free_grams(self) -> int:
        return sum(self.lots)


class BusyTruck(msgspec.Struct, frozen=True, kw_only=True):
    """Days, both inclusive, on which a truck of a type is away from its store; `plate` once it is known."""

    store_code: str
    type_code: str
    plate: str | None
    first_on: dt.date
    last_on: dt.date


class Finding(msgspec.Struct, frozen=True):
    """Something to know about the problem, in a stable code with its facts; words in `messages.FINDINGS`.

    `is_left_out`: the place is not part of the problem, so the plan brings it nothing.
    """

    code: str
    place_code: str
    facts: dict[str, str | int] = {}
    is_left_out: bool = False


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of a cycle, as the feeder needs it. Sites are to be reached from `first_on` to `last_on`."""

    cycle_code: str
    cycle_name: str
    use_on: dt.date
    first_on: dt.date
    last_on: dt.date
    stores: tuple[PlaceRow, ...]
    sites: tuple[PlaceRow, ...]
    products: tuple[ProductRow, ...]
    demands: tuple[SiteDemand, ...]
    stock: tuple[StoreStock, ...]
    vehicle_types: tuple[VehicleTypeRow, ...]
    vehicles: tuple[VehicleRow, ...]
    busy: tuple[BusyTruck, ...]
    closures: tuple[ClosureRow, ...]
    distances: tuple[RoadDistance, ...]
    uncounted: tuple[tuple[str, str], ...] = ()
    # Code and name of sites whose need is not known.
    keep_days: int = 0
    # Life that must be left on the day of use.
    next_use_on: dt.date | None = None
    # Last distribution day of the next cycle: what is not good then is used now or never.
    days_by_site: dict[str, dt.date] = {}
    # Distribution days that are known; other sites distribute on `use_on`.


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside a problem: its exact grams, what was found, where its distances come from."""

    use_on: dt.date
    first_on: dt.date
    last_on: dt.date
    demands: tuple[SiteDemand, ...]
    findings: tuple[Finding, ...]
    distances: tuple[RoadDistance, ...]
    keep_days: int = 0
    stock: tuple[StoreStock, ...] = ()
    next_use_on: dt.date | None = None
    days_by_site: dict[str, dt.date] = {}
