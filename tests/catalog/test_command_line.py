"""The command `supply import`, as a person at a terminal uses it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from supply.catalog.cli import import_command
from supply.catalog.imports import IMPORTERS
from supply.cli import main
from supply.db import Database
from supply.paths import data
from tests.catalog.made import COMMUNES
from tests.world import make_world

SITES = str(data("fixtures") / "sites.csv")


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, what was said, and what was refused."""
    done = CliRunner().invoke(main, ["--lang", "en", "import", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_import_command_is_offered_with_the_kinds_of_every_area() -> None:
    help_text = CliRunner().invoke(main, ["import", "--help"]).output

    offered = set(help_text.replace(",", " ").replace(".", " ").split())
    assert set(IMPORTERS) | {"census", "beneficiaries"} <= offered
    assert import_command(IMPORTERS).name == "import"


def test_counts_are_printed_and_a_clean_file_ends_well(database: Database, tmp_path: Path) -> None:
    make_world(database)
    file = tmp_path / "communes.csv"
    file.write_text(COMMUNES, encoding="utf-8")

    first = run("communes", str(file), "--database", database.url)
    again = run("communes", str(file), "--database", database.url)

    assert first == (0, "2 good rows: 0 new, 2 changed, 0 as before. 0 bad rows.\n", "")
    assert again[0] == 0
    assert "nothing changed" in again[1]


def test_file_can_be_loaded_before_anybody_may_log_in(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "communes.csv"
    file.write_text(COMMUNES, encoding="utf-8")

    assert run("communes", str(file), "--database", database.url)[0] == 0


def test_each_bad_row_is_printed_and_ends_with_1(database: Database, tmp_path: Path) -> None:
    make_world(database)
    file = tmp_path / "villages.csv"
    file.write_text("pcode,name,commune_pcode,lat,lon\nML9,Nowhere,ML999999,11,-7\n", encoding="utf-8")

    code, told, refused = run("villages", str(file), "--database", database.url)

    assert code == 1
    assert told == "0 good rows: 0 new, 0 changed, 0 as before. 1 bad rows.\n"
    assert refused.startswith("line 2, commune_pcode: pcode-unknown: The P-code ML999999 is not known")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("communes", "absent.csv"), "file-absent"),
        (("camels", SITES), "import-kind-unknown"),
        (("communes", SITES), "wrong-header"),
        (("communes", SITES, "--as", "nobody"), "user-unknown"),
    ],
)
def test_refusals_are_one_line(database: Database, arguments: tuple[str, ...], code: str) -> None:
    make_world(database)

    ended, told, refused = run(*arguments, "--database", database.url)

    assert (ended, told) == (1, "")
    assert refused.startswith(code)
    assert refused.count("\n") == 1
