"""Whatever is typed or set wrongly, the command line answers with one line and never with a traceback."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from supply.cli import main


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
def test_a_setting_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], words: str
) -> None:
    monkeypatch.setenv("SUPPLY_SESSION_HOURS", "x")

    said = told(*options, "verify", "--database", "sqlite://")

    assert said.startswith("setting-unreadable: ")
    assert words in said
    assert "SUPPLY_SESSION_HOURS" in said
