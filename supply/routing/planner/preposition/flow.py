"""The problem as one linear program: stores through the periods, ways between them, flour by its last days.

Flour of a product is told apart only as far as the demands do: class `c` is good for the demands up to the
`c`-th of the product's days of use, not for the next. What is good for no demand stays and takes its room.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from supply.routing.planner.linear import Model, is_optimal
from supply.routing.planner.preposition.problem import Demand, PrepositionProblem, Way

OVERFULL_FACTOR = 2.0
# A kg too many in a store costs twice a kg of shortage: room is a limit, broken only where no road leads out.
LIFTED_COST = 1_000.0
# Per kg and lifted limit, when reasons are looked for: far above any way, far below a shortage.
SHORT_COST = 10_000_000.0
# Per kg of shortage, when reasons are looked for.
FAVOUR = 1.01
# The demand whose reason is looked for goes first among equals.
KG = 1e-4
# Less is noise of the solver.

LIMITS = ("stock", "closed", "full", "early", "expiry", "limit")
"""Kinds of limits that may forbid a delivery, the likeliest first."""

Shelf = tuple[int, int, int, int]
# Store, product, class, period.


class Flow:
    """The program of a problem; with `lifted` kinds of limits broken at a price, to find reasons."""

    def __init__(
        self,
        problem: PrepositionProblem,
        *,
        lifted: Iterable[str] = (),
        favoured: int | None = None,
        shorts: Mapping[int, float] | None = None,
        moves: bool = True,
    ) -> None:
        self.problem = problem
        self.lifted = frozenset(lifted)
        self.is_search = bool(self.lifted) or favoured is not None
        self.favoured = favoured
        self.shorts = {} if shorts is None else shorts
        # Kg of the other demands that stay short: what is lifted is for the favoured one only.
        self.model = Model()
        self.periods = {one.id: index for index, one in enumerate(problem.periods)}
        self.products = {one.id: index for index, one in enumerate(problem.products)}
        self.stores = {one.id: index for index, one in enumerate(problem.stores)}
        self.sites = {one.id: index for index, one in enumerate(problem.sites)}
        self.days = _days(problem, self.products)
        self.arriving, self.lying = self._arrivals()
        self.everything = sum(one.kg for one in problem.stock) + sum(one.kg for one in problem.demands) + 1.0
        self.hold: dict[Shelf, int] = {}
        self.moved: dict[tuple[int, int, int, int], int] = {}
        self.delivered: dict[tuple[int, int, int, int], int] = {}
        self.short: list[int] = []
        self.over: dict[tuple[int, int], int] = {}
        self.broken: dict[int, str] = {}
        # Column of a lifted limit to its code.
        self._balance: dict[Shelf, list[tuple[int, float]]] = defaultdict(list)
        self._hold_stock()
        if moves:
            self._move()
        self._deliver()
        self._lift_stock()
        self._balance_shelves()
        self._room_in_stores()

    def solve(self) -> tuple[list[float], float]:
        """Values of the columns, and a bound that the dual solution proves."""
        if not self.model.cost:
            return [], 0.0
        solver = self.model.highs()
        solver.run()
        assert is_optimal(solver), "shortage and overfull stores make every problem solvable"
        solution = solver.getSolution()
        return list(solution.col_value), _dual_bound(self.model, np.array(solution.row_dual))

    def _arrivals(self) -> tuple[dict[Shelf, float], dict[tuple[int, int], float]]:
        """Kg that come to each shelf, and by store and period kg that no demand can use any more."""
        arriving: dict[Shelf, float] = defaultdict(float)
        lying: dict[tuple[int, int], float] = defaultdict(float)
        for one in self.problem.stock:
            product, store = self.products[one.product], self.stores[one.store]
            period = 0 if one.period is None else self.periods[one.period]
            index = bisect_right(self.days[product], one.good_until) - 1
            if index >= 0:
                arriving[store, product, index, period] += one.kg
            else:
                for later in range(period, len(self.periods)):
                    lying[store, later] += one.kg
        return arriving, lying

    def _hold_stock(self) -> None:
        for store, row in enumerate(self.problem.stores):
            for product, days in enumerate(self.days):
                for index in range(len(days)):
                    for period in range(len(self.periods)):
                        shelf = (store, product, index, period)
                        column = self.model.column(row.cost_per_tonne_period / 1000, upper=self.everything)
                        self.hold[shelf] = column
                        self._balance[shelf].append((column, -1.0))
                        if period + 1 < len(self.periods):
                            self._balance[store, product, index, period + 1].append((column, 1.0))

    def _move(self) -> None:
        for number, way in enumerate(self.problem.moves):
            start, end = self.stores[way.start], self.stores[way.end]
            for period, extra in self._open(way):
                on_way: list[int] = []
                for product, days in enumerate(self.days):
                    for index in range(len(days)):
                        column = self.model.column(self._rate(way, period) + extra, upper=self.everything)
                        self._note(column, extra, f"closed:{way.start}:{way.end}:{self._name(period)}")
                        self.moved[number, product, index, period] = column
                        self._balance[start, product, index, period].append((column, -1.0))
                        self._balance[end, product, index, period].append((column, 1.0))
                        on_way.append(column)
                self._limit(way, on_way)

    def _deliver(self) -> None:
        to_site: dict[int, list[tuple[int, Way]]] = defaultdict(list)
        for number, way in enumerate(self.problem.deliveries):
            to_site[self.sites[way.end]].append((number, way))
        on_way: dict[tuple[int, int], list[int]] = defaultdict(list)
        waiting: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, demand in enumerate(self.problem.demands):
            site, product = self.sites[demand.site], self.products[demand.product]
            price = self.problem.shortage_cost_per_kg
            if self.is_search:
                price = SHORT_COST * (FAVOUR if place == self.favoured else 1.0)
            stays = 0.0 if place == self.favoured else self.shorts.get(place, 0.0)
            self.short.append(self.model.column(price, lower=min(stays, demand.kg), upper=demand.kg))
            got = [(self.short[-1], 1.0)]
            for number, way in to_site[site]:
                for period, extra, index in self._chances(demand, product, way):
                    column = self.model.column(self._rate(way, period) + extra, upper=demand.kg)
                    self.delivered[number, place, index, period] = column
                    self._balance[self.stores[way.start], product, index, period].append((column, -1.0))
                    got.append((column, 1.0))
                    on_way[number, period].append(column)
                    for early in range(period, self.periods[demand.due]):
                        waiting[site, early].append(column)
                    self._note(column, extra, self._why(demand, product, way, period, index))
            self.model.row(got, lower=demand.kg, upper=demand.kg)
        for (number, _), columns in sorted(on_way.items()):
            self._limit(self.problem.deliveries[number], columns)
        self._room_at_sites(waiting)

    def _chances(self, demand: Demand, product: int, way: Way) -> Iterable[tuple[int, float, int]]:
        """Periods and classes in which the demand may be served on a way, and what lifted limits cost."""
        due = self.periods[demand.due]
        needed = self.days[product].index(demand.needs_until)
        for period, closed in self._open(way):
            if period > due:
                continue
            is_early = period < due - demand.early_periods
            if is_early and "early" not in self.lifted:
                continue
            for index in range(len(self.days[product])):
                is_old = index < needed
                if is_old and "expiry" not in self.lifted:
                    continue
                yield period, closed + LIFTED_COST * (is_early + is_old), index

    def _why(self, demand: Demand, product: int, way: Way, period: int, index: int) -> str:
        """The limits that this delivery breaks, in codes."""
        codes = []
        if self._name(period) in way.closed:
            codes.append(f"closed:{way.start}:{way.end}:{self._name(period)}")
        if period < self.periods[demand.due] - demand.early_periods:
            codes.append(f"early:{demand.site}")
        if index < self.days[product].index(demand.needs_until):
            codes.append(f"expiry:{way.start}:{demand.product}")
        return " ".join(codes)

    def _open(self, way: Way) -> Iterable[tuple[int, float]]:
        """Periods in which a way may be used, and what it costs more because it is closed."""
        closed = set(way.closed)
        for period, one in enumerate(self.problem.periods):
            if one.id not in closed:
                yield period, 0.0
            elif "closed" in self.lifted:
                yield period, LIFTED_COST

    def _limit(self, way: Way, columns: list[int]) -> None:
        if way.kg_per_period is None or not columns:
            return
        terms = [(column, 1.0) for column in columns]
        if "limit" in self.lifted:
            more = self.model.column(LIFTED_COST, upper=self.everything)
            self._note(more, LIFTED_COST, f"limit:{way.start}:{way.end}")
            terms.append((more, -1.0))
        self.model.row(terms, upper=way.kg_per_period)

    def _room_at_sites(self, waiting: Mapping[tuple[int, int], list[int]]) -> None:
        for (site, _), columns in sorted(waiting.items()):
            row = self.problem.sites[site]
            if row.capacity_kg is None:
                continue
            terms = [(column, 1.0) for column in columns]
            if "full" in self.lifted:
                more = self.model.column(LIFTED_COST, upper=self.everything)
                self._note(more, LIFTED_COST, f"full:{row.id}")
                terms.append((more, -1.0))
            self.model.row(terms, upper=row.capacity_kg)

    def _lift_stock(self) -> None:
        """More of what comes anyway, good for every use; a product that nobody has may come anywhere."""
        if "stock" not in self.lifted:
            return
        for product, days in enumerate(self.days):
            if not days:
                continue
            code = self.problem.products[product].id
            places = {
                (self.stores[one.store], 0 if one.period is None else self.periods[one.period])
                for one in self.problem.stock
                if one.product == code
            }
            for store, period in sorted(places or {(store, 0) for store in self.stores.values()}):
                column = self.model.column(LIFTED_COST, upper=self.everything)
                self._note(column, LIFTED_COST, f"stock:{code}")
                self._balance[store, product, len(days) - 1, period].append((column, 1.0))

    def _balance_shelves(self) -> None:
        for shelf, terms in self._balance.items():
            come = self.arriving.get(shelf, 0.0)
            self.model.row(terms, lower=-come, upper=-come)

    def _room_in_stores(self) -> None:
        price = self.problem.shortage_cost_per_kg * OVERFULL_FACTOR
        if self.is_search:
            price = LIFTED_COST if "full" in self.lifted else SHORT_COST * OVERFULL_FACTOR
        for store, row in enumerate(self.problem.stores):
            if row.capacity_kg is None:
                continue
            for period in range(len(self.periods)):
                over = self.model.column(price, upper=self.everything)
                self.over[store, period] = over
                if "full" in self.lifted:
                    self._note(over, price, f"full:{row.id}")
                held = [
                    (self.hold[store, product, index, period], 1.0)
                    for product, days in enumerate(self.days)
                    for index in range(len(days))
                ]
                lying = self.lying.get((store, period), 0.0)
                self.model.row([*held, (over, -1.0)], upper=row.capacity_kg - lying)

    def _note(self, column: int, extra: float, code: str) -> None:
        if extra and code:
            self.broken[column] = code

    def _rate(self, way: Way, period: int) -> float:
        return way.cost_in.get(self._name(period), way.cost_per_tonne) / 1000

    def _name(self, period: int) -> str:
        return self.problem.periods[period].id


def _days(problem: PrepositionProblem, products: Mapping[str, int]) -> list[list[date]]:
    days: list[set[date]] = [set() for _ in problem.products]
    for demand in problem.demands:
        days[products[demand.product]].add(demand.needs_until)
    return [sorted(one) for one in days]


def _dual_bound(model: Model, duals: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """What the rows' prices prove, whatever the solver's tolerance: no solution costs less."""
    lower, upper = np.array(model.row_lower), np.array(model.row_upper)
    duals = np.where((duals > 0) & ~np.isfinite(lower), 0.0, duals)
    duals = np.where((duals < 0) & ~np.isfinite(upper), 0.0, duals)
    rows = np.repeat(np.arange(len(duals)), np.diff(model.starts))
    reduced = np.array(model.cost) - np.bincount(
        np.array(model.index, dtype=np.int64),
        weights=np.array(model.value) * duals[rows],
        minlength=len(model.cost),
    )
    sides = np.where(duals > 0, lower, upper)
    proven = float(np.sum(np.where(duals != 0, duals * np.where(duals != 0, sides, 0.0), 0.0)))
    ends = np.where(reduced > 0, np.array(model.lower), np.array(model.upper))
    return proven + float(np.sum(np.where(reduced != 0, reduced * ends, 0.0)))
