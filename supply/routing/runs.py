"""The life of a run: begun by one process only, heard of every second, stored whole or not at all.

`solve_stored` is what another process executes; it opens the database itself. Nothing is stored before the
independent checker accepted the plan, and then in one transaction, so that a killed process leaves no half
plan: its run falls silent and is shown as failed, and the next start of the service takes it up again.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from itertools import pairwise
from typing import Protocol, Self
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from supply import clock, compute
from supply.db import Database
from supply.errors import SupplyError
from supply.routing import queries, snapshot  # noqa: F401 - tables that plans point at, in a solving process
from supply.routing.basis import Basis
from supply.routing.following import Following
from supply.routing.models import DeliveryPlan
from supply.routing.planner.check import check
from supply.routing.planner.plan import Plan, Progress
from supply.routing.planner.problem import Problem
from supply.routing.planner.words import COMPILING
from supply.routing.words import PlanState

log = logging.getLogger("supply.routing")

SILENCE = dt.timedelta(seconds=60)
# A living run is heard of every second; a solver may hold its process for some seconds, never for a minute.
ATTEMPTS = 3
# A problem that ended three processes would end the fourth.
BEAT_SECONDS = 1.0
MOST_ROWS = 400
# Rows of progress kept: a line chart of 360 px shows no more.
REASON_SECONDS = 30
# To find out why something is unserved, after the search itself.
GRACE_SECONDS = 15
COMPILING_SECONDS = 600
# Once after installation, on a slow machine.
THREADS = 1
# The other core of a small server is left to those who record stock.

REFUSED = "refused-by-checker"
BROKE = "solver-error"


class Explained(Protocol):
    """What the planner says of a site's reasons; its own type would load the solvers in the web's process."""

    @property
    def site(self) -> str: ...
    @property
    def sure(self) -> bool: ...


class Claim(msgspec.Struct, frozen=True):
    """A run that this process may solve; `attempt` tells it from an earlier process that wakes up."""

    plan_id: UUID
    attempt: int
    problem: Problem
    seconds: int
    seed: int
    following: Following | None = None


def is_silent(state: str, heard_at: dt.datetime | None, now: dt.datetime) -> bool:
    """The process that solves it was killed: it said nothing for a minute."""
    return state == PlanState.SOLVING and (heard_at is None or heard_at < now - SILENCE)


def start(database: Database, plan_id: UUID) -> Future[str]:
    """Let a waiting run be solved in another process; call it after the transaction that asked for it."""
    solving = compute.submit(solve_stored, database.url, plan_id)
    solving.add_done_callback(partial(_tell_end, plan_id))
    return solving


def _tell_end(plan_id: UUID, solving: Future[str]) -> None:
    """A process that ended before it could write anything is seen in the log; the run is taken up again."""
    if not solving.cancelled() and solving.exception() is not None:
        log.error("run %s ended without a word", plan_id, exc_info=solving.exception())


def start_waiting(database: Database, now: dt.datetime) -> int:
    """Take up what waits and what a killed process left; for the start of the service. Answers how many."""
    with database.snapshot() as session:
        found = queries.runs_to_start(session, now - SILENCE, ATTEMPTS)
    for plan_id in found:
        start(database, plan_id)
    return len(found)


def solve_stored(url: str, plan_id: UUID) -> str:
    """Solve a stored run in this process, with a database of its own; answers the state it left it in."""
    database = Database(url)
    try:
        return solve_now(database, plan_id)
    finally:
        database.close()


def solve_now(database: Database, plan_id: UUID, *, now: Callable[[], dt.datetime] = clock.now) -> str:
    """Solve a stored run here and now; one that another process works on, or that is done, is left alone."""
    claim = _claim(database, plan_id, now())
    if claim is None:
        return _state(database, plan_id)
    with Heart(database, claim, now) as heart:
        try:
            plan: Plan | None
            plan, following = _search(claim, heart)
        except Exception:  # this is the shell of the solving process: whatever broke, the officer is told
            log.exception("run %s broke", plan_id)
            plan = None
    if plan is None:
        _fail(database, claim, BROKE)
    elif heart.is_stopped() and not plan.trips:
        _finish(database, claim, PlanState.STOPPED)
    else:
        violations = check(claim.problem, plan)
        if violations:
            log.error("run %s: the checker refuses the plan: %s", plan_id, violations[:5])
            _fail(database, claim, f"{REFUSED}: {', '.join(sorted({one.code for one in violations}))}")
        else:
            claim = msgspec.structs.replace(claim, following=following)
            _store(database, claim, plan, heart.rows, now())
    return _state(database, plan_id)


def _search(claim: Claim, heart: "Heart") -> tuple[Plan, Following | None]:
    from supply.routing.planner.replan import replan_explained  # noqa: PLC0415 - loads the solvers
    from supply.routing.planner.solve import Params, solve_explained  # noqa: PLC0415 - as above

    params = Params(seconds=claim.seconds, threads=THREADS, reasons_seconds=REASON_SECONDS)
    if claim.following is None:
        solved = solve_explained(
            claim.problem, params, claim.seed, progress=heart.hear, cancelled=heart.is_over
        )
        return _without_guesses(solved.plan, solved.explanations), None
    again = replan_explained(
        claim.problem,
        claim.following.keepable(claim.problem),
        params,
        claim.seed,
        change_cost=claim.following.change_cost,
        progress=heart.hear,
        cancelled=heart.is_over,
    )
    following = claim.following.solved(
        least_changed=again.least_changed, free_cost=again.free_cost, free_changed=again.free_changed
    )
    return _without_guesses(again.plan, again.explanations), following


class Heart:
    """Says every second that the run lives, writes how far it is, and reads whether it should stop."""

    def __init__(self, database: Database, claim: Claim, now: Callable[[], dt.datetime]) -> None:
        self.rows: list[list[float | None]] = []
        self.phase = ""
        self._database = database
        self._claim = claim
        self._now = now
        self._latest = time.monotonic() + claim.seconds + REASON_SECONDS + GRACE_SECONDS
        self._is_stopped = threading.Event()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart-{claim.plan_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def hear(self, progress: Progress) -> None:
        """Called by the planner whenever plan or bound got better, or something else begins."""
        self.phase = progress.phase
        if progress.phase == COMPILING:
            # The search gets all its seconds afterwards, and the chart begins with it.
            self._latest += COMPILING_SECONDS
            return
        row: list[float | None] = [round(progress.seconds, 2), progress.cost, progress.bound]
        self.rows = [*self.rows, row] if len(self.rows) < MOST_ROWS else [*self.rows[::2], row]

    def is_stopped(self) -> bool:
        return self._is_stopped.is_set()

    def is_over(self) -> bool:
        """True when somebody asked to stop, or when search and reasons took far longer than they may."""
        return self.is_stopped() or time.monotonic() > self._latest

    def _beat(self) -> None:
        while not self._is_over.wait(BEAT_SECONDS):
            try:
                with self._database.transaction() as session:
                    if not _write_progress(session, self._claim, self.rows, self.phase, self._now()):
                        self._is_stopped.set()
            except SupplyError as error:
                # A busy database costs one beat; the run goes on.
                log.warning("run %s: %s", self._claim.plan_id, error.code)


def _without_guesses(plan: Plan, explanations: Iterable[Explained]) -> Plan:
    """Sites whose reasons were not looked for to the end lack time: that nothing would help is not known."""
    unsure = {one.site for one in explanations if not one.sure}
    unserved = tuple(
        msgspec.structs.replace(one, because=("search",), cheapest_change="")
        if one.site in unsure and one.because[0].startswith("capacity")
        else one
        for one in plan.unserved
    )
    return msgspec.structs.replace(plan, unserved=unserved)


def _claim(database: Database, plan_id: UUID, now: dt.datetime) -> Claim | None:
    """Make the run this process's own; None when it is another's or over."""
    with database.transaction() as session:
        row = session.scalars(
            select(DeliveryPlan).where(DeliveryPlan.id == plan_id).with_for_update()
        ).one_or_none()
        if row is None or not (row.state == PlanState.WAITING or is_silent(row.state, row.heard_at, now)):
            return None
        row.state = PlanState.SOLVING.value
        row.attempts += 1
        row.heard_at = now
        row.progress = []
        row.failure = None
        return Claim(
            plan_id,
            row.attempts,
            msgspec.convert(row.problem, Problem),
            row.seconds_allowed,
            row.seed,
            None if row.following is None else msgspec.convert(row.following, Following),
        )


def _write_progress(
    session: Session, claim: Claim, rows: list[list[float | None]], phase: str, now: dt.datetime
) -> bool:
    """False when the run should stop: somebody asked for it, or it is no longer this process's."""
    session.execute(
        update(DeliveryPlan).where(*_is_mine(claim)).values(progress=rows, phase=phase, heard_at=now)
    )
    asked = session.scalar(select(DeliveryPlan.is_stop_asked).where(*_is_mine(claim)))
    return asked is False


