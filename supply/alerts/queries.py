"""What was told and is not settled yet, and what the scheduled jobs did."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from supply.alerts.models import Alert, JobRun
from supply.alerts.words import Severity
from supply.i18n import translate
from supply.people.rights import Actor

_URGENCY = {Severity.URGENT.value: 0, Severity.WARNING.value: 1, Severity.INFORMATION.value: 2}


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that waits for somebody. `message` and `facts` are put together by `text`."""

    id: UUID
    kind: str
    subject: str
    severity: Severity
    message: str
    facts: dict[str, Any]
    place_code: str | None
    href: str | None
    raised_at: dt.datetime

    def text(self) -> str:
        """The sentence in the reader's language."""
        return translate(self.message, {name: _unpack(value) for name, value in self.facts.items()})


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a job; `outcome` says in a few words what it did, or why it failed."""

    job: str
    slot: dt.datetime
    started_at: dt.datetime
    finished_at: dt.datetime | None
    outcome: str | None
    is_failure: bool


def open_alerts(session: Session, actor: Actor, *, limit: int = 200) -> tuple[OpenAlert, ...]:
    """Alerts of the actor's places and of no place in particular; the most urgent first, then the oldest."""
    columns = (
        Alert.id, Alert.kind, Alert.subject, Alert.severity, Alert.message,
        Alert.facts, Alert.place_code, Alert.href, Alert.raised_at,
    )  # fmt: skip
    asked = select(*columns).where(Alert.resolved_at.is_(None))
    if actor.places is not None:
        asked = asked.where(Alert.place_code.is_(None) | Alert.place_code.in_(sorted(actor.places)))
    urgency = case(_URGENCY, value=Alert.severity)
    rows = session.execute(asked.order_by(urgency, Alert.raised_at, Alert.id).limit(limit))
    return tuple(
        OpenAlert(**{**row._asdict(), "severity": Severity(row.severity), "facts": dict(row.facts)})
        for row in rows
    )


def runs(session: Session, *, limit: int = 30) -> tuple[Run, ...]:
    """The last runs of all jobs, newest first."""
    rows = session.execute(
        select(
            JobRun.job, JobRun.slot, JobRun.started_at, JobRun.finished_at, JobRun.outcome, JobRun.is_failure
        )
        .order_by(JobRun.started_at.desc(), JobRun.job)
        .limit(limit)
    )
    return tuple(Run(**row._asdict()) for row in rows)


def last_slots(session: Session) -> dict[str, dt.datetime]:
    """The newest finished slot of each job."""
    rows = session.execute(
        select(JobRun.job, func.max(JobRun.slot)).where(JobRun.finished_at.is_not(None)).group_by(JobRun.job)
    )
    return {job: slot for job, slot in rows}  # noqa: C416 - dict() of rows loses their types


def _unpack(value: Any) -> object:
    match value:
        case {"at": str(instant)}:
            return dt.datetime.fromisoformat(instant)
        case {"on": str(day)}:
            return dt.date.fromisoformat(day)
        case list():
            return [_unpack(one) for one in value]
    return value
