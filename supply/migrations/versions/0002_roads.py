"""Seasonal speeds and road calendars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("road_edge", sa.Column("rains_minutes", sa.Integer(), nullable=True))
    op.add_column("road_edge", sa.Column("ferry_minutes", sa.Integer(), nullable=True))
    op.add_column("road_edge", sa.Column("closed_months", JSON, nullable=True))
    op.add_column("road_edge", sa.Column("weekdays", JSON, nullable=True))
    op.add_column("road_edge", sa.Column("vehicle_types", JSON, nullable=True))
    op.add_column(
        "road_edge", sa.Column("access_source", sa.String(length=200), server_default="", nullable=False)
    )
    for name in ("laterite_kmh", "track_kmh", "paved_rains_kmh", "laterite_rains_kmh", "track_rains_kmh"):
        op.add_column("vehicle_type", sa.Column(name, sa.Integer(), nullable=True))
