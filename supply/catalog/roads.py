"""How far it is by road: what is known of a road, and of the way between two places.

A place seldom lies on a mapped road. The stretch to the road is the great circle times a winding factor, and
the spot where it joins is chosen so that the whole way costs least, a kilometre off the network counting as
2.5 on it. The way is the shortest one, not the quickest: one table of kilometres serves all trucks, and the
times are those of that way. Every distance keeps what it is made of, so that a person can doubt it with
reason.
"""

import datetime as dt
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

import msgspec

from supply.i18n import N_, language, translate

EARTH_METRES = 6_371_008.8
# Mean radius (IUGG); great circles are within 0.5 % of the ellipsoid.
Days = tuple[dt.date, dt.date]
# First and last day, both included.


class Basis(StrEnum):
    """Where a distance comes from."""

    MATRIX = "matrix"
    MATRIX_REVERSED = "matrix-reversed"
    ROAD_GRAPH = "road-graph"
    OFF_NETWORK = "off-network"
    SAME_PLACE = "same-place"


class Assumptions(msgspec.Struct, frozen=True, kw_only=True):
    """Planning values, none measured: winding of secondary roads, speeds of loaded trucks.

    Off the network a truck drives as on a track. In the rains the speed falls to these per cent of the dry
    one: laterite and tracks to six tenths (logistics norms), tar by a tenth for holes and water.
    """

    winding_percent: int = 135
    paved_kmh: int = 55
    laterite_kmh: int = 35
    track_kmh: int = 20
    paved_rains_percent: int = 90
    laterite_rains_percent: int = 60
    track_rains_percent: int = 60


class Point(msgspec.Struct, frozen=True):
    """A place or a node of the graph, in degrees."""

    code: str
    lat: float
    lon: float


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A road, both ways; `line` holds (lon, lat) from end to end, empty when straight.

    `minutes` and `rains_minutes` are of a loaded truck without the ferry; None: from the usual speed.
    Trucks may not use it in `closed_months` (1 to 12), nor on days other than `weekdays` (1 Monday to 7
    Sunday; None: every day), nor when their type is not among `vehicle_types` (None: all).
    """

    from_code: str
    to_code: str
    metres: int
    surface: str
    code: str = ""
    name: str = ""
    minutes: int | None = None
    rains_minutes: int | None = None
    ferry_minutes: int = 0
    closed_months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] | None = None
    vehicle_types: tuple[str, ...] | None = None
    line: tuple[tuple[float, float], ...] = ()


class RoadDistance(msgspec.Struct, frozen=True, kw_only=True):
    """Metres from one place to another and what they are made of; minutes of a loaded truck, None: unknown.

    `off_network_metres` already includes the winding factor; `via` are the nodes of the graph on the way.
    For the days of a plan: `season` is the slower one of these days, `minutes_by_type` holds the types that
    can drive the way, `closed` the days on which it cannot be driven, `usual_metres` its length when every
    road is open, if that is shorter, and `closed_roads` names the roads of that usual way that are closed.
    """

    from_code: str
    to_code: str
    metres: int
    minutes: int | None
    basis: Basis
    rains_minutes: int | None = None
    network_metres: int = 0
    off_network_metres: int = 0
    winding_percent: int = 100
    via: tuple[str, ...] = ()
    source: str = ""
    season: str = ""
    minutes_by_type: dict[str, int] = {}
    closed: tuple[Days, ...] = ()
    usual_metres: int | None = None
    closed_roads: tuple[str, ...] = ()


def provenance(distance: RoadDistance) -> str:
    """What the figure is made of, in the reader's language."""
    if distance.usual_metres is None:
        return _made_of(distance)
    facts = {"made": _made_of(distance), "usual": _whole_km(distance.usual_metres)}
    return translate(N_("{made}; {usual} km when every road is open"), facts)


def _made_of(distance: RoadDistance) -> str:
    facts = {
        "network": _whole_km(distance.network_metres),
        "off": _whole_km(distance.off_network_metres),
        "factor": _factor(distance.winding_percent),
        "source": distance.source or "–",
    }
    match distance.basis:
        case Basis.MATRIX:
            return translate(N_("distance table ({source})"), facts)
        case Basis.MATRIX_REVERSED:
            return translate(N_("distance table, other direction ({source})"), facts)
        case Basis.SAME_PLACE:
            return translate(N_("same place"), facts)
        case Basis.OFF_NETWORK:
            return translate(N_("no road known: {off} km as the crow flies ×{factor}"), facts)
        case Basis.ROAD_GRAPH:
            return translate(N_("roads {network} km + off the network {off} km (×{factor})"), facts)


def _factor(percent: int) -> str:
    return f"{percent // 100}{',' if language() == 'fr' else '.'}{percent % 100:02d}"


def _whole_km(metres: int) -> int:
    return (metres + 500) // 1000


def great_circle(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Metres between two points over the sphere (haversine)."""
    half = sin(radians(to_lat - lat) / 2) ** 2
    half += cos(radians(lat)) * cos(radians(to_lat)) * sin(radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))
