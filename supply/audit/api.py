"""The verification for programs."""

import datetime as dt

from litestar import Controller, get
from litestar.di import NamedDependency

from supply.audit.report import Report, report_of
from supply.audit.verify import verify
from supply.db import Database


class AuditApi(Controller):
    """Reads only."""

    path = "/api/audit"
    tags = ["audit"]

    @get("/verify", operation_id="Verify", sync_to_thread=True)
    def verify(self, db: NamedDependency[Database], now: NamedDependency[dt.datetime]) -> Report:
        """Recompute everything from the ledger."""
        with db.snapshot() as session:
            return report_of(verify(session, now=now))


CONTROLLERS = [AuditApi]
