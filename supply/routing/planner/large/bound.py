"""A proven bound for hundreds of sites: prices of goods, stock and vehicle-days at which no trip gains.

The linear program over trips is grown by the trips that gain most at its prices (column generation); any
prices bound the cost of every plan once the greatest gain of a trip is known (Lagrange; Farley 1990).
Windows, closed legs and volume beyond the densest product are left out, which only lowers the bound.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.draft import Draft, timing_of
from supply.routing.planner.instance import Floats, Instance, Ints
from supply.routing.planner.large.gain import Field, Found, desk_of, found_of, most_gain
from supply.routing.planner.linear import INFINITY, Model, is_optimal
from supply.routing.planner.relaxation import MAX_POINTS, effective_capacity, shortest

MOST_STOPS = 12
"""With longer trips than this the search for the best one takes too long, and there is no such bound."""
LEVELS = 6
"""Prices of capacity that limit what a trip can gain."""
PATIENCE, MOST_PATIENCE = 30, 30_000
"""Paths followed from a first stop: few at first, when prices are wild; the rest counts by its limit."""
SMOOTH = 0.6
"""Share of the best prices so far in those at which trips are looked for (Wentges 1997)."""
LEAST_GAIN = 1e-6
"""Trips that gain less than this share of the cheapest trip are as good as none."""
STAND_IN, DEARER = 1.2, 3.0
"""Cost of what stands in for trips that are not there yet, in direct trips; and by what it grows if used."""
FAR = 1e9

Column = tuple[int, tuple[int, ...], int, Floats]
"""Pool, stops, days and load by stop and product."""


class Grown(msgspec.Struct, frozen=True):
    """A proven bound, and the trips that cost least at the prices that prove it, not placed on vehicles."""

    bound: float = 0.0
    trips: tuple[Draft, ...] = ()


class Prices(msgspec.Struct, frozen=True):
    """Worth of a kg by site and product, of a kg in store, of a vehicle-day, of leaving a kg unserved."""

    goods: Floats
    stock: Floats
    day: Floats
    spare: float

    def mixed(self, other: "Prices", share: float) -> "Prices":
        """So much of these and the rest of the others."""
        rest = 1.0 - share
        return Prices(
            share * self.goods + rest * other.goods, share * self.stock + rest * other.stock,
            share * self.day + rest * other.day, share * self.spare + rest * other.spare,
        )  # fmt: skip


class Program:
    """The linear program over the trips so far."""

    def __init__(self, instance: Instance, unserved_kg: int) -> None:
        self.instance, self.unserved_kg = instance, unserved_kg
        self.wanted = np.argwhere(instance.demand > 0)
        self.row = np.full(instance.demand.shape, -1, np.int64)
        self.row[tuple(self.wanted.T)] = np.arange(len(self.wanted))
        self.known: set[tuple[int, tuple[int, ...], bytes]] = set()
        self.trips: list[Draft] = []
        self.stand_ins: list[int] = []
        model, spare = Model(), []
        stand_in = STAND_IN * _direct(instance)
        for site, product in self.wanted:
            most, price = float(instance.demand[site, product]), float(instance.price[site])
            slack = model.column(price if np.isfinite(price) else 0.0, upper=most)
            spare += [] if np.isfinite(price) else [slack]
            # Stands in for trips that are not there yet; it can only make the program cheaper.
            self.stand_ins.append(model.column(float(stand_in[site])))
            model.row([(slack, 1.0), (self.stand_ins[-1], 1.0)], lower=most)
        first = len(self.wanted)
        self.stock_row = first + np.arange(instance.stock.size).reshape(instance.stock.shape)
        for kg in instance.stock.ravel():
            model.row((), upper=float(kg))
        self.day_row = first + instance.stock.size + np.arange(len(instance.pools))
        for pool in instance.pools:
            model.row((), upper=float(pool.vehicle_days))
        model.row([(column, 1.0) for column in spare], upper=float(unserved_kg))
        self.solver = model.highs()

    def add(self, columns: Sequence[Column]) -> int:
        """Add the trips that are not there yet; how many."""
        costs: list[float] = []
        starts: list[int] = []
        index: list[int] = []
        value: list[float] = []
        for pool, stops, days, load in columns:
            key = pool, stops, np.rint(load).astype(np.int64).tobytes()
            if key in self.known:
                continue
            self.known.add(key)
            self.trips.append(Draft(pool, stops, np.rint(load).astype(np.int64)))
            starts.append(len(index))
            costs.append(self._cost(pool, stops, days, load))
            depot = self.instance.pools[pool].depot
            for number, stop in enumerate(stops):
                brought = np.flatnonzero((load[number] > 0) & (self.row[stop] >= 0))
                index += self.row[stop, brought].tolist()
                value += load[number, brought].tolist()
            for product in np.flatnonzero(load.sum(axis=0) > 0):
                index.append(int(self.stock_row[depot, product]))
                value.append(float(load[:, product].sum()))
            index.append(int(self.day_row[pool]))
            value.append(float(days))
        if costs:
            count = len(costs)
            self.solver.addCols(
                count, np.array(costs), np.zeros(count), np.full(count, INFINITY), len(index),
                np.array(starts, np.int32), np.array(index, np.int32), np.array(value),
            )  # fmt: skip
        return len(costs)

    def _cost(self, pool: int, stops: tuple[int, ...], days: int, load: Floats) -> float:
        """Of the trip, half a unit low: the format rounds once a trip."""
        instance, own = self.instance, self.instance.pools[pool]
        points = [own.depot, *(instance.depots + stop for stop in stops), own.depot]
        km = np.cumsum(instance.km[points[:-1], points[1:]])
        haul = instance.per_tonne_km[own.kind] / 1000 * float(load.sum(axis=1) @ km[:-1])
        trip = instance.fixed[own.kind] + instance.per_km[own.kind] * km[-1] - instance.allowance
        return float(trip + haul + instance.problem.night_cost * (days - 1))

    def prices(self) -> Prices | None:
        """Of the program's optimum; None when it has none."""
        self.solver.run()
        if not is_optimal(self.solver):
            return None
        dual = np.array(self.solver.getSolution().row_dual)
        goods = np.zeros(self.instance.demand.shape)
        goods[tuple(self.wanted.T)] = np.maximum(0.0, dual[: len(self.wanted)])
        stock, day = np.maximum(0.0, -dual[self.stock_row]), np.maximum(0.0, -dual[self.day_row])
        return Prices(goods, stock, day, max(0.0, float(-dual[-1])))

    def cheapest(self, most: int) -> tuple[Draft, ...]:
        """So many trips, those that cost least at the program's prices first."""
        self.solver.run()
        if not is_optimal(self.solver):
            return ()
        costs = np.array(self.solver.getSolution().col_dual)[self.solver.getNumCol() - len(self.trips) :]
        return tuple(self.trips[row] for row in np.argsort(costs, kind="stable")[:most])

    def shun_stand_ins(self) -> bool:
        """Make those dearer that are still used; True when there are any."""
        solution = self.solver.getSolution()
        used = [column for column in self.stand_ins if solution.col_value[column] > 1e-6]
        for column in used:
            self.solver.changeColCost(column, DEARER * self.solver.getLp().col_cost_[column])
        return bool(used)

    def value(self, prices: Prices) -> float:
        """What all plans cost at least at these prices if no trip gains."""
        instance = self.instance
        price = np.where(np.isfinite(instance.price), instance.price, prices.spare)[:, None]
        total = float((np.minimum(prices.goods, price) * instance.demand).sum())
        total -= float((prices.stock * instance.stock).sum()) + prices.spare * self.unserved_kg
        return total - sum(
            float(each) * pool.vehicle_days for each, pool in zip(prices.day, instance.pools, strict=True)
        )


