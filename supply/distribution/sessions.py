"""Opening and closing a distribution session; closing keeps its list as it was on the day."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.codes import check_site
from supply.distribution.lists import judged_list
from supply.distribution.models import DistributionSession, Handout, ListEntry, Tally
from supply.distribution.setting import find_cycle
from supply.distribution.words import SessionState
from supply.errors import Conflict, NotFound
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.programme.rows import CycleRow


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution at a site on a day; a day to come may be opened so that its list can be printed."""

    id: UUID
    cycle_code: str
    site_code: str
    held_on: dt.date
    leader: Annotated[str, msgspec.Meta(max_length=120)] = ""


class SessionOpened(msgspec.Struct, frozen=True, kw_only=True):
    """The session; `is_in_window` is False when its day is after the cycle's last day."""

    id: UUID
    cycle_code: str
    site_code: str
    held_on: dt.date
    is_in_window: bool
    is_repeat: bool = False


class CloseSession(msgspec.Struct, frozen=True, kw_only=True):
    """Close the list of a session; nobody can be served in it any more."""

    session_id: UUID


class SessionClosed(msgspec.Struct, frozen=True, kw_only=True):
    """People of the closed session: on the list, eligible, served from the list, counted in tallies."""

    session_id: UUID
    listed: int
    eligible: int
    served: int
    tallied: int
    is_repeat: bool = False


class SessionUnknown(NotFound):
    """No session has this id."""

    code: ClassVar[str] = "session-unknown"
    title = N_("There is no such distribution session. Choose one from the list of sessions.")


class SessionKnownOtherwise(Conflict):
    """The id belongs to another session."""

    code: ClassVar[str] = "session-known-otherwise"
    title = N_("This form was used for another session. Open it again.")


class SessionExists(Conflict):
    """One session a site, day and cycle."""

    code: ClassVar[str] = "session-exists"
    title = N_("{site} has a session on {held_on} already. Use that one.")


class CycleNotOpen(Conflict):
    """The cycle is planned or closed."""

    code: ClassVar[str] = "cycle-not-open"
    title = N_("The cycle {cycle} is not open; open it before you distribute.")


class BeforeTheCycle(Conflict):
    """A day before the cycle begins."""

    code: ClassVar[str] = "before-the-cycle"
    title = N_("The cycle {cycle} begins on {starts_on}; {held_on} is before.")


class SessionIsClosed(Conflict):
    """The list was closed."""

    code: ClassVar[str] = "session-closed"
    title = N_("The session of {held_on} at {site} is closed. Open a session of another day for late people.")


class SessionNotHeldYet(Conflict):
    """The day has not come."""

    code: ClassVar[str] = "session-not-held-yet"
    title = N_("The session at {site} is planned for {held_on}; that day has not come.")


def open_session(session: Session, command: OpenSession, *, actor: Actor, now: dt.datetime) -> SessionOpened:
    """Open a session at a site on a day of an open cycle; one per site and day."""
    require(actor, Right.DISTRIBUTE, command.site_code)
    lock_places(session, [command.site_code])
    check_site(session, command.site_code)
    cycle = find_cycle(session, command.cycle_code)
    known = session.get(DistributionSession, command.id)
    if known is not None:
        if (known.cycle_code, known.site_code, known.held_on) != _key(command):
            raise SessionKnownOtherwise
        return _opened(known, cycle, is_repeat=True)
    check_open(cycle)
    if command.held_on < cycle.starts_on:
        raise BeforeTheCycle(cycle=cycle.name, starts_on=cycle.starts_on, held_on=command.held_on)
    taken = select(DistributionSession.id).where(
        DistributionSession.cycle_code == command.cycle_code,
        DistributionSession.site_code == command.site_code,
        DistributionSession.held_on == command.held_on,
    )
    there = session.scalar(taken)
    if there is not None:
        raise SessionExists(site=command.site_code, held_on=command.held_on, session_id=str(there))
    held = DistributionSession(
        id=command.id,
        cycle_code=command.cycle_code,
        site_code=command.site_code,
        held_on=command.held_on,
        state=SessionState.OPEN.value,
        leader=command.leader.strip(),
        user_id=actor.user_id,
        opened_at=now,
    )
    session.add(held)
    session.flush()
    return _opened(held, cycle)


def close_session(
    session: Session, command: CloseSession, *, actor: Actor, now: dt.datetime
) -> SessionClosed:
    """Close the list and keep it as it was on the day: later edits of the register change no figure."""
    held = find_session(session, command.session_id)
    require(actor, Right.DISTRIBUTE, held.site_code)
    lock_places(session, [held.site_code])
    session.refresh(held)
    if held.held_on > day_of(now):
        raise SessionNotHeldYet(site=held.site_code, held_on=held.held_on)
    is_repeat = held.state == SessionState.CLOSED
    if not is_repeat:
        entries = judged_list(session, held)
        session.add_all(
            ListEntry(
                session_id=held.id,
                person_code=entry.person_code,
                group_code=entry.group_code,
                reason=None if entry.reason is None else entry.reason.value,
            )
            for entry in entries
        )
        held.state, held.closed_at = SessionState.CLOSED.value, now
        session.flush()
    return _closed(session, held, is_repeat=is_repeat)


def find_session(session: Session, session_id: UUID) -> DistributionSession:
    """The session of that id, or SessionUnknown."""
    held = session.get(DistributionSession, session_id)
    if held is None:
        raise SessionUnknown(session_id=str(session_id))
    return held


def check_may_serve(held: DistributionSession, cycle: CycleRow, today: dt.date) -> None:
    """Refuse to serve in a closed session, outside an open cycle, or before the day."""
    if held.state != SessionState.OPEN:
        raise SessionIsClosed(site=held.site_code, held_on=held.held_on)
    check_open(cycle)
    if held.held_on > today:
        raise SessionNotHeldYet(site=held.site_code, held_on=held.held_on)


def check_open(cycle: CycleRow) -> None:
    """Refuse a cycle that is not open."""
    if cycle.state != "open":
        raise CycleNotOpen(cycle=cycle.name, state=cycle.state)


def _key(command: OpenSession) -> tuple[str, str, dt.date]:
    return command.cycle_code, command.site_code, command.held_on


def _opened(held: DistributionSession, cycle: CycleRow, *, is_repeat: bool = False) -> SessionOpened:
    return SessionOpened(
        id=held.id,
        cycle_code=held.cycle_code,
        site_code=held.site_code,
        held_on=held.held_on,
        is_in_window=held.held_on <= cycle.ends_on,
        is_repeat=is_repeat,
    )


def _closed(session: Session, held: DistributionSession, *, is_repeat: bool) -> SessionClosed:
    listed, eligible = session.execute(
        select(func.count(), func.count(ListEntry.group_code)).where(ListEntry.session_id == held.id)
    ).one()
    served = session.scalar(
        select(func.count(Handout.person_code.distinct())).where(
            Handout.session_id == held.id, Handout.reversed_by.is_(None)
        )
    )
    return SessionClosed(
        session_id=held.id,
        listed=listed,
        eligible=eligible,
        served=served or 0,
        tallied=tallied_people(session, held.id),
        is_repeat=is_repeat,
    )


def tallied_people(session: Session, session_id: UUID) -> int:
    """People counted in the session's tallies; one person who received two products is one."""
    counts = (
        select(func.max(Tally.people).label("people"))
        .where(Tally.session_id == session_id, Tally.reversed_by.is_(None))
        .group_by(Tally.document_id, Tally.group_code)
        .subquery()
    )
    return session.scalar(select(func.coalesce(func.sum(counts.c.people), 0))) or 0
