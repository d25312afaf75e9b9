"""Looks for the trips that a linear program over trips is missing, in all pools at once."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec
import numpy as np

from supply.routing.planner import hunt, pricing
from supply.routing.planner.draft import Draft, timing_of
from supply.routing.planner.instance import Floats, Instance, Ints
from supply.routing.planner.loads import POINTS, Priced, desk_for, draw_curve, weight, worth_at
from supply.routing.planner.master import Master, Prices
from supply.routing.planner.relaxation import shortest
from supply.routing.planner.routes import Land, Routes, routes_of

Own = tuple[Ints, Ints, Floats, float, float]
"""Of one pool: stops, days, reduced costs, limit kept, least."""
NODES = 30_000_000
"""Partial trips that one search of a pool looks at before it gives up; some seconds."""
NEAR = (-1.0, 0.5)
"""Ways to bound the cuts of several sites: by lines so near to them for a full vehicle, none at first."""
LOOK_SECONDS = 0.1
"""So often somebody looks whether a search is still wanted."""


class Found(msgspec.Struct, frozen=True):
    """Trips of one search by pool with their reduced costs, and the limit below which all are here.

    `least` is the least reduced cost of each pool, minus infinity where the search gave up.
    """

    routes: Routes
    costs: Floats
    limit: float
    least: Floats

    def take(self, rows: Ints) -> "Found":
        """Only these, where no others are needed."""
        return msgspec.structs.replace(self, routes=self.routes.take(rows), costs=self.costs[rows])

    def first(self, most: int) -> tuple[Ints, float]:
        """Rows of the cheapest so many, and the reduced cost below which none is left out."""
        if len(self.costs) <= most:
            return np.arange(len(self.costs)), self.limit
        rows: Ints = np.argpartition(self.costs, most)
        return rows[:most], min(self.limit, float(self.costs[rows[most]]))

    def cheapest(self, each: int) -> Ints:
        """Rows of the cheapest so many of each pool."""
        order = np.lexsort((self.costs, self.routes.pool))
        pools = self.routes.pool[order]
        starts = np.searchsorted(pools, pools, side="left")
        rows: Ints = order[np.arange(len(order)) - starts < each]
        return rows


class Searcher:
    """Everything of an instance that the compiled search needs, made once."""

    def __init__(
        self, instance: Instance, master: Master, *, stop: Callable[[], bool], threads: int = 1
    ) -> None:
        self.instance = instance
        self.master = master
        self.threads = threads
        self.stop = stop
        self.whole = master.land.whole
        self.demand = master.land.demand
        # The bound of a half-finished trip may go home by any road, not only the direct one.
        self.roads = shortest(instance.km)
        self.windows = hunt.masks_of(instance.open_days[:, : pricing.MASK_DAYS])
        self.usable = [instance.reachable(pool) & (self.demand > 0) for pool in instance.pools]

    def all_pools(self, prices: Prices, *, limit: float, max_stops: int, room: int = 4_000) -> Found:
        """The cheap trips of all pools: all with a reduced cost below the limit, or the best without room."""
        pools = range(len(self.instance.pools))
        most, nodes = min(max_stops, self.instance.max_stops), np.array([NODES])

        def one(pool: int) -> Own:
            if self.stop():
                return np.zeros((0, most), np.int64), np.zeros(0, np.int64), np.zeros(0), -np.inf, -np.inf
            own = self._ground(pool, prices)
            routes = np.full((room, most), -1, np.int64)
            costs, days = np.zeros(room), np.zeros(room, np.int64)
            wanted = hunt.Hunt(most, float(limit), nodes, routes, costs, days)
            count, kept, least = pricing.search(own, wanted)
            return routes[:count], days[:count], costs[:count], float(kept), float(least)

        with ended(nodes, self.stop):
            if self.threads <= 1:
                found = [one(pool) for pool in pools]
            else:
                with ThreadPoolExecutor(self.threads) as executor:
                    found = list(executor.map(one, pools))
        stops = np.concatenate([np.zeros((0, most), np.int64), *(own[0] for own in found)])
        padded = np.full((len(stops), self.instance.max_stops), -1, np.int64)
        padded[:, :most] = stops
        pool_of = np.repeat(np.arange(len(found)), [len(own[0]) for own in found])
        days = np.concatenate([np.zeros(0, np.int64), *(own[1] for own in found)])
        costs = np.concatenate([np.zeros(0), *(own[2] for own in found)])
        return Found(
            routes_of(self.master.land, pool_of, days, padded), costs,
            min([limit, *(own[3] for own in found)]), np.array([own[4] for own in found]),
        )  # fmt: skip

    def _ground(self, pool_index: int, prices: Prices) -> hunt.Ground:
        instance, depot = self.instance, self.instance.pools[pool_index].depot
        sites, kind = slice(instance.depots, None), instance.pools[pool_index].kind
        km, minutes = instance.km, instance.minutes[kind]
        own = prices.priced.pools[:, pool_index]
        cuts = Priced._make(figures[own] for figures in prices.priced)
        cuts = cuts._replace(pools=cuts.pools[:, pool_index : pool_index + 1])
        road = hunt.Road(
            km[depot, sites].copy(), km[sites, depot].copy(),
            self.roads[depot, sites].copy(), self.roads[sites, depot].copy(),
            self.roads[sites, sites].copy(),
            km[sites, sites].copy(), minutes[depot, sites].copy(), minutes[sites, depot].copy(),
            minutes[sites, sites].copy(),
        )  # fmt: skip
        rules = hunt.Rules(
            fixed=float(instance.fixed[kind] - instance.allowance),
            per_km=float(instance.per_km[kind]),
            per_kg_km=float(instance.per_tonne_km[kind] / 1000),
            night=float(instance.problem.night_cost),
            day_price=float(prices.day[pool_index]),
            capacity=float(self.master.capacity[pool_index]),
            driving=instance.driving,
            duty=instance.duty,
            max_days=instance.max_days,
            horizon=instance.horizon,
            depot_fixed=float(instance.depot_minutes[depot, 0]),
            depot_rate=float(instance.depot_minutes[depot, 1] / 1000),
            site_fixed=instance.site_minutes[:, 0].copy(),
            site_rate=instance.site_minutes[:, 1] / 1000,
            every_day=np.uint64((1 << min(instance.horizon, pricing.MASK_DAYS)) - 1),
            windows=self.windows,
        )
        goods = hunt.Goods(self.usable[pool_index], prices.value[pool_index].copy(), self.demand, self.whole)
        return hunt.Ground(road, goods, rules, cuts, curves_of(goods, rules, cuts))


@contextmanager
def ended(nodes: Ints, stop: Callable[[], bool]) -> Iterator[None]:
    """Set `nodes` to 0, which ends compiled searches, when asked to stop within the block."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(LOOK_SECONDS):
            if stop():
                nodes[0] = 0
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def of_drafts(instance: Instance, land: Land, drafts: Sequence[Draft]) -> tuple[Routes, Floats]:
    """The trips of a known plan and what they bring to each stop."""
    most = instance.max_stops
    stops, loads = np.full((len(drafts), most), -1, np.int64), np.zeros((len(drafts), most))
    days = np.ones(len(drafts), np.int64)
    for row, draft in enumerate(drafts):
        kg = [float(load) for load in draft.kg.sum(axis=1)]
        stops[row, : len(kg)], loads[row, : len(kg)] = draft.route, kg
        days[row] = timing_of(instance, instance.pools[draft.pool], draft.route, kg).days
    return routes_of(land, np.array([draft.pool for draft in drafts], np.int64), days, stops), loads


