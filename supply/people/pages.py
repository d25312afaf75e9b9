"""Pages: log in, log out, and the administrator's list of users."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Response, Template

from supply.db import Database
from supply.i18n import N_, gettext
from supply.people.attempts import Attempts
from supply.people.queries import UserRow, user_named, users
from supply.people.rights import ROLE_NAMES, Actor, Right, require
from supply.people.sessions import end_session, log_in
from supply.people.users import AddUser, ChangeUser, add_user, change_user
from supply.people.words import Role
from supply.settings import Settings
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.reader import LOG_IN_BYTES, SESSION_COOKIE, address_of


class LoginPage(msgspec.Struct, frozen=True):
    """The log-in form."""

    form: Form


class UsersPage(msgspec.Struct, frozen=True):
    """Everybody who may log in, and a form for somebody new."""

    users: tuple[UserRow, ...]
    form: Form


class UserPage(msgspec.Struct, frozen=True):
    """One user's form."""

    login: str
    form: Form


def _login_form(login: str, target: str, faults: Faults) -> Template:
    form = Form(
        action="/login",
        id="login",
        fields=(
            Field(name="next", label="", kind="hidden", value=target),
            Field(name="login", label=gettext(N_("Log-in name")), value=login, is_required=True),
            Field(name="password", label=gettext(N_("Password")), kind="password", is_required=True),
        ),
        submit_label=gettext(N_("Log in")),
        error_summary=faults.summary_rows(),
    )
    return page("people/login.html", LoginPage(form), title=N_("Log in"))


def _own_path(target: str) -> str:
    """The page to go to after the log-in; never another site's."""
    is_own = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_own and target.isprintable() else "/"


