"""Pages: overview of the reference data, the list of each kind, a commune, forms that save one row."""

import datetime as dt
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog import queries, road_queries, rows
from supply.catalog.pages import goods, ground, partners, roads
from supply.catalog.pages.section import Editor, Section, filled, href, matching
from supply.db import Database
from supply.errors import Conflict, NotFound
from supply.i18n import N_, gettext, language
from supply.people.rights import Actor, Right, require
from supply.web.drawing.maps import MapView, Place, Road, Store, map_view
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Pager

SECTIONS: dict[str, Section] = {
    one.slug: one for one in (*ground.SECTIONS, *roads.SECTIONS, *goods.SECTIONS, *partners.SECTIONS)
}
ROWS_PER_PAGE = 50


class NoSuchSection(NotFound):
    """No such kind of reference data."""

    code: ClassVar[str] = "section-unknown"
    title = N_("There is no list {slug}; choose one from the reference data.")


class NoSuchRow(NotFound):
    """No such row of a list."""

    code: ClassVar[str] = "row-unknown"
    title = N_("There is no {text} in this list; it may have another code.")


class Tile(msgspec.Struct, frozen=True):
    """One kind on the overview."""

    title: str
    lead: str
    href: str
    count: int


class OverviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """All kinds with their number of rows, and a map of what has a place."""

    tiles: tuple[Tile, ...]
    map: MapView | None
    may_import: bool


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list; rows by column key, since each kind has its own columns."""

    title: str
    lead: str
    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[dict[str, Any], ...]
    search: tuple[Field, ...]
    href: str
    pager: Pager | None
    new_href: str | None
    new_label: str
    is_search: bool
    may_import: bool
    map: MapView | None = None


class EditPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form of one row; its facts for those who may not change it."""

    title: str
    form: Form | None
    facts: tuple[tuple[str, str], ...]
    back: tuple[str, str]


class CommunePage(msgspec.Struct, frozen=True, kw_only=True):
    """A commune with its villages and sites."""

    row: rows.CommuneRow
    villages: tuple[rows.SettlementRow, ...]
    sites: tuple[rows.PlaceRow, ...]
    map: MapView | None
    edit_href: str | None


def section_of(slug: str) -> Section:
    """The kind of that address."""
    if slug not in SECTIONS:
        raise NoSuchSection(slug=slug)
    return SECTIONS[slug]


def roads_on_map(session: Session) -> tuple[Road, ...]:
    """Every road as a line of the map."""
    return tuple(
        Road(points=row.points, surface=_surface(row.surface)) for row in road_queries.roads(session)
    )


def _surface(text: str) -> Any:
    return text


def country_map(session: Session) -> MapView | None:
    """Stores, sites and roads."""
    known = queries.places(session)
    return map_view(
        tuple(Place(name=row.name, lon=row.lon, lat=row.lat) for row in known if row.kind == "site"),
        stores=tuple(Store(row.name, row.lon, row.lat) for row in known if row.kind == "store"),
        roads=roads_on_map(session),
    )


def edit_form(section: Section, code: str | None, fields: tuple[Field, ...], faults: Faults) -> Form:
    """The form that saves one row."""
    action = f"/catalog/{section.slug}/new" if code is None else href(section.slug, code)
    return Form(
        action=action,
        id="row",
        fields=fields,
        submit_label=gettext(N_("Save")),
        error_summary=faults.summary_rows(),
    )


