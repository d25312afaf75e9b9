"""`supply verify`: exit code 0 only when no gram is missing and every rule holds."""

import sys

import click
import msgspec

from supply import clock
from supply.audit.report import report_of
from supply.audit.verify import Verification, verify
from supply.db import Database
from supply.i18n import N_, show_mass, translate
from supply.terminal import database_option


@click.command("verify")
@database_option
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON, with every lot and finding.")
def verify_command(database: str, *, as_json: bool) -> None:
    """Recompute everything from the ledger; exit code 0 only when no gram is missing."""
    opened = Database(database)
    try:
        with opened.snapshot() as session:
            found = verify(session, now=clock.now())
    finally:
        opened.close()
    click.echo(msgspec.json.encode(report_of(found)) if as_json else _text(found))
    sys.exit(0 if found.is_right else 1)


def _text(found: Verification) -> str:
    lines = []
    for one in found.products:
        facts = msgspec.structs.asdict(one)
        lines.append(
            translate(
                N_(
                    "{product_code}: bought {bought:mass} = in stores {in_stores:mass} "
                    "+ at sites {at_sites:mass} "
                    "+ on the road {in_transit:mass} + distributed {distributed:mass} + lost {lost:mass} "
                    "+ returned {returned:mass} − found by counts {found:mass}; gap {gap:mass}"
                ),
                facts,
            )
        )
    lines += [f"{one.code}: {one.text()}" for one in found.findings]
    counts = {"documents": found.document_count, "movements": found.movement_count, "lots": len(found.lots)}
    lines.append(
        translate(N_("{documents} documents, {movements} movements, {lots} lots were checked."), counts)
    )
    lines.append(
        translate(N_("All is right: the gap is 0 kg."), {})
        if found.is_right
        else translate(
            N_("Not right: {faults} findings, a gap of {gap}."),
            {"faults": len(found.faults), "gap": show_mass(found.gap_grams)},
        )
    )
    return "\n".join(lines)


commands = (verify_command,)
