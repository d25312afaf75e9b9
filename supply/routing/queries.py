"""The only SELECTs of routing: runs of the planner, trips with their waybills, and what is on the way."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from supply.routing.basis import Amounts, Basis, BusyTruck
from supply.routing.following import Following
from supply.routing.models import DeliveryPlan, DistributionDay, Trip, Waybill, WaybillLine
from supply.routing.packs import LeftBehind
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.rivals import approved_since
from supply.routing.rows import PlanRow, ProgressRow, TripRow, WaybillLineRow, WaybillRow
from supply.routing.tables import CYCLE, LOT, PLACE, TRANSPORTER, USER, VEHICLE
from supply.routing.words import PlanState, TripState

OPEN_STATES = (TripState.PLANNED.value, TripState.DEPARTED.value)
# Trips that have not ended: their trucks are taken and what they carry is on its way.


def plans(session: Session, cycle_code: str | None = None, *, limit: int = 50) -> tuple[PlanRow, ...]:
    """Runs of the planner, the newest first."""
    query = _plan_rows().order_by(DeliveryPlan.asked_at.desc(), DeliveryPlan.id.desc()).limit(limit)
    if cycle_code is not None:
        query = query.where(DeliveryPlan.cycle_code == cycle_code)
    return tuple(PlanRow(**row) for row in session.execute(query).mappings())


def plan(session: Session, plan_id: UUID) -> PlanRow | None:
    """One run of the planner."""
    row = session.execute(_plan_rows().where(DeliveryPlan.id == plan_id)).mappings().one_or_none()
    return None if row is None else PlanRow(**row)


def _plan_rows() -> Select[Any]:
    decider = aliased(USER, name="decider")
    return (
        select(
            DeliveryPlan.id,
            DeliveryPlan.cycle_code,
            CYCLE.c.name.label("cycle_name"),
            DeliveryPlan.state,
            DeliveryPlan.is_by_hand,
            DeliveryPlan.cost,
            DeliveryPlan.bound,
            DeliveryPlan.seconds_allowed,
            DeliveryPlan.milliseconds_used,
            DeliveryPlan.attempts,
            DeliveryPlan.is_stop_asked,
            DeliveryPlan.phase,
            DeliveryPlan.failure,
            DeliveryPlan.asked_at,
            USER.c.name.label("asked_by"),
            DeliveryPlan.heard_at,
            DeliveryPlan.decided_at,
            decider.c.name.label("decided_by"),
            approved_since().label("approved_since_id"),
        )
        .join(CYCLE, CYCLE.c.code == DeliveryPlan.cycle_code)
        .join(USER, USER.c.id == DeliveryPlan.user_id)
        .outerjoin(decider, decider.c.id == DeliveryPlan.decided_by)
    )


class StoredPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has worked with and found; `plan` None until there is one."""

    problem: Problem
    basis: Basis
    plan: Plan | None
    left_behind: tuple[LeftBehind, ...]
    following: Following | None = None


def stored_plan(session: Session, plan_id: UUID) -> StoredPlan | None:
    """The problem, basis and plan of a run."""
    row = session.execute(
        select(
            DeliveryPlan.problem,
            DeliveryPlan.basis,
            DeliveryPlan.plan,
            DeliveryPlan.rounding,
            DeliveryPlan.following,
        ).where(DeliveryPlan.id == plan_id)
    ).one_or_none()
    if row is None:
        return None
    return StoredPlan(
        problem=msgspec.convert(row.problem, Problem),
        basis=msgspec.convert(row.basis, Basis),
        plan=None if row.plan is None else msgspec.convert(row.plan, Plan),
        left_behind=msgspec.convert(row.rounding or [], tuple[LeftBehind, ...]),
        following=None if row.following is None else msgspec.convert(row.following, Following),
    )


def plans_by_hand(session: Session, cycle_code: str) -> frozenset[UUID]:
    """Plans of a cycle that an officer put together without a search."""
    found = session.scalars(
        select(DeliveryPlan.id).where(DeliveryPlan.cycle_code == cycle_code, DeliveryPlan.is_by_hand)
    )
    return frozenset(found)


def progress(session: Session, plan_id: UUID) -> tuple[ProgressRow, ...]:
    """How cost and bound moved while the run searched."""
    rows = session.execute(
        select(DeliveryPlan.progress).where(DeliveryPlan.id == plan_id)
    ).scalar_one_or_none()
    return msgspec.convert(rows or [], tuple[ProgressRow, ...])


