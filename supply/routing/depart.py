"""A trip leaves: what is really on the truck moves from the store to the road."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory import queries as inventory
from supply.inventory.entries import Entry, Line
from supply.inventory.fefo import is_expired
from supply.inventory.ledger import already_recorded, post
from supply.inventory.locations import trip_location
from supply.inventory.reservations import refuse_reserved, use
from supply.inventory.words import DocumentKind
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.routing import queries
from supply.routing.assign import Phone, TripUnknown, check_phone, locked_trip, planned_trip
from supply.routing.models import Trip, Waybill, WaybillLine
from supply.routing.rows import TripRow, WaybillRow
from supply.routing.snapshot import use_days
from supply.routing.words import TripState

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Grams = Annotated[int, msgspec.Meta(ge=0)]
Loads = dict[tuple[UUID, UUID], int]
# Grams on the truck by (waybill, lot).


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a lot really put on the truck for one waybill; a lot that is not named goes as planned."""

    waybill_id: UUID
    lot_id: UUID
    grams: Grams


class Depart(msgspec.Struct, frozen=True, kw_only=True):
    """A trip leaves its store; `id` is the document's. What differs from the plan needs its reason."""

    id: UUID
    trip_id: UUID
    occurred_on: dt.date
    sender: Name
    driver: Name
    driver_phone: Phone = ""
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    lines: tuple[Loaded, ...] = ()


class Departed(msgspec.Struct, frozen=True, kw_only=True):
    """The document of the departure."""

    id: UUID
    number: str
    trip_id: UUID
    occurred_on: dt.date
    grams: int
    is_repeat: bool = False


class VehicleMissing(Conflict):
    """No truck was assigned."""

    code: ClassVar[str] = "vehicle-missing"
    title = N_("Trip {trip} has no truck yet; choose its plate first.")


class TruckOnTheRoad(Conflict):
    """The truck has left with another trip that has not arrived everywhere."""

    code: ClassVar[str] = "truck-on-the-road"
    title = N_(
        "Truck {plate} is on the road with trip {other} and planned back on {back_on}. If it is back, record "
        "the arrivals of trip {other} first; else choose another truck."
    )


class ReasonMissing(Invalid):
    """The load differs from the plan and nobody said why."""

    code: ClassVar[str] = "load-reason-missing"
    about: ClassVar[str] = "reason"
    title = N_("What is loaded differs from the plan for lot {lot}; write why.")


class LoadedTwice(Invalid):
    """One lot stands twice on a waybill."""

    code: ClassVar[str] = "loaded-twice"
    title = N_("Lot {lot} stands twice on waybill {waybill}; write its sum once.")


class WaybillOfOtherTrip(Invalid):
    """A line names a waybill that is not this trip's."""

    code: ClassVar[str] = "waybill-of-other-trip"
    title = N_("Waybill {waybill} is not one of trip {trip}.")


class LotOfOtherProduct(Invalid):
    """A lot cannot take the place of another product."""

    code: ClassVar[str] = "lot-of-other-product"
    title = N_(
        "Lot {lot} is {product}, which waybill {waybill} does not carry; choose a lot of its products."
    )


class LotExpiresBeforeUse(Conflict):
    """It would arrive to be thrown away."""

    code: ClassVar[str] = "lot-expires-before-use"
    title = N_(
        "Lot {lot} expires on {expires_on}, before the last distribution day ({use_on}); load another lot."
    )


class LotLifeTooShort(Conflict):
    """It is good on the day of use, but people eat it in the weeks after."""

    code: ClassVar[str] = "lot-life-too-short"
    title = N_(
        "Lot {lot} expires on {expires_on}. The plan asks that {keep_days} days are left when {site} "
        "distributes ({use_on}); load another lot."
    )


class WaybillEmpty(Conflict):
    """Nothing is loaded for a stop."""

    code: ClassVar[str] = "waybill-empty"
    title = N_("Nothing is loaded for {site}; cancel the trip and plan it again without this stop.")


