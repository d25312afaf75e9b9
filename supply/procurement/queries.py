"""The only SELECTs of procurement; they answer frozen rows."""

import datetime as dt
from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from supply.procurement.joins import LOT, PACK, PRODUCT, STORE, SUPPLIER, USER, is_reversed
from supply.procurement.models import (
    Delivery,
    DeliveryLine,
    OrderEvent,
    OrderLine,
    PurchaseOrder,
    QualityCheck,
    SupplierReturn,
    SupplierReturnLine,
)
from supply.procurement.rows import ArrivalRow, CameWith, CheckRow, ExpectedRow, LineRow, OrderRow, StepRow
from supply.procurement.words import Finding, OrderState, OrderStep

MOST_ORDERS = 500
# A programme of this kind places some tens of orders a year; a list shows the newest.


def orders(
    session: Session, *, today: dt.date, store_codes: frozenset[str] | None = None
) -> tuple[OrderRow, ...]:
    """Orders for these stores (all when None): the latest of the late ones on top, then the newest."""
    chosen = (
        _orders().order_by(PurchaseOrder.ordered_on.desc(), PurchaseOrder.number.desc()).limit(MOST_ORDERS)
    )
    if store_codes is not None:
        chosen = chosen.where(PurchaseOrder.store_code.in_(sorted(store_codes)))
    found = _with_lines(session, chosen, today)
    # The query already sorts by day and number, and this sort is stable.
    return tuple(sorted(found, key=lambda order: -order.days_late))


def order(session: Session, order_id: UUID, *, today: dt.date) -> OrderRow | None:
    """The order of that id."""
    return next(iter(_with_lines(session, _orders().where(PurchaseOrder.id == order_id), today)), None)


def order_numbered(session: Session, number: str, *, today: dt.date) -> OrderRow | None:
    """The order of that number."""
    return next(iter(_with_lines(session, _orders().where(PurchaseOrder.number == number), today)), None)


def expected(
    session: Session, *, today: dt.date, store_codes: frozenset[str] | None = None
) -> tuple[ExpectedRow, ...]:
    """What is still to come, per order and product, the earliest first."""
    found = [
        ExpectedRow(
            order_id=order.id,
            order_number=order.number,
            supplier_name=order.supplier_name,
            store_code=order.store_code,
            store_name=order.store_name,
            product_code=line.product_code,
            product_name=line.product_name,
            grams=line.open_grams,
            expected_on=order.new_promise_on or line.first_expected_on,
            is_shipped=any(step.step is OrderStep.SHIPPED for step in order.steps),
            days_late=max(0, (today - line.first_expected_on).days),
        )
        for order in orders(session, today=today, store_codes=store_codes)
        if order.awaits_goods
        for line in order.lines
        if line.open_grams
    ]
    return tuple(sorted(found, key=lambda row: (row.expected_on, row.order_number, row.product_code)))


def arrivals(session: Session, order_id: UUID) -> tuple[ArrivalRow, ...]:
    """Deliveries against an order and returns of it, per lot, in the order in which they happened."""
    both = union_all(_came(order_id), _went(order_id)).subquery()
    rows = session.execute(
        select(
            both.c.id,
            both.c.document_id,
            both.c.happened_on,
            both.c.reference,
            both.c.reason,
            both.c.is_last,
            both.c.is_return,
            both.c.is_reversed,
            USER.c.name.label("user_name"),
            OrderLine.line.label("order_line"),
            both.c.lot_id,
            LOT.c.number.label("lot_number"),
            LOT.c.product_code,
            LOT.c.produced_on,
            LOT.c.expires_on,
            both.c.grams,
        )
        .join(USER, USER.c.id == both.c.user_id)
        .join(OrderLine, OrderLine.id == both.c.order_line_id)
        .join(LOT, LOT.c.id == both.c.lot_id)
        .order_by(both.c.happened_on, both.c.recorded_at, both.c.id, both.c.line)
    )
    return tuple(ArrivalRow(**row._asdict()) for row in rows)


