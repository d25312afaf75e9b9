"""The figures of a cycle, by commune, group and site, and over cycles. Counts only, no names."""

import datetime as dt
from collections import defaultdict

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import communes, places
from supply.catalog.rows import PlaceRow
from supply.coverage.indicators import Adherence, Cell, Figures, Share, add_up, adherence, by, recall
from supply.distribution import reach as distribution
from supply.distribution.reach import HeldSite
from supply.programme import queries as programme
from supply.programme.rows import CycleRow

NO_COMMUNE = "-"
# Stands for the commune of a site that has none, so that its people are counted all the same.


class CommuneFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A commune with its figures and the coordinates of its seat."""

    pcode: str
    name: str
    lat: float | None
    lon: float | None
    figures: Figures


class GroupFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A target group with its figures."""

    code: str
    name: str
    figures: Figures


class SiteFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A site with its figures and its sessions; `served_on` is the first day on which somebody was served."""

    code: str
    name: str
    commune_pcode: str
    figures: Figures
    held: HeldSite | None


class CycleCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle's figures: the cells, and their sums by commune, group and site.

    `in_window`: sites served in time.
    """

    cycle: CycleRow
    total: Figures
    communes: tuple[CommuneFigures, ...]
    groups: tuple[GroupFigures, ...]
    sites: tuple[SiteFigures, ...]
    cells: tuple[Cell, ...]
    in_window: Share | None


class AdherenceView(msgspec.Struct, frozen=True, kw_only=True):
    """Adherence over the recall that ends with a cycle. `tally_sites` cannot tell: nobody is named there."""

    overall: Adherence
    by_commune: tuple[tuple[str, Adherence], ...]
    cycle_names: tuple[str, ...]
    list_sites: int
    tally_sites: int


class TrendRow(msgspec.Struct, frozen=True, kw_only=True):
    """One cycle of the trend: people of that cycle, never added to those of another."""

    cycle: CycleRow
    figures: Figures


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """Cycles in order, and apart from them the people and the person-distributions of the programme."""

    rows: tuple[TrendRow, ...]
    people: int
    listed_distributions: int
    tallied_distributions: int
    given_grams: int


def cycle_coverage(session: Session, cycle_code: str) -> CycleCoverage | None:
    """Every figure of a cycle, None when there is no such cycle."""
    cycle = programme.cycle(session, cycle_code)
    if cycle is None:
        return None
    sites = {row.code: row for row in places(session, "site")}
    held = {row.site_code: row for row in distribution.held_sites(session, cycle_code)}
    cells = _cells(session, cycle_code, sites, held)
    return CycleCoverage(
        cycle=cycle,
        total=add_up(cells),
        communes=_communes(session, cells),
        groups=_groups(session, cells),
        sites=_sites(cells, sites, held),
        cells=cells,
        in_window=_in_window(cells, held, cycle),
    )


