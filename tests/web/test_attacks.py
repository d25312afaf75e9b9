"""What somebody with bad intent would send, and what comes of it."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import xlsxwriter
from litestar.testing import TestClient

from supply.app import MAX_BODY_BYTES, create_app
from supply.catalog.models import Area, Place
from supply.catalog.sheets import FileTooLarge, FileUnreadable, read_sheet
from supply.db import Database
from supply.people.models import User, UserPlace
from supply.people.words import Role
from supply.settings import Settings
from tests.web.test_no_fault import Maker
from tests.world import NOW, PASSWORD, Browser, browse, make_world

SCRIPT = "<script>alert(1)</script>"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", None]
)
def test_json_under_another_name_needs_the_token_of_a_form(client: Browser, kind: str | None) -> None:
    """A form of another site can send any text as text/plain."""
    client.log_in("administrator")
    body = b'{"login": "keeper", "is_active": false}'

    answer = client.post(
        "/api/people/change-user", content=body, headers={"content-type": kind} if kind else {}
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "form-from-elsewhere"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "TRACE"])
def test_other_methods_write_nothing(client: Browser, method: str) -> None:
    client.log_in("administrator")

    for path in ("/people/keeper", "/logout", "/api/people/log-out", "/api/people/change-user"):
        assert client.request(method, path).status_code in {403, 404, 405}, path
    assert client.get("/api/people/me").json()["login"] == "administrator"


def multipart(head: str, value: bytes) -> bytes:
    return b"--x\r\n" + head.encode() + b"\r\n\r\n" + value + b"\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"nothing of the kind"),
        (
            "multipart/form-data; boundary=x",
            multipart('content-disposition: form-data; name="kind"', b"\xff\xfe\xfd"),
        ),
        (
            "multipart/form-data; boundary=x",
            multipart(
                'content-disposition: form-data; name="kind"\r\ncontent-type: text/plain; charset=none', b"a"
            ),
        ),
    ],
)
@pytest.mark.parametrize("path", ["/imports", "/people", "/login", "/api/imports/villages"])
def test_a_form_that_cannot_be_parsed_is_refused(client: Browser, kind: str, body: bytes, path: str) -> None:
    client.log_in("administrator")
    bearer = client.post("/api/people/log-in", json={"login": "administrator", "password": PASSWORD}).json()[
        "token"
    ]

    for headers in ({}, {"authorization": f"Bearer {bearer}"}):
        answer = client.post(path, content=body, headers={"content-type": kind, **headers})
        assert 400 <= answer.status_code < 500, headers


def test_json_nested_a_hundred_thousand_deep_is_refused(client: Browser) -> None:
    client.log_in("administrator")
    deep = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    answers = [
        client.post(path, content=deep, headers=JSON)
        for path in ("/api/people/change-user", "/api/people/log-in", "/api/routing/ask-plan")
    ]

    assert [answer.status_code for answer in answers] == [422, 413, 422]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1" + "0" * 30, "number-too-large"),
        ("-9223372036854775809", "number-too-large"),
        pytest.param("1" + "0" * 5000, "unreadable", id="more digits than Python reads"),
        ("1e400", "unreadable"),
    ],
)
def test_a_number_beyond_64_bits_is_refused_by_name(client: Browser, value: str, code: str) -> None:
    client.log_in("administrator")
    body = f'{{"code": "X", "name_fr": "x", "name_en": "x", "kg_per_m3": {value}}}'

    answer = client.post("/api/catalog/save-product", content=body, headers=JSON)

    assert answer.status_code == (400 if code == "unreadable" else 422)
    assert answer.json()["code"] == code


def test_a_nul_is_refused_by_name_on_both_databases(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("administrator")
        api = client.post("/api/catalog/save-supplier", json={"code": "X", "name": "a\0b", "country": "ML"})
        form = client.send_form("/people/keeper", name="a\0b", role="keeper", is_active="1")
        address = client.get("/api/routing/trips?store=%00")

    assert (api.status_code, api.json()["code"]) == (422, "text-not-keepable")
    assert form.status_code == 422
    assert address.status_code in {200, 422}


@pytest.mark.parametrize("question", ["limit=-1", "limit=0", "limit=1001", "offset=-1", f"offset={2**64}"])
@pytest.mark.parametrize(
    "list_of", ["routing/trips", "inventory/documents", "inventory/movements", "distribution/register/people"]
)
def test_a_part_of_a_list_that_cannot_be_is_refused(database: Database, list_of: str, question: str) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("administrator")
        answer = client.get(f"/api/{list_of}?{question}")

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("days", ["-1", "3661", str(10**12)])
def test_days_that_no_calendar_holds_are_refused(client: Browser, days: str) -> None:
    client.log_in("administrator")

    assert client.get(f"/api/inventory/expiring?days={days}").status_code == 422


def test_a_text_longer_than_its_column_is_refused_on_postgresql(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("administrator")
        answer = client.send_form("/people/keeper", name="x", role="keeper", places="x" * 90)

    assert answer.status_code == 422


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(client: Browser) -> None:
    login = client.post("/login", data={"login": "x" * 20_000})
    client.log_in("administrator")

    form = client.post("/people", data={"name": "x" * MAX_BODY_BYTES})
    command = client.post("/api/people/add-user", json={"name": "x" * MAX_BODY_BYTES})

    assert [one.status_code for one in (login, form, command)] == [413, 413, 413]
    assert command.json()["code"] == "too-much-sent"
    assert "trop volumineux" in form.text


def test_a_file_beyond_100_mb_is_refused_by_its_length(client: Browser) -> None:
    client.log_in("administrator")
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": "150000000"}

    for path in ("/imports", "/api/imports/villages"):
        assert client.post(path, content=b"x", headers=headers).status_code == 413


def test_an_address_with_two_slashes_leads_to_no_other_site(client: Browser) -> None:
    page = client.get("http://testserver.local//elsewhere.example/x")

    assert 'href="//' not in page.text


def test_a_refused_form_leads_back_to_our_own_pages_only(client: Browser) -> None:
    client.log_in("administrator")

    for came_from in (
        "https://elsewhere.example/",
        "javascript:alert(1)",
        "https://testserver.local@elsewhere.example/",
    ):
        page = client.post("/people", data={}, headers={"referer": came_from})
        assert "elsewhere.example" not in page.text
        assert "javascript:" not in page.text
    page = client.post("/people", data={}, headers={"referer": "http://testserver.local//elsewhere.example"})
    assert 'href="/elsewhere.example"' in page.text
    page = client.post("/people", data={}, headers={"referer": "http://testserver.local/people?start=2"})
    assert 'href="/people?start=2"' in page.text


def test_no_address_writes_into_the_headers(client: Browser) -> None:
    answer = client.get("/x%0d%0aset-cookie:%20session=y", follow_redirects=False)
    login = client.get("/inventory/%0d%0aset-cookie:%20session=y", follow_redirects=False)

    for one in (answer, login):
        assert "set-cookie" not in one.headers
    sent = client.post(
        "/login",
        data={"login": "keeper", "password": PASSWORD, "next": "/a\r\nx: y"},
        follow_redirects=False,
    )
    assert sent.headers["location"] == "/"


def test_the_notice_of_a_stranger_is_only_text(client: Browser) -> None:
    client.cookies.set("notice", "%3Cscript%3Ealert(1)%3C/script%3E")

    assert SCRIPT not in client.get("/login").text


def test_static_files_are_those_of_the_folder_and_nothing_else(client: Browser) -> None:
    for name in ("x" * 5000, "..%2f..%2fdb.py", "%2e%2e%2fforms.py", "%00", "..", "."):
        assert client.get(f"/static/x/{name}").status_code == 404


def test_the_cookie_of_a_log_in_is_for_the_browser_alone(file: Database) -> None:
    settings = Settings(database_url=file.url, scheduler_in_process=False, cookie_secure=True)
    with TestClient(create_app(settings, now=lambda: NOW)) as client:
        answer = client.post("/login", data={"login": "keeper", "password": PASSWORD}, follow_redirects=False)

    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/", "max-age=43200"} <= flags


def test_names_with_markup_are_shown_as_text_on_every_page(file: Database) -> None:
    with file.transaction() as session:
        for model, key, column in (
            (Place, "KEBILA", "name"),
            (Place, "SIKASSO", "name"),
            (User, None, "name"),
        ):
            for row in session.query(model).all():
                if key in {None, getattr(row, "code", None)}:
                    setattr(row, column, f"{SCRIPT}\"'>")
        for area in session.query(Area).all():
            area.name = f"{SCRIPT}"
    with browse(file) as client:
        client.log_in("administrator")
        seen: set[str] = set()
        waiting = ["/"]
        while waiting and len(seen) < 80:
            path = waiting.pop(0)
            if path in seen:
                continue
            seen.add(path)
            answer = client.get(path)
            if answer.headers["content-type"].startswith("text/csv"):
                continue
            text = answer.text
            assert SCRIPT not in text, path
            waiting += re.findall(r'<a [^>]*?href="(/[^"#]*)"', text)

    assert len(seen) > 40


def commands(description: dict[str, Any], count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Bodies for every operation, some of them right."""
    for path, methods in sorted(description["paths"].items()):
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" in content and path != "/api/people/log-in":
            maker = Maker(description["components"]["schemas"], path)
            for _ in range(count):
                yield path, maker.whole(content["application/json"]["schema"])


