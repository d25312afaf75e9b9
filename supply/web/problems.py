"""Every refusal becomes one answer in the reader's language: problem+json under /api, a page elsewhere."""

import datetime as dt
import enum
import logging
import uuid
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import MediaType, Request
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.response import Redirect, Response

from supply.errors import FieldFaults, Invalid, NotFound, SupplyError
from supply.i18n import N_, gettext
from supply.operation import Malformed, name_fault
from supply.web.pages import error_page
from supply.web.reader import NotLoggedIn

log = logging.getLogger("supply.web")
PROBLEM_JSON = "application/problem+json"


class NoSuchPage(NotFound):
    """Nothing is at this address."""

    code = "no-such-page"
    title = N_("There is nothing at this address. It may have been mistyped.")


class NotThisWay(Invalid):
    """The address is right, the way of asking is not."""

    status = 405
    code = "method-not-allowed"
    title = N_("This address does not answer to {method}.")


class TooMuchSent(Invalid):
    """The body is larger than anything that this address takes."""

    status = 413
    code = "too-much-sent"
    title = N_("What was sent is too large. Nothing was recorded; send less at once.")


class Unreadable(Invalid):
    """The framework could not read the request."""

    code = "unreadable"
    title = N_("The request cannot be read: {fault}")


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date | uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    return value if isinstance(value, int | str | bool | None) else str(value)


def _is_api(request: Request[Any, Any, Any]) -> bool:
    return request.url.path.startswith(("/api/", "/health"))


def answer(request: Request[Any, Any, Any], error: SupplyError) -> Response[Any]:
    """The answer to one of our errors."""
    if _is_api(request):
        body: dict[str, object] = {
            "type": f"urn:supply:problem:{error.code}",
            "title": gettext(_TITLES.get(error.status, _TITLES[500])),
            "status": error.status,
            "detail": error.message(),
            "code": error.code,
            "facts": _plain(error.facts),
        }
        if isinstance(error, FieldFaults):
            body["fields"] = error.field_messages()
        return Response(body, status_code=error.status, media_type=PROBLEM_JSON)
    if isinstance(error, NotLoggedIn):
        target = request.url.path if request.method == "GET" else "/"
        return Redirect(f"/login?next={quote(target)}", status_code=303)
    title = gettext(_TITLES.get(error.status, _TITLES[500]))
    return error_page(request, error.status, title, error.message(), error.code)


_TITLES = {
    400: N_("Please correct"),
    401: N_("Please log in"),
    403: N_("Not yours to do"),
    404: N_("Not found"),
    405: N_("Not this way"),
    409: N_("Not as things stand"),
    413: N_("Too large"),
    415: N_("Not this way"),
    422: N_("Please correct"),
    429: N_("Too often"),
    500: N_("A fault of the service"),
    503: N_("Not now"),
}


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """The answer to a refusal of the framework, in our words."""
    if isinstance(error, ValidationException):
        return answer(request, _named(error))
    if isinstance(error, NotFoundException):
        return answer(request, NoSuchPage())
    if isinstance(error, MethodNotAllowedException) and request.method == "GET" and not _is_api(request):
        # Only forms are sent here; whoever opens the address again (a reload, a bookmark) wants the form. It
        # stands one step up, and a step that answers forms only sends on in its turn.
        return Redirect("/" + request.url.path.strip("/").rpartition("/")[0].strip("/"), status_code=303)
    if isinstance(error, MethodNotAllowedException):
        return answer(request, NotThisWay(method=request.method))
    if error.status_code == TooMuchSent.status:
        return answer(request, TooMuchSent())
    ours = Unreadable(fault=error.detail)
    ours.__class__ = type("Unreadable", (Unreadable,), {"status": error.status_code})
    return answer(request, ours)


def _named(error: ValidationException) -> Invalid:
    """Our error for the first fault that the framework found in the body or parameters."""
    faults: list[Any] = error.extra if isinstance(error.extra, list) else []
    if not faults:
        return name_fault(error.detail)
    first: dict[str, str] = faults[0] if isinstance(faults[0], dict) else {"message": str(faults[0])}
    return name_fault(first.get("message", error.detail), f"$.{first['key']}" if first.get("key") else "$")


def answer_recursion(request: Request[Any, Any, Any], error: RecursionError) -> Response[Any]:
    """A body nested thousands deep is its sender's fault; any other endless recursion is ours."""
    if "deserializing" in str(error):
        return answer(request, Malformed(place="$", fault=str(error)))
    return answer_unknown(request, error)


def answer_unknown(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An error that nobody foresaw: logged with an id, and only the id is told."""
    fault_id = uuid.uuid4().hex[:12]
    log.error("fault %s at %s %s", fault_id, request.method, request.url.path, exc_info=error)
    text = gettext(
        N_("Something in the service failed; it was written down under this number. Nothing was recorded.")
    )
    if _is_api(request):
        body = {
            "type": "urn:supply:problem:fault",
            "title": gettext(_TITLES[500]),
            "status": 500,
            "detail": text,
            "code": "fault",
            "facts": {"fault_id": fault_id},
        }
        return Response(body, status_code=500, media_type=PROBLEM_JSON)
    try:
        return error_page(request, 500, gettext(_TITLES[500]), text, fault_id)
    except Exception:  # noqa: BLE001 - the page of last resort may not fail for want of a page
        return Response(f"{text} {fault_id}", status_code=500, media_type=MediaType.TEXT)


HANDLERS: dict[int | type[Exception], Any] = {
    SupplyError: answer,
    HTTPException: answer_http,
    RecursionError: answer_recursion,
    Exception: answer_unknown,
}
