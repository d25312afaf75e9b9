"""Tables of the register, sessions, their closed lists, handouts and tallies."""

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Instant, one_of
from supply.distribution.words import BirthKnown, DuplicateDecision, SessionState, Sex, StatusKind


class Household(Base):
    """People who live together; `code` is on their card."""

    __tablename__ = "household"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    head_name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(240), index=True)
    # Head of household without case and accents, for the search only.
    village: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_illustrative: Mapped[bool] = mapped_column(default=False)


class Person(Base):
    """One person of a household. Names are kept as given."""

    __tablename__ = "person"
    __table_args__ = (one_of("sex", Sex), one_of("birth_known", BirthKnown))

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    household_code: Mapped[str] = mapped_column(ForeignKey("household.code"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(240), index=True)
    # Without case and accents, for the search only.
    sex: Mapped[str] = mapped_column(String(8))
    born_on: Mapped[dt.date] = mapped_column(index=True)
    birth_known: Mapped[str] = mapped_column(String(20))


class PersonStatus(Base):
    """A time, both days inclusive, in which a woman is pregnant or breastfeeding."""

    __tablename__ = "person_status"
    __table_args__ = (
        one_of("kind", StatusKind),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="in_order"),
    )

    person_code: Mapped[str] = mapped_column(ForeignKey("person.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    from_on: Mapped[dt.date] = mapped_column(primary_key=True)
    until_on: Mapped[dt.date | None]


class Enrolment(Base):
    """A person on the list of a site; withdrawn is not deleted. At most one living enrolment per person."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index(
            "uq_enrolment_living",
            "person_code",
            "programme_code",
            unique=True,
            sqlite_where=text("withdrawn_on IS NULL"),
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        CheckConstraint("withdrawn_on IS NULL OR enrolled_on <= withdrawn_on", name="in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_code: Mapped[str] = mapped_column(ForeignKey("person.code"), index=True)
    programme_code: Mapped[str] = mapped_column(ForeignKey("programme.code"))
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    enrolled_on: Mapped[dt.date]
    withdrawn_on: Mapped[dt.date | None]
    # First day on which the person is no longer on the list.
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")


class PossibleDuplicate(Base):
    """Two persons who may be one; `decision` is a person's, never the program's."""

    __tablename__ = "possible_duplicate"
    __table_args__ = (
        CheckConstraint("person_code < other_code", name="in_order"),
        CheckConstraint("decision IS NULL OR decision IN ('different', 'same')", name="decision_known"),
    )

    person_code: Mapped[str] = mapped_column(ForeignKey("person.code"), primary_key=True)
    other_code: Mapped[str] = mapped_column(ForeignKey("person.code"), primary_key=True)
    found_at: Mapped[dt.datetime] = mapped_column(Instant)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))


class DistributionSession(Base):
    """A distribution at a site on a day of a cycle."""

    __tablename__ = "distribution_session"
    __table_args__ = (one_of("state", SessionState), UniqueConstraint("cycle_code", "site_code", "held_on"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"))
    site_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    held_on: Mapped[dt.date]
    state: Mapped[str] = mapped_column(String(8))
    leader: Mapped[str] = mapped_column(String(120), default="")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    opened_at: Mapped[dt.datetime] = mapped_column(Instant)
    closed_at: Mapped[dt.datetime | None] = mapped_column(Instant)


class ListEntry(Base):
    """The list of a session as it was when it closed, so that later edits of the register change no figure.

    `group_code` is the person's group on the distribution day; None with `reason` when not eligible.
    """

    __tablename__ = "list_entry"
    __table_args__ = (CheckConstraint("(group_code IS NULL) <> (reason IS NULL)", name="group_or_reason"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("distribution_session.id"), primary_key=True)
    person_code: Mapped[str] = mapped_column(ForeignKey("person.code"), primary_key=True)
    group_code: Mapped[str | None] = mapped_column(ForeignKey("target_group.code"))
    reason: Mapped[str | None] = mapped_column(String(24))


class Handout(Base):
    """One person's ration of one product in a cycle. `document_id` moved the grams in the ledger.

    `due_grams` is the ration of the cycle on that day; `grams` is what was given. A handout that was
    taken back keeps its row with the reversing document; only one living handout per cycle, person and
    product can exist.
    """

    __tablename__ = "handout"
    __table_args__ = (
        CheckConstraint("grams > 0", name="grams_positive"),
        CheckConstraint("due_grams > 0", name="due_positive"),
        Index(
            "uq_handout_living",
            "cycle_code",
            "person_code",
            "product_code",
            unique=True,
            sqlite_where=text("reversed_by IS NULL"),
            postgresql_where=text("reversed_by IS NULL"),
        ),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    person_code: Mapped[str] = mapped_column(ForeignKey("person.code"), primary_key=True, index=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"), primary_key=True)
    cycle_code: Mapped[str] = mapped_column(ForeignKey("cycle.code"))
    group_code: Mapped[str] = mapped_column(ForeignKey("target_group.code"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("distribution_session.id"), index=True)
    grams: Mapped[int] = mapped_column(BigInteger)
    due_grams: Mapped[int] = mapped_column(BigInteger)
    received_by: Mapped[str] = mapped_column(String(120), default="")
    # Name of the proxy when it was not the person or the mother.
    reversed_by: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))


class Tally(Base):
    """People of a group served at a session without a list, and what they received together."""

    __tablename__ = "tally"
    __table_args__ = (
        CheckConstraint("people > 0", name="people_positive"),
        CheckConstraint("grams > 0", name="grams_positive"),
        CheckConstraint("due_grams > 0", name="due_positive"),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("target_group.code"), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("distribution_session.id"), index=True)
    people: Mapped[int]
    grams: Mapped[int] = mapped_column(BigInteger)
    due_grams: Mapped[int] = mapped_column(BigInteger)
    reversed_by: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))


__all__ = [
    "BirthKnown",
    "DistributionSession",
    "DuplicateDecision",
    "Enrolment",
    "Handout",
    "Household",
    "ListEntry",
    "Person",
    "PersonStatus",
    "PossibleDuplicate",
    "SessionState",
    "Sex",
    "StatusKind",
    "Tally",
]
