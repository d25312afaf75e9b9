"""Figures for other programs, and the pages of coverage."""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from supply.coverage.exports import COLUMNS, to_csv, to_dhis2, to_xlsx
from supply.coverage.queries import CycleCoverage, cycle_coverage
from supply.db import Database
from supply.distribution.hand_out import HandOut, Receiver, hand_out
from supply.i18n import reading_in
from supply.ids import new_id
from supply.people.models import User
from supply.people.sessions import hash_password
from tests.distribution.made import NOW, add_child, add_lot, add_session, make
from tests.world import PASSWORD, Browser, browse

TODDLER = dt.date(2026, 3, 1)


@pytest.fixture
def told(database: Database) -> Database:
    """One toddler served at Kébila; Fakola has not reported."""
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER, name="Awa Traoré")
    session_id = add_session(database, made)
    with database.transaction() as session:
        command = HandOut(id=new_id(), session_id=session_id, people=(Receiver(person_code=child),))
        hand_out(session, command, actor=made.lead, now=NOW)
    return database


@pytest.fixture
def coverage(told: Database) -> CycleCoverage:
    with told.snapshot() as session, reading_in("en"):
        found = cycle_coverage(session, "C1")
    assert found is not None
    return found


@pytest.fixture
def browser_of_auditor(told: Database) -> Iterator[Browser]:
    with told.transaction() as session:
        session.query(User).filter(User.login == "auditor").one().password_hash = hash_password(PASSWORD)
    with browse(told, now=NOW) as client:
        client.log_in("auditor")
        yield client


def test_the_csv_has_a_row_of_tags_and_leaves_empty_what_nobody_reported(coverage: CycleCoverage) -> None:
    header, tags, *rows = csv.reader(io.StringIO(to_csv(coverage)))

    assert header == [name for name, _ in COLUMNS]
    assert tags[3] == "#adm3+code+v_pcode"
    assert all(tag.startswith("#") for tag in tags)
    by_place = {(row[3], row[5]): dict(zip(header, row, strict=True)) for row in rows}
    kebila, fakola = by_place["ML0301", "C6-23"], by_place["ML0302", "C6-23"]
    assert (kebila["reached"], kebila["targeted"], kebila["coverage_percent"], kebila["given_kg"]) == (
        "1",
        "100",
        "1.0",
        "3",
    )
    assert (fakola["reached"], fakola["coverage_percent"], fakola["source"]) == ("", "", "none")


def test_no_export_holds_a_name(coverage: CycleCoverage) -> None:
    assert "Awa" not in to_csv(coverage)
    assert "H1" not in to_csv(coverage)


def test_the_workbook_holds_whole_numbers_and_a_sheet_across_groups(coverage: CycleCoverage) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(coverage)))

    assert book.sheet_names == ["data", "coverage_percent"]
    first = book.get_sheet_by_name("data").to_python()
    assert first[1][0] == "#meta+cycle+code"
    assert first[2][7] == 100


def test_dhis2_values_are_texts_by_commune_and_group(coverage: CycleCoverage) -> None:
    body = to_dhis2(coverage)

    reached = [value for value in body.data_values if value.data_element == "PNP_REACHED"]
    assert (body.data_set, body.complete_date) == ("PNP_CYCLE", None)
    # Only Kébila has reported: four groups, of which toddlers count one.
    assert {(one.org_unit, one.category_option_combo, one.value) for one in reached} == {
        ("ML0301", "C6-23", "1"),
        ("ML0301", "C24-59", "0"),
        ("ML0301", "PREG", "0"),
        ("ML0301", "BREAST", "0"),
    }
    assert {one.period for one in body.data_values} == {"202703"}


def test_the_pages_show_numerators_and_what_is_missing(browser_of_auditor: Browser) -> None:
    front = browser_of_auditor.get("/coverage").text
    commune = browser_of_auditor.get("/coverage/communes/ML0301?cycle=C1").text
    answers = [
        browser_of_auditor.get(f"/coverage/{path}").status_code for path in ("groups", "follow-up", "trend")
    ]

    assert "Servies\u00a0: 1 sur 800 personnes ciblées" in front
    assert "1 site sur 2 n’a pas encore de résultat" in front
    assert "Awa" not in front + commune
    assert answers == [200, 200, 200]
    assert browser_of_auditor.get("/coverage/communes/ML9999").status_code == 404
    assert browser_of_auditor.get("/coverage?cycle=C9").status_code == 404


def test_files_are_offered_under_the_name_of_the_cycle(browser_of_auditor: Browser) -> None:
    answer = browser_of_auditor.get("/coverage/export/csv?cycle=C1")
    values = json.loads(browser_of_auditor.get("/coverage/export/dhis2?cycle=C1").text)

    assert 'filename="couverture-C1.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbfcycle,")
    assert values["dataValues"][0]["orgUnit"] == "ML0302"
    assert browser_of_auditor.get("/coverage/export/pdf?cycle=C1").status_code == 404


def test_programs_read_the_same_figures(browser_of_auditor: Browser) -> None:
    cycle = browser_of_auditor.get("/api/coverage/cycles/C1").json()
    adherence = browser_of_auditor.get("/api/coverage/cycles/C1/adherence").json()
    trend = browser_of_auditor.get("/api/coverage/programmes/PNP/trend").json()

    assert cycle["total"]["listed"] == 1
    assert adherence["overall"]["people"] == 0
    assert trend["people"] == 1
    assert browser_of_auditor.get("/api/coverage/cycles/C9").json()["code"] == "cycle-unknown"


def test_no_name_becomes_a_formula_of_a_spreadsheet(coverage: CycleCoverage) -> None:
    communes = [
        msgspec.structs.replace(row, name=f'=HYPERLINK("http://x")+{row.name}') for row in coverage.communes
    ]
    poisoned = msgspec.structs.replace(coverage, communes=tuple(communes))

    _, _, first, *_ = csv.reader(io.StringIO(to_csv(poisoned)))
    workbook = to_xlsx(poisoned)

    assert first[4].startswith("'=HYPERLINK")
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
