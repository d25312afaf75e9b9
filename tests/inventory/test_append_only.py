"""The database itself refuses to change or remove what was recorded."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from supply.errors import SupplyError
from tests.inventory.made import received
from tests.world import World


@pytest.mark.parametrize("table", ["document", "movement"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET occurred_on = '2020-01-01'", "DELETE FROM {table}"])
def test_rows_of_the_ledger_cannot_be_changed_or_removed(world: World, table: str, change: str) -> None:
    received(world, "A1", 1000)

    with pytest.raises((DatabaseError, SupplyError)), world.database.transaction() as session:
        session.execute(text(change.format(table=table)))

    with world.database.snapshot() as session:
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 1
