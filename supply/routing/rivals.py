"""Plans of one cycle beside each other: which one was approved since, and what each costs and brings."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session, aliased

from supply.routing.models import DeliveryPlan, Trip
from supply.routing.planner.plan import Plan
from supply.routing.tradeoff import unserved_kg
from supply.routing.words import PlanState, TripState

MOST_RIVALS = 6
# Whole plans are read for them.


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of a cycle; kilograms."""

    id: UUID
    state: str
    asked_at: dt.datetime
    cost: int
    trip_count: int
    served_kg: int
    unserved_kg: int
    is_over: bool = False
    """It is proposed, and another was approved since."""


def approved_since() -> ScalarSelect[Any]:
    """Within a query of plans: the plan of the same cycle that was approved after this one was asked for.

    Such a plan brings what this one would bring. One whose trips were all cancelled brings nothing, and a
    trip by hand is a small part of a need.
    """
    other = aliased(DeliveryPlan, name="other")
    brings = select(Trip.id).where(Trip.plan_id == other.id, Trip.state != TripState.CANCELLED.value).exists()
    return (
        select(other.id)
        .where(
            other.cycle_code == DeliveryPlan.cycle_code,
            other.id != DeliveryPlan.id,
            other.state == PlanState.APPROVED.value,
            other.is_by_hand.is_(False),
            other.decided_at > DeliveryPlan.asked_at,
            brings,
        )
        .order_by(other.decided_at.desc(), other.id.desc())
        .limit(1)
        .correlate(DeliveryPlan)
        .scalar_subquery()
    )


def rivals(session: Session, plan_id: UUID, cycle_code: str) -> tuple[Rival, ...]:
    """The other plans of the cycle that wait for a decision or were approved, the newest first."""
    rows = session.execute(
        select(
            DeliveryPlan.id,
            DeliveryPlan.state,
            DeliveryPlan.asked_at,
            DeliveryPlan.plan,
            approved_since().label("approved_since_id"),
        )
        .where(
            DeliveryPlan.cycle_code == cycle_code,
            DeliveryPlan.id != plan_id,
            DeliveryPlan.state.in_((PlanState.PROPOSED.value, PlanState.APPROVED.value)),
            DeliveryPlan.is_by_hand.is_(False),
        )
        .order_by(DeliveryPlan.asked_at.desc(), DeliveryPlan.id.desc())
        .limit(MOST_RIVALS)
    )
    return tuple(
        msgspec.structs.replace(
            rival(row.id, row.state, row.asked_at, msgspec.convert(row.plan, Plan)),
            is_over=row.state == PlanState.PROPOSED and row.approved_since_id is not None,
        )
        for row in rows
        if row.plan
    )


def rival(plan_id: UUID, state: str, asked_at: dt.datetime, plan: Plan) -> Rival:
    """The sums of one plan."""
    return Rival(
        id=plan_id,
        state=state,
        asked_at=asked_at,
        cost=plan.cost,
        trip_count=len(plan.trips),
        served_kg=sum(kg for trip in plan.trips for stop in trip.stops for kg in stop.deliver_kg.values()),
        unserved_kg=unserved_kg(plan),
    )
