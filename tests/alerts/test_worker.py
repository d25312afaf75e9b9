"""The schedule: each due time once, whatever stops, repeats or fails."""

import datetime as dt
import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from supply.alerts.jobs import Job, LongJob, Write
from supply.alerts.queries import Run, open_alerts, runs
from supply.alerts.runs import ABANDONED_AFTER, RunTakenOver, Taken, claim, finish
from supply.alerts.tell import tell
from supply.alerts.words import Severity
from supply.db import Database
from supply.errors import Conflict
from supply.people.rights import Actor
from supply.people.words import Role
from supply.settings import Settings
from supply.worker import all_jobs, run_due, start

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
SIX = NOON.replace(hour=6)
SETTINGS = Settings(default_language="en")
AUDITOR = Actor(user_id=uuid4(), login="awa", name="Awa", role=Role.AUDITOR)


class StoreClosed(Conflict):
    code = "store-closed"
    title = "The store is closed."


def noon() -> dt.datetime:
    return NOON


def next_day() -> dt.datetime:
    return NOON + dt.timedelta(days=1)


def leave_a_trace(session: Session, now: dt.datetime) -> str:
    """Tell something that two runs would tell twice."""
    tell(
        session,
        kind="trace",
        subject=str(uuid4()),
        severity=Severity.INFORMATION,
        message="ran",
        facts={},
        now=now,
    )
    return "told"


def refuse(_session: Session, _now: dt.datetime) -> str:
    raise StoreClosed


TRACE = Job("trace", dt.time(6, 0), leave_a_trace)


def traces(database: Database) -> int:
    with database.snapshot() as session:
        return Counter(alert.kind for alert in open_alerts(session, AUDITOR))["trace"]


def told(database: Database, kind: str) -> list[str]:
    with database.snapshot() as session:
        return [alert.text() for alert in open_alerts(session, AUDITOR) if alert.kind == kind]


def recorded(database: Database) -> tuple[Run, ...]:
    with database.snapshot() as session:
        return runs(session)


def run_in_a_process(url: str) -> int:
    database = Database(url)
    try:
        return run_due(database, SETTINGS, [TRACE], noon)
    finally:
        database.close()


def test_due_job_runs_once_and_its_outcome_is_kept(database: Database) -> None:
    first = run_due(database, SETTINGS, [TRACE], noon)
    second = run_due(database, SETTINGS, [TRACE], noon)

    assert (first, second, traces(database)) == (1, 0, 1)
    (run,) = recorded(database)
    assert (run.job, run.slot, run.outcome, run.is_failure) == ("trace", SIX, "told", False)


def test_job_runs_again_at_its_next_time(database: Database) -> None:
    run_due(database, SETTINGS, [TRACE], noon)
    run_due(database, SETTINGS, [TRACE], next_day)

    assert traces(database) == 2


def test_workers_in_threads_never_run_a_slot_twice(database_url: str, database: Database) -> None:
    others = [Database(database_url) for _ in range(6)]
    gate = threading.Barrier(len(others))

    def race(other: Database) -> int:
        gate.wait()
        return run_due(other, SETTINGS, [TRACE], noon)

    with ThreadPoolExecutor(len(others)) as pool:
        counts = list(pool.map(race, others))
    for other in others:
        other.close()

    assert sorted(counts) == [0, 0, 0, 0, 0, 1]
    assert traces(database) == 1


def test_workers_in_processes_never_run_a_slot_twice(database_url: str, database: Database) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        counts = list(pool.map(run_in_a_process, [database_url] * 2))

    assert sorted(counts) == [0, 1]
    assert traces(database) == 1


def test_failing_job_is_recorded_and_told_and_its_writes_are_undone(database: Database) -> None:
    def write_then_refuse(session: Session, now: dt.datetime) -> str:
        leave_a_trace(session, now)
        raise StoreClosed

    run_due(database, SETTINGS, [Job("broken", dt.time(6, 0), write_then_refuse), TRACE], noon)

    outcomes = {run.job: (run.outcome, run.is_failure) for run in recorded(database)}
    assert outcomes == {"broken": ("The store is closed.", True), "trace": ("told", False)}
    assert traces(database) == 1
    (sentence,) = told(database, "job-failed")
    assert "broken" in sentence
    assert "The store is closed." in sentence


