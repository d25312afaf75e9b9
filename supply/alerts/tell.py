"""Telling a fact once: an alert stays until it is resolved, and is not told again meanwhile."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from supply.alerts.models import Alert
from supply.alerts.words import Severity
from supply.db import insert_unless_there
from supply.ids import new_id


def tell(
    session: Session,
    *,
    kind: str,
    subject: str,
    severity: Severity,
    message: str,
    facts: Mapping[str, object],
    place_code: str | None = None,
    href: str | None = None,
    now: dt.datetime,
) -> bool:
    """Raise an alert; true when it is news.

    `message` is a message id; `facts` fill it: text, whole numbers, days, instants, and sequences of them.
    An open alert of the same kind and subject keeps its age and takes the new wording; a resolved one is
    raised again.
    """
    said = {
        "severity": severity.value,
        "message": message,
        "facts": {name: _pack(value) for name, value in facts.items()},
        "place_code": place_code,
        "href": href,
    }
    if insert_unless_there(
        session, Alert, id=new_id(), kind=kind, subject=subject, raised_at=now, resolved_at=None, **said
    ):
        return True
    same = (Alert.kind == kind, Alert.subject == subject)
    again = session.execute(
        update(Alert)
        .where(*same, Alert.resolved_at.is_not(None))
        .values(raised_at=now, resolved_at=None, **said)
        .returning(Alert.id)
    )
    if again.first() is not None:
        return True
    session.execute(update(Alert).where(*same).values(**said))
    return False


def resolve(session: Session, kind: str, subject: str, now: dt.datetime) -> bool:
    """Settle one alert; false when it was not open."""
    done = session.execute(
        update(Alert)
        .where(Alert.kind == kind, Alert.subject == subject, Alert.resolved_at.is_(None))
        .values(resolved_at=now)
        .returning(Alert.id)
    )
    return done.first() is not None


def resolve_missing(session: Session, kind: str, subjects_still_true: Iterable[str], now: dt.datetime) -> int:
    """Settle every open alert of the kind whose subject is no longer true; answers how many."""
    still_true = set(subjects_still_true)
    opened = session.execute(
        select(Alert.id, Alert.subject).where(Alert.kind == kind, Alert.resolved_at.is_(None))
    )
    gone = [{"id": alert_id, "resolved_at": now} for alert_id, subject in opened if subject not in still_true]
    # Row by row, in one round: a list of ids in one statement meets the limit of bound values one day.
    if gone:
        session.execute(update(Alert), gone)
    return len(gone)


def _pack(value: object) -> Any:
    """A fact as JSON keeps it; days and instants are marked, so that the reader sees them as such again."""
    match value:
        case dt.datetime():
            return {"at": value.isoformat()}
        case dt.date():
            return {"on": value.isoformat()}
        case None | bool() | int() | str():
            return value
        case list() | tuple() | set() | frozenset():
            return [_pack(one) for one in value]
    return str(value)
