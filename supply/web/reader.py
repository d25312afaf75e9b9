"""Who asks and in which language; forms from elsewhere are refused before any handler runs."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import anyio.to_thread
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders, State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from supply.db import Database
from supply.errors import Invalid, NotAllowed
from supply.i18n import LANGUAGES, N_, set_language
from supply.people.rights import Actor
from supply.people.sessions import find_actor
from supply.web import csrf

Asked = Request[Actor | None, str | None, State]
SESSION_COOKIE = "session"
LANGUAGE_COOKIE = "lang"
NOTICE_COOKIE = "notice"
# One sentence about what was just done, shown on the next page and then forgotten.
LOG_IN_BYTES = 16_384
# A name and a password need no more, and this is what anybody may send.
YEAR_SECONDS = 31_536_000
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
}


class NotLoggedIn(NotAllowed):
    """Nobody is logged in; pages lead to the log-in."""

    status = 401
    code: ClassVar[str] = "not-logged-in"
    title = N_("Log in first; a log-in ends after a day of work.")


class FormFromElsewhere(NotAllowed):
    """The form did not come from a page of this service for this log-in."""

    code: ClassVar[str] = "form-from-elsewhere"
    title = N_(
        "This form is not from your log-in. Nothing was recorded; open the page again and send it from there."
    )


class FormUnreadable(Invalid):
    """A field of the form is in no encoding that can be read."""

    code: ClassVar[str] = "form-unreadable"
    title = N_("The form cannot be read; its texts must be UTF-8. Nothing was recorded.")


class ReaderMiddleware(ASGIMiddleware):
    """Finds the actor and the language, checks where forms come from, and hardens every answer."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, database: Database, clock: Callable[[], dt.datetime], default_language: str) -> None:
        self.database = database
        self.clock = clock
        self.default_language = default_language

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Asked = Request(scope, receive, send)
        token, is_browser = _token(request)
        actor = await anyio.to_thread.run_sync(self._actor, token) if token else None
        scope["user"] = actor
        scope["auth"] = token if actor else None
        csrf.reader_token.set(token if actor else None)
        asked = request.query_params.get("lang")
        set_language(
            asked
            if asked in LANGUAGES
            else request.cookies.get(LANGUAGE_COOKIE) or (actor.language if actor else self.default_language)
        )

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if actor is not None:
                    headers.setdefault("cache-control", "private, no-store")
                if NOTICE_COOKIE in request.cookies and headers.get("content-type", "").startswith(
                    "text/html"
                ):
                    headers.add("set-cookie", f"{NOTICE_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax")
                if asked in LANGUAGES:
                    headers.add(
                        "set-cookie",
                        f"{LANGUAGE_COOKIE}={asked}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax",
                    )
            await send(message)

        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            await self._refuse_foreign(request, token if actor else None, is_browser=is_browser)
        await next_app(scope, receive, send_hardened)

    def _actor(self, token: str) -> Actor | None:
        with self.database.snapshot() as session:
            return find_actor(session, token, now=self.clock())

    async def _refuse_foreign(self, request: Asked, token: str | None, *, is_browser: bool) -> None:
        if csrf.is_from_elsewhere(request.headers):
            raise FormFromElsewhere
        if token is None or request.content_type[0] == "application/json":
            # No form of another site can send JSON without our leave.
            return
        try:
            form = await request.form()
        except (UnicodeError, LookupError) as error:
            # The parser decodes a field with whatever charset the field itself names.
            raise FormUnreadable from error
        if is_browser and not csrf.is_right(token, str(form.get(csrf.FIELD, ""))):
            # Nor can it send a bearer token.
            await form.close()
            raise FormFromElsewhere


def _token(request: Asked) -> tuple[str | None, bool]:
    """The log-in token and whether a browser sent it as a cookie."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip(), False
    return request.cookies.get(SESSION_COOKIE), True


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where the request comes from; a proxy on this machine tells it in X-Forwarded-For."""
    return request.client.host if request.client else ""


def require_log_in(
    connection: ASGIConnection[BaseRouteHandler, Actor | None, str | None, State], handler: BaseRouteHandler
) -> None:
    """Guard of every route that does not say `public`."""
    if not handler.opt.get("public") and connection.scope.get("user") is None:
        raise NotLoggedIn
