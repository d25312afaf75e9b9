"""What the service looks at every morning: trips that did not leave, waybills that did not arrive."""

import datetime as dt

from sqlalchemy.orm import Session

from supply.alerts.jobs import Job
from supply.alerts.tell import resolve_missing, tell
from supply.alerts.words import Severity
from supply.clock import day_of
from supply.i18n import N_, translate
from supply.routing import queries
from supply.routing.words import LATE, VERY_LATE, TripState


def tell_late_waybills(session: Session, now: dt.datetime) -> str:
    """One alert for each waybill on the road past its day."""
    today = day_of(now)
    subjects = []
    for waybill in queries.arriving(session):
        if waybill.due_on + LATE >= today:
            continue
        subjects.append(str(waybill.id))
        tell(
            session,
            kind="waybill-late",
            subject=str(waybill.id),
            severity=Severity.URGENT if waybill.due_on + VERY_LATE < today else Severity.WARNING,
            message=N_("Waybill {waybill} to {site} was due on {due_on} and has not arrived."),
            facts={"waybill": waybill.number, "site": waybill.site_name, "due_on": waybill.due_on},
            place_code=waybill.store_code,
            href=f"/routing/waybills/{waybill.id}",
            now=now,
        )
    resolve_missing(session, "waybill-late", subjects, now)
    return translate(N_("Waybills not arrived in time: {count}."), {"count": len(subjects)})


def tell_trips_not_left(session: Session, now: dt.datetime) -> str:
    """One alert for each planned trip whose first day is past."""
    today = day_of(now)
    subjects = []
    for trip in queries.trips(session, states=(TripState.PLANNED.value,)):
        if trip.begins_on >= today:
            continue
        subjects.append(str(trip.id))
        tell(
            session,
            kind="trip-not-left",
            subject=str(trip.id),
            severity=Severity.WARNING,
            message=N_(
                "Trip {trip} should have left {store} on {begins_on}; its lots stay reserved meanwhile."
            ),
            facts={"trip": trip.label, "store": trip.store_name, "begins_on": trip.begins_on},
            place_code=trip.store_code,
            href=f"/routing/trips/{trip.id}",
            now=now,
        )
    resolve_missing(session, "trip-not-left", subjects, now)
    return translate(N_("Trips that did not leave on their day: {count}."), {"count": len(subjects)})


JOBS = (
    Job("late-waybills", at=dt.time(6, 10), run=tell_late_waybills),
    Job("trips-not-left", at=dt.time(6, 12), run=tell_trips_not_left),
)
