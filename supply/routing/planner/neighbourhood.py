"""Takes a few neighbouring trips out of the best plan and plans their sites again, exactly."""

import msgspec
import numpy as np

from supply.routing.planner.assembly import Assembly
from supply.routing.planner.columns import of_drafts
from supply.routing.planner.draft import Draft, timing_of
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance, Pool
from supply.routing.planner.master import Master
from supply.routing.planner.polish import fill
from supply.routing.planner.root import Root
from supply.routing.planner.routes import Route, distinct, join

TRIPS = 400
"""Trips offered to the integer program of one neighbourhood."""


def improve(
    instance: Instance, best: Incumbent, rng: np.random.Generator, *, trips: int, seconds: float
) -> bool:
    """Plan one neighbourhood of about so many trips again; True when the plan became better."""
    drafts = best.drafts
    chosen = _near_trips(instance, drafts, rng, trips)
    if not chosen:
        return False
    kept = [draft for number, draft in enumerate(drafts) if number not in chosen]
    part = without(instance, kept)
    until = best.elapsed() + min(seconds, best.left())
    root = Root(
        part,
        best.value[0],
        threads=1,
        thorough=False,
        stop=lambda: best.elapsed() > until or best.left() <= 0,
    )
    freed = [draft for number, draft in enumerate(drafts) if number in chosen]
    if not root.start(freed):
        return False
    root.tighten(2, enough=1e-3)
    before = cost_of(root.master, freed)
    found = root.cheap_trips(max(before - root.value, 0.0) + 1.0, TRIPS)
    cheap = found.routes.take(np.argsort(found.costs, kind="stable")[:TRIPS])
    routes = distinct(join(cheap, root.used_routes()))
    answer = Assembly(part, root.master, routes).run(
        seconds=max(0.1, until - best.elapsed()), seed=best.seed, threads=1, cutoff=before + 1.0,
        stop=lambda: best.left() <= 0, improved=lambda _: None, bound=lambda _: None,
    )  # fmt: skip
    if not answer.routes:
        return False
    again = fill(instance, [*(route_of(instance, draft) for draft in kept), *answer.routes], best.value[0])
    return again is not None and best.offer(again)


def route_of(instance: Instance, draft: Draft) -> Route:
    """The trip without its goods."""
    loads = [float(load) for load in draft.kg.sum(axis=1)]
    return draft.pool, draft.route, timing_of(instance, instance.pools[draft.pool], draft.route, loads).days


def cost_of(master: Master, drafts: list[Draft]) -> float:
    """What the trips cost as the programs count it."""
    routes, loads = of_drafts(master.instance, master.land, drafts)
    return float(routes.fixed.sum() + (routes.haul * loads).sum())


def _near_trips(instance: Instance, drafts: list[Draft], rng: np.random.Generator, trips: int) -> set[int]:
    """Trips to the sites nearest to a site drawn by lot."""
    if not drafts:
        return set()
    centre = int(rng.choice(drafts[int(rng.integers(len(drafts)))].route))
    inner = instance.km[instance.depots :, instance.depots :]
    away = inner[centre] + inner[:, centre]
    away = np.where(np.isfinite(away), away, 1e9) * rng.uniform(0.6, 1.4, len(away))
    order = np.argsort(away, kind="stable")
    chosen: set[int] = set()
    for site in order:
        for number, draft in enumerate(drafts):
            if site in draft.route and len(chosen) < trips:
                chosen.add(number)
        if len(chosen) >= trips:
            break
    return chosen


def without(instance: Instance, kept: list[Draft]) -> Instance:
    """What is left to plan when these trips stay: demand, stock and vehicle-days."""
    demand, stock = instance.demand.copy(), instance.stock.copy()
    days = [pool.vehicle_days for pool in instance.pools]
    for draft in kept:
        pool = instance.pools[draft.pool]
        for stop, kg in zip(draft.route, draft.kg, strict=True):
            demand[stop] -= kg if instance.problem.split_deliveries else demand[stop]  # one stop a site
        stock[pool.depot] -= draft.kg.sum(axis=0)
        days[draft.pool] -= route_of(instance, draft)[2]
    pools: tuple[Pool, ...] = tuple(
        msgspec.structs.replace(pool, vehicle_days=max(left, 0))
        for pool, left in zip(instance.pools, days, strict=True)
    )
    return msgspec.structs.replace(instance, demand=demand, stock=stock, pools=pools)
