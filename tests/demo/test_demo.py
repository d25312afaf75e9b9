"""The demo is whole, alive today, made once, and never over anything else."""

import datetime as dt
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from supply import clock
from supply.audit.verify import verify
from supply.db import Database, migrate
from supply.demo import cli, making, sessions
from supply.demo.making import HalfMade, NotEmpty, make
from supply.demo.teller import Teller
from supply.programme.fixtures import demo_cycles
from supply.programme.words import CycleState
from tests.world import make_world

NOW = dt.datetime(2027, 3, 15, 8, 0, tzinfo=dt.UTC)


def quiet(_: str) -> None:
    """Say nothing."""


def test_the_demo_is_whole_on_each_database_and_nothing_leaks(database_url: str, demo_file: Path) -> None:
    if database_url.startswith("sqlite"):
        url = f"sqlite:///{demo_file}"
    else:
        url = database_url
        assert make(url, today=NOW.date(), now=NOW, say=quiet)
    database = Database(url)

    with database.snapshot() as session:
        found = verify(session, now=clock.now())

    database.close()
    assert [finding.text() for finding in found.findings if not finding.is_notice] == []
    assert found.is_right
    assert found.gap_grams == 0
    assert found.movement_count > 500


def test_the_demo_shows_every_state_of_the_chain(demo: Database) -> None:
    def states(query: str) -> set[str]:
        with demo.snapshot() as session:
            return set(session.execute(text(query)).scalars())

    assert states("SELECT state FROM cycle") == {"planned", "open", "closed"}
    assert states("SELECT state FROM trip") >= {"planned", "departed", "arrived"}
    assert states("SELECT state FROM distribution_session") == {"open", "closed"}
    assert states("SELECT condition FROM account") >= {"good", "hold", "unfit"}
    assert states("SELECT kind FROM document") >= {
        "receipt",
        "transfer",
        "loss",
        "count",
        "return",
        "distribution",
    }
    assert states("SELECT kind FROM alert WHERE resolved_at IS NULL")


def test_nothing_of_the_demo_lies_in_the_future(demo: Database) -> None:
    with demo.snapshot() as session:
        latest = session.execute(text("SELECT max(occurred_on) FROM document")).scalar_one()

    assert str(latest) <= str(clock.day_of(clock.now()))


def test_the_demo_is_made_once(demo: Database) -> None:
    assert not make(demo.url, today=NOW.date(), now=NOW, say=quiet)


def test_other_data_is_never_touched(database: Database) -> None:
    make_world(database)

    with pytest.raises(NotEmpty):
        make(database.url, today=NOW.date(), now=NOW, say=quiet)


def test_a_making_that_was_stopped_leaves_no_half_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    url = f"sqlite:///{tmp_path}/demo.sqlite"
    monkeypatch.setattr(making, "build", stop)
    with pytest.raises(KeyboardInterrupt):
        make(url, today=NOW.date(), now=NOW, say=quiet)

    assert not (tmp_path / "demo.sqlite").exists()


def test_a_half_made_demo_on_a_server_is_named(database: Database) -> None:
    make_world(database)
    with database.transaction() as session:
        session.execute(text("UPDATE place SET is_illustrative = true"))

    with pytest.raises(HalfMade):
        make(database.url, today=NOW.date(), now=NOW, say=quiet)


def test_an_old_demo_asks_for_its_migration_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.sqlite"
    migrate(url)

    assert making._is_made(url) is False


@pytest.mark.parametrize("days_ago", [1, 4])
def test_somebody_is_served_today_even_when_the_last_truck_came_days_ago(
    days_ago: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = NOW.date()
    cycle = next(one for one in demo_cycles(today) if one.state == CycleState.OPEN)
    arrived = dict.fromkeys(("ANSONGO", "KEBILA"), today - dt.timedelta(days=days_ago))
    monkeypatch.setattr(sessions, "_supplied", lambda *_: arrived)
    teller = Teller(Database("sqlite://"), today, NOW, quiet)

    now, closed = (sessions._days(teller, cycle, is_now=is_now) for is_now in (True, False))

    assert today in now.values()
    assert set(now) == set(closed) == set(arrived)
    assert all(day > arrived[site] for days in (now, closed) for site, day in days.items())


def test_the_service_starts_without_what_making_the_demo_took_into_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[list[str]] = []

    class Replaced(Exception):
        """What a new program in this process leaves of the old one: nothing."""

    def begin(_: str, command: list[str]) -> None:
        begun.append(command)
        raise Replaced

    monkeypatch.setattr(cli, "make", lambda *_, **__: True)
    monkeypatch.setattr(os, "execv", begin)

    done = CliRunner().invoke(cli.demo_command, ["--database", "sqlite://"])

    assert isinstance(done.exception, Replaced)
    assert begun == [[sys.executable, *sys.orig_argv[1:]]]
