"""Kinds of files about the country: communes with their parents, villages, boundaries.

Read in bulk, since a country has hundreds of communes and tens of thousands of villages.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from supply.catalog.importing import Column, Importer, Taken
from supply.catalog.models import Area, Settlement
from supply.catalog.row_reader import CellMissing, RowReader, TwiceInFile
from supply.catalog.saving import PcodeUnknown, check_code, check_coordinates
from supply.db import Base
from supply.errors import Invalid, SupplyError
from supply.i18n import N_
from supply.people.rights import Actor, Right

DEFAULT_VINTAGE = "2015"
# Of the OCHA dataset whose shape the communes' file has; give a column `vintage` for any other.
SOURCE = "OCHA COD"
GRID_DEGREES = 0.005
# Boundaries are snapped to about 500 m: a country's map stays small, and neighbours keep their common line,
# since
# both are snapped alike.


class ShapeMissing(Invalid):
    """A feature without an outline."""

    code: ClassVar[str] = "shape-missing"
    title = N_("This feature has no polygon; export the boundaries as polygons.")


class CodeNotWithinParent(Invalid):
    """P-codes are built from their parent's."""

    code: ClassVar[str] = "code-not-within-parent"
    title = N_("{pcode} does not begin with {parent}, the code of what it belongs to; check the row.")


def take_communes(session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime) -> Taken:
    """Store regions, cercles and communes; parents' seats, which the file does not hold, stay as they are."""
    levels: tuple[dict[str, dict[str, Any]], ...] = ({}, {}, {})
    lines: dict[str, int] = {}
    for row in rows:
        region, cercle, commune = _commune(row)
        _refuse_twice(row, lines, "adm3_pcode", commune["pcode"])
        if not row.is_bad:
            levels[0].setdefault(region["pcode"], region)
            levels[1].setdefault(cercle["pcode"], cercle)
            levels[2][commune["pcode"]] = commune
    taken = [_store(session, Area, "pcode", values) for values in levels]
    return taken[2]


def _commune(row: RowReader) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    codes = [row.text(f"adm{level}_pcode", maximum=12) for level in (1, 2, 3)]
    for level, code in enumerate(codes, start=1):
        _check(row, f"adm{level}_pcode", code)
    for level in (2, 3):
        if codes[level - 2] and not codes[level - 1].startswith(codes[level - 2]):
            parent = codes[level - 2]
            row.fault(f"adm{level}_pcode", CodeNotWithinParent(pcode=codes[level - 1], parent=parent))
    vintage = row.optional_text("vintage", maximum=10) or DEFAULT_VINTAGE
    shared = {"vintage": vintage, "source": row.optional_text("source") or f"{SOURCE} {vintage}"}
    names = [
        row.optional_text(f"adm{level}_name_fr", maximum=120) or row.text(f"adm{level}_name")
        for level in (1, 2, 3)
    ]
    lat, lon = _point(row, row.optional_degrees("lat"), row.optional_degrees("lon"))
    region = {"pcode": codes[0], "level": 1, "name": names[0], "parent_pcode": None, **shared}
    cercle = {"pcode": codes[1], "level": 2, "name": names[1], "parent_pcode": codes[0], **shared}
    commune = {
        "pcode": codes[2],
        "level": 3,
        "name": names[2],
        "parent_pcode": codes[1],
        "lat": lat,
        "lon": lon,
    }
    return region, cercle, {**commune, **shared}


def take_villages(session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime) -> Taken:
    """Store villages and towns of known communes."""
    communes = set(session.scalars(select(Area.pcode).where(Area.level == 3)))
    found: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    for row in rows:
        values = _village(row, communes)
        _refuse_twice(row, lines, "pcode", values["pcode"])
        if not row.is_bad:
            found[values["pcode"]] = values
    return _store(session, Settlement, "pcode", found)


def _village(row: RowReader, communes: set[str]) -> dict[str, Any]:
    pcode = row.text("pcode", maximum=12)
    _check(row, "pcode", pcode)
    commune = row.text("commune_pcode", maximum=12)
    if commune and commune not in communes:
        row.fault("commune_pcode", PcodeUnknown(pcode=commune))
    place_class = int(row.choice("place_class", ("1", "2", "3", "4", "5"), default="5"))
    lat, lon = _point(row, row.degrees("lat"), row.degrees("lon"))
    name = row.text("name")
    return {
        "pcode": pcode,
        "name": name,
        "commune_pcode": commune,
        "place_class": place_class,
        "lat": lat,
        "lon": lon,
    }


