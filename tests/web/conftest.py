"""What tests of the whole service share: the small programme on SQLite, a browser on it, the description."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supply.app import create_app
from supply.db import Database
from supply.settings import Settings
from tests.world import Browser, browse, make_world


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """The small programme on SQLite; where the database does not matter, one kind is enough."""
    path = tmp_path / "supply.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    make_world(database)
    yield database
    database.close()


@pytest.fixture
def client(file: Database) -> Iterator[Browser]:
    with browse(file) as browser:
        yield browser


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return create_app(Settings(database_url="sqlite:///:memory:")).openapi_schema.to_schema()
