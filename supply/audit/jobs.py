"""The nightly verification: whatever does not add up is told, and told to be over once it adds up again."""

import datetime as dt

from sqlalchemy.orm import Session

from supply.alerts.jobs import LongJob, Write
from supply.alerts.tell import resolve, tell
from supply.alerts.words import Severity
from supply.audit.verify import verify
from supply.i18n import N_, show_mass, translate

KIND, SUBJECT = "verification", "nightly"


def look(session: Session, now: dt.datetime) -> Write:
    """Verify in a snapshot; what it answers writes the alert."""
    found = verify(session, now=now)

    def write(session: Session, now: dt.datetime) -> str:
        if found.is_right:
            resolve(session, KIND, SUBJECT, now)
            return translate(
                N_("All is right: {movements} movements, a gap of 0 kg."), {"movements": found.movement_count}
            )
        facts = {"faults": len(found.faults), "gap": show_mass(found.gap_grams)}
        message = N_("The nightly verification does not add up: {faults} findings, a gap of {gap}.")
        tell(
            session,
            kind=KIND,
            subject=SUBJECT,
            severity=Severity.URGENT,
            message=message,
            facts=facts,
            href="/audit",
            now=now,
        )
        return translate(message, facts)

    return write


JOBS = (LongJob("verify", dt.time(2, 0), look),)
