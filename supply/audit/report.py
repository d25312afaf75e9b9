"""A verification for programs: the same facts with the sentences filled in."""

import datetime as dt
from typing import Any

import msgspec

from supply.audit.balances import LotLine
from supply.audit.verify import ProductLine, Verification


class ReportedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that does not hold; `is_notice` does not make the verification fail."""

    code: str
    message: str
    is_notice: bool
    facts: dict[str, Any]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`ok` only when `gap_grams` is 0 and every finding is a notice. Masses in grams."""

    ok: bool
    gap_grams: int
    verified_at: dt.datetime
    document_count: int
    movement_count: int
    products: tuple[ProductLine, ...]
    lots: tuple[LotLine, ...]
    findings: tuple[ReportedFinding, ...]


def report_of(found: Verification) -> Report:
    """The verification with every sentence in the reader's language."""
    return Report(
        ok=found.is_right,
        gap_grams=found.gap_grams,
        verified_at=found.verified_at,
        document_count=found.document_count,
        movement_count=found.movement_count,
        products=found.products,
        lots=found.lots,
        findings=tuple(
            ReportedFinding(code=one.code, message=one.text(), is_notice=one.is_notice, facts=one.facts)
            for one in found.findings
        ),
    )
