"""`supply programme needs`: what each site needs in a cycle, for the terminal."""

from contextlib import closing

import click
import msgspec

from supply.db import Database
from supply.i18n import N_, show_mass, show_number
from supply.programme import queries
from supply.programme.cycles import CycleUnknown
from supply.programme.rows import Need
from supply.terminal import columns, database_option, json_option


@click.command("needs")
@click.argument("cycle")
@json_option
@database_option
def needs_command(cycle: str, database: str, *, as_json: bool) -> None:
    """What each site needs of each product in CYCLE: exactly, in whole packs, and the rounding between."""
    with closing(Database(database)) as db, db.snapshot() as session:
        if queries.cycle(session, cycle) is None:
            raise CycleUnknown(cycle=cycle)
        found = queries.needs(session, cycle)
    click.echo(msgspec.json.encode(found) if as_json else _text(found))


def _text(found: tuple[Need, ...]) -> str:
    return columns(
        (N_("Site"), N_("Name"), N_("Product")),
        (N_("People"), N_("People × ration"), N_("Needed"), N_("Rounding")),
        ((row.site_code, row.site_name, row.product_code, *_figures(row)) for row in found),
    )


def _figures(row: Need) -> tuple[str, ...]:
    """A dash while a group of the site was never counted: that is not nought."""
    masses = (row.exact_grams, row.rounded_grams, row.rounding_grams)
    people = "–" if row.people is None else show_number(row.people)
    return (people, *("–" if grams is None else show_mass(grams) for grams in masses))


area_commands = (needs_command,)
