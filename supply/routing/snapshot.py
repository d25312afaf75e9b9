"""One moment of a cycle read from every area: needs, stock of sites and stores, trucks, roads, closures."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import ClassVar

from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog import road_queries
from supply.catalog.words import PlaceKind
from supply.errors import NotFound
from supply.i18n import N_
from supply.inventory import queries as inventory
from supply.inventory.fefo import is_expired
from supply.inventory.given import given_out
from supply.inventory.words import Condition
from supply.programme import queries as programme
from supply.programme.rows import CycleRow
from supply.programme.words import CycleState
from supply.routing import queries
from supply.routing.basis import Amounts, SiteDemand, Snapshot, StoreStock
from supply.routing.expiry import UseDays, countable_grams
from supply.routing.feeder import last_driving_day
from supply.routing.packs import missing_grams, usable_grams


class CycleUnknown(NotFound):
    """No cycle has this code."""

    code: ClassVar[str] = "cycle-unknown"
    title = N_("There is no cycle “{cycle}”; choose one from the list.")


def take_snapshot(
    session: Session,
    cycle_code: str,
    *,
    first_on: dt.date,
    last_on: dt.date,
    today: dt.date,
    also: Collection[str] = (),
    keep_days: int = 0,
) -> Snapshot:
    """Everything the feeder needs, with distances of the sites that miss something and of those in `also`.

    Raises CycleUnknown.
    """
    cycle = programme.cycle(session, cycle_code)
    if cycle is None:
        raise CycleUnknown(cycle=cycle_code)
    demands = site_demands(session, cycle_code)
    days = use_days(session, cycle, keep_days)
    stores = catalog.places(session, PlaceKind.STORE, only_active=True)
    sites = catalog.places(session, PlaceKind.SITE, only_active=True)
    wanted = {one.site_code for one in demands if one.missing_grams} | set(also)
    codes = [*(store.code for store in stores), *(site.code for site in sites if site.code in wanted)]
    return Snapshot(
        cycle_code=cycle_code,
        cycle_name=cycle.name,
        use_on=cycle.ends_on,
        first_on=first_on,
        last_on=last_on,
        stores=stores,
        sites=sites,
        products=catalog.products(session),
        demands=demands,
        stock=store_stock(session, demands, days=days),
        vehicle_types=catalog.vehicle_types(session),
        vehicles=catalog.vehicles(session, only_active=True),
        busy=queries.busy_trucks(session, today),
        closures=catalog.closures(session, codes),
        uncounted=uncounted_sites(session, cycle_code),
        distances=road_queries.legs_between(session, codes, (first_on, last_driving_day(last_on))),
        keep_days=keep_days,
        next_use_on=_next_use_on(session, cycle),
        days_by_site=days.by_site,
    )


def use_days(session: Session, cycle: CycleRow, keep_days: int = 0) -> UseDays:
    """The distribution days of a cycle's sites, with the life that must be left on them."""
    return UseDays(
        default=cycle.ends_on,
        by_site=queries.distribution_days(session, cycle.code),
        keep_days=keep_days,
    )


def _next_use_on(session: Session, cycle: CycleRow) -> dt.date | None:
    later = [
        one
        for one in programme.cycles(session)
        if one.starts_on > cycle.starts_on and one.state != CycleState.CLOSED
    ]
    return later[0].ends_on if later else None


def site_demands(session: Session, cycle_code: str) -> tuple[SiteDemand, ...]:
    """Need, cover and what is still to bring, per site and product of the cycle; raises CycleUnknown."""
    cycle = programme.cycle(session, cycle_code)
    if cycle is None:
        raise CycleUnknown(cycle=cycle_code)
    has = _cover(session, cycle_code, cycle.starts_on, use_on=cycle.ends_on)
    coming = queries.under_way(session, (cycle_code,), good_on=cycle.ends_on).get(cycle_code, {})
    demands = []
    for need in programme.needs(session, cycle_code):
        key = (need.site_code, need.product_code)
        if need.rounded_grams is None:
            continue
        demands.append(
            SiteDemand(
                site_code=need.site_code,
                site_name=need.site_name,
                product_code=need.product_code,
                pack_code=need.pack_code,
                pack_grams=need.pack_grams,
                need_grams=need.rounded_grams,
                has_grams=has.get(key, 0),
                under_way_grams=coming.get(key, 0),
                missing_grams=missing_grams(
                    need.rounded_grams, has.get(key, 0), coming.get(key, 0), need.pack_grams
                ),
            )
        )
    return tuple(demands)


def uncounted_sites(session: Session, cycle_code: str) -> tuple[tuple[str, str], ...]:
    """Code and name of sites whose need is not known, because a group was not counted there."""
    return tuple(
        sorted(
            {
                (need.site_code, need.site_name)
                for need in programme.needs(session, cycle_code)
                if need.rounded_grams is None
            }
        )
    )


