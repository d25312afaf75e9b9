"""A wrong departure or arrival is taken back by a reversal; trip and waybill stand as they did before."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory import ledger
from supply.inventory.entries import Entry, Posted
from supply.inventory.reservations import reserve
from supply.inventory.words import DocumentKind
from supply.people.rights import Actor, Right, require
from supply.routing import queries
from supply.routing.arrive import WaybillUnknown
from supply.routing.assign import TripUnknown, locked_trip
from supply.routing.models import Waybill, WaybillLine
from supply.routing.words import TripState

Why = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class UndoArrival(msgspec.Struct, frozen=True, kw_only=True):
    """Take an arrival back: the waybill is on the road again. `id` is the reversal's."""

    id: UUID
    waybill_id: UUID
    occurred_on: dt.date
    reason: Why


class UndoDeparture(msgspec.Struct, frozen=True, kw_only=True):
    """Take a departure back: its lots are reserved again, as loaded. `id` is the reversal's."""

    id: UUID
    trip_id: UUID
    occurred_on: dt.date
    reason: Why


class NotArrived(Conflict):
    """There is no arrival to take back."""

    code: ClassVar[str] = "not-arrived"
    title = N_("Waybill {waybill} has not arrived; there is nothing to take back.")


class NotDeparted(Conflict):
    """There is no departure to take back."""

    code: ClassVar[str] = "not-departed"
    title = N_("Trip {trip} has not left; there is nothing to take back.")


class ArrivedInPart(Conflict):
    """Some of it was received."""

    code: ClassVar[str] = "arrived-in-part"
    title = N_("Waybills {waybills} of trip {trip} have arrived; take back their arrivals first.")


def undo_arrival(session: Session, command: UndoArrival, *, actor: Actor, now: dt.datetime) -> Posted:
    """Reverse the arrival's movements and open the waybill again."""
    known = queries.waybill(session, command.waybill_id)
    if known is None:
        raise WaybillUnknown(waybill=str(command.waybill_id))
    require(actor, Right.REVERSE, known.store_code)
    posted = ledger.already_recorded(session, command.id, command)
    if posted is not None:
        return posted
    row = locked_trip(session, known.trip_id)
    waybill = session.get_one(Waybill, command.waybill_id, populate_existing=True)
    if waybill.arrival_id is None:
        raise NotArrived(waybill=waybill.number)
    entry = _entry(command.id, waybill.site_code, command.occurred_on, command.reason, waybill.arrival_id)
    posted = ledger.reverse(session, entry, command, actor=actor, now=now)
    waybill.arrived_on = None
    waybill.arrival_id = None
    waybill.receiver = ""
    waybill.remarks = ""
    for line in session.scalars(select(WaybillLine).where(WaybillLine.waybill_id == waybill.id)):
        line.good_grams = line.damaged_grams = line.missing_grams = line.excess_grams = None
    row.state = TripState.DEPARTED.value
    session.flush()
    return posted


def undo_departure(session: Session, command: UndoDeparture, *, actor: Actor, now: dt.datetime) -> Posted:
    """Reverse the departure's movements and reserve again what was loaded."""
    known = queries.trip(session, command.trip_id)
    if known is None:
        raise TripUnknown(trip=str(command.trip_id))
    require(actor, Right.REVERSE, known.store_code)
    posted = ledger.already_recorded(session, command.id, command)
    if posted is not None:
        return posted
    row = locked_trip(session, command.trip_id)
    trip = queries.trip(session, command.trip_id)
    assert trip is not None, "the row is locked"
    arrived = tuple(waybill.number for waybill in trip.waybills if waybill.arrived_on)
    if arrived:
        raise ArrivedInPart(trip=trip.label, waybills=arrived)
    departure_id = next((waybill.departure_id for waybill in trip.waybills if waybill.departure_id), None)
    if trip.state != TripState.DEPARTED or departure_id is None:
        raise NotDeparted(trip=trip.label)
    entry = _entry(command.id, trip.store_code, command.occurred_on, command.reason, departure_id)
    posted = ledger.reverse(session, entry, command, actor=actor, now=now)
    row.state = TripState.PLANNED.value
    row.departed_on = None
    row.departure_reason = ""
    for waybill in session.scalars(select(Waybill).where(Waybill.trip_id == row.id)):
        waybill.departure_id = None
        _back_to_planned(session, waybill, now)
    session.flush()
    return posted


def _entry(document_id: UUID, place_code: str, occurred_on: dt.date, reason: str, reverses_id: UUID) -> Entry:
    return Entry(
        id=document_id,
        kind=DocumentKind.REVERSAL,
        place_code=place_code,
        occurred_on=occurred_on,
        lines=(),
        reason=reason,
        reverses_id=reverses_id,
    )


def _back_to_planned(session: Session, waybill: Waybill, now: dt.datetime) -> None:
    """What was loaded is what is planned from now on: that is what stands at the gate."""
    for line in session.scalars(select(WaybillLine).where(WaybillLine.waybill_id == waybill.id)).all():
        grams = line.dispatched_grams or 0
        line.dispatched_grams = None
        if not grams:
            session.delete(line)
            continue
        line.planned_grams = grams
        reserve(
            session,
            trip_id=waybill.trip_id,
            site_code=waybill.site_code,
            place_code=waybill.store_code,
            lot_id=line.lot_id,
            grams=grams,
            now=now,
        )