class LoginPages(Controller):
    """Log in and out."""

    path = "/"
    include_in_schema = False

    @get("/login", operation_id="LoginForm", sync_to_thread=False, opt={"public": True})
    def login_form(self, next: FromQuery[str] = "/") -> Template:  # noqa: A002 - the name in the address
        return _login_form("", _own_path(next), Faults())

    @post(
        "/login",
        operation_id="LoginSubmit",
        sync_to_thread=True,
        opt={"public": True},
        status_code=303,
        request_max_body_size=LOG_IN_BYTES,
    )
    def login_submit(
        self,
        *,
        request: Request[Any, Any, Any],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        attempts: NamedDependency[Attempts],
        now: NamedDependency[dt.datetime],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        reader = FormReader(data)
        login, target = reader.raw("login"), _own_path(reader.raw("next") or "/")

        def attempt() -> Response[Any]:
            started = log_in(
                db,
                attempts,
                login,
                reader.raw("password"),
                address=address_of(request),
                now=now,
                hours=settings.session_hours,
            )
            cookie = Cookie(
                key=SESSION_COOKIE,
                value=started.token,
                path="/",
                max_age=settings.session_hours * 3600,
                httponly=True,
                samesite="lax",
                secure=settings.cookie_secure,
            )
            return Redirect(path=target, status_code=303, cookies=[cookie])

        return submit(attempt, again=lambda faults: _login_form(login, target, faults))

    @post("/logout", operation_id="Logout", sync_to_thread=True, status_code=303)
    def logout(self, request: Request[Actor, str, Any], db: NamedDependency[Database]) -> Response[Any]:
        with db.transaction() as session:
            end_session(session, request.auth)
        return Redirect(
            path="/login", status_code=303, cookies=[Cookie(key=SESSION_COOKIE, path="/", max_age=0)]
        )


def _user_fields(reader: FormReader, faults: Faults, row: UserRow | None) -> tuple[Field, ...]:
    role = reader.raw("role") or (row.role if row else Role.KEEPER)
    new = row is None
    return (
        Field(
            name="login",
            label=gettext(N_("Log-in name")),
            kind="text" if new else "static",
            value=row.login if row else reader.raw("login"),
            error=faults.fields.get("login"),
            is_required=new,
        ),
        Field(
            name="name",
            label=gettext(N_("Full name")),
            value=reader.again("name", row.name if row else ""),
            error=faults.fields.get("name"),
            is_required=True,
        ),
        Field(
            name="role",
            label=gettext(N_("Role")),
            kind="select",
            options=tuple(Option(one, gettext(ROLE_NAMES[one]), one == role) for one in Role),
            error=faults.fields.get("role"),
        ),
        Field(
            name="places",
            label=gettext(N_("Places")),
            value=reader.again("places", ", ".join(row.places) if row else ""),
            hint=gettext(N_("Codes of places, separated by commas; empty for all.")),
            error=faults.fields.get("places"),
        ),
        Field(
            name="password",
            label=gettext(N_("Password") if new else N_("New password")),
            kind="password",
            hint=None if new else gettext(N_("Leave empty to keep the present one.")),
            error=faults.fields.get("password"),
            is_required=new,
        ),
    )


class UserPages(Controller):
    """The administrator's pages."""

    path = "/people"
    include_in_schema = False

    @get(operation_id="UsersPage", sync_to_thread=True)
    def show(self, db: NamedDependency[Database], actor: NamedDependency[Actor]) -> Template:
        return self._list(db, actor, FormReader({}), Faults())

    @post(operation_id="AddUserSubmit", sync_to_thread=True, status_code=303)
    def add(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            login, name = reader.text("login"), reader.text("name", max_length=120)
            role, password = reader.choice("role", Role), reader.text("password")
            places = _codes(reader)
            reader.finish()
            command = AddUser(login=login, name=name, role=Role(role), password=password, places=places)
            with db.transaction() as session:
                saved = add_user(session, command, actor=actor, now=now)
            return see_other("/people", N_("{login} can log in now."), login=saved.login)

        return submit(attempt, again=lambda faults: self._list(db, actor, FormReader(data), faults))

    @get("/{login:str}", operation_id="UserPage", sync_to_thread=True)
    def edit(
        self, login: FromPath[str], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        return self._one(login, db, actor, FormReader({}), Faults())

    @post("/{login:str}", operation_id="ChangeUserSubmit", sync_to_thread=True, status_code=303)
    def change(
        self,
        login: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            reader = FormReader(data)
            name, role = reader.text("name", max_length=120), reader.choice("role", Role)
            password, places = reader.text("password", required=False), _codes(reader)
            is_active = reader.flag("is_active")
            reader.finish()
            command = ChangeUser(
                login=login,
                name=name,
                role=Role(role),
                password=password or None,
                places=places,
                is_active=is_active,
            )
            with db.transaction() as session:
                change_user(session, command, actor=actor, now=now)
            return see_other("/people", N_("{login} is changed."), login=login)

        return submit(attempt, again=lambda faults: self._one(login, db, actor, FormReader(data), faults))

    def _list(self, db: Database, actor: Actor, reader: FormReader, faults: Faults) -> Template:
        require(actor, Right.MANAGE_USERS)
        with db.snapshot() as session:
            rows = users(session)
        form = Form(
            action="/people",
            id="user",
            fields=_user_fields(reader, faults, None),
            submit_label=gettext(N_("Let log in")),
            error_summary=faults.summary_rows(),
        )
        return page("people/users.html", UsersPage(rows, form), title=N_("Users"))

    def _one(self, login: str, db: Database, actor: Actor, reader: FormReader, faults: Faults) -> Template:
        require(actor, Right.MANAGE_USERS)
        with db.snapshot() as session:
            row = user_named(session, login)
        is_active = reader.flag("is_active") if reader.names() else row.is_active
        active = Field(
            name="is_active", label=gettext(N_("May log in")), kind="checkbox", value="1" if is_active else ""
        )
        form = Form(
            action=f"/people/{login}",
            id="user",
            fields=(*_user_fields(reader, faults, row), active),
            submit_label=gettext(N_("Save")),
            error_summary=faults.summary_rows(),
        )
        return page("people/user.html", UserPage(login, form), title=N_("User"))


def _codes(reader: FormReader) -> tuple[str, ...]:
    return tuple(code.strip() for code in reader.raw("places").split(",") if code.strip())


CONTROLLERS = [LoginPages, UserPages]
