"""Alerts and scheduled runs for programs."""

import datetime as dt
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency

from supply.alerts.queries import OpenAlert, Run, open_alerts, runs
from supply.alerts.words import Severity
from supply.db import Database
from supply.people.rights import Actor


class AlertForPrograms(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert with its sentence in the reader's language."""

    id: UUID
    kind: str
    subject: str
    severity: Severity
    text: str
    place_code: str | None
    href: str | None
    raised_at: dt.datetime


class AlertsApi(Controller):
    """Reads only."""

    path = "/api/alerts"
    tags = ["alerts"]

    @get("/", operation_id="ListAlerts", sync_to_thread=True)
    def alerts(
        self, db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> tuple[AlertForPrograms, ...]:
        """What was told and is not settled, the most urgent first."""
        with db.snapshot() as session:
            return tuple(_alert(one) for one in open_alerts(session, actor))

    @get("/runs", operation_id="ListRuns", sync_to_thread=True)
    def runs(self, db: NamedDependency[Database]) -> tuple[Run, ...]:
        """The last runs of the scheduled jobs, newest first."""
        with db.snapshot() as session:
            return runs(session)


def _alert(one: OpenAlert) -> AlertForPrograms:
    return AlertForPrograms(
        id=one.id,
        kind=one.kind,
        subject=one.subject,
        severity=one.severity,
        text=one.text(),
        place_code=one.place_code,
        href=one.href,
        raised_at=one.raised_at,
    )


CONTROLLERS = [AlertsApi]
