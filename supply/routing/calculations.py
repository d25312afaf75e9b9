"""Advice worked out by another process: asked for, claimed by one process only, answered whole or not at all.

Nothing here moves or changes a plan; an answer that is lost with its process is asked for again.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from supply import clock, compute
from supply.db import Database
from supply.errors import NotFound, SupplyError
from supply.i18n import N_
from supply.routing import snapshot  # noqa: F401 - tables that calculations point at, in their process
from supply.routing.models import Calculation
from supply.routing.words import CalculationKind, CalculationState

log = logging.getLogger("supply.routing")

SILENCE = dt.timedelta(seconds=60)
BEAT_SECONDS = 5.0


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


def start(database: Database, calculation_id: UUID) -> Future[str]:
    """Let a waiting calculation be worked out in another process; call it after the transaction."""
    working = compute.submit(work_stored, database.url, calculation_id)
    working.add_done_callback(partial(_tell_end, calculation_id))
    return working


def _tell_end(calculation_id: UUID, working: Future[str]) -> None:
    if not working.cancelled() and working.exception() is not None:
        log.error("calculation %s ended without a word", calculation_id, exc_info=working.exception())


def work_stored(url: str, calculation_id: UUID) -> str:
    """Work out a stored question in this process, with a database of its own; answers its state."""
    database = Database(url)
    try:
        return work_now(database, calculation_id)
    finally:
        database.close()


def work_now(database: Database, calculation_id: UUID, *, now: Callable[[], dt.datetime] = clock.now) -> str:
    """Work out a stored question here and now; one that is another process's, or done, is left alone."""
    question = _claim(database, calculation_id, now())
    if question is None:
        return _state(database, calculation_id)
    over = threading.Event()
    beat = threading.Thread(target=_beat, args=(database, calculation_id, over, now), daemon=True)
    beat.start()
    try:
        answer: dict[str, Any] | None = msgspec.to_builtins(_answer(database, *question))
    except Exception:  # this is the shell of the calculating process: whatever broke, the officer is told
        log.exception("calculation %s broke", calculation_id)
        answer = None
    over.set()
    beat.join()
    done = CalculationState.DONE if answer is not None else CalculationState.FAILED
    with database.transaction() as session:
        session.execute(
            update(Calculation)
            .where(Calculation.id == calculation_id, Calculation.state == CalculationState.RUNNING.value)
            .values(state=done.value, answer=answer, heard_at=now())
        )
    return done.value


def _answer(database: Database, kind: CalculationKind, question: dict[str, Any]) -> msgspec.Struct:
    match kind:
        case CalculationKind.FEFO_FIRST:
            from supply.routing.compare import compare  # noqa: PLC0415 - it asks, too, by this module

            return compare(question)
        case CalculationKind.PREPOSITION:
            from supply.routing.ahead.ask import answer  # noqa: PLC0415 - as above

            return answer(database, question)


def _claim(
    database: Database, calculation_id: UUID, now: dt.datetime
) -> tuple[CalculationKind, dict[str, Any]] | None:
    """Make the calculation this process's own; None when it is another's or over."""
    with database.transaction() as session:
        row = session.scalars(
            select(Calculation).where(Calculation.id == calculation_id).with_for_update()
        ).one_or_none()
        if row is None or row.state in {CalculationState.DONE, CalculationState.FAILED}:
            return None
        if row.state == CalculationState.RUNNING and row.heard_at and row.heard_at >= now - SILENCE:
            return None
        row.state = CalculationState.RUNNING.value
        row.heard_at = now
        return CalculationKind(row.kind), row.question


def _beat(
    database: Database, calculation_id: UUID, over: threading.Event, now: Callable[[], dt.datetime]
) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            with database.transaction() as session:
                session.execute(
                    update(Calculation).where(Calculation.id == calculation_id).values(heard_at=now())
                )
        except SupplyError as error:
            # A busy database costs one beat; the calculation goes on.
            log.warning("calculation %s: %s", calculation_id, error.code)


def _state(database: Database, calculation_id: UUID) -> str:
    with database.snapshot() as session:
        return calculation(session, calculation_id).state
