"""A waybill arrives: what was good, damaged, missing or too much leaves the road, to the gram."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.inventory.entries import Entry, Line
from supply.inventory.ledger import already_recorded, post
from supply.inventory.locations import DIFFERENCE, loss_location, trip_location
from supply.inventory.words import Condition, DocumentKind, LossCause
from supply.people.rights import Actor, Right, require
from supply.routing import queries
from supply.routing.assign import locked_trip
from supply.routing.models import Waybill, WaybillLine
from supply.routing.rows import TripRow, WaybillLineRow, WaybillRow
from supply.routing.words import TRIP_STATE_NAMES, TripState

Grams = Annotated[int, msgspec.Meta(ge=0)]


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a waybill as counted: good + damaged + missing = dispatched + excess; excess is good."""

    line: int
    good_grams: Grams
    damaged_grams: Grams = 0
    missing_grams: Grams = 0
    excess_grams: Grams = 0


class Arrive(msgspec.Struct, frozen=True, kw_only=True):
    """A site receives a waybill; `id` is the document's. Every dispatched line is counted."""

    id: UUID
    waybill_id: UUID
    occurred_on: dt.date
    receiver: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    remarks: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    lines: tuple[Received, ...]


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """The document of the arrival; `trip_state` is arrived once the last waybill did."""

    id: UUID
    number: str
    waybill_id: UUID
    trip_id: UUID
    occurred_on: dt.date
    trip_state: str
    is_repeat: bool = False


class WaybillUnknown(NotFound):
    """No waybill has this id."""

    code: ClassVar[str] = "waybill-unknown"
    title = N_("There is no such waybill ({waybill}).")


class TripNotOnTheRoad(Conflict):
    """It has not left, or all of it has arrived."""

    code: ClassVar[str] = "trip-not-on-the-road"
    title = N_("The trip of waybill {waybill} is {state:message}; only a trip on the road can arrive.")


class AlreadyArrived(Conflict):
    """The waybill was received before."""

    code: ClassVar[str] = "already-arrived"
    title = N_("Waybill {waybill} arrived on {arrived_on}; it was received by {receiver}.")


class ArrivedBeforeDeparture(Invalid):
    """The day is before the truck left."""

    code: ClassVar[str] = "arrived-before-departure"
    about: ClassVar[str] = "occurred_on"
    title = N_("{occurred_on} is before the truck left, {departed_on}; write the day on which it arrived.")


class LinesNotCounted(Invalid):
    """A line is missing, unknown or there twice."""

    code: ClassVar[str] = "lines-not-counted"
    title = N_(
        "Count each line of waybill {waybill} once; lines {lines} are missing, unknown or there twice."
    )


class ArrivalDoesNotAddUp(Invalid):
    """The counts do not match what was dispatched."""

    code: ClassVar[str] = "arrival-does-not-add-up"
    title = N_(
        "Lot {lot}: {good:mass} good, {damaged:mass} damaged and {missing:mass} missing are "
        "{counted:mass}, but "
        "{dispatched:mass} were sent and {excess:mass} are too much: {expected:mass}. Count again."
    )


class ExcessAboveGood(Invalid):
    """What came too much is part of what is good."""

    code: ClassVar[str] = "excess-above-good"
    title = N_(
        "Lot {lot}: {excess:mass} too much is more than the {good:mass} that are good; excess "
        "is counted as good too."
    )


class MissingAndExcess(Invalid):
    """Both at once cannot be."""

    code: ClassVar[str] = "missing-and-excess"
    title = N_(
        "Lot {lot} cannot be {missing:mass} short and {excess:mass} too much at once; write the difference."
    )


def arrive(session: Session, command: Arrive, *, actor: Actor, now: dt.datetime) -> Arrived:
    """Move what was dispatched from the road to the site, the unfit and the lost; a repeat changes nothing.

    Damaged product still lies at the site, as unfit; what is missing was lost in transport. Whoever runs
    trips at the site or at the store that sent it may record it, and whoever distributes at the site.
    """
    waybill = queries.waybill(session, command.waybill_id)
    if waybill is None:
        raise WaybillUnknown(waybill=str(command.waybill_id))
    _require(actor, waybill)
    posted = already_recorded(session, command.id, command)
    if posted is None:
        row = locked_trip(session, waybill.trip_id)
        waybill = queries.waybill(session, command.waybill_id)
        assert waybill is not None, "waybills are never removed"
        trip = queries.trip(session, row.id)
        assert trip is not None, "the row is locked"
        _check(trip, waybill, command)
        counted = {line.line: (line, one) for line, one in _pairs(waybill, command)}
        posted = post(session, _entry(trip, waybill, counted, command), command, actor=actor, now=now)
        _record(session, command)
        if all(one.arrived_on or one.id == waybill.id for one in trip.waybills):
            row.state = TripState.ARRIVED.value
        session.flush()
    trip = queries.trip(session, waybill.trip_id)
    assert trip is not None, "a waybill belongs to a trip"
    return Arrived(
        id=posted.id,
        number=posted.number,
        waybill_id=waybill.id,
        trip_id=waybill.trip_id,
        occurred_on=posted.occurred_on,
        trip_state=trip.state,
        is_repeat=posted.is_repeat,
    )


