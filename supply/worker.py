"""Composition root of the scheduled jobs: which there are, and the clock that starts them.

Several workers may stand side by side, in `supply serve` and in `supply worker`: a row per job and due time
lets one of them run it. Nothing of the schedule is stored; the job store of the scheduler is in memory,
because two schedulers must not share one (agronholm/apscheduler issues 231 and 465).
"""

import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from supply import clock
from supply.alerts.jobs import AnyJob, DueSlot, LongJob, due_slots
from supply.alerts.queries import last_slots
from supply.alerts.runs import RunTakenOver, Taken, claim, fail, finish
from supply.db import Database
from supply.errors import SupplyError
from supply.i18n import N_, gettext, reading_in
from supply.routing.runs import start_waiting
from supply.settings import Settings

SWEEP_MINUTES = 10
# A job whose database was away at its time is tried again this soon.

AREAS = ("people", "catalog", "inventory", "programme", "procurement", "routing", "distribution", "audit")

log = logging.getLogger(__name__)


def all_jobs() -> tuple[AnyJob, ...]:
    """Every area's jobs; an area without a module of jobs has none."""
    found: list[AnyJob] = []
    for area in AREAS:
        name = f"supply.{area}.jobs"
        if find_spec(name) is not None:
            found.extend(import_module(name).JOBS)
    return tuple(found)


class Worker:
    """Runs the jobs until it is stopped."""

    def __init__(self, scheduler: BackgroundScheduler) -> None:
        self._scheduler = scheduler

    def stop(self) -> None:
        """End the schedule; a job that is under way is finished first."""
        self._scheduler.shutdown(wait=True)


def start(
    database: Database,
    settings: Settings,
    *,
    jobs: Iterable[AnyJob] | None = None,
    now: Callable[[], dt.datetime] = clock.now,
) -> Worker:
    """Run each job at its time from now on, and at once what was due while no worker was up."""
    chosen = all_jobs() if jobs is None else tuple(jobs)
    # One thread: jobs of one worker follow each other, so that they never wait for each other's locks.
    scheduler = BackgroundScheduler(timezone=settings.zone, executors={"default": ThreadPoolExecutor(1)})

    def run_what_is_due() -> None:
        run_due(database, settings, chosen, now)

    # The cron entries only wake the worker; what is due is read from the slots. So a wake-up that came late,
    # twice or not at all (a laptop that slept) neither loses nor repeats a job.
    for hour, minute in sorted({(job.at.hour, job.at.minute) for job in chosen}):
        _wake(scheduler, run_what_is_due, CronTrigger(hour=hour, minute=minute, timezone=settings.zone))
    _wake(scheduler, run_what_is_due, IntervalTrigger(minutes=SWEEP_MINUTES, timezone=settings.zone))
    scheduler.add_job(run_what_is_due, misfire_grace_time=None)

    def take_up_plans() -> None:
        take_up(database, now)

    # Delivery plans that wait, or whose process was killed when the service ended.
    _wake(scheduler, take_up_plans, IntervalTrigger(minutes=SWEEP_MINUTES, timezone=settings.zone))
    scheduler.add_job(take_up_plans, misfire_grace_time=None)
    scheduler.start()
    return Worker(scheduler)


def take_up(database: Database, now: Callable[[], dt.datetime] = clock.now) -> int:
    """Begin again the delivery plans that nobody works on; answers how many."""
    try:
        return start_waiting(database, now())
    except SupplyError as error:
        log.warning("plans wait: %s", error)
        return 0


def _wake(scheduler: BackgroundScheduler, run: Callable[[], None], trigger: object) -> None:
    scheduler.add_job(run, trigger, coalesce=True, misfire_grace_time=None, max_instances=1)


def work(settings: Settings) -> None:
    """Run the jobs until the process is asked to end (`supply worker`)."""
    is_over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: is_over.set())
    with _started(settings):
        is_over.wait()


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Run the jobs beside the block, unless the settings leave them to `supply worker`."""
    if not settings.scheduler_in_process:
        yield
        return
    with _started(settings):
        yield


@contextmanager
def _started(settings: Settings) -> Iterator[None]:
    database = Database(settings.database_url)
    try:
        database.check_migration()
        worker = start(database, settings)
        try:
            yield
        finally:
            worker.stop()
    finally:
        database.close()


def run_due(
    database: Database, settings: Settings, jobs: Iterable[AnyJob], now: Callable[[], dt.datetime] = clock.now
) -> int:
    """Run every job that is due and that no other worker took; answers how many this one ran."""
    try:
        with database.snapshot() as session:
            last = last_slots(session)
    except SupplyError as error:
        log.warning("jobs wait: %s", error)
        return 0
    return sum(_run_one(database, settings, due, now) for due in due_slots(jobs, last, now(), settings.zone))


def _run_one(database: Database, settings: Settings, due: DueSlot, now: Callable[[], dt.datetime]) -> bool:
    run = Taken(due.job.name, due.slot, now())
    try:
        with database.transaction() as session:
            if not claim(session, run):
                return False
        with reading_in(settings.default_language):
            _do(database, due.job, run, now)
    except RunTakenOver as error:
        log.warning("%s", error)
    except Exception as error:  # the shell of the jobs: whatever went wrong is recorded and told, never lost
        log.exception("job %s failed", run.job)
        _record_failure(database, settings, run, error, now())
    return True


def _do(database: Database, job: AnyJob, run: Taken, now: Callable[[], dt.datetime]) -> None:
    if isinstance(job, LongJob):
        with database.snapshot() as session:
            write = job.look(session, run.started_at)
    else:
        write = job.run
    with database.transaction() as session:
        outcome = write(session, run.started_at)
        finish(session, run, outcome, now())
    log.info("job %s: %s", run.job, outcome)


def _record_failure(
    database: Database, settings: Settings, run: Taken, error: Exception, now: dt.datetime
) -> None:
    with reading_in(settings.default_language):
        # An unknown error may carry anything in its text; the log has it, the screen only its kind.
        unknown = gettext(N_("unexpected error, see the log of the service."))
        why = error.message() if isinstance(error, SupplyError) else f"{type(error).__name__}: {unknown}"
    try:
        with database.transaction() as session:
            fail(session, run, why, now)
    except SupplyError as second:
        # The database itself is away. The run stays unfinished and is taken over once it is back.
        log.warning("job %s: its failure could not be recorded: %s", run.job, second)
