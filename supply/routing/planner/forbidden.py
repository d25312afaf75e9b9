"""Quick proofs that a site cannot get all it needs: nothing reaches it, goods or vehicle-days do not suffice.

Each is a relaxation of the rules: what it forbids no plan allows; what it allows may still be impossible.
"""

import numpy as np

from supply.routing.planner.instance import Bools, Floats, Instance, Ints
from supply.routing.planner.linear import Model, is_optimal
from supply.routing.planner.reach import Times, days_by_pool, reaching_pools
from supply.routing.planner.relaxation import effective_capacity

MOST_COLUMNS = 12_000
"""Columns of the linear program; a larger one takes longer than the reasons have."""
LEAST_KG = 0.01
"""What is left over by less than this is rounding of the linear program."""


def fewest_days(instance: Instance, times: Times, site: int) -> Floats:
    """As days_by_pool, with only the pools that may be at the site on one of its days."""
    days = days_by_pool(instance, times)
    days[~reaching_pools(instance, times, site), site] = np.inf
    return days


def is_short(instance: Instance, days: Floats, sent: Ints, site: int) -> bool:
    """Nothing reaches the site, or all that reaches it has too little of a product.

    Counted are the stores that can serve it, those that could serve what these bring to others
    (`sent[depot, site, product]`), and so on; no plan brings all then, with the others served as much.
    """
    reach = np.isfinite(days)
    if not reach[:, site].any():
        return True
    by_depot = np.zeros((instance.depots, instance.sites), dtype=bool)
    np.logical_or.at(by_depot, np.array([pool.depot for pool in instance.pools]), reach)
    spare: Ints = instance.stock - sent.sum(axis=1)
    missing = instance.demand[site] - sent[:, site].sum(axis=0)
    return any(
        spare[_exchanging(by_depot, sent[:, :, product], site), product].sum() < missing[product]
        for product in np.flatnonzero(missing > 0)
    )


def _exchanging(by_depot: Bools, sent: Ints, site: int) -> Bools:
    """Depots that reach the site, those that could serve what these serve instead of them, and so on."""
    depots = by_depot[:, site].copy()
    while True:
        served = sent[depots].any(axis=0)
        more = depots | by_depot[:, served].any(axis=1)
        if (more == depots).all():
            return depots
        depots = more


def is_program_short(instance: Instance, days: Floats) -> bool:
    """Goods in full trucks, each as many days as the quickest trip to the site takes: a linear program."""
    wanted = instance.demand > 0
    count = int((np.isfinite(days)[:, :, None] & wanted[None]).sum())
    if count > MOST_COLUMNS:
        return False
    model = Model()
    stock: dict[tuple[int, int], list[tuple[int, float]]] = {}
    used: list[list[tuple[int, float]]] = [[] for _ in instance.pools]
    capacity = [effective_capacity(instance, pool) for pool in instance.pools]
    for site, product in np.argwhere(wanted):
        slack = model.column(1.0)
        terms = [(slack, 1.0)]
        for pool in np.flatnonzero(np.isfinite(days[:, site])):
            column = model.column(0.0)
            terms.append((column, 1.0))
            stock.setdefault((instance.pools[pool].depot, int(product)), []).append((column, 1.0))
            used[pool].append((column, float(days[pool, site]) / capacity[pool]))
        model.row(terms, lower=float(instance.demand[site, product]))
    for key, terms in stock.items():
        model.row(terms, upper=float(instance.stock[key]))
    for index, terms in enumerate(used):
        model.row(terms, upper=float(instance.pools[index].vehicle_days))
    solver = model.highs()
    solver.run()
    return is_optimal(solver) and float(solver.getInfo().objective_function_value) > LEAST_KG
