"""Logging in and out, and finding the actor of a token. Only a token's hash is stored."""

import datetime as dt
import hashlib
import secrets
from functools import cache
from typing import ClassVar
from uuid import UUID

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from supply.db import Database
from supply.errors import NotAllowed
from supply.i18n import N_
from supply.people.attempts import Attempts
from supply.people.models import LoginSession, User, UserPlace
from supply.people.rights import Actor
from supply.people.words import Role


class LoginRefused(NotAllowed):
    """Name and password do not belong together; which of the two is wrong is not told."""

    code: ClassVar[str] = "login-refused"
    title = N_(
        "The name and the password do not match. Check both, or ask the administrator for a new password."
    )


class LoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new log-in: the secret token goes to the caller once."""

    token: str
    expires_at: dt.datetime
    language: str


MAX_PASSWORD = 1000
# Characters; hashing a megabyte would only keep the service busy.
_hasher = PasswordHasher()


@cache
def _dummy_hash() -> str:
    """Verified for unknown names, so that the time taken does not tell which names exist."""
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Argon2id with the library's current parameters; takes about 0.1 s on purpose."""
    return _hasher.hash(password)


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Credentials(msgspec.Struct, frozen=True):
    """Who a name and password belong to."""

    user_id: UUID
    language: str


def check_password(session: Session, login: str, password: str) -> Credentials:
    """The user of a name and password; raises LoginRefused.

    Slow on purpose: call it in a snapshot, not in a write.
    """
    if len(password) > MAX_PASSWORD:
        raise LoginRefused(login=login)
    row = session.execute(
        select(User.id, User.password_hash, User.language, User.is_active).where(
            User.login == login.strip().lower()
        )
    ).one_or_none()
    try:
        _hasher.verify(row.password_hash if row else _dummy_hash(), password)
    except (VerificationError, InvalidHashError) as error:
        raise LoginRefused(login=login) from error
    if row is None or not row.is_active:
        raise LoginRefused(login=login)
    return Credentials(row.id, row.language)


def log_in(
    database: Database,
    attempts: Attempts,
    login: str,
    password: str,
    *,
    address: str,
    now: dt.datetime,
    hours: int,
) -> LoggedIn:
    """A new log-in for a right name and password; raises LoginRefused or TooManyTries."""
    attempts.begin(login, address, now=now)
    with database.snapshot() as session:
        credentials = check_password(session, login, password)
    attempts.forgive(login, address)
    with database.transaction() as session:
        return start_session(session, credentials, now=now, hours=hours)


def start_session(session: Session, credentials: Credentials, *, now: dt.datetime, hours: int) -> LoggedIn:
    """Make a new token for a checked user and forget sessions that ended."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now))
    token = secrets.token_urlsafe(32)
    expires_at = now + dt.timedelta(hours=hours)
    session.add(
        LoginSession(
            token_hash=_hash_token(token), user_id=credentials.user_id, created_at=now, expires_at=expires_at
        )
    )
    return LoggedIn(token=token, expires_at=expires_at, language=credentials.language)


def end_session(session: Session, token: str) -> None:
    """Forget a token; an unknown one is no fault."""
    session.execute(delete(LoginSession).where(LoginSession.token_hash == _hash_token(token)))


def find_actor(session: Session, token: str, *, now: dt.datetime) -> Actor | None:
    """Who a token belongs to; None when it is unknown, ended, or its user may no longer log in."""
    user_id = session.scalar(
        select(LoginSession.user_id).where(
            LoginSession.token_hash == _hash_token(token), LoginSession.expires_at > now
        )
    )
    return None if user_id is None else _actor(session, User.id == user_id)


def actor_named(session: Session, login: str) -> Actor | None:
    """The active user of a log-in name, for the command line."""
    return _actor(session, User.login == login.strip().lower())


def _actor(session: Session, condition: object) -> Actor | None:
    rows = session.execute(
        select(User.id, User.login, User.name, User.role, User.language, UserPlace.place_code)
        .outerjoin(UserPlace, UserPlace.user_id == User.id)
        .where(condition, User.is_active)  # type: ignore[arg-type]  # a column expression, typed loosely upstream
    ).all()
    if not rows:
        return None
    first = rows[0]
    places = frozenset(row.place_code for row in rows if row.place_code is not None)
    return Actor(
        user_id=first.id,
        login=first.login,
        name=first.name,
        role=Role(first.role),
        places=places or None,
        language=first.language,
    )
