"""Compiles the searches once a run, so that no test's time limit is spent on it."""

import fcntl

import pytest

from supply.routing.planner.solve import prepare


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One worker compiles; the others load what it kept."""
    with (tmp_path_factory.getbasetemp().parent / "compile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        prepare()
