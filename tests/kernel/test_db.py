"""The database refuses by name: locked, read-only, full, unreachable, of another version."""

import resource
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

import supply.connections
from supply.connections import DatabaseAbsent
from supply.db import (
    Database,
    DatabaseAtAnotherMigration,
    DatabaseBusy,
    DatabaseFull,
    DatabaseReadOnly,
    DatabaseUnreachable,
    NotADatabase,
    RecordedMeanwhile,
    ReferenceUnknown,
    migrate,
)
from supply.tables import METADATA

INSERT = "INSERT INTO area (pcode, vintage, level, name, source) VALUES ('M', '2015', 1, 'Mill', '')"


def test_migrations_make_exactly_the_tables_of_the_program(database_url: str) -> None:
    url = make_url(database_url)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg") if url.get_backend_name() != "sqlite" else url
    )
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()

    assert differences == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)

    migrated = Database(database_url)
    migrated.ping()
    migrated.close()


@pytest.mark.parametrize(
    "table", [name for name, table in METADATA.tables.items() if table.info.get("append_only")]
)
def test_append_only_tables_refuse_change_in_the_database_itself(database: Database, table: str) -> None:
    column = next(iter(METADATA.tables[table].columns)).name
    is_sqlite = database.url.startswith("sqlite")
    with database.transaction() as session:
        # Row triggers of SQLite fire on rows only; one is put in without its references.
        if is_sqlite:
            names = session.execute(
                text(f"SELECT name FROM sqlite_master WHERE tbl_name = '{table}'")
            ).scalars()
            assert {f"{table}_no_update", f"{table}_no_delete"} <= set(names)
            return
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with database.transaction() as session:
            triggers = session.execute(
                text(
                    "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass) AND NOT tgisinternal"
                ),
                {"t": table},
            ).scalars()
            assert {f"{table}_no_change", f"{table}_no_truncate"} <= set(triggers), statement
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(f"TRUNCATE {table} CASCADE"))


def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        session.execute(text(INSERT))
        raise ZeroDivisionError

    with database.snapshot() as session:
        assert session.execute(text("SELECT count(*) FROM area")).scalar() == 0


def test_a_snapshot_cannot_write_on_postgresql_and_keeps_nothing_anywhere(database: Database) -> None:
    try:
        with database.snapshot() as session:
            session.execute(text(INSERT))
    except DatabaseReadOnly:
        pass

    with database.snapshot() as session:
        assert session.execute(text("SELECT count(*) FROM area")).scalar() == 0


def test_a_broken_rule_of_the_database_is_a_conflict(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text(INSERT))

    with pytest.raises(RecordedMeanwhile), database.transaction() as session:
        session.execute(text(INSERT))


def test_many_writers_at_once_all_succeed(database: Database) -> None:
    faults: list[Exception] = []

    def write(number: int) -> None:
        try:
            with database.transaction() as session:
                session.execute(text(INSERT.replace("'M'", f"'M{number}'")))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with database.snapshot() as session:
        assert session.execute(text("SELECT count(*) FROM area")).scalar() == 16


