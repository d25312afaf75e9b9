"""Plans, trips and waybills as others read them: frozen rows. Grams, francs, local days."""

import datetime as dt
from uuid import UUID

import msgspec

from supply.routing.words import PlanState


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the planner in a list.

    `approved_since_id` is the plan of the same cycle that was approved after this one was asked for.
    """

    id: UUID
    cycle_code: str
    cycle_name: str
    state: str
    is_by_hand: bool
    cost: int | None
    bound: int | None
    seconds_allowed: int
    milliseconds_used: int | None
    attempts: int
    is_stop_asked: bool
    phase: str
    failure: str | None
    asked_at: dt.datetime
    asked_by: str
    heard_at: dt.datetime | None
    decided_at: dt.datetime | None
    decided_by: str | None
    approved_since_id: UUID | None = None

    @property
    def waits_for_decision(self) -> bool:
        """It is proposed, and no other plan took its place."""
        return self.state == PlanState.PROPOSED and self.approved_since_id is None


class ProgressRow(msgspec.Struct, frozen=True, array_like=True):
    """How far a search was: seconds since it began, cost of the best plan then, proven lower bound then."""

    seconds: float
    cost: float | None
    bound: float | None


class WaybillLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a lot on a waybill; None until loaded, and until arrived."""

    line: int
    lot_id: UUID
    lot_number: str
    product_code: str
    pack_code: str
    expires_on: dt.date
    planned_grams: int
    dispatched_grams: int | None
    good_grams: int | None
    damaged_grams: int | None
    missing_grams: int | None
    excess_grams: int | None


class WaybillRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stop of a trip with its paper."""

    id: UUID
    number: str
    trip_id: UUID
    stop: int
    store_code: str
    site_code: str
    site_name: str
    site_lat: float
    site_lon: float
    due_on: dt.date
    arrived_on: dt.date | None
    receiver: str
    remarks: str
    departure_id: UUID | None
    arrival_id: UUID | None
    lines: tuple[WaybillLineRow, ...]

    @property
    def planned_grams(self) -> int:
        return sum(line.planned_grams for line in self.lines)

    @property
    def sent_grams(self) -> int:
        """What was loaded, or what is planned while nothing was."""
        return sum(
            line.planned_grams if line.dispatched_grams is None else line.dispatched_grams
            for line in self.lines
        )

    @property
    def has_discrepancy(self) -> bool:
        return any(line.damaged_grams or line.missing_grams or line.excess_grams for line in self.lines)


class TripRow(msgspec.Struct, frozen=True, kw_only=True):
    """One trip with its waybills in the order of the stops."""

    id: UUID
    plan_id: UUID
    cycle_code: str
    cycle_name: str
    number: int
    store_code: str
    store_name: str
    store_lat: float
    store_lon: float
    vehicle_type_code: str
    plate: str | None
    transporter: str | None
    begins_on: dt.date
    day_count: int
    metres: int
    cost: int
    state: str
    driver: str
    driver_phone: str
    sender: str
    departed_on: dt.date | None
    departure_reason: str
    cancel_reason: str
    waybills: tuple[WaybillRow, ...]

    @property
    def first_on(self) -> dt.date:
        """Day it left, or is planned to leave."""
        return self.departed_on or self.begins_on

    @property
    def ends_on(self) -> dt.date:
        """Last day on the road, by the plan and the day it really left."""
        return self.first_on + dt.timedelta(days=self.day_count - 1)

    @property
    def grams(self) -> int:
        return sum(waybill.sent_grams for waybill in self.waybills)

    @property
    def label(self) -> str:
        """Short name of the trip: the store and its number within the plan."""
        return f"{self.store_code}-{self.number:02d}"
