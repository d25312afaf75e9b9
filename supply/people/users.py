"""Operations on users: the first administrator, new users, passwords, places, and leaving."""

import datetime as dt
import re
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from supply.db import lock_places
from supply.errors import Conflict, FieldFaults
from supply.i18n import LANGUAGES, N_
from supply.ids import new_id
from supply.people.models import LoginSession, User, UserPlace
from supply.people.queries import UserUnknown
from supply.people.rights import Actor, Right, require
from supply.people.sessions import MAX_PASSWORD, hash_password
from supply.people.words import Role

MIN_PASSWORD = 10
# Length counts more than characters' kinds (NIST SP 800-63B asks for at least 8).
MAX_NAME = 120
# Characters; the width of its column.
_LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{1,62}$")


class LoginTaken(Conflict):
    """Somebody has this name already."""

    code: ClassVar[str] = "login-taken"
    title = N_("The log-in name {login} is taken; choose another.")


class AlreadyFounded(Conflict):
    """There are users; the first administrator is made once."""

    code: ClassVar[str] = "already-founded"
    title = N_("There are users already; an administrator can add more.")


class LastAdministrator(Conflict):
    """Nobody else could let people in."""

    code: ClassVar[str] = "last-administrator"
    title = N_("This is the last administrator; make somebody else administrator first.")


class AddUser(msgspec.Struct, frozen=True, kw_only=True):
    """A new user; no places means all places of the role."""

    login: str
    name: str
    role: Role
    password: str
    places: tuple[str, ...] = ()
    language: str = "fr"


class ChangeUser(msgspec.Struct, frozen=True, kw_only=True):
    """What changes of a user; None leaves it. A new password or leaving ends all log-ins."""

    login: str
    name: str | None = None
    role: Role | None = None
    password: str | None = None
    places: tuple[str, ...] | None = None
    is_active: bool | None = None


class UserSaved(msgspec.Struct, frozen=True, kw_only=True):
    """The user as stored."""

    user_id: UUID
    login: str


def found(session: Session, command: AddUser, *, now: dt.datetime) -> UserSaved:
    """Make the first administrator of an empty service; nobody can be asked for rights yet."""
    if session.scalar(select(func.count()).select_from(User)):
        raise AlreadyFounded
    return _insert(session, msgspec.structs.replace(command, role=Role.ADMINISTRATOR), now)


def add_user(session: Session, command: AddUser, *, actor: Actor, now: dt.datetime) -> UserSaved:
    """Let somebody new log in."""
    require(actor, Right.MANAGE_USERS)
    return _insert(session, command, now)


def change_user(session: Session, command: ChangeUser, *, actor: Actor, now: dt.datetime) -> UserSaved:
    """Change what is given of a user."""
    require(actor, Right.MANAGE_USERS)
    user_id = session.scalar(select(User.id).where(User.login == command.login))
    if user_id is None:
        raise UserUnknown(login=command.login)
    changes: dict[str, object] = {}
    if command.name is not None:
        _refuse_name(command.name)
        changes["name"] = command.name.strip()
    if command.role is not None:
        changes["role"] = command.role
    if command.is_active is not None:
        changes["is_active"] = command.is_active
    if command.password is not None:
        _refuse_weak(command.password)
        changes["password_hash"] = hash_password(command.password)
    if command.is_active is False or command.role not in {None, Role.ADMINISTRATOR}:
        _refuse_without_administrator(session, user_id)
    if changes:
        session.execute(update(User).where(User.id == user_id).values(changes))
    if command.password is not None or command.is_active is False:
        session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
    if command.places is not None:
        session.execute(delete(UserPlace).where(UserPlace.user_id == user_id))
        session.add_all(UserPlace(user_id=user_id, place_code=code) for code in command.places)
    return UserSaved(user_id=user_id, login=command.login)


def _refuse_weak(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise FieldFaults(
            {"password": N_("Choose a password of at least {minimum} characters.")},
            {"password": {"minimum": MIN_PASSWORD}},
        )
    if len(password) > MAX_PASSWORD:
        raise FieldFaults(
            {"password": N_("Write at most {maximum} characters.")}, {"password": {"maximum": MAX_PASSWORD}}
        )


def _refuse_name(name: str) -> None:
    if not name.strip():
        raise FieldFaults({"name": N_("Write the person's name.")})
    if len(name) > MAX_NAME:
        raise FieldFaults(
            {"name": N_("Write at most {maximum} characters.")}, {"name": {"maximum": MAX_NAME}}
        )


def _refuse_without_administrator(session: Session, leaving: UUID) -> None:
    """Somebody else must be left who can let people in."""
    lock_places(session, ["administrators"])
    # Two administrators who leave at once would each still see the other.
    others = select(User.id).where(User.role == Role.ADMINISTRATOR, User.is_active, User.id != leaving)
    if session.execute(others.limit(1)).first() is None:
        raise LastAdministrator


def _insert(session: Session, command: AddUser, now: dt.datetime) -> UserSaved:
    faults: dict[str, str] = {}
    login = command.login.strip().lower()
    if not _LOGIN.match(login):
        faults["login"] = N_("Use 2 to 63 letters, digits, dots or dashes.")
    if not command.name.strip():
        faults["name"] = N_("Write the person's name.")
    if command.language not in LANGUAGES:
        faults["language"] = N_("Choose one of the languages.")
    if faults:
        raise FieldFaults(faults)
    _refuse_name(command.name)
    _refuse_weak(command.password)
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise LoginTaken(login=login)
    user = User(
        id=new_id(),
        login=login,
        name=command.name.strip(),
        role=command.role,
        password_hash=hash_password(command.password),
        language=command.language,
        created_at=now,
    )
    session.add(user)
    session.flush()
    session.add_all(UserPlace(user_id=user.id, place_code=code) for code in command.places)
    session.flush()
    return UserSaved(user_id=user.id, login=login)
