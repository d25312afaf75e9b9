"""What cannot be true of goods that come in: made later, more than a store holds, expired and unsaid."""

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.i18n import N_
from supply.inventory.fefo import is_expired
from supply.inventory.lots import LotFacts
from supply.inventory.rows import PLACE
from supply.units import checked


class ProducedAfterArrival(Invalid):
    """The bag was made after it came: one of the two days is mistyped."""

    code: ClassVar[str] = "produced-after-arrival"
    title = N_(
        "Lot {lot}: produced on {produced_on}, but it came on {arrived_on}. "
        "Read the day on the bag again, and check the day of arrival."
    )


class MoreThanStoreHolds(Invalid):
    """One receipt that would not fit into the empty store: kilograms or pouches typed as bags."""

    code: ClassVar[str] = "more-than-store-holds"
    title = N_(
        "{grams:mass} in one receipt; the whole store of {store} holds {capacity:mass}. "
        "Count the packs again and check the unit."
    )


class ExpiredNeedsReason(Invalid):
    """Flour that was no longer good when it came is taken in only for a reason."""

    code: ClassVar[str] = "expired-needs-reason"
    about: ClassVar[str] = "reason"
    title = N_(
        "Lot {lot} had expired already when it came ({expires_on}). Read the day on the bag again; "
        "if it is right, write in the remarks why it is taken in."
    )


def refuse_made_later(lots: Sequence[LotFacts], arrived_on: dt.date) -> None:
    """Refuse a lot that was produced after it came. Raises ProducedAfterArrival."""
    for lot in lots:
        if lot.produced_on is not None and lot.produced_on > arrived_on:
            raise ProducedAfterArrival(lot=lot.number, produced_on=lot.produced_on, arrived_on=arrived_on)


def refuse_unexplained_expired(lots: Sequence[LotFacts], arrived_on: dt.date, reason: str) -> None:
    """Refuse a lot that had expired when it came, unless a reason is given. Raises ExpiredNeedsReason."""
    if reason.strip():
        return
    for lot in lots:
        if is_expired(lot.expires_on, arrived_on):
            raise ExpiredNeedsReason(lot=lot.number, expires_on=lot.expires_on)


def refuse_more_than_holds(session: Session, place_code: str, grams: int) -> None:
    """Refuse more than the whole capacity of a place, where it is known.

    Raises MoreThanStoreHolds, AbsurdQuantity.

    What lies there already is not counted: a store may be crowded, but no mistyped pack passes a whole store.
    """
    checked(grams)
    found = session.execute(_CAPACITY, {"place": place_code}).one_or_none()
    if found is not None and found.capacity_grams is not None and grams > found.capacity_grams:
        raise MoreThanStoreHolds(store=found.name, grams=grams, capacity=int(found.capacity_grams))


_CAPACITY = select(PLACE.c.name, PLACE.c.capacity_grams).where(PLACE.c.code == bindparam("place"))
