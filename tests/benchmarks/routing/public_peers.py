"""Other engines on the public instances.

None of them splits deliveries, and VROOM limits what a vehicle drives but not how long it is out with service
and waiting: where such a limit binds, its plan breaks it.
"""

import time
from typing import NamedTuple

import numpy as np

from tests.benchmarks.routing.engines import BARRED, ENGINES, Limit, Order, Task, Tour, Truck, is_there
from tests.benchmarks.routing.public_files import Public, Route, cost_of

SCALE = 1000
"""Costs count in thousandths where lengths are not whole and a unit of length costs less than DEAR.

Larger numbers than needed keep PyVRP from finding any plan: its penalties have an upper limit.
"""
DEAR = 10.0
ENOUGH = 1.1
"""Vehicles without a number: so many times the fewest that could carry all, and three more."""


class Answer(NamedTuple):
    """Cost (nan for no plan that keeps all rules), processor seconds used, what is to be said about it."""

    cost: float
    seconds: float
    note: str = ""


def answer(name: str, public: Public, limit: Limit, seed: int) -> Answer:
    """What the engine finds; its plan is checked by the rules of the instance."""
    distribution, tours_of = ENGINES[name]
    if not is_there(distribution):
        return Answer(float("nan"), 0.0, f"{public.name}: {name} is not installed")
    task, parts = task_of(public)
    started = time.process_time()
    tours = tours_of(task, limit, seed)
    spent = time.process_time() - started
    if tours is None:
        return Answer(float("nan"), spent, f"{public.name}: {name} finds no plan that serves all")
    try:
        return Answer(cost_of(public, _routes(tours, parts)), spent)
    except ValueError as fault:
        return Answer(float("nan"), spent, f"{public.name}: {name}'s plan breaks a rule: {fault}")


def task_of(public: Public) -> tuple[Task, list[tuple[int, float]]]:
    """The instance for an engine, and what each order is: customer and amount.

    Where deliveries may be split, what is above a vehicle's capacity is split into full ones and the rest.
    """
    is_timed = public.kind == "mdvrptw"
    rates = sorted({fleet.per_km for fleet in public.fleets})
    is_whole = np.array_equal(public.length, np.rint(public.length))
    scale = 1 if is_whole or rates[0] >= DEAR else SCALE
    length = np.rint(public.length).astype(np.int64)
    cost = tuple(np.rint(public.length * scale * rate).astype(np.int64) for rate in rates)
    trucks = tuple(
        Truck(
            fleet.depot, (int(fleet.capacity),), int(fleet.fixed * scale),
            fleet.vehicles or int(ENOUGH * public.demand.sum() / fleet.capacity) + 3,
            rates.index(fleet.per_km),
            int(public.early[fleet.depot]), int(min(public.late[fleet.depot], BARRED)),
            int(min(public.longest, BARRED)) if is_timed else BARRED,
        )
        for fleet in public.fleets
    )  # fmt: skip
    largest = max(fleet.capacity for fleet in public.fleets)
    parts: list[tuple[int, float]] = []
    for customer, demand in enumerate(public.demand):
        full = int(demand // largest) if public.is_split else 0
        rest = float(demand) - full * largest
        parts += [(customer, largest)] * full
        parts += [(customer, rest)] if rest > 0 or full == 0 else []
    orders = []
    for customer, amount in parts:
        at = public.depots + customer
        early, late = int(public.early[at]), int(min(public.late[at], BARRED))
        orders.append(Order(at, (int(amount),), int(public.service[at]), early, late, frozenset()))
    return Task(public.depots, cost, (length * is_timed,) * len(cost), trucks, tuple(orders), is_timed), parts


def _routes(tours: list[Tour], parts: list[tuple[int, float]]) -> list[Route]:
    return [
        Route(truck, tuple(parts[order][0] for order in orders), tuple(parts[order][1] for order in orders))
        for truck, orders in tours
    ]
