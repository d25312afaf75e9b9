"""Pages: coverage of a cycle by commune and by group, one commune, follow-up, trend, and files for others."""

import datetime as dt
from fractions import Fraction

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.coverage.exports import to_csv, to_dhis2, to_xlsx
from supply.coverage.follow_up import COVERAGE_TARGET_PERCENT, FollowUp, follow_up
from supply.coverage.indicators import Share, by
from supply.coverage.pages.drawing import coverage_bars, coverage_map, reached_line
from supply.coverage.pages.texts import FigureLine, attention_of, certainty, figure_line
from supply.coverage.queries import (
    AdherenceView,
    CycleCoverage,
    Trend,
    adherence_view,
    cycle_coverage,
    trend,
)
from supply.db import Database
from supply.distribution.setting import CycleUnknown
from supply.errors import NotFound
from supply.i18n import N_, gettext
from supply.programme.queries import current_cycle, cycles
from supply.programme.rows import CycleRow
from supply.web.drawing.bars import BarsView
from supply.web.drawing.lines import LineView
from supply.web.drawing.maps import MapView
from supply.web.forms import Field, Option
from supply.web.pages import page
from supply.web.parts import Attention

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CommuneUnknown(NotFound):
    """The cycle has no such commune."""

    code = "commune-without-figures"
    title = N_("The cycle has no people targeted or reached in a commune {pcode}.")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What every page of coverage has on top."""

    cycle_code: str
    cycle_name: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    filters: tuple[Field, ...]
    tabs: tuple[tuple[str, str, bool], ...]


class CoveragePage(msgspec.Struct, frozen=True, kw_only=True):
    """The cycle by commune, with map, bars and table."""

    head: Head
    coverage: Share | None
    coverage_reported: Share | None
    attendance: Share | None
    adequacy: Share | None
    in_window: Share | None
    given_grams: int
    planned_grams: int
    certainty: tuple[str, str]
    above: tuple[str, ...]
    adherence: AdherenceView | None
    map: MapView | None
    bars: BarsView
    rows: tuple[FigureLine, ...]
    total: FigureLine | None
    waiting: int
    target: Fraction


class GroupsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The cycle by group."""

    head: Head
    rows: tuple[FigureLine, ...]
    total: FigureLine


class CommunePage(msgspec.Struct, frozen=True, kw_only=True):
    """One commune by group and by site."""

    head: Head
    name: str
    pcode: str
    coverage: Share | None
    attendance: Share | None
    certainty: tuple[str, str]
    is_above: bool
    groups: tuple[FigureLine, ...]
    sites: tuple[FigureLine, ...]
    total: FigureLine


class FollowUpPage(msgspec.Struct, frozen=True, kw_only=True):
    """What to follow up."""

    head: Head
    items: tuple[Attention, ...]
    urgent: int


class TrendLine(msgspec.Struct, frozen=True, kw_only=True):
    """One cycle."""

    name: str
    href: str
    starts_on: dt.date
    ends_on: dt.date
    figures: FigureLine


class TrendPage(msgspec.Struct, frozen=True, kw_only=True):
    """Cycles beside each other; people and person-distributions apart."""

    head: Head
    trend: Trend
    rows: tuple[TrendLine, ...]
    line: LineView | None


