"""Lots of the stores for the trips of one plan, chosen for all trips of a store and product together."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import ClassVar

from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.i18n import N_
from supply.inventory import queries as inventory
from supply.inventory.fefo import Candidate, Taken, in_order
from supply.routing.basis import SiteDemand
from supply.routing.expiry import UseDays, countable_grams
from supply.routing.packs import Portion, usable_grams


class StockGone(Conflict):
    """What the plan counted on was taken meanwhile."""

    code: ClassVar[str] = "stock-gone"
    title = N_(
        "{store} has {missing:mass} of {product} less than the plan takes: it was issued, lost "
        "or promised to other "
        "trips meanwhile. Ask for a new plan."
    )


class LotsTooOld(Conflict):
    """There is enough, but not enough that is still good for the sites that distribute late."""

    code: ClassVar[str] = "lots-too-old"
    title = N_(
        "{store} lacks {missing:mass} of {product} good until {day}, as {site} needs it: what is left in the "
        "store expires before. Ask for a new plan, or bring the distribution of {site} forward."
    )


class Shelf:
    """Free lots of the stores: two trips never count on the same bags."""

    def __init__(self, session: Session, packs: Mapping[str, int], days: UseDays) -> None:
        self._session = session
        self._packs = packs
        self._days = days
        self._lots: dict[tuple[str, str], list[Candidate]] = {}

    def countable(self, store_code: str, product_code: str, demands: Iterable[SiteDemand]) -> int:
        """Grams in whole packs that trips may take, whichever sites they go to."""
        wanted: dict[dt.date, int] = defaultdict(int)
        for demand in demands:
            if demand.product_code == product_code:
                wanted[self._days.needs_until(demand.site_code)] += demand.missing_grams
        pack_grams = self._packs[product_code]
        lots = self._candidates(store_code, product_code)
        return countable_grams(
            [(lot.expires_on, usable_grams(lot.grams, pack_grams)) for lot in lots], wanted
        )

    def take(self, portions: Iterable[Portion]) -> dict[Portion, tuple[Taken, ...]]:
        """The lots of each portion; raises StockGone, LotsTooOld."""
        by_shelf: dict[tuple[str, str], list[Portion]] = defaultdict(list)
        for portion in portions:
            by_shelf[portion.store_code, portion.product_code].append(portion)
        taken: dict[Portion, tuple[Taken, ...]] = {}
        for key, mine in sorted(by_shelf.items()):
            taken.update(self._take(key, sorted(mine, key=lambda one: (one.trip, one.stop))))
        return taken

    def _take(self, key: tuple[str, str], portions: list[Portion]) -> dict[Portion, tuple[Taken, ...]]:
        from supply.routing.planner.lots import LotPacks, Want, assign_lots  # noqa: PLC0415 - loads a solver

        pack_grams = self._packs[key[1]]
        lots = self._candidates(*key)
        wants = [Want(self._days.needs_until(one.site_code), one.grams // pack_grams) for one in portions]
        assigned = assign_lots([LotPacks(lot.expires_on, lot.grams // pack_grams) for lot in lots], wants)
        if any(assigned.missing):
            raise self._refusal(key, portions, assigned.missing)
        taken: dict[Portion, list[Taken]] = {portion: [] for portion in portions}
        for one in assigned.takings:
            lot = lots[one.lot]
            taken[portions[one.want]].append(
                Taken(
                    lot_id=lot.lot_id,
                    lot_number=lot.lot_number,
                    grams=one.packs * pack_grams,
                    expires_on=lot.expires_on,
                )
            )
        return {portion: tuple(lines) for portion, lines in taken.items()}

    def _refusal(
        self, key: tuple[str, str], portions: list[Portion], missing: tuple[int, ...]
    ) -> StockGone | LotsTooOld:
        """Less in the store than the plan takes; or enough, but not good long enough for one of its sites."""
        pack_grams = self._packs[key[1]]
        there = sum(usable_grams(lot.grams, pack_grams) for lot in self._candidates(*key))
        if there < sum(one.grams for one in portions):
            return StockGone(store=key[0], product=key[1], missing=sum(missing) * pack_grams)
        late = next(one for one, packs in zip(portions, missing, strict=True) if packs)
        return LotsTooOld(
            store=key[0],
            product=key[1],
            missing=sum(missing) * pack_grams,
            site=late.site_code,
            day=self._days.needs_until(late.site_code),
        )

    def _candidates(self, store_code: str, product_code: str) -> list[Candidate]:
        key = (store_code, product_code)
        if key not in self._lots:
            self._lots[key] = in_order(inventory.pickable(self._session, store_code, product_code))
        return self._lots[key]