class Overloaded(Conflict):
    """More than the truck carries."""

    code: ClassVar[str] = "overloaded"
    title = N_("{grams:mass} are loaded and truck {plate} carries {limit:mass}; take off {excess:mass}.")


def depart(session: Session, command: Depart, *, actor: Actor, now: dt.datetime) -> Departed:
    """Move what is really on the truck from the store to the trip; a repeat changes nothing."""
    known = queries.trip(session, command.trip_id)
    if known is None:
        raise TripUnknown(trip=str(command.trip_id))
    require(actor, Right.RUN_TRIPS, known.store_code)
    posted = already_recorded(session, command.id, command)
    if posted is None:
        row = locked_trip(session, command.trip_id)
        trip = planned_trip(session, row)
        check_phone(command.driver_phone)
        loads = _loads(session, trip, command)
        _check_truck_is_here(session, trip, command.occurred_on)
        use(session, trip.id)
        _check_free(session, trip, loads, command.occurred_on)
        posted = post(session, _entry(trip, loads, command), command, actor=actor, now=now)
        _record(session, row, loads, command)
        known = queries.trip(session, command.trip_id)
        assert known is not None, "the row is locked"
    return Departed(
        id=posted.id,
        number=posted.number,
        trip_id=known.id,
        occurred_on=posted.occurred_on,
        grams=known.grams,
        is_repeat=posted.is_repeat,
    )


def _check_truck_is_here(session: Session, trip: TripRow, on: dt.date) -> None:
    """Refuse a truck that by the plan is not back from its other trip; one late to be recorded may leave."""
    last_on = on + dt.timedelta(days=trip.day_count - 1)
    for other in queries.trips(session, states=(TripState.DEPARTED.value,), store_codes=(trip.store_code,)):
        if other.plate == trip.plate and other.first_on <= last_on and on <= other.ends_on:
            raise TruckOnTheRoad(plate=trip.plate, other=other.label, back_on=other.ends_on)


def _check_free(session: Session, trip: TripRow, loads: Loads, on: dt.date) -> None:
    by_lot: Counter[UUID] = Counter()
    for (_, lot_id), grams in loads.items():
        by_lot[lot_id] += grams
    taken = {lot_id: grams for lot_id, grams in by_lot.items() if grams}
    refuse_reserved(session, trip.store_code, taken, on, except_trip=trip.id)


def _entry(trip: TripRow, loads: Loads, command: Depart) -> Entry:
    return Entry(
        id=command.id,
        kind=DocumentKind.DEPARTURE,
        place_code=trip.store_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            Line(lot_id=lot_id, grams=grams, source=trip.store_code, target=trip_location(trip.id))
            for (_, lot_id), grams in loads.items()
            if grams
        ),
        cycle_code=trip.cycle_code,
        trip_id=trip.id,
        reference=_reference(trip),
        reason=command.reason,
    )


def _loads(session: Session, trip: TripRow, command: Depart) -> Loads:
    """Grams on the truck by (waybill, lot), planned ones first; refuses what may not leave like that."""
    if trip.plate is None:
        raise VehicleMissing(trip=trip.label)
    planned = {
        (waybill.id, line.lot_id): line.planned_grams for waybill in trip.waybills for line in waybill.lines
    }
    loads = dict(planned)
    waybills = {waybill.id: waybill for waybill in trip.waybills}
    lots = inventory.lots(session, {key[1] for key in planned} | {one.lot_id for one in command.lines})
    seen: set[tuple[UUID, UUID]] = set()
    for one in command.lines:
        waybill = waybills.get(one.waybill_id)
        lot = lots.get(one.lot_id)
        if waybill is None:
            raise WaybillOfOtherTrip(waybill=str(one.waybill_id), trip=trip.label)
        lot_name = str(one.lot_id) if lot is None else lot.number
        if (one.waybill_id, one.lot_id) in seen:
            raise LoadedTwice(lot=lot_name, waybill=waybill.number)
        if lot is None or lot.product_code not in {line.product_code for line in waybill.lines}:
            product = "–" if lot is None else lot.product_code
            raise LotOfOtherProduct(lot=lot_name, product=product, waybill=waybill.number)
        seen.add((one.waybill_id, one.lot_id))
        loads[one.waybill_id, one.lot_id] = one.grams
        if one.grams != planned.get((one.waybill_id, one.lot_id), 0) and not command.reason.strip():
            raise ReasonMissing(lot=lot_name)
    _check_life(session, trip, loads, lots, on=command.occurred_on)
    _check_load(session, trip, loads, waybills)
    return loads


