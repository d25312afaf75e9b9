"""Taking an expired lot: refused, unless somebody who may says why."""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory.entries import LotGrams
from supply.inventory.fefo import is_expired
from supply.inventory.locations import LotUnknown
from supply.inventory.queries import LotRow
from supply.inventory.words import Condition
from supply.people.rights import Actor, Right, require


class LotExpired(Conflict):
    """Past its last good day on the day of use."""

    code: ClassVar[str] = "lot-expired"
    title = N_(
        "Lot {lot} is good until {expires_on} and would be used on {use_on}. "
        "Choose another lot or record it as unfit."
    )


def allow_expired(
    known: dict[UUID, LotRow],
    lines: Iterable[LotGrams],
    *,
    use_on: dt.date,
    override: str | None,
    place_code: str,
    actor: Actor,
) -> str | None:
    """Refuse good grams that are expired on the day of use; the override to record, when one was needed.

    An override that nothing needed is not recorded.
    Raises LotExpired, RightMissing, PlaceNotYours, LotUnknown.
    """
    expired: list[LotRow] = []
    for line in lines:
        if line.lot_id not in known:
            raise LotUnknown(lot=str(line.lot_id))
        lot = known[line.lot_id]
        if line.condition == Condition.GOOD and is_expired(lot.expires_on, use_on):
            expired.append(lot)
    if not expired:
        return None
    if override is None or not override.strip():
        first = min(expired, key=lambda lot: (lot.expires_on, lot.number))
        raise LotExpired(lot=first.number, expires_on=first.expires_on, use_on=use_on)
    require(actor, Right.OVERRIDE_EXPIRY, place_code)
    return override.strip()
