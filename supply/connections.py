"""Engines of both dialects: how connections are made, begun, trusted and given up.

What differs between SQLite and PostgreSQL stands here and in `db`, and nowhere else.
"""

import os
import select
import sqlite3
import time
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from supply.errors import Invalid, Unavailable
from supply.i18n import N_

BUSY_TIMEOUT_MS = 5000
# How long a writer waits for another before the person is told; a write takes about 2 ms.
TRUSTED_SECONDS = 5.0
# A pooled connection that answered so lately is not asked whether it lives: a tenth of a transaction's time.
DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
# What an address may begin with, and the driver that is used for it.


class DatabaseAddressUnreadable(Invalid):
    """No address of a SQLite or PostgreSQL database; it may hold a password, so it is not shown."""

    code: ClassVar[str] = "database-address-unreadable"
    title = N_(
        "The address of the database cannot be read. Write it as sqlite:///folder/file.sqlite or "
        "postgresql://user:password@host/name."
    )


class DatabaseAbsent(Unavailable):
    """No file is where the address says."""

    code: ClassVar[str] = "database-absent"
    title = N_("There is no database file {file}. Correct its address, or make it with “supply migrate”.")


def read_address(url: str) -> URL:
    """The parts of a database's address, with the driver used here; raises DatabaseAddressUnreadable."""
    try:
        parsed = make_url(url)
        return parsed.set(drivername=DRIVERS[parsed.drivername])
    except (ArgumentError, KeyError, ValueError) as error:
        raise DatabaseAddressUnreadable from error


def make_engine(url: str) -> Engine:
    """The engine of a database's address; it makes no SQLite file. Raises DatabaseAddressUnreadable."""
    parsed = read_address(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
        event.listen(engine, "do_connect", _refuse_absent_file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # The address's own options stand behind ours: of two values PostgreSQL takes the last.
    options = " ".join([f"-c lock_timeout={BUSY_TIMEOUT_MS}", *parsed.normalized_query.get("options", ())])
    engine = create_engine(parsed, pool_size=20, max_overflow=20, connect_args={"options": options})
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", partial(_ask_when_doubtful, engine))
    return engine


def _note_return(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["returned"] = time.monotonic()


def _ask_when_doubtful(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask whether a pooled connection still lives when it was idle for long or its socket has news.

    A server that ends says so on the socket. SQLAlchemy's own `pool_pre_ping` asks before each transaction.
    """
    returned = record.info.get("returned")
    if returned is None:
        return
    news = select.poll()
    news.register(connection, select.POLLIN)
    if not news.poll(0) and time.monotonic() - returned < TRUSTED_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.OperationalError as error:
        raise InvalidatePoolError from error


def _refuse_absent_file(_dialect: object, _record: object, places: tuple[Any, ...], _options: object) -> None:
    """SQLite would make an empty file, and a mistyped address would look like a database without tables."""
    file = str(places[0])
    if file != ":memory:" and not file.startswith("file:") and not os.access(file, os.F_OK):
        raise DatabaseAbsent(file=file)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN is deferred, which makes concurrent writers fail; ours comes from `begin`.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    with suppress(sqlite3.OperationalError):
        # A read-only file keeps its journal mode; reading works, writing is refused with its own error.
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    is_snapshot = connection.get_execution_options().get("supply_snapshot", False)
    connection.exec_driver_sql("BEGIN" if is_snapshot else "BEGIN IMMEDIATE")
