"""`supply coverage cycle`: who was reached in a cycle, for the terminal. Counts only, no names."""

from contextlib import closing

import click
import msgspec

from supply.coverage.indicators import Figures
from supply.coverage.queries import CycleCoverage, cycle_coverage
from supply.db import Database
from supply.distribution.setting import CycleUnknown
from supply.i18n import N_, gettext, show_mass, show_number, show_percent
from supply.terminal import columns, database_option, json_option


@click.command("cycle")
@click.argument("cycle")
@json_option
@database_option
def cycle_command(cycle: str, database: str, *, as_json: bool) -> None:
    """People targeted and reached in CYCLE by commune, with how many sites have reported."""
    with closing(Database(database)) as db, db.snapshot() as session:
        found = cycle_coverage(session, cycle)
    if found is None:
        raise CycleUnknown(cycle=cycle)
    click.echo(msgspec.json.encode(found) if as_json else _text(found))


def _text(found: CycleCoverage) -> str:
    rows = [(one.pcode, one.name, *_figures(one.figures)) for one in found.communes]
    return columns(
        (N_("Code"), N_("Commune")),
        (N_("Targeted"), N_("Reached"), N_("Coverage"), N_("Sites reported"), N_("Distributed")),
        [*rows, ("", gettext(N_("Total")), *_figures(found.total))],
    )


def _figures(figures: Figures) -> tuple[str, ...]:
    """A figure that nobody reported is a dash, never a nought."""
    share = figures.coverage
    return (
        show_number(figures.targeted),
        "–" if figures.reached is None else show_number(figures.reached),
        "–" if share is None else show_percent(share.numerator, share.denominator),
        f"{show_number(figures.reported_count)} / {show_number(figures.site_count)}",
        show_mass(figures.given_grams),
    )


area_commands = (cycle_command,)