def may_receive(actor: Actor, waybill: WaybillRow) -> bool:
    """True for those who may record this arrival."""
    return (
        actor.may(Right.RUN_TRIPS, waybill.site_code)
        or actor.may(Right.RUN_TRIPS, waybill.store_code)
        or actor.may(Right.DISTRIBUTE, waybill.site_code)
    )


def _require(actor: Actor, waybill: WaybillRow) -> None:
    if not may_receive(actor, waybill):
        require(actor, Right.RUN_TRIPS, waybill.site_code)


def _check(trip: TripRow, waybill: WaybillRow, command: Arrive) -> None:
    if waybill.arrived_on is not None:
        raise AlreadyArrived(
            waybill=waybill.number, arrived_on=waybill.arrived_on, receiver=waybill.receiver or "–"
        )
    if trip.state != TripState.DEPARTED or trip.departed_on is None:
        raise TripNotOnTheRoad(waybill=waybill.number, state=TRIP_STATE_NAMES[TripState(trip.state)])
    if command.occurred_on < trip.departed_on:
        raise ArrivedBeforeDeparture(occurred_on=command.occurred_on, departed_on=trip.departed_on)


def _pairs(waybill: WaybillRow, command: Arrive) -> list[tuple[WaybillLineRow, Received]]:
    """Each dispatched line with its count, in the order of the paper; refuses counts that cannot be."""
    sent = {line.line: line for line in waybill.lines if line.dispatched_grams}
    counted = [one.line for one in command.lines]
    wrong = set(sent) ^ set(counted) | {line for line in counted if counted.count(line) > 1}
    if wrong:
        raise LinesNotCounted(waybill=waybill.number, lines=tuple(sorted(wrong)))
    pairs = [(sent[one.line], one) for one in sorted(command.lines, key=lambda one: one.line)]
    for line, one in pairs:
        _check_line(line, one)
    return pairs


def _check_line(line: WaybillLineRow, one: Received) -> None:
    dispatched = line.dispatched_grams or 0
    if one.missing_grams and one.excess_grams:
        raise MissingAndExcess(lot=line.lot_number, missing=one.missing_grams, excess=one.excess_grams)
    counted = one.good_grams + one.damaged_grams + one.missing_grams
    if counted != dispatched + one.excess_grams:
        raise ArrivalDoesNotAddUp(
            lot=line.lot_number,
            line=line.line,
            good=one.good_grams,
            damaged=one.damaged_grams,
            missing=one.missing_grams,
            excess=one.excess_grams,
            dispatched=dispatched,
            counted=counted,
            expected=dispatched + one.excess_grams,
        )
    if one.excess_grams > one.good_grams:
        raise ExcessAboveGood(lot=line.lot_number, excess=one.excess_grams, good=one.good_grams)


def _entry(
    trip: TripRow,
    waybill: WaybillRow,
    counted: dict[int, tuple[WaybillLineRow, Received]],
    command: Arrive,
) -> Entry:
    return Entry(
        id=command.id,
        kind=DocumentKind.ARRIVAL,
        place_code=waybill.site_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            move for line, one in counted.values() for move in _moves(trip.id, waybill.site_code, line, one)
        ),
        cycle_code=trip.cycle_code,
        trip_id=trip.id,
        reference=waybill.number,
        reason=command.remarks,
    )


def _moves(trip_id: UUID, site_code: str, line: WaybillLineRow, one: Received) -> list[Line]:
    """The line's grams off the road: good and unfit to the site, missing to the losses."""
    road = trip_location(trip_id)
    lot = line.lot_id
    moves = [
        Line(lot_id=lot, grams=one.good_grams - one.excess_grams, source=road, target=site_code),
        Line(
            lot_id=lot,
            grams=one.damaged_grams,
            source=road,
            target=site_code,
            target_condition=Condition.UNFIT,
        ),
        Line(lot_id=lot, grams=one.missing_grams, source=road, target=loss_location(LossCause.TRANSPORT)),
        Line(lot_id=lot, grams=one.excess_grams, source=DIFFERENCE, target=site_code),
    ]
    return [move for move in moves if move.grams]


def _record(session: Session, command: Arrive) -> None:
    waybill = session.get_one(Waybill, command.waybill_id)
    waybill.arrived_on = command.occurred_on
    waybill.receiver = command.receiver
    waybill.remarks = command.remarks
    waybill.arrival_id = command.id
    lines = session.scalars(select(WaybillLine).where(WaybillLine.waybill_id == command.waybill_id))
    counts = {one.line: one for one in command.lines}
    for line in lines:
        one = counts.get(line.line)
        if one is None:
            continue
        line.good_grams = one.good_grams
        line.damaged_grams = one.damaged_grams
        line.missing_grams = one.missing_grams
        line.excess_grams = one.excess_grams
    session.flush()
