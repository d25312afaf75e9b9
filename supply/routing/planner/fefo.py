"""The same delivery problem with the flour used first that would expire: which stock may then be taken.

The format of a problem limits what a store gives from above only. So a linear program finds how much each
store would give if all that expires left first, on direct trips, and the other stock is cut down to that.
A plan of the problem that is left uses what expires first; its cost is what using it first costs at most.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from supply.routing.planner.instance import Instance, Ints, instance_of
from supply.routing.planner.linear import INFINITY, Model, is_optimal
from supply.routing.planner.problem import Problem

UNSERVED_PRICE = 1e6
# Per kg: far above any road, so that need is met before anything else.
UNUSED_PRICE = 1e4
# Per kg of what would expire: far above any road too.


def fefo_first(problem: Problem, near_kg: Mapping[tuple[str, str], int]) -> Problem:
    """The problem with stock cut down so that the kg by (depot, product) in `near_kg` are used first."""
    instance = instance_of(problem)
    gives = _gives(instance, near_kg)
    spare = instance.stock - np.minimum(np.ceil(gives - 1e-6).astype(np.int64), instance.stock)
    depots = tuple(
        msgspec.structs.replace(depot, stock_kg=_less(depot.stock_kg, problem, spare[index]))
        for index, depot in enumerate(problem.depots)
    )
    return msgspec.structs.replace(problem, depots=depots)


def _less(stock_kg: Mapping[str, int], problem: Problem, spare: Ints) -> dict[str, int]:
    positions = {product.id: index for index, product in enumerate(problem.products)}
    return {code: kg - int(spare[positions[code]]) for code, kg in stock_kg.items()}


def _gives(instance: Instance, near_kg: Mapping[tuple[str, str], int]) -> np.ndarray[tuple[int, int]]:
    """Kg that each depot gives of each product, on cheapest direct trips, when what expires leaves first."""
    model = Model()
    by_shelf: dict[tuple[int, int], list[int]] = {}
    rates = _rates(instance)
    for site, product in np.argwhere(instance.demand > 0).tolist():
        asked = float(instance.demand[site, product])
        ways = [model.column(UNSERVED_PRICE, upper=asked)]
        for depot in np.flatnonzero(np.isfinite(rates[:, site])).tolist():
            column = model.column(float(rates[depot, site]), upper=INFINITY)
            ways.append(column)
            by_shelf.setdefault((depot, product), []).append(column)
        model.row([(column, 1.0) for column in ways], lower=asked, upper=asked)
    for (depot, product), columns in by_shelf.items():
        stock = float(instance.stock[depot, product])
        model.row([(column, 1.0) for column in columns], upper=stock)
        shelf = (instance.problem.depots[depot].id, instance.problem.products[product].id)
        near = min(stock, float(near_kg.get(shelf, 0)))
        if near:
            unused = model.column(UNUSED_PRICE, upper=near)
            model.row([(unused, 1.0), *((column, 1.0) for column in columns)], lower=near)
    gives = np.zeros((instance.depots, len(instance.problem.products)))
    if not by_shelf:
        return gives
    solver = model.highs()
    solver.run()
    assert is_optimal(solver), "anything may stay unserved and unused, so there is always a solution"
    values = solver.getSolution().col_value
    for shelf_index, columns in by_shelf.items():
        gives[shelf_index] = sum(values[column] for column in columns)
    return gives


def _rates(instance: Instance) -> np.ndarray[tuple[int, int]]:
    """Cost per kg of the cheapest full truck from each depot to each site and back; inf without one."""
    rates = np.full((instance.depots, instance.sites), np.inf)
    sites = slice(instance.depots, None)
    for pool in instance.pools:
        there = instance.km[pool.depot, sites]
        trip = instance.fixed[pool.kind] + instance.per_km[pool.kind] * (
            there + instance.km[sites, pool.depot]
        )
        rate = trip / float(instance.capacity[pool.kind]) + instance.per_tonne_km[pool.kind] * there / 1000
        reachable = instance.reachable(pool)
        rates[pool.depot, reachable] = np.minimum(rates[pool.depot], rate)[reachable]
    return rates
