"""The root of the search: the linear program grown to its optimum over all trips, tightened by cuts."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.columns import Found, Searcher, of_drafts
from supply.routing.planner.cuts import Cut
from supply.routing.planner.draft import Draft
from supply.routing.planner.instance import Instance
from supply.routing.planner.master import Master
from supply.routing.planner.routes import Routes, best_loads
from supply.routing.planner.separation import Separator

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
        tightened: Callable[[Master], None] = lambda _master: None,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        """`tightened` is told the program after each round of cuts, `settled` when they are over for now."""
        self.instance = instance
        self.master = Master(instance, unserved_kg)
        self.searcher = Searcher(instance, self.master, stop=stop, threads=threads)
        self.separator = Separator(instance, self.master.capacity, float(unserved_kg), thorough=thorough)
        self.stop = stop
        self.tightened = tightened
        self.settled = settled
        self.value = 0.0
        self.bound = 0.0

    def start(self, drafts: Sequence[Draft], *, is_grown: bool = False) -> bool:
        """Grow from a known plan's trips, few stops first; False when stopped or out of trips.

        Where the trips are those of a grown program already, longer ones wait for the cuts.
        """
        self.master.add(*of_drafts(self.instance, self.master.land, drafts))
        most = self.instance.max_stops
        ladder = {min(stops, most) for stops in (1, 2, 3, *(() if is_grown else (most,)))}
        return all(self.grow(stops) for stops in sorted(ladder))

    def grow(self, max_stops: int) -> bool:
        """Add trips of at most so many stops until none lowers the program; then the bound holds for them."""
        while not self.stop():
            value = self.master.solve()
            if value is None:
                return False
            self.value = value
            prices = self.master.prices()
            found = self.searcher.all_pools(prices, limit=-STEP * max(value, 1.0), max_stops=max_stops)
            if (found.least == -np.inf).any():
                return False
            new = found.routes.take(found.cheapest(PER_POOL))
            if self.master.add(new, best_loads(new, self.master.land, prices.value, prices.priced)) == 0:
                if max_stops >= self.instance.max_stops:
                    self.bound = max(self.bound, value - self._slack(found))
                return True
        return False

    def _slack(self, found: Found) -> float:
        """What trips just below the step could still take off: as many as there are vehicle-days."""
        days = np.array([pool.vehicle_days for pool in self.instance.pools], dtype=np.float64)
        return float((np.maximum(0.0, -found.least) * days).sum())

    def tighten(self, rounds: int, *, enough: float, most: int = 80) -> int:
        """Rounds of cuts with the trips they call for; ends when a round gains less than a share `enough`."""
        done, most_stops = 0, self.instance.max_stops
        while done < rounds and not self.stop():
            before = self.value
            cuts = self.violated(most)
            if not cuts:
                break
            self.master.add_cuts(cuts)
            if not self.grow(min(3, most_stops)):  # longer trips are rare: they join at the end
                break
            self.master.drop_slack_cuts()
            self.master.solve()
            done += 1
            self.tightened(self.master)
            if self.value - before < enough * max(self.value, 1.0):
                break
        self.settled()
        for stops in range(min(4, most_stops), most_stops + 1):
            self.grow(stops)
        return done

    def violated(self, most: int) -> list[Cut]:
        """Cuts that the program's solution violates."""
        return self.separator.of(self.master, most)

    def cheap_trips(self, limit: float, room: int) -> Found:
        """Trips with a reduced cost up to the limit, and the limit that really holds."""
        self.master.solve()
        found = self.searcher.all_pools(
            self.master.prices(), limit=limit, max_stops=self.instance.max_stops, room=room
        )
        return msgspec.structs.replace(found, limit=0.0) if (found.least == -np.inf).any() else found

    def used_routes(self) -> Routes:
        """Trips that the program's solution drives at least in part."""
        rows, _ = self.master.used()
        return self.master.columns.take(rows)
