"""Answering with a page: the shell around it, feedback after a form, a form again with its faults."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Redirect, Response, Template

from supply.errors import SupplyError
from supply.i18n import N_, gettext, language, translate
from supply.people.rights import ROLE_NAMES, Actor
from supply.people.words import Role
from supply.web import csrf
from supply.web.forms import NO_OTHER_NAMES, Faults, faults_of
from supply.web.parts import Notice
from supply.web.reader import NOTICE_COOKIE


class Link(msgspec.Struct, frozen=True):
    """An entry of the navigation; `roles` None shows it to everybody."""

    label: str
    href: str
    roles: frozenset[Role] | None = None


class Chrome(msgspec.Struct, frozen=True, kw_only=True):
    """What the shell of every page shows."""

    title: str
    language: str
    user_name: str | None
    role_label: str
    links: tuple[tuple[str, str, bool], ...]
    csrf: str
    path: str
    notices: tuple[Notice, ...]
    refusals: tuple[str, ...]
    is_demo: bool


class Page(Template):
    """A template with its one Struct; the shell is made from the request when it is rendered."""

    def __init__(self, template: str, content: msgspec.Struct, *, title: str, status: int = 200) -> None:
        super().__init__(template, media_type=MediaType.HTML, status_code=status)
        self.content_struct = content
        self.title = title
        self.refusals: tuple[str, ...] = ()
        # Told above the page unless its form tells them: that may be gone, somebody else was quicker.

    def create_template_context(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        is_demo = request.app.state.is_demo()
        return {
            "chrome": chrome_of(request, gettext(self.title), refusals=self.refusals, is_demo=is_demo),
            "page": self.content_struct,
        }


class ErrorPage(Page):
    """The page of a refusal; it asks the database nothing, since that may be what failed."""

    def create_template_context(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        return {"chrome": chrome_of(request, self.title, is_demo=False), "page": self.content_struct}


def page(template: str, content: msgspec.Struct, *, title: str, status: int = 200) -> Page:
    """A page: `title` is a message id; a name that is not a message stays as it is."""
    return Page(template, content, title=title, status=status)


def chrome_of(
    request: Request[Any, Any, Any], title: str, *, refusals: tuple[str, ...] = (), is_demo: bool
) -> Chrome:
    """The shell for this reader."""
    actor: Actor | None = request.scope.get("user")
    path = request.url.path
    links: tuple[Link, ...] = request.app.state.navigation if actor else ()
    shown = [link for link in links if link.roles is None or (actor and actor.role in link.roles)]
    current = max((link.href for link in shown if _is_within(path, link.href)), key=len, default="")
    said = request.cookies.get(NOTICE_COOKIE)
    return Chrome(
        title=title,
        language=language(),
        user_name=actor.name if actor else None,
        role_label=gettext(ROLE_NAMES[actor.role]) if actor else "",
        links=tuple((gettext(link.label), link.href, link.href == current) for link in shown),
        csrf=csrf.for_form(),
        path=quote(_path(path)),
        notices=(Notice("good", unquote(said)),) if said else (),
        refusals=refusals,
        is_demo=is_demo,
    )


def _is_within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))


def see_other(href: str, notice: str | None = None, **facts: object) -> Response[Any]:
    """Send the browser on after a form; `notice` is a message id shown once on the next page."""
    cookies = (
        [
            Cookie(
                key=NOTICE_COOKIE, value=quote(translate(notice, facts)), path="/", max_age=20, samesite="lax"
            )
        ]
        if notice
        else []
    )
    return Redirect(path=href, status_code=303, cookies=cookies)


def submit(
    attempt: Callable[[], Response[Any]],
    *,
    again: Callable[[Faults], Response[Any]],
    called: Mapping[str, str] = NO_OTHER_NAMES,
) -> Response[Any]:
    """Answer a sent form: what `attempt` answers, or the form again with its faults.

    `called` are the form's names of fields that the command calls otherwise.
    """
    try:
        return attempt()
    except SupplyError as error:
        faults = faults_of(error, called)
        shown = again(faults)
        if isinstance(shown, Page):
            shown.refusals = tuple(text for _, text in faults.summary_rows())
        shown.status_code = error.status
        return shown


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What an error page shows."""

    title: str
    text: str
    code: str | None = None
    href: str = "/"
    label: str = ""


def error_page(request: Request[Any, Any, Any], status: int, title: str, text: str, code: str | None) -> Page:
    """The page for a refusal; leads back to where the person came from."""
    back = _own_page(request) if request.method not in {"GET", "HEAD"} else "/"
    content = Problem(title=title, text=text, code=code, href=back, label=gettext(N_("Back")))
    return ErrorPage("errors/error.html", content, title=title, status=status)


def _own_page(request: Request[Any, Any, Any]) -> str:
    """Path of the page that the browser came from; the front page when that was another site's."""
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc != request.headers.get("host") or not came_from.path.startswith("/"):
        return "/"
    return _path(came_from.path) + (f"?{came_from.query}" if came_from.query else "")


def _path(path: str) -> str:
    """A path as an address on this site: two slashes at its start would name another one."""
    return f"/{path.lstrip('/')}"


def today_of(now: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """Local day of the programme."""
    return now.astimezone(zone).date()
