"""Command line: import of a file."""

import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import click

from supply import clock
from supply.catalog.importing import Imported, Importer, import_file
from supply.catalog.sheets import MAX_BYTES, FileTooLarge
from supply.db import Database
from supply.errors import NotFound
from supply.i18n import N_, translate
from supply.people.queries import UserUnknown, users
from supply.people.rights import Actor
from supply.people.sessions import actor_named
from supply.people.words import Role
from supply.terminal import database_option

CONSOLE = Actor(user_id=UUID(int=0), login="console", name="console", role=Role.ADMINISTRATOR)
# Reference data may be loaded before anybody was let in; whoever can start the program owns the database.


class FileAbsent(NotFound):
    """No such file, or none that this person may read."""

    code: ClassVar[str] = "file-absent"
    title = N_("There is no file {name} that can be read.")


def import_command(importers: Mapping[str, Importer]) -> click.Command:
    """The command `import` over these kinds."""

    @click.command(
        "import", help=f"Import FILE (CSV, XLSX, GeoJSON) of KIND: {', '.join(sorted(importers))}."
    )
    @click.argument("kind")
    @click.argument("file", type=click.Path(path_type=Path))
    @database_option
    @click.option("--as", "login", default=None, help="Log-in name to act as; else the first administrator.")
    def run(kind: str, file: Path, database: str, login: str | None) -> None:
        content = _read_sheet(file)
        with closing(Database(database)) as db:
            actor = _actor(db, login)
            with db.transaction() as session:
                done = import_file(session, importers, kind, file.name, content, actor=actor, now=clock.now())
        _tell(done)
        if done.bad:
            sys.exit(1)

    return run


def read_file(file: Path) -> bytes:
    """What the file holds; raises FileAbsent."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileAbsent(name=str(file)) from error


def _read_sheet(file: Path) -> bytes:
    if file.is_file() and file.stat().st_size > MAX_BYTES:
        raise FileTooLarge(name=file.name, megabytes=MAX_BYTES // 1_000_000)
    return read_file(file)


def _actor(db: Database, login: str | None) -> Actor:
    with db.snapshot() as session:
        if login is None:
            known = [
                user.login for user in users(session) if user.is_active and user.role == Role.ADMINISTRATOR
            ]
            if not known:
                return CONSOLE
            login = known[0]
        actor = actor_named(session, login)
    if actor is None:
        raise UserUnknown(login=login)
    return actor


def _tell(done: Imported) -> None:
    if done.is_repeat:
        click.echo(translate(N_("{name} was imported before; nothing changed."), {"name": done.name}))
    counts = {
        "good": done.good_count,
        "new": done.new_count,
        "changed": done.changed_count,
        "same": done.same_count,
        "bad": len({row.line for row in done.bad}),
    }
    told = N_("{good} good rows: {new} new, {changed} changed, {same} as before. {bad} bad rows.")
    click.echo(translate(told, counts))
    if done.ignored_columns:
        click.echo(translate(N_("Columns not used: {columns}"), {"columns": list(done.ignored_columns)}))
    for row in done.bad:
        where = translate(N_("line {line}, {column}"), {"line": row.line, "column": row.column or "–"})
        click.echo(f"{where}: {row.code}: {row.text}", err=True)