def _came(order_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delivery.id,
            Delivery.document_id,
            Delivery.arrived_on.label("happened_on"),
            Delivery.reference,
            Delivery.reason,
            Delivery.is_last,
            literal(False).label("is_return"),
            is_reversed(Delivery).label("is_reversed"),
            Delivery.user_id,
            Delivery.recorded_at,
            DeliveryLine.order_line_id,
            DeliveryLine.line,
            DeliveryLine.lot_id,
            DeliveryLine.grams,
        )
        .join(DeliveryLine, DeliveryLine.delivery_id == Delivery.id)
        .where(Delivery.order_id == order_id)
    )


def _went(order_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            SupplierReturn.id,
            SupplierReturn.document_id,
            SupplierReturn.returned_on,
            SupplierReturn.reference,
            SupplierReturn.reason,
            literal(False),
            literal(True),
            is_reversed(SupplierReturn),
            SupplierReturn.user_id,
            SupplierReturn.recorded_at,
            SupplierReturnLine.order_line_id,
            SupplierReturnLine.line,
            SupplierReturnLine.lot_id,
            SupplierReturnLine.grams,
        )
        .join(SupplierReturnLine, SupplierReturnLine.return_id == SupplierReturn.id)
        .where(SupplierReturn.order_id == order_id)
    )


def checks(
    session: Session, *, store_codes: frozenset[str] | None = None, limit: int = 30
) -> tuple[CheckRow, ...]:
    """The last quality decisions, newest first."""
    chosen = (
        select(
            QualityCheck.id,
            QualityCheck.document_id,
            QualityCheck.store_code,
            QualityCheck.lot_id,
            LOT.c.number.label("lot_number"),
            LOT.c.product_code,
            QualityCheck.finding,
            QualityCheck.grams,
            QualityCheck.checked_on,
            QualityCheck.certificate,
            QualityCheck.remarks,
            USER.c.name.label("user_name"),
        )
        .join(LOT, LOT.c.id == QualityCheck.lot_id)
        .join(USER, USER.c.id == QualityCheck.user_id)
        .order_by(QualityCheck.checked_on.desc(), QualityCheck.recorded_at.desc(), QualityCheck.id)
        .limit(limit)
    )
    if store_codes is not None:
        chosen = chosen.where(QualityCheck.store_code.in_(sorted(store_codes)))
    return tuple(
        CheckRow(**{**row._asdict(), "finding": Finding(row.finding)}) for row in session.execute(chosen)
    )


def came_with(session: Session) -> dict[tuple[str, UUID], CameWith]:
    """By store and lot: the last delivery that brought the lot there."""
    rows = session.execute(
        select(
            PurchaseOrder.store_code,
            DeliveryLine.lot_id,
            PurchaseOrder.id.label("order_id"),
            PurchaseOrder.number.label("order_number"),
            SUPPLIER.c.name.label("supplier_name"),
            Delivery.arrived_on,
        )
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .join(PurchaseOrder, PurchaseOrder.id == Delivery.order_id)
        .join(SUPPLIER, SUPPLIER.c.code == PurchaseOrder.supplier_code)
        .where(~is_reversed(Delivery))
        .order_by(Delivery.arrived_on, Delivery.recorded_at, Delivery.id)
    )
    found = (CameWith(**row._asdict()) for row in rows)
    return {(row.store_code, row.lot_id): row for row in found}


def _orders() -> Select[tuple[UUID, str, str, str, str, str, str, str, int, dt.date, str]]:
    return (
        select(
            PurchaseOrder.id,
            PurchaseOrder.number,
            PurchaseOrder.supplier_code,
            SUPPLIER.c.name.label("supplier_name"),
            PurchaseOrder.programme_code,
            PurchaseOrder.store_code,
            STORE.c.name.label("store_name"),
            PurchaseOrder.currency,
            PurchaseOrder.rate_micro,
            PurchaseOrder.ordered_on,
            USER.c.name.label("user_name"),
        )
        .join(SUPPLIER, SUPPLIER.c.code == PurchaseOrder.supplier_code)
        .join(STORE, STORE.c.code == PurchaseOrder.store_code)
        .join(USER, USER.c.id == PurchaseOrder.user_id)
    )


