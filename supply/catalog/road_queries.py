"""The SELECTs about roads and distances; they answer frozen rows."""

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import groupby
from math import ceil
from typing import NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from supply.catalog.models import Distance, Place, RoadEdge, RoadNode
from supply.catalog.queries import vehicle_types
from supply.catalog.road_meetings import with_meetings
from supply.catalog.road_seasons import Season
from supply.catalog.road_speeds import KMH_MINUTE, Truck, edge_minutes, minutes_off_network
from supply.catalog.roads import Assumptions, Basis, Days, Edge, Point, RoadDistance
from supply.catalog.rows import DistanceRow, NodeRow, RoadRow, VehicleTypeRow
from supply.catalog.words import Surface


class RoadMap(NamedTuple):
    """Places and the road graph, as distances are made from them; places by code."""

    places: list[Point]
    nodes: list[Point]
    edges: list[Edge]


def road_nodes(session: Session) -> tuple[NodeRow, ...]:
    """Every node of the road graph, by name."""
    query = select(RoadNode.code, RoadNode.name, RoadNode.lat, RoadNode.lon).order_by(
        RoadNode.name, RoadNode.code
    )
    return tuple(
        NodeRow(code=row.code, name=row.name, lat=row.lat, lon=row.lon) for row in session.execute(query)
    )


def roads(session: Session) -> tuple[RoadRow, ...]:
    """Every road of the graph, by the names of its ends."""
    start, end = aliased(RoadNode), aliased(RoadNode)
    rows = session.execute(
        select(RoadEdge, start.name, start.lat, start.lon, end.name, end.lat, end.lon)
        .join(start, start.code == RoadEdge.from_code)
        .join(end, end.code == RoadEdge.to_code)
        .order_by(start.name, end.name, RoadEdge.code)
    )
    return tuple(
        RoadRow(
            code=edge.code,
            from_code=edge.from_code,
            from_name=from_name or edge.from_code,
            to_code=edge.to_code,
            to_name=to_name or edge.to_code,
            metres=edge.metres,
            minutes=edge.minutes,
            rains_minutes=edge.rains_minutes,
            ferry_minutes=edge.ferry_minutes,
            closed_months=tuple(edge.closed_months or ()),
            weekdays=None if edge.weekdays is None else tuple(edge.weekdays),
            vehicle_types=None if edge.vehicle_types is None else tuple(edge.vehicle_types),
            surface=edge.surface,
            points=tuple((lon, lat) for lon, lat in edge.line)
            if edge.line
            else ((from_lon, from_lat), (to_lon, to_lat)),
            is_illustrative=edge.is_illustrative,
            source=edge.source,
            access_source=edge.access_source,
        )
        for edge, from_name, from_lat, from_lon, to_name, to_lat, to_lon in rows
    )


def edge_of(road: RoadRow) -> Edge:
    """The road as ways are made of it."""
    return Edge(
        code=road.code,
        name=road.name,
        from_code=road.from_code,
        to_code=road.to_code,
        metres=road.metres,
        surface=road.surface,
        minutes=road.minutes,
        rains_minutes=road.rains_minutes,
        ferry_minutes=road.ferry_minutes or 0,
        closed_months=road.closed_months,
        weekdays=road.weekdays,
        vehicle_types=road.vehicle_types,
        line=road.points,
    )


def truck_of(kind: VehicleTypeRow) -> Truck:
    """The speeds of a type of truck."""
    own = {
        (Surface.LATERITE, Season.DRY): kind.laterite_kmh,
        (Surface.TRACK, Season.DRY): kind.track_kmh,
        (Surface.PAVED, Season.RAINS): kind.paved_rains_kmh,
        (Surface.LATERITE, Season.RAINS): kind.laterite_rains_kmh,
        (Surface.TRACK, Season.RAINS): kind.track_rains_kmh,
    }
    known = {key: kmh for key, kmh in own.items() if kmh is not None}
    return Truck(code=kind.code, kmh=kind.speed_kmh, own_kmh=known)


def road_map(session: Session, codes: Collection[str]) -> RoadMap:
    """These places, unknown codes left out, and every node and road, cut where roads meet."""
    at = session.execute(
        select(Place.code, Place.lat, Place.lon).where(Place.code.in_(codes)).order_by(Place.code)
    )
    nodes, edges = with_meetings(
        [Point(node.code, node.lat, node.lon) for node in road_nodes(session)],
        [edge_of(road) for road in roads(session)],
    )
    return RoadMap(places=[Point(code, lat, lon) for code, lat, lon in at], nodes=nodes, edges=edges)


def known_distances(session: Session, codes: Collection[str] | None = None) -> tuple[DistanceRow, ...]:
    """The imported distances between these places (all when None)."""
    query = select(
        Distance.from_code, Distance.to_code, Distance.metres, Distance.minutes, Distance.source
    ).order_by(Distance.from_code, Distance.to_code)
    if codes is not None:
        query = query.where(Distance.from_code.in_(codes), Distance.to_code.in_(codes))
    return msgspec.convert(session.execute(query).mappings().all(), tuple[DistanceRow, ...])