def store_stock(
    session: Session, demands: Collection[SiteDemand], *, days: UseDays
) -> tuple[StoreStock, ...]:
    """Free stock of active stores by product: whole packs, promised to nobody, good for some site in time."""
    packs = {code: pack.net_grams for code, pack in catalog.base_packs(session).items()}
    packs.update({demand.product_code: demand.pack_grams for demand in demands})
    stores = {store.code: store.name for store in catalog.places(session, PlaceKind.STORE, only_active=True)}
    lots: dict[tuple[str, str], list[tuple[dt.date, int]]] = defaultdict(list)
    wanted = _wanted_by_day(demands, days)
    reserved: dict[tuple[str, str], int] = defaultdict(int)
    expiring: dict[tuple[str, str], int] = defaultdict(int)
    for balance in inventory.on_hand(session, place_codes=tuple(stores), condition=Condition.GOOD):
        key = (balance.place_code, balance.product_code)
        if balance.product_code not in packs:
            continue
        first_on = min(wanted.get(balance.product_code) or (days.needs_until(""),))
        if is_expired(balance.expires_on, first_on):
            expiring[key] += usable_grams(balance.grams, packs[balance.product_code])
            continue
        reserved[key] += balance.reserved_grams
        grams = usable_grams(balance.grams - balance.reserved_grams, packs[balance.product_code])
        if grams > 0:
            lots[key].append((balance.expires_on, grams))
    return tuple(
        StoreStock(
            store_code=store_code,
            store_name=stores[store_code],
            product_code=product_code,
            reserved_grams=reserved[store_code, product_code],
            expiring_grams=expiring[store_code, product_code],
            lots=tuple(grams for _, grams in lots[store_code, product_code]),
            good_until=tuple(until for until, _ in lots[store_code, product_code]),
            uncounted_grams=_uncounted(lots[store_code, product_code], wanted.get(product_code, {})),
        )
        for store_code, product_code in sorted({*lots, *reserved, *expiring})
    )


def _wanted_by_day(demands: Iterable[SiteDemand], days: UseDays) -> dict[str, dict[dt.date, int]]:
    """Grams to bring by product and by the day until which they must be good."""
    wanted: dict[str, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for demand in demands:
        if demand.missing_grams:
            wanted[demand.product_code][days.needs_until(demand.site_code)] += demand.missing_grams
    return wanted


def _uncounted(lots: Collection[tuple[dt.date, int]], wanted: Mapping[dt.date, int]) -> int:
    """Grams of the lots that no plan can be sure to use."""
    return sum(grams for _, grams in lots) - countable_grams(lots, wanted) if wanted else 0


def covered_grams(holds: int, delivered: int, kept: int) -> int:
    """Grams of a site that count for a cycle.

    `holds` is what lies there good plus what its people already got in this cycle; `delivered` came on
    trips of this cycle; `kept` is what an earlier, still open cycle has yet to give out there. Stock is not
    marked by cycle, so the earlier cycle is served first, but never from what this cycle's own trips
    brought.
    """
    return max(0, holds - kept, min(holds, delivered))


def _cover(session: Session, cycle_code: str, starts_on: dt.date, *, use_on: dt.date) -> Amounts:
    """Grams by (site, product) that the site has for this cycle."""
    holds: Amounts = defaultdict(int)
    sites = tuple(site.code for site in catalog.places(session, PlaceKind.SITE))
    for balance in inventory.on_hand(session, place_codes=sites, condition=Condition.GOOD):
        if not is_expired(balance.expires_on, use_on):
            holds[balance.place_code, balance.product_code] += balance.grams
    for key, grams in given_out(session, cycle_code).items():
        holds[key] += grams
    delivered = queries.delivered(session, cycle_code, good_on=use_on)
    kept = _kept_for_earlier(session, cycle_code, starts_on)
    return {
        key: covered_grams(grams, delivered.get(key, 0), kept.get(key, 0)) for key, grams in holds.items()
    }


def _kept_for_earlier(session: Session, cycle_code: str, starts_on: dt.date) -> Amounts:
    """What earlier cycles that are still open have yet to give out from what lies at the sites."""
    kept: Amounts = defaultdict(int)
    earlier = [
        one.code
        for one in programme.cycles(session)
        if one.state == CycleState.OPEN and one.code != cycle_code and one.starts_on < starts_on
    ]
    coming = queries.under_way(session, earlier, good_on=dt.date.min)
    for code in earlier:
        given = given_out(session, code)
        for need in programme.needs(session, code):
            key = (need.site_code, need.product_code)
            kept[key] += max(
                0, (need.rounded_grams or 0) - given.get(key, 0) - coming.get(code, {}).get(key, 0)
            )
    return kept
