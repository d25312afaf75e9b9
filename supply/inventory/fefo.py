"""First expired, first out: which lots to take, by the day of use. Values in, values out."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class SkipReason(StrEnum):
    """Why grams that lie in the store were not taken."""

    EXPIRED = "expired"
    TOO_SOON = "too-soon"
    HOLD = "hold"
    UNFIT = "unfit"
    RESERVED = "reserved"
    OPENED = "opened"


class Candidate(Struct, frozen=True, kw_only=True):
    """Grams of a lot that may be taken: good and promised to nobody else."""

    lot_id: UUID
    lot_number: str
    expires_on: dt.date
    grams: int
    received_on: dt.date | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """Grams to take from a lot."""

    lot_id: UUID
    lot_number: str
    grams: int
    expires_on: dt.date


class Skipped(Struct, frozen=True, kw_only=True):
    """Grams left lying, and why."""

    lot_number: str
    grams: int
    why: SkipReason
    expires_on: dt.date | None = None


class Pick(Struct, frozen=True, kw_only=True):
    """What to take, what was passed over, and how many grams could not be found."""

    taken: tuple[Taken, ...]
    skipped: tuple[Skipped, ...]
    shortfall: int


def is_expired(expires_on: dt.date, day: dt.date) -> bool:
    """The last good day is inclusive: good on it, expired from the next day. The only such rule."""
    return day > expires_on


def pick(
    candidates: Iterable[Candidate], grams: int, *, use_on: dt.date, keep_days: int = 0, pack_grams: int = 1
) -> Pick:
    """Take from the lots that expire first and are still good on the day of use and `keep_days` after it.

    With `pack_grams` only whole packs are taken; loose grams of an opened pack stay. Never more than asked:
    what does not make a whole pack is shortfall, rounded down and told.
    """
    taken: list[Taken] = []
    skipped: list[Skipped] = []
    missing = grams
    for lot in in_order(candidates):
        why = _refusal(lot, use_on, keep_days)
        if why is not None:
            skipped.append(_skip(lot, lot.grams, why))
            continue
        whole = lot.grams - lot.grams % pack_grams
        took = min(whole, missing - missing % pack_grams)
        if took > 0:
            taken.append(
                Taken(lot_id=lot.lot_id, lot_number=lot.lot_number, grams=took, expires_on=lot.expires_on)
            )
            missing -= took
        if missing and lot.grams > whole:
            skipped.append(_skip(lot, lot.grams - whole, SkipReason.OPENED))
    return Pick(taken=tuple(taken), skipped=tuple(skipped), shortfall=missing)


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The lots in the order in which they leave."""
    return sorted(candidates, key=_first_out)


def _first_out(lot: Candidate) -> tuple[dt.date, dt.date, int, str, UUID]:
    # Same expiry: first in, first out; then the smaller rest, so that part-lots are emptied.
    return (lot.expires_on, lot.received_on or dt.date.max, lot.grams, lot.lot_number, lot.lot_id)


def _refusal(lot: Candidate, use_on: dt.date, keep_days: int) -> SkipReason | None:
    if is_expired(lot.expires_on, use_on):
        return SkipReason.EXPIRED
    if is_expired(lot.expires_on, use_on + dt.timedelta(days=keep_days)):
        return SkipReason.TOO_SOON
    return None


def _skip(lot: Candidate, grams: int, why: SkipReason) -> Skipped:
    return Skipped(lot_number=lot.lot_number, grams=grams, why=why, expires_on=lot.expires_on)