def take_boundaries(
    session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime
) -> Taken:
    """Give known areas their outline, made simpler; what has no known P-code is refused."""
    known = {row.pcode: row.boundary for row in session.execute(select(Area.pcode, Area.boundary))}
    changed: list[dict[str, Any]] = []
    same = 0
    lines: dict[str, int] = {}
    for row in rows:
        pcode, rings = row.text("pcode", maximum=12), simplified(row.geometry)
        if pcode and pcode not in known:
            row.fault("pcode", PcodeUnknown(pcode=pcode))
        if not rings:
            row.fault("geometry", ShapeMissing())
        _refuse_twice(row, lines, "pcode", pcode)
        if row.is_bad:
            continue
        if known[pcode] == rings:
            same += 1
        else:
            changed.append({"pcode": pcode, "boundary": rings})
    if changed:
        session.execute(update(Area), changed)
    new = sum(known[one["pcode"]] is None for one in changed)
    return Taken(new_count=new, changed_count=len(changed) - new, same_count=same)


def simplified(geometry: Any) -> list[list[list[float]]]:
    """Outer rings of a GeoJSON polygon as [lon, lat], snapped to the grid; empty when there is none."""
    if not isinstance(geometry, dict):
        return []
    polygons = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        polygons = [polygons]
    elif geometry.get("type") != "MultiPolygon":
        return []
    try:
        return [_snapped(polygon[0]) for polygon in polygons if polygon and len(polygon[0]) >= 4]
    except (TypeError, ValueError, IndexError):
        return []


def _snapped(ring: Iterable[Any]) -> list[list[float]]:
    points = [(float(lon), float(lat)) for lon, lat, *_ in ring]
    kept: list[list[float]] = []
    for lon, lat in points:
        point = [
            round(round(lon / GRID_DEGREES) * GRID_DEGREES, 4),
            round(round(lat / GRID_DEGREES) * GRID_DEGREES, 4),
        ]
        if not kept or kept[-1] != point:
            kept.append(point)
    # A commune of a town can be smaller than the grid; it keeps its own outline then.
    return kept if len(kept) >= 4 else [[round(lon, 4), round(lat, 4)] for lon, lat in points]


def _check(row: RowReader, column: str, code: str) -> None:
    if code:
        try:
            check_code(code)
        except SupplyError as error:
            row.fault(column, error)


def _point(row: RowReader, lat: float | None, lon: float | None) -> tuple[float | None, float | None]:
    if lat is None and lon is None:
        return None, None
    if lat is None or lon is None:
        row.fault("lat" if lat is None else "lon", CellMissing())
        return lat, lon
    try:
        check_coordinates(lat, lon)
    except SupplyError as error:
        if not row.is_bad:
            row.fault("lat", error)
    return lat, lon


def _refuse_twice(row: RowReader, lines: dict[str, int], column: str, key: str) -> None:
    first = lines.setdefault(key, row.line)
    if key and first != row.line:
        row.fault(column, TwiceInFile(text=key, first=first))


def _store(
    session: Session, table: type[Base], key: str, values_by_key: Mapping[str, dict[str, Any]]
) -> Taken:
    """Insert what is new and update what differs; columns that are not named stay as they are."""
    if not values_by_key:
        return Taken()
    names = list(next(iter(values_by_key.values())))
    columns = [getattr(table, name) for name in names]
    known = {row[names.index(key)]: tuple(row) for row in session.execute(select(*columns))}
    new = [values for one, values in values_by_key.items() if one not in known]
    changed = [
        values
        for one, values in values_by_key.items()
        if one in known and known[one] != tuple(values.values())
    ]
    if new:
        session.execute(insert(table), new)
    if changed:
        session.execute(update(table), changed)
    same = len(values_by_key) - len(new) - len(changed)
    return Taken(new_count=len(new), changed_count=len(changed), same_count=same)


COMMUNES = Importer(
    kind="communes",
    title=N_("Communes with their cercles and regions"),
    right=Right.MANAGE_CATALOG,
    columns=(
        Column("adm3_pcode"),
        Column("adm3_name"),
        Column("adm2_pcode"),
        Column("adm2_name"),
        Column("adm1_pcode"),
        Column("adm1_name"),
        Column("lat", is_required=False, aliases=("latitude",)),
        Column("lon", is_required=False, aliases=("longitude",)),
        Column("adm3_name_fr", is_required=False),
        Column("adm2_name_fr", is_required=False),
        Column("adm1_name_fr", is_required=False),
        Column("vintage", is_required=False),
        Column("source", is_required=False),
    ),
    take=take_communes,
)
VILLAGES = Importer(
    kind="villages",
    title=N_("Villages and towns"),
    right=Right.MANAGE_CATALOG,
    columns=(
        Column("pcode"),
        Column("name"),
        Column("commune_pcode", aliases=("adm3_pcode",)),
        Column("lat", aliases=("latitude",)),
        Column("lon", aliases=("longitude",)),
        Column("place_class", is_required=False, aliases=("class",)),
    ),
    take=take_villages,
)
BOUNDARIES = Importer(
    kind="boundaries",
    title=N_("Boundaries of areas (GeoJSON)"),
    right=Right.MANAGE_CATALOG,
    columns=(Column("pcode", aliases=("adm3_pcode", "adm2_pcode", "adm1_pcode")), Column("geometry")),
    take=take_boundaries,
)
AREA_IMPORTERS: dict[str, Importer] = {one.kind: one for one in (COMMUNES, VILLAGES, BOUNDARIES)}
