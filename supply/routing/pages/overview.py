"""Deliveries at a glance: what to load, what is on the road, what waits for a decision; all trips."""

import datetime as dt
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.i18n import N_, gettext, show_moment, translate
from supply.people.rights import Actor, Right
from supply.routing import queries
from supply.routing.arrive import may_receive
from supply.routing.pages.drawings import real_gantt
from supply.routing.pages.texts import km, plan_row_badge, trip_badge
from supply.routing.rows import PlanRow, TripRow, WaybillRow
from supply.routing.words import LATE, PlanState, TripState
from supply.web.drawing.calendars import GanttView
from supply.web.forms import Field, Option
from supply.web.pages import page
from supply.web.parts import Attention, Badge, Pager

MOST_PLANS = 12
PAGE_LENGTH = 50
# Trips of one page of the list: about 40 KB.


class PlanLine(msgspec.Struct, frozen=True, kw_only=True):
    """One run in the list."""

    label: str
    href: str
    badge: Badge
    asked_at: dt.datetime
    asked_by: str
    cost: int | None
    approved_href: str | None
    """The plan of the cycle that was approved in place of this one."""


class TripLine(msgspec.Struct, frozen=True, kw_only=True):
    """One trip in a list."""

    label: str
    href: str
    badge: Badge
    way: str
    truck: str
    begins_on: dt.date
    ends_on: dt.date
    grams: int
    distance: str
    arrived: str


class OverviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries now."""

    waiting: tuple[Attention, ...]
    trips: tuple[TripLine, ...]
    gantt: GanttView | None
    plans: tuple[PlanLine, ...]
    may_plan: bool
    may_direct: bool


class TripsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Trips, chosen by state and store."""

    trips: tuple[TripLine, ...]
    filters: tuple[Field, ...]
    pager: Pager
    is_none_at_all: bool
    may_plan: bool


