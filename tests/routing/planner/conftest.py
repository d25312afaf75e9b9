"""Compiles the search for trips once, so that no test waits for it inside its time limit."""

import pytest

from supply.routing.planner.solve import prepare


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    prepare()
