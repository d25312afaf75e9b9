"""The database: transactions, column types, append-only tables, locks; both dialects, SQLite and PostgreSQL.

What differs between the two stands here and in `connections`, and nowhere else.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from supply.connections import make_engine, read_address
from supply.errors import Conflict, Invalid, SupplyError, Unavailable
from supply.i18n import N_
from supply.paths import MIGRATIONS


class DatabaseBusy(Unavailable):
    """Another writer held the database for too long."""

    code: ClassVar[str] = "database-busy"
    title = N_("The database is busy with another record. Nothing was lost; send again in a moment.")


class DatabaseReadOnly(Unavailable):
    """Writes are refused by the database or its file."""

    code: ClassVar[str] = "database-read-only"
    title = N_("The database accepts no writing now. Nothing was recorded; tell the administrator.")


class DatabaseFull(Unavailable):
    """No space left."""

    code: ClassVar[str] = "database-full"
    title = N_("The disk of the database is full. Nothing was recorded; tell the administrator.")


class DatabaseUnreachable(Unavailable):
    """No answer from the database."""

    code: ClassVar[str] = "database-unreachable"
    title = N_("The database does not answer. Nothing was recorded; try again later.")


class NotADatabase(Unavailable):
    """The file at the address holds something else."""

    code: ClassVar[str] = "not-a-database"
    title = N_("The file is no database of this program. Nothing was recorded; correct the address.")


class DatabaseAtAnotherMigration(Unavailable):
    """The tables are of another version than the program."""

    code: ClassVar[str] = "database-at-another-migration"
    title = N_(
        "The database is at version {found}, this program needs version {needed}. "
        "Run “supply migrate”, or start the program of that version."
    )


class RecordedMeanwhile(Conflict):
    """A rule of the database refused what another writer made wrong meanwhile."""

    code: ClassVar[str] = "recorded-meanwhile"
    title = N_("Somebody else recorded the same thing meanwhile. Look at the page again before you send.")


class NotKeepable(Invalid):
    """A text is longer than its column or holds a NUL, or a number or day is beyond what a column holds."""

    code: ClassVar[str] = "not-keepable"
    title = N_(
        "A text, number or day that was sent cannot be kept: it is too long, too large, or holds a sign "
        "that is no letter. Nothing was recorded; correct it and send again."
    )


class ReferenceUnknown(Invalid):
    """A code names something that the database does not hold; operations name it better where they can."""

    code: ClassVar[str] = "reference-unknown"
    title = N_("Something named here is not known, or not any more. Choose it again from its list.")


class Base(DeclarativeBase):
    """All tables, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[dt.datetime]):
    """An aware UTC instant with microseconds; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant needs its time zone"
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Degrees(TypeDecorator[float]):
    """WGS84 degrees kept as integer microdegrees (0.11 m)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: Dialect) -> int | None:
        return None if value is None else round(value * 1_000_000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> float | None:
        return None if value is None else value / 1_000_000


Json = JSON().with_variant(JSONB(), "postgresql")


def one_of(column: str, kinds: type[StrEnum]) -> CheckConstraint:
    """The column holds one of the enum's values."""
    values = ", ".join(f"'{kind.value}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


def append_only(table: Table | Any) -> None:
    """Mark a table whose rows are never changed or removed; migrations give it triggers that abort both."""
    table.info["append_only"] = True


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """Statements that make the database itself refuse UPDATE, DELETE and TRUNCATE on a table."""
    if dialect == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refusal}"
            for verb in ("UPDATE", "DELETE")
        ]
    refusal = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"
    row, whole, execute = "FOR EACH ROW", "FOR EACH STATEMENT", "EXECUTE FUNCTION refuse_change()"
    return [
        f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ {refusal} $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {row} {execute}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {whole} {execute}",
    ]


class Database:
    """One database: transactions for writing, snapshots for reading. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = make_engine(url)
        self._reader = self._engine.execution_options(supply_snapshot=True)
        if self._engine.dialect.name == "postgresql":
            self._reader = self._reader.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._writers = sessionmaker(self._engine, expire_on_commit=False)
        self._readers = sessionmaker(self._reader, expire_on_commit=False)
        self._is_migrated = False

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends well and rolls back otherwise.

        Raises one of this module's errors when the database refuses or does not answer.
        """
        with _named_errors():
            self.check_migration()
            with self._writers.begin() as session:
                yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that only reads and sees one moment."""
        with _named_errors():
            self.check_migration()
            with self._readers() as session:
                yield session
                session.rollback()

    def check_migration(self) -> None:
        """Refuse tables of another version than the program's; remembered once it was right."""
        if self._is_migrated:
            return
        with _named_errors():
            found, needed = self.migration(), newest_migration()
        if found != needed:
            raise DatabaseAtAnotherMigration(found=found or "0", needed=needed)
        self._is_migrated = True

    def migration(self) -> str | None:
        """Version of the tables, None when there are none."""
        with self._reader.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def ping(self) -> None:
        """Ask the database; raises when it does not answer or is of another version."""
        with _named_errors():
            found = self.migration()
        if found != newest_migration():
            raise DatabaseAtAnotherMigration(found=found or "0", needed=newest_migration())

    def close(self) -> None:
        self._engine.dispose()


