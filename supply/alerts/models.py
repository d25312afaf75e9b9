"""Tables of scheduled runs and alerts."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supply.alerts.words import Severity
from supply.db import Base, Instant, Json, one_of


class JobRun(Base):
    """One run of a job at the time it was due; the key lets one worker only make it."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[dt.datetime] = mapped_column(Instant, primary_key=True)
    started_at: Mapped[dt.datetime] = mapped_column(Instant)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)
    is_failure: Mapped[bool] = mapped_column(default=False)


class Alert(Base):
    """A fact told once; it stays until resolved."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("kind", "subject"), one_of("severity", Severity))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    severity: Mapped[str] = mapped_column(String(20))
    message: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    place_code: Mapped[str | None] = mapped_column(ForeignKey("place.code"), index=True)
    href: Mapped[str | None] = mapped_column(String(200))
    raised_at: Mapped[dt.datetime] = mapped_column(Instant)
    resolved_at: Mapped[dt.datetime | None] = mapped_column(Instant, index=True)
