"""Import of outside files: what a kind of file holds, reading it row by row, and what came of it.

An area lists its kinds in `IMPORTERS` of its own `imports` module; the web service and the command line
gather them. All good rows are stored, every bad row is returned with its line, column and reason, and nothing
is dropped in silence.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.models import ImportedFile
from supply.catalog.row_reader import BadRow, RowReader, TwiceInFile
from supply.catalog.saving import Saved
from supply.catalog.sheets import Sheet, read_sheet
from supply.clock import day_of
from supply.db import Base
from supply.errors import Invalid, NotFound, SupplyError
from supply.i18n import N_
from supply.people.rights import Actor, Right, require


class Column(msgspec.Struct, frozen=True):
    """A column by our name, and the names it has in files of others."""

    name: str
    is_required: bool = True
    aliases: tuple[str, ...] = ()


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What storing the rows changed; the bad rows are in their readers."""

    new_count: int = 0
    changed_count: int = 0
    same_count: int = 0


class Importer(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of file: its columns, and `take(session, rows, actor=, now=)` which stores the good rows.

    `read` for files that are no table with named columns; then `take` finds its way in them itself.
    """

    kind: str
    title: str
    right: Right
    columns: tuple[Column, ...]
    take: Callable[..., Taken]
    read: Callable[[str, bytes], Sheet] | None = None


class Importers(msgspec.Struct, frozen=True):
    """The kinds of files of every area, as the service hands them to pages."""

    by_kind: dict[str, Importer]


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file; `is_repeat` when it was known and changed nothing."""

    kind: str
    name: str
    content_hash: str
    good_count: int
    new_count: int
    changed_count: int
    same_count: int
    bad: tuple[BadRow, ...]
    ignored_columns: tuple[str, ...]
    is_repeat: bool


class KindUnknown(NotFound):
    """No importer for this kind."""

    code: ClassVar[str] = "import-kind-unknown"
    title = N_("“{kind}” is no kind of file; choose one of {kinds}.")


class WrongHeader(Invalid):
    """The first row does not name the columns that are needed."""

    code: ClassVar[str] = "wrong-header"
    title = N_(
        "{name} lacks the columns {missing}. Expected: {expected}. Found: {found}. "
        "Correct the first row, or choose another kind of file."
    )


class ColumnTwice(Invalid):
    """Two columns of the file mean the same."""

    code: ClassVar[str] = "column-twice"
    title = N_("{name} has the column {column} twice; keep one of them.")


def import_file(
    session: Session,
    importers: Mapping[str, Importer],
    kind: str,
    name: str,
    content: bytes,
    *,
    actor: Actor,
    now: dt.datetime,
) -> Imported:
    """Store the good rows of a file and answer the bad ones; the same clean file again changes nothing."""
    importer = importers.get(kind)
    if importer is None:
        raise KindUnknown(kind=kind, kinds=sorted(importers))
    require(actor, importer.right)
    content_hash = hashlib.sha256(content).hexdigest()
    known = session.get(ImportedFile, (kind, content_hash))
    if known is not None and known.bad_count == 0:
        return _repeated(known)
    sheet = (importer.read or read_sheet)(name, content)
    column_in_file, ignored = ({}, ()) if importer.read else _columns(name, importer, sheet.columns)
    rows = tuple(RowReader(record, column_in_file) for record in sheet.records)
    taken = importer.take(session, rows, actor=actor, now=now)
    bad = tuple(fault for row in rows for fault in row.faults)
    imported = Imported(
        kind=kind,
        name=name,
        content_hash=content_hash,
        good_count=sum(not row.is_bad for row in rows),
        new_count=taken.new_count,
        changed_count=taken.changed_count,
        same_count=taken.same_count,
        bad=bad,
        ignored_columns=ignored,
        is_repeat=known is not None and taken.new_count + taken.changed_count == 0,
    )
    _remember(session, known, imported, sum(row.is_bad for row in rows), now)
    return imported


def _columns(name: str, importer: Importer, found: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The file's column for each of ours, and the file's columns that mean nothing here."""
    by_folded: dict[str, str] = {}
    for theirs in found:
        if theirs and theirs.casefold() in by_folded:
            raise ColumnTwice(name=name, column=theirs)
        by_folded[theirs.casefold()] = theirs
    matched: dict[str, str] = {}
    for column in importer.columns:
        known = next((by_folded[one] for one in (column.name, *column.aliases) if one in by_folded), None)
        if known is not None:
            matched[column.name] = known
    missing = [
        column.name for column in importer.columns if column.is_required and column.name not in matched
    ]
    if missing:
        expected = [column.name for column in importer.columns if column.is_required]
        raise WrongHeader(name=name, missing=missing, expected=expected, found=list(found))
    used = set(matched.values())
    return matched, tuple(theirs for theirs in found if theirs and theirs not in used)


def _remember(
    session: Session, known: ImportedFile | None, imported: Imported, bad_count: int, now: dt.datetime
) -> None:
    report: dict[str, Any] = msgspec.to_builtins(imported)
    if known is None:
        session.add(
            ImportedFile(
                kind=imported.kind,
                content_hash=imported.content_hash,
                name=imported.name[:200],
                imported_on=day_of(now),
                good_count=imported.good_count,
                bad_count=bad_count,
                report=report,
            )
        )
    else:
        known.imported_on, known.good_count, known.bad_count = day_of(now), imported.good_count, bad_count
        known.report = report
    session.flush()


def _repeated(known: ImportedFile) -> Imported:
    before = msgspec.convert(known.report, Imported)
    return msgspec.structs.replace(
        before, new_count=0, changed_count=0, same_count=before.good_count, is_repeat=True
    )


def imported_report(session: Session, kind: str, content_hash: str) -> Imported | None:
    """What came of a file when it was last imported."""
    known = session.get(ImportedFile, (kind, content_hash))
    return None if known is None else msgspec.convert(known.report, Imported)


def by_operation(
    table: type[Base],
    key: str,
    command: Callable[[RowReader], Any],
    operation: Callable[..., Saved],
    *,
    columns_of: Mapping[str, tuple[str, ...]] | None = None,
) -> Callable[..., Taken]:
    """A `take` that saves each row through an operation, whose refusal becomes the row's fault.

    What the file has no column for stays as it was in the table; `columns_of` names the columns of a field of
    the command where they are called otherwise.
    """

    def take(session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime) -> Taken:
        new = changed = same = 0
        line_by_primary: dict[tuple[str, ...], int] = {}
        for row in rows:
            wanted = command(row)
            if row.is_bad:
                continue
            primary = tuple(getattr(wanted, column.name) for column in table.__mapper__.primary_key)
            if primary in line_by_primary:
                row.fault(key, TwiceInFile(text=" → ".join(primary), first=line_by_primary[primary]))
                continue
            try:
                wanted = _with_kept(session, table, wanted, row, columns_of or {})
                saved = operation(session, wanted, actor=actor, now=now)
            except SupplyError as error:
                row.refuse(error, key)
                continue
            line_by_primary[primary] = row.line
            new += saved.is_new
            changed += saved.is_changed
            same += not saved.is_new and not saved.is_changed
        return Taken(new_count=new, changed_count=changed, same_count=same)

    return take


def _with_kept(
    session: Session,
    table: type[Base],
    wanted: msgspec.Struct,
    row: RowReader,
    columns_of: Mapping[str, tuple[str, ...]],
) -> Any:
    """The command with the stored values of the fields that the file says nothing about."""
    silent = [
        name
        for name in wanted.__struct_fields__
        if name != "kind" and not any(row.has(column) for column in columns_of.get(name, (name,)))
    ]
    primary = tuple(getattr(wanted, column.name) for column in table.__mapper__.primary_key)
    known = session.get(table, primary) if silent else None
    if known is None:
        return wanted
    kept = {name: getattr(known, name) for name in silent}
    return msgspec.structs.replace(
        wanted, **{name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    )
