"""Roads and their nodes as pages show them: lists and forms."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from supply.catalog import queries, road_queries, rows
from supply.catalog.pages.road_words import SURFACES, access_text, month_names, weekday_names
from supply.catalog.pages.section import (
    Editor,
    Section,
    decimal,
    degrees,
    flag,
    href,
    key_field,
    kilograms,
    metres,
    number,
    optional_count,
    select,
    standing,
    text,
)
from supply.catalog.save_road import SaveRoadEdge, SaveRoadNode, save_road_edge, save_road_node
from supply.catalog.words import Surface
from supply.i18n import N_, gettext
from supply.web.forms import Field, FormReader, Option

_CODE = ("code", N_("Code"), "code")
_STANDING = ("standing", N_("Status"), "badge")
_INVENTED = N_("Invented or supposed figures (illustrative)")


def _road_rows(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "road": row.name,
            "href": href("road", row.code),
            "km": (row.metres + 500) // 1000,
            "surface": gettext(SURFACES[Surface(row.surface)]),
            "access": access_text(row) or None,
            "standing": standing(is_illustrative=row.is_illustrative),
            "source": row.source,
        }
        for row in road_queries.roads(session)
    ]


def _road_fields(session: Session, row: rows.RoadRow | None) -> tuple[Field, ...]:
    nodes = [(one.code, one.name or one.code) for one in road_queries.road_nodes(session)]
    surfaces = [(surface.value, gettext(name)) for surface, name in SURFACES.items()]
    return (
        key_field("code", N_("Code"), row.code if row else None),
        select("from_code", N_("From"), nodes, row.from_code if row else None),
        select("to_code", N_("To"), nodes, row.to_code if row else None),
        Field(
            name="km",
            label=gettext(N_("Length")),
            kind="decimal",
            value=kilograms(row.metres if row else None),
            unit="km",
            is_required=True,
        ),
        Field(
            name="minutes",
            label=gettext(N_("Time of a loaded truck")),
            kind="number",
            value="" if row is None or row.minutes is None else str(row.minutes),
            unit="min",
            hint=gettext(N_("Empty: from the surface's usual speed.")),
        ),
        number(
            "rains_minutes",
            N_("Time of a loaded truck in the rains"),
            row.rains_minutes if row else None,
            required=False,
            unit="min",
        ),
        select("surface", N_("Surface"), surfaces, row.surface if row else None),
        _checks("closed_months", N_("Closed to trucks in"), _months(), row.closed_months if row else ()),
        _checks(
            "weekdays",
            N_("Days on which it is driven"),
            _weekdays(),
            (row.weekdays or ()) if row else (),
            hint=N_("Escort, convoy or curfew. None ticked: every day."),
        ),
        number(
            "ferry_minutes",
            N_("Ferry: waiting and crossing"),
            row.ferry_minutes if row else None,
            required=False,
            unit="min",
        ),
        _checks(
            "vehicle_types",
            N_("Trucks that can pass"),
            [(one.code, one.name) for one in queries.vehicle_types(session)],
            (row.vehicle_types or ()) if row else (),
            hint=N_("None ticked: every truck."),
        ),
        text("access_source", N_("Source of the calendar"), row.access_source if row else "", required=False),
        flag("is_illustrative", _INVENTED, is_set=bool(row and row.is_illustrative)),
        text("source", N_("Source"), row.source if row else "", required=False),
    )


def _checks(
    name: str,
    label: str,
    choices: Iterable[tuple[object, str]],
    ticked: Iterable[object],
    *,
    hint: str | None = None,
) -> Field:
    chosen = set(ticked)
    return Field(
        name=name,
        label=gettext(label),
        kind="checks",
        options=tuple(Option(str(code), shown, code in chosen) for code, shown in choices),
        hint=gettext(hint) if hint else None,
    )


def _months() -> list[tuple[int, str]]:
    return list(enumerate(month_names(), start=1))


def _weekdays() -> list[tuple[int, str]]:
    return list(enumerate(weekday_names(), start=1))


def _ticked(reader: FormReader, name: str) -> tuple[int, ...] | None:
    return tuple(int(one) for one in reader.many(name) if one.isascii() and one.isdigit()) or None


def _road_command(reader: FormReader, code: str) -> SaveRoadEdge:
    surface = reader.choice("surface", [one.value for one in Surface])
    return SaveRoadEdge(
        code=code or reader.text("code", max_length=32),
        from_code=reader.text("from_code", max_length=32),
        to_code=reader.text("to_code", max_length=32),
        metres=metres(reader, "km"),
        surface=Surface(surface) if surface in set(Surface) else Surface.TRACK,
        minutes=optional_count(reader, "minutes"),
        rains_minutes=optional_count(reader, "rains_minutes"),
        ferry_minutes=optional_count(reader, "ferry_minutes"),
        closed_months=_ticked(reader, "closed_months"),
        weekdays=_ticked(reader, "weekdays"),
        vehicle_types=tuple(one for one in reader.many("vehicle_types") if one) or None,
        access_source=reader.text("access_source", required=False),
        is_illustrative=reader.flag("is_illustrative"),
        source=reader.text("source", required=False),
    )


def _node_rows(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name or row.code,
            "href": href("road-nodes", row.code),
            "code": row.code,
            "lat": decimal(row.lat),
            "lon": decimal(row.lon),
        }
        for row in road_queries.road_nodes(session)
    ]


def _node_fields(session: Session, row: rows.NodeRow | None) -> tuple[Field, ...]:
    return (
        key_field("code", N_("Code"), row.code if row else None),
        text("name", N_("Name"), row.name if row else "", required=False),
        text(
            "lat", N_("Latitude"), decimal(row.lat if row else None), hint=N_("Degrees, north is positive.")
        ),
        text(
            "lon", N_("Longitude"), decimal(row.lon if row else None), hint=N_("Degrees, west is negative.")
        ),
    )


def _node_command(reader: FormReader, code: str) -> SaveRoadNode:
    return SaveRoadNode(
        code=code or reader.text("code", max_length=32),
        name=reader.text("name", required=False, max_length=120),
        lat=degrees(reader, "lat"),
        lon=degrees(reader, "lon"),
    )


SECTIONS = (
    Section(
        slug="roads",
        title=N_("Roads"),
        lead=N_("Stretches between towns, both ways. Distances are the shortest way over them."),
        new_label=N_("New road"),
        columns=(
            ("road", N_("Road"), "link"),
            ("km", N_("Length (km)"), "number"),
            ("surface", N_("Surface"), "text"),
            ("access", N_("Closed, days, ferry"), "text"),
            _STANDING,
            ("source", N_("Source"), "text"),
        ),
        rows=_road_rows,
        editor=Editor(
            find=lambda session, code: next(
                (row for row in road_queries.roads(session) if row.code == code), None
            ),
            fields=_road_fields,
            command=_road_command,
            save=save_road_edge,
        ),
    ),
    Section(
        slug="road-nodes",
        title=N_("Towns and junctions of the roads"),
        lead=N_("Ends of the roads."),
        new_label=N_("New town or junction"),
        columns=(
            ("name", N_("Name"), "link"),
            _CODE,
            ("lat", N_("Latitude"), "right"),
            ("lon", N_("Longitude"), "right"),
        ),
        rows=_node_rows,
        editor=Editor(
            find=lambda session, code: next(
                (row for row in road_queries.road_nodes(session) if row.code == code), None
            ),
            fields=_node_fields,
            command=_node_command,
            save=save_road_node,
        ),
    ),
)
