"""A true bound on any plan, quick even for a thousand sites: goods ride in full trucks on the shortest roads.

A trip costs at least its fixed cost and the km of the direct round trip to each of its sites, so a kg to a
site costs at least a capacity's share of that site's direct trip; the same holds for the days of vehicles.
What is left is a transport problem with stock and vehicle-days: a linear program.
"""

import numpy as np

from supply.routing.planner.instance import Floats, Instance, Pool
from supply.routing.planner.linear import INFINITY, Model, is_optimal

MAX_POINTS = 1_200
"""Beyond this many points the shortest roads of all pairs are not worked out and there is no bound."""


def shortest(lengths: Floats) -> Floats:
    """Shortest way between all points over any points."""
    best = lengths.copy()
    np.fill_diagonal(best, 0.0)
    for middle in range(len(best)):
        np.minimum(best, best[:, middle, None] + best[None, middle, :], out=best)
    return best


def is_metric(instance: Instance) -> bool:
    """True when no way over a third point is shorter, so that leaving a stop out never costs."""
    return all(
        bool(np.array_equal(np.isfinite(lengths), np.isfinite(best)))
        and bool((np.where(np.isfinite(best), lengths - best, 0.0) <= 1e-6).all())
        for lengths in (instance.km, *instance.minutes)
        for best in (shortest(np.where(np.eye(len(lengths), dtype=bool), 0.0, lengths)),)
    )


def effective_capacity(instance: Instance, pool: Pool) -> float:
    """Kg that the vehicle can carry at most, its m³ filled with the densest product."""
    kg, m3, per = float(instance.capacity[pool.kind]), float(instance.volume[pool.kind]), instance.m3_per_kg
    least = float(per.min()) if len(per) else 0.0
    return min(kg, m3 / least) if least > 0 else kg


def lower_bound(instance: Instance, unserved_kg: int) -> float:
    """No plan that leaves at most so many kg of what must be served costs less; 0.0 when nothing is known."""
    demand = instance.demand
    if demand.sum() == 0 or not instance.pools or len(instance.km) > MAX_POINTS:
        return 0.0
    model = Model()
    columns, rates, days = _columns(instance, model)
    spare: list[int] = []
    for site, product in np.argwhere(demand > 0):
        price = float(instance.price[site])
        slack = model.column(price if np.isfinite(price) else 0.0, upper=float(demand[site, product]))
        if not np.isfinite(price):
            spare.append(slack)
        own = columns.get((int(site), int(product)), [])
        model.row([(slack, 1.0), *((column, 1.0) for column, _ in own)], lower=float(demand[site, product]))
    model.row([(column, 1.0) for column in spare], upper=float(unserved_kg))
    stock: dict[tuple[int, int], list[tuple[int, float]]] = {}
    used: dict[int, list[tuple[int, float]]] = {}
    for (_site, product), own in columns.items():
        for column, pool in own:
            stock.setdefault((instance.pools[pool].depot, product), []).append((column, 1.0))
            used.setdefault(pool, []).append((column, days[column]))
    for (depot, product), terms in stock.items():
        model.row(terms, upper=float(instance.stock[depot, product]))
    for pool, terms in used.items():
        model.row(terms, upper=float(instance.pools[pool].vehicle_days))
    solver = model.highs()
    solver.run()
    return max(0.0, float(solver.getInfo().objective_function_value)) if is_optimal(solver) and rates else 0.0


def _columns(
    instance: Instance, model: Model
) -> tuple[dict[tuple[int, int], list[tuple[int, int]]], int, dict[int, float]]:
    """A column per pool, site and product: its kg. Also how many, and the vehicle-days of a kg by column."""
    roads = shortest(instance.km)
    times: dict[int, Floats] = {}
    columns: dict[tuple[int, int], list[tuple[int, int]]] = {}
    days: dict[int, float] = {}
    for index, pool in enumerate(instance.pools):
        if pool.kind not in times:
            times[pool.kind] = shortest(instance.minutes[pool.kind])
        capacity = effective_capacity(instance, pool)
        minutes = times[pool.kind]
        for site in np.flatnonzero(instance.allowed[:, pool.kind]):
            there = instance.depots + site
            km = roads[pool.depot, there] + roads[there, pool.depot]
            takes = _days(instance, pool, int(site), minutes[pool.depot, there] + minutes[there, pool.depot])
            if not np.isfinite(km) or takes > instance.max_days:
                continue
            # The half unit that rounding may take off each trip is taken off here.
            trip = instance.fixed[pool.kind] + instance.per_km[pool.kind] * km - instance.allowance
            trip += instance.problem.night_cost * (takes - 1)
            haul = instance.per_tonne_km[pool.kind] * roads[pool.depot, there] / 1000
            rate = trip / capacity + haul
            for product in np.flatnonzero(instance.demand[site]):
                column = model.column(float(rate), upper=INFINITY)
                columns.setdefault((int(site), int(product)), []).append((column, index))
                days[column] = takes / capacity
    return columns, len(days), days


def _days(instance: Instance, pool: Pool, site: int, minutes: float) -> float:
    if not np.isfinite(minutes):
        return np.inf
    worked = minutes + instance.depot_minutes[pool.depot, 0] + instance.site_minutes[site, 0]
    return max(1.0, float(np.ceil(max(minutes / instance.driving, worked / instance.duty) - 1e-9)))
