"""Plans that follow another."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "delivery_plan",
        sa.Column("following", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    )
