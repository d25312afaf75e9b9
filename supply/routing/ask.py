"""Ask for a plan: the problem of the cycle is put together and kept; solving it is another process's work."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.programme.words import CycleState
from supply.routing.basis import Basis
from supply.routing.feeder import feed
from supply.routing.follow import NothingToChange, changeable, follow, without_trips
from supply.routing.following import Following
from supply.routing.models import DeliveryPlan
from supply.routing.planner.problem import Problem
from supply.routing.planner.sense import sense_faults
from supply.routing.rows import TripRow
from supply.routing.snapshot import CycleUnknown, take_snapshot, use_days
from supply.routing.words import PlanState

MAX_DAYS = 120
# Days of one delivery period: more than a dry season of one cycle.
MAX_SECONDS = 900
MAX_KEEP_DAYS = 365
MAX_FRANCS = 1_000_000_000


class AskPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Plan the deliveries of a cycle: sites are reached from `first_on` to `last_on`, both inclusive."""

    id: UUID
    cycle_code: str
    first_on: dt.date
    last_on: dt.date
    seconds: Annotated[int, msgspec.Meta(ge=1, le=MAX_SECONDS)] = 60
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 1
    keep_days: Annotated[int, msgspec.Meta(ge=0, le=MAX_KEEP_DAYS)] = 0
    # Days that a lot must still be good after the distribution day.
    change_cost: Annotated[int, msgspec.Meta(ge=0, le=MAX_FRANCS)] | None = None
    # Given, the trips that wait to be loaded are planned anew with the rest, and each that is changed counts
    # as so many francs. None: they stay, and the plan brings what they do not.


class PlanAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The run that waits to be solved."""

    id: UUID
    site_count: int
    left_out_count: int
    is_repeat: bool = False


class PlanIdTaken(Conflict):
    """The id is another run's."""

    code: ClassVar[str] = "plan-id-taken"
    title = N_("A plan with this id was already asked for with other values. Open a new form.")


class DaysReversed(Invalid):
    """The period ends before it begins."""

    code: ClassVar[str] = "days-reversed"
    about: ClassVar[str] = "last_on"
    title = N_("The last day, {last_on}, is before the first day, {first_on}.")


class PeriodTooLong(Invalid):
    """More days than one plan holds."""

    code: ClassVar[str] = "period-too-long"
    about: ClassVar[str] = "last_on"
    title = N_("From {first_on} to {last_on} is too long for one plan; take at most {limit} days.")


class PlanInThePast(Invalid):
    """Trucks cannot leave yesterday."""

    code: ClassVar[str] = "plan-in-the-past"
    about: ClassVar[str] = "first_on"
    title = N_("The first day, {first_on}, is past; plan from {today} on.")


class CycleIsClosed(Conflict):
    """Nothing is delivered for a closed cycle."""

    code: ClassVar[str] = "cycle-is-closed"
    title = N_("{cycle} is closed; nothing more is delivered for it. Choose another cycle or reopen it.")


class NothingNeeded(Conflict):
    """Every site has what it needs."""

    code: ClassVar[str] = "nothing-needed"
    title = N_("Every site of {cycle} has what it needs or it is on its way; there is nothing to plan.")


class NothingCanBeFed(Conflict):
    """Sites need something, and none can be planned for."""

    code: ClassVar[str] = "nothing-can-be-fed"
    title = N_(
        "Sites of {cycle} need product, but none can be planned: each is left out for a reason that the page "
        "of needs shows."
    )


class NoTruck(Conflict):
    """No store has a truck."""

    code: ClassVar[str] = "no-truck"
    title = N_(
        "No store has a truck on these days; enter trucks in the reference data, or choose later days."
    )


class ProblemFaulty(Conflict):
    """The reference data make a problem that cannot be planned."""

    code: ClassVar[str] = "problem-faulty"
    title = N_("The reference data cannot be planned with: {faults}. Correct them and ask again.")