def distances_between(
    session: Session, codes: Collection[str], assumptions: Assumptions | None = None
) -> tuple[RoadDistance, ...]:
    """Distance of every ordered pair of these places: the imported one, else over the open roads.

    Each has its provenance. Unknown codes are left out. Sorted by start and end.
    """
    from supply.catalog.road_legs import usual_legs  # noqa: PLC0415 - loads SciPy, which few requests need

    ground = road_map(session, codes)
    found = usual_legs(ground.places, ground.nodes, ground.edges, assumptions or Assumptions())
    return _with_known(session, ground.places, found, ())


def legs_between(session: Session, codes: Collection[str], days: Days) -> tuple[RoadDistance, ...]:
    """As distances_between, for a plan of these days: closed roads gone round, times by type of truck."""
    from supply.catalog.road_legs import legs_on_days  # noqa: PLC0415 - as above

    ground = road_map(session, codes)
    trucks = [truck_of(kind) for kind in vehicle_types(session)]
    found = legs_on_days(*ground, Assumptions(), days=days, trucks=trucks)
    return _with_known(session, ground.places, found, trucks)


class StretchRow(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a way: of a road, or off the network when `road` is None; minutes of a loaded truck."""

    road: RoadRow | None
    metres: int
    minutes: float
    rains_minutes: float


def stretches_between(session: Session, start: str, end: str, day: dt.date) -> tuple[StretchRow, ...]:
    """The way between two known places on a day, in order; the usual way when none is open."""
    from supply.catalog.road_legs import way_on_day  # noqa: PLC0415 - as above

    ground, assumptions = road_map(session, (start, end)), Assumptions()
    by_code = {road.code: road for road in roads(session)}
    at = {place.code: place for place in ground.places}
    codes = {node.code for node in ground.nodes}
    edges = [edge for edge in ground.edges if {edge.from_code, edge.to_code} <= codes]
    way = way_on_day((at[start], at[end]), ground.nodes, edges, assumptions, day)
    found: list[StretchRow] = []
    # The pieces of a road that others meet are one stretch again.
    for code, parts in groupby(way, lambda one: None if one.road is None else edges[one.road].code):
        metres = dry = rains = 0.0
        for one in parts:
            edge = None if one.road is None else edges[one.road]
            metres += one.metres * (assumptions.winding_percent / 100 if edge is None else 1.0)
            dry += _stretch_minutes(edge, one.metres, Season.DRY, assumptions)
            rains += _stretch_minutes(edge, one.metres, Season.RAINS, assumptions)
        road = None if code is None else by_code[code]
        found.append(StretchRow(road=road, metres=round(metres), minutes=dry, rains_minutes=rains))
    return tuple(found)


def _stretch_minutes(edge: Edge | None, metres: float, season: Season, assumptions: Assumptions) -> float:
    if edge is None:
        return metres * minutes_off_network(season, None, assumptions)
    return edge_minutes(edge, season, None, assumptions) * metres / max(edge.metres, 1)


def _with_known(
    session: Session, places: Sequence[Point], legs: Collection[RoadDistance], trucks: Sequence[Truck]
) -> tuple[RoadDistance, ...]:
    """The imported figure in place of the one made from roads."""
    known = {
        (row.from_code, row.to_code): row
        for row in known_distances(session, [place.code for place in places])
    }
    found = (prefer_known(leg, known, trucks) for leg in legs) if known else legs
    return tuple(sorted(found, key=lambda one: (one.from_code, one.to_code)))


def prefer_known(
    leg: RoadDistance, known: dict[tuple[str, str], DistanceRow], trucks: Sequence[Truck]
) -> RoadDistance:
    """The imported figure, unless a way round closed roads is longer; the days stay those of the roads."""
    there = known.get((leg.from_code, leg.to_code))
    row = there or known.get((leg.to_code, leg.from_code))
    if row is None or (leg.usual_metres is not None and leg.metres > row.metres):
        return leg
    return RoadDistance(
        from_code=leg.from_code,
        to_code=leg.to_code,
        metres=row.metres,
        minutes=row.minutes,
        rains_minutes=None if row.minutes is None else round(row.minutes * _slower(leg)),
        basis=Basis.MATRIX if there else Basis.MATRIX_REVERSED,
        via=leg.via,
        source=row.source,
        season=leg.season,
        minutes_by_type={
            truck.code: _known_minutes(leg, row, truck)
            for truck in trucks
            if truck.code in leg.minutes_by_type
        },
        closed=leg.closed,
        closed_roads=leg.closed_roads,
    )


def _slower(leg: RoadDistance) -> float:
    """How much longer the way over the roads takes in the rains."""
    return leg.rains_minutes / leg.minutes if leg.minutes and leg.rains_minutes else 1.0


def _known_minutes(leg: RoadDistance, row: DistanceRow, truck: Truck) -> int:
    """The imported time slowed by the season, no faster than the truck; else the speed of the way by road."""
    own = row.metres * KMH_MINUTE / truck.kmh
    if row.minutes is not None:
        return ceil(max(own, row.minutes * (_slower(leg) if leg.season == Season.RAINS else 1.0)))
    if leg.basis is Basis.ROAD_GRAPH and leg.metres:
        return ceil(max(own, leg.minutes_by_type[truck.code] * row.metres / leg.metres))
    return ceil(own)
