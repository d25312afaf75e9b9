"""Pages and API of the reference data, over HTTP as each role would use them."""

import io

import pytest

from supply.catalog import queries
from supply.catalog.pages.browse import SECTIONS
from supply.db import Database
from tests.catalog.made import COMMUNES
from tests.world import Browser, browse, make_world


def upload(client: Browser, kind: str, name: str, content: str) -> int:
    """Send the import form; the status of the answer."""
    token = client.get("/login").text.partition('name="_csrf_token" value="')[2].partition('"')[0]
    answer = client.post(
        "/imports",
        data={"_csrf_token": token, "kind": kind},
        files={"file": (name, io.BytesIO(content.encode()))},
        follow_redirects=True,
    )
    return answer.status_code


def test_every_list_and_form_opens_for_everybody_who_may(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        assert client.get("/catalog").status_code == 200
        for slug in SECTIONS:
            assert client.get(f"/catalog/{slug}").status_code == 200, slug
            assert client.get(f"/catalog/{slug}/new").status_code == 200, slug
        for path in ("products/CSB++", "packs/BAG", "vehicles/AB-1234-MD", "places/KEBILA", "areas/ML030305"):
            assert client.get(f"/catalog/{path}").status_code == 200, path
        client.log_in("auditor")
        assert 'name="net_grams"' not in client.get("/catalog/packs/BAG").text
        assert client.get("/catalog/packs/new").status_code == 403


@pytest.mark.parametrize("path", ["camels", "packs/NONE", "places/NONE", "areas/X"])
def test_what_is_not_there_is_a_page_that_says_so(database: Database, path: str) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        assert client.get(f"/catalog/{path}").status_code == 404


def test_search_finds_without_accents_and_capitals(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        found = client.get("/catalog/sites?q=KEBILA").text
        nothing = client.get("/catalog/sites?q=zzz").text
    assert "Kébila" in found
    assert "Fakola</a>" not in found
    assert "Rien trouvé" in nothing


def test_a_commune_is_added_and_changed_by_its_form(database: Database) -> None:
    make_world(database)
    fields = {"pcode": "ML030399", "vintage": "2022", "name": "Sirakoro", "cercle": "ML0303", "lat": "11,3"}
    with browse(database) as client:
        client.log_in("officer")
        half = client.send_form("/catalog/communes/new", **fields)
        made = client.send_form("/catalog/communes/new", **fields, lon="-7,1")
        again = client.send_form("/catalog/communes/new", **fields, lon="-7,1")
        changed = client.send_form(
            "/catalog/communes/ML030399", **{**fields, "name": "Sirakoro-Ba", "lat": ""}
        )
        page = client.get("/catalog/areas/ML030399").text
    assert [half.status_code, made.status_code, again.status_code, changed.status_code] == [
        422,
        303,
        409,
        303,
    ]
    assert "Sirakoro-Ba" in page
    assert 'href="/catalog/communes/ML030399"' in page
    with database.snapshot() as session:
        row = queries.commune(session, "ML030399")
    assert row is not None
    assert (row.name, row.cercle_pcode, row.lat, row.lon) == ("Sirakoro-Ba", "ML0303", None, None)


def test_new_site_is_saved_by_its_form_and_shown(database: Database) -> None:
    make_world(database)
    fields = {
        "code": "SIRAKORO",
        "name": "Sirakoro",
        "commune_pcode": "ML030305",
        "store_code": "SIKASSO",
        "lat": "11,3",
        "lon": "-7.1",
        "is_active": "1",
    }
    with browse(database) as client:
        client.log_in("officer")
        wrong = client.send_form("/catalog/sites/new", **{**fields, "lat": "north", "name": ""})
        swapped = client.send_form("/catalog/sites/new", **{**fields, "lat": "-7,1", "lon": "11,3"})
        saved = client.send_form("/catalog/sites/new", **fields)
        again = client.send_form("/catalog/sites/new", **fields)
    assert wrong.status_code == 422
    assert 'value="SIRAKORO"' in wrong.text
    assert swapped.status_code == 422
    assert saved.status_code == 303
    assert again.status_code == 409
    with database.snapshot() as session:
        row = queries.place(session, "SIRAKORO")
    assert row is not None
    assert (row.lat, row.lon, row.store_code) == (11.3, -7.1, "SIKASSO")


def test_file_is_sent_by_the_form_and_its_report_shows_each_bad_row(database: Database) -> None:
    make_world(database)
    bad = COMMUNES + "ML030399,,ML0303,Kolondieba,ML03,Sikasso,11,-7\n"
    with browse(database) as client:
        client.log_in("officer")
        assert client.send_form("/imports", kind="communes").status_code in {400, 422}
        assert upload(client, "communes", "communes.csv", bad) == 200
        history = client.get("/imports").text
        content_hash = history.partition('href="/imports/communes/')[2].partition('"')[0]
        report = client.get(f"/imports/communes/{content_hash}")
        assert upload(client, "villages", "villages.csv", "a,b\n1,2\n") == 422
        client.log_in("auditor")
        assert "multipart" not in client.get("/imports").text
        assert upload(client, "communes", "communes.csv", COMMUNES) == 403
    assert "cell-missing" in report.text
    assert "adm3_name" in report.text


def test_file_is_sent_over_the_api(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        token = client.get("/login").text.partition('name="_csrf_token" value="')[2].partition('"')[0]
        done = client.post(
            "/api/imports/communes",
            data={"_csrf_token": token},
            files={"file": ("communes.csv", io.BytesIO(COMMUNES.encode()))},
        )
        refused = client.post(
            "/api/imports/communes",
            data={"_csrf_token": token},
            files={"file": ("communes.csv", io.BytesIO(b"a,b\n1,2\n"))},
        )
    assert (done.status_code, done.json()["good_count"], done.json()["bad"]) == (201, 2, [])
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong-header")


def test_closure_is_added_and_taken_back_on_the_page_of_the_place(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        page = client.get("/catalog/places/KEBILA").text
        document = page.partition('name="id" value="')[2].partition('"')[0]
        days = {"starts_on": "2027-07-01", "ends_on": "2027-07-20"}
        assert client.send_form("/catalog/places/KEBILA/closures", id=document, **days).status_code == 422
        sent = client.send_form("/catalog/places/KEBILA/closures", id=document, reason="gué", **days)
        assert sent.status_code == 303
        assert "gué" in client.get("/catalog/places/KEBILA").text
        gone = client.send_form("/catalog/places/KEBILA/closures/remove", id=document)
        assert gone.status_code == 303
    with database.snapshot() as session:
        assert queries.closures(session) == ()


def test_api_reads_every_kind_and_writes_with_the_same_rights(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("auditor")
        for path in (
            "communes",
            "communes/ML030305/settlements",
            "places?kind=site",
            "products",
            "packs",
            "suppliers",
            "transporters",
            "vehicle-types",
            "vehicles",
            "roads",
            "closures",
            "distances?place=BAMAKO&place=KEBILA",
        ):
            assert client.get(f"/api/catalog/{path}").status_code == 200, path
        refused = client.post("/api/catalog/save-supplier", json={"code": "S", "name": "S"})
        client.log_in("officer")
        saved = client.post("/api/catalog/save-supplier", json={"code": "S", "name": "S"})
    assert (refused.status_code, refused.json()["code"]) == (403, "right-missing")
    assert (saved.status_code, saved.json()["is_new"]) == (201, True)
