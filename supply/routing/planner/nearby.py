"""Plans the trips around one site anew, with everything else as it is, by the compiled search."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.draft import Draft, timing_of
from supply.routing.planner.incumbent import left_over
from supply.routing.planner.instance import Group, Instance, Ints, Pool

Places = list[list[int]]
"""By pool: the group that each group of one vehicle stands for."""


def replan_near(
    instance: Instance, drafts: Sequence[Draft], site: int, *, trips: int, iterations: int, seed: int,
    stop: Callable[[], bool],
) -> list[Draft] | None:  # fmt: skip
    """All trips, so many near the site planned anew, when all goods arrive then; else None."""
    from supply.routing.planner.large.delivery import plan_large  # noqa: PLC0415 - loads the compiler

    freed = set(_nearest(instance, drafts, site)[:trips])
    kept = [draft for number, draft in enumerate(drafts) if number not in freed]
    demand = left_over(instance, kept)
    sites = np.flatnonzero(demand.sum(axis=1) > 0)
    if not instance.problem.split_deliveries and any(
        set(draft.route) & set(sites.tolist()) for draft in kept
    ):
        return None
    part, places = part_of(instance, kept, demand, sites)
    found = plan_large(part, seed, iterations=iterations, stop=stop)
    if left_over(part, found).any():
        return None
    return kept + [_back(draft, sites, places) for draft in found]


def _nearest(instance: Instance, drafts: Sequence[Draft], site: int) -> list[int]:
    """Numbers of the trips, those that pass nearest first; those that visit the site before all."""
    there, own = instance.depots + site, slice(instance.depots, None)
    away = instance.km[own, there] + instance.km[there, own]
    away[site] = -1.0
    nearest = [float(away[list(draft.route)].min()) for draft in drafts]
    return [int(number) for number in np.argsort(nearest, kind="stable")]


def part_of(instance: Instance, kept: Sequence[Draft], demand: Ints, sites: Ints) -> tuple[Instance, Places]:
    """Only these sites, with the stock and the vehicles that the kept trips leave."""
    points = np.concatenate([np.arange(instance.depots), instance.depots + sites])
    new = {int(point): number for number, point in enumerate(points)}
    stock, busy = instance.stock.copy(), _busy(instance, kept)
    for draft in kept:
        stock[instance.pools[draft.pool].depot] -= draft.kg.sum(axis=0)
    pools, places = _pools(instance, busy)
    part = msgspec.structs.replace(
        instance, sites=len(sites), km=instance.km[np.ix_(points, points)],
        minutes=np.ascontiguousarray(instance.minutes[:, points][:, :, points]), demand=demand[sites],
        stock=stock, price=instance.price[sites],
        allowed=instance.allowed[sites], open_days=instance.open_days[sites],
        closed={(new[a], new[b]): days for (a, b), days in instance.closed.items() if a in new and b in new},
        pools=pools, site_minutes=instance.site_minutes[sites],
        max_stops=max(1, min(instance.max_stops, len(sites))),
    )  # fmt: skip
    return part, places


def _busy(instance: Instance, kept: Sequence[Draft]) -> dict[tuple[int, int, int], list[slice]]:
    busy: dict[tuple[int, int, int], list[slice]] = {}
    for draft in kept:
        assert draft.place is not None, "only placed trips are kept"
        group, vehicle, begin = draft.place
        loads = [float(load) for load in draft.kg.sum(axis=1)]
        days = timing_of(instance, instance.pools[draft.pool], draft.route, loads).days
        busy.setdefault((draft.pool, group, vehicle), []).append(slice(begin, begin + days))
    return busy


def _pools(
    instance: Instance, busy: dict[tuple[int, int, int], list[slice]]
) -> tuple[tuple[Pool, ...], Places]:
    """Each vehicle a group of its own, on the days that it has left."""
    pools: list[Pool] = []
    places: Places = []
    for index, pool in enumerate(instance.pools):
        groups: list[Group] = []
        for number, group in enumerate(pool.groups):
            for vehicle in group.vehicles:
                free = group.free.copy()
                for days in busy.get((index, number, vehicle), []):
                    free[days] = False
                groups.append(Group(group.fleet, (vehicle,), free))
        left = sum(int(group.free.sum()) for group in groups)
        pools.append(Pool(pool.depot, pool.kind, tuple(groups), left))
        places.append([number for number, group in enumerate(pool.groups) for _ in group.vehicles])
    return tuple(pools), places


def _back(draft: Draft, sites: Ints, places: Places) -> Draft:
    assert draft.place is not None, "the search gives every trip a vehicle"
    group, vehicle, begin = draft.place
    route = tuple(int(sites[stop]) for stop in draft.route)
    return Draft(draft.pool, route, draft.kg, (places[draft.pool][group], vehicle, begin))
