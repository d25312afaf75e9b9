"""What a nutrition lead should follow up in a cycle.

Low communes, sessions not held or not closed, left-over.
"""

import datetime as dt
from collections import defaultdict
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.coverage.indicators import Share
from supply.coverage.queries import CycleCoverage
from supply.distribution.queries import SessionRow, sessions
from supply.inventory.queries import on_hand

COVERAGE_TARGET_PERCENT = 70
# Preventive programmes aim at more than 70 % (common practice of WFP and Sphere): something to look at, not a
# rule that refuses anything.


class FollowUpKind(StrEnum):
    """Why something is on the list."""

    BELOW_TARGET = "below-target"
    ABOVE_TARGETED = "above-targeted"
    NOT_HELD = "not-held"
    NOT_CLOSED = "not-closed"
    LEFT_OVER = "left-over"


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to follow up, at a commune or a site."""

    kind: FollowUpKind
    place_code: str
    place_name: str
    is_urgent: bool
    coverage: Share | None = None
    missing_sites: int = 0
    targeted: int = 0
    session_id: UUID | None = None
    day: dt.date | None = None
    grams: int = 0


def follow_up(session: Session, coverage: CycleCoverage, *, today: dt.date) -> tuple[FollowUp, ...]:
    """What waits in a cycle, the urgent first."""
    held = sessions(session, cycle_code=coverage.cycle.code)
    found = (
        *_communes(coverage, held, today),
        *_not_held(coverage, held, today),
        *_not_closed(held, today),
        *_left_over(session, coverage, held),
    )
    return tuple(
        sorted(found, key=lambda one: (not one.is_urgent, list(FollowUpKind).index(one.kind), one.place_name))
    )


def _communes(coverage: CycleCoverage, held: tuple[SessionRow, ...], today: dt.date) -> list[FollowUp]:
    """Communes off the target, but for those where people are being served at this moment."""
    sites = {row.site_code for row in held if row.state == "open" and row.held_on == today}
    being_served = {site.commune_pcode for site in coverage.sites if site.code in sites}
    found: list[FollowUp] = []
    for commune in coverage.communes:
        share = commune.figures.coverage
        if share is None or commune.pcode in being_served:
            continue
        if share.is_above_whole:
            kind = FollowUpKind.ABOVE_TARGETED
        elif share.is_below(COVERAGE_TARGET_PERCENT):
            kind = FollowUpKind.BELOW_TARGET
        else:
            continue
        found.append(
            FollowUp(
                kind=kind,
                place_code=commune.pcode,
                place_name=commune.name,
                is_urgent=kind is FollowUpKind.BELOW_TARGET and coverage.cycle.ends_on < today,
                coverage=share,
                missing_sites=commune.figures.missing_count,
            )
        )
    return found


def _not_held(coverage: CycleCoverage, held: tuple[SessionRow, ...], today: dt.date) -> list[FollowUp]:
    """Targeted sites without any session, once the cycle has begun."""
    with_session = {row.site_code for row in held}
    if coverage.cycle.starts_on > today:
        return []
    return [
        FollowUp(
            kind=FollowUpKind.NOT_HELD,
            place_code=site.code,
            place_name=site.name,
            is_urgent=coverage.cycle.ends_on < today,
            targeted=site.figures.targeted,
            day=coverage.cycle.ends_on,
        )
        for site in coverage.sites
        if site.figures.targeted and site.code not in with_session
    ]


def _not_closed(held: tuple[SessionRow, ...], today: dt.date) -> list[FollowUp]:
    return [
        FollowUp(
            kind=FollowUpKind.NOT_CLOSED,
            place_code=row.site_code,
            place_name=row.site_name,
            is_urgent=row.held_on < today - dt.timedelta(days=7),
            session_id=row.id,
            day=row.held_on,
        )
        for row in held
        if row.state == "open" and row.held_on < today
    ]


def _left_over(session: Session, coverage: CycleCoverage, held: tuple[SessionRow, ...]) -> list[FollowUp]:
    """Sites whose sessions are all closed and where grams are left."""
    open_sites = {row.site_code for row in held if row.state == "open"}
    last = {row.site_code: row for row in reversed(held)}
    done = sorted(set(last) - open_sites)
    if not done:
        return []
    grams: defaultdict[str, int] = defaultdict(int)
    for balance in on_hand(session, place_codes=done):
        grams[balance.place_code] += balance.grams
    return [
        FollowUp(
            kind=FollowUpKind.LEFT_OVER,
            place_code=code,
            place_name=last[code].site_name,
            is_urgent=coverage.cycle.state == "closed",
            session_id=last[code].id,
            day=last[code].held_on,
            grams=grams[code],
        )
        for code in done
        if grams[code]
    ]
