"""`supply demo`: a living programme on this machine, ready to try."""

import os
import sys
import time

import click

from supply import clock
from supply.demo.making import make
from supply.demo.staff import LOGINS, PASSWORD
from supply.i18n import N_, gettext
from supply.people.rights import ROLE_NAMES
from supply.serving import serve
from supply.settings import read_settings
from supply.terminal import database_option


@click.command("demo")
@database_option
@click.option("--no-serve", is_flag=True, help="Make the demo and stop.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def demo_command(*, database: str, no_serve: bool, host: str, port: int) -> None:
    """Make a demo programme, unless it is there, and serve it."""
    started = time.monotonic()

    def say(what: str) -> None:
        click.echo(f"  {time.monotonic() - started:4.0f} s  {what}", err=True)

    now = clock.now()
    is_new = make(database, today=clock.day_of(now, read_settings().zone), now=now, say=say)
    if is_new:
        click.echo(gettext(N_("The demo is made. Its figures are invented; see fixtures/SOURCES.md.")))
    if no_serve:
        return
    if is_new:
        # Making it took the planner into memory, which the service does without; so begin anew.
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - no shell is wanted
    click.echo(f"\n  http://{host}:{port}\n")
    for one in LOGINS:
        click.echo(f"  {one.login:16} {PASSWORD:18} {gettext(ROLE_NAMES[one.role])} {' '.join(one.places)}")
    click.echo()
    click.echo(gettext(N_("Stop with Ctrl+C.")))
    serve(database, host, port)


commands = (demo_command,)
