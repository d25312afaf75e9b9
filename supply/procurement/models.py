"""Tables of orders, deliveries and quality checks. Money in minor units of the order's currency."""

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Instant, append_only, one_of
from supply.procurement.words import Finding, OrderStep


class PurchaseOrder(Base):
    """An order to a supplier for one store. `rate_micro`: millionths of a franc per unit of the currency."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        CheckConstraint("rate_micro > 0", name="rate_positive"),
        CheckConstraint("currency <> 'XOF' OR rate_micro = 1000000", name="franc_is_franc"),
        UniqueConstraint("programme_code", "year", "sequence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    # Counts up for each programme and year; shown as e.g. "BC-PNP-2026-0007".
    supplier_code: Mapped[str] = mapped_column(ForeignKey("supplier.code"))
    programme_code: Mapped[str] = mapped_column(ForeignKey("programme.code"))
    store_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    currency: Mapped[str] = mapped_column(String(3))
    rate_micro: Mapped[int] = mapped_column(BigInteger)
    ordered_on: Mapped[dt.date]
    content_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class OrderLine(Base):
    """A mass of a product at a price. `first_expected_on` is the first promise, that delay is measured by."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "line"),
        CheckConstraint("grams > 0", name="grams_positive"),
        CheckConstraint("price_per_tonne >= 0", name="price_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"))
    line: Mapped[int]
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"))
    pack_code: Mapped[str] = mapped_column(ForeignKey("pack.code"))
    grams: Mapped[int] = mapped_column(BigInteger)
    price_per_tonne: Mapped[int] = mapped_column(BigInteger)
    first_expected_on: Mapped[dt.date]


class OrderEvent(Base):
    """A step of an order; `expected_on` is the new promise of a postponement or shipment."""

    __tablename__ = "order_event"
    __table_args__ = (one_of("step", OrderStep),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    step: Mapped[str] = mapped_column(String(16))
    occurred_on: Mapped[dt.date]
    expected_on: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class Delivery(Base):
    """Something arrived against an order; `document_id` is its receipt in the ledger."""

    __tablename__ = "delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    arrived_on: Mapped[dt.date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    # Why more or less than what was still open arrived.
    is_last: Mapped[bool] = mapped_column(default=False)
    # The driver or the supplier says that nothing more will come.
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class DeliveryLine(Base):
    """Grams of a lot that arrived for an order line."""

    __tablename__ = "delivery_line"
    __table_args__ = (CheckConstraint("grams > 0", name="grams_positive"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_line.id"), index=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"))
    grams: Mapped[int] = mapped_column(BigInteger)


class QualityCheck(Base):
    """A decision on grams of a lot held at a store; `document_id` changed their condition in the ledger."""

    __tablename__ = "quality_check"
    __table_args__ = (one_of("finding", Finding), CheckConstraint("grams > 0", name="grams_positive"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"), index=True)
    store_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    finding: Mapped[str] = mapped_column(String(10))
    grams: Mapped[int] = mapped_column(BigInteger)
    checked_on: Mapped[dt.date]
    certificate: Mapped[str] = mapped_column(String(80), default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class SupplierReturn(Base):
    """Goods of an order went back to the supplier; `document_id` is their way out in the ledger."""

    __tablename__ = "supplier_return"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    returned_on: Mapped[dt.date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class SupplierReturnLine(Base):
    """Grams of a lot that went back, which the order line is owed again."""

    __tablename__ = "supplier_return_line"
    __table_args__ = (CheckConstraint("grams > 0", name="grams_positive"),)

    return_id: Mapped[UUID] = mapped_column(ForeignKey("supplier_return.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    order_line_id: Mapped[UUID] = mapped_column(ForeignKey("order_line.id"), index=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"))
    grams: Mapped[int] = mapped_column(BigInteger)


for _table in (
    PurchaseOrder,
    OrderLine,
    OrderEvent,
    Delivery,
    DeliveryLine,
    QualityCheck,
    SupplierReturn,
    SupplierReturnLine,
):
    append_only(_table.__table__)
