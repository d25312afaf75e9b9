"""Operations: save a node of the road graph, a road between nodes, a known distance between places."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.models import Distance, Place, RoadEdge, RoadNode, VehicleType
from supply.catalog.roads import great_circle
from supply.catalog.saving import (
    WEST_AFRICA,
    Saved,
    check_code,
    check_coordinates,
    check_known,
    check_number,
    check_texts,
    replace,
    upsert,
)
from supply.catalog.words import Surface
from supply.errors import Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require

MAX_METRES = 5_000_000
# Longer than any road of the graph; Bamako-Cotonou is 1,910 km.
MAX_MINUTES = 60_000


class SaveRoadNode(msgspec.Struct, frozen=True, kw_only=True):
    """A town or junction of the road graph."""

    code: str
    lat: float
    lon: float
    name: str = ""


class SaveRoadEdge(msgspec.Struct, frozen=True, kw_only=True):
    """A road, both ways; minutes of a loaded truck, `line` its points [lon, lat] for the map.

    `closed_months` 1 to 12; `weekdays` 1 Monday to 7 Sunday, None: every day; `vehicle_types` None: all.
    """

    code: str
    from_code: str
    to_code: str
    metres: int
    surface: Surface
    minutes: int | None = None
    rains_minutes: int | None = None
    ferry_minutes: int | None = None
    closed_months: tuple[int, ...] | None = None
    weekdays: tuple[int, ...] | None = None
    vehicle_types: tuple[str, ...] | None = None
    access_source: str = ""
    line: tuple[tuple[float, float], ...] | None = None
    is_illustrative: bool = False
    source: str = ""


class SaveDistance(msgspec.Struct, frozen=True, kw_only=True):
    """A known road distance, one way; wins over the road graph."""

    from_code: str
    to_code: str
    metres: int
    minutes: int | None = None
    source: str = ""


class RoadTooShort(Invalid):
    """No road is shorter than the straight line."""

    code: ClassVar[str] = "road-too-short"
    title = N_(
        "{road} is {metres} m long but its ends are {crow} m apart; check the length and the coordinates."
    )


class EndsAreTheSame(Invalid):
    """A road or distance from a place to itself."""

    code: ClassVar[str] = "ends-are-the-same"
    title = N_("{text} leads to itself; give two different ends.")


class CalendarImpossible(Invalid):
    """A month or a day of the week that does not exist, or no day at all."""

    code: ClassVar[str] = "calendar-impossible"
    title = N_(
        "{field:message}: {text} is not possible; give at least one number from 1 to {maximum}, each once."
    )


def save_road_node(session: Session, command: SaveRoadNode, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a town or junction of the road graph."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_coordinates(command.lat, command.lon, WEST_AFRICA)
    return upsert(session, RoadNode, command.code, _values(command))


def save_road_edge(session: Session, command: SaveRoadEdge, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a road between two nodes."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_number(N_("Metres"), command.metres, 1, MAX_METRES)
    check_number(N_("Minutes"), command.minutes, 1, MAX_MINUTES)
    check_number(N_("Minutes in the rains"), command.rains_minutes, 1, MAX_MINUTES)
    check_number(N_("Ferry (minutes)"), command.ferry_minutes, 0, MAX_MINUTES)
    _check_calendar(N_("Closed months"), command.closed_months, 12)
    _check_calendar(N_("Days of the week"), command.weekdays, 7)
    for type_code in command.vehicle_types or ():
        check_known(session, VehicleType, type_code, N_("Vehicle type"))
    if command.from_code == command.to_code:
        raise EndsAreTheSame(text=command.from_code)
    check_known(session, RoadNode, command.from_code, N_("Road node"))
    check_known(session, RoadNode, command.to_code, N_("Road node"))
    start, end = session.get(RoadNode, command.from_code), session.get(RoadNode, command.to_code)
    assert start is not None, "checked above"
    assert end is not None, "checked above"
    check_length(command.code, command.metres, (start.lat, start.lon), (end.lat, end.lon))
    values = _values(command)
    values["line"] = None if command.line is None else [list(point) for point in command.line]
    for name in ("closed_months", "weekdays", "vehicle_types"):
        values[name] = None if values[name] is None else sorted(getattr(command, name))
    return upsert(session, RoadEdge, command.code, values)


def _check_calendar(field: str, numbers: tuple[int, ...] | None, maximum: int) -> None:
    if numbers is None:
        return
    if not numbers or len(set(numbers)) < len(numbers) or not set(numbers) <= set(range(1, maximum + 1)):
        text = ", ".join(str(number) for number in numbers) or "–"
        raise CalendarImpossible(field=field, text=text, maximum=maximum)


def check_length(road: str, metres: int, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Refuse a road shorter than the straight line between its ends (lat, lon), but for 5 km of rounding."""
    crow = great_circle(*start, *end)
    if metres < crow - 5000:
        raise RoadTooShort(road=road, metres=metres, crow=round(crow))


def save_distance(session: Session, command: SaveDistance, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a known road distance between two places."""
    require(actor, Right.MANAGE_CATALOG)
    check_number(N_("Metres"), command.metres, 0, MAX_METRES)
    check_number(N_("Minutes"), command.minutes, 0, MAX_MINUTES)
    if command.from_code == command.to_code:
        raise EndsAreTheSame(text=command.from_code)
    check_known(session, Place, command.from_code, N_("Place"))
    check_known(session, Place, command.to_code, N_("Place"))
    check_texts(Distance, msgspec.structs.asdict(command))
    code = f"{command.from_code} {command.to_code}"
    row = session.get(Distance, (command.from_code, command.to_code))
    if row is not None:
        values = {"metres": command.metres, "minutes": command.minutes, "source": command.source}
        return Saved(code=code, is_new=False, is_changed=replace(session, row, values))
    session.add(Distance(**msgspec.structs.asdict(command)))
    session.flush()
    return Saved(code=code, is_new=True)


def _values(command: msgspec.Struct) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(command).items() if name != "code"}
