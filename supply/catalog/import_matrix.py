"""Kind of file: a square table of distances. Each good figure is stored, each fault told with its place."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any, ClassVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from supply.catalog.importing import Importer, Taken
from supply.catalog.matrix_file import OsrmRow, TableRow, read_matrix
from supply.catalog.models import Distance, Place
from supply.catalog.roads import Point, great_circle
from supply.catalog.row_reader import BadRow, CellMissing, NotANumber, RowReader, TwiceInFile
from supply.catalog.save_road import MAX_METRES, MAX_MINUTES
from supply.catalog.saving import ReferenceUnknown
from supply.errors import Invalid, SupplyError
from supply.i18n import N_
from supply.people.rights import Actor, Right

TRUCK_MINUTES_PER_CAR_SECOND = 1.5 / 60
# Loaded trucks take about half as long again as the cars of OSRM (planning value, not measured).
FOUND_WITHIN_METRES = 5_000
# OSRM answers the nearest spot on a road, not the coordinates it was asked for.
ROUNDING_METRES = 5_000
# Coordinates of places are often those of the next village.
MOST_FAULTS = 1_000
# Told one by one; a table that is wrong in every cell is wrong in one way.
Figures = dict[tuple[str, str], tuple[int, int | None, str]]
# Metres, minutes and source by start and end.
Tell = Callable[[str, SupplyError], None]
# Takes the place of a fault in its row, and the fault.


class NotSquare(Invalid):
    """A place has a row or a column, not both."""

    code: ClassVar[str] = "not-square"
    title = N_("The table is not square: {text} has a row or a column, not both. Add the missing one.")


class RowOfOtherLength(Invalid):
    """A row has more or fewer figures than there are places."""

    code: ClassVar[str] = "row-of-other-length"
    title = N_("The row has {found} figures for {expected} places; the table is not complete.")


class NoPlaceThere(Invalid):
    """Coordinates at which no place of the programme lies."""

    code: ClassVar[str] = "no-place-there"
    title = N_("No store or site lies within {km} km of {text}; enter it first or leave it out of the table.")


class NoRoadInTable(Invalid):
    """The table itself says that there is no way."""

    code: ClassVar[str] = "no-road-in-table"
    title = N_("The table knows no road from {start} to {ends}; the road graph is used there.")


class FigureImpossible(Invalid):
    """Negative, endless, or shorter than the straight line."""

    code: ClassVar[str] = "figure-impossible"
    title = N_("{start} – {end}: {text} is not possible; give from {minimum} to {maximum} {unit}.")


class MoreFaults(Invalid):
    """Too many faults to tell each."""

    code: ClassVar[str] = "more-faults"
    title = N_("{count} more faults of this kind; correct the table and send it again.")


def take_matrix(session: Session, rows: tuple[RowReader, ...], *, actor: Actor, now: dt.datetime) -> Taken:
    """Store the good figures of the table."""
    places = {
        code: Point(code, lat, lon)
        for code, lat, lon in session.execute(select(Place.code, Place.lat, Place.lon))
    }
    figures: Figures = {}
    told = _Told()
    if rows and isinstance(rows[0].geometry, OsrmRow):
        _osrm_figures(rows, places, figures, told)
    else:
        _table_figures(rows, places, figures, told)
    told.finish()
    return _store(session, figures)


class _Told:
    """Faults told so far; beyond the most that are told one by one they are only counted."""

    def __init__(self) -> None:
        self._count = 0
        self._last: RowReader | None = None

    def at(self, row: RowReader) -> "Tell":
        """Tells faults of that row."""
        return partial(self.fault, row)

    def fault(self, row: RowReader, place: str, error: SupplyError) -> None:
        self._count += 1
        if self._count <= MOST_FAULTS:
            row.fault(place, error)
        self._last = row

    def finish(self) -> None:
        if self._last is not None and self._count > MOST_FAULTS:
            self._last.fault("", MoreFaults(count=self._count - MOST_FAULTS))


def _table_figures(
    rows: Sequence[RowReader], places: Mapping[str, Point], figures: Figures, told: _Told
) -> None:
    tables = [(row, row.geometry) for row in rows if isinstance(row.geometry, TableRow)]
    columns = list(tables[0][1].cells) if tables else []
    if tables:
        _refuse_columns(tables[0][0], columns, {table.code for _, table in tables}, places)
    lines: dict[str, int] = {}
    for row, table in tables:
        first = lines.setdefault(table.code, row.line)
        if not table.code:
            told.fault(row, "", CellMissing())
        elif table.code not in places:
            told.fault(row, "", ReferenceUnknown(kind=N_("Place"), text=table.code))
        elif first != row.line:
            told.fault(row, "", TwiceInFile(text=table.code, first=first))
        else:
            if table.code not in columns:
                told.fault(row, "", NotSquare(text=table.code))
            _table_row(row, table, places, figures, told)


def _refuse_columns(
    first: RowReader, columns: Sequence[str], codes: set[str], places: Mapping[str, Point]
) -> None:
    """Faults of the header stand on its own line, though they are kept with the first row."""
    for code in columns:
        error: SupplyError | None = None
        if code not in places:
            error = ReferenceUnknown(kind=N_("Place"), text=code)
        elif code not in codes:
            error = NotSquare(text=code)
        if error is not None:
            first.faults.append(
                BadRow(line=1, column=code, code=error.code, message=error.title, facts=error.facts)
            )


def _table_row(
    row: RowReader, table: TableRow, places: Mapping[str, Point], figures: Figures, told: _Told
) -> None:
    without: list[str] = []
    for code, cell in table.cells.items():
        if code == table.code or code not in places:
            continue
        if not cell:
            without.append(code)
            continue
        metres = _checked(told.at(row), code, _number(cell), places[table.code], places[code])
        if metres is not None:
            figures[table.code, code] = (metres, None, table.file[:200])
    if without:
        told.fault(row, "", NoRoadInTable(start=table.code, ends=without))


def _number(text: str) -> object:
    """Kilometres as metres; the text itself when it is no number."""
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    try:
        return float(plain.replace(",", ".")) * 1000
    except ValueError:
        return text


def _checked(tell: Tell, place: str, value: object, start: Point, end: Point) -> int | None:
    """Whole metres, or None when they cannot be."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 - NaN
        tell(place, NotANumber(text=str(value)))
        return None
    least = max(0, round(great_circle(start.lat, start.lon, end.lat, end.lon)) - ROUNDING_METRES)
    if not least <= value <= MAX_METRES:
        facts = {"minimum": -(-least // 1000), "maximum": MAX_METRES // 1000, "unit": "km"}
        shown = f"{value / 1000:g}"
        tell(place, FigureImpossible(start=start.code, end=end.code, text=shown, **facts))
        return None
    return round(value)


def _osrm_figures(
    rows: Sequence[RowReader], places: Mapping[str, Point], figures: Figures, told: _Told
) -> None:
    answers = [(row, row.geometry) for row in rows if isinstance(row.geometry, OsrmRow)]
    first, answer = answers[0]
    ends = [
        _place_at(first, f"destinations[{number}]", one, places, told)
        for number, one in enumerate(answer.destinations)
    ]
    _refuse_twice(ends, lambda number: (first, f"destinations[{number}]"), told)
    starts = [_place_at(row, f"sources[{one.number}]", one.source, places, told) for row, one in answers]
    _refuse_twice(starts, lambda number: (answers[number][0], f"sources[{number}]"), told)
    for (row, one), start in zip(answers, starts, strict=True):
        if not isinstance(one.distances, list) or len(one.distances) != len(ends):
            found = len(one.distances) if isinstance(one.distances, list) else 0
            told.fault(row, f"distances[{one.number}]", RowOfOtherLength(found=found, expected=len(ends)))
        elif start is not None:
            _osrm_row(told.at(row), one, start, ends, figures)


def _osrm_row(tell: Tell, one: OsrmRow, start: Point, ends: Sequence[Point | None], figures: Figures) -> None:
    without: list[str] = []
    durations = one.durations if isinstance(one.durations, list) else []
    for number, (end, metres) in enumerate(zip(ends, one.distances, strict=True)):
        if end is None or end.code == start.code:
            continue
        if metres is None:
            without.append(end.code)
            continue
        place = f"[{one.number}][{number}]"
        whole = _checked(tell, f"distances{place}", metres, start, end)
        seconds = durations[number] if number < len(durations) else None
        minutes = _minutes(tell, f"durations{place}", seconds, start, end)
        if whole is not None:
            source = f"OSRM, {one.file[:150]} ; durée voiture × 1,5"
            figures[start.code, end.code] = (whole, minutes, source)
    if without:
        tell(f"distances[{one.number}]", NoRoadInTable(start=start.code, ends=without))


def _minutes(tell: Tell, place: str, seconds: object, start: Point, end: Point) -> int | None:
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not isfinite(seconds):
        tell(place, NotANumber(text=str(seconds)))
        return None
    minutes = seconds * TRUCK_MINUTES_PER_CAR_SECOND
    if not 0 <= minutes <= MAX_MINUTES:
        facts = {"minimum": 0, "maximum": MAX_MINUTES, "unit": "min"}
        tell(place, FigureImpossible(start=start.code, end=end.code, text=f"{minutes:g}", **facts))
        return None
    return max(1, round(minutes))


def _place_at(
    row: RowReader, where: str, spot: Any, places: Mapping[str, Point], told: _Told
) -> Point | None:
    """The place nearest to a spot of the answer."""
    location = spot.get("location") if isinstance(spot, dict) else None
    try:
        lon, lat = (float(value) for value in location)  # type: ignore[union-attr]  # any file may come
    except (TypeError, ValueError):
        told.fault(row, where, NotANumber(text=str(location)[:60]))
        return None
    found = [(great_circle(lat, lon, one.lat, one.lon), one.code) for one in places.values()]
    metres, code = min(found, default=(float("inf"), ""))
    if not metres <= FOUND_WITHIN_METRES:
        told.fault(row, where, NoPlaceThere(km=FOUND_WITHIN_METRES // 1000, text=f"{lat:g}, {lon:g}"))
        return None
    return places[code]


def _refuse_twice(
    found: list[Point | None], place: Callable[[int], tuple[RowReader, str]], told: _Told
) -> None:
    first: dict[str, int] = {}
    for number, one in enumerate(found):
        if one is not None and first.setdefault(one.code, number) != number:
            row, where = place(number)
            told.fault(row, where, TwiceInFile(text=one.code, first=first[one.code] + 1))
            found[number] = None


def _store(session: Session, figures: Figures) -> Taken:
    """In bulk: 700 places have half a million pairs."""
    columns = (Distance.from_code, Distance.to_code, Distance.metres, Distance.minutes, Distance.source)
    known: Figures = {
        (start, end): (metres, minutes, source)
        for start, end, metres, minutes, source in session.execute(select(*columns))
    }
    new = [_row(pair, figure) for pair, figure in figures.items() if pair not in known]
    changed = [
        _row(pair, figure) for pair, figure in figures.items() if pair in known and known[pair] != figure
    ]
    if new:
        session.execute(insert(Distance), new)
    if changed:
        session.execute(update(Distance), changed)
    return Taken(
        new_count=len(new), changed_count=len(changed), same_count=len(figures) - len(new) - len(changed)
    )


def _row(pair: tuple[str, str], figure: tuple[int, int | None, str]) -> dict[str, Any]:
    (start, end), (metres, minutes, source) = pair, figure
    return {"from_code": start, "to_code": end, "metres": metres, "minutes": minutes, "source": source}


MATRIX = Importer(
    kind="distance-matrix",
    title=N_("Square table of distances (km), or the table answer of an OSRM server"),
    right=Right.MANAGE_CATALOG,
    columns=(),
    take=take_matrix,
    read=read_matrix,
)
