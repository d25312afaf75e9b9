"""Pages: send a file to import, and what came of it, row by row."""

import datetime as dt
from typing import Any, ClassVar

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody
from litestar.response import Response, Template

from supply.catalog import queries
from supply.catalog.importing import Imported, Importers, import_file, imported_report
from supply.catalog.row_reader import BadRow
from supply.catalog.rows import ImportRow
from supply.catalog.sheets import MAX_BYTES
from supply.db import Database
from supply.errors import NotFound
from supply.i18n import N_, gettext
from supply.people.rights import Actor, require
from supply.people.words import Role
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.parts import Pager

UPLOAD_BYTES = MAX_BYTES + 1_000_000
# The file itself is refused by its own named error; this is the file and the form around it.
ROWS_PER_PAGE = 100


class ReportUnknown(NotFound):
    """No such import."""

    code: ClassVar[str] = "import-unknown"
    title = N_("This file was never imported here.")


class KindLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of file holds."""

    title: str
    kind: str
    required: str
    optional: str


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was imported."""

    name: str
    href: str
    kind: str
    imported_on: dt.date
    good_count: int
    bad_count: int


class ImportsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form, the kinds of files, and what was imported."""

    form: Form | None
    kinds: tuple[KindLine, ...]
    history: tuple[HistoryLine, ...]


class BadLine(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of one row, in the reader's words."""

    line: int
    column: str | None
    code: str
    text: str


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file."""

    name: str
    title: str
    report: Imported
    bad_count: int
    bad: tuple[BadLine, ...]
    pager: Pager | None
    ignored: str


class ImportPages(Controller):
    """Imports of files."""

    path = "/imports"
    include_in_schema = False

    @get("/", operation_id="ImportForm", sync_to_thread=True)
    def import_form(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        importers: NamedDependency[Importers],
    ) -> Template:
        return _imports(db, importers, actor, "", Faults())

    @post(
        "/",
        operation_id="ImportSubmit",
        sync_to_thread=True,
        status_code=303,
        request_max_body_size=UPLOAD_BYTES,
    )
    def import_submit(
        self,
        *,
        data: MultipartBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        importers: NamedDependency[Importers],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(
            {name: value for name, value in data.items() if not isinstance(value, UploadFile)}
        )

        def attempt() -> Response[Any]:
            kind = reader.choice("kind", importers.by_kind)
            name, content = _sent(data.get("file"), reader)
            reader.finish()
            with db.transaction() as session:
                done = import_file(session, importers.by_kind, kind, name, content, actor=actor, now=now)
            told = N_("This file was imported before; nothing changed.") if done.is_repeat else None
            return see_other(f"/imports/{done.kind}/{done.content_hash}", told)

        return submit(
            attempt, again=lambda faults: _imports(db, importers, actor, reader.raw("kind"), faults)
        )

    @get("/{kind:str}/{content_hash:str}", operation_id="ImportReport", sync_to_thread=True)
    def report(
        self,
        *,
        kind: FromPath[str],
        content_hash: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        importers: NamedDependency[Importers],
        start: FromQuery[int] = 0,
    ) -> Template:
        # Bad rows are quoted, names of people among them.
        if kind in importers.by_kind and actor.role is not Role.AUDITOR:
            require(actor, importers.by_kind[kind].right)
        with db.snapshot() as session:
            report = imported_report(session, kind, content_hash)
        if report is None:
            raise ReportUnknown
        content = _report(report, importers, max(0, min(start, len(report.bad))))
        return page("catalog/report.html", content, title=report.name)


def _sent(file: object, reader: FormReader) -> tuple[str, bytes]:
    if not isinstance(file, UploadFile) or not file.filename:
        reader.fault("file", N_("Choose a file."))
        return "", b""
    return file.filename, file.file.read()


def _imports(db: Database, importers: Importers, actor: Actor, kind: str, faults: Faults) -> Template:
    allowed = {one.kind: one for one in importers.by_kind.values() if actor.may(one.right)}
    with db.snapshot() as session:
        history = queries.imported_files(session)
    content = ImportsPage(
        form=_form(importers, tuple(allowed), kind, faults) if allowed else None,
        kinds=tuple(
            KindLine(
                title=gettext(one.title),
                kind=one.kind,
                required=", ".join(column.name for column in one.columns if column.is_required)
                or gettext(N_("a code per row and column")),
                optional=", ".join(column.name for column in one.columns if not column.is_required),
            )
            for one in importers.by_kind.values()
        ),
        history=tuple(_history(row, importers) for row in history),
    )
    return page("catalog/imports.html", content, title=N_("Imports"))


def _form(importers: Importers, allowed: tuple[str, ...], kind: str, faults: Faults) -> Form:
    options = tuple(Option(one, gettext(importers.by_kind[one].title), one == kind) for one in allowed)
    return Form(
        action="/imports",
        id="import",
        fields=(
            Field(
                name="kind",
                label=gettext(N_("What the file holds")),
                kind="select",
                options=options,
                is_required=True,
                error=faults.fields.get("kind"),
            ),
            Field(
                name="file",
                label=gettext(N_("File")),
                kind="file",
                is_required=True,
                hint=gettext(N_("CSV, XLSX or GeoJSON, at most 100 MB; the first row names the columns.")),
                error=faults.fields.get("file"),
            ),
        ),
        submit_label=gettext(N_("Import")),
        error_summary=faults.summary_rows(),
    )


def _history(row: ImportRow, importers: Importers) -> HistoryLine:
    known = importers.by_kind.get(row.kind)
    return HistoryLine(
        name=row.name,
        href=f"/imports/{row.kind}/{row.content_hash}",
        kind=gettext(known.title) if known else row.kind,
        imported_on=row.imported_on,
        good_count=row.good_count,
        bad_count=row.bad_count,
    )


def _report(report: Imported, importers: Importers, start: int) -> ReportPage:
    end = min(start + ROWS_PER_PAGE, len(report.bad))
    address = f"/imports/{report.kind}/{report.content_hash}?start="
    pager = Pager(
        first=start + 1,
        last=end,
        total=len(report.bad),
        previous_href=f"{address}{max(0, start - ROWS_PER_PAGE)}" if start else None,
        next_href=f"{address}{end}" if end < len(report.bad) else None,
    )
    known = importers.by_kind.get(report.kind)
    return ReportPage(
        name=report.name,
        title=gettext(known.title) if known else report.kind,
        report=report,
        bad_count=len({row.line for row in report.bad}),
        bad=tuple(_bad(row) for row in report.bad[start:end]),
        pager=pager if len(report.bad) > ROWS_PER_PAGE else None,
        ignored=", ".join(report.ignored_columns),
    )


def _bad(row: BadRow) -> BadLine:
    return BadLine(line=row.line, column=row.column or None, code=row.code, text=row.text)
