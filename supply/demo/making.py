"""Making the demo once and whole: in a new file that takes its name at the end, or in an empty database."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from supply.alerts.queries import runs
from supply.catalog.illustrative import has_illustrative_places
from supply.connections import read_address
from supply.db import Database, DatabaseAtAnotherMigration, migrate
from supply.demo.build import build
from supply.errors import Conflict
from supply.i18n import N_
from supply.people.queries import users


class NotEmpty(Conflict):
    """There is something else in the database."""

    code: ClassVar[str] = "database-not-empty"
    title = N_("The database holds other data. The demo needs an empty one: give another with --database.")


class HalfMade(Conflict):
    """The making was stopped half-way in a database server."""

    code: ClassVar[str] = "demo-half-made"
    title = N_(
        "The making of the demo was stopped half-way. Empty the database, or give another with --database."
    )


def make(url: str, *, today: dt.date, now: dt.datetime, say: Callable[[str], None]) -> bool:
    """Make the demo in this database; false when it is there already. Raises NotEmpty and HalfMade."""
    if _is_made(url):
        return False
    parsed = read_address(url)
    if parsed.get_backend_name() != "sqlite":
        _fill(url, today, now, say)
        return True
    final = Path(str(parsed.database))
    unfinished = final.with_name(f"{final.name}.making")
    for leftover in final.parent.glob(f"{unfinished.name}*"):
        leftover.unlink()
    _fill(parsed.set(database=str(unfinished)).render_as_string(hide_password=False), today, now, say)
    unfinished.replace(final)
    return True


def _fill(url: str, today: dt.date, now: dt.datetime, say: Callable[[str], None]) -> None:
    migrate(url)
    database = Database(url)
    try:
        build(database, today=today, now=now, say=say)
    finally:
        database.close()


def _is_made(url: str) -> bool:
    """True when the demo is there whole."""
    parsed = read_address(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return False
    database = Database(url)
    try:
        with database.snapshot() as session:
            is_empty = not users(session)
            is_demo = has_illustrative_places(session)
            is_whole = bool(runs(session, limit=1))
    except DatabaseAtAnotherMigration as refusal:
        if refusal.facts["found"] == "0":
            return False
        raise
    finally:
        database.close()
    if not is_empty and not is_demo:
        raise NotEmpty
    if is_demo and not is_whole:
        raise HalfMade
    return is_demo
