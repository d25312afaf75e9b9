"""Stop a run, begin it again, reject what it proposed. Nothing has moved yet in any of these."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.errors import Conflict, NotFound
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.routing.models import DeliveryPlan
from supply.routing.runs import is_silent
from supply.routing.words import PLAN_STATE_NAMES, PlanState


class StopPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Take the best plan found so far; a run that has not begun is dropped."""

    id: UUID


class RetryPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a run again that failed, was stopped or whose process was killed."""

    id: UUID


class RejectPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Decide that a proposed plan is not carried out."""

    id: UUID


class PlanChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The run and its state now."""

    id: UUID
    state: str


class PlanUnknown(NotFound):
    """No plan has this id."""

    code: ClassVar[str] = "plan-unknown"
    title = N_("There is no such plan ({plan}).")


class PlanNotRunning(Conflict):
    """Only what runs can be stopped."""

    code: ClassVar[str] = "plan-not-running"
    title = N_("This plan is {state:message}; there is nothing to stop.")


class PlanNotOver(Conflict):
    """It still runs, or it has a result."""

    code: ClassVar[str] = "plan-not-over"
    title = N_("This plan is {state:message}; only one that failed or was stopped can begin again.")


class PlanNotProposed(Conflict):
    """Somebody decided already, or there is nothing to decide yet."""

    code: ClassVar[str] = "plan-not-proposed"
    title = N_("This plan is {state:message}; only a proposed plan can be approved or rejected.")


def locked_plan(session: Session, plan_id: UUID) -> DeliveryPlan:
    """The plan's row, held until the end of the transaction; raises PlanUnknown."""
    row = session.scalars(
        select(DeliveryPlan).where(DeliveryPlan.id == plan_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise PlanUnknown(plan=str(plan_id))
    return row


def proposed_plan(session: Session, plan_id: UUID) -> DeliveryPlan:
    """As locked_plan, for a decision; raises PlanNotProposed too."""
    row = locked_plan(session, plan_id)
    if row.state != PlanState.PROPOSED:
        raise PlanNotProposed(state=PLAN_STATE_NAMES[PlanState(row.state)])
    return row


def stop_plan(session: Session, command: StopPlan, *, actor: Actor, now: dt.datetime) -> PlanChanged:
    """Ask the run to end with the best plan it has."""
    require(actor, Right.PLAN_DELIVERIES)
    row = locked_plan(session, command.id)
    if row.state == PlanState.WAITING or is_silent(row.state, row.heard_at, now):
        row.state = PlanState.STOPPED.value
    elif row.state == PlanState.SOLVING:
        row.is_stop_asked = True
    else:
        raise PlanNotRunning(state=PLAN_STATE_NAMES[PlanState(row.state)])
    session.flush()
    return PlanChanged(id=row.id, state=row.state)


def retry_plan(session: Session, command: RetryPlan, *, actor: Actor, now: dt.datetime) -> PlanChanged:
    """Let a run that gave nothing wait for its turn again, with the problem as it was."""
    require(actor, Right.PLAN_DELIVERIES)
    row = locked_plan(session, command.id)
    is_over = row.state in {PlanState.FAILED, PlanState.STOPPED} or is_silent(row.state, row.heard_at, now)
    if not is_over or row.plan is not None:
        raise PlanNotOver(state=PLAN_STATE_NAMES[PlanState(row.state)])
    row.state = PlanState.WAITING.value
    row.is_stop_asked = False
    row.failure = None
    row.progress = []
    session.flush()
    return PlanChanged(id=row.id, state=row.state)


def reject_plan(session: Session, command: RejectPlan, *, actor: Actor, now: dt.datetime) -> PlanChanged:
    """Close a proposed plan without any trip."""
    require(actor, Right.APPROVE_PLANS)
    row = proposed_plan(session, command.id)
    row.state = PlanState.REJECTED.value
    row.decided_at = now
    row.decided_by = actor.user_id
    session.flush()
    return PlanChanged(id=row.id, state=row.state)
