"""`python3 -m tests`: makes the machine ready, then runs each check and says how each ended.

Arguments are handed to pytest, and then only pytest runs: `python3 -m tests tests/inventory -k fefo`.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from supply.bootstrap import NotReady, ensure, install_debian

ROOT = Path(__file__).resolve().parents[1]
CHECKS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy", "--strict", "supply", "tests")),
    ("imports", ("lint-imports",)),
    (
        "tests",
        ("pytest", "-q", "-n", "2", "--dist", "loadgroup", "-W", "error", "--hypothesis-profile", "gate"),
    ),
)


def main() -> int:
    """0 when every check passed."""
    ensure("tests", dev=True)
    os.chdir(ROOT)
    try:
        provide_chromium()
    except NotReady as problem:
        sys.exit(f"tests: {problem}")
    if sys.argv[1:]:
        return _run(("pytest", *sys.argv[1:]))
    lines = []
    failed = 0
    for number, (name, command) in enumerate(CHECKS, start=1):
        print(f"\n== {number}/{len(CHECKS)} {name}: {' '.join(command)}", flush=True)
        started = time.monotonic()
        is_bad = _run(command) != 0
        failed += is_bad
        lines.append(f"{name:10}{'FAILED' if is_bad else 'passed':10}{time.monotonic() - started:6.0f} s")
    print("\n== summary", *lines, sep="\n")
    print("All checks passed." if not failed else f"{failed} of {len(CHECKS)} checks FAILED.", flush=True)
    return 1 if failed else 0


def provide_chromium() -> None:
    """Make sure that a Chromium can be driven here, installing it where that is allowed. Raises NotReady."""
    from tests.servers import missing_for_browsers  # noqa: PLC0415 - its libraries are there from here on

    if not (missing := missing_for_browsers()):
        return
    apt = shutil.which("apt-get")
    is_root = os.geteuid() == 0
    for package in missing if apt and is_root else []:
        print(f"-> installing {package} for the browser tests", file=sys.stderr, flush=True)
        with suppress(NotReady):
            install_debian(str(apt), package)
    if missing_for_browsers() == ["chromium"]:
        # Ubuntu has Chromium as a snap only; Playwright brings a build of its own.
        _run(("playwright", "install", *(["--with-deps"] if is_root else []), "chromium"))
    if missing := missing_for_browsers():
        packages = " ".join(missing)
        raise NotReady(
            f"the browser tests cannot run: this machine lacks {packages}. "
            f"Type  sudo apt-get install -y {packages}  (Ubuntu: sudo snap install chromium) and start again."
        )


def _run(command: tuple[str, ...]) -> int:
    tool = Path(sys.executable).parent / command[0]
    return subprocess.run([str(tool), *command[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
