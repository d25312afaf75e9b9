"""Every trip that a better plan could use, and the linear program over them: no search is needed any more."""

from collections.abc import Callable

import numba
import numpy as np

from supply.routing.planner.cuts import weights_of
from supply.routing.planner.instance import Bools, Floats, Ints
from supply.routing.planner.master import WORTHLESS, Master, Prices
from supply.routing.planner.routes import Routes, best_loads, reduced_costs

PER_ROUND = 150
"""Trips added to the program at once."""
NEAR = 0.25
"""Trips with a reduced cost up to this share of what is open are looked at first."""
STEP = 1e-7
"""Trips whose reduced cost is above minus this share of the program's value are left."""


@numba.njit(cache=True, nogil=True)
def hits_of(worth: Floats, active: Ints, weights: Floats, trips: Ints) -> Floats:
    """Σ worth × weight over the active rows, for each of the trips."""
    hits = np.zeros(len(trips))
    for row in active:
        own, factor = weights[row], worth[row]
        for number in range(len(trips)):
            hits[number] += factor * own[trips[number]]
    return hits


class Shortlist:
    """`routes` are all below a reduced cost; what is proven over them holds for plans that use no other."""

    def __init__(
        self, master: Master, routes: Routes, *, limit: Callable[[], float], stop: Callable[[], bool]
    ) -> None:
        self.master = master
        self.limit = limit
        self.stop = stop
        self.routes = routes
        self.weights = np.zeros((0, len(routes.pool)))
        self.costs = np.zeros(len(routes.pool))

    def __len__(self) -> int:
        return len(self.routes.pool)

    def _weigh(self) -> None:
        """Weights of the free rows that are new in the program; none of those is ever dropped."""
        new = np.flatnonzero(self.master.stack.free)[len(self.weights) :]
        if len(new):
            rows = weights_of(self.master.stack.take(new), self.routes, self.master.capacity)
            self.weights = np.concatenate([self.weights, rows])

    def grow(self, among: Ints | None = None) -> float | None:
        """Value of the program over the trips of the list, which is a bound; None without one, or stopped.

        `among` are the rows of the trips that matter, if not all; the others cost infinitely much.
        """
        every = np.arange(len(self)) if among is None else among
        near: Ints | None = None
        while not self.stop():
            value = self.master.solve()
            if value is None:
                return None
            if near is None:
                near = self._near(every, value)
            prices = self.master.prices()
            self._weigh()
            if self._add(near, self._costs(near, prices, 0.0), prices, value=value):
                continue
            self.costs = np.full(len(self), np.inf)
            self.costs[every] = self._costs(every, prices, max(self.limit() - value, 0.0))
            if self._add(every, self.costs[every], prices, value=value):
                near = self._near(every, value)
                continue
            # Where the best load of a trip is known only up to a bound, so is the value.
            return value - self._slack(every, value)
        return None

    def _near(self, every: Ints, value: float) -> Ints:
        """Of these trips those that are looked at first."""
        return every[self.costs[every] <= NEAR * (self.limit() - value)]

    def _costs(self, rows: Ints, prices: Prices, below: float) -> Floats:
        """Reduced costs of these trips, exact where negative; those not below the limit are bounds."""
        worth = prices.cut[self.master.stack.free]
        active = np.flatnonzero(np.abs(worth) > WORTHLESS)
        return reduced_costs(
            self.routes.take(rows), self.master.land, prices.value, prices.priced, prices.day,
            hits_of(worth, active, self.weights, rows), below,
        )  # fmt: skip

    def _add(self, rows: Ints, costs: Floats, prices: Prices, *, value: float) -> int:
        """Add those of the trips that would lower the program, the cheapest where they are many; how many."""
        found = np.flatnonzero(costs < -STEP * max(value, 1.0))
        if len(found) > PER_ROUND:
            found = found[np.argpartition(costs[found], PER_ROUND)[:PER_ROUND]]
        new = self.routes.take(rows[found])
        return self.master.add(new, best_loads(new, self.master.land, prices.value, prices.priced))

    def hand_over(self, most: int) -> None:
        """Give the program the cheapest so many trips with their best loads, for integer programs over it."""
        prices = self.master.prices()
        near = self.routes.take(np.argsort(self.costs, kind="stable")[:most])
        self.master.add(near, best_loads(near, self.master.land, prices.value, prices.priced))

    def _slack(self, every: Ints, value: float) -> float:
        """What these trips could still take off the program: as many as there are vehicle-days."""
        rows = every[self.costs[every] < -STEP * max(value, 1.0)]
        least = np.zeros(len(self.master.instance.pools))
        np.minimum.at(least, self.routes.pool[rows], self.costs[rows])
        days = np.array([pool.vehicle_days for pool in self.master.instance.pools], dtype=np.float64)
        return float(-(least * days).sum())

    def keep(self, wanted: Bools) -> None:
        """Forget the other trips."""
        rows = np.flatnonzero(wanted)
        self.routes, self.costs = self.routes.take(rows), self.costs[rows]
        self.weights = np.ascontiguousarray(self.weights[:, rows])

    def below(self, limit: float) -> Ints:
        """Rows of the trips with a reduced cost up to the limit."""
        rows: Ints = np.flatnonzero(self.costs <= limit)
        return rows
