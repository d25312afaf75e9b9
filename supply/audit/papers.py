"""Rules of single documents: same lot, same day, sealed lines, nothing expired, numbers without holes."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from supply.audit.books import Books, Document, Movement, rows
from supply.audit.findings import Finding, finding
from supply.inventory.words import document_number

FOR_PEOPLE = frozenset({"issue", "transfer", "departure", "distribution"})
REACHED = frozenset({"site", "transit", "beneficiaries"})
# Good grams that go this way are meant for people; a reversal or a return brings them back.


def line_faults(books: Books) -> Iterator[Finding]:
    """Movements that mix lots or are of another day than their document."""
    for document_id, lines in books.movements.items():
        head = books.documents[document_id]
        for move in lines:
            left = books.accounts[move.source_id].lot_id
            reached = books.accounts[move.target_id].lot_id
            if left != reached:
                yield finding(
                    "movement-mixes-lots",
                    document=books.number(document_id),
                    line=move.line,
                    left=books.lots[left].number,
                    reached=books.lots[reached].number,
                )
            if move.occurred_on != head.occurred_on:
                yield finding(
                    "movement-day-differs",
                    document=books.number(document_id),
                    document_on=head.occurred_on,
                    line=move.line,
                    moved_on=move.occurred_on,
                )


def broken_seals(books: Books) -> Iterator[Finding]:
    """Documents whose lines are not those that were sealed when they were recorded."""
    for document_id, head in books.documents.items():
        if head.seal != _seal(books, document_id):
            yield finding("movements-changed", document=books.number(document_id))


def _seal(books: Books, document_id: UUID) -> str:
    """SHA-256 over `id|kind|place|day` and, per movement, its line, lot, both ends and grams."""
    head = books.documents[document_id]
    said = [f"{document_id}|{head.kind}|{head.place_code}|{head.occurred_on.isoformat()}"]
    for move in books.movements.get(document_id, ()):
        source, target = books.accounts[move.source_id], books.accounts[move.target_id]
        said.append(
            f"{move.line}|{source.lot_id}|{source.location}|{source.condition}"
            f"|{target.location}|{target.condition}|{move.grams}"
        )
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def expired_issues(books: Books) -> Iterator[Finding]:
    """Good grams that went towards people after their lot's last good day, without a recorded reason.

    Judged on the day they left and again on the day people got them: the day of use that a plan had in mind
    is not in the ledger.
    """
    for document_id, lines in books.movements.items():
        head = books.documents[document_id]
        if head.kind not in FOR_PEOPLE or (head.override or "").strip():
            continue
        for move in lines:
            lot, target = books.lot_of(move), books.accounts[move.target_id]
            is_good = books.accounts[move.source_id].condition == "good"
            if is_good and target.kind in REACHED and lot.expires_on < move.occurred_on:
                yield finding(
                    "expired-issued",
                    document=books.number(document_id),
                    lot=lot.number,
                    grams=move.grams,
                    day=move.occurred_on,
                    expires_on=lot.expires_on,
                )


def unlike_reversals(books: Books) -> Iterator[Finding]:
    """Reversals that are not the mirror of what they reverse."""
    for reversed_id, reversal_id in books.reversals.items():
        forward = Counter((move.source_id, move.target_id, move.grams) for move in _moves(books, reversed_id))
        back = Counter((move.target_id, move.source_id, move.grams) for move in _moves(books, reversal_id))
        if forward != back:
            yield finding(
                "reversal-differs", document=books.number(reversal_id), reversed=books.number(reversed_id)
            )


def _series(head: Document) -> str:
    """What the numbers of a place's documents of one kind begin with."""
    return document_number(head.kind, head.place_code, head.sequence).rpartition("-")[0]


def _moves(books: Books, document_id: UUID) -> list[Movement]:
    return books.movements.get(document_id, [])


_ORDERS = text("SELECT programme_code, year, sequence FROM purchase_order")
_WAYBILLS = text("SELECT store_code, sequence FROM waybill")


def sequence_holes(session: Session, books: Books) -> Iterator[Finding]:
    """Series of numbers that do not count 1, 2, 3 … to their last."""
    series: defaultdict[str, list[int]] = defaultdict(list)
    for head in books.documents.values():
        series[_series(head)].append(head.sequence)
    for programme, year, sequence in rows(session, _ORDERS):
        series[f"BC-{programme}-{year}"].append(sequence)
    for store, sequence in rows(session, _WAYBILLS):
        series[f"{store}: LV"].append(sequence)
    for name in sorted(series):
        numbers = sorted(series[name])
        if numbers != list(range(1, len(numbers) + 1)):
            yield finding("sequence-hole", series=name, last=numbers[-1], count=len(numbers))