def test_tables_of_another_version_are_refused_before_anything_is_read(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    fresh = Database(database.url)

    with pytest.raises(DatabaseAtAnotherMigration) as refusal:
        fresh.check_migration()

    assert refusal.value.facts["found"] == "0000"
    fresh.close()


def test_an_empty_database_says_which_version_it_needs(tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    empty = Database(f"sqlite:///{tmp_path}/new.sqlite")

    with pytest.raises(DatabaseAtAnotherMigration), empty.snapshot():
        pytest.fail("the block may not be entered")
    empty.close()


def test_a_writer_that_waits_too_long_is_told(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "locked.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(supply.connections, "BUSY_TIMEOUT_MS", 50)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    waiting = Database(f"sqlite:///{path}")

    with pytest.raises(DatabaseBusy), waiting.transaction() as session:
        session.execute(text(INSERT))

    holder.close()
    waiting.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("own", "milliseconds"), [("", 50), ("options=-c%20work_mem%3D9MB%20-c%20lock_timeout%3D70", 70)]
)
def test_a_wait_for_a_lock_of_postgresql_ends_too(
    database_url: str, monkeypatch: pytest.MonkeyPatch, own: str, milliseconds: int
) -> None:
    """What the address itself sets stays, a timeout of its own as well."""
    monkeypatch.setattr(supply.connections, "BUSY_TIMEOUT_MS", 50)
    holder, waiting = Database(database_url), Database(f"{database_url}&{own}")
    with waiting.snapshot() as session:
        assert session.execute(text("SHOW lock_timeout")).scalar() == f"{milliseconds}ms"
        assert session.execute(text("SHOW work_mem")).scalar() == ("9MB" if own else "4MB")

    with holder.transaction() as holding:
        holding.execute(text("LOCK TABLE area"))
        with pytest.raises(DatabaseBusy), waiting.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 10000"))
            session.execute(text(INSERT))

    holder.close()
    waiting.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_migration_waits_for_readers_as_long_as_it_takes(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supply.connections, "BUSY_TIMEOUT_MS", 50)
    holder = Database(database_url)
    with holder.transaction() as holding, ThreadPoolExecutor(1) as beside:
        holding.execute(text("LOCK TABLE alembic_version"))
        migrated = beside.submit(migrate, database_url)
        with pytest.raises(TimeoutError):
            migrated.result(timeout=1)
        holding.rollback()
        migrated.result(timeout=30)

    holder.close()


def test_a_read_only_database_still_reads_and_refuses_writes(database: Database) -> None:
    is_sqlite = database.url.startswith("sqlite")
    url = f"sqlite:///file:{make_url(database.url).database}?mode=ro&uri=true" if is_sqlite else database.url
    closed = Database(url)

    with closed.snapshot() as session:
        assert session.execute(text("SELECT count(*) FROM area")).scalar() == 0
    with pytest.raises(DatabaseReadOnly), closed.transaction() as session:
        if not is_sqlite:
            # What a standby server answers to every write.
            session.execute(text("SET TRANSACTION READ ONLY"))
        session.execute(text(INSERT))
    closed.close()


def test_a_full_disk_is_told_and_nothing_is_kept(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "full.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    full = Database(f"sqlite:///{path}")

    with pytest.raises(DatabaseFull), full.transaction() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(2000):
            session.execute(text(INSERT.replace("'M'", f"'M{number}'").replace("Mill", "M" * 100)))

    with full.snapshot() as session:
        assert session.execute(text("SELECT count(*) FROM area")).scalar() == 0
    full.close()


def test_a_disk_without_room_for_the_index_of_the_journal_is_full(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """SQLite says "disk i/o error" then, as for a broken disk; a limit on the size of files does the same."""
    path = tmp_path / "full.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    full = Database(f"sqlite:///{path}")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(DatabaseFull):
            full.ping()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    full.close()


def test_a_file_that_is_no_database_is_told_as_such_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    path.write_text("site_code,group_code,people\n" * 100)
    wrong = Database(f"sqlite:///{path}")

    with pytest.raises(NotADatabase):
        wrong.ping()
    with pytest.raises(NotADatabase):
        migrate(wrong.url)

    assert path.read_text() == "site_code,group_code,people\n" * 100
    wrong.close()


def test_only_a_migration_makes_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "supply.sqlite"
    absent = Database(f"sqlite:///{path}")

    for folder_is_there in (False, True):
        if folder_is_there:
            path.parent.mkdir()
        with pytest.raises(DatabaseAbsent) as refusal:
            absent.check_migration()
        assert refusal.value.facts["file"] == str(path)
        assert not path.exists()

    migrate(absent.url)
    absent.check_migration()
    absent.close()


def test_no_answer_is_told_as_such(tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path}",  # a folder
        "postgresql://nobody@127.0.0.1:9/none?connect_timeout=2",
    ):
        silent = Database(url)
        with pytest.raises(DatabaseUnreachable):
            silent.ping()
        silent.close()


def test_a_file_that_cannot_be_made_is_told_as_no_answer(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with pytest.raises(DatabaseUnreachable):
        migrate(f"sqlite:///{tmp_path}/var/supply.sqlite")


def test_a_code_that_names_nothing_is_refused_by_name(database: Database) -> None:
    orphan = INSERT.replace("name, source)", "name, source, parent_pcode)").replace("'')", "'', 'NOWHERE')")

    with pytest.raises(ReferenceUnknown), database.transaction() as session:
        session.execute(text(orphan))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("trusted_seconds", [0.0, 3600.0])
def test_a_connection_that_the_server_ended_is_replaced_unseen(
    database_url: str, monkeypatch: pytest.MonkeyPatch, trusted_seconds: float
) -> None:
    """A server is restarted, a firewall forgets: whoever comes next is not told that the database is gone."""
    monkeypatch.setattr(supply.connections, "TRUSTED_SECONDS", trusted_seconds)
    lasting, other = Database(database_url), Database(database_url)
    asked = text("SELECT pg_backend_pid()")
    with lasting.transaction() as session:
        first = session.execute(asked).scalar_one()

    with other.snapshot() as session:
        session.execute(text("SELECT pg_terminate_backend(:first, 10000)"), {"first": first})

    with lasting.transaction() as session:
        assert session.execute(asked).scalar_one() != first
    lasting.close()
    other.close()
