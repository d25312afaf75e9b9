"""Waybills against departures and arrivals, and promises of stock against trips and balances."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from supply.audit.balances import Days
from supply.audit.books import UUID_TYPE, Account, Books, rows, whole
from supply.audit.findings import Finding, finding
from supply.audit.rooms import moved_by_lot
from supply.i18n import N_

RECEIVED_GOOD = N_("received good")
RECEIVED_DAMAGED = N_("received damaged")
MISSING = N_("missing on arrival")
TOO_MUCH = N_("received too much")
LEFT = N_("the trip has left")
ARRIVED = N_("it has arrived")


class _Paper(NamedTuple):
    number: str
    trip_state: str
    departure_id: UUID | None
    arrival_id: UUID | None
    is_arrived: bool


class _Line(NamedTuple):
    waybill_id: UUID
    lot_id: UUID
    dispatched: int
    good: int
    damaged: int
    missing: int
    excess: int


_WAYBILLS = text(
    "SELECT waybill.id, waybill.number, trip.state, "
    "waybill.departure_id, waybill.arrival_id, waybill.arrived_on "
    "FROM waybill JOIN trip ON trip.id = waybill.trip_id"
)
_LINES = text(
    "SELECT waybill_id, lot_id, dispatched_grams, good_grams, damaged_grams, missing_grams, excess_grams "
    "FROM waybill_line"
)


def waybill_faults(session: Session, books: Books) -> Iterator[Finding]:
    """Waybills that say anything else than the documents of their departure and arrival."""
    papers = {
        waybill_id: _Paper(number, state, departure_id, arrival_id, arrived_on is not None)
        for waybill_id, number, state, departure_id, arrival_id, arrived_on in rows(
            session, _WAYBILLS, id=UUID_TYPE, departure_id=UUID_TYPE, arrival_id=UUID_TYPE
        )
    }
    lines = [
        _Line(waybill_id, lot_id, *(whole(grams) for grams in masses))
        for waybill_id, lot_id, *masses in rows(session, _LINES, waybill_id=UUID_TYPE, lot_id=UUID_TYPE)
    ]
    yield from _missing_documents(books, papers)
    yield from _departures(books, papers, lines)
    yield from _arrivals(books, papers, lines)


def _missing_documents(books: Books, papers: dict[UUID, _Paper]) -> Iterator[Finding]:
    for paper in papers.values():
        if paper.trip_state in {"departed", "arrived"} and paper.departure_id is None:
            yield finding("waybill-without-document", waybill=paper.number, what=LEFT)
        if paper.is_arrived and paper.arrival_id is None:
            yield finding("waybill-without-document", waybill=paper.number, what=ARRIVED)
    # A departure or arrival that was taken back leaves its waybill as if it had not happened.
    reversals = books.reversals
    named = {paper.departure_id for paper in papers.values()} | {
        paper.arrival_id for paper in papers.values()
    }
    for document_id, head in books.documents.items():
        is_standing = document_id not in reversals
        if head.kind in {"departure", "arrival"} and is_standing and document_id not in named:
            yield finding("trip-without-papers", document=books.number(document_id))


def _departures(books: Books, papers: dict[UUID, _Paper], lines: list[_Line]) -> Iterator[Finding]:
    recorded: defaultdict[tuple[UUID, UUID], int] = defaultdict(int)
    for line in lines:
        departure_id = papers[line.waybill_id].departure_id
        if departure_id is not None:
            recorded[departure_id, line.lot_id] += line.dispatched
    moved = moved_by_lot(books, lambda source, target: (source.kind, target.kind) == ("store", "transit"))
    departures = {document_id for document_id, _ in recorded}
    for document_id, lot_id in sorted(recorded.keys() | {key for key in moved if key[0] in departures}):
        said, done = recorded[document_id, lot_id], moved.get((document_id, lot_id), 0)
        if said != done:
            yield finding(
                "departure-differs",
                document=books.number(document_id),
                lot=books.lots[lot_id].number,
                recorded=said,
                moved=done,
            )


def _arrivals(books: Books, papers: dict[UUID, _Paper], lines: list[_Line]) -> Iterator[Finding]:
    recorded: defaultdict[tuple[UUID, UUID, str], int] = defaultdict(int)
    waybill_of: dict[UUID, str] = {}
    for line in lines:
        paper = papers[line.waybill_id]
        if paper.arrival_id is None:
            continue
        waybill_of[paper.arrival_id] = paper.number
        for what, grams in (
            (RECEIVED_GOOD, line.good - line.excess),
            (RECEIVED_DAMAGED, line.damaged),
            (MISSING, line.missing),
            (TOO_MUCH, line.excess),
        ):
            recorded[paper.arrival_id, line.lot_id, what] += grams
    moved: defaultdict[tuple[UUID, UUID, str], int] = defaultdict(int)
    for document_id in waybill_of:
        for move in books.movements.get(document_id, ()):
            source, target = books.accounts[move.source_id], books.accounts[move.target_id]
            moved[document_id, source.lot_id, _outcome(source, target)] += move.grams
    for document_id, lot_id, what in sorted(recorded.keys() | moved.keys()):
        said, done = recorded[document_id, lot_id, what], moved[document_id, lot_id, what]
        if said != done:
            yield finding(
                "arrival-differs",
                document=books.number(document_id),
                waybill=waybill_of[document_id],
                lot=books.lots[lot_id].number,
                what=what,
                recorded=said,
                moved=done,
            )


def _outcome(source: Account, target: Account) -> str:
    if source.kind == "difference":
        return TOO_MUCH
    if target.kind == "loss":
        return MISSING
    return RECEIVED_GOOD if target.condition == "good" else RECEIVED_DAMAGED


_RESERVED = text(
    "SELECT reservation.account_id, sum(reservation.grams), max(trip.state) FROM reservation "
    "LEFT JOIN trip ON trip.id = reservation.trip_id WHERE reservation.state = 'active' "
    "GROUP BY reservation.account_id, reservation.trip_id ORDER BY reservation.account_id"
)


def reservation_faults(session: Session, books: Books, balances: Days) -> Iterator[Finding]:
    """Promises to trips that are not planned any more, and promises of more than there is."""
    promised: defaultdict[int, int] = defaultdict(int)
    for account_id, grams, trip_state in rows(session, _RESERVED):
        promised[account_id] += whole(grams)
        if trip_state != "planned":
            yield _about(books, account_id, "reservation-without-trip", grams=whole(grams))
    for account_id, reserved in promised.items():
        days = balances.get(account_id, [])
        there = days[-1][1] if days else 0
        if reserved > there:
            yield _about(books, account_id, "reservation-above-stock", reserved=reserved, grams=there)


def _about(books: Books, account_id: int, code: str, **facts: object) -> Finding:
    account = books.accounts[account_id]
    return finding(code, lot=books.lots[account.lot_id].number, place=books.place(account.location), **facts)
