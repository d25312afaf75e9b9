"""What an operation hands to the ledger, and what it gets back."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from supply.inventory.words import Condition, DocumentKind

Reference = Annotated[str, Meta(max_length=80)]
# Number on the paper: delivery note, waybill, loss report.
Reason = Annotated[str, Meta(max_length=1000)]


class LotGrams(Struct, frozen=True, kw_only=True):
    """Grams of a lot in a condition at the place that a command is about."""

    lot_id: UUID
    grams: int
    condition: Condition = Condition.GOOD


class Line(Struct, frozen=True, kw_only=True):
    """Grams of a lot from one account to another."""

    lot_id: UUID
    grams: int
    source: str
    target: str
    source_condition: Condition = Condition.GOOD
    target_condition: Condition = Condition.GOOD


class Entry(Struct, frozen=True, kw_only=True):
    """One document with its movements, as an operation decided it."""

    id: UUID
    kind: DocumentKind
    place_code: str
    occurred_on: dt.date
    lines: tuple[Line, ...]
    cycle_code: str | None = None
    trip_id: UUID | None = None
    reference: str = ""
    reason: str = ""
    override: str | None = None
    reverses_id: UUID | None = None


class Posted(Struct, frozen=True, kw_only=True):
    """The document as it stands in the books; `is_repeat` when it stood there before."""

    id: UUID
    number: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    is_repeat: bool = False
