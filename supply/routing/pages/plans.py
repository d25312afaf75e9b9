"""One run of the planner: its search while it runs, then its plan to look at, approve or reject."""

import datetime as dt
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.people.rights import Actor, Right
from supply.routing import queries
from supply.routing.approve import ApprovePlan, PlanApproved, approve_plan
from supply.routing.following import sort_trips
from supply.routing.messages import failure_text
from supply.routing.pages.comparison import ComparisonPart, comparison_part
from supply.routing.pages.drawings import progress_line
from supply.routing.pages.expiry import ExpiryPart, expiry_part
from supply.routing.pages.plan_parts import PlanBody, plan_body
from supply.routing.pages.rivals import RivalLine, rival_lines
from supply.routing.pages.texts import plan_badge, plan_row_badge
from supply.routing.planner.words import COMPILING, MAKING_READY
from supply.routing.queries import StoredPlan
from supply.routing.rows import PlanRow, TripRow
from supply.routing.runs import is_silent, start
from supply.routing.stop import (
    PlanUnknown,
    RejectPlan,
    RetryPlan,
    StopPlan,
    reject_plan,
    retry_plan,
    stop_plan,
)
from supply.routing.words import PlanState, TripState
from supply.web.drawing.lines import LineView
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge

REASONS_PHASE = "reasons"
# The planner's word for what comes after the search.


class SearchPart(msgspec.Struct, frozen=True, kw_only=True):
    """How far a search is; `refresh_href` None once it is over. Also rendered alone, to refresh the page."""

    href: str
    refresh_href: str | None
    badge: Badge | None
    """Until the search is over."""
    text: str
    seconds_used: int
    seconds_allowed: int
    cost: int | None
    bound: int | None
    gap: Fraction | None
    line: LineView | None


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """A run and its plan."""

    id: str
    title: str
    lead: str
    badge: Badge | None
    """Once the search is over; before, the search has one that is kept up to date."""
    cycle_name: str
    needs_href: str
    is_running: bool
    is_proposed: bool
    may_stop: bool
    may_retry: bool
    may_approve: bool
    may_reject: bool
    approved_href: str | None
    """The plan of the cycle that was approved in place of this proposed one."""
    failure: str
    search: SearchPart
    body: PlanBody | None
    expiry: ExpiryPart | None
    replan_href: str | None
    comparison: ComparisonPart | None
    rivals: tuple[RivalLine, ...]


class RefusedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A plan was not approved; why is told above, here what can be done now."""

    title: str
    plan_href: str
    approved_href: str | None
    needs_href: str | None


class PlanPages(Controller):
    """Look at a run, stop it, decide."""

    path = "/routing/plans"
    include_in_schema = False

    @get("/{plan_id:uuid}", operation_id="PlanPage", sync_to_thread=True)
    def show(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        trip: FromQuery[int] = 0,
    ) -> Template:
        with db.snapshot() as session:
            content = _plan_page(session, plan_id, actor, now, chosen=trip)
        return page("routing/plan.html", content, title=content.title)

    @get("/{plan_id:uuid}/progress", operation_id="PlanProgress", sync_to_thread=True)
    def progress(
        self, plan_id: FromPath[UUID], db: NamedDependency[Database], now: NamedDependency[dt.datetime]
    ) -> Template:
        with db.snapshot() as session:
            row = _row(session, plan_id)
            part = _search(session, row, now)
        return page("routing/_search.html", part, title=N_("Delivery plan"))

    @post("/{plan_id:uuid}/stop", operation_id="StopPlanSubmit", sync_to_thread=True, status_code=303)
    def stop(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        with db.transaction() as session:
            stop_plan(session, StopPlan(id=plan_id), actor=actor, now=now)
        return see_other(
            f"/routing/plans/{plan_id}", N_("Stop asked for: the search ends with the best plan it has.")
        )

    @post("/{plan_id:uuid}/retry", operation_id="RetryPlanSubmit", sync_to_thread=True, status_code=303)
    def retry(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        with db.transaction() as session:
            retry_plan(session, RetryPlan(id=plan_id), actor=actor, now=now)
        start(db, plan_id)
        return see_other(f"/routing/plans/{plan_id}")

    @post("/{plan_id:uuid}/approve", operation_id="ApprovePlanSubmit", sync_to_thread=True, status_code=303)
    def approve(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            with db.transaction() as session:
                approved = approve_plan(session, ApprovePlan(id=plan_id), actor=actor, now=now)
            return see_other(f"/routing/plans/{plan_id}", _told(approved), **_counts(approved))

        return submit(attempt, again=lambda _faults: _refused(db, plan_id, actor))

    @post("/{plan_id:uuid}/reject", operation_id="RejectPlanSubmit", sync_to_thread=True, status_code=303)
    def reject(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        with db.transaction() as session:
            reject_plan(session, RejectPlan(id=plan_id), actor=actor, now=now)
        return see_other(f"/routing/plans/{plan_id}", N_("The plan is rejected; nothing was reserved."))


def _told(approved: PlanApproved) -> str:
    if approved.kept_count + approved.replaced_count:
        return N_(
            "The plan is approved. New trips: {count}; announced trips that stay: {kept}; replaced: "
            "{replaced}."
        )
    return N_("The plan is approved: {count} trips wait to be loaded and their lots are reserved.")


def _counts(approved: PlanApproved) -> dict[str, object]:
    return {
        "count": len(approved.trip_ids),
        "kept": approved.kept_count,
        "replaced": approved.replaced_count,
    }


def _refused(db: Database, plan_id: UUID, actor: Actor) -> Template:
    """The ways on from a refusal: the plan that was approved instead, a new one, back."""
    with db.snapshot() as session:
        row = _row(session, plan_id)
    content = RefusedPage(
        title=gettext(N_("The plan was not approved")),
        plan_href=f"/routing/plans/{plan_id}",
        approved_href=_approved_href(row),
        needs_href=f"/routing/needs?cycle={row.cycle_code}" if actor.may(Right.PLAN_DELIVERIES) else None,
    )
    return page("routing/plan_refused.html", content, title=content.title)


def _approved_href(row: PlanRow) -> str | None:
    is_overtaken = row.state == PlanState.PROPOSED and row.approved_since_id is not None
    return f"/routing/plans/{row.approved_since_id}" if is_overtaken else None


def _row(session: Session, plan_id: UUID) -> PlanRow:
    row = queries.plan(session, plan_id)
    if row is None:
        raise PlanUnknown(plan=str(plan_id))
    return row


def _plan_page(session: Session, plan_id: UUID, actor: Actor, now: dt.datetime, *, chosen: int) -> PlanPage:
    row = _row(session, plan_id)
    stored = queries.stored_plan(session, plan_id)
    assert stored is not None, "the row was just read"
    killed = is_silent(row.state, row.heard_at, now)
    is_running = row.state in {PlanState.WAITING, PlanState.SOLVING} and not killed
    may_plan = actor.may(Right.PLAN_DELIVERIES)
    trips = _trips(session, plan_id, stored) if row.state == PlanState.APPROVED else ()
    body = plan_body(session, row, stored, trips, chosen=chosen) if stored.plan is not None else None
    facts = {
        "name": row.asked_by,
        "at": row.asked_at,
        "first": stored.basis.first_on,
        "last": stored.basis.last_on,
    }
    return PlanPage(
        id=str(plan_id),
        title=translate(
            N_("Trip by hand, {cycle}")
            if row.is_by_hand
            else N_("Delivery plan, {cycle}")
            if stored.following is None
            else N_("Changed delivery plan, {cycle}"),
            {"cycle": row.cycle_name},
        ),
        lead=translate(N_("For arrivals from {first} to {last}; asked for by {name}."), facts),
        badge=None if is_running else plan_badge(PlanState.FAILED) if killed else plan_row_badge(row),
        cycle_name=row.cycle_name,
        needs_href=f"/routing/needs?cycle={row.cycle_code}",
        is_running=is_running,
        is_proposed=row.waits_for_decision,
        may_stop=is_running and may_plan and not row.is_stop_asked,
        may_retry=may_plan and (killed or row.state in {PlanState.FAILED, PlanState.STOPPED}),
        may_approve=row.waits_for_decision and actor.may(Right.APPROVE_PLANS),
        may_reject=row.state == PlanState.PROPOSED and actor.may(Right.APPROVE_PLANS),
        approved_href=_approved_href(row),
        failure=failure_text("killed") if killed else failure_text(row.failure) if row.failure else "",
        search=_search(session, row, now),
        body=body,
        replan_href=f"/routing/needs?cycle={row.cycle_code}#replan"
        if may_plan and not row.is_by_hand and any(one.state == TripState.PLANNED for one in trips)
        else None,
        comparison=comparison_part(session, stored),
        rivals=rival_lines(session, row, stored.plan),
        expiry=expiry_part(session, plan_id, stored, actor, now)
        if stored.plan and stored.basis.stock
        else None,
    )


def _trips(session: Session, plan_id: UUID, stored: StoredPlan) -> tuple[TripRow, ...]:
    """The trips that an approval made, and the announced ones that it left alone."""
    own = queries.trips(session, plan_id=plan_id)
    if stored.plan is None or stored.following is None:
        return own
    kept = sort_trips(stored.problem, stored.plan, stored.following).kept
    stay = queries.trips(session, trip_ids=[one.id for one in kept.values()])
    return tuple(sorted((*own, *stay), key=lambda one: (one.begins_on, one.store_code, one.number)))


def _search(session: Session, row: PlanRow, now: dt.datetime) -> SearchPart:
    rows = queries.progress(session, row.id)
    last = rows[-1] if rows else None
    is_over = row.state not in {PlanState.WAITING, PlanState.SOLVING} or is_silent(
        row.state, row.heard_at, now
    )
    cost = row.cost if row.cost is not None else _whole(last.cost if last else None)
    bound = row.bound if row.bound is not None else _whole(last.bound if last else None)
    # Nothing is proven yet: 0 would read as a figure.
    if not bound:
        bound = None
    href = f"/routing/plans/{row.id}"
    used = (
        row.milliseconds_used / 1000 if row.milliseconds_used is not None else last.seconds if last else 0.0
    )
    return SearchPart(
        href=href,
        refresh_href=None if is_over else f"{href}/progress",
        badge=None if is_over else _badge(row),
        text=_search_text(row, is_over=is_over),
        seconds_used=min(round(used), row.seconds_allowed),
        seconds_allowed=row.seconds_allowed,
        cost=cost,
        bound=bound,
        gap=Fraction(cost - bound, cost) if cost and bound is not None else None,
        line=progress_line(rows),
    )


def _badge(row: PlanRow) -> Badge:
    """Of a search that goes on."""
    return Badge("hold", gettext(N_("stop asked for"))) if row.is_stop_asked else plan_row_badge(row)


def _search_text(row: PlanRow, *, is_over: bool) -> str:
    if is_over:
        return gettext(N_("The search is over."))
    if row.is_stop_asked:
        return gettext(N_("Stop asked for; ending with the best plan so far."))
    if row.state == PlanState.WAITING:
        return gettext(N_("Waiting for its turn; one plan is calculated at a time."))
    if row.phase == COMPILING:
        return gettext(MAKING_READY)
    if row.phase == REASONS_PHASE:
        return gettext(N_("Finding out why something is left unserved, and what would change it."))
    return gettext(N_("Looking for a cheaper plan, and for proof that none is cheaper."))


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
