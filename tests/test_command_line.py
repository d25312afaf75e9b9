"""The command line: what it reads, and one line, never a traceback, for what is typed or set wrongly."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from supply.cli import main
from supply.db import Database
from supply.i18n import show_mass, show_number
from supply.programme import queries as programme


def told(*typed: str) -> str:
    """What stands on stderr, when the command ends as a refused one does."""
    run = CliRunner().invoke(main, typed)
    assert run.exit_code == 1, run.output
    assert run.stderr.count("\n") == 1
    return run.stderr


@pytest.mark.parametrize(
    "url", ["garbage", "mysql://root:hidden@127.0.0.1/supply", "postgresql://h:x/supply"]
)
@pytest.mark.parametrize("command", ["verify", "serve", "migrate", "demo"])
def test_an_address_of_no_database_is_refused_and_its_password_not_shown(command: str, url: str) -> None:
    said = told(command, "--database", url)

    assert said.startswith("database-address-unreadable: L’adresse de la base de données")
    assert "hidden" not in said


@pytest.mark.parametrize("command", ["verify", "serve"])
def test_a_mistyped_file_is_named_and_not_made(tmp_path: Path, command: str) -> None:
    path = tmp_path / "suply.sqlite"

    said = told(command, "--database", f"sqlite:///{path}")

    assert said.startswith("database-absent: ")
    assert str(path) in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["verify", "serve", "migrate", "demo"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, command: str) -> None:
    path = tmp_path / "census.csv"
    path.write_text("site_code,group_code,people\n" * 100)

    assert told(command, "--database", f"sqlite:///{path}").startswith("not-a-database: Le fichier")


def test_a_command_file_that_is_absent_or_a_folder_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "absent.json", tmp_path):
        said = told("inventory", "receive", str(file), "--as", "admin")

        assert said.startswith("file-absent: ")
        assert str(file) in said


@pytest.mark.parametrize(("options", "words"), [((), "réglage"), (("--lang", "en"), "A setting")])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPPLY_SESSION_HOURS", "x"),
        ("SUPPLY_TIMEZONE", "Africa/Bamaco"),
        ("SUPPLY_TIMEZONE", "Africa"),
        ("SUPPLY_TIMEZONE", "../UTC"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, options: tuple[str, ...], words: str
) -> None:
    monkeypatch.setenv(name, value)

    said = told(*options, "verify", "--database", "sqlite://")

    assert said.startswith("setting-unreadable: ")
    assert words in said
    assert name in said


def answer(*typed: str) -> str:
    run = CliRunner().invoke(main, typed)
    assert run.exit_code == 0, run.output
    return run.output


def test_the_terminal_reads_needs_trips_and_coverage_as_the_pages_do(demo: Database) -> None:
    address = ("--database", demo.url)
    with demo.snapshot() as session:
        closed = next(row.code for row in programme.cycles(session) if row.state == "closed")

    def both(*typed: str) -> tuple[list[str], Any]:
        return answer(*typed, *address).splitlines(), json.loads(answer(*typed, "--json", *address))

    needs, every_need = both("programme", "needs", closed)
    assert len(needs) == 1 + len(every_need) > 20
    assert needs[0].split()[:3] == ["Site", "Nom", "Produit"]
    assert show_mass(every_need[0]["rounded_grams"]) in needs[1]

    coverage, figures = both("coverage", "cycle", closed)
    assert len(coverage) == 2 + len(figures["communes"])
    assert coverage[-1].split()[0] == "Total"
    assert show_number(sum(one["figures"]["targeted"] for one in figures["communes"])) in coverage[-1]

    trips, every_trip = both("routing", "trips")
    on_the_road, some = both("routing", "trips", "--state", "departed")
    assert len(trips) == 1 + len(every_trip)
    assert [one for one in every_trip if one["state"] == "departed"] == some
    assert all("en route" in line for line in on_the_road[1:])
    assert 0 < len(some) < len(every_trip)


def test_a_cycle_that_nobody_knows_is_named(demo: Database) -> None:
    for typed in (("programme", "needs"), ("coverage", "cycle"), ("routing", "trips", "--cycle")):
        said = told(*typed, "CYCLE-99", "--database", demo.url)

        assert said.startswith("cycle-unknown: ")
        assert "CYCLE-99" in said
