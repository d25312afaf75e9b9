"""Orders and quality for programs; masses in grams, money in minor units of the order's currency."""

import datetime as dt
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from supply.db import Database
from supply.people.rights import Actor
from supply.procurement.order_lock import OrderUnknown
from supply.procurement.outlook import outlook
from supply.procurement.pipeline import PipelineMonth
from supply.procurement.queries import arrivals, checks, expected, order, orders
from supply.procurement.rows import ArrivalRow, CheckRow, ExpectedRow, LineRow, OrderRow, StepRow
from supply.procurement.words import OrderState


class OrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order and what it has come to."""

    id: UUID
    number: str
    supplier_code: str
    store_code: str
    currency: str
    ordered_on: dt.date
    first_expected_on: dt.date
    expected_on: dt.date
    state: OrderState
    days_late: int
    ordered_grams: int
    kept_grams: int
    open_grams: int
    amount: int
    francs: int


class OrderDetail(msgspec.Struct, frozen=True, kw_only=True):
    """An order with all that happened to it."""

    summary: OrderSummary
    lines: tuple[LineRow, ...]
    steps: tuple[StepRow, ...]
    arrivals: tuple[ArrivalRow, ...]


class ProcurementApi(Controller):
    """Reads; writes come from the list of operations."""

    path = "/api/procurement"
    tags = ["procurement"]

    @get("/orders", operation_id="ListOrders", sync_to_thread=True)
    def orders(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> tuple[OrderSummary, ...]:
        """Orders of the actor's stores, late ones first."""
        with db.snapshot() as session:
            return tuple(_summary(one) for one in orders(session, today=today, store_codes=actor.places))

    @get("/orders/{order_id:uuid}", operation_id="GetOrder", sync_to_thread=True)
    def order(
        self, order_id: FromPath[UUID], db: NamedDependency[Database], today: NamedDependency[dt.date]
    ) -> OrderDetail:
        """One order with its lines, steps, deliveries and returns."""
        with db.snapshot() as session:
            found = order(session, order_id, today=today)
            if found is None:
                raise OrderUnknown(order=str(order_id))
            return OrderDetail(
                summary=_summary(found),
                lines=found.lines,
                steps=found.steps,
                arrivals=arrivals(session, order_id),
            )

    @get("/expected", operation_id="ListExpected", sync_to_thread=True)
    def expected(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> tuple[ExpectedRow, ...]:
        """What is still to come, the earliest first."""
        with db.snapshot() as session:
            return expected(session, today=today, store_codes=actor.places)

    @get("/quality-checks", operation_id="ListQualityChecks", sync_to_thread=True)
    def checks(self, db: NamedDependency[Database], actor: NamedDependency[Actor]) -> tuple[CheckRow, ...]:
        """The last quality decisions."""
        with db.snapshot() as session:
            return checks(session, store_codes=actor.places)

    @get("/pipeline", operation_id="GetPipeline", sync_to_thread=True)
    def pipeline(
        self, db: NamedDependency[Database], today: NamedDependency[dt.date]
    ) -> tuple[PipelineMonth, ...]:
        """Needs against stock and orders, by product and month."""
        with db.snapshot() as session:
            return outlook(session, today=today).rows


def _summary(one: OrderRow) -> OrderSummary:
    return OrderSummary(
        id=one.id,
        number=one.number,
        supplier_code=one.supplier_code,
        store_code=one.store_code,
        currency=one.currency,
        ordered_on=one.ordered_on,
        first_expected_on=one.first_expected_on,
        expected_on=one.expected_on,
        state=one.state,
        days_late=one.days_late,
        ordered_grams=one.ordered_grams,
        kept_grams=one.kept_grams,
        open_grams=one.open_grams,
        amount=one.amount,
        francs=one.francs,
    )


CONTROLLERS = [ProcurementApi]