def _is_mine(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        DeliveryPlan.id == claim.plan_id,
        DeliveryPlan.attempts == claim.attempt,
        DeliveryPlan.state == PlanState.SOLVING.value,
    )


def _store(
    database: Database, claim: Claim, plan: Plan, rows: list[list[float | None]], now: dt.datetime
) -> None:
    with database.transaction() as session:
        row = session.scalars(select(DeliveryPlan).where(*_is_mine(claim)).with_for_update()).one_or_none()
        if row is None:
            return
        row.state = PlanState.PROPOSED.value
        row.plan = msgspec.to_builtins(plan)
        if claim.following is not None:
            row.following = msgspec.to_builtins(claim.following)
        row.cost = plan.cost
        row.bound = int(plan.bound)
        row.milliseconds_used = round(plan.seconds * 1000)
        row.progress = [*rows, [plan.seconds, plan.cost, plan.bound]]
        row.basis = msgspec.to_builtins(_used_only(msgspec.convert(row.basis, Basis), plan, claim.problem))
        row.heard_at = now


def _used_only(basis: Basis, plan: Plan, problem: Problem) -> Basis:
    """The distances that the plan drives; the others were only needed to choose."""
    depots = {fleet.id: fleet.depot for fleet in problem.fleet}
    used: set[tuple[str, str]] = set()
    for trip in plan.trips:
        way = [depots[trip.fleet], *(stop.site for stop in trip.stops), depots[trip.fleet]]
        used.update(pairwise(way))
    kept = tuple(one for one in basis.distances if (one.from_code, one.to_code) in used)
    return msgspec.structs.replace(basis, distances=kept)


def _fail(database: Database, claim: Claim, why: str) -> None:
    with database.transaction() as session:
        session.execute(
            update(DeliveryPlan).where(*_is_mine(claim)).values(state=PlanState.FAILED.value, failure=why)
        )


def _finish(database: Database, claim: Claim, state: PlanState) -> None:
    with database.transaction() as session:
        session.execute(update(DeliveryPlan).where(*_is_mine(claim)).values(state=state.value))


def _state(database: Database, plan_id: UUID) -> str:
    with database.snapshot() as session:
        row = queries.plan(session, plan_id)
    return "" if row is None else row.state
