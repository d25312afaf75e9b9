"""Approve a plan: look again whether it can be carried out, then reserve lots, write trips and waybills."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.programme.words import CycleState
from supply.routing import queries
from supply.routing.ask import CycleIsClosed
from supply.routing.basis import Basis, SiteDemand
from supply.routing.follow import replace_trips
from supply.routing.following import Following, sort_trips
from supply.routing.models import DeliveryPlan
from supply.routing.packs import LeftBehind, demand_kg
from supply.routing.planner.plan import Plan, Trip
from supply.routing.planner.problem import Problem
from supply.routing.snapshot import CycleUnknown, site_demands
from supply.routing.stop import proposed_plan
from supply.routing.trips import Part, make_trips
from supply.routing.words import PlanState


class ApprovePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Carry out a proposed plan."""

    id: UUID


class PlanApproved(msgspec.Struct, frozen=True, kw_only=True):
    """The trips that now wait to be loaded; `left_behind` are packs that fit whole into none of them."""

    id: UUID
    trip_ids: tuple[UUID, ...]
    left_behind: tuple[LeftBehind, ...]
    kept_count: int = 0
    replaced_count: int = 0
    """Of the announced trips that a new plan may change."""


class PlanEmpty(Conflict):
    """It has no trip."""

    code: ClassVar[str] = "plan-empty"
    title = N_("This plan has no trip; read why each site is left unserved, mend one cause and ask again.")


class PlanOutOfDate(Conflict):
    """A site needs less than the plan brings."""

    code: ClassVar[str] = "plan-out-of-date"
    title = N_(
        "{site} now needs {needed} kg of {product} and the plan brings {planned} kg: something "
        "was delivered or "
        "planned meanwhile. Ask for a new plan."
    )


def approve_plan(session: Session, command: ApprovePlan, *, actor: Actor, now: dt.datetime) -> PlanApproved:
    """Make the trips of a proposed plan. Raises Conflicts when it no longer fits what is so."""
    require(actor, Right.APPROVE_PLANS)
    row = proposed_plan(session, command.id)
    plan, problem = msgspec.convert(row.plan, Plan), msgspec.convert(row.problem, Problem)
    if not plan.trips:
        raise PlanEmpty(plan=str(row.id))
    following = None if row.following is None else msgspec.convert(row.following, Following)
    stores = _stores(session, problem, plan, following)
    require(actor, Right.APPROVE_PLANS, *stores)
    # One approval of a cycle at a time, so that two plans never bring the same need twice.
    lock_places(session, {f"cycle:{row.cycle_code}", *stores})
    cycle = programme.cycle(session, row.cycle_code)
    if cycle is None:
        raise CycleUnknown(cycle=row.cycle_code)
    if cycle.state == CycleState.CLOSED:
        raise CycleIsClosed(cycle=cycle.name)
    trips = sort_trips(problem, plan, following)
    if following is not None:
        replace_trips(session, following, trips)
    demands = site_demands(session, row.cycle_code)
    _check_needs(row, [one.trip for one in trips.made], demands)
    part = None if following is None else Part(trips.made, demands)
    made = make_trips(session, row, use_on=cycle.ends_on, today=day_of(now), now=now, part=part)
    row.state = PlanState.APPROVED.value
    row.decided_at = now
    row.decided_by = actor.user_id
    row.rounding = msgspec.to_builtins(made.left_behind)
    session.flush()
    announced = 0 if following is None else len(following.trips)
    return PlanApproved(
        id=row.id,
        trip_ids=made.trip_ids,
        left_behind=made.left_behind,
        kept_count=len(trips.kept),
        replaced_count=announced - len(trips.kept),
    )


def _stores(session: Session, problem: Problem, plan: Plan, following: Following | None) -> frozenset[str]:
    """Stores from which trips leave, or left by the plan that this one follows."""
    depots = {fleet.id: fleet.depot for fleet in problem.fleet}
    announced = () if following is None else [one.id for one in following.trips]
    rows = queries.trips(session, trip_ids=announced) if announced else ()
    return frozenset(depots[trip.fleet] for trip in plan.trips) | {row.store_code for row in rows}


def _check_needs(row: DeliveryPlan, trips: Iterable[Trip], demands: Iterable[SiteDemand]) -> None:
    needed = {(one.site_code, one.product_code): demand_kg(one.missing_grams) for one in demands}
    planned: Counter[tuple[str, str]] = Counter()
    for trip in trips:
        for stop in trip.stops:
            planned.update({(stop.site, product): kg for product, kg in stop.deliver_kg.items()})
    names = {one.site_code: one.site_name for one in msgspec.convert(row.basis, Basis).demands}
    for (site_code, product_code), kg in sorted(planned.items()):
        now_needed = needed.get((site_code, product_code), 0)
        if kg > now_needed:
            raise PlanOutOfDate(
                site=names.get(site_code, site_code), product=product_code, needed=now_needed, planned=kg
            )
