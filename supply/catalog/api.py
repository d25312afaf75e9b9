"""JSON reads of the reference data, and import of a file."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody

from supply.catalog import queries, road_queries, rows
from supply.catalog.importing import Imported, Importers, import_file
from supply.catalog.roads import RoadDistance
from supply.catalog.sheets import MAX_BYTES, FileEmpty
from supply.db import Database
from supply.people.rights import Actor

MOST_DAYS = dt.timedelta(days=366)
# Of a plan; more days are not looked at.
UPLOAD_BYTES = MAX_BYTES + 1_000_000
# As on the page: the file, and the form around it.


class Settlements(msgspec.Struct, frozen=True):
    """Villages and towns of a commune."""

    commune_pcode: str
    settlements: tuple[rows.SettlementRow, ...]


class CatalogApi(Controller):
    """Reference data, each kind whole: a country's lists are short."""

    path = "/api/catalog"
    tags = ["catalog"]

    @get("/communes", operation_id="CatalogApiCommunes", sync_to_thread=True)
    def communes(self, db: NamedDependency[Database]) -> tuple[rows.CommuneRow, ...]:
        with db.snapshot() as session:
            return queries.communes(session)

    @get("/communes/{pcode:str}/settlements", operation_id="CatalogApiSettlements", sync_to_thread=True)
    def settlements(self, pcode: FromPath[str], db: NamedDependency[Database]) -> Settlements:
        with db.snapshot() as session:
            return Settlements(pcode, queries.settlements(session, pcode))

    @get("/places", operation_id="CatalogApiPlaces", sync_to_thread=True)
    def places(
        self, db: NamedDependency[Database], kind: FromQuery[str | None] = None
    ) -> tuple[rows.PlaceRow, ...]:
        with db.snapshot() as session:
            return queries.places(session, kind)

    @get("/products", operation_id="CatalogApiProducts", sync_to_thread=True)
    def products(self, db: NamedDependency[Database]) -> tuple[rows.ProductRow, ...]:
        with db.snapshot() as session:
            return queries.products(session)

    @get("/packs", operation_id="CatalogApiPacks", sync_to_thread=True)
    def packs(self, db: NamedDependency[Database]) -> tuple[rows.PackRow, ...]:
        with db.snapshot() as session:
            return queries.packs(session)

    @get("/suppliers", operation_id="CatalogApiSuppliers", sync_to_thread=True)
    def suppliers(self, db: NamedDependency[Database]) -> tuple[rows.SupplierRow, ...]:
        with db.snapshot() as session:
            return queries.suppliers(session)

    @get("/transporters", operation_id="CatalogApiTransporters", sync_to_thread=True)
    def transporters(self, db: NamedDependency[Database]) -> tuple[rows.TransporterRow, ...]:
        with db.snapshot() as session:
            return queries.transporters(session)

    @get("/vehicle-types", operation_id="CatalogApiVehicleTypes", sync_to_thread=True)
    def vehicle_types(self, db: NamedDependency[Database]) -> tuple[rows.VehicleTypeRow, ...]:
        with db.snapshot() as session:
            return queries.vehicle_types(session)

    @get("/vehicles", operation_id="CatalogApiVehicles", sync_to_thread=True)
    def vehicles(self, db: NamedDependency[Database]) -> tuple[rows.VehicleRow, ...]:
        with db.snapshot() as session:
            return queries.vehicles(session)

    @get("/roads", operation_id="CatalogApiRoads", sync_to_thread=True)
    def roads(self, db: NamedDependency[Database]) -> tuple[rows.RoadRow, ...]:
        with db.snapshot() as session:
            return road_queries.roads(session)

    @get("/closures", operation_id="CatalogApiClosures", sync_to_thread=True)
    def closures(self, db: NamedDependency[Database]) -> tuple[rows.ClosureRow, ...]:
        with db.snapshot() as session:
            return queries.closures(session)

    @get("/distances", operation_id="CatalogApiDistances", sync_to_thread=True)
    def distances(
        self,
        db: NamedDependency[Database],
        place: FromQuery[list[str] | None] = None,
        first_on: FromQuery[dt.date | None] = None,
        last_on: FromQuery[dt.date | None] = None,
    ) -> tuple[RoadDistance, ...]:
        """Between the places named by `place` (several), or between the stores when none is named.

        With `first_on` (and `last_on`, else that day alone) as a plan of these days drives them: closed roads
        gone round, minutes by type of truck, days on which the way is closed. Else with every road open.
        """
        with db.snapshot() as session:
            codes = place or [row.code for row in queries.places(session, "store")]
            if first_on is None:
                return road_queries.distances_between(session, codes)
            last = min(max(first_on, last_on or first_on), first_on + MOST_DAYS)
            return road_queries.legs_between(session, codes, (first_on, last))


class ImportApi(Controller):
    """Import of a file as the multipart field `file`."""

    path = "/api/imports"
    tags = ["catalog"]

    @post(
        "/{kind:str}",
        operation_id="CatalogApiImport",
        sync_to_thread=True,
        status_code=201,
        request_max_body_size=UPLOAD_BYTES,
    )
    def import_one(
        self,
        *,
        kind: FromPath[str],
        data: MultipartBody[dict[str, Any]],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        importers: NamedDependency[Importers],
        now: NamedDependency[dt.datetime],
    ) -> Imported:
        file = data.get("file")
        if not isinstance(file, UploadFile):
            raise FileEmpty(name="file")
        content = file.file.read()
        with db.transaction() as session:
            done = import_file(session, importers.by_kind, kind, file.filename, content, actor=actor, now=now)
        bad = tuple(msgspec.structs.replace(row, message=row.text) for row in done.bad)
        return msgspec.structs.replace(done, bad=bad)


CONTROLLERS = [CatalogApi, ImportApi]
