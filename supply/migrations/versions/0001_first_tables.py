"""First tables."""

from alembic import op

from supply.db import append_only_ddl
from supply.tables import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    METADATA.create_all(connection)
    for table in METADATA.sorted_tables:
        if table.info.get("append_only"):
            for statement in append_only_ddl(table.name, connection.dialect.name):
                op.execute(statement)
