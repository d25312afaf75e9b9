"""Tables of plan runs, trips, stops and waybills."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Instant, Json, one_of
from supply.routing.words import CalculationKind, CalculationState, PlanState, TripState


class DeliveryPlan(Base):
    """One run of the planner for a cycle: its problem, its progress, its plan with cost, bound and time."""

    __tablename__ = "delivery_plan"
    __table_args__ = (one_of("state", PlanState),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    problem: Mapped[dict[str, Any]] = mapped_column(Json)
    basis: Mapped[dict[str, Any]] = mapped_column(Json)
    # What the problem was made from, in grams and packs: basis.Basis.
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    # One trip that an officer put together; no search was made.
    following: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # The announced trips that it may change and what a change costs: following.Following.
    plan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    progress: Mapped[list[Any]] = mapped_column(Json, default=list)
    # Rows [seconds, cost, bound] as the search went on.
    phase: Mapped[str] = mapped_column(String(40), default="")
    # What the planner is at, in its own word.
    is_stop_asked: Mapped[bool] = mapped_column(default=False)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    bound: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(default=0)
    # How often a process began to solve it; a problem that kills its process is not tried for ever.
    rounding: Mapped[list[Any]] = mapped_column(Json, default=list)
    # Grams that whole packs left behind when the plan was approved.
    seed: Mapped[int]
    seconds_allowed: Mapped[int]
    milliseconds_used: Mapped[int | None]
    failure: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(Instant)
    heard_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    # Last sign of life of the solving process; an old one means that it was killed.
    decided_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class Trip(Base):
    """One vehicle from its store over its stops and back."""

    __tablename__ = "trip"
    __table_args__ = (UniqueConstraint("plan_id", "number"), one_of("state", TripState))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_plan.id"))
    number: Mapped[int]
    store_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    vehicle_type_code: Mapped[str] = mapped_column(ForeignKey("vehicle_type.code"))
    plate: Mapped[str | None] = mapped_column(ForeignKey("vehicle.plate"))
    begins_on: Mapped[dt.date]
    day_count: Mapped[int]
    metres: Mapped[int]
    cost: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(12))
    driver: Mapped[str] = mapped_column(String(120), default="")
    driver_phone: Mapped[str] = mapped_column(String(40), default="")
    sender: Mapped[str] = mapped_column(String(120), default="")
    departed_on: Mapped[dt.date | None]
    departure_reason: Mapped[str] = mapped_column(Text, default="")
    # Why what was loaded differs from the plan.
    cancel_reason: Mapped[str] = mapped_column(Text, default="")


class Waybill(Base):
    """The paper of one stop: what goes to which site, signed by sender, driver and receiver."""

    __tablename__ = "waybill"
    __table_args__ = (UniqueConstraint("trip_id", "stop"), UniqueConstraint("store_code", "sequence"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    store_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    sequence: Mapped[int]
    # Counts up for each store without a hole; shown as e.g. "LV-SIKASSO-0012".
    trip_id: Mapped[UUID] = mapped_column(ForeignKey("trip.id"))
    stop: Mapped[int]
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    due_on: Mapped[dt.date]
    arrived_on: Mapped[dt.date | None]
    receiver: Mapped[str] = mapped_column(String(120), default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    departure_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    arrival_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))


class WaybillLine(Base):
    """Grams of a lot on a waybill; after arrival good + damaged + missing = dispatched + excess.

    A lot loaded in place of a planned one has planned_grams 0.
    """

    __tablename__ = "waybill_line"
    __table_args__ = (
        CheckConstraint("planned_grams >= 0 AND dispatched_grams >= 0", name="not_negative"),
        CheckConstraint(
            "good_grams IS NULL OR "
            "good_grams + damaged_grams + missing_grams = dispatched_grams + excess_grams",
            name="arrival_adds_up",
        ),
    )

    waybill_id: Mapped[UUID] = mapped_column(ForeignKey("waybill.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"))
    planned_grams: Mapped[int] = mapped_column(BigInteger)
    dispatched_grams: Mapped[int | None] = mapped_column(BigInteger)
    good_grams: Mapped[int | None] = mapped_column(BigInteger)
    damaged_grams: Mapped[int | None] = mapped_column(BigInteger)
    missing_grams: Mapped[int | None] = mapped_column(BigInteger)
    excess_grams: Mapped[int | None] = mapped_column(BigInteger)


class DistributionDay(Base):
    """The day on which a site distributes in a cycle, once it is known; else it is the cycle's last day."""

    __tablename__ = "distribution_day"

    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"), primary_key=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)
    use_on: Mapped[dt.date]


class Calculation(Base):
    """Advice that another process works out: what a plan beside would cost, what to move before the rains."""

    __tablename__ = "calculation"
    __table_args__ = (one_of("kind", CalculationKind), one_of("state", CalculationState))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery_plan.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    question: Mapped[dict[str, Any]] = mapped_column(Json)
    # The whole problem, so that the answer can be checked and asked again.
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    failure: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(Instant)
    heard_at: Mapped[dt.datetime | None] = mapped_column(Instant)