def test_unknown_error_is_recorded_without_its_text(database: Database) -> None:
    def divide(_session: Session, _now: dt.datetime) -> str:
        raise ZeroDivisionError("password=secret")

    run_due(database, SETTINGS, [Job("broken", dt.time(6, 0), divide)], noon)

    (run,) = recorded(database)
    assert run.is_failure
    assert run.outcome is not None
    assert "ZeroDivisionError" in run.outcome
    assert "secret" not in run.outcome


def test_success_settles_the_alert_of_an_earlier_failure(database: Database) -> None:
    run_due(database, SETTINGS, [Job("trace", dt.time(6, 0), refuse)], noon)
    run_due(database, SETTINGS, [TRACE], next_day)

    assert told(database, "job-failed") == []


def test_run_of_a_killed_worker_is_taken_over_after_an_hour_only(database: Database) -> None:
    with database.transaction() as session:
        assert claim(session, Taken("trace", SIX, NOON))

    too_early = run_due(database, SETTINGS, [TRACE], lambda: NOON + ABANDONED_AFTER)
    in_time = run_due(database, SETTINGS, [TRACE], lambda: NOON + ABANDONED_AFTER + dt.timedelta(seconds=1))

    assert (too_early, in_time, traces(database)) == (0, 1, 1)


def test_worker_that_was_thought_dead_keeps_nothing(database: Database) -> None:
    dead = Taken("trace", SIX, NOON)
    with database.transaction() as session:
        claim(session, dead)
    with database.transaction() as session:
        claim(session, Taken("trace", SIX, NOON + ABANDONED_AFTER + dt.timedelta(minutes=1)))

    def come_back() -> None:
        with database.transaction() as session:
            leave_a_trace(session, NOON)
            finish(session, dead, "told", NOON)

    with pytest.raises(RunTakenOver):
        come_back()
    assert traces(database) == 0


def test_long_job_looks_in_a_snapshot_and_writes_afterwards(database: Database) -> None:
    seen: list[str] = []

    def look(_session: Session, _now: dt.datetime) -> Write:
        # Another writer is not hindered while the job looks, not even on SQLite.
        with database.transaction() as other:
            leave_a_trace(other, NOON)
        seen.append("looked")
        return leave_a_trace

    run_due(database, SETTINGS, [LongJob("long", dt.time(6, 0), look)], noon)

    assert (seen, traces(database)) == (["looked"], 2)


def test_database_that_is_away_fails_no_worker_and_is_asked_again(
    database: Database, database_url: str
) -> None:
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE job_run RENAME TO job_run_away"))
    with engine.begin() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    fresh = Database(database_url)

    assert run_due(fresh, SETTINGS, [TRACE], noon) == 0

    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE job_run_away RENAME TO job_run"))
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
    engine.dispose()
    assert run_due(fresh, SETTINGS, [TRACE], noon) == 1
    fresh.close()
    assert traces(database) == 1


@pytest.fixture
def started() -> Iterator[Callable[..., threading.Event]]:
    """Start a worker whose one job sets the event; it is stopped at the end."""
    workers = []

    def begin(database: Database, now: Callable[[], dt.datetime] = noon) -> threading.Event:
        ran = threading.Event()

        def note(session: Session, moment: dt.datetime) -> str:
            ran.set()
            return leave_a_trace(session, moment)

        workers.append(start(database, SETTINGS, jobs=[Job("trace", dt.time(6, 0), note)], now=now))
        return ran

    yield begin
    for worker in workers:
        worker.stop()


def test_job_due_while_the_service_was_down_runs_once_at_start(
    database: Database, started: Callable[..., threading.Event]
) -> None:
    with database.transaction() as session:
        three_days_ago = SIX - dt.timedelta(days=3)
        run = Taken("trace", three_days_ago, three_days_ago)
        claim(session, run)
        finish(session, run, "told", three_days_ago)

    ran = started(database)

    assert ran.wait(20)
    assert [run.slot for run in recorded(database) if run.slot != three_days_ago] == [SIX]


def test_worker_has_the_jobs_of_every_area() -> None:
    names = [job.name for job in all_jobs()]

    assert len(set(names)) == len(names)
    assert {"expiry-alerts", "late-orders", "verify"} <= set(names)
