"""Trips out of a plan: whole packs of real lots, reserved; numbered waybills. Nothing moves yet.

Both ways to a trip meet here: a plan of the solver that was approved, and a trip put together by hand.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.errors import Conflict
from supply.i18n import N_
from supply.ids import new_id
from supply.inventory.fefo import Taken
from supply.inventory.reservations import reserve
from supply.routing import queries
from supply.routing.basis import Basis, SiteDemand
from supply.routing.expiry import UseDays
from supply.routing.models import DeliveryPlan, Trip, Waybill, WaybillLine
from supply.routing.order import NumberedTrip, in_order
from supply.routing.packs import Capacity, LeftBehind, Piece, Portion, Wanted, in_whole_packs
from supply.routing.planner.plan import Plan, Stop
from supply.routing.planner.problem import Problem, VehicleType
from supply.routing.shelf import Shelf
from supply.routing.words import TripState

WAYBILL_PREFIX = "LV"
# Lettre de voiture: the paper that the driver carries.


class TripsMade(msgspec.Struct, frozen=True, kw_only=True):
    """The trips of a plan, and packs that fit whole into none of them."""

    trip_ids: tuple[UUID, ...]
    left_behind: tuple[LeftBehind, ...]


class Part(msgspec.Struct, frozen=True):
    """The trips of a plan that are still to be made, and what is still to bring once its other trips stay."""

    planned: tuple[NumberedTrip, ...]
    demands: tuple[SiteDemand, ...]


class TrucksTaken(Conflict):
    """More trucks are needed on a day than the store has."""

    code: ClassVar[str] = "trucks-taken"
    title = N_(
        "On {day} {store} has {count} trucks of type {type} and {needed} would be on the road "
        "with this plan. "
        "Ask for a new plan."
    )


class PlanTooLate(Conflict):
    """A first day is past."""

    code: ClassVar[str] = "plan-too-late"
    title = N_("A trip from {store} should have begun on {begins_on}, which is past. Ask for a new plan.")


def make_trips(
    session: Session,
    row: DeliveryPlan,
    *,
    use_on: dt.date,
    today: dt.date,
    now: dt.datetime,
    part: Part | None = None,
) -> TripsMade:
    """Write these trips of a plan with waybills and reservations; the caller holds the locks of its stores.

    Lots are chosen for all trips together, first expired first out, each good on the day of use of its
    site; `use_on` is the day of sites without one of their own. Raises PlanTooLate, TrucksTaken, StockGone
    and LotsTooOld.
    """
    problem = msgspec.convert(row.problem, Problem)
    basis = msgspec.convert(row.basis, Basis)
    plan = msgspec.convert(row.plan, Plan)
    planned = in_order(problem, plan) if part is None else part.planned
    demands = basis.demands if part is None else part.demands
    for one in planned:
        if one.trip.begin < today:
            raise PlanTooLate(store=one.store_code, begins_on=one.trip.begin)
    _check_trucks(session, planned, today)
    days = UseDays(
        default=use_on,
        by_site=queries.distribution_days(session, row.cycle_code),
        keep_days=basis.keep_days,
    )
    shelf = Shelf(session, {demand.product_code: demand.pack_grams for demand in demands}, days)
    wanted = wanted_of(demands, set() if part is None else served_whole(plan, demands))
    portions, left = in_whole_packs(
        pieces_of(planned),
        wanted,
        capacities=capacities_of(problem, planned),
        stock={
            key: shelf.countable(*key, demands)
            for key in {(one.store_code, one.product_code) for one in pieces_of(planned)}
        },
        kg_per_m3={one.id: None if one.kg_per_m3 is None else int(one.kg_per_m3) for one in problem.products},
    )
    taken = shelf.take(portions)
    by_stop: dict[tuple[int, int], list[Portion]] = defaultdict(list)
    for portion in portions:
        by_stop[portion.trip, portion.stop].append(portion)
    sequences = _Sequences(session)
    trip_ids = []
    for one in planned:
        if not any((one.number, stop) in by_stop for stop in range(1, len(one.trip.stops) + 1)):
            continue  # only parts of packs were on it
        trip_ids.append(_write_trip(session, row.id, one))
        for stop_number, stop in enumerate(one.trip.stops, 1):
            mine = by_stop.get((one.number, stop_number))
            if mine:
                waybill = _waybill(trip_ids[-1], one, stop_number, stop, sequences.next(one.store_code))
                session.add(waybill)
                session.flush()
                _write_lines(session, waybill, [one for portion in mine for one in taken[portion]], now)
    session.flush()
    return TripsMade(trip_ids=tuple(trip_ids), left_behind=left)


def _check_trucks(session: Session, planned: Sequence[NumberedTrip], today: dt.date) -> None:
    counts = Counter(
        (truck.store_code, truck.type_code) for truck in catalog.vehicles(session, only_active=True)
    )
    busy: Counter[tuple[str, str, dt.date]] = Counter()
    for span in queries.busy_trucks(session, today):
        busy.update((span.store_code, span.type_code, day) for day in _days(span.first_on, span.last_on))
    for one in planned:
        for day in _days(one.trip.begin, one.last_on):
            busy[one.store_code, one.type_code, day] += 1
            needed, count = busy[one.store_code, one.type_code, day], counts[one.store_code, one.type_code]
            if needed > count:
                raise TrucksTaken(
                    store=one.store_code, type=one.type_code, day=day, count=count, needed=needed
                )


def _days(first_on: dt.date, last_on: dt.date) -> Iterable[dt.date]:
    return (first_on + dt.timedelta(days=offset) for offset in range((last_on - first_on).days + 1))


def pieces_of(planned: Sequence[NumberedTrip]) -> list[Piece]:
    """What the trips bring where, in the planner's kilograms."""
    return [
        Piece(one.number, stop_number, one.store_code, stop.site, product_code, kg)
        for one in planned
        for stop_number, stop in enumerate(one.trip.stops, 1)
        for product_code, kg in sorted(stop.deliver_kg.items())
        if kg
    ]


