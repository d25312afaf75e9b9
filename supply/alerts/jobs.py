"""What a scheduled job is, and which of its times are due. Areas list theirs in their jobs.py as `JOBS`."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

Write = Callable[[Session, dt.datetime], str]
# What a job does inside one transaction; answers in a few words what it did.


class Job(msgspec.Struct, frozen=True):
    """Something that the service does every day at a local time."""

    name: str
    at: dt.time
    run: Write


class LongJob(msgspec.Struct, frozen=True):
    """A job that reads for long: it looks in a snapshot, hindering nobody, and answers what to write."""

    name: str
    at: dt.time
    look: Callable[[Session, dt.datetime], Write]


AnyJob = Job | LongJob


class DueSlot(msgspec.Struct, frozen=True):
    """A job and the instant at which it was due."""

    job: AnyJob
    slot: dt.datetime


def latest_slot(job: AnyJob, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The last time, not after now, at which the job was due: the same for every worker that asks."""
    today = now.astimezone(zone).date()
    slot = dt.datetime.combine(today, job.at, zone)
    if slot > now:
        slot = dt.datetime.combine(today - dt.timedelta(days=1), job.at, zone)
    return slot.astimezone(dt.UTC)


def due_slots(
    jobs: Iterable[AnyJob], last_slots: Mapping[str, dt.datetime], now: dt.datetime, zone: ZoneInfo
) -> tuple[DueSlot, ...]:
    """Jobs whose last due time was not run yet, in the order they were due.

    `last_slots` holds the newest slot that was run of each job. A job that missed several days is due once;
    one that never ran is due at once, so that a new service does not wait a night for its first alerts.
    """
    found = [DueSlot(job, latest_slot(job, now, zone)) for job in jobs]
    due = [one for one in found if not _is_done(one.slot, last_slots.get(one.job.name), now)]
    return tuple(sorted(due, key=lambda one: (one.slot, one.job.name)))


def _is_done(slot: dt.datetime, last: dt.datetime | None, now: dt.datetime) -> bool:
    """A run dated in the future was made by a clock that was wrong; it proves nothing about today."""
    return last is not None and slot <= last <= now
