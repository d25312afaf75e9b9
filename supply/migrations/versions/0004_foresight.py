"""Lots against distance and pre-positioning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "distribution_day",
        sa.Column("cycle_code", sa.String(length=32), nullable=False),
        sa.Column("site_code", sa.String(length=32), nullable=False),
        sa.Column("use_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_code"], ["cycle.code"], name=op.f("fk_distribution_day_cycle_code_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["site_code"], ["place.code"], name=op.f("fk_distribution_day_site_code_place")
        ),
        sa.PrimaryKeyConstraint("cycle_code", "site_code", name=op.f("pk_distribution_day")),
    )
    op.create_table(
        "calculation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("question", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('fefo-first', 'preposition')", name=op.f("ck_calculation_kind_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_calculation_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["delivery_plan.id"], name=op.f("fk_calculation_plan_id_delivery_plan")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_calculation_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculation")),
    )
    op.create_index(op.f("ix_calculation_plan_id"), "calculation", ["plan_id"], unique=False)
