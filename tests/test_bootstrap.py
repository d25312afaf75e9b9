"""A bare clone is made ready, or one line says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from supply import bootstrap

INDEX = "https://mirror.example/simple"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that looks like a clone, with an environment that answers."""
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "uv.lock").write_text("version = 1\n", encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each installation was with the test tools; nothing is installed."""
    done: list[bool] = []

    def install(uv: str, root: Path, env: object, *, is_dev: bool) -> None:
        done.append(is_dev)

    monkeypatch.setattr(bootstrap, "_install", install)
    monkeypatch.setattr(bootstrap, "_compile", lambda root: None)
    monkeypatch.setattr(bootstrap, "find_uv", lambda root: "uv")
    return done


def test_second_run_installs_nothing(clone: Path, installs: list[bool]) -> None:
    bootstrap.prepare(clone, dev=False)
    bootstrap.prepare(clone, dev=False)

    assert installs == [False]


def test_changed_lock_installs_again(clone: Path, installs: list[bool]) -> None:
    bootstrap.prepare(clone, dev=False)
    (clone / "uv.lock").write_text("version = 2\n", encoding="utf-8")
    bootstrap.prepare(clone, dev=False)

    assert installs == [False, False]


def test_program_keeps_the_test_tools_that_are_there(clone: Path, installs: list[bool]) -> None:
    bootstrap.prepare(clone, dev=True)
    bootstrap.prepare(clone, dev=False)
    (clone / "uv.lock").write_text("version = 2\n", encoding="utf-8")
    bootstrap.prepare(clone, dev=False)

    assert installs == [True, True]


def test_tests_add_their_tools_to_the_program(clone: Path, installs: list[bool]) -> None:
    bootstrap.prepare(clone, dev=False)
    bootstrap.prepare(clone, dev=True)

    assert installs == [False, True]


def test_read_only_clone_is_said_plainly(
    clone: Path, installs: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Asked for rather than made: root may write to any folder, and the run may be root's.
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(bootstrap.NotReady, match="cannot be written to"):
        bootstrap.prepare(clone, dev=False)

    assert installs == []


def test_environment_wins_over_files_in_the_settings_of_pip() -> None:
    listing = f":env:.index-url='{INDEX}'\nglobal.cert='/etc/ssl/ca.crt'\nglobal.index-url='https://other.example'\n"

    settings = bootstrap.pip_settings(listing)

    assert settings == {"index-url": INDEX, "cert": "/etc/ssl/ca.crt"}


def test_uv_asks_the_index_that_pip_is_set_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)

    env = bootstrap.uv_environment({"index-url": f"{INDEX}/", "find-links": "/a /b"}, tmp_path)

    assert env["UV_DEFAULT_INDEX"] == INDEX
    assert env["UV_FIND_LINKS"] == "/a,/b"


def test_own_settings_of_uv_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")

    env = bootstrap.uv_environment({"index-url": INDEX}, tmp_path)

    assert env["UV_DEFAULT_INDEX"] == "https://own.example/simple"


def test_extra_index_beside_the_public_one_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_INDEX", raising=False)

    env = bootstrap.uv_environment({"extra-index-url": INDEX}, tmp_path)

    assert "UV_INDEX" not in env


def test_bootstrap_reads_nothing_but_the_standard_library() -> None:
    """`-S` and `-I` take away every installed library."""
    root = Path(bootstrap.__file__).parents[1]
    question = f"import sys; sys.path.insert(0, {str(root)!r}); import supply.bootstrap"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", question], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
