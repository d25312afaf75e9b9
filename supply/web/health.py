"""Whether the service can work: it answers 200 only when the database does."""

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency

from supply.db import Database, newest_migration


class Health(msgspec.Struct, frozen=True):
    """All is well."""

    status: str
    migration: str


class HealthApi(Controller):
    """For load balancers and scripts."""

    path = "/health"
    opt = {"public": True}  # noqa: RUF012 - the framework's attribute

    @get(operation_id="Health", sync_to_thread=True, cache_control=None)
    def health(self, db: NamedDependency[Database]) -> Health:
        """Ask the database; 503 with the reason when it does not answer or is of another version."""
        db.ping()
        return Health("ok", newest_migration())
