"""What can be reached at all: by which vehicles, in how many days, on which days; never too little.

What is not reached here no trip reaches, whatever else it does: times are those of the shortest ways over any
stops, loads are as light as can be.
"""

import math

import msgspec
import numpy as np

from supply.routing.planner.draft import SLACK
from supply.routing.planner.instance import Bools, Floats, Instance, Pool

MANY_POINTS = 200
"""With more points the ways around closed legs are not worked out: only the last leg is looked at."""


class Times(msgspec.Struct, frozen=True):
    """Least minutes from depot to site and from site to depot: `out[kind, depot, site]`, `home` likewise."""

    out: Floats
    home: Floats


def times_of(instance: Instance) -> Times:
    """Over any stops; only the direct way where a trip has one stop."""
    depots = np.arange(instance.depots)
    sites = slice(instance.depots, None)
    if instance.max_stops <= 1:
        return Times(
            instance.minutes[:, : instance.depots, sites],
            _turned(instance.minutes[:, sites, : instance.depots]),
        )
    out = [least(legs, depots)[:, sites] for legs in instance.minutes]
    home = [least(legs.T, depots)[:, sites] for legs in instance.minutes]
    shape = len(instance.minutes), instance.depots, instance.sites
    return Times(np.array(out).reshape(shape), np.array(home).reshape(shape))


def _turned(minutes: Floats) -> Floats:
    return np.ascontiguousarray(minutes.transpose(0, 2, 1))


def least(legs: Floats, starts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Least sum of legs from each start to every point (Dijkstra's way, all starts in step)."""
    best = legs[starts].copy()
    rows = np.arange(len(starts))
    best[rows, starts] = 0.0
    open_points = np.ones(best.shape, dtype=bool)
    for _ in range(best.shape[1]):
        point = np.where(open_points, best, np.inf).argmin(axis=1)
        open_points[rows, point] = False
        np.minimum(best, best[rows, point][:, None] + legs[point], out=best)
    return best


def days_by_pool(instance: Instance, times: Times) -> Floats:
    """Fewest days of a trip of the pool that visits the site, `[pool, site]`; inf where none may."""
    days = np.full((len(instance.pools), instance.sites), np.inf)
    for index, pool in enumerate(instance.pools):
        drive = times.out[pool.kind, pool.depot] + times.home[pool.kind, pool.depot]
        allowed = instance.allowed[:, pool.kind] & np.isfinite(drive)
        own = _days(instance, pool, drive[allowed], instance.site_minutes[allowed, 0])
        days[index, allowed] = np.where(own <= instance.max_days, own, np.inf)
    return days


def _days(instance: Instance, pool: Pool, drive: Floats, service: Floats) -> Floats:
    worked = drive + instance.depot_minutes[pool.depot, 0] + service
    share: Floats = np.maximum(drive / instance.driving, worked / instance.duty)
    return np.maximum(1.0, np.ceil(share - SLACK / instance.duty))


def reaching_pools(instance: Instance, times: Times, site: int) -> Bools:
    """Pools of which a vehicle may be at the site on one of its days, by roads, windows and its own days."""
    ways = _Ways(instance, times, site)
    reaching = np.zeros(len(instance.pools), dtype=bool)
    for index, pool in enumerate(instance.pools):
        if instance.allowed[site, pool.kind] and _carries(instance, pool, site):
            reaching[index] = any(ways.may_begin(pool, begin) for begin in range(instance.horizon))
    return reaching


def _carries(instance: Instance, pool: Pool, site: int) -> bool:
    """False when the site takes all its goods in one stop and they do not fit or are not in store."""
    if instance.problem.split_deliveries:
        return True
    kg = instance.demand[site]
    fits = kg.sum() <= instance.capacity[pool.kind]
    fits = fits and (kg * instance.m3_per_kg).sum() <= instance.volume[pool.kind] + 1e-9
    return bool(fits and (instance.stock[pool.depot] >= kg).all())


class _Ways:
    """The quickest ways to a site and home, for each depot, vehicle type and set of closed legs."""

    def __init__(self, instance: Instance, times: Times, site: int) -> None:
        self.instance = instance
        self.times = times
        self.site = site
        self.there = instance.depots + site
        self.known: dict[tuple[int, int, frozenset[tuple[int, int]]], tuple[float, float, Floats]] = {}

    def may_begin(self, pool: Pool, begin: int) -> bool:
        """True unless no trip of the pool that begins on this day can be at the site on one of its days."""
        instance = self.instance
        end = min(begin + instance.max_days, instance.horizon)
        shut = frozenset(leg for leg, days in instance.closed.items() if days[begin:end].all())
        key = pool.depot, pool.kind, shut
        if key not in self.known:
            self.known[key] = self._way(pool, shut)
        out, home, before = self.known[key]
        if not np.isfinite(out + home):
            return False
        service = instance.site_minutes[self.site, :1] + self._loading(pool)
        days = float(_days(instance, pool, np.array([out + home]), service)[0])
        if days > instance.max_days or begin + days > instance.horizon:
            return False
        if not any(group.free[begin : begin + int(days)].all() for group in pool.groups):
            return False
        worked = out + instance.depot_minutes[pool.depot, 0]
        first = max(out / instance.driving, worked / instance.duty) - SLACK / instance.duty
        arrival = begin + max(0, math.ceil(first) - 1)
        return any(
            instance.open_days[self.site, day] and self._is_last_leg_open(day, before)
            for day in range(arrival, end)
        )

    def _loading(self, pool: Pool) -> float:
        """Least minutes of loading and unloading: for all the site's goods where it takes one stop."""
        instance = self.instance
        if instance.problem.split_deliveries:
            return 0.0
        rate = instance.depot_minutes[pool.depot, 1] + instance.site_minutes[self.site, 1]
        return float(instance.demand[self.site].sum() * rate / 1000)

    def _way(self, pool: Pool, shut: frozenset[tuple[int, int]]) -> tuple[float, float, Floats]:
        """Least minutes out and home without the shut legs; and out, by the point before the last leg."""
        instance, there = self.instance, self.there
        if not instance.closed or len(instance.km) > MANY_POINTS:
            out = self.times.out[pool.kind, pool.depot, self.site]
            home = self.times.home[pool.kind, pool.depot, self.site]
            return float(out), float(home), instance.minutes[pool.kind][:, there]
        legs = instance.minutes[pool.kind].copy()
        for leg in shut:
            legs[leg] = np.inf
        stops = instance.allowed[:, pool.kind] & (instance.demand.sum(axis=1) > 0) & (instance.max_stops > 1)
        passing = np.concatenate([np.arange(instance.depots) == pool.depot, stops])
        passing[there] = True
        legs[~passing] = np.inf
        legs[:, ~passing] = np.inf
        before = least(legs, np.array([pool.depot]))[0] + legs[:, there]
        before[there] = np.inf
        home = least(legs, np.array([there]))[0, pool.depot]
        return float(before.min()), float(home), before

    def _is_last_leg_open(self, day: int, before: Floats) -> bool:
        """True when a leg into the site may be driven on the day."""
        if not self.instance.closed:
            return True
        points = np.flatnonzero(np.isfinite(before))
        shut = (self.instance.closed.get((int(point), self.there)) for point in points)
        return any(days is None or not days[day] for days in shut)
