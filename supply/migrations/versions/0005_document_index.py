"""The unique key of documents begins with the place: an index on the place alone was written for nothing."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_index("ix_document_place_code", table_name="document")
