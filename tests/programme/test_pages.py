"""Pages, API and file of the programme, over HTTP as the nutrition lead would use them."""

import datetime as dt

from supply.catalog.importing import import_file
from supply.db import Database
from supply.programme.imports import IMPORTERS
from supply.programme.queries import census, cycle, cycles, groups, needs, programmes, rations
from tests.world import NOW, browse, make_world


def test_every_page_opens(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("lead")
        for path in (
            "",
            "/define",
            "/groups/new",
            "/groups/PREGNANT",
            "/plan",
            "/cycles/C1",
            "/cycles/C1/plan",
            "/cycles/C1/open",
            "/census",
            "/census/KEBILA",
        ):
            assert client.get(f"/programme{path}").status_code == 200, path
        assert client.get("/programme/cycles/C9").status_code == 404
        assert client.get("/programme/census/BAMAKO").status_code == 404
        client.log_in("auditor")
        assert client.get("/programme/cycles/C1").status_code == 200
        assert client.get("/programme/cycles/C1/open").status_code == 403


def test_pages_are_in_english_for_those_who_ask(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("lead")
        assert "To deliver" in client.get("/programme/cycles/C1?lang=en").text


def test_needs_stand_on_the_page_with_packs_and_rounding(database: Database) -> None:
    """Fakola: 30 women × 6.25 kg = 187.5 kg, so 8 bags = 200 kg and 12.5 kg of rounding."""
    make_world(database)
    with browse(database) as client:
        client.log_in("lead")
        page = client.get("/programme/cycles/C1").text.replace("\N{NO-BREAK SPACE}", " ")
    fakola = page.partition("Super Céréale</h2>")[2].partition("Fakola")[2].partition("</tr>")[0]
    for shown in ("187,5 kg", ">8<", "200 kg", "12,5 kg"):
        assert shown in fakola


def test_lead_plans_opens_closes_and_reopens_a_cycle(database: Database) -> None:
    make_world(database)
    plan = {
        "code": "C2",
        "number": "2",
        "name": "Cycle 2",
        "starts_on": "2027-06-01",
        "ends_on": "2027-06-20",
        "ration-CHILD-6-23-CSB++": "3",
        "ration-PREGNANT-CSB+": "4,2",
    }
    with browse(database) as client:
        client.log_in("lead")
        wrong = client.send_form(
            "/programme/plan", **{**plan, "ends_on": "soon", "ration-CHILD-6-23-CSB++": "4"}
        )
        part = client.send_form("/programme/plan", **{**plan, "ration-CHILD-6-23-CSB++": "4"})
        saved = client.send_form("/programme/plan", **plan)
        assert (wrong.status_code, part.status_code, saved.status_code) == (422, 422, 303)
        assert client.send_form("/programme/cycles/C2/open").status_code == 303
        assert client.send_form("/programme/cycles/C2/open").status_code == 409
        assert client.send_form("/programme/cycles/C2/close", reason="").status_code == 303
        assert client.send_form("/programme/cycles/C2/reopen", reason="").status_code == 422
        assert client.send_form("/programme/cycles/C2/reopen", reason="oubli").status_code == 303
        client.log_in("officer")
        assert client.send_form("/programme/cycles/C1/open").status_code == 403
    with database.snapshot() as session:
        row = cycle(session, "C2")
        assert row is not None
        assert (row.state, row.starts_on) == ("open", dt.date(2027, 6, 1))
        assert [(one.group_code, one.grams) for one in rations(session, "C2")] == [
            ("PREGNANT", 4200),
            ("CHILD-6-23", 3000),
        ]


def test_site_is_counted_by_its_form_and_empty_means_not_counted(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("lead")
        sent = client.send_form(
            "/programme/census/KEBILA",
            **{"people-PREGNANT": "77", "people-BREASTFEEDING": "", "counted_on": "2027-03-14"},
        )
        future = client.send_form(
            "/programme/census/KEBILA", **{"people-PREGNANT": "7", "counted_on": "2027-03-16"}
        )
    assert (sent.status_code, future.status_code) == (303, 422)
    with database.snapshot() as session:
        found = {(row.site_code, row.group_code): row.people for row in census(session)}
    # 40 breastfeeding women were counted before; the empty field leaves them.
    assert (found["KEBILA", "PREGNANT"], found["KEBILA", "BREASTFEEDING"]) == (77, 40)


def test_programme_and_group_are_changed_by_their_forms(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("lead")
        sent = client.send_form(
            "/programme/define",
            name="PNP 2027",
            starts_on="2027-01-01",
            ends_on="2027-12-31",
            budget="450000",
            budget_currency="XOF",
        )
        group = client.send_form(
            "/programme/groups/new",
            code="OLD",
            name_fr="Âgés",
            name_en="Old",
            kind="child",
            from_months="6",
            to_months="5",
        )
    assert (sent.status_code, group.status_code) == (303, 422)
    with database.snapshot() as session:
        assert (programmes(session)[0].name, programmes(session)[0].budget_minor) == ("PNP 2027", 450_000)
        assert "OLD" not in {row.code for row in groups(session)}


def test_api_reads_the_programme(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("auditor")
        for path in (
            "programmes",
            "groups",
            "census",
            "cycles",
            "cycles/C1",
            "cycles/C1/rations",
            "cycles/C1/targets",
        ):
            assert client.get(f"/api/programme/{path}").status_code == 200, path
        for path in ("rations", "targets"):
            assert client.get(f"/api/programme/cycles/C1/{path}").status_code == 200, path
        found = client.get("/api/programme/cycles/C1/needs").json()
        missing = client.get("/api/programme/cycles/C9")
    with database.snapshot() as session:
        assert len(found) == len(needs(session, "C1")) == 4
        assert len(cycles(session)) == 1
    assert (missing.status_code, missing.json()["code"]) == (404, "cycle-unknown")


def test_census_file_stores_good_rows_and_returns_bad_ones(database: Database) -> None:
    world = make_world(database)
    text = (
        "site_code;group_code;people;counted_on\n"
        "KEBILA;PREGNANT;33;14/03/2027\n"
        "NOWHERE;PREGNANT;33;\n"
        "KEBILA;X;33;\n"
        "FAKOLA;PREGNANT;-3;\n"
        "FAKOLA;PREGNANT;3;2028-01-01\n"
        "KEBILA;PREGNANT;34;\n"
    )

    with database.transaction() as session:
        done = import_file(session, IMPORTERS, "census", "c.csv", text.encode(), actor=world.lead, now=NOW)

    assert [(row.line, row.column, row.code) for row in done.bad] == [
        (3, "site_code", "reference-unknown"),
        (4, "group_code", "reference-unknown"),
        (5, "people", "negative-count"),
        (6, "counted_on", "counted-in-future"),
        (6, "site_code", "twice-in-file"),
        (7, "site_code", "twice-in-file"),
    ]
    assert (done.good_count, done.changed_count) == (1, 1)
