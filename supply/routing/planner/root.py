"""The root of the search: the linear program grown to its optimum over all trips, tightened by cuts."""

from collections.abc import Callable

import numpy as np

from supply.routing.planner.columns import Column, Searcher
from supply.routing.planner.cuts import Separator
from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.master import Master, Route

PER_POOL = 30
"""Trips taken from each pool after one search: more make the program slow, fewer make more rounds."""
STEP = 1e-8
"""Trips whose reduced cost is above minus this share of the program's value are left: they change nothing."""


class Root:
    """`value` is the program's optimum over all trips so far searched; `bound` is proven for all trips."""

    def __init__(
        self,
        instance: Instance,
        unserved_kg: int,
        *,
        threads: int,
        stop: Callable[[], bool],
        thorough: bool = True,
    ) -> None:
        self.instance = instance
        self.master = Master(instance, unserved_kg)
        self.searcher = Searcher(instance, self.master, stop=stop, threads=threads)
        self.separator = Separator(instance, float(unserved_kg), thorough=thorough)
        self.stop = stop
        self.value = 0.0
        self.bound = 0.0
        self.cuttable = not np.isfinite(instance.price).any()

    def start(self, columns: list[Column]) -> bool:
        """Grow from a known plan's trips, few stops first; False when stopped or out of trips."""
        self.master.add(columns)
        return all(self.grow(stops) for stops in self._ladder())

    def _ladder(self) -> list[int]:
        most = self.instance.max_stops
        return sorted({min(stops, most) for stops in (1, 2, 3, most)})

    def grow(self, max_stops: int) -> bool:
        """Add trips of at most so many stops until none lowers the program; then the bound holds for them."""
        while not self.stop():
            value = self.master.solve()
            if value is None:
                return False
            self.value = value
            prices = self.master.prices()
            found = self.searcher.all_pools(prices, limit=-STEP * max(value, 1.0), max_stops=max_stops)
            new: list[Column] = []
            for one in found:
                for _, (_, route) in zip(range(PER_POOL), one.trips(), strict=False):
                    new.append((route, self.searcher.load(route, prices)))
            complete = all(np.isfinite(one.least) or one.least > 0 for one in found)
            if not complete:
                return False
            if self.master.add(new) == 0:
                if max_stops >= self.instance.max_stops:
                    self.bound = max(self.bound, value - self._slack(found))
                return True
        return False

    def _slack(self, found: list) -> float:  # type: ignore[type-arg]  # of Found
        """What trips just below the step could still take off: as many as there are vehicle-days."""
        pools = self.instance.pools
        return (
            float(sum(max(0.0, -one.least) * self._most_trips(one.pool) for one in found)) if pools else 0.0
        )

    def _most_trips(self, pool: int) -> float:
        return float(self.instance.pools[pool].vehicle_days)

    def tighten(self, rounds: int, *, enough: float, most: int = 30) -> int:
        """Rounds of cuts with the trips they call for; ends when a round gains less than a share `enough`."""
        done, most_stops = 0, self.instance.max_stops
        while done < rounds and self.cuttable and not self.stop():
            before = self.value
            cuts = self.separator.find(*self._solution(), most=most)
            if not cuts:
                break
            self.master.add_cuts(cuts)
            if not self.grow(min(3, most_stops)):  # longer trips are rare: they join at the end
                break
            self.master.drop_slack_cuts()
            self.master.solve()
            done += 1
            if self.value - before < enough * max(self.value, 1.0):
                break
        self.grow(most_stops)
        return done

    def _solution(self) -> tuple[Bools, Ints, Floats, Floats]:
        """Trips driven at all in the program's solution: visits, depot, capacity, how often."""
        amounts = self.master.amounts()
        used = np.flatnonzero(amounts > 1e-7)
        visits = np.zeros((len(used), self.instance.sites), dtype=bool)
        pools = np.array([self.master.columns[column][0][0] for column in used], dtype=np.int64)
        for row, column in enumerate(used):
            visits[row, list(self.master.columns[column][0][1])] = True
        depot_of = np.array([pool.depot for pool in self.instance.pools])
        return visits, depot_of[pools], self.master.capacity[pools], amounts[used]

    def cheap_trips(self, limit: float, room: int) -> tuple[list[tuple[float, Route]], float]:
        """Trips with a reduced cost up to the limit, cheapest first, and the limit that really holds."""
        self.master.solve()
        prices = self.master.prices()
        found = self.searcher.all_pools(prices, limit=limit, max_stops=self.instance.max_stops, room=room)
        kept = min([limit, *(one.limit for one in found)])
        if any(one.least == -np.inf for one in found):
            kept = 0.0
        trips = sorted((trip for one in found for trip in one.trips()), key=lambda item: item[0])
        return trips, kept

    def used_routes(self) -> list[Route]:
        """Trips that the program's solution drives at least in part."""
        amounts = self.master.amounts()
        return [self.master.columns[column][0] for column in np.flatnonzero(amounts > 1e-7)]
