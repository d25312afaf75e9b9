"""Composition of the web service: settings in, Litestar application out. Nothing else."""

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from litestar.types import ControllerRouterHandler

from supply import clock, compute
from supply.catalog.illustrative import has_illustrative_places
from supply.catalog.importing import Importer, Importers
from supply.db import Database
from supply.i18n import N_
from supply.people.attempts import Attempts
from supply.people.rights import Actor
from supply.people.words import Role
from supply.settings import Settings
from supply.web.assets import Assets
from supply.web.health import HealthApi
from supply.web.missing import Missing
from supply.web.pages import Link, today_of
from supply.web.problems import HANDLERS
from supply.web.reader import ReaderMiddleware, require_log_in
from supply.web.routes import operation_routes
from supply.web.templating import make_environment

AREAS = (
    "people",
    "alerts",
    "catalog",
    "inventory",
    "programme",
    "procurement",
    "routing",
    "distribution",
    "coverage",
    "audit",
    "home",
)
MAX_BODY_BYTES = 5_000_000
# A census of 20 000 villages as one command is 4 MB; imports of files and log-ins have limits of their own.
NAVIGATION = (
    Link(N_("Today"), "/"),
    Link(N_("Stock"), "/inventory"),
    Link(N_("Deliveries"), "/routing"),
    Link(N_("Sessions"), "/distribution"),
    Link(N_("Coverage"), "/coverage"),
    Link(N_("Needs"), "/programme"),
    Link(N_("Orders"), "/procurement"),
    Link(N_("Reference data"), "/catalog"),
    Link(N_("Verification"), "/audit"),
    Link(N_("Users"), "/people", frozenset({Role.ADMINISTRATOR})),
)


def create_app(settings: Settings, *, now: Callable[[], dt.datetime] = clock.now) -> Litestar:
    """The service on one database; `now` is given by tests that tell a story in time."""
    database = Database(settings.database_url)
    importers, attempts = _importers(), Attempts()

    def provide_db() -> Database:
        return database

    def provide_settings() -> Settings:
        return settings

    def provide_now() -> dt.datetime:
        return now()

    def provide_today() -> dt.date:
        return today_of(now(), settings.zone)

    def provide_importers() -> Importers:
        return importers

    def provide_attempts() -> Attempts:
        return attempts

    def provide_actor(request: Request[Actor, str, Any]) -> Actor:
        return request.user

    return Litestar(
        route_handlers=[*_routes(), HealthApi, Assets, Missing],
        dependencies={
            "db": Provide(provide_db, sync_to_thread=False),
            "settings": Provide(provide_settings, sync_to_thread=False),
            "now": Provide(provide_now, sync_to_thread=False),
            "today": Provide(provide_today, sync_to_thread=False),
            "importers": Provide(provide_importers, sync_to_thread=False),
            "attempts": Provide(provide_attempts, sync_to_thread=False),
            "actor": Provide(provide_actor, sync_to_thread=False),
        },
        middleware=[ReaderMiddleware(database, now, settings.default_language)],
        guards=[require_log_in],
        exception_handlers=HANDLERS,
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(make_environment())),
        openapi_config=OpenAPIConfig(
            title="Supply",
            version="1",
            openapi_router=Router(path="/schema", route_handlers=[], opt={"public": True}),
            render_plugins=[JsonRenderPlugin()],
        ),
        request_max_body_size=MAX_BODY_BYTES,
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=6),
        state=State({"navigation": NAVIGATION, "is_demo": _demo_marker(database)}),
        on_shutdown=[compute.shut_down, database.close],
        logging_config=None,
    )


def _routes() -> list[ControllerRouterHandler]:
    """Every area's controllers and operations; an area without one of the modules has none of its kind."""
    found: list[ControllerRouterHandler] = []
    for area in AREAS:
        for shell in ("api", "pages"):
            module = _optional(f"supply.{area}.{shell}")
            found.extend(getattr(module, "CONTROLLERS", ()))
        operations = getattr(_optional(f"supply.{area}.operations"), "OPERATIONS", ())
        if operations:
            found.append(operation_routes(area, operations))
    return found


def _importers() -> Importers:
    """Every area's kinds of files."""
    found: dict[str, Importer] = {}
    for area in AREAS:
        found.update(getattr(_optional(f"supply.{area}.imports"), "IMPORTERS", {}))
    return Importers(found)


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _demo_marker(database: Database) -> Callable[[], bool]:
    """Asks once whether the database holds invented places; until it does, asks again."""
    known = False

    def is_demo() -> bool:
        nonlocal known
        if not known:
            with database.snapshot() as session:
                known = has_illustrative_places(session)
        return known

    return is_demo
