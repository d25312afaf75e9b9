"""What the roads of a plan's days mean for a site, told to who reads the plan."""

from collections.abc import Iterable, Iterator

from supply.catalog.roads import RoadDistance
from supply.catalog.rows import PlaceRow, VehicleTypeRow
from supply.routing.basis import Finding

Facts = dict[str, str | int]


def road_names(ways: Iterable[RoadDistance]) -> str:
    """The closed roads of these ways, each once."""
    return ", ".join(dict.fromkeys(name for way in ways for name in way.closed_roads)) or "–"


def road_findings(
    code: str,
    facts: Facts,
    ways: Iterable[RoadDistance],
    *,
    stores: Iterable[PlaceRow],
    kinds: Iterable[VehicleTypeRow],
) -> Iterator[Finding]:
    """Days without a road, a way round, trucks that cannot pass: for the nearest store that can be left."""
    way = min(ways, key=lambda one: (bool(one.closed), one.metres), default=None)
    if way is None:
        return
    facts = facts | {
        "store": next((store.name for store in stores if store.code == way.from_code), way.from_code),
        "roads": road_names([way]),
    }
    if way.closed:
        days = sum((last - first).days + 1 for first, last in way.closed)
        yield Finding("road-closed-days", code, facts | {"days": days})
    if way.usual_metres is not None:
        km: Facts = {"km": _km(way.metres), "usual": _km(way.usual_metres)}
        yield Finding("way-round", code, facts | km)
    barred = [kind.name for kind in kinds if way.minutes_by_type and kind.code not in way.minutes_by_type]
    if barred:
        yield Finding("truck-cannot-pass", code, facts | {"trucks": ", ".join(barred)})


def _km(metres: int) -> int:
    return (metres + 500) // 1000