class CoveragePages(Controller):
    """Coverage for people."""

    path = "/coverage"
    include_in_schema = False

    @get("/", operation_id="CoveragePage", sync_to_thread=True)
    def by_commune(
        self, *, db: NamedDependency[Database], today: NamedDependency[dt.date], cycle: FromQuery[str] = ""
    ) -> Template:
        with db.snapshot() as session:
            chosen = _choose(session, cycle, today)
            if chosen is None:
                return page("coverage/none.html", _empty_head(), title=N_("Coverage"))
            content = _coverage_page(session, chosen, today)
        return page("coverage/communes.html", content, title=N_("Coverage"))

    @get("/groups", operation_id="CoverageGroupsPage", sync_to_thread=True)
    def by_group(
        self, *, db: NamedDependency[Database], today: NamedDependency[dt.date], cycle: FromQuery[str] = ""
    ) -> Template:
        with db.snapshot() as session:
            coverage = _coverage(session, cycle, today)
            head = _head(session, coverage.cycle, "groups")
        content = GroupsPage(
            head=head,
            rows=tuple(figure_line(one.name, "", one.figures) for one in coverage.groups),
            total=figure_line(gettext(N_("All groups")), "", coverage.total),
        )
        return page("coverage/groups.html", content, title=N_("Coverage by group"))

    @get("/communes/{pcode:str}", operation_id="CoverageCommunePage", sync_to_thread=True)
    def commune(
        self,
        *,
        pcode: FromPath[str],
        db: NamedDependency[Database],
        today: NamedDependency[dt.date],
        cycle: FromQuery[str] = "",
    ) -> Template:
        with db.snapshot() as session:
            coverage = _coverage(session, cycle, today)
            content = _commune_page(_head(session, coverage.cycle, ""), coverage, pcode)
        return page("coverage/commune.html", content, title=content.name)

    @get("/follow-up", operation_id="FollowUpPage", sync_to_thread=True)
    def to_follow_up(
        self, *, db: NamedDependency[Database], today: NamedDependency[dt.date], cycle: FromQuery[str] = ""
    ) -> Template:
        with db.snapshot() as session:
            coverage = _coverage(session, cycle, today)
            head = _head(session, coverage.cycle, "follow-up")
            found: tuple[FollowUp, ...] = follow_up(session, coverage, today=today)
        content = FollowUpPage(
            head=head,
            items=tuple(attention_of(one, coverage.cycle.code) for one in found),
            urgent=sum(one.is_urgent for one in found),
        )
        return page("coverage/follow_up.html", content, title=N_("Follow-up"))

    @get("/trend", operation_id="TrendPage", sync_to_thread=True)
    def over_cycles(
        self, *, db: NamedDependency[Database], today: NamedDependency[dt.date], cycle: FromQuery[str] = ""
    ) -> Template:
        with db.snapshot() as session:
            coverage = _coverage(session, cycle, today)
            head = _head(session, coverage.cycle, "trend")
            found = trend(session, coverage.cycle.programme_code)
        content = TrendPage(
            head=head,
            trend=found,
            rows=tuple(
                TrendLine(
                    name=row.cycle.name,
                    href=f"/coverage?cycle={row.cycle.code}",
                    starts_on=row.cycle.starts_on,
                    ends_on=row.cycle.ends_on,
                    figures=figure_line(row.cycle.name, f"/coverage?cycle={row.cycle.code}", row.figures),
                )
                for row in found.rows
            ),
            line=reached_line(found),
        )
        return page("coverage/trend.html", content, title=N_("Coverage over cycles"))

    @get("/export/{kind:str}", operation_id="CoverageExport", sync_to_thread=True)
    def export(
        self,
        *,
        kind: FromPath[str],
        db: NamedDependency[Database],
        today: NamedDependency[dt.date],
        cycle: FromQuery[str] = "",
    ) -> Response[bytes]:
        with db.snapshot() as session:
            coverage = _coverage(session, cycle, today)
        content, media_type, ending = _file(kind, coverage)
        name = gettext(N_("coverage-{cycle}")).format(cycle=coverage.cycle.code) + f".{ending}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=media_type, headers=headers)


def _file(kind: str, coverage: CycleCoverage) -> tuple[bytes, str, str]:
    match kind:
        case "csv":
            # The mark makes Excel read the accents.
            return to_csv(coverage).encode("utf-8-sig"), "text/csv; charset=utf-8", "csv"
        case "xlsx":
            return to_xlsx(coverage), XLSX, "xlsx"
        case "dhis2":
            return msgspec.json.encode(to_dhis2(coverage)), "application/json", "json"
    raise NoSuchFile(kind=kind)


class NoSuchFile(NotFound):
    """An export that does not exist."""

    code = "export-unknown"
    title = N_("There is no export “{kind}”; choose csv, xlsx or dhis2.")


