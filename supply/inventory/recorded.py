"""How every operation on the books begins: its locks, the repeat that is known, the kinds of its places."""

import hashlib
from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from supply.db import lock_places
from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory.entries import Posted
from supply.inventory.places import refuse_other_kinds
from supply.inventory.rows import DOCUMENT, PLACE
from supply.inventory.words import LocationKind, document_number


class SameIdOtherContent(Conflict):
    """The document id is taken by something else."""

    code: ClassVar[str] = "same-id-other-content"
    title = N_(
        "A document with this id was already recorded as {number} with other content. "
        "Open a new form; to correct {number}, reverse it first."
    )


def already_recorded(
    session: Session,
    document_id: UUID,
    command: Struct,
    *,
    places: Collection[str] = (),
    stores: Collection[str] = (),
    sites: Collection[str] = (),
) -> Posted | None:
    """The document, when the same command was carried out before. Call it before deciding anything.

    Holds a lock on the id, so that of two repeats at once the second sees the first, and on what the
    operation is about to change, so that what it reads of them stays so: `places` of either kind, `stores`
    and `sites`.
    Raises SameIdOtherContent; for a new document PlaceUnknown, NotAStore and NotASite.
    """
    codes = {*places, *stores, *sites}
    lock_places(session, codes, first=str(document_id))
    rows = session.execute(_RECORDED, {"document_id": document_id, "codes": sorted(codes)}).all()
    row = rows[0]
    if row.kind is None:
        kinds = {one.place: LocationKind(one.place_kind) for one in rows if one.place is not None}
        refuse_other_kinds(kinds, places=places, stores=stores, sites=sites)
        return None
    number = document_number(row.kind, row.place_code, row.sequence)
    if row.content_hash != content_hash(command):
        raise SameIdOtherContent(number=number, id=str(document_id))
    return Posted(
        id=document_id,
        number=number,
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at,
        is_repeat=True,
    )


def content_hash(command: Struct) -> str:
    """Fingerprint of everything that was asked, and of which operation."""
    content = type(command).__name__.encode() + msgspec.json.encode(command)
    return hashlib.sha256(content).hexdigest()


_RECORDED = (
    select(
        DOCUMENT.c.kind,
        DOCUMENT.c.place_code,
        DOCUMENT.c.sequence,
        DOCUMENT.c.occurred_on,
        DOCUMENT.c.recorded_at,
        DOCUMENT.c.content_hash,
        PLACE.c.code.label("place"),
        PLACE.c.kind.label("place_kind"),
    )
    # One row at least, also when neither the document nor a place is there.
    .select_from(select(literal(1).label("one")).subquery())
    .outerjoin(DOCUMENT, DOCUMENT.c.id == bindparam("document_id"))
    .outerjoin(PLACE, PLACE.c.code.in_(bindparam("codes", expanding=True)))
)
