"""The only writer of documents and movements; what it refuses can never stand in the books."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Date, and_, bindparam, case, func, insert, literal, literal_column, not_, select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict, NotFound
from supply.i18n import N_
from supply.inventory.balances import account_balance, moved_after
from supply.inventory.checks import (
    CountedLater,
    LaterBalanceNegative,
    NotEnough,
    NothingMoves,
    PeriodClosed,
    check_day,
    check_lines,
    counts_after,
    net_by_key,
    refuse_counted_later,
    refuse_negative,
    source_of,
    target_of,
)
from supply.inventory.entries import Entry, Line, Posted
from supply.inventory.locations import (
    AccountKey,
    AccountRow,
    find_or_make_accounts,
    find_or_make_locations,
    is_held,
    place_kind,
    place_name,
)
from supply.inventory.recorded import SameIdOtherContent, already_recorded, content_hash
from supply.inventory.rows import ACCOUNT, CLOSED_PERIOD, DOCUMENT, LOCATION, MOVEMENT, NO_DAY
from supply.inventory.seal import seal
from supply.inventory.words import HELD_KINDS, Condition, DocumentKind, document_number
from supply.people.rights import Actor

__all__ = ["Entry", "Line", "Posted", "SameIdOtherContent", "already_recorded", "post", "record", "reverse"]


MAX_DOCUMENTS_NAMED = 10
# A refusal names at most so many documents: what a person can work through.


class DocumentUnknown(NotFound):
    """No document has this id."""

    code: ClassVar[str] = "document-unknown"
    title = N_("There is no such document ({document}).")


class IsAReversal(Conflict):
    """A reversal cannot be reversed."""

    code: ClassVar[str] = "is-a-reversal"
    title = N_("{document} is itself a reversal; record the right document anew instead.")


class AlreadyReversed(Conflict):
    """Once is enough."""

    code: ClassVar[str] = "already-reversed"
    title = N_("{document} was already reversed by {reversal}.")


class BeforeTheDocument(Conflict):
    """A reversal cannot come before what it reverses."""

    code: ClassVar[str] = "before-the-document"
    about: ClassVar[str] = "occurred_on"
    title = N_("{document} is of {document_on}; its reversal cannot be of an earlier day ({occurred_on}).")


class BlockedByLaterDocuments(Conflict):
    """What the document brought has been used since."""

    code: ClassVar[str] = "blocked-by-later-documents"
    title = N_(
        "{document} cannot be reversed: lot {lot} at {place} would fall to {balance:mass} on {day}. "
        "Reverse first what used it: {documents}."
    )


def post(session: Session, entry: Entry, command: Struct, *, actor: Actor, now: dt.datetime) -> Posted:
    """Write a document and its movements. Rights and the choice of lots are the operation's.

    Raises NothingMoves, QuantityNotPositive, AbsurdQuantity, FutureDay, DayTooEarly, PeriodClosed, NotEnough,
    LaterBalanceNegative, CountedLater, PlaceUnknown, SupplierUnknown, LotUnknown.
    """
    if not entry.lines:
        raise NothingMoves
    return record(session, entry, command, actor=actor, now=now)


def record(session: Session, entry: Entry, command: Struct, *, actor: Actor, now: dt.datetime) -> Posted:
    """As `post`; a document without movements is welcome: a count that found every gram in its place."""
    sequence, accounts = _decide(session, entry, now)
    if entry.occurred_on < day_of(now):
        refuse_counted_later(session, entry, accounts, now)
    return _insert(session, entry, accounts, sequence=sequence, command=command, actor=actor, now=now)


def reverse(session: Session, entry: Entry, command: Struct, *, actor: Actor, now: dt.datetime) -> Posted:
    """Write the reversal of `entry.reverses_id`; the entry's own lines, kind and place are filled in here.

    Raises DocumentUnknown, IsAReversal, AlreadyReversed, BeforeTheDocument, PeriodClosed, CountedLater and
    BlockedByLaterDocuments, the last two with the numbers of the documents that stand in the way.
    """
    assert entry.reverses_id is not None, "a reversal names what it reverses"
    lock_places(session, [str(entry.reverses_id)])
    original = _original(session, entry.reverses_id)
    if entry.occurred_on < original.occurred_on:
        raise BeforeTheDocument(
            document=original.number, document_on=original.occurred_on, occurred_on=entry.occurred_on
        )
    lines = _mirrored(session, original.id)
    full = msgspec.structs.replace(
        entry,
        kind=DocumentKind.REVERSAL,
        place_code=original.place_code,
        lines=lines,
        cycle_code=original.cycle_code,
        trip_id=original.trip_id,
    )
    try:
        sequence, accounts = _decide(session, full, now)
    except (NotEnough, LaterBalanceNegative) as error:
        raise _blocked(session, original, error) from error
    held = [row.id for row in accounts.values() if row.kind in HELD_KINDS]
    counts = counts_after(session, held, original.occurred_on, original.recorded_at)
    others = [count for count in counts if count.document_id != original.id]
    if others:
        raise CountedLater(
            lots=sorted({count.lot_number for count in others}),
            place=place_name(session, original.place_code),
            documents=sorted({count.number for count in others}),
        )
    return _insert(session, full, accounts, sequence=sequence, command=command, actor=actor, now=now)


class _Original(Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    place_code: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    cycle_code: str | None
    trip_id: UUID | None


_HEAD = select(
    select(func.max(CLOSED_PERIOD.c.closed_on)).scalar_subquery().label("closed_on"),
    select(DOCUMENT.c.sequence)
    .where(DOCUMENT.c.place_code == bindparam("place"), DOCUMENT.c.kind == bindparam("kind"))
    # Not max(): with old statistics PostgreSQL counts through all documents of the place for it.
    .order_by(DOCUMENT.c.sequence.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
    .label("sequence"),
    select(LOCATION.c.kind)
    .where(LOCATION.c.code == bindparam("place"))
    .scalar_subquery()
    .label("place_kind"),
    LOCATION.c.code,
    ACCOUNT.c.lot_id,
    ACCOUNT.c.condition,
    ACCOUNT.c.id,
    LOCATION.c.kind,
    case(
        (
            and_(
                LOCATION.c.code.in_(bindparam("takers", expanding=True)),
                not_(moved_after(bindparam("day", type_=Date))),
            ),
            account_balance(),
        )
    ).label("grams"),
    # What can be taken of an account: all that it holds, when nothing of it was recorded for a later day.
).select_from(
    # One row at least: the head itself, beside no account when none is there yet.
    select(literal(1).label("one"))
    .subquery()
    .outerjoin(
        ACCOUNT.join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id),
        and_(
            LOCATION.c.code.in_(bindparam("codes", expanding=True)),
            ACCOUNT.c.lot_id.in_(bindparam("lots", expanding=True)),
        ),
    )
)


_INSERT_DOCUMENT = insert(DOCUMENT)
_INSERT_MOVEMENTS = insert(MOVEMENT).inline()
# Inline: nobody asks for the numbers of the rows, so the database need not send them back.


def _decide(session: Session, entry: Entry, now: dt.datetime) -> tuple[int, dict[AccountKey, AccountRow]]:
    """Lock the places and refuse what may not stand; the next number of the document and its accounts."""
    check_lines(entry.lines)
    check_day(entry.occurred_on, now)
    codes = {code for line in entry.lines for code in (line.source, line.target) if is_held(code)}
    lock_places(session, codes | {entry.place_code})
    net = net_by_key(entry.lines)
    keys = net.keys()
    rows = session.execute(
        _HEAD,
        {
            "place": entry.place_code,
            "kind": entry.kind.value,
            "codes": sorted({key.location for key in keys}),
            "lots": list({key.lot_id for key in keys}),
            "takers": sorted({key.location for key in keys if net[key] < 0 and is_held(key.location)}),
            "day": entry.occurred_on,
        },
    ).all()
    head = rows[0]
    if head.place_kind is None:
        # First document of this place, or no such place.
        place_kind(session, entry.place_code)
        find_or_make_locations(session, [entry.place_code])
    closed_on = head.closed_on or NO_DAY
    if entry.occurred_on <= closed_on:
        raise PeriodClosed(occurred_on=entry.occurred_on, closed_on=closed_on)
    known = {AccountKey(row.code, row.lot_id, row.condition): AccountRow(row.id, row.kind) for row in rows}
    accounts = {key: known[key] for key in keys & known.keys()}
    if len(accounts) < len(keys):
        accounts = find_or_make_accounts(session, keys)
    there = {row.id: int(row.grams) for row in rows if row.grams is not None}
    refuse_negative(session, entry, accounts, closed_on, there=there)
    return (head.sequence or 0) + 1, accounts


def _insert(
    session: Session,
    entry: Entry,
    accounts: dict[AccountKey, AccountRow],
    *,
    sequence: int,
    command: Struct,
    actor: Actor,
    now: dt.datetime,
) -> Posted:
    session.execute(
        _INSERT_DOCUMENT,
        [
            {
                "id": entry.id,
                "kind": entry.kind.value,
                "place_code": entry.place_code,
                "sequence": sequence,
                "occurred_on": entry.occurred_on,
                "recorded_at": now,
                "user_id": actor.user_id,
                "cycle_code": entry.cycle_code,
                "trip_id": entry.trip_id,
                "reference": entry.reference,
                "reason": entry.reason,
                "override": entry.override,
                "content_hash": content_hash(command),
                "seal": seal(entry),
                "reverses_id": entry.reverses_id,
            }
        ],
    )
    if entry.lines:
        session.execute(_INSERT_MOVEMENTS, _movement_rows(entry, accounts))
    number = document_number(entry.kind, entry.place_code, sequence)
    return Posted(id=entry.id, number=number, occurred_on=entry.occurred_on, recorded_at=now)


def _movement_rows(entry: Entry, accounts: dict[AccountKey, AccountRow]) -> list[dict[str, object]]:
    return [
        {
            "document_id": entry.id,
            "line": position,
            "from_account_id": accounts[source_of(line)].id,
            "to_account_id": accounts[target_of(line)].id,
            "grams": line.grams,
            "occurred_on": entry.occurred_on,
        }
        for position, line in enumerate(entry.lines, start=1)
    ]


def _original(session: Session, document_id: UUID) -> _Original:
    reversal = DOCUMENT.alias("reversal")
    query = (
        select(
            DOCUMENT,
            reversal.c.place_code.label("reversal_place"),
            reversal.c.sequence.label("reversal_sequence"),
        )
        .outerjoin(reversal, reversal.c.reverses_id == DOCUMENT.c.id)
        .where(DOCUMENT.c.id == document_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise DocumentUnknown(document=str(document_id))
    number = document_number(row.kind, row.place_code, row.sequence)
    if row.kind == DocumentKind.REVERSAL:
        raise IsAReversal(document=number)
    if row.reversal_place is not None:
        by = document_number(DocumentKind.REVERSAL, row.reversal_place, row.reversal_sequence)
        raise AlreadyReversed(document=number, reversal=by)
    return _Original(
        id=row.id,
        number=number,
        place_code=row.place_code,
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at,
        cycle_code=row.cycle_code,
        trip_id=row.trip_id,
    )


def _mirrored(session: Session, document_id: UUID) -> tuple[Line, ...]:
    """The document's movements the other way round."""
    source, target = ACCOUNT.alias("source"), ACCOUNT.alias("target")
    left, reached = LOCATION.alias("left"), LOCATION.alias("reached")
    query = (
        select(
            source.c.lot_id,
            MOVEMENT.c.grams,
            left.c.code,
            source.c.condition,
            reached.c.code,
            target.c.condition,
        )
        .join(source, MOVEMENT.c.from_account_id == source.c.id)
        .join(left, source.c.location_id == left.c.id)
        .join(target, MOVEMENT.c.to_account_id == target.c.id)
        .join(reached, target.c.location_id == reached.c.id)
        .where(MOVEMENT.c.document_id == document_id)
        .order_by(MOVEMENT.c.line)
    )
    return tuple(
        Line(
            lot_id=lot_id,
            grams=grams,
            source=to_code,
            source_condition=Condition(to_condition),
            target=from_code,
            target_condition=Condition(from_condition),
        )
        for lot_id, grams, from_code, from_condition, to_code, to_condition in session.execute(query)
    )


