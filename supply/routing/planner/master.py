"""The linear program over trips: what each site gets from each depot, and which trips bring it.

A column is a trip (pool, route, days) with one extreme load; mixtures of loads are mixtures of columns. Rows:
for each depot and site, trips bring what is shipped; demand by site and product; stock by depot and product;
vehicle-days by pool; what may stay unserved; rounded-capacity cuts. Costs are half a unit low per trip: the
format rounds once per trip, so that the bound holds for rounded costs.
"""

from collections.abc import Sequence

import highspy  # type: ignore[import-untyped]  # as in linear
import msgspec
import numpy as np

from supply.routing.planner.cuts import Cut, weight_of
from supply.routing.planner.instance import Floats, Instance
from supply.routing.planner.linear import INFINITY, Model, is_optimal
from supply.routing.planner.relaxation import effective_capacity

MOST_BRANCHES = 150
"""Counts that may be branched on in one search."""

Route = tuple[int, tuple[int, ...], int]
"""Pool, stops in order, days."""


class Prices(msgspec.Struct, frozen=True):
    """Duals of the program: worth of a kg by depot and site, of a vehicle-day by pool, of each cut."""

    value: Floats
    day: Floats
    cut: Floats


class Master:
    """Grows by columns and cuts; `solve` gives its value, `prices` what to look for next."""

    def __init__(self, instance: Instance, unserved_kg: int) -> None:
        self.instance = instance
        self.unserved_kg = unserved_kg
        self.capacity = np.array([effective_capacity(instance, pool) for pool in instance.pools])
        self.demand = instance.demand.sum(axis=1).astype(np.float64)
        self.columns: list[tuple[Route, tuple[float, ...]]] = []
        self.known: set[tuple[Route, tuple[int, ...]]] = set()
        self.cuts: list[Cut] = []
        self.link: dict[tuple[int, int], int] = {}
        self.days: list[int] = []
        self.first_column = 0
        self.cut_rows: list[int] = []
        self.branches: set[int] = set()
        self.stand_ins: list[int] = []
        self.spare_columns: list[int] = []
        self.solver = self._start()

    def _start(self) -> highspy.Highs:
        instance, model = self.instance, Model()
        links: dict[tuple[int, int], list[tuple[int, float]]] = {}
        demand: dict[tuple[int, int], list[tuple[int, float]]] = {}
        stock: dict[tuple[int, int], list[tuple[int, float]]] = {}
        spare: list[int] = []
        depots = sorted({pool.depot for pool in instance.pools})
        for site, product in np.argwhere(instance.demand > 0):
            key, price = (int(site), int(product)), float(instance.price[site])
            optional = np.isfinite(price)
            slack = model.column(price if optional else 0.0, upper=float(instance.demand[key]))
            spare += [] if optional else [slack]
            # Stands in for trips that are not there yet when branching; shut until then.
            self.stand_ins.append(model.column(0.0, upper=0.0))
            demand.setdefault(key, []).extend([(slack, 1.0), (self.stand_ins[-1], 1.0)])
            for depot in depots:
                shipped = model.column(0.0)
                demand[key].append((shipped, 1.0))
                stock.setdefault((depot, key[1]), []).append((shipped, 1.0))
                links.setdefault((depot, key[0]), []).append((shipped, -1.0))
        for pair, terms in links.items():
            self.link[pair] = model.row(terms, lower=0.0)
        for key, terms in demand.items():
            model.row(terms, lower=float(instance.demand[key]))
        for key, terms in stock.items():
            model.row(terms, upper=float(instance.stock[key]))
        self.days = [model.row((), upper=float(pool.vehicle_days)) for pool in instance.pools]
        model.row([(column, 1.0) for column in spare], upper=float(self.unserved_kg))
        self.spare_columns = [model.column(0.0, upper=0.0) for _ in range(MOST_BRANCHES)]
        self.first_column = len(model.cost)
        return model.highs()

    def fixed_cost(self, route: Route) -> float:
        """Cost of the trip without its goods, half a unit low."""
        pool, stops, days = route
        own, instance = self.instance.pools[pool], self.instance
        points = [own.depot, *(instance.depots + stop for stop in stops), own.depot]
        km = float(instance.km[points[:-1], points[1:]].sum())
        trip = instance.fixed[own.kind] + instance.per_km[own.kind] * km - instance.allowance
        return float(trip + instance.problem.night_cost * (days - 1))

    def haul(self, route: Route) -> Floats:
        """Cost of a kg at each stop."""
        own, instance = self.instance.pools[route[0]], self.instance
        points = [own.depot, *(instance.depots + stop for stop in route[1])]
        km: Floats = np.cumsum(instance.km[points[:-1], points[1:]])
        rates: Floats = km * float(instance.per_tonne_km[own.kind] / 1000)
        return rates

    def add(self, columns: Sequence[tuple[Route, tuple[float, ...]]]) -> int:
        """Add the trips with their loads that are not there yet; how many."""
        costs: list[float] = []
        starts: list[int] = []
        index: list[int] = []
        value: list[float] = []
        for route, load in columns:
            key = route, tuple(round(kg) for kg in load)
            if key in self.known:
                continue
            self.known.add(key)
            self.columns.append((route, load))
            pool, stops, days = route
            starts.append(len(index))
            depot = self.instance.pools[pool].depot
            costs.append(self.fixed_cost(route) + float(self.haul(route) @ np.array(load)))
            terms = [(self.link[depot, stop], kg) for stop, kg in zip(stops, load, strict=True) if kg > 0]
            terms.append((self.days[pool], float(days)))
            terms += [(row, weight) for row, weight in self._cut_terms(route)]
            index += [row for row, _ in terms]
            value += [amount for _, amount in terms]
        if costs:
            count = len(costs)
            lower, upper = np.zeros(count), np.full(count, INFINITY)
            self.solver.addCols(
                count, np.array(costs), lower, upper, len(index),
                np.array(starts, np.int32), np.array(index, np.int32), np.array(value),
            )  # fmt: skip
        return len(costs)

    def _cut_terms(self, route: Route) -> list[tuple[int, float]]:
        terms = [(row, self.weight(cut, route)) for row, cut in zip(self.cut_rows, self.cuts, strict=True)]
        return [(row, weight) for row, weight in terms if weight > 0]

    def weight(self, cut: Cut, route: Route) -> float:
        """The cut's coefficient of the trip."""
        if not cut.depots[self.instance.pools[route[0]].depot]:
            return 0.0
        return weight_of(cut, self.capacity[route[0]], self.demand, list(route[1]))

    def add_cuts(self, cuts: Sequence[Cut]) -> None:
        for cut in cuts:
            every = [self.weight(cut, route) for route, _ in self.columns]
            index = [self.first_column + number for number, weight in enumerate(every) if weight > 0]
            value = [weight for weight in every if weight > 0]
            self.cuts.append(cut)
            self.cut_rows.append(self.solver.getNumRow())
            self.solver.addRow(cut.right, INFINITY, len(index), np.array(index, np.int32), np.array(value))

    def add_branch(self, cut: Cut) -> int:
        """A row that counts trips, free until its bounds are changed; its number."""
        self.add_cuts([cut])
        self.branches.add(len(self.cuts) - 1)
        if self.spare_columns:
            self.solver.changeCoeff(self.cut_rows[-1], self.spare_columns.pop(), 1.0)
        return self.cut_rows[-1]

    def open_stand_ins(self, price: float) -> None:
        """Let what is missing be bought: a kg at this price, a visit at a thousand times as much."""
        for column in self.stand_ins:
            self.solver.changeColCost(column, price)
            self.solver.changeColBounds(column, 0.0, INFINITY)
        for column in self.spare_columns:
            self.solver.changeColCost(column, 1000 * price)
            self.solver.changeColBounds(column, 0.0, INFINITY)

    def drop_slack_cuts(self) -> None:
        """Forget the cuts that are not tight, so that searching stays quick."""
        dual = np.array(self.solver.getSolution().row_dual)
        drop = [number for number, row in enumerate(self.cut_rows) if dual[row] < 1e-7]
        if not drop:
            return
        rows = [self.cut_rows[number] for number in drop]
        self.solver.deleteRows(len(rows), np.array(rows, np.int32))
        first = min(self.cut_rows)
        self.cuts = [cut for number, cut in enumerate(self.cuts) if number not in set(drop)]
        self.cut_rows = list(range(first, first + len(self.cuts)))

    def solve(self) -> float | None:
        """The value of the program with the columns so far; None when they cannot serve what they must."""
        self.solver.run()
        return float(self.solver.getInfo().objective_function_value) if is_optimal(self.solver) else None

    def prices(self) -> Prices:
        dual = np.array(self.solver.getSolution().row_dual)
        value = np.zeros((self.instance.depots, self.instance.sites))
        for (depot, site), row in self.link.items():
            value[depot, site] = max(0.0, dual[row])
        day = np.maximum(0.0, -dual[self.days]) if self.days else np.zeros(0)
        cut: Floats = dual[self.cut_rows] if self.cut_rows else np.zeros(0)
        free = np.array([number in self.branches for number in range(len(cut))], dtype=bool)
        return Prices(value, day, np.where(free, cut, np.maximum(cut, 0.0)))

    def amounts(self) -> Floats:
        """How much of each column the solution uses."""
        return np.array(self.solver.getSolution().col_value)[self.first_column :]
