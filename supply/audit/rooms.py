"""What each room recorded against what the ledger moved: purchases, counts, distributions."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from supply.audit.books import DAY_TYPE, UUID_TYPE, Account, Books, rows, whole
from supply.audit.findings import Finding, finding

Key = tuple[UUID, UUID]
# A document and a lot.

DELIVERED = text(
    "SELECT delivery.document_id, delivery_line.lot_id, sum(delivery_line.grams) "
    "FROM delivery_line JOIN delivery ON delivery.id = delivery_line.delivery_id "
    "GROUP BY delivery.document_id, delivery_line.lot_id"
)
SENT_BACK = text(
    "SELECT supplier_return.document_id, supplier_return_line.lot_id, sum(supplier_return_line.grams) "
    "FROM supplier_return_line JOIN supplier_return ON supplier_return.id = supplier_return_line.return_id "
    "GROUP BY supplier_return.document_id, supplier_return_line.lot_id"
)
_PASSED = text("SELECT document_id, lot_id, grams FROM quality_check WHERE finding = 'passed'")
_REJECTED = text("SELECT document_id, lot_id, grams FROM quality_check WHERE finding = 'rejected'")


def moved_by_lot(books: Books, is_meant: Callable[[Account, Account], bool]) -> dict[Key, int]:
    """Grams by document and lot, of the movements whose ends are meant."""
    total: defaultdict[Key, int] = defaultdict(int)
    for document_id, lines in books.movements.items():
        for move in lines:
            source, target = books.accounts[move.source_id], books.accounts[move.target_id]
            if is_meant(source, target):
                total[document_id, source.lot_id] += move.grams
    return total


def purchase_faults(session: Session, books: Books) -> Iterator[Finding]:
    """Deliveries, returns and quality decisions that other grams stand behind than they say."""
    delivered = moved_by_lot(
        books, lambda source, target: (source.kind, target.kind) == ("supplier", "store")
    )
    yield from _compare(session, books, DELIVERED, delivered, code="delivery-differs")
    returned = moved_by_lot(books, lambda source, target: (source.kind, target.kind) == ("store", "supplier"))
    yield from _compare(session, books, SENT_BACK, returned, code="return-differs")
    for statement, condition in ((_PASSED, "good"), (_REJECTED, "unfit")):
        decided = moved_by_lot(books, _from_hold_to(condition))
        yield from _compare(session, books, statement, decided, code="quality-differs")


def _from_hold_to(condition: str) -> Callable[[Account, Account], bool]:
    def is_meant(source: Account, target: Account) -> bool:
        stays = source.location == target.location
        return stays and (source.condition, target.condition) == ("hold", condition)

    return is_meant


def _compare(
    session: Session, books: Books, statement: TextClause, moved: dict[Key, int], *, code: str
) -> Iterator[Finding]:
    """Every recorded row against the ledger, and every lot that the same documents moved besides."""
    recorded: defaultdict[Key, int] = defaultdict(int)
    for document_id, lot_id, grams in rows(session, statement, document_id=UUID_TYPE, lot_id=UUID_TYPE):
        recorded[document_id, lot_id] += whole(grams)
    documents = {document_id for document_id, _ in recorded}
    keys = recorded.keys() | {key for key in moved if key[0] in documents}
    for document_id, lot_id in sorted(keys):
        said, done = recorded[document_id, lot_id], moved.get((document_id, lot_id), 0)
        if said != done:
            yield finding(
                code,
                document=books.number(document_id),
                lot=books.lots[lot_id].number,
                recorded=said,
                moved=done,
            )


_COUNTED = text(
    "SELECT document_id, account_id, counted_grams - book_grams "
    "FROM count_line WHERE counted_grams IS NOT NULL"
)


def count_faults(session: Session, books: Books) -> Iterator[Finding]:
    """Counts whose differences are not what was booked."""
    booked: defaultdict[tuple[UUID, int], int] = defaultdict(int)
    for document_id, lines in books.movements.items():
        if books.documents[document_id].kind != "count":
            continue
        for move in lines:
            for account_id, grams in ((move.target_id, move.grams), (move.source_id, -move.grams)):
                if books.accounts[account_id].kind != "difference":
                    booked[document_id, account_id] += grams
    counted = {
        (document_id, account_id): grams
        for document_id, account_id, grams in rows(session, _COUNTED, document_id=UUID_TYPE)
    }
    for document_id, account_id in sorted(counted.keys() | booked.keys()):
        said, done = counted.get((document_id, account_id), 0), booked[document_id, account_id]
        if said != done:
            yield finding(
                "count-differs",
                document=books.number(document_id),
                lot=books.lots[books.accounts[account_id].lot_id].number,
                recorded=said,
                moved=done,
            )


_LISTED = text(
    "SELECT document_id, product_code, sum(grams) FROM handout GROUP BY document_id, product_code "
    "UNION ALL SELECT document_id, product_code, sum(grams) FROM tally GROUP BY document_id, product_code"
)
_TAKEN_BACK = text(
    "SELECT document_id, reversed_by FROM handout GROUP BY document_id, reversed_by "
    "UNION SELECT document_id, reversed_by FROM tally GROUP BY document_id, reversed_by"
)
_TWICE = text(
    "SELECT cycle_code, person_code, product_code, count(*) FROM handout WHERE reversed_by IS NULL "
    "GROUP BY cycle_code, person_code, product_code HAVING count(*) > 1 "
    "ORDER BY cycle_code, person_code, product_code"
)


def distribution_faults(session: Session, books: Books) -> Iterator[Finding]:
    """Handouts and tallies that no movement of the same grams backs, and grams that no list names."""
    listed: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    for document_id, product, grams in rows(session, _LISTED, document_id=UUID_TYPE):
        listed[document_id, product] += whole(grams)
    moved: defaultdict[tuple[UUID, str], int] = defaultdict(int)
    to_people = moved_by_lot(books, lambda _, target: target.kind == "beneficiaries")
    for (document_id, lot_id), grams in to_people.items():
        moved[document_id, books.lots[lot_id].product_code] += grams
    for document_id, product in sorted(listed.keys() | moved.keys()):
        said, done = listed[document_id, product], moved[document_id, product]
        if said != done:
            yield finding(
                "distribution-differs" if said else "distribution-unlisted",
                document=books.number(document_id),
                product=product,
                recorded=said,
                moved=done,
            )
    for document_id, reversed_by in rows(session, _TAKEN_BACK, document_id=UUID_TYPE, reversed_by=UUID_TYPE):
        if books.reversals.get(document_id) != reversed_by:
            yield finding("taken-back-differs", document=books.number(document_id))
    for cycle, person, product, count in rows(session, _TWICE):
        yield finding("served-twice", cycle=cycle, person=person, product=product, count=count)


_PAPER_DAYS = text(
    "SELECT document_id, arrived_on AS paper_on FROM delivery "
    "UNION ALL SELECT document_id, returned_on FROM supplier_return "
    "UNION ALL SELECT document_id, checked_on FROM quality_check "
    "UNION ALL SELECT arrival_id, arrived_on FROM waybill WHERE arrival_id IS NOT NULL "
    "UNION ALL SELECT waybill.departure_id, trip.departed_on "
    "FROM waybill JOIN trip ON trip.id = waybill.trip_id "
    "WHERE waybill.departure_id IS NOT NULL "
    "UNION ALL SELECT handout.document_id, distribution_session.held_on FROM handout "
    "JOIN distribution_session ON distribution_session.id = handout.session_id "
    "UNION ALL SELECT tally.document_id, distribution_session.held_on FROM tally "
    "JOIN distribution_session ON distribution_session.id = tally.session_id"
)


def paper_day_faults(session: Session, books: Books) -> Iterator[Finding]:
    """Documents of another day than what the rooms recorded with them."""
    found = set(rows(session, _PAPER_DAYS, document_id=UUID_TYPE, paper_on=DAY_TYPE))
    for document_id, paper_on in sorted(found, key=str):
        head = books.documents.get(document_id)
        if head is None or head.occurred_on != paper_on:
            yield finding(
                "paper-day-differs",
                document=books.number(document_id),
                document_on=head.occurred_on if head else None,
                paper_on=paper_on,
            )