def newest_migration() -> str:
    """Version that this program needs."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "the program carries its migrations"
    return head


def migrate(url: str) -> None:
    """Bring a database to this program's version; makes the SQLite file and its folder when absent."""
    parsed = read_address(url)
    if parsed.get_backend_name() == "sqlite":
        _make_file(parsed.database or ":memory:")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    engine = make_engine(url)
    try:
        with _named_errors(), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # A change of tables waits for those who still read them.
                connection.execute(text("SET LOCAL lock_timeout = 0"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _make_file(name: str) -> None:
    if name == ":memory:" or name.startswith("file:"):
        return
    try:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        if not Path(name).exists():
            Path(name).touch()
    except OSError as error:
        raise DatabaseUnreachable from error


def lock_places(session: Session, codes: Iterable[str], *, first: str | None = None) -> None:
    """Let one writer at a time change these places; held to the end of the transaction.

    `first`, the id of a document, is locked before the places in the same statement. On SQLite the write
    transaction itself is the lock; on PostgreSQL advisory locks in sorted order, so that two writers never
    wait for each other in a circle.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    # A session lives as long as its transaction, so what it locked it holds.
    held: set[str] = session.info.setdefault("locked_places", set())
    wanted = sorted(set(codes) - held - {first})
    if first is not None and first not in held:
        wanted.insert(0, first)
    if wanted:
        # The subquery keeps the order of the array, and PostgreSQL locks row by row.
        session.execute(_LOCK_PLACES, {"codes": wanted})
        held.update(wanted)


_LOCK_PLACES = text(
    "SELECT count(pg_advisory_xact_lock(hashtextextended(code, 0))) "
    "FROM (SELECT code FROM unnest(CAST(:codes AS text[])) AS code) AS listed"
)


def insert_unless_there(session: Session, table: type[Base], **values: object) -> bool:
    """Insert a row unless a unique key of it is taken; true for the one writer whose row it became."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    made = postgresql_insert(table) if is_postgresql else sqlite_insert(table)
    kept: Any = made.values(**values).on_conflict_do_nothing().returning(literal_column("1"))
    return session.execute(kept).first() is not None


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        named = _name(error)
        if named is None:
            raise
        raise named from error
    except (OverflowError, UnicodeEncodeError) as error:
        # SQLite's driver raises these as they are: a number beyond 64 bits, half a surrogate pair. So does
        # arithmetic with a day such as 9999-12-31, which no more can be kept.
        raise NotKeepable from error


_SQLITE_NAMES: dict[str, type[SupplyError]] = {
    "SQLITE_IOERR_SHMSIZE": DatabaseFull,  # no room for the index of the journal, said as "disk i/o error"
    "SQLITE_NOTADB": NotADatabase,
}
_SQLITE_ERRORS: tuple[tuple[str, type[SupplyError]], ...] = (
    ("locked", DatabaseBusy),
    ("readonly", DatabaseReadOnly),
    ("disk is full", DatabaseFull),
    ("unable to open", DatabaseUnreachable),
    ("disk i/o error", DatabaseUnreachable),
    ("unique constraint failed", RecordedMeanwhile),
    ("foreign key constraint failed", ReferenceUnknown),
)
_POSTGRESQL_ERRORS: dict[str, type[SupplyError]] = {
    "22001": NotKeepable,  # too long a text
    "22003": NotKeepable,  # too large a number
    "22008": NotKeepable,  # a day beyond the calendar
    "23503": ReferenceUnknown,
    "23505": RecordedMeanwhile,
    "25006": DatabaseReadOnly,
    "53100": DatabaseFull,
    "55P03": DatabaseBusy,
    "57014": DatabaseBusy,
    "40P01": DatabaseBusy,
    "40001": DatabaseBusy,
}


def _name(error: DBAPIError) -> SupplyError | None:
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRESQL_ERRORS:
        return _POSTGRESQL_ERRORS[state]()
    if isinstance(error, DataError) and state is None:
        # Psycopg itself refuses a NUL before the server sees it.
        return NotKeepable()
    sqlite_name = getattr(error.orig, "sqlite_errorname", None)
    if sqlite_name in _SQLITE_NAMES:
        return _SQLITE_NAMES[sqlite_name]()
    said = str(error.orig).lower()
    for words, named in _SQLITE_ERRORS:
        if words in said:
            return named()
    is_silent = (
        isinstance(error, OperationalError) and state is None and not isinstance(error.orig, sqlite3.Error)
    )
    return DatabaseUnreachable() if error.connection_invalidated or is_silent else None