def adherence_view(session: Session, cycle_code: str, *, today: dt.date) -> AdherenceView | None:
    """WFP indicator 8 over the last three to six cycles up to this one; None when there is no such cycle."""
    last = programme.cycle(session, cycle_code)
    if last is None:
        return None
    known = [
        row
        for row in programme.cycles(session)
        if row.programme_code == last.programme_code
        and row.starts_on <= last.starts_on
        and row.state != "planned"
    ]
    chosen = [row for row in known if row.code in recall(tuple(row.code for row in known))]
    listed = distribution.sites_with_lists(session, last.programme_code)
    missed: list[tuple[str, str]] = []
    held_count = 0
    for cycle in chosen:
        held = distribution.held_sites(session, cycle.code)
        is_over = cycle.state == "closed" or cycle.ends_on < today
        held_count += is_over or any(row.session_count > row.open_count for row in held)
        if is_over:
            missed += [(cycle.code, site) for site in sorted(listed - {row.site_code for row in held})]
    counts = distribution.attendance_counts(session, [row.code for row in chosen], missed=missed)
    commune_of = {row.code: row.commune_pcode or NO_COMMUNE for row in places(session, "site")}
    everybody: defaultdict[tuple[int, int], int] = defaultdict(int)
    by_commune: defaultdict[str, defaultdict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    for row in counts:
        everybody[row.planned, row.received] += row.people
        by_commune[commune_of.get(row.site_code, NO_COMMUNE)][row.planned, row.received] += row.people
    targeted = {row.site_code for row in programme.targets(session, cycle_code) if row.people}
    return AdherenceView(
        overall=adherence(everybody, cycle_count=held_count),
        by_commune=tuple(
            (pcode, adherence(people, cycle_count=held_count)) for pcode, people in sorted(by_commune.items())
        ),
        cycle_names=tuple(row.name for row in chosen),
        list_sites=len(listed),
        tally_sites=len(targeted - listed),
    )


def trend(session: Session, programme_code: str) -> Trend:
    """The opened and closed cycles of a programme, the first one first."""
    cycles = [
        row
        for row in programme.cycles(session)
        if row.programme_code == programme_code and row.state != "planned"
    ]
    sites = {row.code: row for row in places(session, "site")}
    rows: list[TrendRow] = []
    for cycle in cycles:
        held = {row.site_code: row for row in distribution.held_sites(session, cycle.code)}
        rows.append(TrendRow(cycle=cycle, figures=add_up(_cells(session, cycle.code, sites, held))))
    served = distribution.people_served(session, [cycle.code for cycle in cycles])
    return Trend(
        rows=tuple(rows),
        people=served.people,
        listed_distributions=served.listed_distributions,
        tallied_distributions=served.tallied_distributions,
        given_grams=sum(row.figures.given_grams for row in rows),
    )


def _cells(
    session: Session, cycle_code: str, sites: dict[str, PlaceRow], held: dict[str, HeldSite]
) -> tuple[Cell, ...]:
    """One cell per site and group that is targeted, listed or reached."""
    grams_per_person: defaultdict[str, int] = defaultdict(int)
    for ration in programme.rations(session, cycle_code):
        grams_per_person[ration.group_code] += ration.grams
    targeted = {(row.site_code, row.group_code): row.people for row in programme.targets(session, cycle_code)}
    reached = {(row.site_code, row.group_code): row for row in distribution.reach(session, cycle_code)}
    eligible: dict[tuple[str, str], int] = {}
    with_list: set[str] = set()
    for count in distribution.list_counts(session, cycle_code, held=held.values()):
        with_list.add(count.site_code)
        if count.group_code is not None:
            eligible[count.site_code, count.group_code] = count.people
    cells: list[Cell] = []
    for site_code, group_code in sorted(targeted.keys() | reached.keys() | eligible.keys()):
        key = (site_code, group_code)
        known, site = reached.get(key), sites.get(site_code)
        people = targeted.get(key, 0)
        cells.append(
            Cell(
                site_code=site_code,
                commune_pcode=(site.commune_pcode if site else None) or NO_COMMUNE,
                group_code=group_code,
                targeted=people,
                eligible=eligible.get(key, 0) if site_code in with_list else None,
                listed=known.listed if known else 0,
                tallied=known.tallied if known else 0,
                given_grams=known.given_grams if known else 0,
                due_grams=known.due_grams if known else 0,
                planned_grams=people * grams_per_person[group_code],
                is_reported=site_code in held and held[site_code].is_reported,
            )
        )
    return tuple(cells)


def _communes(session: Session, cells: tuple[Cell, ...]) -> tuple[CommuneFigures, ...]:
    known = {row.pcode: row for row in communes(session)}
    found: list[CommuneFigures] = []
    for pcode, figures in by(lambda cell: cell.commune_pcode, cells).items():
        row = known.get(pcode)
        found.append(
            CommuneFigures(
                pcode=pcode,
                name=row.name if row else pcode,
                lat=row.lat if row else None,
                lon=row.lon if row else None,
                figures=figures,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.name, one.pcode)))


def _groups(session: Session, cells: tuple[Cell, ...]) -> tuple[GroupFigures, ...]:
    found = by(lambda cell: cell.group_code, cells)
    return tuple(
        GroupFigures(code=group.code, name=group.name, figures=found[group.code])
        for group in programme.groups(session)
        if group.code in found
    )


def _sites(
    cells: tuple[Cell, ...], sites: dict[str, PlaceRow], held: dict[str, HeldSite]
) -> tuple[SiteFigures, ...]:
    found = [
        SiteFigures(
            code=code,
            name=sites[code].name if code in sites else code,
            commune_pcode=(sites[code].commune_pcode if code in sites else None) or NO_COMMUNE,
            figures=figures,
            held=held.get(code),
        )
        for code, figures in by(lambda cell: cell.site_code, cells).items()
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.code)))


def _in_window(cells: tuple[Cell, ...], held: dict[str, HeldSite], cycle: CycleRow) -> Share | None:
    """Targeted sites where somebody was served by the cycle's last day / targeted sites."""
    targeted = {cell.site_code for cell in cells if cell.targeted}
    if not targeted:
        return None
    served = {row.site_code for row in held.values() if row.served_on and row.served_on <= cycle.ends_on}
    return Share(len(targeted & served), len(targeted))