def _direct(instance: Instance) -> Floats:
    """Cost per kg of bringing a site's goods alone by its cheapest truck; FAR where none can."""
    rates = np.full(instance.sites, np.inf)
    for pool in instance.pools:
        sites = slice(instance.depots, None)
        km = instance.km[pool.depot, sites] + instance.km[sites, pool.depot]
        trip = instance.fixed[pool.kind] + instance.per_km[pool.kind] * km
        kg = np.clip(instance.demand.sum(axis=1), 1, instance.capacity[pool.kind])
        rate = trip / kg + instance.per_tonne_km[pool.kind] * instance.km[pool.depot, sites] / 1000
        rates = np.minimum(rates, np.where(instance.reachable(pool), rate, np.inf))
    return np.where(np.isfinite(rates), rates, FAR)


class Market:
    """Looks for the trips that gain most at given prices.

    They go by the shortest way, also where that leads past a stop that is worth nothing at these prices.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.roads = shortest(instance.km)
        self.times = [shortest(minutes) for minutes in instance.minutes]
        self.reach = [instance.reachable(pool) for pool in instance.pools]
        self.cheapest = [self._cheapest(index) for index in range(len(instance.pools))]

    def _cheapest(self, index: int) -> float:
        """Cost of the pool's cheapest trip, at least."""
        instance, pool = self.instance, self.instance.pools[index]
        there = instance.depots + np.flatnonzero(self.reach[index])
        km = self.roads[pool.depot, there] + self.roads[there, pool.depot]
        least = float(km.min(initial=FAR)) if len(there) else FAR
        return float(instance.fixed[pool.kind] - instance.allowance + instance.per_km[pool.kind] * least)

    def least(self, index: int) -> float:
        """What a trip of the pool has to gain to be looked at."""
        return max(1e-3, LEAST_GAIN * self.cheapest[index])

    def look(self, index: int, prices: Prices, patience: int) -> tuple[float, list[Column]]:
        """No trip of the pool gains more than this; the best trips found, by first stop."""
        least = self.least(index)
        sites, levels = self._worth_a_visit(index, prices, least)
        if len(sites) == 0:
            return least, []
        field = self._field(index, prices, sites, levels)
        out = found_of(field)
        most = float(most_gain(field, desk_of(field), out, least, patience))
        return most, _columns(index, sites, out, least)

    def _worth_a_visit(self, index: int, prices: Prices, least: float) -> tuple[Ints, Floats]:
        """Sites that some trip might gain by, and the prices of capacity to limit gains by."""
        instance, pool = self.instance, self.instance.pools[index]
        sites = np.flatnonzero(self.reach[index] & (instance.demand.sum(axis=1) > 0))
        levels = np.zeros(1)
        capacity = effective_capacity(instance, pool)
        for _ in range(4):
            there = instance.depots + sites
            km = self.roads[pool.depot, there] + self.roads[there, pool.depot]
            haul = instance.per_tonne_km[pool.kind] / 1000 * self.roads[pool.depot, there]
            worth = prices.goods[sites] - prices.stock[pool.depot] - haul[:, None]
            most = instance.demand[sites]
            paying = worth[(worth > 0) & (most > 0)]
            if len(paying) == 0:
                return np.zeros(0, np.int64), levels
            levels = np.concatenate([[0.0], np.quantile(paying, np.linspace(0.1, 0.98, LEVELS - 1))])
            prize = (np.maximum(0.0, worth[None] - levels[:, None, None]) * most[None]).sum(axis=2)
            others = np.sort(prize, axis=1)[:, ::-1][:, : instance.max_stops - 1].sum(axis=1)
            limit = (levels * capacity + others)[:, None] + prize
            cost = instance.fixed[pool.kind] - instance.allowance + prices.day[index]
            keep = limit.min(axis=0) - cost - instance.per_km[pool.kind] * km > least
            keep &= prize[0] > 0
            if keep.all():
                break
            sites = sites[keep]
        return sites, levels

    def _field(self, index: int, prices: Prices, sites: Ints, levels: Floats) -> Field:
        instance, pool = self.instance, self.instance.pools[index]
        points = np.concatenate([[pool.depot], instance.depots + sites])
        fixed, per_tonne = instance.depot_minutes[pool.depot]
        km, minutes = self.roads[np.ix_(points, points)], self.times[pool.kind][np.ix_(points, points)]
        return Field(
            km=np.where(np.isfinite(km), km, FAR), minutes=np.where(np.isfinite(minutes), minutes, FAR),
            direct=self.roads[pool.depot, points[1:]],
            worth=prices.goods[sites] - prices.stock[pool.depot],
            most=instance.demand[sites].astype(np.float64), stop_minutes=instance.site_minutes[sites, 0],
            capacity=effective_capacity(instance, pool),
            fixed=float(instance.fixed[pool.kind]) - instance.allowance,
            per_km=float(instance.per_km[pool.kind]),
            per_kg_km=float(instance.per_tonne_km[pool.kind]) / 1000,
            night=float(instance.problem.night_cost), day=float(prices.day[index]), driving=instance.driving,
            duty=instance.duty, depot_minutes=float(fixed),
            minutes_per_kg=float(per_tonne + instance.site_minutes[sites, 1].min()) / 1000,
            max_days=instance.max_days, max_stops=min(instance.max_stops, len(sites)), levels=levels,
        )  # fmt: skip


