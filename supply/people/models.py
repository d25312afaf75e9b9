"""Tables of users, the places they answer for, and log-in sessions."""

import datetime as dt
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Instant, one_of
from supply.people.words import Role


class User(Base):
    """A person who may log in."""

    __tablename__ = "app_user"
    __table_args__ = (one_of("role", Role),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)


class UserPlace(Base):
    """A place the user answers for; a user without any answers for all places of the role."""

    __tablename__ = "user_place"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("place.code"), primary_key=True)


class LoginSession(Base):
    """One log-in; only the hash of its token is kept."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    expires_at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
