"""Pages of one road, and of the way between two places: why it is as long as it is."""

import datetime as dt
from collections.abc import Iterable, Sequence
from urllib.parse import quote

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from sqlalchemy.orm import Session

from supply.catalog import queries, road_queries, rows
from supply.catalog.pages.browse import NoSuchRow, roads_on_map
from supply.catalog.pages.road_words import SURFACES, access_text, month_names, weekday_names
from supply.catalog.pages.section import href, standing
from supply.catalog.road_queries import StretchRow, edge_of, truck_of
from supply.catalog.road_seasons import RAINY_MONTHS, Season, season_of
from supply.catalog.road_speeds import edge_minutes
from supply.catalog.roads import Assumptions, RoadDistance, provenance
from supply.catalog.words import Surface
from supply.db import Database
from supply.i18n import N_, gettext, show_decimal
from supply.people.rights import Actor, Right
from supply.web.drawing.maps import MapView, Place, Store, Trip, map_view
from supply.web.forms import Field
from supply.web.pages import page
from supply.web.parts import Badge

CELL_PERCENT = 100 / 12


class MonthCell(msgspec.Struct, frozen=True):
    """A month of the drawn calendar, positions in per cent; `state`: open, rains or closed."""

    name: str
    letter: str
    state: str
    x: str
    middle: str


class TimeLine(msgspec.Struct, frozen=True):
    """Minutes of a type of truck, None where it cannot pass."""

    truck: str
    dry: int | None
    rains: int | None


class LegTime(msgspec.Struct, frozen=True):
    """Minutes of a type of truck on that day, None where it is not planned."""

    truck: str
    minutes: int | None


class RoadPage(msgspec.Struct, frozen=True, kw_only=True):
    """One road."""

    row: rows.RoadRow
    km: str
    surface: str
    days: str
    trucks: str | None
    standing: Badge
    calendar: tuple[MonthCell, ...]
    times: tuple[TimeLine, ...]
    map: MapView | None
    edit_href: str | None


