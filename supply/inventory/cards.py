"""Stock cards: all that happened to a lot at a place, in the order of days."""

import datetime as dt
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.inventory.papers import MOVEMENTS, End, MovementRow, movement_rows, touches
from supply.inventory.rows import LOT, MOVEMENT, PLACE


class CardRow(Struct, frozen=True, kw_only=True):
    """One line of a stock card; `balance` is all of the lot at the place after it, whatever its condition."""

    occurred_on: dt.date
    recorded_at: dt.datetime
    document_id: UUID
    number: str
    kind: str
    other: End
    condition: str
    in_grams: int
    out_grams: int
    balance: int


class StockCard(Struct, frozen=True, kw_only=True):
    """All that happened to a lot at a place, in the order of days."""

    place_code: str
    place_name: str
    lot_id: UUID
    lot_number: str
    product_code: str
    pack_code: str
    expires_on: dt.date
    rows: tuple[CardRow, ...]
    balance: int


def stock_card(
    session: Session, place_code: str, lot_id: UUID, *, until: dt.date | None = None
) -> StockCard | None:
    """The card of a lot at a place up to a day, oldest first; None when place or lot is unknown.

    On one day what arrived stands before what left, as on the paper card.
    """
    head = session.execute(
        select(PLACE.c.name, LOT.c.number, LOT.c.product_code, LOT.c.pack_code, LOT.c.expires_on)
        .select_from(PLACE)
        .join(LOT, LOT.c.id == lot_id)
        .where(PLACE.c.code == place_code)
    ).one_or_none()
    if head is None:
        return None
    query = MOVEMENTS.where(LOT.c.id == lot_id, touches([place_code]))
    if until is not None:
        query = query.where(MOVEMENT.c.occurred_on <= until)
    found = movement_rows(session, query.order_by(MOVEMENT.c.occurred_on, MOVEMENT.c.id))
    rows = _card_rows(found, place_code)
    return StockCard(
        place_code=place_code,
        place_name=head.name,
        lot_id=lot_id,
        lot_number=head.number,
        product_code=head.product_code,
        pack_code=head.pack_code,
        expires_on=head.expires_on,
        rows=rows,
        balance=rows[-1].balance if rows else 0,
    )


def _card_rows(found: tuple[MovementRow, ...], place_code: str) -> tuple[CardRow, ...]:
    """Both sides of each movement that touch the place; a change of condition shows as out and in."""
    sides = [
        side
        for one in found
        for side in (
            (one, one.source, one.target, 0, one.grams),
            (one, one.target, one.source, one.grams, 0),
        )
        if side[1].code == place_code
    ]
    sides.sort(
        key=lambda side: (
            side[0].occurred_on,
            side[0].recorded_at,
            side[4],
            side[0].document_id,
            side[0].line,
        )
    )
    rows: list[CardRow] = []
    balance = 0
    for one, here, other, in_grams, out_grams in sides:
        balance += in_grams - out_grams
        rows.append(
            CardRow(
                occurred_on=one.occurred_on,
                recorded_at=one.recorded_at,
                document_id=one.document_id,
                number=one.number,
                kind=one.kind,
                other=other,
                condition=here.condition,
                in_grams=in_grams,
                out_grams=out_grams,
                balance=balance,
            )
        )
    return tuple(rows)