def _columns(index: int, sites: Ints, out: Found, least: float) -> list[Column]:
    columns: list[Column] = []
    for start in np.flatnonzero(out.gain > least):
        length = int(out.length[start])
        stops = tuple(int(site) for site in sites[out.stops[start, :length]])
        columns.append((index, stops, int(out.days[start]), out.load[start, :length].copy()))
    return columns


def has_bound(instance: Instance) -> bool:
    """True when trips are short enough for this bound, and points few enough."""
    points = len(instance.km)
    return instance.max_stops <= MOST_STOPS and points <= MAX_POINTS and bool(instance.pools)


def prepare() -> None:
    """Compile the search for trips that gain."""
    one, two = np.ones((1, 1)), np.ones((2, 2))
    field = Field(
        two,
        two,
        np.ones(1),
        one,
        one,
        np.ones(1),
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1.0,
        1,
        1,
        np.zeros(1),
    )
    most_gain(field, desk_of(field), found_of(field), 1.0, 1)


def grow_bound(
    instance: Instance,
    unserved_kg: int,
    drafts: Sequence[Draft],
    *,
    stop: Callable[[], bool],
    tell: Callable[[float], None],
    keep: int = 0,
) -> Grown:
    """The best bound until stopped, or the program's optimum; each better one is told.

    For plans that leave at most so many kg of what must be served. `keep` so many of the trips.
    """
    if not has_bound(instance) or instance.demand.sum() == 0:
        return Grown()
    program, market = Program(instance, unserved_kg), Market(instance)
    program.add([_column(instance, draft) for draft in drafts])
    best, centre = 0.0, None
    share, patience = SMOOTH, PATIENCE
    while not stop():
        own = program.prices()
        if own is None:
            break
        prices = own if centre is None else centre.mixed(own, share)
        gains, columns = _look_everywhere(market, prices, patience, stop)
        if gains is None:
            break
        bound = _bound(program, market, prices, gains)
        if bound > best:
            best, centre = bound, prices
            tell(best)
        added = program.add(columns)
        if added == 0 and share == 0.0 and patience == MOST_PATIENCE and not program.shun_stand_ins():
            break
        share = SMOOTH if added > 0 else 0.0
        patience = min(2 * patience, MOST_PATIENCE)
    return Grown(best, program.cheapest(keep) if keep else ())