@pytest.mark.parametrize("role", [Role.KEEPER, Role.OFFICER, Role.LEAD])
def test_nobody_works_at_a_place_that_is_not_theirs(
    file: Database, description: dict[str, Any], role: Role
) -> None:
    """Each role answers for BAMAKO only, and every command names SIKASSO, KEBILA."""
    with file.transaction() as session:
        session.query(UserPlace).delete()
        user = session.query(User).filter_by(login=role.value).one()
        session.add(UserPlace(user_id=user.id, place_code="BAMAKO"))
    elsewhere = re.compile(r"store_code|place_code|site_code|from_code")
    with browse(file) as client:
        client.log_in(role.value)
        for path, body in commands(description, 6):
            # A distance is the whole country's.
            if path != "/api/catalog/save-distance" and any(elsewhere.search(name) for name in body):
                answer = client.post(path, json=body)
                assert answer.status_code >= 400, (path, body)


def test_the_officer_of_one_store_does_not_close_the_books_of_all(file: Database) -> None:
    with file.transaction() as session:
        user = session.query(User).filter_by(login="officer").one()
        session.add(UserPlace(user_id=user.id, place_code="BAMAKO"))
    with browse(file) as client:
        client.log_in("officer")
        answer = client.post("/api/inventory/close-period", json={"closed_on": "2027-03-01"})

    assert (answer.status_code, answer.json()["code"]) == (403, "place-not-yours")


