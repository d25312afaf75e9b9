"""Other plans of the same cycle: the list on a plan's page, and two plans trip by trip."""

from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.i18n import N_, show_moment, translate
from supply.routing import queries
from supply.routing.pages.comparison import ComparisonPart, two_plans
from supply.routing.pages.texts import over_badge, plan_badge
from supply.routing.planner.plan import Plan
from supply.routing.queries import StoredPlan
from supply.routing.rivals import Rival, rival, rivals
from supply.routing.rows import PlanRow
from supply.routing.stop import PlanUnknown
from supply.routing.words import PlanState
from supply.web.pages import page
from supply.web.parts import Badge


class RivalLine(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of the cycle; `beside_href` shows it beside the page's plan, None for that plan itself."""

    label: str
    href: str
    badge: Badge
    cost: int
    trip_count: int
    grams: int
    unserved_grams: int
    beside_href: str | None = None


class BesidePage(msgspec.Struct, frozen=True, kw_only=True):
    """Two plans of a cycle."""

    title: str
    plan_href: str
    plans: tuple[RivalLine, ...]
    part: ComparisonPart


class RivalPages(Controller):
    """Plans of one cycle beside each other."""

    path = "/routing/plans"
    include_in_schema = False

    @get("/{plan_id:uuid}/beside/{other_id:uuid}", operation_id="PlansBesidePage", sync_to_thread=True)
    def show(
        self, plan_id: FromPath[UUID], other_id: FromPath[UUID], db: NamedDependency[Database]
    ) -> Template:
        with db.snapshot() as session:
            row, stored, plan = _solved(session, plan_id)
            other_row, other, other_plan = _solved(session, other_id)
            if other_row.cycle_code != row.cycle_code:
                raise PlanUnknown(plan=str(other_id))
            content = BesidePage(
                title=translate(N_("Two plans of {cycle}"), {"cycle": row.cycle_name}),
                plan_href=f"/routing/plans/{plan_id}",
                plans=(_own_line(row, plan), _own_line(other_row, other_plan)),
                part=two_plans(session, other, stored),
            )
        return page("routing/beside.html", content, title=content.title)


def rival_lines(session: Session, row: PlanRow, plan: Plan | None) -> tuple[RivalLine, ...]:
    """The plan of the page and the other plans of its cycle; nothing where there is no other."""
    if plan is None or row.is_by_hand:
        return ()
    others = rivals(session, row.id, row.cycle_code)
    if not others:
        return ()
    return (
        _own_line(row, plan),
        *(_line(one, beside_href=f"/routing/plans/{row.id}/beside/{one.id}") for one in others),
    )


def _own_line(row: PlanRow, plan: Plan) -> RivalLine:
    own = rival(row.id, row.state, row.asked_at, plan)
    is_over = row.state == PlanState.PROPOSED and not row.waits_for_decision
    return _line(msgspec.structs.replace(own, is_over=is_over))


def _line(one: Rival, beside_href: str | None = None) -> RivalLine:
    return RivalLine(
        label=show_moment(one.asked_at),
        href=f"/routing/plans/{one.id}",
        badge=over_badge() if one.is_over else plan_badge(one.state),
        cost=one.cost,
        trip_count=one.trip_count,
        grams=one.served_kg * 1000,
        unserved_grams=one.unserved_kg * 1000,
        beside_href=beside_href,
    )


def _solved(session: Session, plan_id: UUID) -> tuple[PlanRow, StoredPlan, Plan]:
    row, stored = queries.plan(session, plan_id), queries.stored_plan(session, plan_id)
    if row is None or stored is None or stored.plan is None:
        raise PlanUnknown(plan=str(plan_id))
    return row, stored, stored.plan
