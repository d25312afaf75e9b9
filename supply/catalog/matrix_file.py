"""A square table of distances as a file: CSV with a code per row and column, or the answer of an OSRM server.

OSRM's `table` service answers metres and seconds of cars between the coordinates it was asked for; saved to a
file, its places are known again by where they lie.
"""

import codecs
import json
from typing import Any, ClassVar

import msgspec

from supply.catalog.sheets import MAX_BYTES, FileTooLarge, FileUnreadable, Record, Sheet, read_sheet
from supply.errors import Invalid
from supply.i18n import N_


class OsrmRow(msgspec.Struct, frozen=True):
    """One source of the answer: its number, where it lies, and its row of figures as in the file."""

    file: str
    number: int
    source: Any
    destinations: list[Any]
    distances: Any
    durations: Any


class TableRow(msgspec.Struct, frozen=True):
    """One row of a CSV table: the code of its place and the cells by the code of their column."""

    file: str
    code: str
    cells: dict[str, str]


class OsrmRefused(Invalid):
    """The server answered with an error."""

    code: ClassVar[str] = "osrm-refused"
    title = N_("{name} holds the server's refusal “{text}”, no table. Ask the server again.")


class OsrmWithoutDistances(Invalid):
    """OSRM answers durations alone unless it is asked for distances."""

    code: ClassVar[str] = "osrm-without-distances"
    title = N_("{name} holds no distances. Ask the server with annotations=duration,distance.")


def read_matrix(name: str, content: bytes) -> Sheet:
    """One record per row of the table; raises FileEmpty, FileTooLarge, FileUnreadable or OSRM's refusals."""
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name=name, megabytes=MAX_BYTES // 1_000_000)
    if content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return _osrm(name, content)
    sheet = read_sheet(name, content)
    first, *codes = sheet.columns
    records = tuple(
        Record(
            record.line,
            record.cells,
            record.extra,
            TableRow(name, record.cells.get(first, ""), {code: record.cells.get(code, "") for code in codes}),
        )
        for record in sheet.records
    )
    return Sheet(tuple(codes), records)


def _osrm(name: str, content: bytes) -> Sheet:
    try:
        # Programs that write NaN make no JSON; read it all the same, so that its place can be named.
        answer = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileUnreadable(name=name, fault=str(error)[:200]) from error
    if answer.get("code", "Ok") != "Ok":
        raise OsrmRefused(name=name, text=str(answer.get("message") or answer["code"])[:200])
    sources, distances = answer.get("sources"), answer.get("distances")
    if not isinstance(distances, list):
        raise OsrmWithoutDistances(name=name)
    if not isinstance(sources, list) or not isinstance(answer.get("destinations"), list):
        raise FileUnreadable(name=name, fault="sources, destinations")
    durations = answer.get("durations")
    rows = max(len(sources), len(distances))
    records = tuple(
        Record(
            number + 1,
            {},
            geometry=OsrmRow(
                file=name,
                number=number,
                source=_at(sources, number),
                destinations=answer["destinations"],
                distances=_at(distances, number),
                durations=_at(durations, number),
            ),
        )
        for number in range(rows)
    )
    return Sheet((), records)


def _at(values: Any, number: int) -> Any:
    return values[number] if isinstance(values, list) and number < len(values) else None
