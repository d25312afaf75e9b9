"""The linear program over trips: what each site gets from each depot, and which trips bring it.

A column is a trip (pool, route, days) with one extreme load; mixtures of loads are mixtures of columns. Rows:
for each depot and site, trips bring what is shipped; demand by site and product; stock by depot and product;
vehicle-days by pool; what may stay unserved; rounded-capacity cuts. Costs are half a unit low per trip: the
format rounds once per trip, so that the bound holds for rounded costs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple  # a basis of HiGHS carries no types

import highspy  # type: ignore[import-untyped]  # as in linear
import msgspec
import numpy as np

from supply.routing.planner.cuts import Cut, Stack, coefficients, stack_of
from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.linear import INFINITY, Model, is_optimal
from supply.routing.planner.loads import Priced
from supply.routing.planner.relaxation import effective_capacity
from supply.routing.planner.routes import Land, Routes, join, land_of

GLANCE_STEPS = 60
"""Steps of the dual simplex that tell which branching is worth while."""
WORTHLESS = 1e-9
"""A cut of so little worth does not count."""
MOST_BRANCHES = 150
"""Counts that may be branched on in one search."""


class Prices(msgspec.Struct, frozen=True):
    """Duals of the program: worth of a kg by pool and site, of a vehicle-day by pool, of each cut."""

    value: Floats
    day: Floats
    cut: Floats
    priced: Priced


class Tariff(NamedTuple):
    """What a program says at one moment: its cuts, and what kg, days and cuts are worth."""

    land: Land
    unserved_kg: int
    cuts: Sequence[Cut]
    stack: Stack
    prices: Prices

    def costs(self, routes: Routes, loads: Floats) -> Floats:
        """Reduced costs of these trips with these loads."""
        value, day, cut, _ = msgspec.structs.astuple(self.prices)
        worth = value[routes.pool[:, None], routes.stops] - routes.haul  # of no stop are no kg
        counted = coefficients(self.stack, routes, loads, self.land.capacity)
        costs: Floats = (
            routes.fixed + day[routes.pool] * routes.days - (worth * loads).sum(axis=1) - cut @ counted
        )
        return costs


class Basis(msgspec.Struct):
    """Statuses of so many columns and rows; HiGHS copies them all whenever one looks at them."""

    statuses: Any
    columns: int
    rows: int
    generation: int


class Master:
    """Grows by columns and cuts; `solve` gives its value, `prices` what to look for next."""

    def __init__(self, instance: Instance, unserved_kg: int) -> None:
        self.instance = instance
        self.unserved_kg = unserved_kg
        self.capacity = np.array([effective_capacity(instance, pool) for pool in instance.pools])
        optional = bool(np.isfinite(instance.price).any())
        whole = not instance.problem.split_deliveries and not optional and unserved_kg == 0
        self.land = land_of(instance, self.capacity, whole=whole)
        self.columns = Routes.none(instance.max_stops)
        self.loads = np.zeros((0, instance.max_stops))
        self.known: dict[bytes, int] = {}
        self.cuts: list[Cut] = []
        self.stack = self._stack(())
        self.link: Ints = np.full((instance.depots, instance.sites), -1)
        self.days: list[int] = []
        self.first_column = 0
        self.cut_rows: list[int] = []
        self.branches: dict[int, int] = {}
        """By what is counted: the number of its row among the cuts."""
        self.stand_ins: list[int] = []
        self.spare_columns: list[int] = []
        self.short_column = -1
        """What all cuts are short of, as a share of their right sides."""
        self.generation = 0
        """So often trips were forgotten."""
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
        self.short_column = model.column(0.0, upper=0.0)
        self.first_column = len(model.cost)
        return model.highs()

    def copy(self) -> "Master":
        """The same program, solved in a solver of its own, without the rows that were branched on."""
        own = Master(self.instance, self.unserved_kg)
        own.add_cuts([cut for cut in self.cuts if not cut.free])
        own.add(self.columns, self.loads)
        own.solve()
        return own

    def add(self, routes: Routes, loads: Floats) -> int:
        """Add the trips with these loads that are not there yet; how many."""
        keys = _keys(routes, loads)
        fresh = [row for row, key in enumerate(keys) if key not in self.known]
        fresh = list({keys[row]: row for row in fresh}.values())
        if not fresh:
            return 0
        self.known.update((keys[row], len(self.loads) + number) for number, row in enumerate(fresh))
        rows = np.array(fresh, np.int64)
        new, kg = routes.take(rows), loads[rows]
        weights = self.weights(new, kg)
        count = len(rows)
        trip, place = np.nonzero(kg > 0)
        cut, counted = np.nonzero(weights)
        links = self.link[self.land.depot[new.pool[trip]], new.stops[trip, place]]
        index = np.concatenate([links, np.array(self.days)[new.pool], np.array(self.cut_rows, np.int64)[cut]])
        value = np.concatenate([kg[trip, place], new.days.astype(np.float64), weights[cut, counted]])
        column = np.concatenate([trip, np.arange(count), counted])
        # A trip may come to a site twice: HiGHS wants one entry for both.
        rows_there = self.solver.getNumRow()
        entries, of_entry = np.unique(column * rows_there + index, return_inverse=True)
        value = np.bincount(of_entry, weights=value, minlength=len(entries))
        starts = np.searchsorted(entries, np.arange(count) * rows_there)
        status = self.solver.addCols(
            count, new.fixed + (new.haul * kg).sum(axis=1), np.zeros(count), np.full(count, INFINITY),
            len(entries), starts.astype(np.int32), (entries % rows_there).astype(np.int32), value,
        )  # fmt: skip
        assert status != highspy.HighsStatus.kError, "every trip has a column"
        self.columns, self.loads = join(self.columns, new), np.concatenate([self.loads, kg])
        return count

    def weights(self, routes: Routes, loads: Floats) -> Floats:
        """Coefficients of the cuts, `[cut, trip]`."""
        weights: Floats = coefficients(self.stack, routes, loads, self.capacity)
        return weights

    def _stack(self, cuts: Sequence[Cut]) -> Stack:
        return stack_of(cuts, self.instance.sites, len(self.instance.pools))

    def add_cuts(self, cuts: Sequence[Cut]) -> None:
        new = self._stack(cuts)
        self.stack = self.stack.above(new)
        for cut, every in zip(cuts, coefficients(new, self.columns, self.loads, self.capacity), strict=True):
            index = np.flatnonzero(every)
            columns, values = self.first_column + index, every[index]
            if not cut.free:
                columns, values = np.append(columns, self.short_column), np.append(values, cut.right)
            self.cuts.append(cut)
            self.cut_rows.append(self.solver.getNumRow())
            self.solver.addRow(
                -INFINITY if cut.free else cut.right, INFINITY, len(columns), columns.astype(np.int32), values
            )

    def add_branch(self, key: int, cut: Cut) -> None:
        """A row that counts trips, free until it is bounded."""
        self.branches[key] = len(self.cuts)
        self.add_cuts([cut])
        if self.spare_columns:
            self.solver.changeCoeff(self.cut_rows[-1], self.spare_columns.pop(), 1.0)

    def bound_branch(self, key: int, low: float, high: float) -> None:
        """Bound the row that was added for this count."""
        self.solver.changeRowBounds(self.cut_rows[self.branches[key]], low, high)

    def free_branches(self) -> None:
        """Bound none of them any longer."""
        for key in self.branches:
            self.bound_branch(key, -INFINITY, INFINITY)

    def open_stand_ins(self, price: float) -> None:
        """Let what is missing be bought: a kg at this price, a visit or all cuts at a thousand times that."""
        for column in self.stand_ins:
            self.solver.changeColCost(column, price)
            self.solver.changeColBounds(column, 0.0, INFINITY)
        for column in (*self.spare_columns, self.short_column):
            self.solver.changeColCost(column, 1000 * price)
            self.solver.changeColBounds(column, 0.0, INFINITY)

    def drop_slack_cuts(self) -> None:
        """Forget the cuts that are not tight, so that searching stays quick."""
        dual = np.array(self.solver.getSolution().row_dual)
        drop = [
            number
            for number, row in enumerate(self.cut_rows)
            if dual[row] < 1e-7 and not self.cuts[number].free
        ]
        if not drop:
            return
        rows = [self.cut_rows[number] for number in drop]
        self.solver.deleteRows(len(rows), np.array(rows, np.int32))
        first = min(self.cut_rows)
        left = [number for number in range(len(self.cuts)) if number not in set(drop)]
        self.branches = {key: left.index(number) for key, number in self.branches.items()}
        self.cuts = [self.cuts[number] for number in left]
        self.stack = self.stack.take(np.array(left, dtype=np.int64))
        self.cut_rows = list(range(first, first + len(self.cuts)))

    def keep_columns(self, wanted: Bools) -> None:
        """Forget the other trips, so that solving stays quick; bases from before are of no use any more."""
        drop, left = np.flatnonzero(~wanted), np.flatnonzero(wanted)
        if not len(drop):
            return
        basis = self.solver.getBasis()
        kept = np.concatenate([np.arange(self.first_column), self.first_column + left])
        statuses = basis.col_status
        basis.col_status = [statuses[column] for column in kept]
        self.solver.deleteCols(len(drop), (self.first_column + drop).astype(np.int32))
        self.solver.setBasis(basis)
        self.columns, self.loads = self.columns.take(left), self.loads[left]
        self.known = {key: row for row, key in enumerate(_keys(self.columns, self.loads))}
        self.generation += 1

    def solve(self) -> float | None:
        """The value of the program with the columns so far; None when they cannot serve what they must."""
        self.solver.run()
        return float(self.solver.getInfo().objective_function_value) if is_optimal(self.solver) else None

    def basis(self) -> Basis:
        """Where the last solution stands, to begin from there another time."""
        return Basis(
            self.solver.getBasis(), self.solver.getNumCol(), self.solver.getNumRow(), self.generation
        )

    def restore(self, basis: Basis) -> None:
        """Begin from this basis; columns and rows that came since stay out of it.

        Where trips were forgotten since, from where the program stands.
        """
        if basis.generation != self.generation:
            return
        columns, rows = self.solver.getNumCol(), self.solver.getNumRow()
        if (columns, rows) != (basis.columns, basis.rows):
            new = basis.statuses
            new.col_status = [*new.col_status, *[highspy.HighsBasisStatus.kLower] * (columns - basis.columns)]
            new.row_status = [*new.row_status, *[highspy.HighsBasisStatus.kBasic] * (rows - basis.rows)]
            basis.columns, basis.rows = columns, rows
        self.solver.setBasis(basis.statuses)

    def glance(self, basis: Basis) -> float:
        """About the value of the program, from a basis and a few steps."""
        self.restore(basis)
        self.solver.setOptionValue("simplex_iteration_limit", GLANCE_STEPS)
        self.solver.run()
        self.solver.setOptionValue("simplex_iteration_limit", 2**31 - 1)
        return float(self.solver.getInfo().objective_function_value)

    def prices(self) -> Prices:
        dual = np.array(self.solver.getSolution().row_dual)
        by_depot: Floats = np.where(self.link < 0, 0.0, np.maximum(dual[self.link], 0.0))
        day = np.maximum(0.0, -dual[self.days]) if self.days else np.zeros(0)
        cut: Floats = dual[self.cut_rows] if self.cut_rows else np.zeros(0)
        cut = np.where(self.stack.free, cut, np.maximum(cut, 0.0))
        return Prices(by_depot[self.land.depot], day, cut, self._priced(cut))

    def tariff(self) -> Tariff:
        """The program as its last solution prices things, without the rows that were branched on."""
        kept = np.flatnonzero(~self.stack.free)
        prices = self.prices()
        prices = msgspec.structs.replace(prices, cut=prices.cut[kept])
        cuts = [self.cuts[number] for number in kept]
        return Tariff(self.land, self.unserved_kg, cuts, self.stack.take(kept), prices)

    def _priced(self, worth: Floats) -> Priced:
        """The cuts that are worth something, for the compiled loops."""
        own = np.flatnonzero((worth > WORTHLESS) & ~self.stack.free)
        cuts = self.stack.take(own)
        return Priced(cuts.kg > 0, cuts.pools, worth[own], cuts.need, cuts.step, cuts.part)

    def used(self) -> tuple[Ints, Floats]:
        """Rows of the columns that the solution drives at all, and how often."""
        amounts = self.amounts()
        rows: Ints = np.flatnonzero(amounts > 1e-7)
        return rows, amounts[rows]

    def reduced_costs(self) -> Floats:
        """What one more of each column would cost by the prices of the solution."""
        return np.array(self.solver.getSolution().col_dual)[self.first_column :]

    def amounts(self) -> Floats:
        """How much of each column the solution uses."""
        return np.array(self.solver.getSolution().col_value)[self.first_column :]


def _keys(routes: Routes, loads: Floats) -> list[bytes]:
    """The same for the same trip with the same load."""
    figures = np.column_stack([routes.pool, routes.days, routes.stops, np.rint(loads)])
    return [row.tobytes() for row in figures.astype(np.int32)]
