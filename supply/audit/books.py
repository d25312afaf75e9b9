"""The ledger's rows as they stand, read with plain SQL; all else is worked out from these values."""

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, TextClause, Uuid, text
from sqlalchemy.orm import Session

from supply.db import Instant
from supply.inventory.words import document_number

HELD = frozenset({"store", "site", "transit"})
# Locations in our custody; a balance below zero there is something that nobody could have touched.


class Account(NamedTuple):
    """A lot in a condition at a location."""

    location: str
    kind: str
    lot_id: UUID
    condition: str


class Lot(NamedTuple):
    """A lot and how long it is good."""

    number: str
    product_code: str
    expires_on: dt.date


class Document(NamedTuple):
    """The head of a document."""

    kind: str
    place_code: str
    sequence: int
    occurred_on: dt.date
    recorded_at: dt.datetime
    trip_id: UUID | None
    override: str | None
    reverses_id: UUID | None
    seal: str


class Movement(NamedTuple):
    """Grams from one account to another."""

    line: int
    source_id: int
    target_id: int
    grams: int
    occurred_on: dt.date


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the ledger says; movements by document, in the order of their lines."""

    accounts: dict[int, Account]
    lots: dict[UUID, Lot]
    documents: dict[UUID, Document]
    movements: dict[UUID, list[Movement]]
    place_names: dict[str, str]

    def lot_of(self, movement: Movement) -> Lot:
        return self.lots[self.accounts[movement.source_id].lot_id]

    def number(self, document_id: UUID) -> str:
        """Number on the paper; its id where the document itself is gone."""
        head = self.documents.get(document_id)
        return document_number(head.kind, head.place_code, head.sequence) if head else str(document_id)

    def place(self, location: str) -> str:
        """Name of a store or site; any other location by its code, such as that of the supplier."""
        return self.place_names.get(location) or location.rpartition(":")[2]

    @property
    def reversals(self) -> dict[UUID, UUID]:
        """Reversing document by the reversed one."""
        return {
            head.reverses_id: document_id
            for document_id, head in self.documents.items()
            if head.reverses_id is not None
        }


_ACCOUNTS = text(
    "SELECT account.id, location.code, location.kind, account.lot_id, account.condition "
    "FROM account JOIN location ON location.id = account.location_id"
).columns(lot_id=Uuid)
_LOTS = text("SELECT id, number, product_code, expires_on FROM lot").columns(id=Uuid, expires_on=Date)
_DOCUMENTS = text(
    "SELECT id, kind, place_code, sequence, occurred_on, recorded_at, trip_id, override, reverses_id, seal "
    "FROM document"
).columns(id=Uuid, occurred_on=Date, recorded_at=Instant, trip_id=Uuid, reverses_id=Uuid)
_MOVEMENTS = text(
    "SELECT document_id, line, from_account_id, to_account_id, grams, occurred_on "
    "FROM movement ORDER BY document_id, line, id"
).columns(document_id=Uuid, occurred_on=Date)
_PLACES = text("SELECT code, name FROM place")


def read_books(session: Session) -> Books:
    """The books of one moment; the session is a snapshot or a transaction."""
    movements: defaultdict[UUID, list[Movement]] = defaultdict(list)
    for document_id, *rest in session.execute(_MOVEMENTS):
        movements[document_id].append(Movement(*rest))
    return Books(
        accounts={row[0]: Account(*row[1:]) for row in session.execute(_ACCOUNTS)},
        lots={row[0]: Lot(*row[1:]) for row in session.execute(_LOTS)},
        documents={row[0]: Document(*row[1:]) for row in session.execute(_DOCUMENTS)},
        movements=dict(movements),
        place_names={code: name for code, name in session.execute(_PLACES)},  # noqa: C416 - a Row is no pair
    )


def rows(session: Session, statement: TextClause, **types: type[Any]) -> list[Any]:
    """Rows of a plain statement; `types` names the columns that each database stores in its own way."""
    return list(session.execute(statement.columns(**types) if types else statement))


def whole(value: Any) -> int:
    """A sum of grams; PostgreSQL answers a decimal, and nothing at all where there are no rows."""
    return int(value or 0)


UUID_TYPE, DAY_TYPE, INSTANT_TYPE, COUNT_TYPE = Uuid, Date, Instant, Integer
