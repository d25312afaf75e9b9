"""From a pre-positioning problem to its plan: one linear program, its dual as proof, and the why in codes."""

import time
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from supply.routing.planner.plan import OPTIMAL_GAP, gap_of
from supply.routing.planner.preposition.flow import KG, Flow
from supply.routing.planner.preposition.paths import Path, paths
from supply.routing.planner.preposition.plan import (
    PREPOSITION_PLAN_FORMAT,
    Delivery,
    Held,
    Move,
    PrepositionPlan,
    Served,
    Unmet,
)
from supply.routing.planner.preposition.problem import PrepositionProblem
from supply.routing.planner.preposition.reasons import reasons

DIGITS = 3
# Kg are told to the gram.


class Params(msgspec.Struct, frozen=True):
    """`moves` False: what happens when nothing is moved between stores."""

    reasons_seconds: float = 20.0
    moves: bool = True


def preposition(problem: PrepositionProblem, params: Params | None = None) -> PrepositionPlan:
    """The plan of least cost: what moves where and when, what is delivered, what cannot be met and why."""
    started = time.monotonic()
    chosen = params or Params()
    flow = Flow(problem, moves=chosen.moves)
    values, proven = flow.solve()
    values = [value if value > KG else 0.0 for value in values]
    short = {place: values[column] for place, column in enumerate(flow.short) if values[column]}
    why = reasons(problem, short, seconds=chosen.reasons_seconds) if chosen.moves else {}
    overfull = _overfull(flow, values)
    cost = sum(value * price for value, price in zip(values, flow.model.cost, strict=True))
    bound = min(cost, max(0.0, proven))
    gap = gap_of(cost, bound)
    is_partial = bool(short or overfull)
    return PrepositionPlan(
        format=PREPOSITION_PLAN_FORMAT,
        problem=problem.name,
        status="partial" if is_partial else "optimal" if gap <= OPTIMAL_GAP else "feasible",
        cost=round(cost, 2),
        bound=round(bound, 2),
        gap=gap,
        way_cost=round(_cost_of(flow, values, (*flow.moved.values(), *flow.delivered.values())), 2),
        storage_cost=round(_cost_of(flow, values, flow.hold.values()), 2),
        shortage_kg=round(sum(short.values()), DIGITS),
        seconds=round(time.monotonic() - started, 2),
        moves=_moves(flow, values, paths(flow, values)),
        deliveries=_deliveries(flow, values),
        store=_store(flow, values),
        unmet=tuple(
            Unmet(
                site=problem.demands[place].site,
                product=problem.demands[place].product,
                due=problem.demands[place].due,
                kg=round(kg, DIGITS),
                because=why.get(place, ()),
            )
            for place, kg in sorted(short.items())
        ),
        overfull=overfull,
    )


def _cost_of(flow: Flow, values: list[float], columns: Iterable[int]) -> float:
    return sum(values[column] * flow.model.cost[column] for column in columns)


def _moves(flow: Flow, values: list[float], found: list[Path]) -> tuple[Move, ...]:
    problem = flow.problem
    served: dict[tuple[int, int, int, int], dict[tuple[str, str, str], float]] = defaultdict(
        lambda: defaultdict(float)
    )
    until: dict[tuple[int, int, int, int], int] = {}
    for path in found:
        for place, (number, period) in enumerate(path.moves):
            key = (number, path.product, path.index, period)
            demand = problem.demands[path.delivery[1]]
            because = _because(flow, values, path, number, period)
            served[key][demand.site, demand.due, because] += path.kg
            next_on = path.moves[place + 1][1] if place + 1 < len(path.moves) else path.delivery[2]
            last = period if because == "full" else _open_until(flow, number, period, next_on)
            until[key] = min(until.get(key, last), last)
    return tuple(
        Move(
            start=problem.moves[number].start,
            end=problem.moves[number].end,
            product=problem.products[product].id,
            period=problem.periods[period].id,
            until=problem.periods[until.get((number, product, index, period), period)].id,
            kg=round(values[column], DIGITS),
            good_until=flow.days[product][index],
            cost=round(values[column] * flow.model.cost[column], 2),
            serves=tuple(
                Served(site=site, due=due, kg=round(kg, DIGITS), because=because)
                for (site, due, because), kg in sorted(served[number, product, index, period].items())
            ),
        )
        for (number, product, index, period), column in sorted(
            flow.moved.items(), key=lambda one: (one[0][3], one[0])
        )
        if values[column]
    )


def _because(flow: Flow, values: list[float], path: Path, number: int, period: int) -> str:
    """Why flour that starts this move does not wait here and go to its site directly."""
    problem = flow.problem
    start, demand = problem.moves[number].start, problem.demands[path.delivery[1]]
    direct = next((way for way in problem.deliveries if (way.start, way.end) == (start, demand.site)), None)
    due = flow.periods[demand.due]
    window = range(max(period, due - demand.early_periods), due + 1)
    if direct is None:
        return "no-road"
    if all(problem.periods[one].id in direct.closed for one in window):
        return "closed"
    store = flow.stores[start]
    capacity = problem.stores[store].capacity_kg
    if capacity is not None and any(
        _in_store(flow, values, store, one) >= capacity - 1 for one in range(period, path.delivery[2])
    ):
        return "full"
    return "cheaper"


def _open_until(flow: Flow, number: int, period: int, next_on: int) -> int:
    """The last period up to which the way stays open, no later than the flour is needed at its end."""
    closed = set(flow.problem.moves[number].closed)
    last = period
    while last < next_on and flow.problem.periods[last + 1].id not in closed:
        last += 1
    return last


def _in_store(flow: Flow, values: list[float], store: int, period: int) -> float:
    held = sum(
        values[flow.hold[store, product, index, period]]
        for product, days in enumerate(flow.days)
        for index in range(len(days))
    )
    return held + flow.lying.get((store, period), 0.0)


def _deliveries(flow: Flow, values: list[float]) -> tuple[Delivery, ...]:
    problem = flow.problem
    return tuple(
        Delivery(
            start=problem.deliveries[number].start,
            end=problem.deliveries[number].end,
            product=problem.demands[place].product,
            period=problem.periods[period].id,
            due=problem.demands[place].due,
            kg=round(values[column], DIGITS),
            good_until=flow.days[flow.products[problem.demands[place].product]][index],
            cost=round(values[column] * flow.model.cost[column], 2),
        )
        for (number, place, index, period), column in sorted(
            flow.delivered.items(), key=lambda one: (one[0][3], one[0])
        )
        if values[column]
    )


def _store(flow: Flow, values: list[float]) -> tuple[Held, ...]:
    return tuple(
        Held(store=row.id, period=one.id, kg=round(_in_store(flow, values, store, period), DIGITS))
        for store, row in enumerate(flow.problem.stores)
        for period, one in enumerate(flow.problem.periods)
    )


def _overfull(flow: Flow, values: list[float]) -> tuple[Held, ...]:
    return tuple(
        Held(
            store=flow.problem.stores[store].id,
            period=flow.problem.periods[period].id,
            kg=round(values[column], DIGITS),
        )
        for (store, period), column in sorted(flow.over.items())
        if values[column]
    )
