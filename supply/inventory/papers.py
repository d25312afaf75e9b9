"""The books as papers: documents with their lines, lists of movements."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from supply.inventory.rows import (
    ACCOUNT,
    COUNT_LINE,
    DOCUMENT,
    LOCATION,
    LOT,
    MOVEMENT,
    PLACE,
    SUPPLIER,
    USER,
)
from supply.inventory.words import DocumentKind, document_number

PAGE_LENGTH = 50
# Rows of one page of a list: three screens of a phone, under 100 KB.


class End(Struct, frozen=True, kw_only=True):
    """One end of a movement: the location and the condition of the grams there."""

    code: str
    kind: str
    name: str | None
    condition: str


class MovementRow(Struct, frozen=True, kw_only=True):
    """Grams of a lot from one end to the other, with the document that moved them."""

    document_id: UUID
    number: str
    kind: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    line: int
    lot_id: UUID
    lot_number: str
    product_code: str
    pack_code: str
    expires_on: dt.date
    grams: int
    source: End
    target: End


class CountedRow(Struct, frozen=True, kw_only=True):
    """What a count found for a lot in a condition; `counted_grams` None: not counted."""

    lot_id: UUID
    lot_number: str
    product_code: str
    pack_code: str
    expires_on: dt.date
    condition: str
    book_grams: int
    counted_grams: int | None
    reason: str


class DocumentRow(Struct, frozen=True, kw_only=True):
    """A document in a list; `grams` is the sum of its movements."""

    id: UUID
    number: str
    kind: str
    place_code: str
    place_name: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    user_name: str
    reference: str
    reason: str
    grams: int
    is_reversed: bool


class DocumentView(Struct, frozen=True, kw_only=True):
    """One document with all that it moved."""

    id: UUID
    number: str
    kind: str
    place_code: str
    place_name: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    user_name: str
    cycle_code: str | None
    trip_id: UUID | None
    reference: str
    reason: str
    override: str | None
    reverses_id: UUID | None
    reverses_number: str | None
    reversed_by_id: UUID | None
    reversed_by_number: str | None
    lines: tuple[MovementRow, ...]
    counted: tuple[CountedRow, ...]


_SOURCE, _TARGET = ACCOUNT.alias("source"), ACCOUNT.alias("target")
_LEFT, _REACHED = LOCATION.alias("left_location"), LOCATION.alias("reached_location")
_LEFT_PLACE, _REACHED_PLACE = PLACE.alias("left_place"), PLACE.alias("reached_place")
_LEFT_SUPPLIER, _REACHED_SUPPLIER = SUPPLIER.alias("left_supplier"), SUPPLIER.alias("reached_supplier")

MOVEMENTS = (
    select(
        DOCUMENT.c.id,
        DOCUMENT.c.kind,
        DOCUMENT.c.place_code,
        DOCUMENT.c.sequence,
        DOCUMENT.c.occurred_on,
        DOCUMENT.c.recorded_at,
        MOVEMENT.c.line,
        LOT.c.id.label("lot_id"),
        LOT.c.number.label("lot_number"),
        LOT.c.product_code,
        LOT.c.pack_code,
        LOT.c.expires_on,
        MOVEMENT.c.grams,
        _LEFT.c.code.label("left_code"),
        _LEFT.c.kind.label("left_kind"),
        func.coalesce(_LEFT_PLACE.c.name, _LEFT_SUPPLIER.c.name).label("left_name"),
        _SOURCE.c.condition.label("left_condition"),
        _REACHED.c.code.label("reached_code"),
        _REACHED.c.kind.label("reached_kind"),
        func.coalesce(_REACHED_PLACE.c.name, _REACHED_SUPPLIER.c.name).label("reached_name"),
        _TARGET.c.condition.label("reached_condition"),
    )
    .select_from(MOVEMENT)
    .join(DOCUMENT, MOVEMENT.c.document_id == DOCUMENT.c.id)
    .join(_SOURCE, MOVEMENT.c.from_account_id == _SOURCE.c.id)
    .join(_TARGET, MOVEMENT.c.to_account_id == _TARGET.c.id)
    .join(LOT, _SOURCE.c.lot_id == LOT.c.id)
    .join(_LEFT, _SOURCE.c.location_id == _LEFT.c.id)
    .join(_REACHED, _TARGET.c.location_id == _REACHED.c.id)
    .outerjoin(_LEFT_PLACE, _LEFT.c.place_code == _LEFT_PLACE.c.code)
    .outerjoin(_REACHED_PLACE, _REACHED.c.place_code == _REACHED_PLACE.c.code)
    .outerjoin(_LEFT_SUPPLIER, _LEFT.c.supplier_code == _LEFT_SUPPLIER.c.code)
    .outerjoin(_REACHED_SUPPLIER, _REACHED.c.supplier_code == _REACHED_SUPPLIER.c.code)
)


def movements(
    session: Session,
    *,
    place_codes: Collection[str] | None = None,
    product_code: str | None = None,
    lot_id: UUID | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    offset: int = 0,
    limit: int = PAGE_LENGTH,
) -> tuple[MovementRow, ...]:
    """Movements from or to any of the places, newest day first; days are inclusive."""
    query = MOVEMENTS
    if place_codes is not None:
        query = query.where(touches(place_codes))
    if product_code is not None:
        query = query.where(LOT.c.product_code == product_code)
    if lot_id is not None:
        query = query.where(LOT.c.id == lot_id)
    if since is not None:
        query = query.where(MOVEMENT.c.occurred_on >= since)
    if until is not None:
        query = query.where(MOVEMENT.c.occurred_on <= until)
    query = query.order_by(MOVEMENT.c.occurred_on.desc(), MOVEMENT.c.id.desc()).offset(offset).limit(limit)
    return movement_rows(session, query)


def touches(place_codes: Collection[str]) -> ColumnElement[bool]:
    """Movements from or to any of the places."""
    codes = sorted(place_codes)
    return or_(_LEFT.c.code.in_(codes), _REACHED.c.code.in_(codes))


def movement_rows(session: Session, query: Select[Any]) -> tuple[MovementRow, ...]:
    return tuple(
        MovementRow(
            document_id=row.id,
            number=document_number(row.kind, row.place_code, row.sequence),
            kind=row.kind,
            occurred_on=row.occurred_on,
            recorded_at=row.recorded_at,
            line=row.line,
            lot_id=row.lot_id,
            lot_number=row.lot_number,
            product_code=row.product_code,
            pack_code=row.pack_code,
            expires_on=row.expires_on,
            grams=row.grams,
            source=End(
                code=row.left_code, kind=row.left_kind, name=row.left_name, condition=row.left_condition
            ),
            target=End(
                code=row.reached_code,
                kind=row.reached_kind,
                name=row.reached_name,
                condition=row.reached_condition,
            ),
        )
        for row in session.execute(query)
    )


_REVERSAL = DOCUMENT.alias("reversal")
_REVERSED = DOCUMENT.alias("reversed")


def documents(
    session: Session,
    *,
    place_codes: Collection[str] | None = None,
    kind: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    offset: int = 0,
    limit: int = PAGE_LENGTH,
) -> tuple[DocumentRow, ...]:
    """Documents of places, newest recorded first; days are inclusive."""
    moved = (
        select(func.coalesce(func.sum(MOVEMENT.c.grams), 0))
        .where(MOVEMENT.c.document_id == DOCUMENT.c.id)
        .scalar_subquery()
    )
    query = (
        select(
            DOCUMENT,
            PLACE.c.name,
            USER.c.name.label("user_name"),
            moved.label("grams"),
            _REVERSAL.c.id.label("by"),
        )
        .join(PLACE, DOCUMENT.c.place_code == PLACE.c.code)
        .join(USER, DOCUMENT.c.user_id == USER.c.id)
        .outerjoin(_REVERSAL, _REVERSAL.c.reverses_id == DOCUMENT.c.id)
    )
    if place_codes is not None:
        query = query.where(DOCUMENT.c.place_code.in_(sorted(place_codes)))
    if kind is not None:
        query = query.where(DOCUMENT.c.kind == DocumentKind(kind).value)
    if since is not None:
        query = query.where(DOCUMENT.c.occurred_on >= since)
    if until is not None:
        query = query.where(DOCUMENT.c.occurred_on <= until)
    query = query.order_by(DOCUMENT.c.recorded_at.desc(), DOCUMENT.c.id.desc()).offset(offset).limit(limit)
    return tuple(
        DocumentRow(
            id=row.id,
            number=document_number(row.kind, row.place_code, row.sequence),
            kind=row.kind,
            place_code=row.place_code,
            place_name=row.name,
            occurred_on=row.occurred_on,
            recorded_at=row.recorded_at,
            user_name=row.user_name,
            reference=row.reference,
            reason=row.reason,
            grams=int(row.grams),
            is_reversed=row.by is not None,
        )
        for row in session.execute(query)
    )


def document(session: Session, document_id: UUID) -> DocumentView | None:
    """One document with its lines and, for a count, what was counted."""
    query = (
        select(
            DOCUMENT,
            PLACE.c.name,
            USER.c.name.label("user_name"),
            _REVERSAL.c.id.label("by_id"),
            _REVERSAL.c.place_code.label("by_place"),
            _REVERSAL.c.sequence.label("by_sequence"),
            _REVERSED.c.kind.label("of_kind"),
            _REVERSED.c.place_code.label("of_place"),
            _REVERSED.c.sequence.label("of_sequence"),
        )
        .join(PLACE, DOCUMENT.c.place_code == PLACE.c.code)
        .join(USER, DOCUMENT.c.user_id == USER.c.id)
        .outerjoin(_REVERSAL, _REVERSAL.c.reverses_id == DOCUMENT.c.id)
        .outerjoin(_REVERSED, _REVERSED.c.id == DOCUMENT.c.reverses_id)
        .where(DOCUMENT.c.id == document_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    lines = MOVEMENTS.where(MOVEMENT.c.document_id == document_id).order_by(MOVEMENT.c.line)
    reversal = None if row.by_id is None else document_number("reversal", row.by_place, row.by_sequence)
    reversed_one = (
        None if row.of_kind is None else document_number(row.of_kind, row.of_place, row.of_sequence)
    )
    return DocumentView(
        id=row.id,
        number=document_number(row.kind, row.place_code, row.sequence),
        kind=row.kind,
        place_code=row.place_code,
        place_name=row.name,
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at,
        user_name=row.user_name,
        cycle_code=row.cycle_code,
        trip_id=row.trip_id,
        reference=row.reference,
        reason=row.reason,
        override=row.override,
        reverses_id=row.reverses_id,
        reverses_number=reversed_one,
        reversed_by_id=row.by_id,
        reversed_by_number=reversal,
        lines=movement_rows(session, lines),
        counted=_counted_rows(session, document_id) if row.kind == DocumentKind.COUNT else (),
    )


def _counted_rows(session: Session, document_id: UUID) -> tuple[CountedRow, ...]:
    query = (
        select(
            LOT.c.id,
            LOT.c.number,
            LOT.c.product_code,
            LOT.c.pack_code,
            LOT.c.expires_on,
            ACCOUNT.c.condition,
            COUNT_LINE.c.book_grams,
            COUNT_LINE.c.counted_grams,
            COUNT_LINE.c.reason,
        )
        .join(ACCOUNT, COUNT_LINE.c.account_id == ACCOUNT.c.id)
        .join(LOT, ACCOUNT.c.lot_id == LOT.c.id)
        .where(COUNT_LINE.c.document_id == document_id)
        .order_by(LOT.c.product_code, LOT.c.expires_on, LOT.c.number, ACCOUNT.c.id)
    )
    names = CountedRow.__struct_fields__
    return tuple(CountedRow(**dict(zip(names, row, strict=True))) for row in session.execute(query))
