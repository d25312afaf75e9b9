"""Reads of users."""

from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.errors import NotFound
from supply.i18n import N_
from supply.people.models import User, UserPlace
from supply.people.rights import ROLE_NAMES
from supply.people.words import Role


class UserRow(msgspec.Struct, frozen=True, kw_only=True):
    """A user as the administrator sees them; no places means all."""

    user_id: UUID
    login: str
    name: str
    role: Role
    role_label: str
    is_active: bool
    places: tuple[str, ...]


def users(session: Session) -> tuple[UserRow, ...]:
    """Every user, by log-in name."""
    places: dict[UUID, list[str]] = {}
    for user_id, code in session.execute(
        select(UserPlace.user_id, UserPlace.place_code).order_by(UserPlace.place_code)
    ):
        places.setdefault(user_id, []).append(code)
    return tuple(
        UserRow(
            user_id=row.id,
            login=row.login,
            name=row.name,
            role=Role(row.role),
            role_label=ROLE_NAMES[Role(row.role)],
            is_active=row.is_active,
            places=tuple(places.get(row.id, ())),
        )
        for row in session.execute(
            select(User.id, User.login, User.name, User.role, User.is_active).order_by(User.login)
        )
    )


class UserUnknown(NotFound):
    """No such user."""

    code: ClassVar[str] = "user-unknown"
    title = N_("There is no user {login}.")


def user_named(session: Session, login: str) -> UserRow:
    """The user of a log-in name; raises UserUnknown."""
    for row in users(session):
        if row.login == login:
            return row
    raise UserUnknown(login=login)