def _check_life(
    session: Session,
    trip: TripRow,
    loads: Loads,
    lots: dict[UUID, inventory.LotRow],
    *,
    on: dt.date,
) -> None:
    cycle = programme.cycle(session, trip.cycle_code)
    assert cycle is not None, "a plan names a cycle that exists"
    days = use_days(session, cycle, queries.keep_days(session, trip.plan_id))
    sites = {waybill.id: waybill for waybill in trip.waybills}
    for (waybill_id, lot_id), grams in loads.items():
        lot, site = lots[lot_id], sites[waybill_id]
        # A distribution day that went by before the truck left is no day of use any more.
        use_on = max(days.use_on(site.site_code), on)
        if grams and is_expired(lot.expires_on, use_on):
            raise LotExpiresBeforeUse(lot=lot.number, expires_on=lot.expires_on, use_on=use_on)
        if grams and is_expired(lot.expires_on, use_on + dt.timedelta(days=days.keep_days)):
            raise LotLifeTooShort(
                lot=lot.number,
                expires_on=lot.expires_on,
                keep_days=days.keep_days,
                site=site.site_name,
                use_on=use_on,
            )


def _check_load(
    session: Session,
    trip: TripRow,
    loads: Loads,
    waybills: dict[UUID, WaybillRow],
) -> None:
    by_waybill: dict[UUID, int] = defaultdict(int)
    for (waybill_id, _), grams in loads.items():
        by_waybill[waybill_id] += grams
    for waybill_id, grams in by_waybill.items():
        if not grams:
            raise WaybillEmpty(site=waybills[waybill_id].site_name)
    total = sum(by_waybill.values())
    limit = next(one.capacity_grams for one in catalog.vehicles(session) if one.plate == trip.plate)
    if total > limit:
        raise Overloaded(grams=total, plate=trip.plate, limit=limit, excess=total - limit)


def _reference(trip: TripRow) -> str:
    """The waybill numbers, as many as the paper's field holds."""
    return ", ".join(waybill.number for waybill in trip.waybills)[:80]


def _record(session: Session, row: Trip, loads: Loads, command: Depart) -> None:
    row.state = TripState.DEPARTED.value
    row.departed_on = command.occurred_on
    row.sender = command.sender
    row.driver = command.driver
    row.driver_phone = command.driver_phone or row.driver_phone
    row.departure_reason = command.reason
    for waybill in session.scalars(select(Waybill).where(Waybill.trip_id == row.id)):
        waybill.departure_id = command.id
    lines = session.scalars(
        select(WaybillLine)
        .join(Waybill, Waybill.id == WaybillLine.waybill_id)
        .where(Waybill.trip_id == row.id)
    ).all()
    by_key = {(line.waybill_id, line.lot_id): line for line in lines}
    last = Counter({waybill_id: 0 for waybill_id, _ in loads})
    for line in lines:
        last[line.waybill_id] = max(last[line.waybill_id], line.line)
    for (waybill_id, lot_id), grams in loads.items():
        known = by_key.get((waybill_id, lot_id))
        if known is None:
            last[waybill_id] += 1
            session.add(
                WaybillLine(
                    waybill_id=waybill_id,
                    line=last[waybill_id],
                    lot_id=lot_id,
                    planned_grams=0,
                    dispatched_grams=grams,
                )
            )
        else:
            known.dispatched_grams = grams
    session.flush()
