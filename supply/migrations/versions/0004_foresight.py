"""Lots against distance and pre-positioning."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass
