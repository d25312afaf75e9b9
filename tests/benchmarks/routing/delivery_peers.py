"""Other engines on delivery problems, demands split beforehand by hand as a careful officer would.

The rule. Sites in the order of their need, largest first: each product comes from the nearest store that has
any left, by the road. What a store sends to a site goes in full trucks of the largest type that may go there;
the rest is one order. Each store's orders are then one problem for the engine: trips from that store, with a
truck's fixed cost, km and the nights as so much a minute of driving, at most so many stops, and windows as
minutes of the calendar (from their second day: trips start in the morning, tours at any minute). Haulage by
the tonne is left out of what it minimises; it is counted in the cost. The tours become a plan of our format,
with vehicles and days found for them, and our checker judges it.
"""

import math
from typing import NamedTuple

import numpy as np

from supply.routing.planner.calendar import place_all
from supply.routing.planner.check import check
from supply.routing.planner.draft import Draft, begins_of, legs_exist, timing_of
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance, Ints, instance_of
from supply.routing.planner.problem import Problem
from tests.benchmarks.routing.engines import BARRED, ENGINES, Limit, Order, Task, Truck, is_there

LITRES = 1000


class Part(NamedTuple):
    """What goes to a site in one visit, by product, and the only type of truck for it, if there is one."""

    site: int
    kg: tuple[int, ...]
    kind: int | None


class Outcome(NamedTuple):
    """Cost of a plan that the checker accepts, or nan and why there is none."""

    cost: float
    note: str = ""


def outcome(name: str, problem: Problem, limit: Limit, seed: int) -> Outcome:
    """What the engine makes of the problem in so many seconds, shared among stores by their orders."""
    distribution, tours_of = ENGINES[name]
    if not is_there(distribution):
        return Outcome(math.nan, "not installed")
    instance = instance_of(problem)
    parts = split_by_hand(instance)
    if parts is None:
        return Outcome(math.nan, "the stock does not go round by hand")
    total, drafts = sum(len(own) for own in parts.values()), list[Draft]()
    for depot, own in parts.items():
        task, pools = task_of(instance, depot, own)
        share = Limit(max(0.2, limit.seconds * len(own) / total), limit.is_processor)
        tours = tours_of(task, share, seed)
        if tours is None:
            store = problem.depots[depot].id
            return Outcome(math.nan, f"no plan that serves all orders of {store}")
        drafts += [
            _draft(instance, pools[truck], [own[order] for order in orders]) for truck, orders in tours
        ]
    return judged(problem, instance, drafts, seed)


def judged(problem: Problem, instance: Instance, drafts: list[Draft], seed: int) -> Outcome:
    """The plan of these trips with vehicles and days, judged by the checker."""
    for draft in drafts:
        pool = instance.pools[draft.pool]
        timing = timing_of(instance, pool, draft.route, [float(kg) for kg in draft.kg.sum(axis=1)])
        if (
            not legs_exist(instance, pool, draft.route)
            or not begins_of(instance, pool, draft.route, timing).any()
        ):
            return Outcome(math.nan, f"a trip of {timing.days} days that no day allows")
    placed = place_all(instance, drafts)
    if placed is None:
        return Outcome(math.nan, "more trips at a time than there are trucks")
    best = Incumbent(instance, seconds=0.0, seed=seed)
    best.offer(placed)
    plan = best.plan()
    faults = check(problem, plan)
    if faults or plan.unserved:
        return Outcome(math.nan, str(faults[0].code) if faults else "not everything is served")
    return Outcome(float(plan.cost))


def split_by_hand(instance: Instance) -> dict[int, list[Part]] | None:
    """Orders by store; None when a store with stock cannot be found for everything."""
    stock, parts = instance.stock.copy(), dict[int, list[Part]]()
    for site in np.argsort(-instance.demand.sum(axis=1), kind="stable"):
        left = instance.demand[site].copy()
        km = instance.km[: instance.depots, instance.depots + site]
        for depot in np.argsort(km, kind="stable"):
            kinds = [
                pool.kind for pool in instance.pools if pool.depot == depot and instance.reachable(pool)[site]
            ]
            sent = np.minimum(left, stock[depot])
            if not kinds or sent.sum() == 0:
                continue
            left, stock[depot] = left - sent, stock[depot] - sent
            parts.setdefault(int(depot), []).extend(_trucks(instance, int(site), sent, kinds))
        if left.sum() > 0:
            return None
    return parts


