"""A physical count: what lies there wins, and the difference is posted with its reason."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert
from sqlalchemy.orm import Session

from supply import units
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.adjust import difference_line
from supply.inventory.balances import balances_from, last_closed_day
from supply.inventory.entries import Reason, Reference
from supply.inventory.ledger import Entry, Posted, already_recorded, record
from supply.inventory.locations import AccountKey, AccountRow, find_or_make_accounts
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.queries import lots
from supply.inventory.rows import COUNT_LINE
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require


class CountedLot(Struct, frozen=True, kw_only=True):
    """Grams that lie there; None: not counted, which is not zero.

    `book_grams` is what the books said when the differences were reviewed; None when nobody looked.
    """

    lot_id: UUID
    condition: Condition
    counted_grams: int | None
    book_grams: int | None = None
    reason: Reason = ""


class FoundLot(Struct, frozen=True, kw_only=True):
    """A lot that the sheet did not list."""

    lot: LotFacts
    condition: Condition
    counted_grams: int
    reason: Reason


class Count(Struct, frozen=True, kw_only=True):
    """A count sheet, filled in. A line's own reason comes before the sheet's."""

    id: UUID
    place_code: str
    occurred_on: dt.date
    lines: tuple[CountedLot, ...]
    found: tuple[FoundLot, ...] = ()
    reason: Reason = ""
    reference: Reference = ""


class Difference(Struct, frozen=True, kw_only=True):
    """Counted minus book, so a shortage is negative."""

    lot_number: str
    condition: Condition
    book_grams: int
    counted_grams: int

    @property
    def grams(self) -> int:
        return self.counted_grams - self.book_grams


class Counted(Struct, frozen=True, kw_only=True):
    """The count as it stands in the books, with its differences."""

    id: UUID
    number: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    differences: tuple[Difference, ...] = ()
    is_repeat: bool = False


class NothingCounted(Invalid):
    """Every line is blank."""

    code: ClassVar[str] = "nothing-counted"
    title = N_("The sheet is blank; write what was counted, and 0 where nothing is left.")


class CountedNegative(Invalid):
    """Less than nothing cannot lie there."""

    code: ClassVar[str] = "counted-negative"
    title = N_("{grams:mass} counted is less than nothing; write 0 where nothing is left.")


class CountedTwice(Invalid):
    """Two lines for the same stock."""

    code: ClassVar[str] = "counted-twice"
    title = N_("Lot {lot} stands on the sheet twice in the same condition; write it once.")


class DifferenceNeedsReason(Invalid):
    """The count differs and nobody said why."""

    code: ClassVar[str] = "difference-needs-reason"
    title = N_("The count differs from the books for {lots}; write the reason beside each.")


class StockMovedMeanwhile(Conflict):
    """The books changed between the review and now."""

    code: ClassVar[str] = "stock-moved-meanwhile"
    title = N_(
        "Stock moved while you counted: {lots} are no longer as you saw them. "
        "Look at the differences again, then confirm."
    )


class _Line(Struct, frozen=True):
    lot_id: UUID
    condition: Condition
    counted_grams: int | None
    seen_grams: int | None
    reason: str


def count(session: Session, command: Count, *, actor: Actor, now: dt.datetime) -> Counted:
    """Record a count and post its differences; afterwards the books say what was counted.

    Raises NothingCounted, CountedNegative, CountedTwice, DifferenceNeedsReason, StockMovedMeanwhile, and as
    `post`, among them CountedLater for a day before a later count.
    """
    require(actor, Right.RECORD_STOCK, command.place_code)
    known = already_recorded(session, command.id, command, places=(command.place_code,))
    if known is not None:
        return _counted(known, ())
    lines = _lines(session, command, now)
    accounts = find_or_make_accounts(session, [_key(command.place_code, line) for line in lines])
    book = _book(session, command, accounts)
    numbers = {row.id: row.number for row in lots(session, {line.lot_id for line in lines}).values()}
    differences = _differences(command, lines, book, numbers)
    entry = Entry(
        id=command.id,
        kind=DocumentKind.COUNT,
        place_code=command.place_code,
        occurred_on=command.occurred_on,
        lines=tuple(
            difference_line(line.lot_id, command.place_code, line.condition, change)
            for line in lines
            if (change := _change(line, book[_key(command.place_code, line)]))
        ),
        reference=command.reference,
        reason=command.reason,
    )
    posted = record(session, entry, command, actor=actor, now=now)
    session.execute(
        insert(COUNT_LINE),
        [
            {
                "document_id": command.id,
                "account_id": accounts[_key(command.place_code, line)].id,
                "book_grams": book[_key(command.place_code, line)],
                "counted_grams": line.counted_grams,
                "reason": line.reason,
            }
            for line in lines
        ],
    )
    return _counted(posted, differences)


def refuse_blank(command: Count) -> None:
    """Refuse a sheet on which nothing was counted. Raises NothingCounted."""
    if not command.found and all(line.counted_grams is None for line in command.lines):
        raise NothingCounted


def _lines(session: Session, command: Count, now: dt.datetime) -> tuple[_Line, ...]:
    refuse_blank(command)
    lines = [
        _Line(line.lot_id, line.condition, line.counted_grams, line.book_grams, line.reason or command.reason)
        for line in command.lines
    ]
    lines += [
        _Line(
            find_or_make_lot(session, found.lot, now=now),
            found.condition,
            found.counted_grams,
            None,
            found.reason or command.reason,
        )
        for found in command.found
    ]
    seen: set[tuple[UUID, Condition]] = set()
    for line in lines:
        if line.counted_grams is not None and line.counted_grams < 0:
            raise CountedNegative(grams=line.counted_grams)
        units.checked(line.counted_grams or 0)
        if (line.lot_id, line.condition) in seen:
            numbers = lots(session, [line.lot_id])
            raise CountedTwice(
                lot=numbers[line.lot_id].number if line.lot_id in numbers else str(line.lot_id)
            )
        seen.add((line.lot_id, line.condition))
    return tuple(lines)


def _key(place_code: str, line: _Line) -> AccountKey:
    return AccountKey(place_code, line.lot_id, line.condition.value)


def _book(session: Session, command: Count, accounts: dict[AccountKey, AccountRow]) -> dict[AccountKey, int]:
    """What the books say at the end of the day of the count."""
    since = last_closed_day(session, command.occurred_on)
    found = balances_from(session, [row.id for row in accounts.values()], command.occurred_on, since=since)
    return {key: found[row.id][0].grams for key, row in accounts.items()}


def _change(line: _Line, book_grams: int) -> int:
    return 0 if line.counted_grams is None else line.counted_grams - book_grams


def _differences(
    command: Count, lines: tuple[_Line, ...], book: dict[AccountKey, int], numbers: dict[UUID, str]
) -> tuple[Difference, ...]:
    moved: list[str] = []
    silent: list[str] = []
    found: list[Difference] = []
    for line in lines:
        grams = book[_key(command.place_code, line)]
        if line.counted_grams is None:
            continue
        if line.seen_grams is not None and line.seen_grams != grams:
            moved.append(numbers[line.lot_id])
        if line.counted_grams != grams:
            if not line.reason.strip():
                silent.append(numbers[line.lot_id])
            found.append(
                Difference(
                    lot_number=numbers[line.lot_id],
                    condition=line.condition,
                    book_grams=grams,
                    counted_grams=line.counted_grams,
                )
            )
    if moved:
        raise StockMovedMeanwhile(lots=moved)
    if silent:
        raise DifferenceNeedsReason(lots=silent)
    return tuple(found)


def _counted(posted: Posted, differences: tuple[Difference, ...]) -> Counted:
    return Counted(
        id=posted.id,
        number=posted.number,
        occurred_on=posted.occurred_on,
        recorded_at=posted.recorded_at,
        differences=differences,
        is_repeat=posted.is_repeat,
    )