def wanted_of(demands: Iterable[SiteDemand], whole: Collection[tuple[str, str]]) -> list[Wanted]:
    """What is to bring; `whole` are sites and products of which nothing is left."""
    return [
        Wanted(
            one.site_code,
            one.product_code,
            one.pack_grams,
            one.missing_grams,
            (one.site_code, one.product_code) in whole,
        )
        for one in demands
    ]


def served_whole(plan: Plan, demands: Iterable[SiteDemand]) -> set[tuple[str, str]]:
    """Site and product of needs of which the plan leaves nothing."""
    unserved = {(one.site, product) for one in plan.unserved for product in one.kg}
    return {(one.site_code, one.product_code) for one in demands} - unserved


def capacities_of(problem: Problem, planned: Sequence[NumberedTrip]) -> dict[int, Capacity]:
    """What each trip's vehicle holds, by number."""
    kinds = {kind.id: kind for kind in problem.vehicle_types}
    return {one.number: _capacity(kinds[one.type_code]) for one in planned}


def _capacity(kind: VehicleType) -> Capacity:
    litres = None if kind.capacity_m3 is None else round(kind.capacity_m3 * 1000)
    return Capacity(kind.capacity_kg * 1000, litres)


class _Sequences:
    """Next waybill number of each store; the caller's lock on the store keeps it free of holes and twins."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: dict[str, int] = {}

    def next(self, store_code: str) -> int:
        if store_code not in self._last:
            last = self._session.scalar(
                select(func.max(Waybill.sequence)).where(Waybill.store_code == store_code)
            )
            self._last[store_code] = last or 0
        self._last[store_code] += 1
        return self._last[store_code]


def _write_trip(session: Session, plan_id: UUID, planned: NumberedTrip) -> UUID:
    trip_id = new_id()
    session.add(
        Trip(
            id=trip_id,
            plan_id=plan_id,
            number=planned.number,
            store_code=planned.store_code,
            vehicle_type_code=planned.type_code,
            begins_on=planned.trip.begin,
            day_count=planned.trip.days,
            metres=round(planned.trip.km * 1000),
            cost=planned.trip.cost,
            state=TripState.PLANNED.value,
        )
    )
    session.flush()
    return trip_id


def _waybill(trip_id: UUID, planned: NumberedTrip, stop_number: int, stop: Stop, sequence: int) -> Waybill:
    return Waybill(
        id=new_id(),
        number=f"{WAYBILL_PREFIX}-{planned.store_code}-{sequence:04d}",
        store_code=planned.store_code,
        sequence=sequence,
        trip_id=trip_id,
        stop=stop_number,
        site_code=stop.site,
        due_on=stop.day,
    )


def _write_lines(session: Session, waybill: Waybill, taken: Iterable[Taken], now: dt.datetime) -> None:
    for line, one in enumerate(taken, 1):
        session.add(WaybillLine(waybill_id=waybill.id, line=line, lot_id=one.lot_id, planned_grams=one.grams))
        reserve(
            session,
            trip_id=waybill.trip_id,
            site_code=waybill.site_code,
            place_code=waybill.store_code,
            lot_id=one.lot_id,
            grams=one.grams,
            now=now,
        )