def trips(
    session: Session,
    *,
    trip_ids: Collection[UUID] | None = None,
    plan_id: UUID | None = None,
    cycle_code: str | None = None,
    states: Collection[str] | None = None,
    store_codes: Collection[str] | None = None,
    newest: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[TripRow, ...]:
    """Trips with their waybills, by the day they begin; three statements whatever their number."""
    day = Trip.begins_on.desc() if newest else Trip.begins_on
    query = _trip_rows().order_by(day, Trip.store_code, Trip.number, Trip.id).offset(offset).limit(limit)
    if trip_ids is not None:
        query = query.where(Trip.id.in_(trip_ids))
    if plan_id is not None:
        query = query.where(Trip.plan_id == plan_id)
    if cycle_code is not None:
        query = query.where(DeliveryPlan.cycle_code == cycle_code)
    if states is not None:
        query = query.where(Trip.state.in_(states))
    if store_codes is not None:
        query = query.where(Trip.store_code.in_(store_codes))
    rows = session.execute(query).mappings().all()
    by_trip: dict[UUID, list[WaybillRow]] = defaultdict(list)
    for waybill in _waybills(
        session, select(Waybill.id).where(Waybill.trip_id.in_([row["id"] for row in rows]))
    ):
        by_trip[waybill.trip_id].append(waybill)
    return tuple(TripRow(**row, waybills=tuple(by_trip[row["id"]])) for row in rows)


def trip(session: Session, trip_id: UUID) -> TripRow | None:
    """One trip with its waybills."""
    return next(iter(trips(session, trip_ids=(trip_id,))), None)


def waybill(session: Session, waybill_id: UUID) -> WaybillRow | None:
    """One waybill with its lines."""
    return next(iter(_waybills(session, select(Waybill.id).where(Waybill.id == waybill_id))), None)


def arriving(session: Session, site_codes: Collection[str] | None = None) -> tuple[WaybillRow, ...]:
    """Waybills that left their store and have not arrived, the first due first."""
    ids = (
        select(Waybill.id)
        .join(Trip, Trip.id == Waybill.trip_id)
        .where(Trip.state == TripState.DEPARTED.value, Waybill.arrived_on.is_(None))
    )
    if site_codes is not None:
        ids = ids.where(Waybill.site_code.in_(site_codes))
    return tuple(sorted(_waybills(session, ids), key=lambda one: (one.due_on, one.number)))


def _trip_rows() -> Select[Any]:
    return (
        select(
            Trip.id,
            Trip.plan_id,
            DeliveryPlan.cycle_code,
            CYCLE.c.name.label("cycle_name"),
            Trip.number,
            Trip.store_code,
            PLACE.c.name.label("store_name"),
            PLACE.c.lat.label("store_lat"),
            PLACE.c.lon.label("store_lon"),
            Trip.vehicle_type_code,
            Trip.plate,
            TRANSPORTER.c.name.label("transporter"),
            Trip.begins_on,
            Trip.day_count,
            Trip.metres,
            Trip.cost,
            Trip.state,
            Trip.driver,
            Trip.driver_phone,
            Trip.sender,
            Trip.departed_on,
            Trip.departure_reason,
            Trip.cancel_reason,
        )
        .join(DeliveryPlan, DeliveryPlan.id == Trip.plan_id)
        .join(CYCLE, CYCLE.c.code == DeliveryPlan.cycle_code)
        .join(PLACE, PLACE.c.code == Trip.store_code)
        .outerjoin(VEHICLE, VEHICLE.c.plate == Trip.plate)
        .outerjoin(TRANSPORTER, TRANSPORTER.c.code == VEHICLE.c.transporter_code)
    )


def _waybills(session: Session, ids: Select[Any]) -> tuple[WaybillRow, ...]:
    heads = session.execute(
        select(
            Waybill.id,
            Waybill.number,
            Waybill.trip_id,
            Waybill.stop,
            Waybill.store_code,
            Waybill.site_code,
            PLACE.c.name.label("site_name"),
            PLACE.c.lat.label("site_lat"),
            PLACE.c.lon.label("site_lon"),
            Waybill.due_on,
            Waybill.arrived_on,
            Waybill.receiver,
            Waybill.remarks,
            Waybill.departure_id,
            Waybill.arrival_id,
        )
        .join(PLACE, PLACE.c.code == Waybill.site_code)
        .where(Waybill.id.in_(ids))
        .order_by(Waybill.trip_id, Waybill.stop)
    ).mappings()
    lines: dict[UUID, list[WaybillLineRow]] = defaultdict(list)
    for row in session.execute(_line_rows().where(WaybillLine.waybill_id.in_(ids))).mappings():
        facts = dict(row)
        lines[facts.pop("waybill_id")].append(WaybillLineRow(**facts))
    return tuple(WaybillRow(**head, lines=tuple(lines[head["id"]])) for head in heads)


def _line_rows() -> Select[Any]:
    return (
        select(
            WaybillLine.waybill_id,
            WaybillLine.line,
            WaybillLine.lot_id,
            LOT.c.number.label("lot_number"),
            LOT.c.product_code,
            LOT.c.pack_code,
            LOT.c.expires_on,
            WaybillLine.planned_grams,
            WaybillLine.dispatched_grams,
            WaybillLine.good_grams,
            WaybillLine.damaged_grams,
            WaybillLine.missing_grams,
            WaybillLine.excess_grams,
        )
        .join(LOT, LOT.c.id == WaybillLine.lot_id)
        .order_by(WaybillLine.waybill_id, WaybillLine.line)
    )


def under_way(session: Session, cycle_codes: Iterable[str], *, good_on: dt.date) -> dict[str, Amounts]:
    """Grams by cycle and (site, product) on approved trips not arrived, of lots good on that day."""
    sent = case(
        (WaybillLine.dispatched_grams.is_(None), WaybillLine.planned_grams),
        else_=WaybillLine.dispatched_grams,
    )
    return _amounts(
        session,
        _by_cycle_site_product(sent).where(
            DeliveryPlan.cycle_code.in_(tuple(cycle_codes)),
            Trip.state.in_(OPEN_STATES),
            Waybill.arrived_on.is_(None),
            LOT.c.expires_on >= good_on,
        ),
    )


def delivered(session: Session, cycle_code: str, *, good_on: dt.date) -> Amounts:
    """Good grams by (site, product) that arrived for this cycle, of lots good on that day."""
    found = _amounts(
        session,
        _by_cycle_site_product(WaybillLine.good_grams).where(
            DeliveryPlan.cycle_code == cycle_code,
            WaybillLine.good_grams.is_not(None),
            LOT.c.expires_on >= good_on,
        ),
    )
    return found.get(cycle_code, {})


def _by_cycle_site_product(grams: Any) -> Select[Any]:
    return (
        select(DeliveryPlan.cycle_code, Waybill.site_code, LOT.c.product_code, func.sum(grams))
        .select_from(WaybillLine)
        .join(Waybill, Waybill.id == WaybillLine.waybill_id)
        .join(Trip, Trip.id == Waybill.trip_id)
        .join(DeliveryPlan, DeliveryPlan.id == Trip.plan_id)
        .join(LOT, LOT.c.id == WaybillLine.lot_id)
        .group_by(DeliveryPlan.cycle_code, Waybill.site_code, LOT.c.product_code)
    )


def _amounts(session: Session, query: Select[Any]) -> dict[str, Amounts]:
    found: dict[str, Amounts] = defaultdict(dict)
    for cycle_code, site_code, product_code, grams in session.execute(query):
        found[cycle_code][site_code, product_code] = int(grams)
    return dict(found)


def busy_trucks(session: Session, today: dt.date) -> tuple[BusyTruck, ...]:
    """Trucks of trips that have not ended. One that is late is taken until today at least."""
    rows = session.execute(
        select(
            Trip.store_code,
            Trip.vehicle_type_code,
            Trip.plate,
            Trip.begins_on,
            Trip.day_count,
            Trip.departed_on,
        )
        .where(Trip.state.in_(OPEN_STATES))
        .order_by(Trip.begins_on, Trip.id)
    )
    busy = []
    for store_code, type_code, plate, begins_on, day_count, departed_on in rows:
        first_on = departed_on or begins_on
        last_on = first_on + dt.timedelta(days=day_count - 1)
        busy.append(
            BusyTruck(
                store_code=store_code,
                type_code=type_code,
                plate=plate,
                first_on=first_on,
                last_on=max(last_on, today) if departed_on else last_on,
            )
        )
    return tuple(busy)


def distribution_days(session: Session, cycle_code: str) -> dict[str, dt.date]:
    """The distribution day of each site of a cycle for which one is known."""
    rows = session.execute(
        select(DistributionDay.site_code, DistributionDay.use_on)
        .where(DistributionDay.cycle_code == cycle_code)
        .order_by(DistributionDay.site_code)
    )
    return {row.site_code: row.use_on for row in rows}


def keep_days(session: Session, plan_id: UUID) -> int:
    """Days of life that a plan asks of its lots on the distribution day."""
    basis = session.execute(select(DeliveryPlan.basis).where(DeliveryPlan.id == plan_id)).scalar_one()
    return int(basis.get("keep_days", 0))


def runs_to_start(session: Session, stale_before: dt.datetime, attempts: int) -> tuple[UUID, ...]:
    """Runs that nobody works on: waiting, or silent since then and tried less than `attempts` times."""
    return tuple(
        session.scalars(
            select(DeliveryPlan.id)
            .where(
                (DeliveryPlan.state == PlanState.WAITING.value)
                | (
                    (DeliveryPlan.state == PlanState.SOLVING.value)
                    & (DeliveryPlan.heard_at < stale_before)
                    & (DeliveryPlan.attempts < attempts)
                )
            )
            .order_by(DeliveryPlan.asked_at, DeliveryPlan.id)
        )
    )
