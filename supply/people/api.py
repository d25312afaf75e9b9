"""Log-in for programs, and who may use the service."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from supply.db import Database
from supply.people.attempts import Attempts
from supply.people.queries import UserRow, users
from supply.people.rights import Actor, Right, require
from supply.people.sessions import LoggedIn, end_session, log_in
from supply.settings import Settings
from supply.web.reader import LOG_IN_BYTES, address_of


class LogIn(msgspec.Struct, frozen=True):
    """A name and its password."""

    login: str
    password: str


class PeopleApi(Controller):
    """Tokens and users."""

    path = "/api/people"
    tags = ["people"]

    @post(
        "/log-in",
        operation_id="LogIn",
        sync_to_thread=True,
        opt={"public": True},
        status_code=201,
        request_max_body_size=LOG_IN_BYTES,
    )
    def log_in(
        self,
        *,
        request: Request[Any, Any, Any],
        data: JSONBody[LogIn],
        db: NamedDependency[Database],
        attempts: NamedDependency[Attempts],
        now: NamedDependency[dt.datetime],
        settings: NamedDependency[Settings],
    ) -> LoggedIn:
        """A token for the header `Authorization: Bearer …`."""
        return log_in(
            db,
            attempts,
            data.login,
            data.password,
            address=address_of(request),
            now=now,
            hours=settings.session_hours,
        )

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