def ask_plan(session: Session, command: AskPlan, *, actor: Actor, now: dt.datetime) -> PlanAsked:
    """Keep the problem of this moment and let it wait to be solved."""
    require(actor, Right.PLAN_DELIVERIES)
    known = session.get(DeliveryPlan, command.id)
    if known is not None:
        return _repeat(known, command)
    _check_days(command, day_of(now))
    problem, basis, following = _problem(session, command, day_of(now))
    session.add(
        DeliveryPlan(
            id=command.id,
            cycle_code=command.cycle_code,
            state=PlanState.WAITING.value,
            problem=msgspec.to_builtins(problem),
            basis=msgspec.to_builtins(basis),
            following=None if following is None else msgspec.to_builtins(following),
            progress=[],
            rounding=[],
            seed=command.seed,
            seconds_allowed=command.seconds,
            user_id=actor.user_id,
            asked_at=now,
        )
    )
    session.flush()
    return PlanAsked(id=command.id, site_count=len(problem.sites), left_out_count=_left_out(basis))


def _repeat(known: DeliveryPlan, command: AskPlan) -> PlanAsked:
    basis = msgspec.convert(known.basis, Basis)
    asked = (
        known.cycle_code,
        known.seed,
        known.seconds_allowed,
        basis.first_on,
        basis.last_on,
        basis.keep_days,
        None if known.following is None else known.following["change_cost"],
        known.is_by_hand,
    )
    if asked != (
        command.cycle_code,
        command.seed,
        command.seconds,
        command.first_on,
        command.last_on,
        command.keep_days,
        command.change_cost,
        False,
    ):
        raise PlanIdTaken(id=str(command.id))
    site_count = len(known.problem["sites"])
    return PlanAsked(id=known.id, site_count=site_count, left_out_count=_left_out(basis), is_repeat=True)


def _left_out(basis: Basis) -> int:
    return sum(finding.is_left_out for finding in basis.findings)


def _check_days(command: AskPlan, today: dt.date) -> None:
    if command.last_on < command.first_on:
        raise DaysReversed(first_on=command.first_on, last_on=command.last_on)
    if command.first_on < today:
        raise PlanInThePast(first_on=command.first_on, today=today)
    if (command.last_on - command.first_on).days >= MAX_DAYS:
        raise PeriodTooLong(first_on=command.first_on, last_on=command.last_on, limit=MAX_DAYS)


def _problem(session: Session, command: AskPlan, today: dt.date) -> tuple[Problem, Basis, Following | None]:
    cycle = programme.cycle(session, command.cycle_code)
    if cycle is None:
        raise CycleUnknown(cycle=command.cycle_code)
    if cycle.state == CycleState.CLOSED:
        raise CycleIsClosed(cycle=cycle.name)
    announced: tuple[TripRow, ...] = ()
    if command.change_cost is not None:
        announced = changeable(session, cycle.code, first_on=command.first_on, today=today)
        if not announced:
            raise NothingToChange(cycle=cycle.name, first_on=command.first_on)
    with without_trips(session, [trip.id for trip in announced]):
        snapshot = take_snapshot(
            session,
            command.cycle_code,
            first_on=command.first_on,
            last_on=command.last_on,
            today=today,
            keep_days=command.keep_days,
        )
    problem, basis = feed(snapshot)
    if not problem.sites:
        raise (NothingCanBeFed if _left_out(basis) else NothingNeeded)(cycle=cycle.name)
    if not problem.fleet:
        raise NoTruck(cycle=cycle.name)
    check_problem(problem)
    if command.change_cost is None:
        return problem, basis, None
    days = use_days(session, cycle, command.keep_days)
    following = follow(
        session, problem, announced, days=days, cycle_code=cycle.code, change_cost=command.change_cost
    )
    return problem, basis, following


def check_problem(problem: Problem) -> None:
    """Refuse a problem that the planner would refuse, each fault with its place; raises ProblemFaulty."""
    faults = sense_faults(problem)
    if faults:
        raise ProblemFaulty(faults=tuple(f"{fault.place} ({fault.code})" for fault in faults))
