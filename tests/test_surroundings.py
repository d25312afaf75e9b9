"""What the tests stand on: fresh databases of both kinds, and no way out of this machine."""

import socket

import pytest
from playwright.sync_api import Error, Page
from sqlalchemy import text

from supply.db import Database, newest_migration
from tests.conftest import OutsideNetwork


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_has_a_database_of_its_own(database: Database, turn: str) -> None:
    with database.transaction() as session:
        session.execute(text("CREATE TABLE left_behind (turn TEXT)"))

    assert database.migration() == newest_migration()


def test_databases_are_of_the_kinds_that_they_are_called(
    request: pytest.FixtureRequest, database: Database
) -> None:
    with database.snapshot() as session:
        kind = session.get_bind().dialect.name

    assert f"[{kind}]" in request.node.name


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "files.example.org"])
def test_nothing_outside_this_machine_is_reached(address: str) -> None:
    with pytest.raises(OutsideNetwork):
        socket.create_connection((address, 80), timeout=1)


@pytest.mark.browser
def test_pages_reach_nothing_outside_this_machine(page: Page) -> None:
    with pytest.raises(Error, match="ERR_"):
        page.goto("http://files.example.org/")
