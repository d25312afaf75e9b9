"""Runs of jobs in the database: the row that one worker alone can make, and how it ended."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy import update
from sqlalchemy.orm import Session

from supply.alerts.models import JobRun
from supply.alerts.tell import resolve, tell
from supply.alerts.words import Severity
from supply.db import insert_unless_there
from supply.errors import Conflict
from supply.i18n import N_

ABANDONED_AFTER = dt.timedelta(hours=1)
# Jobs take seconds. A run that did not end in an hour belongs to a worker that was killed, and is taken over.
FAILED = "job-failed"


class RunTakenOver(Conflict):
    """This worker was thought dead and another does its run."""

    code: ClassVar[str] = "run-taken-over"
    title = N_("Job {job} took so long that another worker took it over; nothing of this run was kept.")


class Taken(msgspec.Struct, frozen=True):
    """A run that this worker took, and when: who takes it over later has another `started_at`."""

    job: str
    slot: dt.datetime
    started_at: dt.datetime


def claim(session: Session, run: Taken) -> bool:
    """Take a run: true for one worker only, and for one more when the first gave no result in an hour."""
    if insert_unless_there(
        session, JobRun, job=run.job, slot=run.slot, started_at=run.started_at, is_failure=False
    ):
        return True
    taken = session.execute(
        update(JobRun)
        .where(
            JobRun.job == run.job,
            JobRun.slot == run.slot,
            JobRun.finished_at.is_(None),
            JobRun.started_at < run.started_at - ABANDONED_AFTER,
        )
        .values(started_at=run.started_at)
        .returning(JobRun.job)
    )
    return taken.first() is not None


def finish(session: Session, run: Taken, outcome: str, now: dt.datetime) -> None:
    """Record what a run did, in the transaction that did it. Raises RunTakenOver."""
    _end(session, run, outcome=outcome, is_failure=False, now=now)
    resolve(session, FAILED, run.job, now)


def fail(session: Session, run: Taken, why: str, now: dt.datetime) -> None:
    """Record that a run failed and tell it; it is tried again at its next time. Raises RunTakenOver."""
    _end(session, run, outcome=why, is_failure=True, now=now)
    tell(
        session,
        kind=FAILED,
        subject=run.job,
        severity=Severity.URGENT,
        message=N_("The scheduled job “{job}” failed: {why} It runs again tomorrow; tell the administrator."),
        facts={"job": run.job, "why": why},
        href="/alerts",
        now=now,
    )


def _end(session: Session, run: Taken, *, outcome: str, is_failure: bool, now: dt.datetime) -> None:
    ended = session.execute(
        update(JobRun)
        .where(JobRun.job == run.job, JobRun.slot == run.slot, JobRun.started_at == run.started_at)
        .values(finished_at=now, outcome=outcome, is_failure=is_failure)
        .returning(JobRun.job)
    )
    if ended.first() is None:
        raise RunTakenOver(job=run.job)
