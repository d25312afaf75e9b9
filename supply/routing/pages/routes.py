"""The way of a trip as files for a telephone: GPX 1.1 and KML."""

from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.i18n import show_mass
from supply.routing import queries
from supply.routing.pages.drawings import Way, read_ground, way_points
from supply.routing.pages.trips import read_trip
from supply.routing.rows import TripRow

GPX = "application/gpx+xml"
KML = "application/vnd.google-earth.kml+xml"


class RoutePoint(msgspec.Struct, frozen=True, kw_only=True):
    """The store or a stop; degrees."""

    name: str
    note: str
    lat: float
    lon: float


class RouteFile(msgspec.Struct, frozen=True, kw_only=True):
    """What both files say; `track` (lat, lon) is the whole way and back."""

    name: str
    points: tuple[RoutePoint, ...]
    track: tuple[tuple[float, float], ...]


class RouteFiles(Controller):
    """Files of a trip's way."""

    path = "/routing/trips"
    include_in_schema = False

    @get("/{trip_id:uuid}/route.gpx", operation_id="RouteGpx", sync_to_thread=True)
    def gpx(self, trip_id: FromPath[UUID], db: NamedDependency[Database]) -> Template:
        return _file(db, trip_id, "gpx", GPX)

    @get("/{trip_id:uuid}/route.kml", operation_id="RouteKml", sync_to_thread=True)
    def kml(self, trip_id: FromPath[UUID], db: NamedDependency[Database]) -> Template:
        return _file(db, trip_id, "kml", KML)


def _file(db: Database, trip_id: UUID, kind: str, media_type: str) -> Template:
    with db.snapshot() as session:
        trip = read_trip(session, trip_id)
        content = _route(session, trip)
    return Template(
        f"routing/route.{kind}",
        context={"page": content},
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{trip.label}.{kind}"'},
    )


def _route(session: Session, trip: TripRow) -> RouteFile:
    stored = queries.stored_plan(session, trip.plan_id)
    distances = stored.basis.distances if stored else ()
    way = Way(trip.label, (trip.store_code, *(waybill.site_code for waybill in trip.waybills)))
    store = RoutePoint(name=trip.store_name, note=trip.label, lat=trip.store_lat, lon=trip.store_lon)
    stops = tuple(
        RoutePoint(
            name=f"{waybill.stop}. {waybill.site_name}",
            note=f"{waybill.number} · {show_mass(waybill.sent_grams)}",
            lat=waybill.site_lat,
            lon=waybill.site_lon,
        )
        for waybill in trip.waybills
    )
    track = way_points(read_ground(session), way, distances)
    return RouteFile(name=trip.label, points=(store, *stops), track=tuple((lat, lon) for lon, lat in track))