def _blocked(
    session: Session, original: _Original, error: NotEnough | LaterBalanceNegative
) -> BlockedByLaterDocuments:
    """The refusal with the numbers of the documents that took from the account since."""
    query = (
        select(DOCUMENT.c.kind, DOCUMENT.c.place_code, DOCUMENT.c.sequence)
        .join(MOVEMENT, MOVEMENT.c.document_id == DOCUMENT.c.id)
        .join(ACCOUNT, MOVEMENT.c.from_account_id == ACCOUNT.c.id)
        .join(LOCATION, ACCOUNT.c.location_id == LOCATION.c.id)
        .where(
            LOCATION.c.code == error.facts["place_code"],
            ACCOUNT.c.lot_id == error.facts["lot_id"],
            DOCUMENT.c.id != original.id,
            DOCUMENT.c.occurred_on >= original.occurred_on,
        )
        .order_by(DOCUMENT.c.occurred_on.desc(), DOCUMENT.c.id)
        .limit(MAX_DOCUMENTS_NAMED)
    )
    documents = tuple(dict.fromkeys(document_number(*row) for row in session.execute(query)))
    return BlockedByLaterDocuments(
        document=original.number,
        documents=documents,
        **{name: error.facts[name] for name in ("lot", "place", "day", "balance")},
    )
