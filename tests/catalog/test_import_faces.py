"""A faulty file is told alike on the page, in the API and on the command line, in both languages."""

import io
import re
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter
from click.testing import CliRunner

from supply.cli import main
from supply.db import Database
from tests.world import PASSWORD, Browser, browse, make_world

WRONG = "a,b\n1,2\n"
BAD = (
    "adm3_pcode,adm3_name,adm2_pcode,adm2_name,adm1_pcode,adm1_name\n"
    "ML030399,,ML0303,Kolondieba,ML03,Sikasso\n"
    "ML030398,Neuve,ML0303,Kolondieba,ML03,Sikasso\n"
)
COMMUNE = ("adm3_pcode", "adm3_name", "adm2_pcode", "adm2_name", "adm1_pcode", "adm1_name")
# What a face says in each language: no name of a column found, the empty cell, that the file came before.
SAID = {
    "fr": ("Il manque à", "Cette cellule est vide ; remplissez-la.", "a déjà été importé"),
    "en": ("lacks the columns", "This cell is empty; fill it in.", "was imported before"),
}
GOOD_ROWS = {
    ("page", "fr"): "Lignes retenues 1",
    ("page", "en"): "Good rows 1",
    ("cli", "fr"): "Lignes retenues : 1",
    ("cli", "en"): "1 good rows",
}
# How a face names the row and the column of the fault.
LINE = {
    "page": re.compile(r"\b2 adm3_name\b"),
    "cli": re.compile(r"(ligne|line) 2, adm3_name: "),
    "api": re.compile(r'"line":2,"column":"adm3_name"'),
}
REPEAT = '"is_repeat":true'


class Place(NamedTuple):
    """Where the faces find the database and put their files."""

    database: Database
    client: Browser
    folder: Path
    language: str


def by_page(at: Place, name: str, content: str) -> tuple[bool, str]:
    at.client.log_in("officer")
    at.client.get(f"/?lang={at.language}")
    token = at.client.get("/imports").text.partition('name="_csrf_token" value="')[2].partition('"')[0]
    fields = {"_csrf_token": token, "kind": "communes"}
    answer = at.client.post("/imports", data=fields, files={"file": (name, content.encode())})
    main_part = answer.text.partition("<main")[2].partition("</main>")[0]
    return answer.status_code == 200, " ".join(re.sub(r"<[^>]+>", " ", unescape(main_part)).split())


def by_api(at: Place, name: str, content: str) -> tuple[bool, str]:
    answer = at.client.post("/api/people/log-in", json={"login": "officer", "password": PASSWORD})
    sent = at.client.post(
        f"/api/imports/communes?lang={at.language}",
        files={"file": (name, content.encode())},
        headers={"authorization": f"Bearer {answer.json()['token']}"},
    )
    return sent.status_code == 201, sent.text


def by_cli(at: Place, name: str, content: str) -> tuple[bool, str]:
    """Bad rows end with 1 as a refusal does, but only stored files are counted on the first stream."""
    file = at.folder / name
    file.write_text(content, encoding="utf-8")
    run = imported(at.database, "communes", file, language=at.language)
    return bool(run[1]), run[1] + run[2]


def imported(database: Database, kind: str, file: Path, *, language: str = "en") -> tuple[int, str, str]:
    """Exit code, what was said, and what was refused."""
    words = [
        "--lang",
        language,
        "import",
        kind,
        str(file),
        "--as",
        "administrator",
        "--database",
        database.url,
    ]
    run = CliRunner().invoke(main, words)
    return run.exit_code, run.stdout, run.stderr


@pytest.mark.parametrize(("face", "send"), [("page", by_page), ("api", by_api), ("cli", by_cli)])
def test_a_wrong_header_a_bad_row_and_a_repeat_are_told_on_every_face(
    database: Database, tmp_path: Path, face: str, send: Callable[[Place, str, str], tuple[bool, str]]
) -> None:
    make_world(database)
    with browse(database) as client:
        for language, (lacks, empty, before) in SAID.items():
            at = Place(database, client, tmp_path, language)
            # An empty row makes another file of it, so that the second language does not repeat the first.
            content = BAD if language == "fr" else BAD + "\n"

            files = (("wrong.csv", WRONG), ("bad.csv", content), ("bad.csv", content))
            sent = [send(at, *file) for file in files]
            wrong, first, again = [
                (is_taken, told.replace("\N{NO-BREAK SPACE}", " ")) for is_taken, told in sent
            ]

            assert (wrong[0], first[0], again[0]) == (False, True, True)
            assert lacks in wrong[1]
            assert "adm3_pcode" in wrong[1]
            counted = GOOD_ROWS.get((face, language), '"good_count":1')
            for _, told in (first, again):
                assert counted in told
                assert LINE[face].search(told)
                assert "cell-missing" in told
                assert empty in told
            repeats = [REPEAT in told for _, told in (first, again)]
            said_so = [before in told for _, told in (first, again)]
            assert (repeats if face == "api" else said_so) == [False, True]


@pytest.mark.parametrize(
    ("kind", "rows", "good_count", "fault"),
    [
        (
            "communes",
            [
                COMMUNE,
                ("ML030399", "Neuve", "ML0303", "Kolondieba", "ML03", "Sikasso"),
                ("ML030398", "", "ML0303", "Kolondieba", "ML03", "Sikasso"),
            ],
            1,
            "line 3, adm3_name: cell-missing",
        ),
        (
            "sites",
            [
                ("code", "name", "commune_pcode", "lat", "lon"),
                ("NEUF", "Neuf", "ML030305", 11.2, -7.1),
                ("NEUF2", "Neuf", "ML999999", 11.2, -7.1),
            ],
            1,
            "line 3, commune_pcode: pcode-unknown",
        ),
        (
            "road-edges",
            [
                ("code", "from_code", "to_code", "km", "surface"),
                ("R1", "BAMAKO-V", "SIKASSO-V", 364, "paved"),
                ("R2", "BAMAKO-V", "SIKASSO-V", "loin", "paved"),
            ],
            1,
            "line 3, km: not-a-number",
        ),
        (
            "distance-matrix",
            [("km", "BAMAKO", "SIKASSO"), ("BAMAKO", 0, 364), ("SIKASSO", "loin", 0)],
            1,
            "line 3, BAMAKO: not-a-number",
        ),
        (
            "beneficiaries",
            [
                ("menage", "nom", "sexe", "date_naissance", "site"),
                ("M1", "Awa", "F", "2025-03-01", "KEBILA"),
                ("M2", "Ali", "M", "demain", "KEBILA"),
            ],
            1,
            "line 3, date_naissance: not-a-day",
        ),
    ],
)
def test_a_workbook_of_each_kind_keeps_its_good_row_and_names_its_bad_one(
    database: Database,
    tmp_path: Path,
    kind: str,
    rows: Sequence[Sequence[str | float]],
    good_count: int,
    fault: str,
) -> None:
    make_world(database)
    nodes = tmp_path / "nodes.csv"
    nodes.write_text("code,lat,lon\nBAMAKO-V,12.64,-8.0\nSIKASSO-V,11.31,-5.67\n", encoding="utf-8")
    assert imported(database, "road-nodes", nodes)[0] == 0
    file = tmp_path / "table.xlsx"
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    file.write_bytes(stream.getvalue())

    code, told, refused = imported(database, kind, file)

    assert code == 1
    assert told.startswith(f"{good_count} good rows: {good_count} new, 0 changed, 0 as before. 1 bad rows.")
    assert refused.startswith(fault)
    assert refused.count("\n") == 1
