"""The address of a sent form, opened again by a reload or a bookmark, leads to the form and to no refusal."""

import re

import pytest
from litestar.handlers import HTTPRouteHandler

from supply.app import create_app
from supply.db import Database
from supply.settings import Settings
from tests.world import browse, make_world

FORMS = {
    "/inventory/issue/review": "/inventory/issue",
    "/inventory/issue/change": "/inventory/issue",
    "/inventory/count/review": "/inventory/count",
    "/inventory/count/change": "/inventory/count",
    "/inventory/close": "/inventory/documents",
    "/routing/plans": "/routing/needs",
}


@pytest.mark.parametrize("address", sorted(FORMS))
def test_a_sent_form_opened_again_is_the_form(database: Database, address: str) -> None:
    make_world(database)

    with browse(database) as client:
        client.log_in("officer")
        answer = client.get(address, follow_redirects=False)
        shown = client.get(address)

    assert (answer.status_code, answer.headers["location"]) == (303, FORMS[address])
    assert shown.status_code == 200


def test_every_address_that_takes_forms_only_stands_below_a_page() -> None:
    """The step up must lead somewhere: to a page, or to another such address below one."""
    app = create_app(Settings(database_url="sqlite:///:memory:"))
    methods: dict[str, set[str]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler):
                methods.setdefault(route.path, set()).update(map(str, handler.http_methods))
    sent_only = [
        path for path, known in methods.items() if "GET" not in known and not path.startswith("/api/")
    ]

    assert sent_only
    lost = [path for path in sent_only if (re.sub(r"/[^/]*$", "", path) or "/") not in methods]
    assert lost == []


def test_the_step_up_never_leaves_the_service(database: Database) -> None:
    """Two slashes in front would be the address of somebody else's machine."""
    make_world(database)

    with browse(database) as client:
        client.log_in("keeper")
        answer = client.get("//inventory/count/review", follow_redirects=False)

    assert not answer.headers.get("location", "/").startswith("//")


def test_programs_are_still_told_the_way(database: Database) -> None:
    make_world(database)

    with browse(database) as client:
        client.log_in("keeper")
        answer = client.get("/api/inventory/receive", follow_redirects=False)

    assert answer.status_code == 405
