"""One trip: its truck, loading and leaving, cancelling, and its way for a telephone."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.people.rights import Actor, Right
from supply.routing import queries
from supply.routing.assign import AssignVehicle, CancelTrip, TripUnknown, assign_vehicle, cancel_trip
from supply.routing.pages.drawings import Way, read_ground, trips_map
from supply.routing.pages.texts import in_packs, km, names_of_products, packs_by_code, trip_badge
from supply.routing.pages.trip_forms import cancel_form, read_phone, told_instead, truck_form, undo_form
from supply.routing.rows import TripRow, WaybillRow
from supply.routing.undo import UndoDeparture, undo_departure
from supply.routing.words import TripState
from supply.web.drawing.maps import MapView
from supply.web.forms import Faults, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge, Step


class StopLine(msgspec.Struct, frozen=True, kw_only=True):
    """One stop with its waybill."""

    stop: int
    site: str
    number: str
    href: str
    geo: str
    arrive_href: str | None
    due_on: dt.date
    arrived_on: dt.date | None
    grams: int
    badge: Badge


class LoadLine(msgspec.Struct, frozen=True, kw_only=True):
    """One lot for one stop."""

    site: str
    product: str
    lot: str
    expires_on: dt.date
    planned: str
    loaded: str
    grams: int


class TripPage(msgspec.Struct, frozen=True, kw_only=True):
    """One trip."""

    title: str
    lead: str
    badge: Badge
    plan_href: str
    steps: tuple[Step, ...]
    facts: tuple[tuple[str, str], ...]
    stops: tuple[StopLine, ...]
    loads: tuple[LoadLine, ...]
    map: MapView | None
    base: str
    may_load: bool
    has_left: bool
    is_cancelled: bool
    has_truck: bool
    truck_form: Form | None
    cancel_form: Form | None
    undo_form: Form | None
    told_instead: str


class TripPages(Controller):
    """A trip from its truck to its return."""

    path = "/routing/trips"
    include_in_schema = False

    @get("/{trip_id:uuid}", operation_id="TripPage", sync_to_thread=True)
    def show(
        self,
        trip_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _show(db, trip_id, actor, today, reader=FormReader({}), faults=Faults())

    @post("/{trip_id:uuid}/vehicle", operation_id="AssignVehicleSubmit", sync_to_thread=True, status_code=303)
    def vehicle(
        self,
        *,
        trip_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            plate = reader.text("plate", max_length=32)
            driver = reader.text("driver", required=False, max_length=120)
            phone = read_phone(reader)
            reader.finish()
            command = AssignVehicle(trip_id=trip_id, plate=plate, driver=driver, driver_phone=phone)
            with db.transaction() as session:
                assign_vehicle(session, command, actor=actor, now=now)
            return see_other(f"/routing/trips/{trip_id}", N_("Truck {plate} makes this trip."), plate=plate)

        return submit(
            attempt,
            again=lambda faults: _show(db, trip_id, actor, today, reader=FormReader(data), faults=faults),
        )

    @post("/{trip_id:uuid}/cancel", operation_id="CancelTripSubmit", sync_to_thread=True, status_code=303)
    def cancel(
        self,
        *,
        trip_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            reason = reader.text("cancel_reason", max_length=500)
            reader.finish()
            with db.transaction() as session:
                cancel_trip(session, CancelTrip(trip_id=trip_id, reason=reason), actor=actor, now=now)
            return see_other(
                f"/routing/trips/{trip_id}", N_("The trip is cancelled; its lots are free again.")
            )

        return submit(
            attempt,
            called={"reason": "cancel_reason"},
            again=lambda faults: _show(db, trip_id, actor, today, reader=FormReader(data), faults=faults),
        )

    @post("/{trip_id:uuid}/undo", operation_id="UndoDepartureSubmit", sync_to_thread=True, status_code=303)
    def undo(
        self,
        *,
        trip_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            document_id, day = reader.uuid("undo_id"), reader.day("undo_on")
            reason = reader.text("undo_reason", max_length=500)
            reader.finish()
            command = UndoDeparture(id=document_id, trip_id=trip_id, occurred_on=day, reason=reason)
            with db.transaction() as session:
                undo_departure(session, command, actor=actor, now=now)
            return see_other(f"/routing/trips/{trip_id}", N_("The departure is taken back."))

        return submit(
            attempt,
            called={"occurred_on": "undo_on", "reason": "undo_reason"},
            again=lambda faults: _show(db, trip_id, actor, today, reader=FormReader(data), faults=faults),
        )


def read_trip(session: Session, trip_id: UUID) -> TripRow:
    """The trip; raises TripUnknown."""
    trip = queries.trip(session, trip_id)
    if trip is None:
        raise TripUnknown(trip=str(trip_id))
    return trip


def _show(
    db: Database, trip_id: UUID, actor: Actor, today: dt.date, *, reader: FormReader, faults: Faults
) -> Template:
    with db.snapshot() as session:
        trip = read_trip(session, trip_id)
        content = _trip_page(session, trip, actor)
        is_planned = trip.state == TripState.PLANNED
        if is_planned and actor.may(Right.RUN_TRIPS, trip.store_code):
            form = truck_form(session, trip, reader, faults)
            content = msgspec.structs.replace(content, truck_form=form)
    if is_planned and actor.may(Right.PLAN_DELIVERIES, trip.store_code):
        content = msgspec.structs.replace(content, cancel_form=cancel_form(trip, reader, faults))
    can_undo = trip.state == TripState.DEPARTED and not any(one.arrived_on for one in trip.waybills)
    if can_undo and actor.may(Right.REVERSE, trip.store_code):
        content = msgspec.structs.replace(
            content, undo_form=undo_form(f"/routing/trips/{trip.id}/undo", today, reader, faults)
        )
    return page("routing/trip.html", content, title=content.title)


def _trip_page(session: Session, trip: TripRow, actor: Actor) -> TripPage:
    stored = queries.stored_plan(session, trip.plan_id)
    distances = stored.basis.distances if stored else ()
    way = Way(trip.label, (trip.store_code, *(waybill.site_code for waybill in trip.waybills)))
    return TripPage(
        title=translate(N_("Trip {trip}"), {"trip": trip.label}),
        lead=" → ".join((trip.store_name, *(waybill.site_name for waybill in trip.waybills))),
        badge=trip_badge(trip.state),
        plan_href=f"/routing/plans/{trip.plan_id}",
        steps=_steps(trip),
        facts=_facts(trip),
        stops=tuple(_stop_line(trip, waybill) for waybill in trip.waybills),
        loads=_loads(session, trip),
        map=trips_map(read_ground(session), [way], distances),
        base=f"/routing/trips/{trip.id}",
        may_load=trip.state == TripState.PLANNED and actor.may(Right.RUN_TRIPS, trip.store_code),
        has_left=trip.state in {TripState.DEPARTED, TripState.ARRIVED},
        is_cancelled=trip.state == TripState.CANCELLED,
        has_truck=trip.plate is not None,
        truck_form=None,
        cancel_form=None,
        undo_form=None,
        told_instead=told_instead(trip, actor),
    )


def _steps(trip: TripRow) -> tuple[Step, ...]:
    if trip.state == TripState.CANCELLED:
        return (Step(gettext(N_("cancelled")), "current", trip.cancel_reason),)
    arrived = sum(one.arrived_on is not None for one in trip.waybills)
    reached = {TripState.PLANNED: 1 if trip.plate else 0, TripState.DEPARTED: 2, TripState.ARRIVED: 3}
    labels = (
        (gettext(N_("Choice of the truck")), trip.plate or ""),
        (gettext(N_("Departure from the store")), ""),
        (gettext(N_("Arrived at all sites")), f"{arrived} / {len(trip.waybills)}"),
    )
    done = reached[TripState(trip.state)]
    return tuple(
        Step(label, "done" if index < done else "current" if index == done else "todo", note)
        for index, (label, note) in enumerate(labels)
    )


def _facts(trip: TripRow) -> tuple[tuple[str, str], ...]:
    day = {"day": trip.first_on}
    left = N_("left on {day}") if trip.departed_on else N_("planned for {day}")
    rows = [
        (gettext(N_("Departure")), translate(left, day)),
        (gettext(N_("Back on")), translate("{day}", {"day": trip.ends_on})),
        (gettext(N_("Truck")), trip.plate or trip.vehicle_type_code),
        (gettext(N_("Transporter")), trip.transporter or "–"),
        (gettext(N_("Driver")), " · ".join(part for part in (trip.driver, trip.driver_phone) if part) or "–"),
        (gettext(N_("Distance")), km(trip.metres)),
        (gettext(N_("Cost")), translate("{cost:money}", {"cost": trip.cost})),
        (gettext(N_("Cargo")), translate("{grams:mass}", {"grams": trip.grams})),
    ]
    if trip.sender:
        rows.append((gettext(N_("Sender")), trip.sender))
    if trip.departure_reason:
        rows.append((gettext(N_("Why the load differs")), trip.departure_reason))
    return tuple(rows)


def _stop_line(trip: TripRow, waybill: WaybillRow) -> StopLine:
    is_coming = trip.state == TripState.DEPARTED and waybill.arrived_on is None
    if waybill.arrived_on is None:
        badge = trip_badge(trip.state)
    elif waybill.has_discrepancy:
        badge = Badge("warn", gettext(N_("arrived, not as sent")))
    else:
        badge = Badge("good", gettext(N_("arrived")))
    return StopLine(
        stop=waybill.stop,
        site=waybill.site_name,
        number=waybill.number,
        href=f"/routing/waybills/{waybill.id}",
        geo=f"geo:{waybill.site_lat:.6f},{waybill.site_lon:.6f}",
        arrive_href=f"/routing/waybills/{waybill.id}/arrive" if is_coming else None,
        due_on=waybill.due_on,
        arrived_on=waybill.arrived_on,
        grams=waybill.sent_grams,
        badge=badge,
    )


def _loads(session: Session, trip: TripRow) -> tuple[LoadLine, ...]:
    products, packs = names_of_products(session), packs_by_code(session)
    return tuple(
        LoadLine(
            site=waybill.site_name,
            product=products.get(line.product_code, line.product_code),
            lot=line.lot_number,
            expires_on=line.expires_on,
            planned=in_packs(line.planned_grams, line.pack_code, packs),
            loaded="–"
            if line.dispatched_grams is None
            else in_packs(line.dispatched_grams, line.pack_code, packs),
            grams=line.planned_grams if line.dispatched_grams is None else line.dispatched_grams,
        )
        for waybill in trip.waybills
        for line in waybill.lines
    )
