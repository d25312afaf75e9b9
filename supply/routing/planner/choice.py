"""The integer program over the trips that the linear program has, each with its load: a good plan at once.

A trip that may bring what is open makes a weak program (`assembly`); here each trip brings what the linear
program gave it, the cuts count by that, and its days are exact. It proves nothing about other loads.
"""

from collections.abc import Callable
from typing import Any  # highspy's callback events carry no types

import highspy  # type: ignore[import-untyped]  # as in linear
import numpy as np

from supply.routing.planner.draft import begins_of, timing_of
from supply.routing.planner.instance import Bools, Floats, Ints
from supply.routing.planner.linear import INFINITY, new_highs
from supply.routing.planner.master import Master
from supply.routing.planner.routes import Route, visits_of

Start = tuple[int, int, bytes]
"""Trips of one pool that take as many days and may begin on the same ones."""

SLOW_HEURISTICS = (
    "mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_root_reduced_cost",
)  # fmt: skip
"""Programs within the program: with few columns the whole is solved sooner without them."""


class Choice:
    """Chooses among the columns of a linear program, beginning with a known plan."""

    def __init__(
        self, master: Master, made: Ints, driven: Ints, *, below: float, most: int, seed: int
    ) -> None:
        """`made`: columns to choose from, among them `driven`, those of the known plan.

        So are others with a reduced cost up to `below`, the cheapest so many at `most`.
        """
        self.master = master
        costs = master.reduced_costs()
        cheapest = np.argsort(costs, kind="stable")[:most]
        wanted = np.zeros(len(costs), dtype=bool)
        wanted[cheapest[costs[cheapest] <= below]] = True
        wanted[made] = True
        self.rows: Ints = np.flatnonzero(wanted)
        self.solver = new_highs(seed=seed, threads=1)
        self.solver.passModel(master.solver.getLp())
        self._leave_out(~wanted)
        self._days()
        if not master.instance.problem.split_deliveries:
            self._one_stop_each()
        self._begin_with(driven)

    def _leave_out(self, unwanted: Bools) -> None:
        out = self._columns(np.flatnonzero(unwanted))
        self.solver.changeColsBounds(len(out), out, np.zeros(len(out)), np.zeros(len(out)))
        self._make_whole(self._columns(self.rows))

    def _days(self) -> None:
        """Trips begin on days on which the pool has vehicles; a trip that can begin on none is left out."""
        instance, master = self.master.instance, self.master
        classes: dict[Start, list[int]] = {}
        for row in self.rows:
            pool_index, stops, _ = master.columns.route(int(row))
            pool = instance.pools[pool_index]
            timing = timing_of(instance, pool, stops, master.loads[row, : len(stops)].tolist())
            begins = begins_of(instance, pool, stops, timing)
            classes.setdefault((pool_index, timing.days, begins.tobytes()), []).append(int(row))
        busy: dict[tuple[int, int, int], list[int]] = {}
        for (pool_index, days, key), rows in classes.items():
            starts: list[int] = []
            for number, group in enumerate(instance.pools[pool_index].groups):
                for begin in np.flatnonzero(np.frombuffer(key, dtype=bool)):
                    if group.free[begin : begin + days].all():
                        starts.append(self.solver.getNumCol())
                        self.solver.addVar(0.0, float(len(group.vehicles)))
                        for day in range(begin, begin + days):
                            busy.setdefault((pool_index, number, day), []).append(starts[-1])
            terms = np.concatenate([self._columns(np.array(rows)), np.array(starts, np.int32)])
            signs = np.concatenate([np.ones(len(rows)), -np.ones(len(starts))])
            self.solver.addRow(0.0, 0.0, len(terms), terms.astype(np.int32), signs)
            self._make_whole(np.array(starts, np.int32))
        for (pool_index, number, _), own in busy.items():
            vehicles = float(len(instance.pools[pool_index].groups[number].vehicles))
            self.solver.addRow(-INFINITY, vehicles, len(own), np.array(own, np.int32), np.ones(len(own)))

    def _one_stop_each(self) -> None:
        for visits in visits_of(self.master.columns.take(self.rows), self.master.instance.sites).T:
            own = self._columns(self.rows[visits])
            self.solver.addRow(-INFINITY, 1.0, len(own), own, np.ones(len(own)))

    def _columns(self, rows: Ints) -> Any:
        return (self.master.first_column + rows).astype(np.int32)

    def _make_whole(self, columns: Any) -> None:
        kinds = np.array([highspy.HighsVarType.kInteger] * len(columns))
        self.solver.changeColsIntegrality(len(columns), columns, kinds)

    def _begin_with(self, driven: Ints) -> None:
        often = np.bincount(driven, minlength=len(self.master.loads))[self.rows].astype(np.float64)
        self.solver.setSolution(len(self.rows), self._columns(self.rows), often)

    def run(self, *, seconds: float, improved: Callable[[list[Route]], None]) -> None:
        """Search until proof or time; `improved` is called with each better choice of trips.

        Nothing else is asked meanwhile: each call into Python waits for what runs there on another core.
        """
        self.solver.setOptionValue("time_limit", seconds)
        self.solver.setOptionValue("mip_rel_gap", 2e-5)
        for heuristic in SLOW_HEURISTICS:
            self.solver.setOptionValue(heuristic, False)

        def on_solution(event: Any) -> None:
            improved(self._chosen(np.array(event.data_out.mip_solution)))

        self.solver.cbMipImprovingSolution.subscribe(on_solution)
        self.solver.run()

    def _chosen(self, values: Floats) -> list[Route]:
        amounts = values[self.master.first_column + self.rows]
        return [
            self.master.columns.route(int(row))
            for row, often in zip(self.rows, amounts, strict=True)
            for _ in range(round(often))
        ]
