"""Advice that another process works out: what was asked for, and how far it is.

Nothing here moves or changes a plan; an answer that is lost with its process is asked for again.
"""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.errors import NotFound
from supply.i18n import N_
from supply.routing.models import Calculation
from supply.routing.words import CalculationKind, CalculationState

SILENCE = dt.timedelta(seconds=60)


class CalculationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One calculation; `question` and `answer` are documents of its kind."""

    id: UUID
    kind: str
    plan_id: UUID | None
    state: str
    question: dict[str, Any]
    answer: dict[str, Any] | None
    failure: str
    asked_at: dt.datetime
    heard_at: dt.datetime | None

    def is_running(self, now: dt.datetime) -> bool:
        """Somebody works on it, or will."""
        if self.state == CalculationState.WAITING:
            return True
        heard = self.heard_at is not None and self.heard_at >= now - SILENCE
        return self.state == CalculationState.RUNNING and heard


class CalculationUnknown(NotFound):
    """No calculation has this id."""

    code: ClassVar[str] = "calculation-unknown"
    title = N_("There is no such calculation ({calculation}).")


def latest(session: Session, kind: CalculationKind, *, plan_id: UUID | None = None) -> CalculationRow | None:
    """The calculation of this kind (and of this plan) that was asked for last."""
    query = select(Calculation.__table__).where(Calculation.kind == kind.value)
    if plan_id is not None:
        query = query.where(Calculation.plan_id == plan_id)
    return _row(session, query.order_by(Calculation.asked_at.desc(), Calculation.id.desc()).limit(1))


def calculation(session: Session, calculation_id: UUID) -> CalculationRow:
    """One calculation; raises CalculationUnknown."""
    row = _row(session, select(Calculation.__table__).where(Calculation.id == calculation_id))
    if row is None:
        raise CalculationUnknown(calculation=str(calculation_id))
    return row


def _row(session: Session, query: Any) -> CalculationRow | None:
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        return None
    facts = dict(found)
    facts.pop("user_id")
    return CalculationRow(**facts)


def ask(
    session: Session,
    calculation_id: UUID,
    kind: CalculationKind,
    question: msgspec.Struct,
    *,
    user_id: UUID,
    plan_id: UUID | None = None,
    now: dt.datetime,
) -> None:
    """Keep a question until a process takes it; the caller has checked the right."""
    session.add(
        Calculation(
            id=calculation_id,
            kind=kind.value,
            plan_id=plan_id,
            state=CalculationState.WAITING.value,
            question=msgspec.to_builtins(question),
            user_id=user_id,
            asked_at=now,
        )
    )
    session.flush()
