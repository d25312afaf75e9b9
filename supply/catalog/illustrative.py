"""Whether the database holds invented figures, which every page then says."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from supply.catalog.models import Place


def has_illustrative_places(session: Session) -> bool:
    """True when at least one place is marked as invented."""
    return bool(session.scalar(select(exists().where(Place.is_illustrative))))
