"""Looks for the trips that a linear program over trips is missing, in all pools at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np

from supply.routing.planner import hunt, pricing
from supply.routing.planner.draft import Draft, timing_of
from supply.routing.planner.instance import Floats, Instance, Ints
from supply.routing.planner.master import Master, Prices, Route
from supply.routing.planner.relaxation import shortest

Column = tuple[Route, tuple[float, ...]]
NODES = 30_000_000
"""Partial trips that one search of a pool looks at before it gives up; a few seconds."""


class Found(msgspec.Struct, frozen=True):
    """Trips of one search with their reduced costs, the limit below which all are here, the least of all."""

    pool: int
    routes: Ints
    days: Ints
    costs: Floats
    limit: float
    least: float

    def trips(self) -> Iterator[tuple[float, Route]]:
        """Reduced cost and trip, cheapest first."""
        for row in np.argsort(self.costs, kind="stable"):
            stops = tuple(int(stop) for stop in self.routes[row] if stop >= 0)
            yield float(self.costs[row]), (self.pool, stops, int(self.days[row]))


class Searcher:
    """Everything of an instance that the compiled search needs, made once."""

    def __init__(
        self, instance: Instance, master: Master, *, stop: Callable[[], bool], threads: int = 1
    ) -> None:
        self.instance = instance
        self.master = master
        self.threads = threads
        self.stop = stop
        optional = bool(np.isfinite(instance.price).any())
        self.whole = not instance.problem.split_deliveries and not optional and master.unserved_kg == 0
        self.demand = instance.demand.sum(axis=1).astype(np.float64)
        # The bound of a half-finished trip may go home by any road, not only the direct one.
        self.roads = shortest(instance.km)
        horizon = min(instance.horizon, pricing.MASK_DAYS)
        bits = (np.uint64(1) << np.arange(horizon, dtype=np.uint64)).astype(np.uint64)
        self.windows = (instance.open_days[:, :horizon] * bits).sum(axis=1, dtype=np.uint64)
        self.usable = [instance.reachable(pool) & (self.demand > 0) for pool in instance.pools]

    def all_pools(self, prices: Prices, *, limit: float, max_stops: int, room: int = 4_000) -> list[Found]:
        """The cheap trips of each pool, in the order of pools."""
        pools = range(len(self.instance.pools))

        def search(pool: int) -> Found:
            if self.stop():
                nothing = np.zeros(0)
                return Found(
                    pool, np.zeros((0, 1), np.int64), np.zeros(0, np.int64), nothing, -np.inf, -np.inf
                )
            return self.search(pool, prices, limit=limit, max_stops=max_stops, room=room)

        if self.threads <= 1:
            return [search(pool) for pool in pools]
        with ThreadPoolExecutor(self.threads) as executor:
            return list(executor.map(search, pools))

    def search(self, pool_index: int, prices: Prices, *, limit: float, max_stops: int, room: int) -> Found:
        """All trips of the pool with a reduced cost below the limit, or the best of them without room."""
        most_stops = min(max_stops, self.instance.max_stops)
        routes = np.full((room, most_stops), -1, np.int64)
        costs, days = np.zeros(room), np.zeros(room, np.int64)
        wanted = hunt.Hunt(most_stops, float(limit), NODES, routes, costs, days)
        count, kept, least = pricing.search(self._ground(pool_index, prices), wanted)
        return Found(pool_index, routes[:count], days[:count], costs[:count], float(kept), float(least))

    def _ground(self, pool_index: int, prices: Prices) -> hunt.Ground:
        instance, depot = self.instance, self.instance.pools[pool_index].depot
        sites, kind = slice(instance.depots, None), instance.pools[pool_index].kind
        km, minutes, cuts = instance.km, instance.minutes[kind], self.master.cuts
        active = (np.abs(prices.cut) > 1e-9) & np.array([cut.depots[depot] for cut in cuts], dtype=bool)
        member = np.array([cut.members for cut in cuts], dtype=bool).reshape(len(cuts), instance.sites)
        figures = np.array([(cut.need, cut.step, cut.part) for cut in cuts]).reshape(-1, 3)[active].T.copy()
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
        goods = hunt.Goods(self.usable[pool_index], prices.value[depot].copy(), self.demand, self.whole)
        valued = hunt.CutValues(member[active], prices.cut[active], figures[0], figures[1], figures[2])
        return hunt.Ground(road, goods, rules, valued)

    def load(self, route: Route, prices: Prices) -> tuple[float, ...]:
        """The best load of a trip at these prices."""
        pool_index, stops, _ = route
        most = self.demand[list(stops)]
        if self.whole:
            return tuple(float(kg) for kg in most)
        worth = prices.value[self.instance.pools[pool_index].depot, list(stops)] - self.master.haul(route)
        load = np.zeros(len(stops))
        pricing.knapsack(worth, most, len(stops), self.room(route), load)
        return tuple(float(kg) for kg in load)

    def room(self, route: Route) -> float:
        """Kg that the trip can carry at most in its days (never too little)."""
        pool_index, stops, days = route
        instance, pool = self.instance, self.instance.pools[pool_index]
        points = [pool.depot, *(instance.depots + stop for stop in stops), pool.depot]
        drive = float(instance.minutes[pool.kind][points[:-1], points[1:]].sum())
        service = float(instance.depot_minutes[pool.depot, 0] + instance.site_minutes[list(stops), 0].sum())
        rate = instance.depot_minutes[pool.depot, 1] + instance.site_minutes[list(stops), 1].min()
        capacity = float(self.master.capacity[pool_index])
        return float(pricing.room_in(days, drive + service, float(rate) / 1000, capacity, instance.duty))

    def warm(self, drafts: Sequence[Draft]) -> list[Column]:
        """The trips of a known plan as columns."""
        columns: list[Column] = []
        for draft in drafts:
            loads = tuple(float(load) for load in draft.kg.sum(axis=1))
            days = timing_of(self.instance, self.instance.pools[draft.pool], draft.route, loads).days
            columns.append(((draft.pool, draft.route, days), loads))
        return columns


def compile_search() -> None:
    """Run the compiled search on nothing at all, so that it is ready."""
    none, empty = np.zeros(1), np.zeros((1, 1))
    road = hunt.Road(none, none, none, none, empty, empty, none, none, empty)
    goods = hunt.Goods(np.zeros(1, dtype=bool), none, none, whole=False)
    days = np.uint64(1)
    rules = hunt.Rules(
        0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1, 1, 0.0, 0.0, none, none, days, np.ones(1, np.uint64)
    )
    cuts = hunt.CutValues(np.zeros((0, 1), dtype=bool), none[:0], none[:0], none[:0], none[:0])
    wanted = hunt.Hunt(1, 0.0, NODES, np.zeros((1, 1), np.int64), np.zeros(1), np.zeros(1, np.int64))
    pricing.search(hunt.Ground(road, goods, rules, cuts), wanted)
    pricing.knapsack(none, none, 1, 1.0, np.zeros(1))
    pricing.room_in(1, 0.0, 0.0, 1.0, 1.0)
