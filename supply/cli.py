"""The command line: gathers every area's commands and turns its operations into commands."""

import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import msgspec

from supply import clock
from supply.catalog.cli import import_command, read_file
from supply.catalog.importing import Importer
from supply.db import Database, migrate
from supply.errors import Invalid, NotFound, SupplyError
from supply.i18n import LANGUAGES, N_, language, set_language
from supply.operation import Operation, decode
from supply.people.sessions import actor_named
from supply.people.users import AddUser, found
from supply.people.words import Role
from supply.settings import Settings, read_settings
from supply.terminal import database_option

AREAS = (
    "people",
    "alerts",
    "catalog",
    "inventory",
    "programme",
    "procurement",
    "routing",
    "distribution",
    "coverage",
    "audit",
    "demo",
)


class NoSuchUser(NotFound):
    """The command line acts in somebody's name."""

    code = "no-such-user"
    title = N_("There is no active user {login}; name one with --as.")


class SettingUnreadable(Invalid):
    """An environment variable of the program holds what it cannot be set to."""

    code = "setting-unreadable"
    title = N_("A setting of the environment cannot be read: {fault}.")


class _Group(click.Group):
    """Turns our refusals into one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SupplyError as error:
            click.echo(f"{error.code}: {error.message()}", err=True)
            ctx.exit(1)


@click.group(cls=_Group)
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help="Language of messages.")
def main(lang: str | None) -> None:
    """Supply chain of preventive nutrition packages."""
    set_language(lang or language())
    try:
        settings = read_settings()
    except msgspec.ValidationError as error:
        raise SettingUnreadable(fault=str(error)) from error
    set_language(lang or settings.default_language)


@main.command("migrate")
@database_option
def migrate_command(database: str) -> None:
    """Bring the database to this program's version."""
    migrate(database)
    click.echo("ok")


@main.command("serve")
@database_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve_command(database: str, host: str, port: int) -> None:
    """Answer requests; run the scheduled jobs too unless SUPPLY_SCHEDULER_IN_PROCESS=false."""
    from supply.serving import serve  # noqa: PLC0415 - other commands start faster without the web

    click.echo(f"http://{host}:{port}")
    serve(database, host, port)


@main.command("worker")
@database_option
def worker_command(database: str) -> None:
    """Run the scheduled jobs only, beside web processes that do not."""
    from supply.worker import work  # noqa: PLC0415 - as for serve

    work(_settings(database))


def _settings(database: str) -> Settings:
    return msgspec.structs.replace(read_settings(), database_url=database)


@main.command("found")
@database_option
@click.argument("login")
@click.argument("name")
@click.password_option()
def found_command(database: str, login: str, name: str, password: str) -> None:
    """Make the first administrator of an empty service."""
    command = AddUser(login=login, name=name, role=Role.ADMINISTRATOR, password=password)
    with closing(Database(database)) as db, db.transaction() as session:
        found(session, command, now=clock.now())
    click.echo(login)


def _operation_command(operation: Operation) -> click.Command:
    @click.command(
        operation.name, help=f"{operation.summary}. Reads the command as JSON from FILE or - (stdin)."
    )
    @click.argument("file", type=click.Path(allow_dash=True), default="-")
    @click.option("--as", "login", required=True, help="Log-in name of the user in whose name this is done.")
    @database_option
    def run(file: str, login: str, database: str) -> None:
        content = sys.stdin.buffer.read() if file == "-" else read_file(Path(file))
        command = decode(content, operation.command)
        with closing(Database(database)) as db:
            with db.snapshot() as session:
                actor = actor_named(session, login)
            if actor is None:
                raise NoSuchUser(login=login)
            with db.transaction() as session:
                result = operation.run(session, command, actor=actor, now=clock.now())
            click.echo(msgspec.json.encode(result))
            if operation.begins is not None:
                operation.begins(db, result).result()

    return run


def _gather() -> None:
    """Top-level commands of each area, and a group per area with its reads and operations."""
    importers: dict[str, Importer] = {}
    for area in AREAS:
        importers.update(getattr(_optional(f"supply.{area}.imports"), "IMPORTERS", {}))
        shell = _optional(f"supply.{area}.cli")
        for command in getattr(shell, "commands", ()):
            main.add_command(command)
        operations: tuple[Operation, ...] = getattr(_optional(f"supply.{area}.operations"), "OPERATIONS", ())
        reads: tuple[click.Command, ...] = getattr(shell, "area_commands", ())
        if operations or reads:
            group = click.Group(area, help=f"Reads and operations of {area}.")
            for one in (*reads, *(_operation_command(operation) for operation in operations)):
                group.add_command(one)
            main.add_command(group)
    main.add_command(import_command(importers))


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


_gather()