def _trucks(instance: Instance, site: int, kg: Ints, kinds: list[int]) -> list[Part]:
    """Full trucks of the largest type, and the rest."""
    largest = max(kinds, key=lambda kind: (int(instance.capacity[kind]), -kind))
    parts, left = [], kg.copy()
    while True:
        load, room, space = (
            np.zeros_like(left),
            int(instance.capacity[largest]),
            float(instance.volume[largest]),
        )
        for product in np.argsort(-left, kind="stable"):
            per = instance.m3_per_kg[product]
            amount = min(int(left[product]), room)
            if per > 0 and math.isfinite(space):
                amount = min(amount, math.floor(space / per + 1e-9))
            load[product], room, space = amount, room - amount, space - amount * per
        if load.sum() == left.sum():
            break
        parts.append(Part(site, tuple(int(item) for item in load), largest))
        left = left - load
    return [*parts, Part(site, tuple(int(item) for item in left), None)] if left.sum() else parts


def task_of(instance: Instance, depot: int, parts: list[Part]) -> tuple[Task, list[int]]:
    """A store's orders for an engine, and the pool that each of its kinds of trucks is."""
    sites = sorted({part.site for part in parts})
    points = [depot, *(instance.depots + site for site in sites)]
    pools = [index for index, pool in enumerate(instance.pools) if pool.depot == depot]
    day = math.floor(min(instance.driving, instance.duty))
    nights = instance.problem.night_cost / day
    cost, time, trucks = [], [], []
    for profile, index in enumerate(pools):
        pool = instance.pools[index]
        km = instance.km[np.ix_(points, points)]
        minutes = instance.minutes[pool.kind][np.ix_(points, points)]
        legs = instance.per_km[pool.kind] * km + nights * minutes
        cost.append(np.where(np.isfinite(legs), np.rint(legs), BARRED).astype(np.int64))
        time.append(np.where(np.isfinite(minutes), np.ceil(minutes), BARRED).astype(np.int64))
        room = (
            int(instance.capacity[pool.kind]),
            _litres(float(instance.volume[pool.kind])),
            instance.max_stops,
        )
        most = min(pool.vehicle_days, len(parts))
        trucks.append(
            Truck(0, room, int(instance.fixed[pool.kind]), most, profile, 0, day * instance.horizon,
                  day * instance.max_days)
        )  # fmt: skip
    orders = [_order(instance, part, sites, pools, day) for part in parts]
    is_timed = not bool(instance.open_days.all())
    return Task(1, tuple(cost), tuple(time), tuple(trucks), tuple(orders), is_timed), pools


def _litres(cubic_metres: float) -> int:
    return BARRED if math.isinf(cubic_metres) else math.floor(cubic_metres * LITRES)


def _order(instance: Instance, part: Part, sites: list[int], pools: list[int], day: int) -> Order:
    """Unloading counts as service; loading at the store is left out."""
    kg = np.array(part.kg)
    days = np.flatnonzero(instance.open_days[part.site])
    first, last = (int(days[0]), int(days[-1])) if len(days) else (0, instance.horizon - 1)
    first += 0 < first < last  # a tour may start at any minute, a trip on a day: up to a day earlier
    fixed, rate = instance.site_minutes[part.site]
    able = frozenset(
        profile
        for profile, index in enumerate(pools)
        if instance.reachable(instance.pools[index])[part.site]
        and part.kind in {None, instance.pools[index].kind}
    )
    litres = math.ceil(float((kg * instance.m3_per_kg).sum()) * LITRES)
    amounts = int(kg.sum()), litres, 1
    service = math.ceil(fixed + rate * kg.sum() / 1000)
    profiles = able if len(able) < len(pools) else frozenset[int]()
    return Order(1 + sites.index(part.site), amounts, service, first * day, (last + 1) * day - 1, profiles)


def _draft(instance: Instance, pool: int, parts: list[Part]) -> Draft:
    """Visits of one trip to the same site one after the other are one stop."""
    stops: list[int] = []
    loads: list[Ints] = []
    for part in parts:
        if stops and stops[-1] == part.site:
            loads[-1] = loads[-1] + np.array(part.kg, dtype=np.int64)
        else:
            stops.append(part.site)
            loads.append(np.array(part.kg, dtype=np.int64))
    assert instance.pools[pool].vehicle_days > 0, "only pools with vehicles are offered"
    return Draft(pool, tuple(stops), np.array(loads, dtype=np.int64))
