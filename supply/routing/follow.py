"""Follow an announced plan: which of its trips may change, and what becomes of them on approval."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.errors import Conflict
from supply.i18n import N_, gettext
from supply.inventory import queries as inventory
from supply.inventory.fefo import is_expired
from supply.inventory.reservations import release
from supply.inventory.words import Condition
from supply.routing import queries
from supply.routing.expiry import UseDays
from supply.routing.following import Following, PlanTrips, PreviousTrip, as_planned
from supply.routing.models import Trip
from supply.routing.planner.problem import Problem
from supply.routing.rows import TripRow
from supply.routing.words import TRIP_STATE_NAMES, TripState


class NothingToChange(Conflict):
    """Every trip of the cycle has left, or none was announced."""

    code: ClassVar[str] = "nothing-to-change"
    title = N_("No announced trip of {cycle} waits to be loaded from {first_on} on; ask for a plan instead.")


class TripMovedOn(Conflict):
    """An announced trip is no longer as it was when the new plan was asked for."""

    code: ClassVar[str] = "trip-moved-on"
    title = N_("Trip {trip} is {state:message} since this plan was asked for. Ask for a new plan.")


def changeable(
    session: Session, cycle_code: str, *, first_on: dt.date, today: dt.date
) -> tuple[TripRow, ...]:
    """Announced trips that a new plan from `first_on` on may change.

    Those that leave before that day go as announced, and so do those that an officer put together by hand.
    A trip whose day is past without leaving is planned anew.
    """
    rows = queries.trips(session, cycle_code=cycle_code, states=(TripState.PLANNED.value,))
    by_hand = queries.plans_by_hand(session, cycle_code)
    return tuple(
        row
        for row in rows
        if row.plan_id not in by_hand and (row.begins_on >= first_on or row.begins_on < today)
    )


def away_count(session: Session, cycle_code: str) -> int:
    """Trips of the cycle that have left and not all arrived."""
    return len(queries.trips(session, cycle_code=cycle_code, states=(TripState.DEPARTED.value,)))


@contextmanager
def without_trips(session: Session, trip_ids: Collection[UUID]) -> Iterator[None]:
    """Within the block the trips are as if cancelled: their trucks, lots and needs are free again."""
    savepoint = session.begin_nested()
    try:
        _cancel(session, trip_ids, "")
        yield
    finally:
        savepoint.rollback()


def follow(
    session: Session,
    problem: Problem,
    rows: Sequence[TripRow],
    *,
    days: UseDays,
    cycle_code: str,
    change_cost: int,
) -> Following:
    """The announced trips beside the problem that was made without them."""
    return Following(
        change_cost=change_cost,
        away_count=away_count(session, cycle_code),
        trips=as_planned(problem, rows, sound_trips(session, rows, days)),
    )


def sound_trips(session: Session, rows: Sequence[TripRow], days: UseDays) -> frozenset[UUID]:
    """Trips whose reserved lots are still there for them and good until their sites need them."""
    stores = {row.store_code for row in rows}
    room = {
        (one.place_code, one.lot_id): one.grams - one.reserved_grams
        for one in inventory.on_hand(session, place_codes=sorted(stores), condition=Condition.GOOD)
    }
    wanted: dict[UUID, Counter[tuple[str, UUID]]] = {}
    for row in rows:
        lines = [(waybill, line) for waybill in row.waybills for line in waybill.lines]
        wanted[row.id] = Counter()
        for _, line in lines:
            wanted[row.id][row.store_code, line.lot_id] += line.planned_grams
        for key, grams in wanted[row.id].items():
            room[key] = room.get(key, 0) + grams  # what these trips had reserved is theirs to share
    sound = set()
    for row in sorted(rows, key=lambda one: (one.begins_on, one.label, one.id)):
        is_good = not any(
            is_expired(line.expires_on, days.needs_until(waybill.site_code))
            for waybill in row.waybills
            for line in waybill.lines
        )
        if is_good and all(room[key] >= grams for key, grams in wanted[row.id].items()):
            sound.add(row.id)
            for key, grams in wanted[row.id].items():
                room[key] -= grams
    return frozenset(sound)


def replace_trips(session: Session, following: Following, parts: PlanTrips) -> None:
    """Cancel the announced trips that the plan does not keep; raises TripMovedOn, and then nothing is done.

    A kept trip stays as it is, with its waybills and lots; only a truck that is out of use is taken off it.
    The caller holds the locks of its stores.
    """
    rows = {row.id: row for row in _rows(session, following.trips)}
    for previous in following.trips:
        row = rows[previous.id]
        if row.state != TripState.PLANNED or row.grams != previous.grams:
            raise TripMovedOn(trip=previous.label, state=TRIP_STATE_NAMES[TripState(row.state)])
    kept = {previous.id for previous in parts.kept.values()}
    _cancel(
        session,
        [previous.id for previous in following.trips if previous.id not in kept],
        gettext(N_("Replaced by a new plan.")),
    )
    in_use = {truck.plate for truck in catalog.vehicles(session, only_active=True)}
    idle = [row.id for row in rows.values() if row.id in kept and row.plate and row.plate not in in_use]
    session.execute(
        update(Trip)
        .where(Trip.id.in_(idle))
        .values(plate=None, driver="", driver_phone="")
        .execution_options(synchronize_session=False)
    )


def _rows(session: Session, previous: Sequence[PreviousTrip]) -> tuple[TripRow, ...]:
    ids = [one.id for one in previous]
    session.execute(select(Trip.id).where(Trip.id.in_(ids)).order_by(Trip.id).with_for_update()).all()
    return queries.trips(session, trip_ids=ids)


def _cancel(session: Session, trip_ids: Collection[UUID], reason: str) -> None:
    for trip_id in sorted(trip_ids):
        release(session, trip_id)
    session.execute(
        update(Trip)
        .where(Trip.id.in_(trip_ids))
        .values(state=TripState.CANCELLED.value, cancel_reason=reason)
        .execution_options(synchronize_session=False)
    )
