"""The integer program over a list of trips: how often each is driven and what it brings to each stop.

Vehicles' days are counted per pool; where the trips of its answer do not fit on the days, pools get
columns for the day each trip begins, which is exact because equal vehicles are interchangeable.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any  # highspy's callback events carry no types

import msgspec
import numpy as np

from supply.routing.planner.cuts import Cut, most_of
from supply.routing.planner.draft import SLACK, Timing, begins_of, timing_of
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Bools, Floats, Instance, Pool
from supply.routing.planner.linear import Model, is_infeasible, is_optimal
from supply.routing.planner.master import Tariff
from supply.routing.planner.polish import offering
from supply.routing.planner.relaxation import is_metric
from supply.routing.planner.routes import Route, Routes

SLOW = (
    "mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_root_reduced_cost",
    "mip_allow_restart",
)  # fmt: skip
"""Programs within the program, and beginning anew: with few trips the whole is solved sooner without."""
ANY_NODES = 2**31 - 1
"""No limit."""


class Answer(msgspec.Struct, frozen=True):
    """Trips as often as they are driven; the bound over the given trips; whether that is proven optimal."""

    routes: tuple[Route, ...]
    bound: float
    optimal: bool
    infeasible: bool


class Assembly:
    """Chooses among the given trips; the cuts of the linear program are kept because they close the gap."""

    def __init__(
        self,
        instance: Instance,
        tariff: Tariff,
        routes: Routes,
        *,
        rows: Sequence[tuple[Cut, float, float]] = (),
        dated: frozenset[int] = frozenset(),
        kept: Sequence[Route] = (),
    ) -> None:
        self.instance = instance
        self.unserved_kg = tariff.unserved_kg
        self.capacity = tariff.land.capacity
        self.offered = routes
        self.routes = routes.each()
        self.rows = [*((cut, cut.right, np.inf) for cut in tariff.cuts), *rows]
        self.model = Model()
        self.times: list[int] = []
        self.goods: list[list[int]] = []
        self.metric = is_metric(instance)
        links: dict[tuple[int, int], list[tuple[int, float]]] = {}
        self.kept = Counter(kept)
        for number in range(len(self.routes)):
            self.times.append(self._trip(number, links))
        self._shipments(links)
        self._vehicles(dated)
        self._cuts()
        if not instance.problem.split_deliveries:
            self._one_stop_each()

    def _trip(self, number: int, links: dict[tuple[int, int], list[tuple[int, float]]]) -> int:
        instance, model = self.instance, self.model
        pool_index, stops, days = self.routes[number]
        pool = instance.pools[pool_index]
        capacity = float(self.capacity[pool_index])
        most = [float(instance.demand[stop].sum()) for stop in stops]
        often = 1.0 if not instance.problem.split_deliveries else float(pool.vehicle_days // days)
        drive = model.column(
            float(self.offered.fixed[number]),
            lower=float(self.kept[self.routes[number]]),
            upper=often,
            integer=True,
        )
        points = [pool.depot, *(instance.depots + stop for stop in stops), pool.depot]
        minutes = float(instance.minutes[pool.kind][points[:-1], points[1:]].sum())
        left = days * instance.duty - minutes - instance.depot_minutes[pool.depot, 0]
        left -= float(instance.site_minutes[list(stops), 0].sum())
        goods: list[int] = []
        for stop, kg, haul in zip(stops, most, self.offered.haul[number], strict=False):
            column = model.column(float(haul), upper=kg)
            goods.append(column)
            links.setdefault((pool.depot, stop), []).append((column, 1.0))
            model.row([(column, 1.0), (drive, -min(kg, capacity))], upper=0.0)
            if not self.metric:  # an empty stop would be a short cut
                model.row([(column, 1.0), (drive, -1.0)], lower=0.0)
        model.row([*((column, 1.0) for column in goods), (drive, -min(capacity, sum(most)))], upper=0.0)
        rates = (instance.depot_minutes[pool.depot, 1] + instance.site_minutes[list(stops), 1]) / 1000
        if rates.max() > 0 and capacity * rates.max() > left:
            terms = [(column, float(rate)) for column, rate in zip(goods, rates, strict=True)]
            model.row([*terms, (drive, -left)], upper=0.0)
        self._on_time(self.routes[number], goods, drive)
        self.goods.append(goods)
        return drive

    def _on_time(self, route: Route, goods: list[int], drive: int) -> None:
        """Loading takes time: no more on board than lets the stops be reached on days that are open."""
        instance = self.instance
        pool_index, stops, _ = route
        pool = instance.pools[pool_index]
        for number, latest in days_to_keep(instance, pool, stops).items():
            driven = [pool.depot, *(instance.depots + stop for stop in stops[: number + 1])]
            minutes = float(instance.minutes[pool.kind][driven[:-1], driven[1:]].sum())
            minutes += instance.depot_minutes[pool.depot, 0]
            minutes += float(instance.site_minutes[list(stops[:number]), 0].sum())
            rates = np.full(len(stops), instance.depot_minutes[pool.depot, 1])
            rates[:number] += instance.site_minutes[list(stops[:number]), 1]
            left = (latest + 1 + SLACK / instance.duty) * instance.duty - minutes
            terms = [(column, float(rate) / 1000) for column, rate in zip(goods, rates, strict=True)]
            self.model.row([*terms, (drive, -left)], upper=0.0)

    def _shipments(self, links: dict[tuple[int, int], list[tuple[int, float]]]) -> None:
        """What the trips bring is shipped as products, within demand and stock."""
        instance, model = self.instance, self.model
        stock: dict[tuple[int, int], list[tuple[int, float]]] = {}
        shipped: dict[tuple[int, int], list[tuple[int, float]]] = {}
        spare: list[int] = []
        for site, product in np.argwhere(instance.demand > 0):
            price, need = float(instance.price[site]), float(instance.demand[site, product])
            slack = model.column(price if np.isfinite(price) else 0.0, upper=need)
            spare += [] if np.isfinite(price) else [slack]
            terms = [(slack, 1.0)]
            for depot in sorted({depot for depot, stop in links if stop == site}):
                column = model.column(0.0, upper=need)
                terms.append((column, 1.0))
                stock.setdefault((depot, int(product)), []).append((column, 1.0))
                shipped.setdefault((depot, int(site)), []).append((column, -1.0))
            model.row(terms, lower=need, upper=need)
        for key, own in shipped.items():
            model.row([*own, *links[key]], lower=0.0, upper=0.0)
        for key, own in stock.items():
            model.row(own, upper=float(instance.stock[key]))
        model.row([(column, 1.0) for column in spare], upper=float(self.unserved_kg))

    def _vehicles(self, dated: frozenset[int]) -> None:
        own: dict[int, list[int]] = {}
        for number, route in enumerate(self.routes):
            own.setdefault(route[0], []).append(number)
        for pool_index, numbers in own.items():
            terms = [(self.times[number], float(self.routes[number][2])) for number in numbers]
            self.model.row(terms, upper=float(self.instance.pools[pool_index].vehicle_days))
            if pool_index in dated:
                self._dates(pool_index, numbers)

    def _dates(self, pool_index: int, numbers: list[int]) -> None:
        """Trips of the same length and possible days begin on days on which the pool has vehicles."""
        pool, model = self.instance.pools[pool_index], self.model
        classes: dict[tuple[int, bytes], list[int]] = {}
        begins: dict[bytes, Bools] = {}
        for number in numbers:
            possible = possible_begins(self.instance, self.routes[number])
            begins[possible.tobytes()] = possible
            classes.setdefault((self.routes[number][2], possible.tobytes()), []).append(number)
        busy: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for (days, key), members in classes.items():
            starts: list[tuple[int, float]] = []
            for group_number, group in enumerate(pool.groups):
                for begin in np.flatnonzero(begins[key]):
                    if begin + days <= self.instance.horizon and group.free[begin : begin + days].all():
                        column = model.column(0.0, upper=float(len(group.vehicles)), integer=True)
                        starts.append((column, -1.0))
                        for day in range(int(begin), int(begin) + days):
                            busy.setdefault((group_number, day), []).append((column, 1.0))
            model.row([*((self.times[number], 1.0) for number in members), *starts], lower=0.0, upper=0.0)
        for (group_number, _day), terms in busy.items():
            model.row(terms, upper=float(len(pool.groups[group_number].vehicles)))

    def _cuts(self) -> None:
        """Each trip counts with as much on board as can be: what it brings is still open."""
        for cut, low, high in self.rows:
            weights = most_of(cut, self.offered, self.capacity)
            terms = [(self.times[number], float(weights[number])) for number in np.flatnonzero(weights)]
            self.model.row(terms, lower=low, upper=high)

    def _one_stop_each(self) -> None:
        for site in range(self.instance.sites):
            terms = [
                (time, 1.0) for time, route in zip(self.times, self.routes, strict=True) if site in route[1]
            ]
            self.model.row(terms, upper=1.0)

    def improve(
        self,
        best: Incumbent,
        *,
        seconds: float,
        nodes: int = ANY_NODES,
        stop: Callable[[], bool] | None = None,
    ) -> Answer:
        """Look for better plans than the one at hand; each better choice of trips becomes a plan at once."""
        unserved = self.unserved_kg
        improved = offering(best, unserved)
        answer = self.run(
            seconds=min(seconds, best.left()), nodes=nodes, seed=best.seed,
            cutoff=float(best.value[1] - best.locked_cost) + 1.0 if best.value[0] == unserved else np.inf,
            improved=improved, stop=stop,
        )  # fmt: skip
        if answer.routes:
            improved(list(answer.routes))
        return answer

    def run(
        self,
        *,
        seconds: float,
        seed: int,
        cutoff: float,
        improved: Callable[[list[Route]], None],
        nodes: int = ANY_NODES,
        stop: Callable[[], bool] | None = None,
    ) -> Answer:
        """Search until proof, time, so many nodes or stop; `improved` gets each better choice of trips."""
        solver = self.model.highs(seed=seed)
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", 2e-5)
        solver.setOptionValue("objective_bound", cutoff)
        for option in SLOW:
            solver.setOptionValue(option, False)

        def on_solution(event: Any) -> None:
            improved(self.chosen(np.array(event.data_out.mip_solution)))

        def on_interrupt(event: Any) -> None:
            if stop is not None and stop():
                event.interrupt()

        solver.cbMipImprovingSolution.subscribe(on_solution)
        if stop is not None:  # each call into Python waits for what runs there on another core
            solver.cbMipInterrupt.subscribe(on_interrupt)
        solver.run()
        info, solution = solver.getInfo(), solver.getSolution()
        proven = float(info.mip_dual_bound)
        values = np.array(solution.col_value) if solution.value_valid else np.zeros(0)
        routes = self.chosen(values) if len(values) == len(self.model.cost) else []
        return Answer(tuple(routes), proven, is_optimal(solver), is_infeasible(solver))

    def chosen(self, values: Floats) -> list[Route]:
        """Each trip as often as it is driven."""
        return [
            route
            for route, time in zip(self.routes, self.times, strict=True)
            for _ in range(round(values[time]))
        ]


def possible_begins(instance: Instance, route: Route) -> Bools:
    """Days on which the trip may begin with some load (with little on board or full)."""
    pool_index, stops, days = route
    pool = instance.pools[pool_index]
    full = float(instance.capacity[pool.kind])
    possible = np.zeros(instance.horizon, dtype=bool)
    for load in (0.0, full / len(stops)):
        timing = timing_of(instance, pool, stops, [load] * len(stops))
        exact = type(timing)(days, timing.reached, timing.legs)
        possible |= begins_of(instance, pool, stops, exact)
    return possible


def days_to_keep(instance: Instance, pool: Pool, stops: Sequence[int]) -> dict[int, int]:
    """By place in the trip: the last day after its begin on which a stop may be reached.

    Only where a full truck reaches stops later than an empty one and can then begin on no day at all.
    """
    if instance.closed:
        return {}  # which days a leg takes is then decided as well
    empty = timing_of(instance, pool, stops, [0.0] * len(stops))
    slowest = float(instance.site_minutes[list(stops), 1].max())
    depot, first = instance.depot_minutes[pool.depot, 1], instance.site_minutes[stops[0], 1]
    full = float(instance.capacity[pool.kind])
    # The latest that any stop is reached: all is unloaded at the first, and as slowly as at the slowest.
    most = full * (depot + slowest) / (depot + first) if depot + first > 0 else full
    latest = timing_of(instance, pool, stops, [most, *[0.0] * (len(stops) - 1)]).reached
    if latest == empty.reached or not begins_of(instance, pool, stops, empty).any():
        return {}
    for reached in itertools.product(*(range(a, b + 1) for a, b in zip(empty.reached, latest, strict=True))):
        later = Timing(empty.days, reached, empty.legs)
        if reached != empty.reached and begins_of(instance, pool, stops, later).any():
            return {}
    return {
        number: day
        for number, (day, last) in enumerate(zip(empty.reached, latest, strict=True))
        if last > day
    }
