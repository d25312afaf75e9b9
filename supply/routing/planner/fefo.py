"""The same delivery problem with the flour used first that would expire: which stock may then be taken.

The format of a problem limits what a store gives from above only. So a linear program finds how much each
store would give if all that expires left first, on direct trips, and the other stock is cut down to that.
A plan of the problem that is left uses what expires first; its cost is what using it first costs at most.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from supply.routing.planner.instance import Floats, Instance, Ints, Pool, instance_of
from supply.routing.planner.linear import Model, is_optimal
from supply.routing.planner.problem import Problem

UNSERVED_PRICE = 1e6
# Per kg: far above any road, so that need is met before anything else.
UNUSED_PRICE = 1e4
# Per kg of what would expire: far above any road too.


def fefo_first(problem: Problem, near_kg: Mapping[tuple[str, str], int], slack: float = 0.0) -> Problem:
    """The problem with stock cut down so that the kg by (depot, product) in `near_kg` are used first.

    With `slack`, every shelf keeps that share of the need more, so that trucks fill up better: at most so
    much of what expires may then stay behind.
    """
    instance = instance_of(problem)
    more = instance.demand.sum(axis=0) * slack
    gives = np.ceil(_gives(instance, near_kg) + more - 1e-6).astype(np.int64)
    spare = instance.stock - np.minimum(gives, instance.stock)
    depots = tuple(
        msgspec.structs.replace(depot, stock_kg=_less(depot.stock_kg, problem, spare[index]))
        for index, depot in enumerate(problem.depots)
    )
    return msgspec.structs.replace(problem, depots=depots)


def _less(stock_kg: Mapping[str, int], problem: Problem, spare: Ints) -> dict[str, int]:
    positions = {product.id: index for index, product in enumerate(problem.products)}
    return {code: kg - int(spare[positions[code]]) for code, kg in stock_kg.items()}


def _gives(instance: Instance, near_kg: Mapping[tuple[str, str], int]) -> Floats:
    """Kg that each depot gives of each product, on direct trips, when what expires leaves first."""
    model = Model()
    by_shelf: dict[tuple[int, int], list[int]] = {}
    by_pool: dict[int, list[tuple[int, float]]] = {}
    chances = [_chances(instance, pool) for pool in instance.pools]
    for site, product in np.argwhere(instance.demand > 0).tolist():
        asked = float(instance.demand[site, product])
        ways = [model.column(UNSERVED_PRICE, upper=asked)]
        for number, (rates, days) in enumerate(chances):
            if np.isfinite(rates[site]):
                column = model.column(float(rates[site]), upper=asked)
                ways.append(column)
                by_shelf.setdefault((instance.pools[number].depot, product), []).append(column)
                by_pool.setdefault(number, []).append((column, float(days[site])))
        model.row([(column, 1.0) for column in ways], lower=asked, upper=asked)
    for number, terms in by_pool.items():
        model.row(terms, upper=float(instance.pools[number].vehicle_days))
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


def _chances(instance: Instance, pool: Pool) -> tuple[Floats, Floats]:
    """Cost of a kg in a full truck to each site and back (inf where it may not go), and its share of days."""
    sites = slice(instance.depots, None)
    there, back = instance.km[pool.depot, sites], instance.km[sites, pool.depot]
    minutes = instance.minutes[pool.kind, pool.depot, sites] + instance.minutes[pool.kind, sites, pool.depot]
    capacity = float(instance.capacity[pool.kind])
    rates = (instance.fixed[pool.kind] + instance.per_km[pool.kind] * (there + back)) / capacity
    rates = rates + instance.per_tonne_km[pool.kind] * there / 1000
    days = np.maximum(1.0, np.ceil(minutes / instance.driving)) / capacity
    return np.where(instance.reachable(pool), rates, np.inf), days