class StretchLine(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a way with where its figures come from."""

    name: str
    href: str | None
    km: str
    minutes: int
    surface: str | None
    access: str | None
    source: str | None
    standing: Badge


class LegPage(msgspec.Struct, frozen=True, kw_only=True):
    """The way between two places on a day."""

    start: str
    end: str
    start_href: str
    href: str
    day: dt.date
    search: tuple[Field, ...]
    km: str
    made_of: str
    season: str
    is_closed: bool
    closed_roads: str
    stretches: tuple[StretchLine, ...]
    minutes: int
    times: tuple[LegTime, ...]
    map: MapView | None


class RoadPages(Controller):
    """One road, one leg."""

    path = "/catalog"
    include_in_schema = False

    @get("/road/{code:str}", operation_id="CatalogRoad", sync_to_thread=True)
    def road(
        self, code: FromPath[str], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        with db.snapshot() as session:
            row = next((one for one in road_queries.roads(session) if one.code == code), None)
            if row is None:
                raise NoSuchRow(text=code)
            content = _road_page(session, row, may_edit=actor.may(Right.MANAGE_CATALOG))
        return page("catalog/road.html", content, title=row.name)

    @get("/legs/{start:str}/{end:str}", operation_id="CatalogLeg", sync_to_thread=True)
    def leg(
        self,
        *,
        start: FromPath[str],
        end: FromPath[str],
        db: NamedDependency[Database],
        today: NamedDependency[dt.date],
        day: FromQuery[str] = "",
    ) -> Template:
        wanted = _day(day, today)
        with db.snapshot() as session:
            places = {one.code: one for one in queries.places(session)}
            for code in (start, end):
                if code not in places or start == end:
                    raise NoSuchRow(text=code)
            content = _leg_page(session, places[start], places[end], wanted)
        return page("catalog/leg.html", content, title=f"{content.start} – {content.end}")


def _day(text: str, today: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return today


def calendar_cells(closed_months: Iterable[int]) -> tuple[MonthCell, ...]:
    """The twelve months of a road."""
    closed, letters = set(closed_months), month_names("narrow")
    cells = []
    for number, name in enumerate(month_names(), start=1):
        state = "rains" if number in RAINY_MONTHS else "open"
        left = (number - 1) * CELL_PERCENT
        cells.append(
            MonthCell(
                name=name,
                letter=letters[number - 1],
                state="closed" if number in closed else state,
                x=f"{left:.2f}",
                middle=f"{left + CELL_PERCENT / 2 - 0.25:.2f}",
            )
        )
    return tuple(cells)


def _road_page(session: Session, row: rows.RoadRow, *, may_edit: bool) -> RoadPage:
    types = {one.code: one.name for one in queries.vehicle_types(session)}
    days = gettext(N_("every day"))
    if row.weekdays is not None:
        days = ", ".join(weekday_names()[number - 1] for number in row.weekdays)
    line = Trip(label=row.name, stops=(), points=row.points)
    ends = (
        Place(name=row.from_name, lon=row.points[0][0], lat=row.points[0][1]),
        Place(name=row.to_name, lon=row.points[-1][0], lat=row.points[-1][1]),
    )
    return RoadPage(
        row=row,
        km=_km(row.metres),
        surface=gettext(SURFACES[Surface(row.surface)]),
        days=days,
        trucks=None
        if row.vehicle_types is None
        else ", ".join(types.get(code, code) for code in row.vehicle_types),
        standing=standing(is_illustrative=row.is_illustrative),
        calendar=calendar_cells(row.closed_months),
        times=_road_times(session, row),
        map=map_view(ends, roads=roads_on_map(session), trips=(line,)),
        edit_href=href("roads", row.code) if may_edit else None,
    )


def _road_times(session: Session, row: rows.RoadRow) -> tuple[TimeLine, ...]:
    edge, assumptions = edge_of(row), Assumptions()
    lines = []
    for kind in queries.vehicle_types(session):
        dry, rains = (round(edge_minutes(edge, season, truck_of(kind), assumptions)) for season in Season)
        may_pass = row.vehicle_types is None or kind.code in row.vehicle_types
        lines.append(TimeLine(kind.name, dry if may_pass else None, rains if may_pass else None))
    return tuple(lines)


def _leg_page(session: Session, start: rows.PlaceRow, end: rows.PlaceRow, day: dt.date) -> LegPage:
    leg = next(
        one
        for one in road_queries.legs_between(session, (start.code, end.code), (day, day))
        if one.from_code == start.code
    )
    stretches = road_queries.stretches_between(session, start.code, end.code, day)
    season = season_of(day)
    return LegPage(
        start=start.name,
        end=end.name,
        start_href=href("places", start.code),
        href=f"{href('legs', start.code)}/{quote(end.code, safe='')}",
        day=day,
        search=(Field(name="day", label=gettext(N_("Day")), kind="date", value=day.isoformat()),),
        km=_km(leg.metres),
        made_of=provenance(leg),
        season=gettext(N_("rains") if season == Season.RAINS else N_("dry season")),
        is_closed=bool(leg.closed),
        closed_roads=", ".join(leg.closed_roads),
        stretches=tuple(_stretch_line(one, season) for one in stretches),
        minutes=round(sum(one.rains_minutes if season == Season.RAINS else one.minutes for one in stretches)),
        times=_leg_times(session, leg),
        map=_leg_map(session, start, end, stretches),
    )


def _stretch_line(one: StretchRow, season: Season) -> StretchLine:
    minutes = round(one.rains_minutes if season == Season.RAINS else one.minutes)
    road = one.road
    if road is None:
        return StretchLine(
            name=gettext(N_("off the network")),
            href=None,
            km=_km(one.metres),
            minutes=minutes,
            surface=None,
            access=None,
            source=gettext(N_("as the crow flies × 1.35, driven as a track (planning values)")),
            standing=standing(is_illustrative=True),
        )
    is_part = one.metres < road.metres - 100
    return StretchLine(
        name=f"{road.name} ({gettext(N_('part'))})" if is_part else road.name,
        href=href("road", road.code),
        km=_km(one.metres),
        minutes=minutes,
        surface=gettext(SURFACES[Surface(road.surface)]),
        access=access_text(road) or None,
        source="; ".join(text for text in (road.source, road.access_source) if text) or None,
        standing=standing(is_illustrative=road.is_illustrative),
    )


def _leg_times(session: Session, leg: RoadDistance) -> tuple[LegTime, ...]:
    return tuple(
        LegTime(kind.name, leg.minutes_by_type.get(kind.code)) for kind in queries.vehicle_types(session)
    )


def _leg_map(
    session: Session, start: rows.PlaceRow, end: rows.PlaceRow, stretches: Sequence[StretchRow]
) -> MapView | None:
    drawn = tuple(
        Trip(label=one.road.name, stops=(), points=one.road.points) for one in stretches if one.road
    )
    spots = (start, end)
    return map_view(
        tuple(Place(name=one.name, lon=one.lon, lat=one.lat) for one in spots if one.kind == "site"),
        stores=tuple(Store(one.name, one.lon, one.lat) for one in spots if one.kind == "store"),
        roads=roads_on_map(session),
        trips=(Trip(label=end.name, stops=(), points=_joined(start, end, drawn)),) if drawn else (),
    )


def _joined(
    start: rows.PlaceRow, end: rows.PlaceRow, roads: Sequence[Trip]
) -> tuple[tuple[float, float], ...]:
    """One line from place to place; each road turned so that it goes on where the one before ended."""
    points: list[tuple[float, float]] = [(start.lon, start.lat)]
    for road in roads:
        line = list(road.points)
        if _apart(points[-1], line[-1]) < _apart(points[-1], line[0]):
            line.reverse()
        points.extend(line)
    return (*points, (end.lon, end.lat))


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _km(metres: int) -> str:
    return show_decimal(round(metres / 1000, 1))
