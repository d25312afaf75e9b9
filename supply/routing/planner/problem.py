"""The delivery problem: what stands in a file of format delivery-problem/1."""

import datetime as dt
from typing import Annotated

import msgspec

PROBLEM_FORMAT = "delivery-problem/1"
MAX_BYTES = 64 * 2**20
"""Bytes of a problem file: 1,000 sites with four time matrices are about 30 MB."""
MAX_SITES = 2_000
"""Sites of one plan: the matrices of 2,000 sites and four vehicle types are 160 MB in memory."""
MAX_DEPOTS = 200
MAX_DAYS = 366
WINDING = 1.3
"""Road km per km of great circle where no matrix is given (format delivery-problem/1)."""

Id = Annotated[str, msgspec.Meta(min_length=1)]
Whole = Annotated[int, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Amount = Annotated[float, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Days = tuple[dt.date, dt.date]
Matrix = tuple[tuple[float | None, ...], ...]


class WorkDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    driving_hours: Annotated[float, msgspec.Meta(gt=0, le=24)]
    duty_hours: Annotated[float, msgspec.Meta(gt=0, le=24)]


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    kg_per_m3: Positive | None = None


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


class Depot(Point, frozen=True, forbid_unknown_fields=True):
    stock_kg: dict[str, Whole] = {}
    fixed_minutes: Amount = 0.0
    minutes_per_tonne: Amount = 0.0


class Site(Point, frozen=True, forbid_unknown_fields=True):
    """`windows` None: any day. `vehicle_types` None: all. `unserved_cost_per_kg` None: must be served."""

    demand_kg: dict[str, Whole] = {}
    windows: tuple[Days, ...] | None = None
    vehicle_types: tuple[str, ...] | None = None
    fixed_minutes: Amount = 0.0
    minutes_per_tonne: Amount = 0.0
    unserved_cost_per_kg: Amount | None = None


class VehicleType(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    capacity_kg: Count
    capacity_m3: Positive | None = None
    fixed_cost: Amount = 0.0
    cost_per_km: Amount = 0.0
    cost_per_tonne_km: Amount = 0.0
    speed_kmh: Positive | None = None


class Fleet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`count` equal vehicles of one type at one depot; `available` None: every day of the plan."""

    id: Id
    depot: str
    type: str
    count: Whole
    available: tuple[Days, ...] | None = None


class ClosedLeg(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """A leg that is not driven on these days, in this direction."""

    start: str
    end: str
    days: tuple[Days, ...]


class LockedStop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    site: str
    day: dt.date
    deliver_kg: dict[str, Whole]


class LockedTrip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trip of an earlier plan, loaded or on the road: taken as it is, written like a trip of a plan."""

    fleet: str
    vehicle: Count
    begin: dt.date
    days: Count
    stops: tuple[LockedStop, ...]
    km: Amount = 0.0
    cost: Whole = 0


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delivery problem; masses in whole kg, money in whole units of `currency`, km and minutes."""

    format: str
    name: str
    start: dt.date
    days: Annotated[int, msgspec.Meta(ge=1, le=MAX_DAYS)]
    work_day: WorkDay
    products: tuple[Product, ...]
    depots: tuple[Depot, ...]
    sites: tuple[Site, ...]
    vehicle_types: tuple[VehicleType, ...]
    fleet: tuple[Fleet, ...]
    currency: str = "XOF"
    night_cost: Amount = 0.0
    max_trip_days: Count | None = None
    max_stops: Count | None = None
    split_deliveries: bool = True
    winding: Positive = WINDING
    distance_km: Matrix | None = None
    duration_min: dict[str, Matrix] = {}
    closed: tuple[ClosedLeg, ...] = ()
    locked_trips: tuple[LockedTrip, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        """Depots, then sites: the rows of the matrices."""
        return (*self.depots, *self.sites)

    @property
    def end(self) -> dt.date:
        return self.start + dt.timedelta(days=self.days - 1)
