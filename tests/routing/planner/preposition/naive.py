"""The same plan by another way: every walk of every heap of flour is written down, and kg put on each."""

import datetime as dt
import itertools
from collections.abc import Iterator

import msgspec
import numpy as np
from scipy.optimize import linprog

from supply.routing.planner.preposition.problem import Demand, PrepositionProblem, Stock, Way


class Walk(msgspec.Struct, frozen=True):
    """What becomes of a kg of a heap: ways used by period, stores where it spends the end of each period."""

    heap: int
    cost: float
    nights: tuple[tuple[str, int], ...]
    ways: tuple[tuple[str, str, int], ...]
    demand: int | None = None
    waits: tuple[tuple[str, int], ...] = ()


def least_cost(problem: PrepositionProblem) -> float:
    """Cost of the best plan; shortage and overfull stores at the prices of the format."""
    walks = [walk for heap in range(len(problem.stock)) for walk in _walks(problem, heap)]
    limits = _limits(problem)
    rows = {key: row for row, key in enumerate(limits)}
    over = [key for key in rows if key[0] == "night"]
    price = problem.shortage_cost_per_kg
    if not walks and not problem.demands:
        return 0.0
    cost = [walk.cost for walk in walks] + [price] * len(problem.demands) + [2 * price] * len(over)
    upper, equal = (
        np.zeros((len(rows), len(cost))),
        np.zeros((len(problem.stock) + len(problem.demands), len(cost))),
    )
    for column, walk in enumerate(walks):
        equal[walk.heap, column] = 1
        if walk.demand is not None:
            equal[len(problem.stock) + walk.demand, column] = 1
        uses = [("night", *one) for one in walk.nights] + [("way", *one) for one in walk.ways]
        for use in (*uses, *(("wait", *one) for one in walk.waits)):
            if use in rows:
                upper[rows[use], column] += 1
    for place in range(len(problem.demands)):
        equal[len(problem.stock) + place, len(walks) + place] = 1
    for place, key in enumerate(over):
        upper[rows[key], len(walks) + len(problem.demands) + place] = -1
    solved = linprog(
        cost,
        A_ub=upper if rows else None,
        b_ub=list(limits.values()) if rows else None,
        A_eq=equal,
        b_eq=[*(one.kg for one in problem.stock), *(one.kg for one in problem.demands)],
    )
    assert solved.status == 0, solved.message
    return float(solved.fun)


def _limits(problem: PrepositionProblem) -> dict[tuple[object, ...], float]:
    """Kg of each limit: nights in a store, waiting at a site, a way in a period."""
    limits: dict[tuple[object, ...], float] = {}
    for store in problem.stores:
        if store.capacity_kg is not None:
            limits |= {("night", store.id, t): store.capacity_kg for t in range(len(problem.periods))}
    for site in problem.sites:
        if site.capacity_kg is not None:
            limits |= {("wait", site.id, t): site.capacity_kg for t in range(len(problem.periods))}
    for way in (*problem.moves, *problem.deliveries):
        if way.kg_per_period is not None:
            limits |= {("way", way.start, way.end, t): way.kg_per_period for t in range(len(problem.periods))}
    return limits


def _walks(problem: PrepositionProblem, heap: int) -> Iterator[Walk]:
    one = problem.stock[heap]
    names = [period.id for period in problem.periods]
    first = 0 if one.period is None else names.index(one.period)
    is_dead = not any(_is_good(one, demand) for demand in problem.demands)
    yield from _onward(problem, Walk(heap, 0.0, (), ()), one.store, first, is_dead=is_dead)


def _onward(
    problem: PrepositionProblem, walk: Walk, store: str, period: int, *, is_dead: bool
) -> Iterator[Walk]:
    """All that can become of the kg that stand in a store in a period."""
    if period == len(problem.periods):
        yield walk
        return
    name = problem.periods[period].id
    for way_list in _legs(problem, store, name) if not is_dead else [()]:
        at = way_list[-1].end if way_list else store
        moved = msgspec.structs.replace(
            walk,
            cost=walk.cost + sum(way.cost_in.get(name, way.cost_per_tonne) for way in way_list) / 1000,
            ways=(*walk.ways, *((way.start, way.end, period) for way in way_list)),
        )
        for place in range(len(problem.demands)):
            yield from _ends(problem, moved, at, period, place)
        rate = next(one.cost_per_tonne_period for one in problem.stores if one.id == at)
        held = msgspec.structs.replace(
            moved,
            cost=moved.cost + (0.0 if is_dead else rate / 1000),
            nights=(*moved.nights, (at, period)),
        )
        yield from _onward(problem, held, at, period + 1, is_dead=is_dead)


def _legs(problem: PrepositionProblem, store: str, name: str) -> list[tuple[Way, ...]]:
    """Ways one after the other, no store twice."""
    found: list[tuple[Way, ...]] = [()]
    for size in range(1, len(problem.stores)):
        for ways in itertools.permutations([one for one in problem.moves if name not in one.closed], size):
            ends = [store, *(way.end for way in ways)]
            joined = all(way.start == end for way, end in zip(ways, ends, strict=False))
            if joined and len(set(ends)) == len(ends):
                found.append(ways)
    return found


def _ends(problem: PrepositionProblem, walk: Walk, at: str, period: int, place: int) -> Iterator[Walk]:
    """The walk ended by a delivery to this demand, if a way leads there in time."""
    heap, demand = problem.stock[walk.heap], problem.demands[place]
    names = [one.id for one in problem.periods]
    due = names.index(demand.due)
    if not (_is_good(heap, demand) and due - demand.early_periods <= period <= due):
        return
    for way in problem.deliveries:
        if (way.start, way.end) == (at, demand.site) and names[period] not in way.closed:
            yield msgspec.structs.replace(
                walk,
                cost=walk.cost + way.cost_in.get(names[period], way.cost_per_tonne) / 1000,
                ways=(*walk.ways, (way.start, way.end, period)),
                demand=place,
                waits=tuple((demand.site, one) for one in range(period, due)),
            )


def _is_good(heap: Stock, demand: Demand) -> bool:
    return heap.product == demand.product and heap.good_until >= demand.needs_until


def day(number: int) -> dt.date:
    return dt.date(2027, 1, 1) + dt.timedelta(days=number)