def _with_lines(
    session: Session,
    chosen: Select[tuple[UUID, str, str, str, str, str, str, str, int, dt.date, str]],
    today: dt.date,
) -> list[OrderRow]:
    heads = session.execute(chosen).all()
    # One order is read by its id; a list reads the lines of all, which is one statement however long it is.
    only = [head.id for head in heads] if len(heads) == 1 else None
    lines: defaultdict[UUID, list[LineRow]] = defaultdict(list)
    for line in _lines(session, only):
        lines[line.order_id].append(line)
    steps: defaultdict[UUID, list[StepRow]] = defaultdict(list)
    for step in _steps(session, only):
        steps[step.order_id].append(step)
    return [
        OrderRow(**head._asdict(), today=today, lines=tuple(lines[head.id]), steps=tuple(steps[head.id]))
        for head in heads
    ]


def _lines(session: Session, order_ids: list[UUID] | None) -> list[LineRow]:
    received = (
        select(DeliveryLine.order_line_id, func.sum(DeliveryLine.grams).label("grams"))
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .where(~is_reversed(Delivery))
        .group_by(DeliveryLine.order_line_id)
        .subquery()
    )
    returned = (
        select(SupplierReturnLine.order_line_id, func.sum(SupplierReturnLine.grams).label("grams"))
        .join(SupplierReturn, SupplierReturn.id == SupplierReturnLine.return_id)
        .where(~is_reversed(SupplierReturn))
        .group_by(SupplierReturnLine.order_line_id)
        .subquery()
    )
    chosen = (
        select(
            OrderLine.id,
            OrderLine.order_id,
            OrderLine.line,
            OrderLine.product_code,
            PRODUCT.c.name_fr.label("product_fr"),
            PRODUCT.c.name_en.label("product_en"),
            OrderLine.pack_code,
            PACK.c.net_grams.label("pack_grams"),
            OrderLine.price_per_tonne,
            OrderLine.first_expected_on,
            OrderLine.grams.label("ordered_grams"),
            _grams(received.c.grams).label("received_grams"),
            _grams(returned.c.grams).label("returned_grams"),
        )
        .join(PRODUCT, PRODUCT.c.code == OrderLine.product_code)
        .join(PACK, PACK.c.code == OrderLine.pack_code)
        .outerjoin(received, received.c.order_line_id == OrderLine.id)
        .outerjoin(returned, returned.c.order_line_id == OrderLine.id)
        .order_by(OrderLine.order_id, OrderLine.line)
    )
    if order_ids is not None:
        chosen = chosen.where(OrderLine.order_id.in_(order_ids))
    # PostgreSQL sums bigint as numeric, hence int().
    return [
        LineRow(
            **{
                **row._asdict(),
                "received_grams": int(row.received_grams),
                "returned_grams": int(row.returned_grams),
            }
        )
        for row in session.execute(chosen)
    ]


def _grams(total: ColumnElement[int]) -> ColumnElement[int]:
    return case((total.is_(None), 0), else_=total)


def _steps(session: Session, order_ids: list[UUID] | None) -> list[StepRow]:
    chosen = (
        select(
            OrderEvent.order_id,
            OrderEvent.step,
            OrderEvent.occurred_on,
            OrderEvent.expected_on,
            OrderEvent.reason,
            USER.c.name.label("user_name"),
            OrderEvent.recorded_at,
        )
        .join(USER, USER.c.id == OrderEvent.user_id)
        .order_by(OrderEvent.recorded_at, OrderEvent.id)
    )
    if order_ids is not None:
        chosen = chosen.where(OrderEvent.order_id.in_(order_ids))
    return [StepRow(**{**row._asdict(), "step": OrderStep(row.step)}) for row in session.execute(chosen)]


def late_orders(session: Session, *, today: dt.date) -> tuple[OrderRow, ...]:
    """Orders that owe something after the day first promised, the latest first."""
    return tuple(order for order in orders(session, today=today) if order.is_late)


def money_bound(rows: tuple[OrderRow, ...]) -> int:
    """F CFA of orders that are not cancelled: what was spent or promised."""
    return sum(order.francs for order in rows if order.state is not OrderState.CANCELLED)
