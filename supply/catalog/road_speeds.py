"""How long a road takes: speed by surface, season and type of truck, and the crossing of a ferry.

A type's own speed for a surface and season wins; else it drives at the usual speed of loaded trucks there,
and never faster than itself on dry tar. Where the time of a road is known, the truck takes that time, slower
in the rains as the surface is.
"""

from collections.abc import Mapping

import msgspec

from supply.catalog.road_seasons import Season
from supply.catalog.roads import Assumptions, Edge
from supply.catalog.words import Surface

KMH_MINUTE = 60 / 1000
# Minutes of a metre at 1 km/h.


class Truck(msgspec.Struct, frozen=True, kw_only=True):
    """Speeds of a type of truck: the best on dry tar, and those known for a surface and season."""

    code: str
    kmh: int
    own_kmh: Mapping[tuple[Surface, Season], int] = {}


def usual_kmh(surface: Surface, season: Season, assumptions: Assumptions) -> float:
    """Speed of a loaded truck."""
    dry, percent = {
        Surface.PAVED: (assumptions.paved_kmh, assumptions.paved_rains_percent),
        Surface.LATERITE: (assumptions.laterite_kmh, assumptions.laterite_rains_percent),
        Surface.TRACK: (assumptions.track_kmh, assumptions.track_rains_percent),
    }[surface]
    return dry if season == Season.DRY else dry * percent / 100


def truck_kmh(surface: Surface, season: Season, truck: Truck | None, assumptions: Assumptions) -> float:
    """Speed of a type of truck; of any loaded truck when None."""
    usual = usual_kmh(surface, season, assumptions)
    if truck is None:
        return usual
    own = truck.own_kmh.get((surface, season))
    if own is not None:
        return own
    dry = truck.own_kmh.get((surface, Season.DRY))
    if dry is not None:
        return dry * usual / usual_kmh(surface, Season.DRY, assumptions)
    return min(truck.kmh, usual)


def edge_minutes(edge: Edge, season: Season, truck: Truck | None, assumptions: Assumptions) -> float:
    """Minutes from end to end, the ferry included."""
    surface = Surface(edge.surface) if edge.surface in set(Surface) else Surface.TRACK
    known = _known_minutes(edge, surface, season, assumptions)
    if known is None:
        driven = edge.metres * KMH_MINUTE / truck_kmh(surface, season, truck, assumptions)
    elif truck is None:
        driven = known
    else:
        driven = max(known, edge.metres * KMH_MINUTE / truck.kmh)
    return driven + edge.ferry_minutes


def _known_minutes(edge: Edge, surface: Surface, season: Season, assumptions: Assumptions) -> float | None:
    if season == Season.RAINS and edge.rains_minutes is not None:
        return edge.rains_minutes
    if edge.minutes is None:
        return None
    slower = usual_kmh(surface, Season.DRY, assumptions) / usual_kmh(surface, season, assumptions)
    return edge.minutes * slower


def minutes_off_network(season: Season, truck: Truck | None, assumptions: Assumptions) -> float:
    """Minutes of a metre as the crow flies where there is no road: the winding driven as a track."""
    kmh = truck_kmh(Surface.TRACK, season, truck, assumptions)
    return assumptions.winding_percent / 100 * KMH_MINUTE / kmh
