"""A trip put together by hand, without the solver: held to the same rules by the same checker."""

import datetime as dt
from collections import defaultdict
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict, Invalid
from supply.i18n import N_, translate
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.programme.words import CycleState
from supply.routing import queries
from supply.routing.ask import CycleIsClosed, NoTruck, PlanIdTaken, PlanInThePast, check_problem
from supply.routing.basis import Basis, SiteDemand
from supply.routing.feeder import MAX_TRIP_DAYS, feed
from supply.routing.messages import finding_text
from supply.routing.models import DeliveryPlan
from supply.routing.packs import demand_kg
from supply.routing.planner.check import Violation, check
from supply.routing.planner.check_trip import Map, TripFigures, figures_of
from supply.routing.planner.plan import PLAN_FORMAT, Plan, Stop, Trip, gap_of
from supply.routing.planner.problem import Problem
from supply.routing.planner.words import VIOLATIONS
from supply.routing.snapshot import CycleUnknown, take_snapshot
from supply.routing.trips import make_trips
from supply.routing.words import PlanState

Grams = Annotated[int, msgspec.Meta(gt=0)]


class DirectDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a product to bring to a site, in whole packs."""

    site_code: str
    product_code: str
    grams: Grams


class DispatchDirectly(msgspec.Struct, frozen=True, kw_only=True):
    """One trip of one truck; `id` names its plan. Sites are visited in the order of first mention."""

    id: UUID
    cycle_code: str
    store_code: str
    vehicle_type_code: str
    begins_on: dt.date
    deliveries: Annotated[tuple[DirectDelivery, ...], msgspec.Meta(min_length=1, max_length=40)]


class DispatchedDirectly(msgspec.Struct, frozen=True, kw_only=True):
    """The trip that now waits to be loaded."""

    id: UUID
    trip_id: UUID
    cost: int
    day_count: int
    is_repeat: bool = False


class NotWholePacks(Invalid):
    """A truck carries whole packs."""

    code: ClassVar[str] = "not-whole-packs"
    title = N_("{grams:mass} of {product} are not whole packs of {pack:mass}.")


class DeliveryTwice(Invalid):
    """A site and product stand twice."""

    code: ClassVar[str] = "delivery-twice"
    title = N_("{product} for {site} stands twice; write its sum once.")


class ProductWithoutPack(Conflict):
    """Nobody said how it is packed."""

    code: ClassVar[str] = "product-without-pack"
    title = N_("{product} is unknown or has no pack; enter its pack in the reference data first.")


class SiteCannotBeFed(Conflict):
    """The site is left out for a reason."""

    code: ClassVar[str] = "site-cannot-be-fed"
    title = N_("{site} cannot be delivered: {reason}")


class TripBreaksRules(Conflict):
    """The checker refuses the trip."""

    code: ClassVar[str] = "trip-breaks-rules"
    title = N_("This trip is not possible: {reasons}")


def dispatch_directly(
    session: Session, command: DispatchDirectly, *, actor: Actor, now: dt.datetime
) -> DispatchedDirectly:
    """Check a trip made by hand like a plan's and make it at once: lots reserved, waybills written."""
    require(actor, Right.PLAN_DELIVERIES, command.store_code)
    require(actor, Right.APPROVE_PLANS, command.store_code)
    lock_places(session, {f"cycle:{command.cycle_code}", command.store_code})
    known = session.get(DeliveryPlan, command.id)
    if known is not None:
        return _repeat(session, known, command)
    cycle = programme.cycle(session, command.cycle_code)
    if cycle is None:
        raise CycleUnknown(cycle=command.cycle_code)
    if cycle.state == CycleState.CLOSED:
        raise CycleIsClosed(cycle=cycle.name)
    today = day_of(now)
    if command.begins_on < today:
        raise PlanInThePast(first_on=command.begins_on, today=today)
    problem, basis = _problem(session, command, today)
    plan = _plan(problem, command)
    violations = check(problem, plan)
    if violations:
        raise TripBreaksRules(
            reasons=" ".join(violation_text(one) for one in violations),
            codes=[one.code for one in violations],
        )
    row = DeliveryPlan(
        id=command.id,
        cycle_code=command.cycle_code,
        state=PlanState.APPROVED.value,
        problem=msgspec.to_builtins(problem),
        basis=msgspec.to_builtins(basis),
        is_by_hand=True,
        plan=msgspec.to_builtins(plan),
        progress=[],
        rounding=[],
        cost=plan.cost,
        seed=0,
        seconds_allowed=0,
        user_id=actor.user_id,
        asked_at=now,
        decided_at=now,
        decided_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    made = make_trips(session, row, use_on=cycle.ends_on, today=today, now=now)
    return DispatchedDirectly(
        id=row.id, trip_id=made.trip_ids[0], cost=plan.cost, day_count=plan.trips[0].days
    )


def _repeat(session: Session, known: DeliveryPlan, command: DispatchDirectly) -> DispatchedDirectly:
    """The trip that the same command made before; raises PlanIdTaken when it was another one."""
    (trip,) = queries.trips(session, plan_id=known.id) if known.is_by_hand else (None,)
    demands = msgspec.convert(known.basis, Basis).demands
    was = {(one.site_code, one.product_code): one.missing_grams for one in demands}
    asked = {(one.site_code, one.product_code): one.grams for one in command.deliveries}
    if trip is None or (trip.cycle_code, trip.store_code, trip.vehicle_type_code, trip.begins_on, was) != (
        command.cycle_code,
        command.store_code,
        command.vehicle_type_code,
        command.begins_on,
        asked,
    ):
        raise PlanIdTaken(id=str(command.id))
    return DispatchedDirectly(
        id=known.id, trip_id=trip.id, cost=trip.cost, day_count=trip.day_count, is_repeat=True
    )


def violation_text(violation: Violation) -> str:
    """A broken rule in the reader's language."""
    return translate(VIOLATIONS[violation.code], dict(violation.facts))


def _problem(session: Session, command: DispatchDirectly, today: dt.date) -> tuple[Problem, Basis]:
    """The problem of this one truck and exactly these deliveries."""
    last_on = command.begins_on + dt.timedelta(days=MAX_TRIP_DAYS - 1)
    demands = _demands(session, command)
    snapshot = take_snapshot(
        session,
        command.cycle_code,
        first_on=command.begins_on,
        last_on=last_on,
        today=today,
        also=tuple(one.site_code for one in command.deliveries),
    )
    only = msgspec.structs.replace(
        snapshot,
        demands=demands,
        stores=tuple(store for store in snapshot.stores if store.code == command.store_code),
        vehicles=tuple(
            truck
            for truck in snapshot.vehicles
            if (truck.store_code, truck.type_code) == (command.store_code, command.vehicle_type_code)
        ),
        uncounted=(),
        # A store's stock of the products that this cycle does not need is stock all the same.
        stock=tuple(stock for stock in snapshot.stock if stock.store_code == command.store_code),
    )
    problem, basis = feed(only)
    for finding in basis.findings:
        if finding.is_left_out:
            raise SiteCannotBeFed(site=finding.facts["place"], reason=finding_text(finding))
    if not problem.fleet:
        raise NoTruck(cycle=command.cycle_code)
    check_problem(problem)
    return problem, basis


def _demands(session: Session, command: DispatchDirectly) -> tuple[SiteDemand, ...]:
    packs = catalog.base_packs(session)
    names = {place.code: place.name for place in catalog.places(session)}
    demands: dict[tuple[str, str], SiteDemand] = {}
    for one in command.deliveries:
        key = (one.site_code, one.product_code)
        name = names.get(one.site_code, one.site_code)
        pack = packs.get(one.product_code)
        if pack is None:
            raise ProductWithoutPack(product=one.product_code)
        if key in demands:
            raise DeliveryTwice(product=one.product_code, site=name)
        if one.grams % pack.net_grams:
            raise NotWholePacks(grams=one.grams, product=one.product_code, pack=pack.net_grams)
        demands[key] = SiteDemand(
            site_code=one.site_code,
            site_name=name,
            product_code=one.product_code,
            pack_code=pack.code,
            pack_grams=pack.net_grams,
            need_grams=one.grams,
            has_grams=0,
            under_way_grams=0,
            missing_grams=one.grams,
        )
    return tuple(demands.values())


def _plan(problem: Problem, command: DispatchDirectly) -> Plan:
    """The trip with its days, kilometres and cost worked out by the rules."""
    loads: dict[str, dict[str, int]] = defaultdict(dict)
    for one in command.deliveries:
        loads[one.site_code][one.product_code] = demand_kg(one.grams)
    trip = Trip(
        fleet=problem.fleet[0].id,
        vehicle=1,
        begin=command.begins_on,
        days=1,
        km=0.0,
        cost=0,
        stops=tuple(Stop(site, command.begins_on, kg) for site, kg in loads.items()),
    )
    figures = figures_of(Map(problem), trip, days=None)
    trip = msgspec.structs.replace(
        trip, days=figures.days, km=float(figures.km), cost=figures.cost, stops=_stops(trip, figures)
    )
    # No search was made, so nothing is proven: the bound is 0 and the page says so.
    return Plan(
        format=PLAN_FORMAT,
        problem=problem.name,
        status="feasible",
        cost=trip.cost,
        bound=0.0,
        gap=gap_of(trip.cost, 0.0),
        seconds=0.0,
        seed=0,
        trips=(trip,),
        unserved=(),
    )


def _stops(trip: Trip, figures: TripFigures) -> tuple[Stop, ...]:
    return tuple(
        msgspec.structs.replace(stop, day=day) for stop, day in zip(trip.stops, figures.reached, strict=True)
    )
