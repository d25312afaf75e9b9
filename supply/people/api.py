"""Log-in for programs, and who may use the service."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from supply.db import Database
from supply.people.queries import UserRow, users
from supply.people.rights import Actor, Right, require
from supply.people.sessions import LoggedIn, check_password, end_session, start_session
from supply.settings import Settings


class LogIn(msgspec.Struct, frozen=True):
    """A name and its password."""

    login: str
    password: str


class PeopleApi(Controller):
    """Tokens and users."""

    path = "/api/people"
    tags = ["people"]

    @post("/log-in", operation_id="LogIn", sync_to_thread=True, opt={"public": True}, status_code=201)
    def log_in(
        self,
        data: JSONBody[LogIn],
        db: NamedDependency[Database],
        now: NamedDependency[dt.datetime],
        settings: NamedDependency[Settings],
    ) -> LoggedIn:
        """A token for the header `Authorization: Bearer …`."""
        with db.snapshot() as session:
            credentials = check_password(session, data.login, data.password)
        with db.transaction() as session:
            return start_session(session, credentials, now=now, hours=settings.session_hours)

    @post("/log-out", operation_id="LogOut", sync_to_thread=True, status_code=204)
    def log_out(self, request: Request[Actor, str, Any], db: NamedDependency[Database]) -> None:
        """Forget the token."""
        with db.transaction() as session:
            end_session(session, request.auth)

    @get("/me", operation_id="Me", sync_to_thread=False)
    def me(self, actor: NamedDependency[Actor]) -> Actor:
        """Who the token belongs to."""
        return actor

    @get("/users", operation_id="Users", sync_to_thread=True)
    def users(self, db: NamedDependency[Database], actor: NamedDependency[Actor]) -> tuple[UserRow, ...]:
        """Everybody who may log in."""
        require(actor, Right.MANAGE_USERS)
        with db.snapshot() as session:
            return users(session)


CONTROLLERS = [PeopleApi]
