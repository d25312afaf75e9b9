"""A database that cannot be used is named on pages, in the API and on the command line, in both languages."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

import supply.connections
from supply.cli import main
from supply.db import Database
from tests.world import browse, make_world

NAME = "Moussa " + "é" * 100
COMMAND = f'{{"login": "moussa", "name": "{NAME}", "role": "keeper", "password": "un mot de passe"}}'


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    """A database of the small programme."""
    path = tmp_path / "supply.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    make_world(database)
    database.close()
    return path


@contextmanager
def locked(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield f"sqlite:///{path}"


@contextmanager
def read_only(path: Path) -> Iterator[str]:
    yield f"sqlite:///file:{path}?mode=ro&uri=true"


@contextmanager
def another_version(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    yield f"sqlite:///{path}"


@contextmanager
def full(path: Path) -> Iterator[str]:
    """No page can be added, and a page is hardly larger than the row of a user."""
    with closing(sqlite3.connect(path)) as connection:
        for setting in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
            connection.execute(setting)
    real = supply.connections._prepare_sqlite

    def prepare(connection: sqlite3.Connection, record: object) -> None:
        real(connection, record)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supply.connections, "_prepare_sqlite", prepare)
        yield f"sqlite:///{path}"


FAULTS = [
    (locked, "database-busy", "occupée", "busy"),
    (read_only, "database-read-only", "pas d’écriture", "no writing"),
    (full, "database-full", "disque", "disk"),
    (another_version, "database-at-another-migration", "version 0000", "version 0000"),
]


@pytest.mark.parametrize(("fault", "code", "french", "english"), FAULTS)
def test_each_face_names_the_fault_and_nothing_is_recorded(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Path], AbstractContextManager[str]],
    code: str,
    french: str,
    english: str,
) -> None:
    monkeypatch.setattr(supply.connections, "BUSY_TIMEOUT_MS", 50)
    with browse(Database(f"sqlite:///{file}")) as client:
        client.log_in("administrator")
        cookies = dict(client.cookies)
        token = client.get("/people").text.partition('name="_csrf_token" value="')[2].partition('"')[0]

    with fault(file) as url, browse(Database(url)) as client:
        client.cookies.update(cookies)
        for language, words in (("fr", french), ("en", english)):
            answer = client.post(
                f"/api/people/add-user?lang={language}",
                content=COMMAND,
                headers={"content-type": "application/json"},
            )
            assert answer.status_code == 503
            assert answer.json()["code"] == code
            assert words in answer.json()["detail"]
            page = client.post(
                f"/people?lang={language}",
                data={
                    "_csrf_token": token,
                    "login": "moussa",
                    "name": NAME,
                    "role": "keeper",
                    "password": "x" * 12,
                },
            )
            assert page.status_code == 503
            assert words in page.text
            run = CliRunner().invoke(
                main,
                ["--lang", language, "people", "add-user", "-", "--as", "administrator", "--database", url],
                input=COMMAND,
            )
            assert run.exit_code == 1
            assert run.stderr.startswith(f"{code}: ")
            assert words in run.stderr

    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM app_user WHERE login = 'moussa'").fetchone() == (0,)


def test_typed_values_stay_in_the_form_when_the_database_is_busy(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supply.connections, "BUSY_TIMEOUT_MS", 50)
    with browse(Database(f"sqlite:///{file}")) as client:
        client.log_in("administrator")
        token = client.get("/people").text.partition('name="_csrf_token" value="')[2].partition('"')[0]
        with locked(file):
            answer = client.post(
                "/people",
                data={
                    "_csrf_token": token,
                    "login": "moussa",
                    "name": "Moussa Keïta",
                    "role": "lead",
                    "password": "x" * 12,
                },
            )

    assert answer.status_code == 503
    assert 'value="Moussa Keïta"' in answer.text
