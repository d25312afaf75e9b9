"""The whole verification: per lot where every gram is, and every rule that does not hold."""

import datetime as dt
from collections import defaultdict

import msgspec
from sqlalchemy.orm import Session

from supply.audit.balances import (
    LotLine,
    checkpoint_faults,
    daily_balances,
    gaps,
    lot_lines,
    negative_balances,
)
from supply.audit.books import read_books
from supply.audit.findings import Finding
from supply.audit.papers import broken_seals, expired_issues, line_faults, sequence_holes, unlike_reversals
from supply.audit.rooms import count_faults, distribution_faults, paper_day_faults, purchase_faults
from supply.audit.trips import reservation_faults, waybill_faults

MASSES = (
    "bought",
    "found",
    "in_stores",
    "at_sites",
    "in_transit",
    "distributed",
    "lost",
    "returned",
    "gap",
)


class ProductLine(msgspec.Struct, frozen=True, kw_only=True):
    """Sums of a product's lots, in grams; `gap` adds the lots' gaps up without their signs."""

    product_code: str
    bought: int
    found: int
    in_stores: int
    at_sites: int
    in_transit: int
    distributed: int
    lost: int
    returned: int
    gap: int


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what was found. Right only when no gram is missing and every rule holds."""

    verified_at: dt.datetime
    document_count: int
    movement_count: int
    products: tuple[ProductLine, ...]
    lots: tuple[LotLine, ...]
    findings: tuple[Finding, ...]

    @property
    def gap_grams(self) -> int:
        """Gaps of all lots, without their signs, so that two of them cannot hide each other."""
        return sum(abs(lot.gap) for lot in self.lots)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings that are more than a notice."""
        return tuple(one for one in self.findings if not one.is_notice)

    @property
    def is_right(self) -> bool:
        return not self.faults and self.gap_grams == 0


def verify(session: Session, *, now: dt.datetime) -> Verification:
    """Recompute everything from the rows as they stand; reads only."""
    books = read_books(session)
    balances = daily_balances(books)
    lots = lot_lines(session, books, balances)
    findings = [
        *gaps(lots),
        *negative_balances(books, balances),
        *line_faults(books),
        *broken_seals(books),
        *expired_issues(books),
        *unlike_reversals(books),
        *sequence_holes(session, books),
        *checkpoint_faults(session, books, balances),
        *purchase_faults(session, books),
        *count_faults(session, books),
        *distribution_faults(session, books),
        *waybill_faults(session, books),
        *paper_day_faults(session, books),
        *reservation_faults(session, books, balances),
    ]
    return Verification(
        verified_at=now,
        document_count=len(books.documents),
        movement_count=sum(len(lines) for lines in books.movements.values()),
        products=_products(lots),
        lots=tuple(lots),
        findings=tuple(findings),
    )


def _products(lots: list[LotLine]) -> tuple[ProductLine, ...]:
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for lot in lots:
        for mass in MASSES:
            grams = getattr(lot, mass)
            sums[lot.product_code][mass] += abs(grams) if mass == "gap" else grams
    return tuple(ProductLine(product_code=code, **sums[code]) for code in sorted(sums))
