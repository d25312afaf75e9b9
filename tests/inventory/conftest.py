"""The small programme on a fresh database of each kind."""

import pytest

from supply.db import Database
from tests.world import World, make_world


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)
