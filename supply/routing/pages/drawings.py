"""What the pages of routing draw: trips on the map, trucks by day, cost and bound of a search."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, pairwise

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog import road_queries
from supply.catalog.roads import RoadDistance
from supply.catalog.rows import PlaceRow
from supply.clock import BAMAKO
from supply.routing.order import NumberedTrip
from supply.routing.rows import ProgressRow, TripRow
from supply.web.drawing.calendars import GanttView, Leg, Truck, gantt_view
from supply.web.drawing.lines import LineView, Series, line_view
from supply.web.drawing.maps import MapView, Place, Road, Stop, Store, Surface, Trip, map_view

MOST_ROADS = 300
# Beyond it the roads weigh more than the trips they carry; the page stays under 100 KB.
LEAVES_AT, RETURNS_AT = dt.time(6), dt.time(18)
# Day driving only.
TONES = {"planned": "hold", "departed": "info", "arrived": "good", "cancelled": "neutral"}


class Way(msgspec.Struct, frozen=True):
    """A trip as the map needs it: its label and the places it visits, store first."""

    label: str
    codes: tuple[str, ...]
    href: str | None = None
    is_faint: bool = False


class Ground(msgspec.Struct, frozen=True):
    """Places, road nodes and roads under the trips."""

    places: dict[str, PlaceRow]
    nodes: dict[str, tuple[float, float]]
    roads: tuple[Road, ...]


def read_ground(session: Session) -> Ground:
    """Where everything lies."""
    roads = road_queries.roads(session)
    return Ground(
        places={place.code: place for place in catalog.places(session)},
        nodes={node.code: (node.lon, node.lat) for node in road_queries.road_nodes(session)},
        roads=tuple(Road(points=road.points, surface=_surface(road.surface)) for road in roads)
        if len(roads) <= MOST_ROADS
        else (),
    )


def _surface(name: str) -> Surface:
    match name:
        case "paved" | "laterite":
            return name
    return "track"


def trips_map(ground: Ground, ways: Sequence[Way], distances: Iterable[RoadDistance]) -> MapView | None:
    """Stores, sites and lines of these trips over the roads."""
    via = {(one.from_code, one.to_code): one.via for one in distances}
    stores = {way.codes[0] for way in ways}
    sites = {code for way in ways for code in way.codes[1:]}
    return map_view(
        tuple(
            Place(name=place.name, lon=place.lon, lat=place.lat)
            for code in sorted(sites)
            if (place := ground.places.get(code)) is not None
        ),
        stores=tuple(
            Store(place.name, place.lon, place.lat)
            for code in sorted(stores)
            if (place := ground.places.get(code)) is not None
        ),
        roads=ground.roads,
        trips=tuple(_trip(ground, way, via) for way in ways),
    )


def way_points(
    ground: Ground, way: Way, distances: Iterable[RoadDistance]
) -> tuple[tuple[float, float], ...]:
    """The way and back as (lon, lat), over the road nodes that its distances name."""
    via = {(one.from_code, one.to_code): one.via for one in distances}
    return _points(ground, [code for code in way.codes if code in ground.places], via)


def _points(
    ground: Ground, codes: Sequence[str], via: Mapping[tuple[str, str], tuple[str, ...]]
) -> tuple[tuple[float, float], ...]:
    points: list[tuple[float, float]] = []
    for start, end in pairwise((*codes, codes[0]) if codes else ()):
        place = ground.places[start]
        points.append((place.lon, place.lat))
        points.extend(ground.nodes[code] for code in via.get((start, end), ()) if code in ground.nodes)
    return (*points, points[0]) if points else ()


def _trip(ground: Ground, way: Way, via: Mapping[tuple[str, str], tuple[str, ...]]) -> Trip:
    known = [code for code in way.codes if code in ground.places]
    stops = tuple(
        Stop(ground.places[code].name, ground.places[code].lon, ground.places[code].lat) for code in known[1:]
    )
    points = _points(ground, known, via)
    return Trip(label=way.label, stops=stops, points=points, href=way.href, is_faint=way.is_faint)


def planned_gantt(trips: Iterable[NumberedTrip], store_names: Mapping[str, str]) -> GanttView | None:
    """Trucks of a plan by day; a truck has no plate yet, so it is named by store, type and number."""
    legs: dict[tuple[str, str, int], list[Leg]] = defaultdict(list)
    for one in trips:
        key = (one.store_code, one.trip.fleet, one.trip.vehicle)
        legs[key].append(_leg(f"{one.number}", one.trip.begin, one.last_on, "info", None))
    labels = {
        (
            one.store_code,
            one.trip.fleet,
            one.trip.vehicle,
        ): f"{store_names.get(one.store_code, one.store_code)} · {one.type_code} · {_truck_number(one)}"
        for one in trips
    }
    return gantt_view(tuple(Truck(labels[key], tuple(bars)) for key, bars in sorted(legs.items())))


def _truck_number(one: NumberedTrip) -> str:
    """Number of the truck within its store and type; a second fleet of the type counts on with a letter."""
    group = one.trip.fleet.rpartition("/")[2]
    return f"{group}-{one.trip.vehicle}" if group.isdigit() else str(one.trip.vehicle)


def real_gantt(trips: Iterable[TripRow]) -> GanttView | None:
    """Trucks of approved trips by day; those without a plate yet share as few lines as trucks they need."""
    legs: dict[str, list[Leg]] = defaultdict(list)
    free_from: dict[str, dt.date] = {}
    for one in sorted(trips, key=lambda trip: (trip.first_on, trip.label)):
        label = one.plate or _free_line(one, free_from)
        free_from[label] = one.ends_on + dt.timedelta(days=1)
        bar = _leg(one.label, one.first_on, one.ends_on, TONES[one.state], f"/routing/trips/{one.id}")
        legs[label].append(bar)
    return gantt_view(tuple(Truck(label, tuple(bars)) for label, bars in sorted(legs.items())))


def _free_line(trip: TripRow, free_from: Mapping[str, dt.date]) -> str:
    """First line of the store and type that is free on the trip's first day."""
    labels = (f"{trip.store_code} · {trip.vehicle_type_code} · {number}" for number in count(1))
    return next(label for label in labels if free_from.get(label, trip.first_on) <= trip.first_on)


def _leg(label: str, first_on: dt.date, last_on: dt.date, tone: str, href: str | None) -> Leg:
    return Leg(
        label,
        dt.datetime.combine(first_on, LEAVES_AT, BAMAKO),
        dt.datetime.combine(last_on, RETURNS_AT, BAMAKO),
        tone=tone,
        href=href,
    )


def progress_line(rows: Sequence[ProgressRow]) -> LineView | None:
    """Cost of the best plan and proven bound over the seconds of the search."""
    costs = tuple((row.seconds, row.cost) for row in rows if row.cost)
    bounds = tuple((row.seconds, row.bound) for row in rows if row.bound)
    series = [Series(name, points) for name, points in (("cost", costs), ("bound", bounds)) if points]
    if not series:
        return None
    last = max(row.seconds for row in rows)
    return line_view(series, x_ticks=((0.0, "0 s"), (last, f"{round(last)} s")))