def _look_everywhere(
    market: Market, prices: Prices, patience: int, stop: Callable[[], bool]
) -> tuple[Floats | None, list[Column]]:
    """The greatest gain of each pool, and the trips found; None when stopped on the way."""
    gains, columns = np.zeros(len(market.instance.pools)), []
    for index in range(len(gains)):
        if stop():
            return None, []
        gains[index], found = market.look(index, prices, patience)
        columns += found
    return gains, columns


def _bound(program: Program, market: Market, prices: Prices, gains: Floats) -> float:
    """What the prices prove: scaled down, less what trips might still gain, by the best scale."""
    value, cheapest = program.value(prices), np.maximum(np.array(market.cheapest), 0.0)
    days = np.array([pool.vehicle_days for pool in program.instance.pools])
    exact = cheapest / np.maximum(cheapest + gains, 1e-9)  # at this scale no trip of the pool gains
    scales = np.append(exact, 1.0)[:, None]
    gained = np.maximum(0.0, scales * gains - (1.0 - scales) * cheapest) @ days
    return max(0.0, float((scales[:, 0] * value - gained).max()))


def _column(instance: Instance, draft: Draft) -> Column:
    loads = [float(load) for load in draft.kg.sum(axis=1)]
    days = timing_of(instance, instance.pools[draft.pool], draft.route, loads).days
    return draft.pool, draft.route, days, draft.kg.astype(np.float64)
