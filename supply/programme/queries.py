"""The only SELECTs of the programme; they answer frozen rows."""

import datetime as dt
from collections import defaultdict
from typing import TypeVar

import msgspec
from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from supply.catalog.queries import base_packs, places
from supply.catalog.words import PlaceKind
from supply.people.queries import users
from supply.programme.models import (
    Census,
    Cycle,
    CycleEvent,
    Programme,
    Ration,
    Target,
    TargetGroup,
)
from supply.programme.needs import needed
from supply.programme.rows import (
    CensusRow,
    CycleRow,
    EventRow,
    GroupRow,
    Need,
    ProgrammeRow,
    RationRow,
    TargetRow,
)
from supply.programme.words import CycleState

_Row = TypeVar("_Row", bound=msgspec.Struct)


def _read(session: Session, query: Executable, kind: type[_Row]) -> tuple[_Row, ...]:
    """Rows of a query whose columns are named like the Struct's fields."""
    return msgspec.convert(session.execute(query).mappings().all(), tuple[kind, ...])  # type: ignore[valid-type]


def programmes(session: Session) -> tuple[ProgrammeRow, ...]:
    """Every programme, the latest first."""
    query = select(
        Programme.code,
        Programme.name,
        Programme.starts_on,
        Programme.ends_on,
        Programme.budget_minor,
        Programme.budget_currency,
        Programme.source,
    ).order_by(Programme.starts_on.desc(), Programme.code)
    return _read(session, query, ProgrammeRow)


def groups(session: Session) -> tuple[GroupRow, ...]:
    """Target groups in the order of the programme."""
    query = select(
        TargetGroup.code,
        TargetGroup.name_fr,
        TargetGroup.name_en,
        TargetGroup.kind,
        TargetGroup.from_months,
        TargetGroup.to_months,
        TargetGroup.position,
    ).order_by(TargetGroup.position, TargetGroup.code)
    return _read(session, query, GroupRow)


def cycles(session: Session) -> tuple[CycleRow, ...]:
    """Every cycle, the first one first."""
    query = select(
        Cycle.code,
        Cycle.programme_code,
        Cycle.number,
        Cycle.name,
        Cycle.starts_on,
        Cycle.ends_on,
        Cycle.state,
        Cycle.opened_at,
        Cycle.closed_at,
    ).order_by(Cycle.starts_on, Cycle.code)
    return _read(session, query, CycleRow)


def cycle(session: Session, code: str) -> CycleRow | None:
    """The cycle of that code."""
    return next((row for row in cycles(session) if row.code == code), None)


def current_cycle(session: Session, today: dt.date) -> CycleRow | None:
    """The cycle that today's work is for: the latest open one, else the next to come, else the last one."""
    known = cycles(session)
    opened = [row for row in known if row.state == CycleState.OPEN]
    if opened:
        return opened[-1]
    planned = [row for row in known if row.state == CycleState.PLANNED]
    to_come = [row for row in planned if row.ends_on >= today] or planned
    if to_come:
        return to_come[0]
    return known[-1] if known else None


def rations(session: Session, cycle_code: str) -> tuple[RationRow, ...]:
    """Rations of a cycle, by product and in the order of the groups."""
    query = (
        select(
            Ration.cycle_code,
            Ration.group_code,
            Ration.product_code,
            Ration.grams,
            Ration.is_illustrative,
            Ration.source,
        )
        .join(TargetGroup, TargetGroup.code == Ration.group_code)
        .where(Ration.cycle_code == cycle_code)
        .order_by(Ration.product_code, TargetGroup.position, Ration.group_code)
    )
    return _read(session, query, RationRow)


def census(session: Session) -> tuple[CensusRow, ...]:
    """The last count of every site and group."""
    query = select(
        Census.site_code,
        Census.group_code,
        Census.people,
        Census.counted_on,
        Census.source,
        Census.is_illustrative,
    ).order_by(Census.site_code, Census.group_code)
    return _read(session, query, CensusRow)


def targets(session: Session, cycle_code: str) -> tuple[TargetRow, ...]:
    """People due per site and group: the fixed ones once the cycle was opened, the census before."""
    state = session.scalar(select(Cycle.state).where(Cycle.code == cycle_code))
    if state is None:
        return ()
    if state != CycleState.PLANNED:
        query = select(Target.site_code, Target.group_code, Target.people).where(
            Target.cycle_code == cycle_code
        )
        return _read(session, query.order_by(Target.site_code, Target.group_code), TargetRow)
    active = {place.code for place in places(session, PlaceKind.SITE, only_active=True)}
    due = {row.group_code for row in rations(session, cycle_code)}
    return tuple(
        TargetRow(site_code=row.site_code, group_code=row.group_code, people=row.people)
        for row in census(session)
        if row.site_code in active and row.group_code in due
    )


def needs(session: Session, cycle_code: str) -> tuple[Need, ...]:
    """What each site needs of each product, by site name and product.

    Sites: before opening the active ones, afterwards those with a target.
    """
    row = cycle(session, cycle_code)
    if row is None:
        return ()
    people: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for target in targets(session, cycle_code):
        people[target.site_code][target.group_code] = target.people
    grams: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for ration in rations(session, cycle_code):
        grams[ration.product_code][ration.group_code] = ration.grams
    is_planned = row.state == CycleState.PLANNED
    packs = base_packs(session)
    return tuple(
        Need(
            cycle_code=cycle_code,
            site_code=site.code,
            site_name=site.name,
            commune_pcode=site.commune_pcode,
            product_code=product_code,
            pack_code=packs[product_code].code,
            pack_grams=packs[product_code].net_grams,
            **msgspec.structs.asdict(
                needed(people[site.code], grams[product_code], packs[product_code].net_grams)
            ),
        )
        for site in places(session, PlaceKind.SITE)
        if (is_planned and site.is_active) or (not is_planned and site.code in people)
        for product_code in sorted(grams)
    )


def events(session: Session, cycle_code: str) -> tuple[EventRow, ...]:
    """What happened to a cycle's state, in order."""
    names = {user.user_id: user.name for user in users(session)}
    query = (
        select(CycleEvent.state, CycleEvent.user_id, CycleEvent.recorded_at, CycleEvent.reason)
        .where(CycleEvent.cycle_code == cycle_code)
        .order_by(CycleEvent.recorded_at, CycleEvent.id)
    )
    return tuple(
        EventRow(state=state, user_name=names[user_id], recorded_at=recorded_at, reason=reason)
        for state, user_id, recorded_at, reason in session.execute(query)
    )