class CatalogPages(Controller):
    """Lists and forms."""

    path = "/catalog"
    include_in_schema = False

    @get("/", operation_id="CatalogOverview", sync_to_thread=True)
    def overview(self, db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Template:
        with db.snapshot() as session:
            tiles = tuple(
                Tile(gettext(one.title), gettext(one.lead), f"/catalog/{one.slug}", len(one.rows(session)))
                for one in SECTIONS.values()
            )
            view = country_map(session)
        content = OverviewPage(tiles=tiles, map=view, may_import=actor.may(Right.MANAGE_CATALOG))
        return page("catalog/overview.html", content, title=N_("Reference data"))

    @get("/{slug:str}", operation_id="CatalogList", sync_to_thread=True)
    def list_rows(
        self,
        *,
        slug: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        q: FromQuery[str] = "",
        start: FromQuery[int] = 0,
    ) -> Template:
        section = section_of(slug)
        with db.snapshot() as session:
            found = matching(section.rows(session), q)
            view = country_map(session) if slug == "roads" and not q else None
        may_manage = actor.may(Right.MANAGE_CATALOG)
        shown = _list_page(section, found, q, max(0, min(start, len(found))), may_manage=may_manage)
        return page("catalog/list.html", msgspec.structs.replace(shown, map=view), title=section.title)

    @get("/areas/{pcode:str}", operation_id="CatalogCommune", sync_to_thread=True)
    def commune(
        self, pcode: FromPath[str], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        with db.snapshot() as session:
            row = queries.commune(session, pcode)
            if row is None:
                raise NoSuchRow(text=pcode)
            content = _commune_page(session, row, actor)
        return page("catalog/commune.html", content, title=row.name)

    @get("/{slug:str}/new", operation_id="CatalogNewForm", sync_to_thread=True)
    def new_form(
        self, slug: FromPath[str], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        require(actor, Right.MANAGE_CATALOG)
        return _form_page(db, actor, section_of(slug), None)

    @post("/{slug:str}/new", operation_id="CatalogNewSubmit", sync_to_thread=True, status_code=303)
    def new_submit(
        self,
        *,
        slug: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _save(db, section_of(slug), None, FormReader(data), actor=actor, now=now)

    @get("/{slug:str}/{code:str}", operation_id="CatalogEditForm", sync_to_thread=True)
    def edit_form(
        self,
        *,
        slug: FromPath[str],
        code: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
    ) -> Template:
        return _form_page(db, actor, section_of(slug), code)

    @post("/{slug:str}/{code:str}", operation_id="CatalogEditSubmit", sync_to_thread=True, status_code=303)
    def edit_submit(
        self,
        *,
        slug: FromPath[str],
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _save(db, section_of(slug), code, FormReader(data), actor=actor, now=now)


def _list_page(
    section: Section, found: list[dict[str, Any]], asked: str, start: int, *, may_manage: bool
) -> ListPage:
    end = min(start + ROWS_PER_PAGE, len(found))
    before = max(0, start - ROWS_PER_PAGE)
    pager = Pager(
        first=start + 1,
        last=end,
        total=len(found),
        previous_href=_address(section, asked, before) if start else None,
        next_href=_address(section, asked, end) if end < len(found) else None,
    )
    return ListPage(
        title=gettext(section.title),
        lead=gettext(section.lead),
        columns=tuple((key, gettext(label), kind) for key, label, kind in section.columns),
        rows=tuple(found[start:end]),
        search=(Field(name="q", label=gettext(N_("Search")), kind="search", value=asked),),
        href=f"/catalog/{section.slug}",
        pager=pager if len(found) > ROWS_PER_PAGE else None,
        new_href=f"/catalog/{section.slug}/new" if may_manage else None,
        new_label=gettext(section.new_label),
        is_search=bool(asked),
        may_import=may_manage,
    )


def _address(section: Section, asked: str, start: int) -> str:
    wanted = {"q": asked, "start": start} if asked else {"start": start}
    return f"/catalog/{section.slug}?{urlencode(wanted)}"


def _commune_page(session: Session, row: rows.CommuneRow, actor: Actor) -> CommunePage:
    villages = queries.settlements(session, row.pcode)
    sites = tuple(one for one in queries.places(session) if one.commune_pcode == row.pcode)
    outline = queries.boundaries(session).get(row.pcode, ())
    spots = [Place(name=one.name, lon=one.lon, lat=one.lat) for one in sites]
    if not spots and row.lat is not None and row.lon is not None:
        spots = [Place(name=row.name, lon=row.lon, lat=row.lat)]
    drawn = tuple(spots)
    if outline:
        drawn = (
            (Place(name=row.name, lon=spots[0].lon, lat=spots[0].lat, rings=outline), *spots) if spots else ()
        )
    return CommunePage(
        row=row,
        villages=villages,
        sites=sites,
        map=map_view(drawn) if outline else None,
        edit_href=href("communes", row.pcode) if actor.may(Right.MANAGE_CATALOG) else None,
    )


def _form_page(
    db: Database,
    actor: Actor,
    section: Section,
    code: str | None,
    *,
    reader: FormReader | None = None,
    faults: Faults | None = None,
) -> Template:
    editor = section.editor
    with db.snapshot() as session:
        row = editor.find(session, code) if code is not None else None
        if code is not None and row is None:
            raise NoSuchRow(text=code)
        fields = filled(editor.fields(session, row), reader, faults or Faults())
    title = gettext(section.new_label) if code is None else _title(fields, code)
    content = EditPage(
        title=title,
        form=edit_form(section, code, fields, faults or Faults())
        if actor.may(Right.MANAGE_CATALOG)
        else None,
        facts=_facts(fields),
        back=(gettext(section.title), f"/catalog/{section.slug}"),
    )
    return page("catalog/edit.html", content, title=title)


def _title(fields: tuple[Field, ...], code: str) -> str:
    wanted = "name_en" if language() == "en" else "name_fr"
    return next((field.value for field in fields if field.name in {"name", wanted} and field.value), code)


def _facts(fields: tuple[Field, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((field.label, _shown(field)) for field in fields if field.kind != "hidden")


def _shown(field: Field) -> str:
    if field.kind == "checkbox":
        return gettext(N_("yes")) if field.value else gettext(N_("no"))
    if field.options:
        return ", ".join(option.label for option in field.options if option.is_selected) or "–"
    return f"{field.value} {field.unit or ''}".strip() if field.value else "–"


def _save(
    db: Database,
    section: Section,
    code: str | None,
    reader: FormReader,
    *,
    actor: Actor,
    now: dt.datetime,
) -> Response[Any]:
    editor = section.editor

    def attempt() -> Response[Any]:
        command = editor.command(reader, code or "")
        reader.finish()
        with db.transaction() as session:
            if code is None:
                _refuse_known(session, editor, command)
            saved = editor.save(session, command, actor=actor, now=now)
        return see_other(f"/catalog/{section.slug}", N_("{code} is saved."), code=saved.code)

    return submit(
        attempt, again=lambda faults: _form_page(db, actor, section, code, reader=reader, faults=faults)
    )


class RowKnown(Conflict):
    """A new row may not take the place of another one unseen."""

    code: ClassVar[str] = "row-known"
    title = N_("{text} exists already; open it in the list to change it, or choose another code.")


def _refuse_known(session: Session, editor: Editor, command: msgspec.Struct) -> None:
    names = ("code", "plate", "pcode")
    code = next(str(getattr(command, name)) for name in names if hasattr(command, name))
    if editor.find(session, code) is not None:
        raise RowKnown(text=code)
