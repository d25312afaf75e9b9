"""The forms of a trip: its truck, why it does not leave, taking back what was recorded by mistake."""

import datetime as dt

from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.i18n import N_, gettext, show_date, translate
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.routing import queries
from supply.routing.assign import NotAPhone, check_phone
from supply.routing.rows import TripRow
from supply.routing.words import TripState
from supply.web.forms import Faults, Field, Form, FormReader, Option


def read_phone(reader: FormReader) -> str:
    """The driver's telephone; what nobody can call is a fault of the field."""
    phone = reader.text("driver_phone", required=False, max_length=40)
    try:
        check_phone(phone)
    except NotAPhone as error:
        reader.fault("driver_phone", error.title, **error.facts)
    return phone


def truck_form(session: Session, trip: TripRow, reader: FormReader, faults: Faults) -> Form:
    chosen = reader.again("plate", trip.plate or "")
    transporters = {one.code: one.name for one in catalog.transporters(session)}
    trucks = [
        truck
        for truck in catalog.vehicles(session, only_active=True)
        if (truck.store_code, truck.type_code) == (trip.store_code, trip.vehicle_type_code)
    ]
    away = _trucks_away(session, trip)
    return Form(
        action=f"/routing/trips/{trip.id}/vehicle",
        id="truck",
        fields=(
            Field(
                name="plate",
                label=gettext(N_("Truck")),
                kind="select",
                options=(
                    Option("", gettext(N_("choose")), not chosen),
                    *(
                        Option(
                            truck.plate,
                            " · ".join(
                                (
                                    truck.plate,
                                    transporters[truck.transporter_code],
                                    *away.get(truck.plate, ()),
                                )
                            ),
                            truck.plate == chosen,
                        )
                        for truck in trucks
                    ),
                ),
                error=faults.fields.get("plate"),
                is_required=True,
            ),
            Field(
                name="driver",
                label=gettext(N_("Driver")),
                value=reader.again("driver", trip.driver),
                error=faults.fields.get("driver"),
            ),
            Field(
                name="driver_phone",
                label=gettext(N_("Driver's telephone")),
                kind="tel",
                value=reader.again("driver_phone", trip.driver_phone),
                error=faults.fields.get("driver_phone"),
            ),
        ),
        submit_label=gettext(N_("Change the truck") if trip.plate else N_("Choose this truck")),
        error_summary=faults.summary_rows() if reader.raw("plate") or "plate" in faults.fields else (),
    )


def _trucks_away(session: Session, trip: TripRow) -> dict[str, tuple[str]]:
    """What to say beside a plate: the trip with which the truck is on the road."""
    on_the_road = queries.trips(session, states=(TripState.DEPARTED.value,), store_codes=(trip.store_code,))
    return {
        one.plate: (
            translate(
                N_("on the road, trip {trip}, back on {day}"),
                {"trip": one.label, "day": show_date(one.ends_on, "medium")},
            ),
        )
        for one in on_the_road
        if one.plate is not None
    }


def cancel_form(trip: TripRow, reader: FormReader, faults: Faults) -> Form:
    return Form(
        action=f"/routing/trips/{trip.id}/cancel",
        id="cancel",
        fields=(
            Field(
                name="cancel_reason",
                label=gettext(N_("Why does it not leave?")),
                value=reader.raw("cancel_reason"),
                error=faults.fields.get("cancel_reason"),
                is_required=True,
            ),
        ),
        submit_label=gettext(N_("Cancel the trip")),
        error_summary=faults.summary_rows() if "cancel_reason" in faults.fields else (),
    )


def told_instead(trip: TripRow, actor: Actor) -> str:
    """Who can cancel the trip or take its departure back, for a reader who cannot; empty for the others."""
    facts = {"trip": trip.label}
    if trip.state == TripState.PLANNED and not actor.may(Right.PLAN_DELIVERIES, trip.store_code):
        message = N_(
            "Will this trip not leave? Tell the logistics officer its number, {trip}: "
            "the officer can cancel it, you cannot."
        )
        return translate(message, facts)
    if trip.state not in {TripState.DEPARTED, TripState.ARRIVED}:
        return ""
    if not actor.may(Right.REVERSE, trip.store_code):
        message = N_(
            "Was the departure recorded wrongly? Tell the logistics officer the trip's number, {trip}: "
            "the officer can take it back, you cannot."
        )
        return translate(message, facts)
    if any(one.arrived_on for one in trip.waybills):
        return gettext(
            N_(
                "Was the departure recorded wrongly? "
                "Take back first what arrived, on the page of each waybill."
            )
        )
    return ""


def undo_form(action: str, today: dt.date, reader: FormReader, faults: Faults) -> Form:
    """Taking back a departure or an arrival: the day and why."""
    is_mine = bool(reader.raw("undo_id"))
    return Form(
        action=action,
        id="undo",
        fields=(
            Field(name="undo_id", label="", kind="hidden", value=reader.raw("undo_id") or str(new_id())),
            Field(
                name="undo_on",
                label=gettext(N_("Day")),
                kind="date",
                value=reader.again("undo_on", today.isoformat()),
                maximum=today.isoformat(),
                error=faults.fields.get("undo_on"),
                is_required=True,
            ),
            Field(
                name="undo_reason",
                label=gettext(N_("Why was it wrong?")),
                value=reader.raw("undo_reason"),
                error=faults.fields.get("undo_reason"),
                is_required=True,
            ),
        ),
        submit_label=gettext(N_("Take back")),
        error_summary=faults.summary_rows() if is_mine else (),
    )