def _choose(session: Session, asked: str, today: dt.date) -> CycleRow | None:
    """The cycle asked for, else the current one; before its opening the last one that was opened."""
    known = cycles(session)
    if asked:
        named = next((row for row in known if row.code == asked), None)
        if named is None:
            raise CycleUnknown(cycle=asked)
        return named
    current = current_cycle(session, today)
    opened = [row for row in known if row.state != "planned"]
    if current is None or current.state != "planned":
        return current
    return opened[-1] if opened else current


def _coverage(session: Session, asked: str, today: dt.date) -> CycleCoverage:
    chosen = _choose(session, asked, today)
    found = cycle_coverage(session, chosen.code) if chosen else None
    if found is None:
        raise CycleUnknown(cycle=asked)
    return found


def _head(session: Session, chosen: CycleRow, tab: str) -> Head:
    labels = {
        "": gettext(N_("Communes")),
        "groups": gettext(N_("Groups")),
        "follow-up": gettext(N_("Follow-up")),
        "trend": gettext(N_("Over cycles")),
    }
    return Head(
        cycle_code=chosen.code,
        cycle_name=chosen.name,
        starts_on=chosen.starts_on,
        ends_on=chosen.ends_on,
        filters=(
            Field(
                name="cycle",
                label=gettext(N_("Cycle")),
                kind="select",
                is_required=True,
                options=tuple(
                    Option(row.code, row.name, row.code == chosen.code) for row in reversed(cycles(session))
                ),
            ),
        ),
        tabs=tuple(
            (label, f"/coverage{'/' if name else ''}{name}?cycle={chosen.code}", name == tab)
            for name, label in labels.items()
        ),
    )


def _empty_head() -> Head:
    return Head(cycle_code="", cycle_name="", starts_on=None, ends_on=None, filters=(), tabs=())


def _coverage_page(session: Session, chosen: CycleRow, today: dt.date) -> CoveragePage:
    coverage = cycle_coverage(session, chosen.code)
    assert coverage is not None, "the cycle was just read"
    total = coverage.total
    return CoveragePage(
        head=_head(session, chosen, ""),
        coverage=total.coverage,
        coverage_reported=None if total.is_complete else total.coverage_reported,
        attendance=total.attendance,
        adequacy=total.adequacy,
        in_window=coverage.in_window,
        given_grams=total.given_grams,
        planned_grams=total.planned_grams,
        certainty=certainty(total),
        above=tuple(
            one.name
            for one in coverage.communes
            if one.figures.coverage and one.figures.coverage.is_above_whole
        ),
        adherence=adherence_view(session, chosen.code, today=today),
        map=coverage_map(session, coverage),
        bars=coverage_bars(coverage.communes, chosen.code),
        rows=tuple(
            figure_line(one.name, f"/coverage/communes/{one.pcode}?cycle={chosen.code}", one.figures)
            for one in coverage.communes
        ),
        total=figure_line(gettext(N_("All communes")), f"/coverage?cycle={chosen.code}", total)
        if coverage.cells
        else None,
        waiting=len(follow_up(session, coverage, today=today)),
        target=Fraction(COVERAGE_TARGET_PERCENT, 100),
    )


def _commune_page(head: Head, coverage: CycleCoverage, pcode: str) -> CommunePage:
    commune = next((one for one in coverage.communes if one.pcode == pcode), None)
    if commune is None:
        raise CommuneUnknown(pcode=pcode)
    cells = [cell for cell in coverage.cells if cell.commune_pcode == pcode]
    per_group = by(lambda cell: cell.group_code, cells)
    names = {one.code: one.name for one in coverage.groups}
    figures = commune.figures
    return CommunePage(
        head=head,
        name=commune.name,
        pcode=pcode,
        coverage=figures.coverage,
        attendance=figures.attendance,
        certainty=certainty(figures),
        is_above=figures.coverage is not None and figures.coverage.is_above_whole,
        groups=tuple(figure_line(names[code], "", per_group[code]) for code in names if code in per_group),
        sites=tuple(
            figure_line(one.name, "", one.figures) for one in coverage.sites if one.commune_pcode == pcode
        ),
        total=figure_line(gettext(N_("Whole commune")), "", figures),
    )
