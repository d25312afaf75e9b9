"""Quick proofs that a site cannot get all it needs: nothing reaches it, goods or vehicle-days do not suffice.

Each is a relaxation of the rules: what it forbids no plan allows; what it allows may still be impossible.
"""

import numpy as np

from supply.routing.planner.draft import SLACK
from supply.routing.planner.instance import Bools, Floats, Instance, Ints, Pool
from supply.routing.planner.linear import Model
from supply.routing.planner.reach import Times, days_by_pool, reaching_pools
from supply.routing.planner.relaxation import effective_capacity

MOST_COLUMNS = 12_000
"""Columns of the linear program; a larger one takes longer than the reasons have."""
LEAST_KG = 0.5
"""What is left over by less than this is rounding of the program."""
MOST_DAYS = 5
"""Longer trips are counted as of so many days."""


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


def is_program_short(instance: Instance, times: Times, days: Floats, *, seconds: float) -> bool:
    """Too few vehicle-days or goods, with trips counted by their days: a small integer program.

    A trip of so many days brings a site no more than can be loaded and unloaded in the time that the quickest
    drive leaves; a vehicle makes no more trips of so many days than its free days hold one after the other.
    """
    wanted = instance.demand > 0
    longest = min(instance.max_days, MOST_DAYS)
    if int((np.isfinite(days)[:, :, None] & wanted[None]).sum()) * longest > MOST_COLUMNS:
        return False
    program = _Program(instance, times, days, longest)
    for pool in range(len(instance.pools)):
        program.add_pool(pool)
    return program.least_left(seconds) > LEAST_KG


class _Program:
    """The integer program of is_program_short."""

    def __init__(self, instance: Instance, times: Times, days: Floats, longest: int) -> None:
        self.instance = instance
        self.times = times
        self.days = days
        self.longest = longest
        self.model = Model()
        self.brought: dict[tuple[int, int], list[tuple[int, float]]] = {}
        self.sent: dict[tuple[int, int], list[tuple[int, float]]] = {}

    def add_pool(self, index: int) -> None:
        """How many trips of so many days (the last: or more), and the kg that they bring each site."""
        pool, model = self.instance.pools[index], self.model
        counts = [model.column(0.0, integer=True) for _ in range(self.longest)]
        model.row(
            [(count, number + 1.0) for number, count in enumerate(counts)], upper=float(pool.vehicle_days)
        )
        for length in range(1, self.longest + 1):
            most = sum(_runs(group.free, length) * len(group.vehicles) for group in pool.groups)
            model.row([(count, 1.0) for count in counts[length - 1 :]], upper=float(most))
            self._add_loads(index, length, counts[length - 1])

    def _add_loads(self, index: int, length: int, count: int) -> None:
        instance, pool, terms = self.instance, self.instance.pools[index], [(count, -1.0)]
        rooms = self._rooms(pool, length)
        may_go = (np.minimum(self.days[index], self.longest) <= length) & (rooms > 0)
        for site, product in np.argwhere((instance.demand > 0) & may_go[:, None]):
            column = self.model.column(0.0)
            terms.append((column, 1.0 / float(rooms[site])))
            self.brought.setdefault((int(site), int(product)), []).append((column, 1.0))
            self.sent.setdefault((pool.depot, int(product)), []).append((column, 1.0))
        self.model.row(terms, upper=0.0)

    def _rooms(self, pool: Pool, length: int) -> Floats:
        """Most kg on board of a trip of so many days that visits the site."""
        instance = self.instance
        capacity = effective_capacity(instance, pool)
        rate = (instance.depot_minutes[pool.depot, 1] + instance.site_minutes[:, 1].min()) / 1000
        if rate <= 0 or length == self.longest < instance.max_days:
            return np.full(instance.sites, capacity)
        drive = self.times.out[pool.kind, pool.depot] + self.times.home[pool.kind, pool.depot]
        service = instance.depot_minutes[pool.depot, 0] + instance.site_minutes[:, 0]
        left = length * instance.duty + SLACK - drive - service
        rooms: Floats = np.minimum(capacity, np.where(np.isfinite(left), left, 0.0) / rate)
        return rooms

    def least_left(self, seconds: float) -> float:
        """A bound on the kg that are left over at least."""
        instance, model = self.instance, self.model
        for site, product in np.argwhere(instance.demand > 0):
            terms = [(model.column(1.0), 1.0), *self.brought.get((int(site), int(product)), [])]
            model.row(terms, lower=float(instance.demand[site, product]))
        for (depot, product), terms in self.sent.items():
            model.row(terms, upper=float(instance.stock[depot, product]))
        solver = model.highs()
        solver.setOptionValue("time_limit", max(0.01, seconds))
        solver.setOptionValue("objective_target", LEAST_KG)
        solver.run()
        return float(solver.getInfo().mip_dual_bound)


def _runs(free: Bools, length: int) -> int:
    """How many trips of so many days the free days hold one after the other."""
    count = run = 0
    for is_free in free:
        run = run + 1 if is_free else 0
        if run == length:
            count, run = count + 1, 0
    return count
