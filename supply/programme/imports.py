"""Kind of file of the programme: the census per site and group."""

import datetime as dt
from collections import defaultdict

from sqlalchemy.orm import Session

from supply.catalog.importing import Column, Importer, Taken
from supply.catalog.queries import places
from supply.catalog.row_reader import RowReader, TwiceInFile
from supply.catalog.saving import NumberImpossible, ReferenceUnknown
from supply.catalog.words import PlaceKind
from supply.clock import day_of
from supply.i18n import N_
from supply.people.rights import Actor, Right
from supply.programme.define import MAX_PEOPLE, CensusLine, CountedInFuture, SetCensus, set_census
from supply.programme.queries import groups


def take_census(session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime) -> Taken:
    """Record the good rows through the operation, one count for each day and source."""
    sites = {place.code for place in places(session, PlaceKind.SITE)}
    known_groups = {group.code for group in groups(session)}
    first_lines: dict[tuple[str, str], int] = {}
    counts: defaultdict[tuple[dt.date, str, bool], list[CensusLine]] = defaultdict(list)
    for row in rows:
        line = _line(row, sites, known_groups)
        day = row.day("counted_on", default=day_of(now))
        if day > day_of(now):
            row.fault("counted_on", CountedInFuture(counted_on=day, today=day_of(now)))
        key = (row.optional_text("source"), row.flag("is_illustrative"))
        first = first_lines.setdefault((line.site_code, line.group_code), row.line)
        if first != row.line:
            row.fault("site_code", TwiceInFile(text=f"{line.site_code} {line.group_code}", first=first))
        if not row.is_bad:
            counts[day, *key].append(line)
    new = changed = same = 0
    for (day, source, is_illustrative), lines in counts.items():
        command = SetCensus(
            counted_on=day, lines=tuple(lines), source=source, is_illustrative=is_illustrative
        )
        done = set_census(session, command, actor=actor, now=now)
        new, changed, same = new + done.new_count, changed + done.changed_count, same + done.same_count
    return Taken(new_count=new, changed_count=changed, same_count=same)


def _line(row: RowReader, sites: set[str], known_groups: set[str]) -> CensusLine:
    line = CensusLine(
        site_code=row.text("site_code", maximum=32),
        group_code=row.text("group_code", maximum=32),
        people=row.count("people"),
    )
    if line.site_code and line.site_code not in sites:
        row.fault("site_code", ReferenceUnknown(kind=N_("Site"), text=line.site_code))
    if line.group_code and line.group_code not in known_groups:
        row.fault("group_code", ReferenceUnknown(kind=N_("Target group"), text=line.group_code))
    if line.people > MAX_PEOPLE:
        row.fault(
            "people", NumberImpossible(field=N_("People"), value=line.people, minimum=0, maximum=MAX_PEOPLE)
        )
    return line


IMPORTERS: dict[str, Importer] = {
    "census": Importer(
        kind="census",
        title=N_("Census: people per site and group"),
        right=Right.MANAGE_PROGRAMME,
        columns=(
            Column("site_code"),
            Column("group_code"),
            Column("people"),
            Column("counted_on", is_required=False),
            Column("source", is_required=False),
            Column("is_illustrative", is_required=False),
        ),
        take=take_census,
    )
}
