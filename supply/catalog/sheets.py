"""Files as tables: CSV, XLSX and GeoJSON in the encodings and delimiters that offices send.

Recognised by content, never by name: XLSX is a zip file, GeoJSON starts with a brace, all else is CSV in
UTF-8 (with or without mark), UTF-16 with its mark, or Windows-1252, delimited by comma, semicolon or
tabulator.
"""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from supply.errors import Invalid
from supply.i18n import N_

MAX_BYTES = 100_000_000
# 100 MB: Mali's census by village is a tenth of it; larger files are split or were chosen by mistake.
MAX_UNPACKED = 500_000_000
MAX_CELLS = 20_000_000
# What an XLSX may unpack to, and its rows times columns: forty columns for each of half a million rows.
_POSITION = re.compile(
    rb"""<(?:[a-z]+:)?(?:row\b[^<>]*?\br=["']0*([0-9]{1,9})|c\b[^<>]*?\br=["']([A-Z]{1,3})0*([0-9]{1,9}))["']"""
)
# Where a row or a cell says that it stands.
_CHUNK, _LONGEST_TAG = 1_000_000, 200
_DELIMITERS = (",", ";", "\t")


class FileEmpty(Invalid):
    """Nothing in it, or only a header."""

    code: ClassVar[str] = "file-empty"
    title = N_("{name} holds no rows. Export the table again and check that it is the right file.")


class FileTooLarge(Invalid):
    """Larger than anything this service reads at once."""

    code: ClassVar[str] = "file-too-large"
    title = N_("{name} is larger than {megabytes} MB. Split it, or check that it is the right file.")


class FileUnreadable(Invalid):
    """Neither CSV, XLSX nor GeoJSON that can be read."""

    code: ClassVar[str] = "file-unreadable"
    title = N_(
        "{name} cannot be read as CSV, XLSX or GeoJSON: {fault}. Save it again as CSV (UTF-8) or XLSX."
    )


class Record(msgspec.Struct, frozen=True):
    """One row with its line in the file, cells by column name, and the geometry of a GeoJSON feature."""

    line: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()
    geometry: Any = None


class Sheet(msgspec.Struct, frozen=True):
    """A file's columns, as written in its first row, and its rows that are not blank."""

    columns: tuple[str, ...]
    records: tuple[Record, ...]


def read_sheet(name: str, content: bytes) -> Sheet:
    """The table in a file; raises FileEmpty, FileTooLarge or FileUnreadable."""
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name=name, megabytes=MAX_BYTES // 1_000_000)
    if not content.strip():
        raise FileEmpty(name=name)
    if content.startswith(b"PK\x03\x04"):
        sheet = _table(name, _xlsx_rows(name, content))
    elif content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        sheet = _geojson(name, content)
    else:
        sheet = _table(name, _csv_rows(name, _decoded(name, content)))
    if not sheet.records:
        raise FileEmpty(name=name)
    return sheet


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text.partition("\n")[0]:
            # In a later line it is the fault of that row.
            return text
    raise FileUnreadable(name=name, fault="encoding")


def _csv_rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    first, _, rest = text.partition("\n")
    told = first.strip().lower()
    skipped = 0
    if told.startswith("sep=") and len(told) == 5:
        # Excel's own hint at the delimiter.
        text, delimiter, skipped = rest, told[4], 1
    else:
        delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for cells in reader:
            yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise FileUnreadable(name=name, fault=f"{error} ({line})") from error


def _refuse_bomb(name: str, content: bytes) -> None:
    """Refuse a workbook that unpacks to far more than it is, before its reader makes room for all of it.

    The reader fills a whole rectangle up to the last cell, so that one cell at XFD1048576 would take 17
    thousand million. Positions are looked for in every part, since any part may be the sheet.
    """
    size = rows = columns = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for chunk in _chunks(archive):
                size += len(chunk)
                for row, letters, digits in _POSITION.findall(chunk):
                    rows = max(rows, int(row or digits))
                    columns = max(columns, _column_number(letters))
                if size > MAX_UNPACKED or rows * columns > MAX_CELLS:
                    raise FileTooLarge(name=name, megabytes=MAX_BYTES // 1_000_000)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileUnreadable(name=name, fault=str(error)) from error


def _chunks(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Everything in the archive, bit by bit; each bit begins with the end of the one before."""
    for part in archive.infolist():
        with archive.open(part) as stream:
            tail = b""
            while read := stream.read(_CHUNK):
                yield tail + read
                tail = read[-_LONGEST_TAG:]


def _column_number(letters: bytes) -> int:
    """`A` is 1, `AA` is 27; no letters are none."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _xlsx_rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only XLSX needs it

    _refuse_bomb(name, content)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise FileUnreadable(name=name, fault=str(error)) from error
    for line, row in enumerate(rows, start=1):
        yield line, [_cell_text(cell) for cell in row]


def _cell_text(cell: object) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.date():
            return cell.isoformat()
    return str(cell)


def _table(name: str, rows: Iterable[tuple[int, list[str]]]) -> Sheet:
    """First row that is not blank as header; a row of HXL tags below it is left out."""
    columns: tuple[str, ...] = ()
    records: list[Record] = []
    for line, raw in rows:
        cells = [cell.strip() for cell in raw]
        if not any(cells):
            continue
        if not columns:
            columns = _trimmed(cells)
        elif not records and all(cell.startswith("#") for cell in cells if cell):
            continue
        else:
            extra = tuple(cell for cell in cells[len(columns) :] if cell)
            records.append(Record(line, dict(zip(columns, cells, strict=False)), extra))
    if not columns:
        raise FileEmpty(name=name)
    return Sheet(columns, tuple(records))


def _trimmed(header: list[str]) -> tuple[str, ...]:
    while header and not header[-1]:
        header.pop()
    return tuple(header)


def _geojson(name: str, content: bytes) -> Sheet:
    """One row per feature, numbered from 1; the properties are its cells."""
    try:
        file = msgspec.json.decode(content.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, RecursionError) as error:
        raise FileUnreadable(name=name, fault=str(error)) from error
    features = file.get("features")
    if not isinstance(features, list) or not all(_is_feature(one) for one in features):
        raise FileUnreadable(name=name, fault="features")
    records = tuple(
        Record(
            number,
            {
                key: "" if value is None else _cell_text(value)
                for key, value in (one.get("properties") or {}).items()
            },
            geometry=one.get("geometry"),
        )
        for number, one in enumerate(features, start=1)
    )
    columns = tuple(dict.fromkeys(key for record in records for key in record.cells))
    return Sheet((*columns, "geometry"), records)


def _is_feature(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("properties") or {}, dict)