def curves_of(goods: hunt.Goods, rules: hunt.Rules, cuts: Priced) -> hunt.Curves:
    """What each site's own cuts add to its goods, by kg; a site that is served whole has one point."""
    sites = len(goods.demand)
    size = cuts.member.sum(axis=1)
    ways = [lines_of(goods, rules, cuts, near=near) for near in NEAR]
    once, slope = (np.array(figures) for figures in zip(*ways, strict=True))
    curves = hunt.Curves(
        np.zeros((sites, POINTS)), np.zeros((sites, POINTS)), np.zeros(sites, np.int64), np.zeros(sites),
        np.flatnonzero(size > 1), np.minimum(cuts.need, rules.capacity), (cuts.worth * slope) @ cuts.member,
        once,
    )  # fmt: skip
    desk = desk_for(1, len(size))
    for site in np.flatnonzero(goods.usable):
        own = np.flatnonzero(cuts.member[:, site] & (size == 1))
        desk.owned[0] = len(own)
        desk.own[0, : len(own)] = own
        if goods.whole:
            kg = float(goods.demand[site])
            curves.points[site, 0], curves.values[site, 0] = kg, worth_at(kg, 0.0, 0, cuts, desk)
            curves.number[site] = 1
        else:
            most = min(float(goods.demand[site]), rules.capacity)
            curves.beyond[site] = draw_curve(0, 0.0, most, cuts, desk)
            curves.points[site], curves.values[site] = desk.points[0], desk.values[0]
            curves.number[site] = desk.number[0]
    return curves


def lines_of(goods: hunt.Goods, rules: hunt.Rules, cuts: Priced, *, near: float) -> tuple[Floats, Floats]:
    """For each cut of several sites a line above all it may count by kg: what it begins with, and its slope.

    -1 and 0 where no line is so near, as a share, to what a full vehicle counts by.
    """
    once, slope = np.full(len(cuts.worth), -1.0), np.zeros(len(cuts.worth))
    if goods.whole:
        return once, slope
    for c in np.flatnonzero(cuts.member.sum(axis=1) > 1):
        step, part = float(cuts.step[c]), float(cuts.part[c])
        top = min(rules.capacity, float(cuts.need[c]))
        lines = [(0.0, 1.0 / (part * step)), (1.0 - part, 1.0 / step)]
        begins, steep = min(lines, key=lambda line: line[0] + line[1] * top)
        if begins + steep * top <= (1.0 + near) * weight(top, step, part) + 1e-9:
            once[c], slope[c] = begins, steep
    return once, slope
