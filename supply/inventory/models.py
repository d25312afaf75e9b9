"""Tables of the ledger. Documents, movements and checkpoints are append-only: no UPDATE, no DELETE."""

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Instant, append_only, one_of
from supply.inventory.words import Condition, DocumentKind, LocationKind, ReservationState


class Lot(Base):
    """One production of a product. `expires_on` is the last good day, inclusive."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("product_code", "number"),
        CheckConstraint("produced_on IS NULL OR produced_on <= expires_on", name="expires_after_production"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"))
    number: Mapped[str] = mapped_column(String(40))
    pack_code: Mapped[str] = mapped_column(ForeignKey("pack.code"))
    supplier_code: Mapped[str | None] = mapped_column(ForeignKey("supplier.code"))
    produced_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date] = mapped_column(index=True)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class Location(Base):
    """Somewhere grams can be; stores and sites have the code of their place."""

    __tablename__ = "location"
    __table_args__ = (one_of("kind", LocationKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    # place code; "supplier:CODE"; "trip:UUID"; "beneficiaries"; "loss:CAUSE"; "difference"
    kind: Mapped[str] = mapped_column(String(16), index=True)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), unique=True)
    supplier_code: Mapped[str | None] = mapped_column(ForeignKey("supplier.code"))


class Account(Base):
    """A lot in a condition at a location; its balance is the sum of its movements."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("location_id", "lot_id", "condition"), one_of("condition", Condition))

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id"), index=True)
    condition: Mapped[str] = mapped_column(String(8))


class Document(Base):
    """One event: who recorded it, for which day, and why. The caller gives the id: a repeat is known."""

    __tablename__ = "document"
    __table_args__ = (one_of("kind", DocumentKind), UniqueConstraint("place_code", "kind", "sequence"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    sequence: Mapped[int]
    # Counts up for each place and kind; shown as e.g. "SR-SIKASSO-0012".
    occurred_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    cycle_code: Mapped[str | None] = mapped_column(ForeignKey("cycle.code"))
    trip_id: Mapped[UUID | None] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(80), default="")
    # Number on the paper: waybill, delivery note, loss report.
    reason: Mapped[str] = mapped_column(Text, default="")
    override: Mapped[str | None] = mapped_column(Text)
    # Why an expired lot was issued all the same, by somebody who may.
    content_hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64), default="")
    # Fingerprint of the movements, see `seal`.
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"), unique=True)


class Movement(Base):
    """Grams from one account to another; both are of the same lot, so each movement sums to zero."""

    __tablename__ = "movement"
    __table_args__ = (
        CheckConstraint("grams > 0", name="grams_positive"),
        CheckConstraint("from_account_id <> to_account_id", name="moves"),
        UniqueConstraint("document_id", "line"),
        Index("ix_movement_from", "from_account_id", "occurred_on", "grams"),
        Index("ix_movement_to", "to_account_id", "occurred_on", "grams"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    line: Mapped[int]
    from_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    grams: Mapped[int] = mapped_column(BigInteger)
    occurred_on: Mapped[dt.date]
    # Copied from the document so that a balance reads one index only; the ledger writes both at once.


class Checkpoint(Base):
    """Balance of an account at the end of a closed day, on or before which nothing is recorded any more."""

    __tablename__ = "checkpoint"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    closed_on: Mapped[dt.date] = mapped_column(primary_key=True)
    grams: Mapped[int] = mapped_column(BigInteger)


class ClosedPeriod(Base):
    """The last day, inclusive, of each closed period and who closed it."""

    __tablename__ = "closed_period"

    closed_on: Mapped[dt.date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)


class Reservation(Base):
    """Good grams of a lot in a store promised to a trip; not a movement, the grams have not moved."""

    __tablename__ = "reservation"
    __table_args__ = (CheckConstraint("grams > 0", name="grams_positive"), one_of("state", ReservationState))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    trip_id: Mapped[UUID] = mapped_column(index=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    grams: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    reserved_at: Mapped[dt.datetime] = mapped_column(Instant)


class CountLine(Base):
    """What a count document found: book and counted grams of an account; counted None means not counted."""

    __tablename__ = "count_line"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    book_grams: Mapped[int] = mapped_column(BigInteger)
    counted_grams: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, default="")


for _table in (Document, Movement, Checkpoint, ClosedPeriod, CountLine):
    append_only(_table.__table__)
