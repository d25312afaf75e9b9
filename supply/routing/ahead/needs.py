"""What each site still needs in each cycle to come: the earlier cycle uses what lies there first."""

import datetime as dt
from collections import defaultdict

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.words import PlaceKind
from supply.inventory import queries as inventory
from supply.inventory.given import given_out
from supply.inventory.words import Condition
from supply.programme import queries as programme
from supply.programme.rows import CycleRow
from supply.programme.words import CycleState
from supply.routing import queries
from supply.routing.packs import missing_grams
from supply.routing.snapshot import use_days

DAY = dt.timedelta(days=1)


class AheadNeed(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a product that a site misses for a cycle, the last day to bring them, and how long good."""

    cycle_code: str
    site_code: str
    product_code: str
    grams: int
    due_on: dt.date
    needs_until: dt.date


def deadline(cycle: CycleRow, today: dt.date) -> dt.date:
    """The day before its first distribution; once that is past, its last distribution day."""
    return cycle.starts_on - DAY if cycle.starts_on > today else cycle.ends_on


def cycles_ahead(session: Session, today: dt.date) -> tuple[CycleRow, ...]:
    """Cycles that are not closed and whose deadline is to come, the first first."""
    return tuple(
        one
        for one in programme.cycles(session)
        if one.state != CycleState.CLOSED and deadline(one, today) >= today
    )


def ahead_needs(session: Session, today: dt.date, keep_days: int) -> tuple[AheadNeed, ...]:
    """By cycle, site and product; what nobody misses is left out."""
    lying = _lying(session)
    found = []
    for cycle in cycles_ahead(session, today):
        days = use_days(session, cycle, keep_days)
        given = given_out(session, cycle.code)
        coming = queries.under_way(session, (cycle.code,), good_on=cycle.ends_on).get(cycle.code, {})
        for need in programme.needs(session, cycle.code):
            if not need.rounded_grams:
                continue
            key = (need.site_code, need.product_code)
            open_grams = max(0, need.rounded_grams - given.get(key, 0) - coming.get(key, 0))
            used = _use(lying[key], open_grams, days.use_on(need.site_code))
            missing = missing_grams(open_grams, used, 0, need.pack_grams)
            if missing:
                found.append(
                    AheadNeed(
                        cycle_code=cycle.code,
                        site_code=need.site_code,
                        product_code=need.product_code,
                        grams=missing,
                        due_on=deadline(cycle, today),
                        needs_until=days.needs_until(need.site_code),
                    )
                )
    return tuple(found)


class _Lot:
    """Grams of a lot that no cycle uses yet."""

    def __init__(self, until: dt.date, grams: int) -> None:
        self.until = until
        self.grams = grams

    def use(self, grams: int) -> int:
        used = min(self.grams, grams)
        self.grams -= used
        return used


def _lying(session: Session) -> dict[tuple[str, str], list[_Lot]]:
    """Lots at the sites by (site, product), the first to expire first."""
    sites = tuple(site.code for site in catalog.places(session, PlaceKind.SITE))
    found: dict[tuple[str, str], list[_Lot]] = defaultdict(list)
    for balance in inventory.on_hand(session, place_codes=sites, condition=Condition.GOOD):
        found[balance.place_code, balance.product_code].append(_Lot(balance.expires_on, balance.grams))
    return found


def _use(lots: list[_Lot], grams: int, use_on: dt.date) -> int:
    used = 0
    for lot in lots:
        if lot.until >= use_on:
            used += lot.use(grams - used)
    return used
