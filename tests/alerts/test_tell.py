import datetime as dt
from uuid import uuid4

from sqlalchemy.orm import Session

from supply.alerts.queries import OpenAlert, open_alerts
from supply.alerts.tell import resolve, resolve_missing, tell
from supply.alerts.words import Severity
from supply.db import Database
from supply.i18n import reading_in
from supply.people.rights import Actor
from supply.people.words import Role

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(days=1)
ADAMA = Actor(user_id=uuid4(), login="adama", name="Adama", role=Role.OFFICER)


def tell_late(session: Session, subject: str, *, days: int = 3, now: dt.datetime = NOON) -> bool:
    return tell(
        session,
        kind="late-order",
        subject=subject,
        severity=Severity.WARNING,
        message="Order {number} is {days} days late since {since}.",
        facts={"number": subject, "days": days, "since": dt.date(2026, 3, 7)},
        now=now,
    )


def opened(database: Database) -> tuple[OpenAlert, ...]:
    with database.snapshot() as session:
        return open_alerts(session, ADAMA)


def test_fact_is_told_once_until_it_is_resolved(database: Database) -> None:
    with database.transaction() as session:
        first, again = tell_late(session, "BC-1"), tell_late(session, "BC-1", days=4, now=LATER)

    assert (first, again) == (True, False)
    (alert,) = opened(database)
    assert alert.raised_at == NOON
    assert alert.facts["days"] == 4


def test_resolved_fact_that_comes_back_is_told_again(database: Database) -> None:
    with database.transaction() as session:
        tell_late(session, "BC-1")
        resolved = resolve(session, "late-order", "BC-1", NOON)
        again = tell_late(session, "BC-1", now=LATER)

    assert (resolved, again) == (True, True)
    assert [alert.raised_at for alert in opened(database)] == [LATER]


def test_facts_that_are_no_longer_true_are_settled_and_others_stay(database: Database) -> None:
    with database.transaction() as session:
        for subject in ("BC-1", "BC-2", "BC-3"):
            tell_late(session, subject)
        count = resolve_missing(session, "late-order", ["BC-2"], LATER)

    assert count == 2
    assert [alert.subject for alert in opened(database)] == ["BC-2"]


def test_alert_is_read_in_the_readers_language_with_its_days_and_numbers(database: Database) -> None:
    with database.transaction() as session:
        tell_late(session, "BC-1", days=1200)

    (alert,) = opened(database)
    with reading_in("fr"):
        assert "7 mars 2026" in alert.text()
    with reading_in("en"):
        assert alert.text() == "Order BC-1 is 1,200 days late since March 7, 2026."


def test_urgent_alerts_come_first_then_the_oldest(database: Database) -> None:
    with database.transaction() as session:
        tell_late(session, "new", now=LATER)
        tell_late(session, "old", now=NOON)
        tell(
            session, kind="leak", subject="lot", severity=Severity.URGENT, message="Gap.", facts={}, now=LATER
        )

    assert [alert.subject for alert in opened(database)] == ["lot", "old", "new"]
