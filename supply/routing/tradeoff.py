"""What would expire unused in the stores if a plan is driven, and what using it first would cost."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

import msgspec

from supply.routing.basis import Basis, StoreStock
from supply.routing.expiry import UseDays
from supply.routing.order import in_order
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem

NEXT_USE = dt.timedelta(days=90)
# Without a next cycle: cycles of the programme are about three months apart.

Shelf = tuple[str, str]
# Store and product.


class ShelfLoss(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of one store and product that are good for this cycle only and stay behind; last good days."""

    store_code: str
    product_code: str
    grams: int
    first_until: dt.date
    last_until: dt.date


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The plan that uses first what expires: its cost, what it cannot serve, what still expires unused."""

    cost: int
    bound: float
    unserved_kg: int
    trip_count: int
    losses: tuple[ShelfLoss, ...]
    plan: Plan


def losses(problem: Problem, plan: Plan, basis: Basis) -> tuple[ShelfLoss, ...]:
    """Lots that are good for this cycle, not for the next, and that the plan leaves in the stores."""
    from supply.routing.planner.lots import LotPacks, Want, assign_lots  # noqa: PLC0415 - loads a solver

    days = _days(basis)
    packs = {demand.product_code: demand.pack_grams for demand in basis.demands}
    wants = _wants(problem, plan, packs, days)
    found = []
    for stock in basis.stock:
        pack_grams = packs.get(stock.product_code)
        near = _near(stock, basis)
        if pack_grams is None or not near:
            continue
        lots = [
            LotPacks(until, grams // pack_grams)
            for until, grams in sorted(zip(stock.good_until, stock.lots, strict=True))
        ]
        mine = wants.get((stock.store_code, stock.product_code), [])
        takings = assign_lots(lots, [Want(until, count) for until, count in mine]).takings
        left = [lot.packs - sum(one.packs for one in takings if one.lot == i) for i, lot in enumerate(lots)]
        lost = [(lot.good_until, rest) for lot, rest in zip(lots, left, strict=True) if rest]
        lost = [(until, rest) for until, rest in lost if until < _next_needs_until(basis)]
        if lost:
            found.append(
                ShelfLoss(
                    store_code=stock.store_code,
                    product_code=stock.product_code,
                    grams=sum(rest for _, rest in lost) * pack_grams,
                    first_until=min(until for until, _ in lost),
                    last_until=max(until for until, _ in lost),
                )
            )
    return tuple(found)


def unserved_kg(plan: Plan) -> int:
    """All that the plan does not bring."""
    return sum(sum(one.kg.values()) for one in plan.unserved)


def near_kg(basis: Basis) -> dict[Shelf, int]:
    """Kg by store and product that are good for this cycle and not for the next."""
    found = {(stock.store_code, stock.product_code): _near(stock, basis) // 1000 for stock in basis.stock}
    return {shelf: kg for shelf, kg in found.items() if kg}


def _near(stock: StoreStock, basis: Basis) -> int:
    last = _next_needs_until(basis)
    return sum(grams for until, grams in zip(stock.good_until, stock.lots, strict=False) if until < last)


def _next_needs_until(basis: Basis) -> dt.date:
    return (basis.next_use_on or basis.use_on + NEXT_USE) + dt.timedelta(days=basis.keep_days)


def _days(basis: Basis) -> UseDays:
    return UseDays(default=basis.use_on, by_site=basis.days_by_site, keep_days=basis.keep_days)


def _wants(
    problem: Problem, plan: Plan, packs: Mapping[str, int], days: UseDays
) -> dict[Shelf, list[tuple[dt.date, int]]]:
    """Whole packs that the plan takes from each shelf, in the order of its trips."""
    wants: dict[Shelf, list[tuple[dt.date, int]]] = defaultdict(list)
    for one in in_order(problem, plan):
        for stop in one.trip.stops:
            for product, kg in stop.deliver_kg.items():
                if product in packs:
                    count = kg * 1000 // packs[product]
                    wants[one.store_code, product].append((days.needs_until(stop.site), count))
    return wants
