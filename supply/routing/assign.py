"""A trip before it leaves: its truck and its cancellation."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.rows import VehicleRow
from supply.db import lock_places
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.inventory.reservations import release
from supply.people.rights import Actor, Right, require
from supply.routing import queries
from supply.routing.models import Trip
from supply.routing.rows import TripRow
from supply.routing.words import TRIP_STATE_NAMES, TripState

Phone = Annotated[str, msgspec.Meta(max_length=40)]
PHONE_SIGNS = frozenset("0123456789 +-./()\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
# What stands in a number that can be dialled; two numbers are parted by a slash.


class AssignVehicle(msgspec.Struct, frozen=True, kw_only=True):
    """Give a trip its truck and, when known, its driver."""

    trip_id: UUID
    plate: str
    driver: Annotated[str, msgspec.Meta(max_length=120)] = ""
    driver_phone: Phone = ""


class CancelTrip(msgspec.Struct, frozen=True, kw_only=True):
    """Let a trip not leave; what was reserved for it is free again."""

    trip_id: UUID
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class TripChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The trip and its state now."""

    id: UUID
    state: str


class TripUnknown(NotFound):
    """No trip has this id."""

    code: ClassVar[str] = "trip-unknown"
    title = N_("There is no such trip ({trip}).")


class TripNotPlanned(Conflict):
    """It left already, or it was cancelled."""

    code: ClassVar[str] = "trip-not-planned"
    title = N_("Trip {trip} is {state:message}; this is only possible before it leaves.")


class VehicleUnknown(NotFound):
    """No truck has this plate."""

    code: ClassVar[str] = "vehicle-unknown"
    title = N_("There is no active truck with plate {plate}; choose one from the list.")


class VehicleElsewhere(Conflict):
    """The truck starts at another store."""

    code: ClassVar[str] = "vehicle-elsewhere"
    title = N_("Truck {plate} belongs to {found}; this trip starts at {needed}.")


class VehicleOfOtherType(Conflict):
    """The trip was planned for another type."""

    code: ClassVar[str] = "vehicle-of-other-type"
    title = N_("Truck {plate} is of type {found}; this trip was planned and priced for type {needed}.")


class VehicleTaken(Conflict):
    """The truck is on another trip on these days."""

    code: ClassVar[str] = "vehicle-taken"
    title = N_("Truck {plate} is on trip {other} from {first_on} to {last_on}; choose another truck.")


class NotAPhone(Invalid):
    """Nobody can call it."""

    code: ClassVar[str] = "not-a-phone"
    about: ClassVar[str] = "driver_phone"
    title = N_(
        "“{phone}” is not a telephone number. Write its digits, such as +223 76 12 34 56, or leave it empty."
    )


def check_phone(phone: str) -> None:
    """Refuse what holds letters or no digit; raises NotAPhone. No number at all is allowed."""
    if phone.strip() and not (set(phone) <= PHONE_SIGNS and set(phone) & set("0123456789")):
        raise NotAPhone(phone=phone)


def assign_vehicle(
    session: Session, command: AssignVehicle, *, actor: Actor, now: dt.datetime
) -> TripChanged:
    """Note the truck of a trip that has not left; a truck is never on two trips at once."""
    row = locked_trip(session, command.trip_id)
    require(actor, Right.RUN_TRIPS, row.store_code)
    check_phone(command.driver_phone)
    trip = planned_trip(session, row)
    truck = next(
        (one for one in catalog.vehicles(session, only_active=True) if one.plate == command.plate), None
    )
    if truck is None:
        raise VehicleUnknown(plate=command.plate)
    _check_truck(session, trip, truck)
    row.plate = truck.plate
    row.driver = command.driver or row.driver
    row.driver_phone = command.driver_phone or row.driver_phone
    session.flush()
    return TripChanged(id=row.id, state=row.state)


def cancel_trip(session: Session, command: CancelTrip, *, actor: Actor, now: dt.datetime) -> TripChanged:
    """Close a trip that has not left and release its lots."""
    row = locked_trip(session, command.trip_id)
    require(actor, Right.PLAN_DELIVERIES, row.store_code)
    planned_trip(session, row)
    release(session, row.id)
    row.state = TripState.CANCELLED.value
    row.cancel_reason = command.reason
    session.flush()
    return TripChanged(id=row.id, state=row.state)


def locked_trip(session: Session, trip_id: UUID) -> Trip:
    """The trip's row with its store locked; raises TripUnknown."""
    store_code = session.scalar(select(Trip.store_code).where(Trip.id == trip_id))
    if store_code is None:
        raise TripUnknown(trip=str(trip_id))
    lock_places(session, [store_code])
    return session.scalars(
        select(Trip).where(Trip.id == trip_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def planned_trip(session: Session, row: Trip) -> TripRow:
    """The trip of a locked row; raises TripNotPlanned when it left or was cancelled."""
    trip = queries.trip(session, row.id)
    assert trip is not None, "the row is locked"
    if row.state != TripState.PLANNED:
        raise TripNotPlanned(trip=trip.label, state=TRIP_STATE_NAMES[TripState(row.state)])
    return trip


def _check_truck(session: Session, trip: TripRow, truck: VehicleRow) -> None:
    if truck.store_code != trip.store_code:
        raise VehicleElsewhere(plate=truck.plate, found=truck.store_code, needed=trip.store_code)
    if truck.type_code != trip.vehicle_type_code:
        raise VehicleOfOtherType(plate=truck.plate, found=truck.type_code, needed=trip.vehicle_type_code)
    for other in queries.trips(session, states=queries.OPEN_STATES, store_codes=(trip.store_code,)):
        overlaps = other.first_on <= trip.ends_on and trip.first_on <= other.ends_on
        if other.plate == truck.plate and other.id != trip.id and overlaps:
            raise VehicleTaken(
                plate=truck.plate, other=other.label, first_on=other.first_on, last_on=other.ends_on
            )
