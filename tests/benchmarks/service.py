"""How quick and how heavy the running service is at demo size: `python -m tests.benchmarks.service`.

Makes the demo, starts the service as a process of its own, and prints a table: seconds to make the demo,
seconds to the first healthy answer, resident memory when idle, milliseconds of each list page, and seconds to
import the country's communes and villages where their files lie beside the checkout.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from supply.catalog.importing import import_file
from supply.catalog.imports import IMPORTERS
from supply.catalog.pages.browse import SECTIONS
from supply.db import Database, migrate
from supply.demo.staff import PASSWORD
from tests.world import NOW, make_world

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PAGES = (
    ("logistique", "/"),
    ("magasin.sikasso", "/"),
    ("magasin.sikasso", "/inventory"),
    ("logistique", "/inventory/stock"),
    ("logistique", "/inventory/documents"),
    ("logistique", "/catalog"),
    *(("logistique", f"/catalog/{name}") for name in SECTIONS),
    ("logistique", "/imports"),
    ("logistique", "/programme"),
    ("logistique", "/procurement"),
    ("logistique", "/procurement/quality"),
    ("logistique", "/procurement/pipeline"),
    ("logistique", "/routing"),
    ("logistique", "/routing/needs"),
    ("logistique", "/routing/trips"),
    ("nutrition", "/distribution"),
    ("nutrition", "/distribution/register"),
    ("nutrition", "/coverage"),
    ("nutrition", "/coverage/follow-up"),
    ("admin", "/audit"),
    ("admin", "/alerts"),
    ("admin", "/people"),
)
REPEATS = 9


def main() -> None:
    """Measure and print; fails only when a page does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.sqlite"
        started = time.monotonic()
        subprocess.run(_supply("demo", "--no-serve", "--database", url), check=True, capture_output=True)
        row("demo made", time.monotonic() - started, "s", "30")
        with serving(url) as (address, seconds, process):
            row("service start", seconds, "s", "3")
            time.sleep(3)
            row("memory, idle", memory_mb(process.pid), "MB", "250")
            for login, path in PAGES:
                row(f"{path}  ({login})", page_ms(address, login, path), "ms", "150")
            row("memory, after all pages", memory_mb(process.pid), "MB", "")
        if DATA.is_dir():
            seconds = country_seconds(f"sqlite:///{folder}/country.sqlite")
            row("701 communes and 18,769 villages imported", seconds, "s", "10")


def row(name: str, value: float, unit: str, goal: str) -> None:
    """One line of the table."""
    print(f"{name:48}{value:9.1f} {unit:3}{'≤ ' + goal if goal else '':>8}", flush=True)


@contextmanager
def serving(url: str) -> Iterator[tuple[str, float, subprocess.Popen[bytes]]]:
    """Address, seconds to the first healthy answer, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    process = subprocess.Popen(
        _supply("serve", "--database", url, "--port", str(port)), stdout=subprocess.DEVNULL
    )
    try:
        while time.monotonic() - started < 60:
            try:
                if httpx.get(f"{address}/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        yield address, time.monotonic() - started, process
    finally:
        process.terminate()
        process.wait(30)


def page_ms(address: str, login: str, path: str) -> float:
    """Median milliseconds of a page over one connection, after one visit."""
    with httpx.Client(base_url=address, timeout=30) as client:
        client.post("/login", data={"login": login, "password": PASSWORD})
        times = []
        for _ in range(REPEATS + 1):
            started = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - started) * 1000)
            if answer.status_code != 200:
                sys.exit(f"{path} answered {answer.status_code}")
    return statistics.median(times[1:])


def country_seconds(url: str) -> float:
    """Seconds to import the country's communes and then its villages into a small programme."""
    migrate(url)
    with closing(Database(url)) as database:
        officer = make_world(database).officer
        started = time.monotonic()
        for kind, name in (("communes", "mali_adm3_communes.csv"), ("villages", "mali_settlements.csv")):
            content = (DATA / name).read_bytes()
            with database.transaction() as session:
                import_file(session, IMPORTERS, kind, name, content, actor=officer, now=NOW)
        return time.monotonic() - started


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _supply(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "supply", *arguments]


if __name__ == "__main__":
    os.environ["SUPPLY_SCHEDULER_IN_PROCESS"] = "true"
    main()
