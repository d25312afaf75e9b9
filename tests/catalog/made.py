"""What tests of the catalogue make: an administrator, and an import in one call."""

from typing import Any

from supply.catalog.importing import Imported, import_file
from supply.catalog.imports import IMPORTERS
from supply.db import Database
from supply.people.rights import Actor
from tests.world import NOW

COMMUNES = (
    "adm3_pcode,adm3_name,adm2_pcode,adm2_name,adm1_pcode,adm1_name,lat,lon\n"
    "ML030305,Kebila,ML0303,Kolondieba,ML03,Sikasso,11.27,-7.04\n"
    "ML030302,Fakola,ML0303,Kolondieba,ML03,Sikasso,10.54,-6.92\n"
)


def send(
    database: Database, actor: Actor, kind: str, content: str | bytes, name: str = "file.csv"
) -> Imported:
    """Import a file in its own transaction."""
    raw = content.encode() if isinstance(content, str) else content
    with database.transaction() as session:
        return import_file(session, IMPORTERS, kind, name, raw, actor=actor, now=NOW)


def reasons(done: Imported) -> list[tuple[int, str, str]]:
    """Line, column and code of each fault."""
    return [(row.line, row.column, row.code) for row in done.bad]


def counts(done: Imported) -> tuple[int, int, int, int]:
    """Good, new, changed, as before."""
    return done.good_count, done.new_count, done.changed_count, done.same_count


def asdict(row: Any) -> dict[str, Any]:
    """Fields of a row."""
    return {name: getattr(row, name) for name in row.__struct_fields__}
