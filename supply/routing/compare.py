"""First expired, first out against distance: the plan that uses first what would expire."""

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.routing import queries
from supply.routing.basis import Basis
from supply.routing.calculations import ask
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.stop import PlanUnknown
from supply.routing.tradeoff import Comparison, losses, near_kg, unserved_kg
from supply.routing.words import CalculationKind

MOST_SECONDS = 60
# The plan beside is advice; it need not be better searched than this.
SLACKS = (0.0, 0.1)
# Share of the need that each store may give more, tried one after the other while more stays unserved.


class AskFefoFirst(msgspec.Struct, frozen=True, kw_only=True):
    """Work out what it would cost to use first what the plan lets expire."""

    id: UUID
    plan_id: UUID


class FefoFirstAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The calculation that waits."""

    id: UUID
    plan_id: UUID


class NothingExpires(Conflict):
    """There is nothing to compare with."""

    code: ClassVar[str] = "nothing-expires"
    title = N_("This plan leaves nothing that would expire unused; there is nothing to compare.")


class FefoQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A plan's problem and what it rests on."""

    problem: Problem
    basis: Basis
    seconds: int
    seed: int
    unserved_kg: int = 0
    # What the plan leaves unserved; using old lots first should not leave more.


def ask_fefo_first(
    session: Session, command: AskFefoFirst, *, actor: Actor, now: dt.datetime
) -> FefoFirstAsked:
    """Let the plan that uses first what expires be worked out; raises PlanUnknown, NothingExpires."""
    require(actor, Right.PLAN_DELIVERIES)
    row, stored = queries.plan(session, command.plan_id), queries.stored_plan(session, command.plan_id)
    if row is None or stored is None or stored.plan is None:
        raise PlanUnknown(plan=str(command.plan_id))
    if not losses(stored.problem, stored.plan, stored.basis):
        raise NothingExpires(plan=str(command.plan_id))
    question = FefoQuestion(
        problem=stored.problem,
        basis=stored.basis,
        seconds=min(MOST_SECONDS, max(1, row.seconds_allowed)),
        seed=stored.plan.seed,
        unserved_kg=unserved_kg(stored.plan),
    )
    ask(
        session,
        command.id,
        CalculationKind.FEFO_FIRST,
        question,
        user_id=actor.user_id,
        plan_id=command.plan_id,
        now=now,
    )
    return FefoFirstAsked(id=command.id, plan_id=command.plan_id)


def compare(document: dict[str, Any]) -> Comparison:
    """Solve the same problem with the stock cut down to what a store gives when what expires leaves first."""
    question = msgspec.convert(document, FefoQuestion)
    found: Comparison | None = None
    for slack in SLACKS:
        tried = _solved(question, slack)
        if found is None or _loss(tried) < _loss(found):
            found = tried
        if found.unserved_kg <= question.unserved_kg:
            break
    assert found is not None, "there is a first try"
    return found


def _loss(one: Comparison) -> tuple[int, int, int]:
    """What is unserved counts before what expires, and that before francs."""
    return one.unserved_kg, sum(left.grams for left in one.losses), one.cost


def _solved(question: FefoQuestion, slack: float) -> Comparison:
    from supply.routing.planner.check import check  # noqa: PLC0415 - only the calculating process needs it
    from supply.routing.planner.fefo import fefo_first  # noqa: PLC0415 - loads the solvers
    from supply.routing.planner.solve import Params, solve  # noqa: PLC0415 - as above

    problem = fefo_first(question.problem, near_kg(question.basis), slack)
    plan: Plan = solve(problem, Params(seconds=question.seconds, reasons_seconds=0.1), question.seed)
    violations = check(question.problem, plan)
    assert not violations, f"a plan with less stock keeps the rules of the whole: {violations[:3]}"
    return Comparison(
        cost=plan.cost,
        bound=plan.bound,
        unserved_kg=unserved_kg(plan),
        trip_count=len(plan.trips),
        losses=losses(question.problem, plan, question.basis),
        plan=plan,
    )
