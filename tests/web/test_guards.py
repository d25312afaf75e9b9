"""No route lets anybody in unseen: log-in, forms from elsewhere, headers, and one shape of refusal."""

import re
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler

from supply.app import create_app
from supply.db import Database
from supply.settings import Settings
from tests.world import Browser, browse, make_world

PUBLIC = {
    "/health",
    "/login",
    "/api/people/log-in",
    "/static/{fingerprint:str}/{name:str}",
    "/{missing:path}",
}
SAMPLE = "00000000-0000-7000-8000-000000000000"


def routes(method: str) -> list[str]:
    """Paths of the service's routes for a method, with a sample in the place of each parameter."""
    app = create_app(Settings(database_url="sqlite:///:memory:"))
    return sorted(
        {
            route.path
            for route in app.routes
            for handler in getattr(route, "route_handlers", ())
            if isinstance(handler, HTTPRouteHandler) and method in handler.http_methods
        }
    )


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", SAMPLE, path)


@pytest.fixture
def stranger(database: Database) -> Any:
    make_world(database)
    with browse(database) as client:
        yield client


def test_nobody_reads_anything_without_a_log_in(stranger: Browser) -> None:
    for path in routes("GET"):
        if path in PUBLIC or path.startswith("/schema"):
            continue
        answer = stranger.get(filled(path), follow_redirects=False)
        expected = 401 if path.startswith("/api") else 303
        assert answer.status_code == expected, path
        if expected == 303:
            assert answer.headers["location"].startswith("/login?next="), path


def test_nobody_writes_anything_without_a_log_in(stranger: Browser) -> None:
    for path in routes("POST"):
        if path in PUBLIC:
            continue
        answer = stranger.post(filled(path), json={}, follow_redirects=False)
        assert answer.status_code == (401 if path.startswith("/api") else 303), path


def test_a_form_without_its_token_is_refused_everywhere(stranger: Browser) -> None:
    stranger.log_in("administrator")
    for path in routes("POST"):
        if path in PUBLIC:
            continue
        answer = stranger.post(filled(path), data={"id": SAMPLE}, follow_redirects=False)
        assert answer.status_code == 403, path


def test_a_form_from_another_site_is_refused_even_with_its_token(stranger: Browser) -> None:
    stranger.log_in("administrator")
    page = stranger.get("/people").text
    token = re.findall(r'_csrf_token" value="([^"]+)"', page)[0]
    fields = {
        "_csrf_token": token,
        "login": "x1",
        "name": "X",
        "role": "keeper",
        "password": "un mot de passe",
    }

    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        assert stranger.post("/people", data=fields, headers=headers).status_code == 403
    assert "x1" not in stranger.get("/people").text


def test_json_from_another_site_is_refused(stranger: Browser) -> None:
    stranger.log_in("administrator")

    answer = stranger.post(
        "/api/people/change-user", json={"login": "keeper"}, headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "form-from-elsewhere"


def test_the_token_of_one_log_in_is_worthless_in_another(stranger: Browser) -> None:
    stranger.log_in("administrator")
    token = re.findall(r'_csrf_token" value="([^"]+)"', stranger.get("/people").text)[0]
    stranger.log_in("administrator")

    answer = stranger.post("/people", data={"_csrf_token": token}, follow_redirects=False)

    assert answer.status_code == 403


def test_every_answer_is_hardened(stranger: Browser) -> None:
    for path in ("/login", "/health", "/nowhere", "/api/people/me"):
        headers = stranger.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path


def test_pages_of_a_person_are_not_kept_by_anything_between(stranger: Browser) -> None:
    stranger.log_in("administrator")

    assert stranger.get("/people").headers["cache-control"] == "private, no-store"


def test_refusals_of_the_api_have_one_shape(stranger: Browser) -> None:
    answers = {"not-logged-in": stranger.get("/api/people/me")}
    stranger.log_in("keeper")
    answers |= {
        "no-such-page": stranger.get("/api/nowhere"),
        "method-not-allowed": stranger.delete("/api/people/me"),
        "right-missing": stranger.get("/api/people/users"),
        "malformed": stranger.post("/api/people/change-user", json={"login": 3}),
    }

    for code, answer in answers.items():
        assert answer.headers["content-type"].startswith("application/problem+json"), code
        body = answer.json()
        assert body["code"] == code
        assert body["type"] == f"urn:supply:problem:{code}"
        assert body["status"] == answer.status_code
        assert set(body) >= {"type", "title", "status", "detail", "code", "facts"}
        assert "{" not in body["detail"] + body["title"]


def test_an_address_that_leads_nowhere_keeps_the_navigation(stranger: Browser) -> None:
    stranger.log_in("keeper")

    answer = stranger.get("/nowhere/at/all")

    assert answer.status_code == 404
    assert 'href="/inventory"' in answer.text


def test_the_language_is_the_readers_choice_and_stays(stranger: Browser) -> None:
    assert "Se connecter" in stranger.get("/login").text
    assert "Log in" in stranger.get("/login?lang=en").text
    assert "Log in" in stranger.get("/login").text
    assert "Se connecter" in stranger.get("/login?lang=fr").text


def test_an_unforeseen_fault_tells_its_number_and_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_world(database)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr("supply.people.api.users", fail)
    with browse(database) as client:
        client.log_in("administrator")
        answer = client.get("/api/people/users")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["facts"]["fault_id"] in caplog.text


def test_the_service_is_healthy_only_when_the_database_answers(database: Database) -> None:
    with browse(database) as client:
        assert client.get("/health").status_code == 200
        with database.transaction() as session:
            from sqlalchemy import text  # noqa: PLC0415 - this test only

            session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.json()["code"] == "database-at-another-migration"


def test_the_description_for_programs_is_openapi_three_one(stranger: Browser) -> None:
    description = stranger.get("/schema/openapi.json").json()

    assert description["openapi"].startswith("3.1")
    assert "/api/people/add-user" in description["paths"]


def test_style_and_script_are_kept_for_ever_and_nothing_else_is_served(stranger: Browser) -> None:
    page = stranger.get("/login").text
    for address in re.findall(r'"(/static/[^"]+)"', page):
        answer = stranger.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"]
    for name in ("..%2Fforms.py", "%2e%2e", "nothing.css"):
        assert stranger.get(f"/static/x/{name}").status_code == 404
