"""What the ledger refuses: impossible quantities and days, negative balances, days before a later count."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from supply import units
from supply.clock import day_of
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.balances import DayBalance, balances_from
from supply.inventory.entries import Entry, Line
from supply.inventory.locations import AccountKey, AccountRow, place_name
from supply.inventory.rows import ACCOUNT, COUNT_LINE, DOCUMENT, LOT
from supply.inventory.words import CONDITION_NAMES, HELD_KINDS, Condition, DocumentKind, document_number

EARLIEST_DAY = dt.date(2000, 1, 1)
# No record of a running programme is older; an earlier day is a mistyped year.


class NothingMoves(Invalid):
    """No line, or a line from an account to itself."""

    code: ClassVar[str] = "nothing-moves"
    title = N_("Nothing would move; write at least one quantity.")


class QuantityNotPositive(Invalid):
    """Zero or less."""

    code: ClassVar[str] = "quantity-not-positive"
    title = N_("{grams:mass} is not a quantity that can move; write more than zero.")


class FutureDay(Invalid):
    """The day has not come yet."""

    code: ClassVar[str] = "future-day"
    about: ClassVar[str] = "occurred_on"
    title = N_(
        "{occurred_on} has not come yet (today is {today}). Write the day on which it happened; "
        "if today's date is wrong, set the clock of the device."
    )


class DayTooEarly(Invalid):
    """Before any programme."""

    code: ClassVar[str] = "day-too-early"
    about: ClassVar[str] = "occurred_on"
    title = N_("{occurred_on} is too long ago to be right; check the year.")


class PeriodClosed(Conflict):
    """The day belongs to a closed period."""

    code: ClassVar[str] = "period-closed"
    about: ClassVar[str] = "occurred_on"
    title = N_(
        "The books are closed up to {closed_on}; {occurred_on} cannot be changed any more. "
        "Record it on a later day and say in the reason when it happened."
    )


class NotEnough(Conflict):
    """More than there is on the day itself."""

    code: ClassVar[str] = "not-enough-stock"
    title = N_(
        "Lot {lot} at {place} ({condition:message}): {asked:mass} asked, {available:mass} there on {day}. "
        "Take less, or record first what is missing in the books."
    )


class LaterBalanceNegative(Conflict):
    """Enough on the day, but what was recorded for later days needs it."""

    code: ClassVar[str] = "later-balance-negative"
    title = N_(
        "Lot {lot} at {place} ({condition:message}): {asked:mass} on {occurred_on} would leave "
        "{balance:mass} on {day}, because of what was recorded later. "
        "At most {available:mass} could have left."
    )


class CountedLater(Conflict):
    """A later count found what was there; an earlier movement would make it wrong."""

    code: ClassVar[str] = "counted-later"
    about: ClassVar[str] = "occurred_on"
    title = N_(
        "{lots} at {place} was counted later ({documents}); what happened before is in that count. "
        "Reverse the count first, or record it on a day after it."
    )


class CountBlocking(Struct, frozen=True, kw_only=True):
    """A count that covers an account after a moment."""

    account_id: int
    document_id: UUID
    number: str
    lot_number: str


def check_lines(lines: tuple[Line, ...]) -> None:
    """Refuse quantities that cannot move."""
    for line in lines:
        if line.grams <= 0:
            raise QuantityNotPositive(grams=line.grams)
        units.checked(line.grams)
        if (line.source, line.source_condition) == (line.target, line.target_condition):
            raise NothingMoves


def check_day(occurred_on: dt.date, now: dt.datetime) -> None:
    """Refuse days that have not come and mistyped years."""
    if occurred_on > day_of(now):
        raise FutureDay(occurred_on=occurred_on, today=day_of(now))
    if occurred_on < EARLIEST_DAY:
        raise DayTooEarly(occurred_on=occurred_on)


def refuse_negative(
    session: Session,
    entry: Entry,
    accounts: dict[AccountKey, AccountRow],
    closed_on: dt.date,
    *,
    there: Mapping[int, int],
) -> None:
    """Refuse an entry that makes a held account negative on its day or on any later one.

    What arrives and leaves on the same day is netted: papers of one day are typed in any order. `there` are
    grams by account where nothing was recorded for a later day; the other accounts are looked up.
    """
    taken_from = {
        accounts[key].id: (key, -net)
        for key, net in net_by_key(entry.lines).items()
        if net < 0 and accounts[key].kind in HELD_KINDS
    }
    doubtful = {one: taken for one, taken in taken_from.items() if there.get(one, 0) < taken[1]}
    if not doubtful:
        return
    found = balances_from(session, doubtful, entry.occurred_on, since=closed_on)
    for account_id, (key, asked) in sorted(doubtful.items()):
        _refuse_one(session, entry, key, asked, found[account_id])


def refuse_counted_later(
    session: Session, entry: Entry, accounts: dict[AccountKey, AccountRow], now: dt.datetime
) -> None:
    """Refuse an earlier day for accounts that were counted after it."""
    held = {row.id: key for key, row in accounts.items() if row.kind in HELD_KINDS}
    blocking = counts_after(session, held, entry.occurred_on, now)
    if blocking:
        raise CountedLater(
            lots=sorted({count.lot_number for count in blocking}),
            place=place_name(session, held[blocking[0].account_id].location),
            documents=sorted({count.number for count in blocking}),
        )


def counts_after(
    session: Session, account_ids: Collection[int], day: dt.date, recorded_at: dt.datetime
) -> tuple[CountBlocking, ...]:
    """Counts, not reversed, that covered the accounts later than this day and moment."""
    if not account_ids:
        return ()
    rows = session.execute(
        _COUNTS_AFTER, {"accounts": sorted(account_ids), "day": day, "recorded_at": recorded_at}
    )
    return tuple(
        CountBlocking(
            account_id=account_id,
            document_id=document_id,
            number=document_number(DocumentKind.COUNT, place_code, sequence),
            lot_number=lot_number,
        )
        for account_id, document_id, place_code, sequence, lot_number in rows
    )


_REVERSAL = DOCUMENT.alias("reversal")
_COUNTS_AFTER = (
    select(COUNT_LINE.c.account_id, DOCUMENT.c.id, DOCUMENT.c.place_code, DOCUMENT.c.sequence, LOT.c.number)
    .join(DOCUMENT, COUNT_LINE.c.document_id == DOCUMENT.c.id)
    .join(ACCOUNT, COUNT_LINE.c.account_id == ACCOUNT.c.id)
    .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
    .outerjoin(_REVERSAL, _REVERSAL.c.reverses_id == DOCUMENT.c.id)
    .where(
        COUNT_LINE.c.account_id.in_(bindparam("accounts", expanding=True)),
        COUNT_LINE.c.counted_grams.is_not(None),
        _REVERSAL.c.id.is_(None),
        or_(
            DOCUMENT.c.occurred_on > bindparam("day"),
            and_(
                DOCUMENT.c.occurred_on == bindparam("day"),
                DOCUMENT.c.recorded_at > bindparam("recorded_at"),
            ),
        ),
    )
    .order_by(DOCUMENT.c.occurred_on, DOCUMENT.c.id, COUNT_LINE.c.account_id)
)


def source_of(line: Line) -> AccountKey:
    return AccountKey(line.source, line.lot_id, line.source_condition.value)


def target_of(line: Line) -> AccountKey:
    return AccountKey(line.target, line.lot_id, line.target_condition.value)


def net_by_key(lines: tuple[Line, ...]) -> dict[AccountKey, int]:
    """Grams that arrive less grams that leave, of every account that the lines touch."""
    net: dict[AccountKey, int] = {}
    for line in lines:
        source, target = source_of(line), target_of(line)
        net[source] = net.get(source, 0) - line.grams
        net[target] = net.get(target, 0) + line.grams
    return net


def _refuse_one(
    session: Session, entry: Entry, key: AccountKey, asked: int, balances: list[DayBalance]
) -> None:
    lowest = min(balances, key=lambda balance: balance.grams)
    if asked <= lowest.grams:
        return
    number = session.execute(select(LOT.c.number).where(LOT.c.id == key.lot_id)).scalar_one()
    facts: dict[str, object] = {
        "lot": number,
        "place": place_name(session, key.location),
        "condition": CONDITION_NAMES[Condition(key.condition)],
        "asked": asked,
        "lot_id": key.lot_id,
        "place_code": key.location,
    }
    first = next(balance for balance in balances if balance.grams < asked)
    facts |= {"day": first.day, "balance": first.grams - asked}
    if first is balances[0]:
        raise NotEnough(available=max(first.grams, 0), **facts)
    raise LaterBalanceNegative(occurred_on=entry.occurred_on, available=max(lowest.grams, 0), **facts)
