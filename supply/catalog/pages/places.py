"""Pages of one store or site: what is known of it, how far it is, and the days when no truck reaches it."""

import datetime as dt
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog import queries, road_queries, rows
from supply.catalog.pages.browse import NoSuchRow, roads_on_map
from supply.catalog.pages.section import href, standing
from supply.catalog.roads import provenance
from supply.catalog.save_place import RemoveClosure, SaveClosure, remove_closure, save_closure
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.web.drawing.maps import MapView, Place, Store, map_view
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge

MOST_DISTANCES = 60
# Sites of a store shown with their way; a longer list is read in the table of distances of the API.


class DistanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A way from the place, with what its length is made of."""

    name: str
    href: str
    km: int
    minutes: int | None
    rains_minutes: int | None
    basis: str


class PlacePage(msgspec.Struct, frozen=True, kw_only=True):
    """One store or site."""

    row: rows.PlaceRow
    kind: str
    list_href: str
    list_title: str
    store: str | None
    vehicle_types: str | None
    standing: Badge
    distances: tuple[DistanceLine, ...]
    closures: tuple[rows.ClosureRow, ...]
    map: MapView | None
    edit_href: str | None
    closure_form: Form | None


class PlacePages(Controller):
    """One store or site, and its closures."""

    path = "/catalog/places"
    include_in_schema = False

    @get("/{code:str}", operation_id="CatalogPlace", sync_to_thread=True)
    def place(
        self, code: FromPath[str], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        return _place(db, code, actor, FormReader({}), Faults())

    @post("/{code:str}/closures", operation_id="CatalogClosureSubmit", sync_to_thread=True, status_code=303)
    def close(
        self,
        *,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = SaveClosure(
                id=reader.uuid("id"),
                place_code=code,
                starts_on=reader.day("starts_on"),
                ends_on=reader.day("ends_on"),
                reason=reader.text("reason"),
            )
            reader.finish()
            with db.transaction() as session:
                save_closure(session, command, actor=actor, now=now)
            return see_other(
                href("places", code), N_("The closure is saved; plans keep trucks away on these days.")
            )

        return submit(attempt, again=lambda faults: _place(db, code, actor, reader, faults))

    @post(
        "/{code:str}/closures/remove",
        operation_id="CatalogClosureRemove",
        sync_to_thread=True,
        status_code=303,
    )
    def reopen(
        self,
        *,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = RemoveClosure(id=reader.uuid("id"))
            reader.finish()
            with db.transaction() as session:
                remove_closure(session, command, actor=actor, now=now)
            return see_other(href("places", code), N_("The closure is taken back."))

        return submit(attempt, again=lambda faults: _place(db, code, actor, FormReader({}), faults))


def _place(db: Database, code: str, actor: Actor, reader: FormReader, faults: Faults) -> Template:
    with db.snapshot() as session:
        row = queries.place(session, code)
        if row is None:
            raise NoSuchRow(text=code)
        content = _content(session, row, actor, _closure_form(code, reader, faults))
    return page("catalog/place.html", content, title=row.name)


def _content(session: Session, row: rows.PlaceRow, actor: Actor, form: Form) -> PlacePage:
    is_store = row.kind == PlaceKind.STORE
    known = {one.code: one for one in queries.places(session, only_active=True)}
    others = [
        one for one in known.values() if (one.kind == PlaceKind.SITE or is_store) and one.code != row.code
    ]
    if not is_store:
        others = [one for one in known.values() if one.kind == PlaceKind.STORE]
    types = {one.code: one.name for one in queries.vehicle_types(session)}
    may_edit = actor.may(Right.MANAGE_CATALOG)
    store = queries.place(session, row.store_code) if row.store_code else None
    slug = "stores" if is_store else "sites"
    return PlacePage(
        row=row,
        kind=gettext(N_("Store") if is_store else N_("Distribution site")),
        list_href=f"/catalog/{slug}",
        list_title=gettext(N_("Stores") if is_store else N_("Distribution sites")),
        store=store.name if store else None,
        vehicle_types=", ".join(types[one] for one in row.vehicle_types if one in types)
        if row.vehicle_types
        else None,
        standing=standing(is_illustrative=row.is_illustrative),
        distances=_distances(session, row, others),
        closures=queries.closures(session, [row.code]),
        map=_map(session, row, others),
        edit_href=href(slug, row.code) if may_edit else None,
        closure_form=form if may_edit else None,
    )


def _distances(session: Session, row: rows.PlaceRow, others: list[rows.PlaceRow]) -> tuple[DistanceLine, ...]:
    names = {one.code: one.name for one in others}
    ways = (
        one
        for one in road_queries.distances_between(session, [row.code, *names])
        if one.from_code == row.code and one.to_code in names
    )
    return tuple(
        DistanceLine(
            name=names[one.to_code],
            href=f"{href('legs', one.from_code)}/{quote(one.to_code, safe='')}",
            km=(one.metres + 500) // 1000,
            minutes=one.minutes,
            rains_minutes=one.rains_minutes,
            basis=provenance(one),
        )
        for one in sorted(ways, key=lambda one: (one.metres, one.to_code))[:MOST_DISTANCES]
    )


def _map(session: Session, row: rows.PlaceRow, others: list[rows.PlaceRow]) -> MapView | None:
    shown = [row, *others]
    return map_view(
        tuple(Place(name=one.name, lon=one.lon, lat=one.lat) for one in shown if one.kind == PlaceKind.SITE),
        stores=tuple(Store(one.name, one.lon, one.lat) for one in shown if one.kind == PlaceKind.STORE),
        roads=roads_on_map(session),
    )


def _closure_form(code: str, reader: FormReader, faults: Faults) -> Form:
    def field(name: str, label: str, kind: str = "text", hint: str | None = None) -> Field:
        return Field(
            name=name,
            label=label,
            kind=kind,
            value=reader.raw(name),
            error=faults.fields.get(name),
            is_required=True,
            hint=hint,
        )

    return Form(
        action=f"{href('places', code)}/closures",
        id="closure",
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
            field("starts_on", gettext(N_("From (day included)")), "date"),
            field("ends_on", gettext(N_("To (day included)")), "date"),
            field(
                "reason",
                gettext(N_("Reason")),
                hint=gettext(N_("For example: rains, ford under water, insecurity.")),
            ),
        ),
        submit_label=gettext(N_("Close for these days")),
        error_summary=faults.summary_rows(),
    )
