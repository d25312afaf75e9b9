"""Every page that a role can reach from its first screen answers and is light."""

import re
from collections import deque
from html import unescape

import pytest

from supply.db import Database
from supply.demo.staff import LOGINS, PASSWORD
from tests.world import Browser, browse

ROLES = [one.login for one in LOGINS[:5]]
MOST_PAGES = 400
MOST_BYTES = 100_000
SKIPPED = re.compile(r"^/(static|logout|schema)|\?lang=|[?&](lang)=")
# Many pages of one kind are alike: this many of each are visited.
EACH_KIND = 2


def kind_of(path: str) -> str:
    """The address without what names one thing, such as an id or a code."""
    bare = path.split("?", maxsplit=1)[0]
    parts = ["*" if re.search(r"[0-9]|^[A-Z]", part) else part for part in bare.strip("/").split("/")]
    return "/".join(parts) + ("?" if "?" in path else "")


def crawl(client: Browser) -> dict[str, tuple[int, int, str]]:
    """Status, bytes without drawings, and text of each page found from the first screen."""
    seen: dict[str, tuple[int, int, str]] = {}
    counts: dict[str, int] = {}
    waiting = deque(["/"])
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if path in seen or SKIPPED.search(path):
            continue
        kind = kind_of(path)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > EACH_KIND:
            continue
        answer = client.get(path)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        written = re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.DOTALL) if is_page else ""
        seen[path] = (answer.status_code, len(written.encode()), answer.text if is_page else "")
        if is_page:
            waiting.extend(unescape(found) for found in re.findall(r'<a[^>]*href="(/[^"#]*)"', answer.text))
    return seen


@pytest.mark.parametrize("login", ROLES)
def test_every_link_leads_somewhere(demo: Database, login: str) -> None:
    from supply import clock  # noqa: PLC0415 - the demo lives today

    with browse(demo, now=clock.now()) as client:
        client.log_in(login, PASSWORD)
        pages = crawl(client)

    broken = {path: status for path, (status, _, _) in pages.items() if status != 200}
    heavy = {path: size for path, (_, size, text) in pages.items() if text and size > MOST_BYTES}
    assert len(pages) > 15
    assert broken == {}
    assert heavy == {}
