"""What every test may ask for: a database made by the migrations, a running service, a browser."""

import fcntl
import ipaddress
import os
import shutil
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine, make_url, text

from supply.db import Database, migrate
from supply.i18n import reading_in
from supply.settings import Settings
from tests.servers import CHROMIUM_OPTIONS, ServerMissing, find_chromium, postgresql, serving

ADDRESS = "SUPPLY_TEST_POSTGRESQL"
# Hands the run's server to the workers of xdist; set it yourself to use another server.

hypothesis.settings.register_profile(
    "explore",
    deadline=None,  # the machine is shared; slowness is measured in tests/benchmarks
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    print_blob=True,
)
hypothesis.settings.register_profile(
    "gate",
    parent=hypothesis.settings.get_profile("explore"),
    derandomize=True,  # a change is judged by the same examples each time; `explore` looks further
)
hypothesis.settings.load_profile("explore")


class OutsideNetwork(Exception):
    """A test tried to reach beyond this machine."""


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the process that directs the workers; refuse the outside network in each."""
    sys.addaudithook(_stay_on_this_machine)
    if hasattr(config, "workerinput") or config.option.collectonly or os.environ.get(ADDRESS):
        return
    standing = ExitStack()
    try:
        os.environ[ADDRESS] = standing.enter_context(postgresql())
    except ServerMissing as problem:
        raise pytest.UsageError(str(problem)) from problem
    config.add_cleanup(standing.close)
    config.add_cleanup(lambda: os.environ.update({ADDRESS: ""}))


def _stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host in {None, "", "localhost"}:
        return
    try:
        is_here = ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        is_here = False
    if not is_here:
        raise OutsideNetwork(f"{host} is outside this machine; tests run without a network")


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Each test begins with a reader of French, whatever language the one before it answered in."""
    with reading_in("fr"):
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file at the newest migration; copied, never opened by a test."""
    path = tmp_path_factory.mktemp("template") / "migrated.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """Address of the run's PostgreSQL."""
    return os.environ[ADDRESS]


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """Name of an empty database at the newest migration; copied, never opened by a test."""
    name = f"template_{uuid.uuid4().hex}"
    _on_server(postgresql_server, f"CREATE DATABASE {name}")
    migrate(_of_server(postgresql_server, name))
    yield name
    _on_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as one file, made once a run by the first worker; copied, never opened by a test."""
    from supply import clock  # noqa: PLC0415 - a test of a rule need not wait for the web to load
    from supply.demo.making import make  # noqa: PLC0415 - as above

    folder = tmp_path_factory.getbasetemp()
    # Workers have folders of their own within the run's; without workers the one above outlives the run.
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = shared / "demo" / "demo.sqlite"
        now = clock.now()
        make(f"sqlite:///{path}", today=clock.day_of(now), now=now, say=print)
    return path


@pytest.fixture
def demo(demo_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A demo of the test's own."""
    path = tmp_path / "demo.sqlite"
    shutil.copyfile(demo_file, path)
    opened = Database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a fresh, empty database made by the migrations; the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "supply.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    template: str = request.getfixturevalue("postgresql_template")
    name = f"test_{uuid.uuid4().hex}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _of_server(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, empty database made by the migrations; the test runs once on each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def live_server(database_url: str) -> Iterator[str]:
    """Address of the service, running on this test's `database`; without scheduled jobs."""
    from supply.app import create_app  # noqa: PLC0415 - a test of a rule need not wait for the web to load

    app = create_app(Settings(database_url=database_url, scheduler_in_process=False))
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium that the browser tests drive."""
    found = find_chromium()
    if found is None:
        pytest.fail("No Chromium starts here. Run  python3 -m tests  or  sudo apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One headless Chromium for the whole run; each test opens pages of its own."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page on a desk, 1280 px wide, in French."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """An empty page on a small phone, 360 px wide, in French."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR", has_touch=True)
    yield context.new_page()
    context.close()


def _of_server(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as at a terminal, here and in what the test starts; a run in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
