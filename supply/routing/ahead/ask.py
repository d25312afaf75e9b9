"""Ask what to move before roads close, and answer it in the calculating process. Advice: nothing moves."""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import Database
from supply.errors import Conflict
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.routing.ahead.feed import AheadQuestion, Arrival, Days, feed
from supply.routing.ahead.needs import cycles_ahead
from supply.routing.calculations import ask
from supply.routing.planner.preposition.plan import PrepositionPlan
from supply.routing.planner.preposition.problem import PrepositionProblem
from supply.routing.words import CalculationKind


class AskPreposition(msgspec.Struct, frozen=True, kw_only=True):
    """Work out what to move before roads close.

    `early_days`: how long before its distribution a site can keep flour. `keep_days`: life that must be left
    on the distribution day. `arrival_life_days`: how long what is ordered will be good when it comes.
    """

    id: UUID
    early_days: Days = 30
    keep_days: Days = 0
    arrival_life_days: Days = 270


class PrepositionAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The calculation that waits."""

    id: UUID


class NoCycleAhead(Conflict):
    """There is nothing to look ahead to."""

    code: ClassVar[str] = "no-cycle-ahead"
    title = N_("No cycle is to come; plan the cycles of the year first.")


class PrepositionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The plan, and beside it what happens when nothing is moved; all None when no site misses anything."""

    problem: PrepositionProblem | None = None
    plan: PrepositionPlan | None = None
    nothing: PrepositionPlan | None = None
    last_days: dict[str, dt.date] = {}
    cycle_by_due: dict[str, str] = {}
    without_road: tuple[str, ...] = ()


def ask_preposition(
    session: Session,
    command: AskPreposition,
    *,
    arrivals: tuple[Arrival, ...],
    actor: Actor,
    now: dt.datetime,
) -> PrepositionAsked:
    """Let it be worked out; raises NoCycleAhead."""
    require(actor, Right.PLAN_DELIVERIES)
    today = day_of(now)
    if not cycles_ahead(session, today):
        raise NoCycleAhead
    question = AheadQuestion(
        today=today,
        early_days=command.early_days,
        keep_days=command.keep_days,
        arrival_life_days=command.arrival_life_days,
        arrivals=arrivals,
    )
    ask(session, command.id, CalculationKind.PREPOSITION, question, user_id=actor.user_id, now=now)
    return PrepositionAsked(id=command.id)


def answer(database: Database, document: dict[str, Any]) -> PrepositionAnswer:
    """Read the database as it is now, plan, and look at the plan with the independent checker."""
    from supply.routing.planner.preposition.check import check  # noqa: PLC0415 - only this process needs it
    from supply.routing.planner.preposition.solve import Params, preposition  # noqa: PLC0415 - loads a solver

    question = msgspec.convert(document, AheadQuestion)
    with database.snapshot() as session:
        ahead = feed(session, question)
    if ahead is None:
        return PrepositionAnswer()
    plan = preposition(ahead.problem)
    nothing = preposition(ahead.problem, Params(moves=False))
    for one in (plan, nothing):
        breaches = check(ahead.problem, one)
        assert not breaches, f"the planner made a plan that its checker refuses: {breaches[:3]}"
    return PrepositionAnswer(
        problem=ahead.problem,
        plan=plan,
        nothing=nothing,
        last_days=ahead.last_days,
        cycle_by_due=ahead.cycle_by_due,
        without_road=ahead.without_road,
    )