def workbook(cells: dict[tuple[int, int], str], *, padding: int = 0) -> bytes:
    """An XLSX with texts by row and column from 0, and a part of that many spaces."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        written = book.add_worksheet()
        for (row, column), text in cells.items():
            written.write_string(row, column, text)
    if padding:
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("pad", "w") as part:
            for _ in range(padding // 1_000_000):
                part.write(b" " * 1_000_000)
    return file.getvalue()


def test_a_small_workbook_is_read() -> None:
    sheet = read_sheet("a.xlsx", workbook({(0, 0): "code", (1, 0): "x"}))

    assert sheet.records[0].cells == {"code": "x"}


@pytest.mark.parametrize(
    ("cells", "padding"),
    [
        pytest.param({(0, 0): "a", (1_048_575, 16_383): "b"}, 0, id="one cell in the last corner"),
        pytest.param({(0, 0): "a"}, 600_000_000, id="half a megabyte that unpacks to 600"),
    ],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(
    cells: dict[tuple[int, int], str], padding: int
) -> None:
    bomb = workbook(cells, padding=padding)
    assert len(bomb) < 1_000_000

    with pytest.raises(FileTooLarge):
        read_sheet("bomb.xlsx", bomb)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04" + b"x" * 50, workbook({})[:-40], b'{"features":' + b"[" * 9999]
)
def test_a_broken_file_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        read_sheet("broken", content)


def test_a_month_before_the_calendar_is_a_fault_of_its_row(client: Browser) -> None:
    token = client.post("/api/people/log-in", json={"login": "lead", "password": PASSWORD}).json()["token"]
    rows = b"household,name,sex,birth_date,site\nH1,Awa,f,0000-05,KEBILA\n"

    answer = client.post(
        "/api/imports/beneficiaries",
        files={"file": ("a.csv", rows)},
        headers={"authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 201
    assert [row["code"] for row in answer.json()["bad"]] == ["not-a-day"]
    message = answer.json()["bad"][0]["message"]
    assert message.startswith("«\N{NO-BREAK SPACE}0000-05\N{NO-BREAK SPACE}»"), (
        "the reason reads in the caller's language, with its facts"
    )
