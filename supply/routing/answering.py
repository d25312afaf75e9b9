"""Works out in another process what was asked for: claimed by one process, answered whole or not at all."""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update

from supply import clock, compute
from supply.db import Database
from supply.errors import SupplyError
from supply.routing import snapshot  # noqa: F401 - tables that calculations point at, in their process
from supply.routing.ahead.ask import answer as preposition
from supply.routing.calculations import SILENCE, calculation
from supply.routing.compare import compare as fefo_first
from supply.routing.models import Calculation
from supply.routing.words import CalculationKind, CalculationState

log = logging.getLogger("supply.routing")

BEAT_SECONDS = 5.0


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
            return fefo_first(question)
        case CalculationKind.PREPOSITION:
            return preposition(database, question)


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
