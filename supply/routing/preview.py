"""A plan in whole packs before it is approved: what its waybills will say, if the stock stays as it was."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from supply.routing.basis import Basis, SiteDemand, StoreStock
from supply.routing.following import PlanTrips
from supply.routing.packs import LeftBehind, in_whole_packs, usable_grams
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.trips import capacities_of, pieces_of, served_whole, wanted_of

ENOUGH = 10**15
# Grams of a store of which the plan did not keep what lay there.


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Grams in whole packs by number of the trip, and not served by site and product.

    `left_behind` are packs that the plan serves in kilograms and that fit whole into none of its trips; they
    are not among `unserved`.
    """

    grams_by_trip: Mapping[int, int]
    unserved: Mapping[tuple[str, str], int]
    left_behind: tuple[LeftBehind, ...]


def preview(problem: Problem, plan: Plan, basis: Basis, parts: PlanTrips) -> Preview:
    """Round the trips that approval would make as approval does; announced trips go as they are."""
    packs = {one.product_code: one.pack_grams for one in basis.demands}
    brought = _kept_grams(parts, packs)
    demands = tuple(_less(one, brought[one.site_code, one.product_code]) for one in basis.demands)
    portions, left = in_whole_packs(
        pieces_of(parts.made),
        wanted_of(demands, served_whole(plan, demands) if parts.kept else set()),
        capacities=capacities_of(problem, parts.made),
        stock=_stock(basis, parts, packs),
        kg_per_m3={one.id: None if one.kg_per_m3 is None else int(one.kg_per_m3) for one in problem.products},
    )
    grams_by_trip: Counter[int] = Counter({number: kept.grams for number, kept in parts.kept.items()})
    served: Counter[tuple[str, str]] = Counter()
    for portion in portions:
        grams_by_trip[portion.trip] += portion.grams
        served[portion.site_code, portion.product_code] += portion.grams
    for one in left:
        served[one.site_code, one.product_code] += one.grams
    rest = {
        (one.site_code, one.product_code): one.missing_grams - served[one.site_code, one.product_code]
        for one in demands
    }
    return Preview(
        grams_by_trip=grams_by_trip,
        unserved={key: grams for key, grams in rest.items() if grams > 0},
        left_behind=left,
    )


def _kept_grams(parts: PlanTrips, packs: Mapping[str, int]) -> Counter[tuple[str, str]]:
    """What announced trips bring: their kilograms were rounded up from whole packs."""
    kg: Counter[tuple[str, str]] = Counter()
    for previous in parts.kept.values():
        for stop in previous.trip.stops:
            for product, amount in stop.deliver_kg.items():
                kg[stop.site, product] += amount
    return Counter({key: usable_grams(amount * 1000, packs.get(key[1], 1)) for key, amount in kg.items()})


def _less(demand: SiteDemand, grams: int) -> SiteDemand:
    return msgspec.structs.replace(demand, missing_grams=max(0, demand.missing_grams - grams))


def _stock(basis: Basis, parts: PlanTrips, packs: Mapping[str, int]) -> dict[tuple[str, str], int]:
    known = {
        (one.store_code, one.product_code): _countable(one, packs[one.product_code])
        for one in basis.stock
        if one.product_code in packs
    }
    keys = {(one.store_code, one.product_code) for one in pieces_of(parts.made)}
    return {key: known.get(key, ENOUGH) for key in keys}


def _countable(stock: StoreStock, pack_grams: int) -> int:
    return sum(usable_grams(grams, pack_grams) for grams in stock.lots) - stock.uncounted_grams
