"""Reads of the ledger for programs; grams are integers, days ISO."""

import datetime as dt
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from supply.db import Database
from supply.inventory.cards import StockCard
from supply.inventory.expiring import NEAR_DAYS
from supply.inventory.ledger import DocumentUnknown
from supply.inventory.locations import LotUnknown, PlaceUnknown
from supply.inventory.papers import DocumentRow, DocumentView, MovementRow
from supply.inventory.queries import (
    Balance,
    LotRow,
    Whereabouts,
    document,
    documents,
    lot,
    movements,
    on_hand,
    stock_card,
    whereabouts,
)
from supply.inventory.words import Condition, DocumentKind
from supply.web.routes import Limit, Offset

Days = Annotated[int, QueryParameter(ge=0, le=3660)]


class LotView(msgspec.Struct, frozen=True, kw_only=True):
    """A lot and where every gram of it is."""

    lot: LotRow
    whereabouts: tuple[Whereabouts, ...]


class StockApi(Controller):
    """Stock, lots, documents and movements."""

    path = "/api/inventory"
    tags = ["inventory"]

    @get("/stock", operation_id="Stock", sync_to_thread=True)
    def stock(
        self,
        *,
        db: NamedDependency[Database],
        place: FromQuery[str | None] = None,
        product: FromQuery[str | None] = None,
        condition: FromQuery[Condition | None] = None,
        on: FromQuery[dt.date | None] = None,
    ) -> tuple[Balance, ...]:
        """Stock of stores and sites now, or at the end of a day."""
        with db.snapshot() as session:
            return on_hand(
                session,
                place_codes=None if place is None else [place],
                product_code=product,
                condition=condition,
                on=on,
            )

    @get("/expiring", operation_id="Expiring", sync_to_thread=True)
    def expiring(
        self,
        db: NamedDependency[Database],
        today: NamedDependency[dt.date],
        days: Days = NEAR_DAYS,
    ) -> tuple[Balance, ...]:
        """Stock that is expired or has at most so many days left."""
        with db.snapshot() as session:
            return on_hand(session, expires_until=today + dt.timedelta(days=days))

    @get("/lots/{lot_id:uuid}", operation_id="Lot", sync_to_thread=True)
    def lot(
        self,
        lot_id: FromPath[UUID],
        db: NamedDependency[Database],
        on: FromQuery[dt.date | None] = None,
    ) -> LotView:
        """A lot and where it is."""
        with db.snapshot() as session:
            found = lot(session, lot_id)
            if found is None:
                raise LotUnknown(lot=str(lot_id))
            return LotView(lot=found, whereabouts=whereabouts(session, lot_id, on=on))

    @get("/cards/{place:str}/{lot_id:uuid}", operation_id="StockCard", sync_to_thread=True)
    def card(
        self,
        place: FromPath[str],
        lot_id: FromPath[UUID],
        db: NamedDependency[Database],
        until: FromQuery[dt.date | None] = None,
    ) -> StockCard:
        """All that happened to a lot at a place."""
        with db.snapshot() as session:
            if lot(session, lot_id) is None:
                raise LotUnknown(lot=str(lot_id))
            found = stock_card(session, place, lot_id, until=until)
            if found is None:
                raise PlaceUnknown(place=place)
            return found

    @get("/documents", operation_id="Documents", sync_to_thread=True)
    def documents(
        self,
        *,
        db: NamedDependency[Database],
        place: FromQuery[str | None] = None,
        kind: FromQuery[DocumentKind | None] = None,
        since: FromQuery[dt.date | None] = None,
        until: FromQuery[dt.date | None] = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> tuple[DocumentRow, ...]:
        """Documents, newest recorded first."""
        with db.snapshot() as session:
            return documents(
                session,
                place_codes=None if place is None else [place],
                kind=kind,
                since=since,
                until=until,
                limit=limit,
                offset=offset,
            )

    @get("/documents/{document_id:uuid}", operation_id="Document", sync_to_thread=True)
    def document(self, document_id: FromPath[UUID], db: NamedDependency[Database]) -> DocumentView:
        """One document with its lines."""
        with db.snapshot() as session:
            found = document(session, document_id)
        if found is None:
            raise DocumentUnknown(document=str(document_id))
        return found

    @get("/movements", operation_id="Movements", sync_to_thread=True)
    def movements(
        self,
        *,
        db: NamedDependency[Database],
        place: FromQuery[str | None] = None,
        product: FromQuery[str | None] = None,
        lot_id: FromQuery[UUID | None] = None,
        since: FromQuery[dt.date | None] = None,
        until: FromQuery[dt.date | None] = None,
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> tuple[MovementRow, ...]:
        """Movements, newest day first."""
        with db.snapshot() as session:
            return movements(
                session,
                place_codes=None if place is None else [place],
                product_code=product,
                lot_id=lot_id,
                since=since,
                until=until,
                limit=limit,
                offset=offset,
            )


CONTROLLERS = [StockApi]
