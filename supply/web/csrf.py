"""Proof that a form came from our own page.

A token is a random salt and the HMAC of that salt under the reader's log-in token, which no other site can
read. It needs no storage, outlives a restart, and differs on every page, so that compression leaks nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from urllib.parse import urlsplit

FIELD = "_csrf_token"
reader_token: ContextVar[str | None] = ContextVar("reader_token", default=None)
# Log-in token of the reader being answered, so that forms find it without every page handing it on.


def for_form() -> str:
    """A token for a form of the page being rendered; empty when nobody is logged in."""
    token = reader_token.get()
    return make(token) if token else ""


def make(session_token: str) -> str:
    salt = secrets.token_hex(8)
    return f"{salt}.{_sign(session_token, salt)}"


def is_right(session_token: str, sent: str) -> bool:
    salt, _, signature = sent.partition(".")
    return hmac.compare_digest(signature.encode(), _sign(session_token, salt).encode())


def _sign(session_token: str, salt: str) -> str:
    return hmac.new(session_token.encode(), salt.encode(), hashlib.sha256).hexdigest()


def is_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """True when the browser says that another site sent the request. Programs say neither and pass."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
