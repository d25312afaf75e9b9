"""The wheel works alone: installed into an empty environment, away from the clone."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from supply import bootstrap

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
CARRIED = (
    "templates",
    "fixtures",
    "supply/migrations",
    "supply/locale",
    "supply/web/static",
)
pytestmark = pytest.mark.xdist_group("packaging")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _uv("build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the commands of an environment that holds the wheel and the locked libraries."""
    folder = tmp_path_factory.mktemp("installed")
    locked, environment = folder / "locked.txt", folder / "environment"
    export = ("export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--output-file", str(locked))
    _uv(*export, "--project", str(ROOT))
    _uv("venv", "--quiet", str(environment))
    into = ("--quiet", "--python", str(environment / "bin" / "python"))
    _uv("pip", "install", *into, "--compile-bytecode", "--require-hashes", "--requirements", str(locked))
    _uv("pip", "install", *into, "--no-deps", str(wheel))
    return environment / "bin"


def test_wheel_carries_what_the_program_reads(wheel: Path) -> None:
    """Each file beside the code that is in the clone is in the wheel; the tests are not."""
    carried = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", *CARRIED],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip

    wanted = {name if name.startswith("supply/") else f"supply/_data/{name}" for name in listed}

    assert wanted
    assert wanted - carried == set()
    assert [name for name in carried if name.startswith("tests/")] == []


def test_installed_program_makes_its_demo_and_the_demo_adds_up(installed: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/demo.sqlite"

    _run(installed / "supply", "demo", "--no-serve", "--database", database, cwd=tmp_path)
    verified = _run(installed / "supply", "verify", "--json", "--database", database, cwd=tmp_path)

    assert json.loads(verified)


def test_installed_program_serves(installed: Path, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/served.sqlite"
    _run(installed / "supply", "migrate", "--database", database, cwd=tmp_path)

    with _serving(installed / "supply", database, cwd=tmp_path) as address:
        assert _status(f"{address}/health") == 200
        assert _status(f"{address}/login") == 200
        assert _status(f"{address}/schema/openapi.json") == 200


def test_installed_program_starts_as_a_module(installed: Path, tmp_path: Path) -> None:
    """`python -m supply` prepares a clone; in an environment that has everything it only starts."""
    said = _run(installed / "python", "-m", "supply", "--help", cwd=tmp_path)

    assert "verify" in said
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _serving(program: Path, database: str, *, cwd: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = cwd / "log"
    command = [str(program), "serve", "--database", database, "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=cwd, env=_environment(), stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while _status(f"{address}/health") is None:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(START_SECONDS)


def _status(address: str) -> int | None:
    """What the service answers, None when nobody does."""
    try:
        with urllib.request.urlopen(address, timeout=START_SECONDS) as answer:  # noqa: S310 - our own http address
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except OSError:
        return None


def _uv(*command: str) -> None:
    settings = bootstrap.pip_settings(bootstrap.ask_pip("config", "list"))
    env = bootstrap.uv_environment(settings, ROOT)
    env.pop("UV_PROJECT_ENVIRONMENT")
    done = subprocess.run(
        [bootstrap.find_uv(ROOT), *command], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _run(program: Path, *arguments: str, cwd: Path) -> str:
    """What a command prints, away from the clone; fails with what it says."""
    done = subprocess.run(
        [str(program), *arguments], cwd=cwd, env=_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _environment() -> dict[str, str]:
    """Nothing that would lead back to the clone."""
    return {"PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
