"""Sessions, what was recorded in them, and what a site has.

No names of people: see `lists` and `register_queries`.
"""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    cast,
    column,
    func,
    literal,
    select,
    table,
    union_all,
)
from sqlalchemy.orm import Session

from supply.distribution.models import DistributionSession, Handout, Tally
from supply.inventory.words import document_number

# Names of other areas' rows are joined by table name, as their foreign keys are: one statement per list.
_PLACE = table("place", column("code", String), column("name", String), column("commune_pcode", String))
_AREA = table("area", column("pcode", String), column("name", String))
_CYCLE = table("cycle", column("code", String), column("name", String), column("ends_on", Date))
_DOCUMENT = table(
    "document",
    column("id", Uuid),
    column("kind", String),
    column("place_code", String),
    column("sequence", Integer),
    column("occurred_on", Date),
    column("reference", String),
    column("reason", String),
)


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its people served from the list and counted in tallies, and the grams given."""

    id: UUID
    cycle_code: str
    cycle_name: str
    site_code: str
    site_name: str
    commune_pcode: str | None
    commune: str | None
    held_on: dt.date
    state: str
    leader: str
    is_in_window: bool
    served: int
    tallied: int
    grams: int


class PaperRow(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a session: a handout to people of the list, or a tally."""

    document_id: UUID
    number: str
    is_tally: bool
    people: int
    grams: int
    reference: str
    reason: str
    reversed_by: UUID | None


class TallyRow(msgspec.Struct, frozen=True, kw_only=True):
    """People of a group counted in the living tallies of a session."""

    group_code: str
    people: int
    grams: int
    due_grams: int


class GivenRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the records of people say one document gave of a product; the ledger must say the same."""

    document_id: UUID
    product_code: str
    grams: int
    reversed_by: UUID | None


def sessions(
    session: Session, *, cycle_code: str | None = None, site_codes: Collection[str] | None = None
) -> tuple[SessionRow, ...]:
    """Sessions of a cycle (all when None) at these sites (all when None), the latest day first."""
    query = _sessions()
    if cycle_code is not None:
        query = query.where(DistributionSession.cycle_code == cycle_code)
    if site_codes is not None:
        query = query.where(DistributionSession.site_code.in_(sorted(site_codes)))
    query = query.order_by(DistributionSession.held_on.desc(), _PLACE.c.name, DistributionSession.id)
    return tuple(msgspec.convert(row, SessionRow) for row in session.execute(query).mappings())


def distribution_session(session: Session, session_id: UUID) -> SessionRow | None:
    """The session of that id."""
    row = session.execute(_sessions().where(DistributionSession.id == session_id)).mappings().one_or_none()
    return None if row is None else msgspec.convert(row, SessionRow)


def session_papers(session: Session, session_id: UUID, *, limit: int = 200) -> tuple[PaperRow, ...]:
    """Documents of a session, the latest first; those taken back are told by `reversed_by`."""
    handed = (
        select(
            Handout.document_id,
            literal(0).label("is_tally"),
            func.count(Handout.person_code.distinct()).label("people"),
            func.sum(Handout.grams).label("grams"),
            Handout.reversed_by,
        )
        .where(Handout.session_id == session_id)
        .group_by(Handout.document_id, Handout.reversed_by)
    )
    counts = _tally_counts().where(Tally.session_id == session_id).subquery()
    tallied = select(
        counts.c.document_id,
        literal(1),
        func.sum(counts.c.people),
        func.sum(counts.c.grams),
        counts.c.reversed_by,
    ).group_by(counts.c.document_id, counts.c.reversed_by)
    papers = union_all(handed, tallied).subquery()
    query = (
        select(papers, _DOCUMENT)
        .join(_DOCUMENT, _DOCUMENT.c.id == papers.c.document_id)
        .order_by(_DOCUMENT.c.sequence.desc(), _DOCUMENT.c.id)
        .limit(limit)
    )
    return tuple(
        PaperRow(
            document_id=row.document_id,
            number=document_number(row.kind, row.place_code, row.sequence),
            is_tally=bool(row.is_tally),
            people=int(row.people),
            grams=int(row.grams),
            reference=row.reference,
            reason=row.reason,
            reversed_by=row.reversed_by,
        )
        for row in session.execute(query)
    )


def session_tallies(session: Session, session_id: UUID) -> tuple[TallyRow, ...]:
    """What the living tallies of a session add up to, per group."""
    counts = _tally_counts().where(Tally.session_id == session_id, Tally.reversed_by.is_(None)).subquery()
    query = (
        select(
            counts.c.group_code,
            func.sum(counts.c.people),
            func.sum(counts.c.grams),
            func.sum(counts.c.due_grams),
        )
        .group_by(counts.c.group_code)
        .order_by(counts.c.group_code)
    )
    return tuple(
        TallyRow(group_code=group, people=int(people), grams=int(grams), due_grams=int(due))
        for group, people, grams, due in session.execute(query)
    )


def given_by_document(session: Session) -> tuple[GivenRow, ...]:
    """Grams per document and product by the records of people; the ledger must have moved the same."""
    rows = union_all(
        select(Handout.document_id, Handout.product_code, Handout.grams, Handout.reversed_by),
        select(Tally.document_id, Tally.product_code, Tally.grams, Tally.reversed_by),
    ).subquery()
    query = (
        select(rows.c.document_id, rows.c.product_code, func.sum(rows.c.grams), rows.c.reversed_by)
        .group_by(rows.c.document_id, rows.c.product_code, rows.c.reversed_by)
        .order_by(rows.c.document_id, rows.c.product_code)
    )
    return tuple(
        GivenRow(document_id=document, product_code=product, grams=int(grams), reversed_by=by)
        for document, product, grams, by in session.execute(query)
    )


def _tally_counts() -> Select[UUID, str, int, int, int, UUID | None]:
    """Per document and group: people (one person with two products is one) and grams of all products."""
    return select(
        Tally.document_id,
        Tally.group_code,
        func.max(Tally.people).label("people"),
        func.sum(Tally.grams).label("grams"),
        func.sum(Tally.due_grams).label("due_grams"),
        Tally.reversed_by,
    ).group_by(Tally.document_id, Tally.group_code, Tally.reversed_by)


def _handed() -> Subquery:
    return (
        select(
            Handout.session_id,
            func.count(Handout.person_code.distinct()).label("people"),
            func.sum(Handout.grams).label("grams"),
        )
        .where(Handout.reversed_by.is_(None))
        .group_by(Handout.session_id)
        .subquery("handed")
    )


def _tallied() -> Subquery:
    counts = (
        select(
            Tally.session_id,
            Tally.document_id,
            Tally.group_code,
            func.max(Tally.people).label("people"),
            func.sum(Tally.grams).label("grams"),
        )
        .where(Tally.reversed_by.is_(None))
        .group_by(Tally.session_id, Tally.document_id, Tally.group_code)
        .subquery()
    )
    return (
        select(
            counts.c.session_id,
            func.sum(counts.c.people).label("people"),
            func.sum(counts.c.grams).label("grams"),
        )
        .group_by(counts.c.session_id)
        .subquery("tallied")
    )


def _sessions() -> Select[*tuple[object, ...]]:
    handed, tallied = _handed(), _tallied()
    return (
        select(
            DistributionSession.id,
            DistributionSession.cycle_code,
            _CYCLE.c.name.label("cycle_name"),
            DistributionSession.site_code,
            _PLACE.c.name.label("site_name"),
            _PLACE.c.commune_pcode,
            _AREA.c.name.label("commune"),
            DistributionSession.held_on,
            DistributionSession.state,
            DistributionSession.leader,
            and_(DistributionSession.held_on <= _CYCLE.c.ends_on).label("is_in_window"),
            func.coalesce(handed.c.people, 0).label("served"),
            cast(func.coalesce(tallied.c.people, 0), BigInteger).label("tallied"),
            # PostgreSQL sums bigints into a numeric; grams stay integers.
            cast(func.coalesce(handed.c.grams, 0) + func.coalesce(tallied.c.grams, 0), BigInteger).label(
                "grams"
            ),
        )
        .join(_PLACE, _PLACE.c.code == DistributionSession.site_code)
        .join(_CYCLE, _CYCLE.c.code == DistributionSession.cycle_code)
        .outerjoin(_AREA, _AREA.c.pcode == _PLACE.c.commune_pcode)
        .outerjoin(handed, handed.c.session_id == DistributionSession.id)
        .outerjoin(tallied, tallied.c.session_id == DistributionSession.id)
    )
