"""Pages of the census: people per site and group, and the form that counts a site again."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template

from supply.catalog.pages.browse import NoSuchRow
from supply.catalog.pages.section import filled, flag, number, text
from supply.catalog.queries import place, places
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.i18n import N_, gettext
from supply.people.rights import Actor, Right, require
from supply.programme import queries, rows
from supply.programme.define import CensusLine, SetCensus, set_census
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit


class CensusRow(msgspec.Struct, frozen=True, kw_only=True):
    """A site: people per group in the order of the groups, None where nobody counted."""

    site: str
    href: str
    people: tuple[int | None, ...]
    total: int | None
    counted_on: dt.date | None
    is_illustrative: bool


class CensusPage(msgspec.Struct, frozen=True, kw_only=True):
    """All active sites, with totals of what was counted."""

    groups: tuple[str, ...]
    rows: tuple[CensusRow, ...]
    totals: tuple[int, ...]
    total: int
    uncounted_count: int
    sources: tuple[str, ...]
    may_edit: bool
    may_import: bool


class CountPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form of one site."""

    site: str
    form: Form


class CensusPages(Controller):
    """The census."""

    path = "/programme/census"
    include_in_schema = False

    @get("/", operation_id="ProgrammeCensus", sync_to_thread=True)
    def census(self, db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Template:
        with db.snapshot() as session:
            groups = queries.groups(session)
            counted = {(row.site_code, row.group_code): row for row in queries.census(session)}
            sites = places(session, PlaceKind.SITE, only_active=True)
        lines = tuple(_row(site.code, site.name, groups, counted) for site in sites)
        may_edit = actor.may(Right.MANAGE_PROGRAMME)
        content = CensusPage(
            groups=tuple(group.name for group in groups),
            rows=lines,
            totals=tuple(sum(line.people[one] or 0 for line in lines) for one in range(len(groups))),
            total=sum(line.total or 0 for line in lines),
            uncounted_count=sum(None in line.people for line in lines),
            sources=tuple(sorted({row.source for row in counted.values() if row.source})),
            may_edit=may_edit,
            may_import=may_edit,
        )
        return page("programme/census.html", content, title=N_("Census"))

    @get("/{code:str}", operation_id="ProgrammeCountForm", sync_to_thread=True)
    def count_form(
        self,
        *,
        code: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        require(actor, Right.MANAGE_PROGRAMME, code)
        return _count(db, code, today, None, Faults())

    @post("/{code:str}", operation_id="ProgrammeCountSubmit", sync_to_thread=True, status_code=303)
    def count_submit(
        self,
        *,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                groups = queries.groups(session)
            lines = tuple(
                CensusLine(site_code=code, group_code=group.code, people=reader.count(f"people-{group.code}"))
                for group in groups
                if reader.raw(f"people-{group.code}").strip()
            )
            command = SetCensus(
                counted_on=reader.day("counted_on"),
                lines=lines,
                source=reader.text("source", required=False),
                is_illustrative=reader.flag("is_illustrative"),
            )
            reader.finish()
            with db.transaction() as session:
                set_census(session, command, actor=actor, now=now)
            return see_other("/programme/census", N_("The census of the site is saved."))

        return submit(attempt, again=lambda faults: _count(db, code, today, reader, faults))


def _row(
    code: str,
    name: str,
    groups: tuple[rows.GroupRow, ...],
    counted: dict[tuple[str, str], rows.CensusRow],
) -> CensusRow:
    found = [counted.get((code, group.code)) for group in groups]
    known = [one for one in found if one is not None]
    return CensusRow(
        site=name,
        href=f"/programme/census/{code}",
        people=tuple(one.people if one else None for one in found),
        total=sum(one.people for one in known) if known else None,
        counted_on=max((one.counted_on for one in known), default=None),
        is_illustrative=any(one.is_illustrative for one in known),
    )


def _count(db: Database, code: str, today: dt.date, reader: FormReader | None, faults: Faults) -> Template:
    with db.snapshot() as session:
        site = place(session, code)
        if site is None or site.kind != PlaceKind.SITE:
            raise NoSuchRow(text=code)
        groups = queries.groups(session)
        known = {row.group_code: row for row in queries.census(session) if row.site_code == code}
    first = next(iter(known.values()), None)
    fields = (
        *(
            number(
                f"people-{group.code}",
                group.name,
                known[group.code].people if group.code in known else None,
                required=False,
                unit=gettext(N_("people")),
            )
            for group in groups
        ),
        Field(
            name="counted_on",
            label=gettext(N_("Counted on")),
            kind="date",
            value=today.isoformat(),
            maximum=today.isoformat(),
            is_required=True,
        ),
        text("source", N_("Source"), first.source if first else "", required=False),
        flag(
            "is_illustrative",
            N_("Invented or supposed figures (illustrative)"),
            is_set=bool(first and first.is_illustrative),
        ),
    )
    form = Form(
        action=f"/programme/census/{code}",
        id="count",
        fields=filled(fields, reader, faults),
        submit_label=gettext(N_("Save the census of this site")),
        error_summary=faults.summary_rows(),
    )
    return page("programme/count.html", CountPage(site=site.name, form=form), title=site.name)