class OverviewPages(Controller):
    """Deliveries at a glance."""

    path = "/routing"
    include_in_schema = False

    @get("/", operation_id="DeliveriesPage", sync_to_thread=True)
    def overview(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        with db.snapshot() as session:
            content = _overview(session, actor, today)
        return page("routing/overview.html", content, title=N_("Deliveries"))

    @get("/trips", operation_id="TripsPage", sync_to_thread=True)
    def trips(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        status: FromQuery[str] = "",
        store: FromQuery[str | None] = None,
        start: Annotated[int, QueryParameter(ge=0, le=1_000_000)] = 0,
    ) -> Template:
        chosen = (status,) if status in set(TripState) else None
        store = _own_store(actor) if store is None else store
        with db.snapshot() as session:
            found = queries.trips(
                session,
                states=chosen,
                store_codes=(store,) if store else None,
                newest=True,
                offset=start,
                limit=PAGE_LENGTH + 1,
            )
            is_none_at_all = not found and not queries.trips(session, limit=1)
            stores = {one.code: one.name for one in catalog.places(session, PlaceKind.STORE)}
        content = TripsPage(
            trips=tuple(trip_line(one) for one in found[:PAGE_LENGTH]),
            filters=_filters(status, store, stores),
            pager=_pager(start, len(found), urlencode({"status": status, "store": store})),
            is_none_at_all=is_none_at_all,
            may_plan=actor.may(Right.PLAN_DELIVERIES),
        )
        return page("routing/trips.html", content, title=N_("Trips"))


def _own_store(actor: Actor) -> str:
    """The store of somebody who keeps one; "" is every store."""
    return next(iter(actor.places)) if actor.places and len(actor.places) == 1 else ""


def _overview(session: Session, actor: Actor, today: dt.date) -> OverviewPage:
    found = queries.trips(session, states=queries.OPEN_STATES)
    mine = tuple(trip for trip in found if _concerns(actor, trip))
    plans = queries.plans(session, limit=MOST_PLANS)
    return OverviewPage(
        waiting=(
            *_plans_to_decide(actor, plans),
            *_to_load(actor, mine, today),
            *_to_receive(actor, mine, today),
        ),
        trips=tuple(trip_line(one) for one in mine),
        gantt=real_gantt(mine),
        plans=tuple(_plan_line(one) for one in plans if not one.is_by_hand),
        may_plan=actor.may(Right.PLAN_DELIVERIES),
        may_direct=actor.may(Right.PLAN_DELIVERIES) and actor.may(Right.APPROVE_PLANS),
    )


def _concerns(actor: Actor, trip: TripRow) -> bool:
    """Everything for those without places of their own; else trips that leave from or come to one of them."""
    codes = {trip.store_code, *(waybill.site_code for waybill in trip.waybills)}
    return actor.places is None or bool(codes & actor.places)


def _plans_to_decide(actor: Actor, plans: tuple[PlanRow, ...]) -> list[Attention]:
    if not actor.may(Right.APPROVE_PLANS):
        return []
    return [
        Attention(
            "warn",
            translate(N_("A plan for {cycle} waits for your decision"), {"cycle": one.cycle_name}),
            translate(
                N_("Asked for on {at}. It costs {cost:money}; nothing moves before it is approved."),
                {"at": one.asked_at, "cost": one.cost or 0},
            ),
            f"/routing/plans/{one.id}",
            gettext(N_("Look")),
        )
        for one in plans
        if one.waits_for_decision
    ]


def _to_load(actor: Actor, trips: tuple[TripRow, ...], today: dt.date) -> list[Attention]:
    return [
        Attention(
            "bad" if one.begins_on < today else "warn",
            translate(N_("Load trip {trip} to {sites}"), {"trip": one.label, "sites": _sites(one)}),
            translate(
                N_("{grams:mass}, leaves on {day}; truck {truck}."),
                {
                    "grams": one.grams,
                    "day": one.begins_on,
                    "truck": one.plate or gettext(N_("not chosen yet")),
                },
            ),
            f"/routing/trips/{one.id}",
            gettext(N_("Load it")),
        )
        for one in trips
        if one.state == TripState.PLANNED
        and actor.may(Right.RUN_TRIPS, one.store_code)
        and one.begins_on <= today + dt.timedelta(days=2)
    ]


def _to_receive(actor: Actor, trips: tuple[TripRow, ...], today: dt.date) -> list[Attention]:
    return [
        _arrival(waybill, today)
        for one in trips
        if one.state == TripState.DEPARTED
        for waybill in one.waybills
        if waybill.arrived_on is None and may_receive(actor, waybill)
    ]


def _arrival(waybill: WaybillRow, today: dt.date) -> Attention:
    return Attention(
        "bad" if waybill.due_on + LATE < today else "info",
        translate(N_("Waybill {waybill} to {site}"), {"waybill": waybill.number, "site": waybill.site_name}),
        translate(
            N_("{grams:mass} on the road, due on {day}."),
            {"grams": waybill.sent_grams, "day": waybill.due_on},
        ),
        f"/routing/waybills/{waybill.id}/arrive",
        gettext(N_("Receive it")),
    )


def _sites(trip: TripRow) -> str:
    return ", ".join(waybill.site_name for waybill in trip.waybills)


def trip_line(one: TripRow) -> TripLine:
    """A trip as lists show it."""
    arrived = sum(waybill.arrived_on is not None for waybill in one.waybills)
    return TripLine(
        label=one.label,
        href=f"/routing/trips/{one.id}",
        badge=trip_badge(one.state),
        way=" → ".join((one.store_name, *(waybill.site_name for waybill in one.waybills))),
        truck=one.plate or one.vehicle_type_code,
        begins_on=one.first_on,
        ends_on=one.ends_on,
        grams=one.grams,
        distance=km(one.metres),
        arrived=f"{arrived} / {len(one.waybills)}",
    )


def _pager(start: int, found: int, chosen: str) -> Pager:
    """Where this page stands; `found` is one more than a page holds when there is another."""
    href = f"/routing/trips?{chosen}&start="
    return Pager(
        first=start + 1,
        last=start + min(found, PAGE_LENGTH),
        previous_href=f"{href}{max(0, start - PAGE_LENGTH)}" if start else None,
        next_href=f"{href}{start + PAGE_LENGTH}" if found > PAGE_LENGTH else None,
    )


def _plan_line(one: PlanRow) -> PlanLine:
    return PlanLine(
        label=f"{one.cycle_name}, {show_moment(one.asked_at)}",
        href=f"/routing/plans/{one.id}",
        badge=plan_row_badge(one),
        asked_at=one.asked_at,
        asked_by=one.asked_by,
        cost=one.cost,
        approved_href=f"/routing/plans/{one.approved_since_id}"
        if one.state == PlanState.PROPOSED and one.approved_since_id
        else None,
    )


def _filters(state: str, store: str, stores: dict[str, str]) -> tuple[Field, ...]:
    everything = gettext(N_("All"))
    return (
        Field(
            name="status",
            label=gettext(N_("State")),
            kind="select",
            options=(
                Option("", everything, not state),
                *(Option(one.value, trip_badge(one.value).label, one.value == state) for one in TripState),
            ),
        ),
        Field(
            name="store",
            label=gettext(N_("Store")),
            kind="select",
            options=(
                Option("", everything, not store),
                *(Option(code, name, code == store) for code, name in sorted(stores.items())),
            ),
        ),
    )
