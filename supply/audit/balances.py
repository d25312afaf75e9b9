"""Balances worked out again: none below zero on any day, checkpoints right, every gram of a lot found."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from supply.audit.books import DAY_TYPE, HELD, INSTANT_TYPE, UUID_TYPE, Books, rows, whole
from supply.audit.findings import Finding, finding
from supply.audit.rooms import DELIVERED, SENT_BACK

Days = dict[int, list[tuple[dt.date, int]]]
# Balance at the end of each day on which an account changed, by account, in order of days.


class LotLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was bought of a lot and what became of it, in grams; bought + found = all the rest + gap."""

    product_code: str
    lot_id: UUID
    lot_number: str
    expires_on: dt.date
    bought: int = 0
    in_stores: int = 0
    at_sites: int = 0
    in_transit: int = 0
    distributed: int = 0
    lost: int = 0
    returned: int = 0
    found: int = 0
    # Count differences: more found than missing is positive.
    gap: int = 0


def daily_balances(books: Books) -> Days:
    """Every account's balance over time, from the first movement on."""
    changes: defaultdict[int, defaultdict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for lines in books.movements.values():
        for move in lines:
            changes[move.source_id][move.occurred_on] -= move.grams
            changes[move.target_id][move.occurred_on] += move.grams
    balances: Days = {}
    for account_id, by_day in changes.items():
        days = sorted(by_day)
        balances[account_id] = list(zip(days, accumulate(by_day[day] for day in days), strict=True))
    return balances


def negative_balances(books: Books, balances: Days) -> Iterator[Finding]:
    """The first day below zero of each account in our custody."""
    for account_id, days in balances.items():
        account = books.accounts[account_id]
        if account.kind not in HELD:
            continue
        for day, grams in days:
            if grams < 0:
                lot = books.lots[account.lot_id].number
                yield finding(
                    "negative-balance",
                    lot=lot,
                    place=books.place(account.location),
                    condition=account.condition,
                    day=day,
                    grams=grams,
                )
                break


def checkpoint_faults(session: Session, books: Books, balances: Days) -> Iterator[Finding]:
    """Kept balances that are not the sum of movements, and papers that came into a closed period."""
    kept: defaultdict[dt.date, dict[int, int]] = defaultdict(dict)
    for account_id, closed_on, grams in rows(
        session, text("SELECT account_id, closed_on, grams FROM checkpoint"), closed_on=DAY_TYPE
    ):
        kept[closed_on][account_id] = grams
    closings = rows(
        session,
        text("SELECT closed_on, recorded_at FROM closed_period ORDER BY closed_on"),
        closed_on=DAY_TYPE,
        recorded_at=INSTANT_TYPE,
    )
    for closed_on, closed_at in closings:
        for document_id, head in books.documents.items():
            if head.occurred_on <= closed_on and head.recorded_at > closed_at:
                yield finding(
                    "closed-period-changed", document=books.number(document_id), day=head.occurred_on
                )
    days_closed = {closed_on for closed_on, _ in closings}
    for closed_on in sorted(days_closed | kept.keys()):
        for account_id in balances.keys() | kept[closed_on].keys():
            said = kept[closed_on].get(account_id, 0)
            summed = _on(balances.get(account_id, []), closed_on)
            if said != summed:
                account = books.accounts[account_id]
                yield finding(
                    "checkpoint-differs",
                    lot=books.lots[account.lot_id].number,
                    place=books.place(account.location),
                    day=closed_on,
                    kept=said,
                    grams=summed,
                )


def _on(days: list[tuple[dt.date, int]], day: dt.date) -> int:
    return next((grams for known, grams in reversed(days) if known <= day), 0)


def lot_lines(session: Session, books: Books, balances: Days) -> list[LotLine]:
    """One row per lot, by product and number.

    What was bought and sent back is taken from the delivery notes where there are any, else from the ledger;
    the rest from the movements. So a changed row on either side is a gap.
    """
    totals: defaultdict[UUID, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account_id, days in balances.items():
        account = books.accounts[account_id]
        totals[account.lot_id][account.kind] += days[-1][1]
    bought, returned = _traded(session, books)
    lines = [
        _line(books, lot_id, totals[lot_id], bought.get(lot_id, 0), returned.get(lot_id, 0))
        for lot_id in books.lots
    ]
    return sorted(lines, key=lambda line: (line.product_code, line.lot_number, line.lot_id))


def gaps(lines: list[LotLine]) -> Iterator[Finding]:
    for line in lines:
        if line.gap:
            accounted = line.bought - line.gap
            yield finding(
                "lot-gap",
                lot=line.lot_number,
                product=line.product_code,
                bought=line.bought,
                found=accounted,
                gap=line.gap,
            )


def _line(books: Books, lot_id: UUID, by_kind: dict[str, int], bought: int, returned: int) -> LotLine:
    lot = books.lots[lot_id]
    known = {
        "in_stores": by_kind.get("store", 0),
        "at_sites": by_kind.get("site", 0),
        "in_transit": by_kind.get("transit", 0),
        "distributed": by_kind.get("beneficiaries", 0),
        "lost": by_kind.get("loss", 0),
    }
    found = -by_kind.get("difference", 0)
    return LotLine(
        product_code=lot.product_code,
        lot_id=lot_id,
        lot_number=lot.number,
        expires_on=lot.expires_on,
        bought=bought,
        returned=returned,
        found=found,
        gap=bought + found - sum(known.values()) - returned,
        **known,
    )


def _traded(session: Session, books: Books) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Grams bought and grams sent back, by lot, reversed papers left out."""
    gone = books.reversals
    papers: tuple[defaultdict[UUID, int], defaultdict[UUID, int]] = (defaultdict(int), defaultdict(int))
    on_paper: set[UUID] = set()
    for statement, total in zip((DELIVERED, SENT_BACK), papers, strict=True):
        for document_id, lot_id, grams in rows(session, statement, document_id=UUID_TYPE, lot_id=UUID_TYPE):
            on_paper.add(document_id)
            if document_id not in gone:
                total[lot_id] += whole(grams)
    bought, returned = papers
    for document_id, lines in books.movements.items():
        head = books.documents.get(document_id)
        if document_id in on_paper or document_id in gone or head is None or head.reverses_id is not None:
            continue
        for move in lines:
            source, target = books.accounts[move.source_id], books.accounts[move.target_id]
            if source.kind == "supplier":
                bought[source.lot_id] += move.grams
            if target.kind == "supplier":
                returned[target.lot_id] += move.grams
    return dict(bought), dict(returned)
