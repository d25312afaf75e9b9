"""Tables of the programme, its groups, cycles, rations, census and the targets fixed when a cycle opens."""

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Instant, one_of
from supply.programme.words import CycleState, GroupKind


class Programme(Base):
    """One programme with its period and money."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="in_order"),)

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    budget_currency: Mapped[str] = mapped_column(String(3), default="XOF")
    source: Mapped[str] = mapped_column(Text, default="")


class TargetGroup(Base):
    """A group of people; for children the completed months of age, both inclusive."""

    __tablename__ = "target_group"
    __table_args__ = (one_of("kind", GroupKind),)

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    from_months: Mapped[int | None]
    to_months: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)


class Cycle(Base):
    """One distribution round."""

    __tablename__ = "cycle"
    __table_args__ = (
        UniqueConstraint("programme_code", "number"),
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        one_of("state", CycleState),
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    programme_code: Mapped[str] = mapped_column(ForeignKey("programme.code"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Instant)


class Ration(Base):
    """Grams of a product for one person of a group in a cycle."""

    __tablename__ = "ration"
    __table_args__ = (CheckConstraint("grams > 0", name="grams_positive"),)

    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("target_group.code"), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"), primary_key=True)
    grams: Mapped[int]
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")


class Census(Base):
    """People of a group at a site, as last counted or estimated."""

    __tablename__ = "census"
    __table_args__ = (CheckConstraint("people >= 0", name="people_not_negative"),)

    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("target_group.code"), primary_key=True)
    people: Mapped[int]
    counted_on: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(200), default="")
    is_illustrative: Mapped[bool] = mapped_column(default=False)


class Target(Base):
    """People of a group at a site for one cycle, fixed when the cycle opened."""

    __tablename__ = "target"

    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"), primary_key=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("target_group.code"), primary_key=True)
    people: Mapped[int]


class CycleEvent(Base):
    """A cycle was opened, closed or reopened, by whom and why."""

    __tablename__ = "cycle_event"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
