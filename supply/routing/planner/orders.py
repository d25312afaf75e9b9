"""Orders of the same stops that no plan needs, because another order is cheaper whatever is on board."""

import math

import numba
import numpy as np

from supply.routing.planner.draft import SLACK
from supply.routing.planner.hunt import Masks, masks_of
from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.pricing import MASK_DAYS
from supply.routing.planner.routes import Land, Routes


def without_dearer_orders(instance: Instance, land: Land, routes: Routes) -> Ints:
    """Rows of the trips that are left when each is dropped that another one can stand in for.

    The other has the same vehicle, days and stops, drives no longer, can begin on all days on which this one
    may, and its km cost no more than what carrying goods in this order could save.
    """
    every = np.arange(len(routes.pool))
    has_windows = ~instance.open_days.all(axis=1)
    if instance.closed or (instance.horizon > MASK_DAYS and has_windows.any()):
        return every
    sites = np.sort(np.where(routes.stops < 0, instance.sites, routes.stops), axis=1)
    order = np.lexsort((routes.fixed, *sites.T, routes.days, routes.pool))
    keys = np.column_stack([routes.pool, routes.days, sites])[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.append(np.flatnonzero(is_first), len(order))
    windows = masks_of(instance.open_days[:, :MASK_DAYS])
    windows[~has_windows] = ~np.uint64(0)
    dropped = _dropped(routes, land, instance.driving, windows, order, starts)
    return every[~dropped]


@numba.njit(cache=True, nogil=True)
def _dropped(  # noqa: PLR0917 - compiled functions know no names
    routes: Routes, land: Land, driving: float, windows: Masks, order: Ints, starts: Ints
) -> Bools:
    """Which trips another of their group can stand in for; groups stretch along `order`, cheapest first."""
    count = len(routes.pool)
    dropped = np.zeros(count, np.bool_)
    minutes = np.zeros(count)
    sure, some = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    for row in range(count):
        minutes[row] = _look(routes, row, land, driving, windows, sure, some)
    for group in range(len(starts) - 1):
        for i in range(starts[group], starts[group + 1]):
            for k in range(starts[group], i):
                own, other = order[i], order[k]
                if not dropped[other] and _stands_in(routes, land, other, own, minutes, sure, some):
                    dropped[own] = True
                    break
    return dropped


@numba.njit(cache=True, nogil=True)
def _look(  # noqa: PLR0917 - as above
    routes: Routes, row: int, land: Land, driving: float, windows: Masks, sure: Masks, some: Masks
) -> float:
    """Minutes driven; fills in the days on which the trip may begin with any load, and with some load."""
    pool = routes.pool[row]
    depot, kind, capacity = land.depot[pool], land.kind[pool], land.capacity[pool]
    here, driven, fixed, highest = depot, 0.0, land.depot_fixed[depot], 0.0
    sure[row] = some[row] = ~np.uint64(0)
    for j in range(routes.size[row]):
        stop = routes.stops[row, j]
        driven += land.minutes[kind, here, land.depots + stop]
        late = driven + fixed + capacity * (land.depot_rate[depot] + highest)
        every, any_day = ~np.uint64(0), np.uint64(0)
        first = _day(driven, driven + fixed, driving, land.duty)
        for day in range(first, _day(driven, late, driving, land.duty) + 1):
            shifted = windows[stop] >> np.uint64(day) if day <= MASK_DAYS else np.uint64(0)
            every &= shifted
            any_day |= shifted
        sure[row] &= every
        some[row] &= any_day
        fixed += land.site_fixed[stop]
        highest = max(highest, land.site_rate[stop])
        here = land.depots + stop
    minutes: float = driven + land.minutes[kind, here, depot]
    return minutes


@numba.njit(cache=True, nogil=True, inline="always")
def _day(driven: float, worked: float, driving: float, duty: float) -> int:
    return max(0, math.ceil(max(driven / driving, worked / duty) - SLACK / duty) - 1)


@numba.njit(cache=True, nogil=True)
def _stands_in(  # noqa: PLR0917 - as above
    routes: Routes, land: Land, other: int, own: int, minutes: Floats, sure: Masks, some: Masks
) -> bool:
    """Whether the other trip can bring each load of this one on the same days at no more cost."""
    if minutes[other] > minutes[own] or some[own] & ~sure[other]:
        return False
    saved, most, size = 0.0, 0.0, routes.size[own]
    for j in range(size):
        stop = routes.stops[own, j]
        for i in range(size):
            if routes.stops[other, i] == stop:
                dearer = max(routes.haul[other, i] - routes.haul[own, j], 0.0)
                saved += dearer * land.demand[stop]
                most = max(most, dearer)
    is_cheaper: bool = routes.fixed[own] - routes.fixed[other] >= min(saved, most * routes.room[own])
    return is_cheaper
