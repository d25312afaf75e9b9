"""Why a demand cannot be met in time: the fewest kinds of limits that, lifted, would serve it."""

import time
from collections.abc import Iterator
from itertools import combinations

from supply.routing.planner.preposition.flow import KG, LIMITS, Flow
from supply.routing.planner.preposition.problem import PrepositionProblem

MOST_TOGETHER = 3
TOO_MANY = "together"
"""More limits forbid it than were tried together."""
NOT_SOUGHT = "search"
"""The time for reasons was up."""


def reasons(
    problem: PrepositionProblem, short_kg: dict[int, float], *, seconds: float
) -> dict[int, tuple[str, ...]]:
    """Codes of the limits that forbid each demand, by its place in the problem.

    stock:PRODUCT, closed:FROM:TO:PERIOD, full:PLACE, early:SITE, expiry:STORE:PRODUCT or limit:FROM:TO. Kinds
    of limits are a reason when, once they are lifted, the demand is met and no other loses by it.
    """
    end = time.monotonic() + seconds
    found: dict[int, tuple[str, ...]] = {}
    total = sum(short_kg.values())
    for place, kg in sorted(short_kg.items()):
        found[place] = (TOO_MANY,)
        for lifted in _subsets():
            if time.monotonic() > end:
                found[place] = (NOT_SOUGHT,)
                break
            flow = Flow(problem, lifted=lifted, favoured=place, shorts=short_kg)
            values, _ = flow.solve()
            left = sum(values[column] for column in flow.short)
            if values[flow.short[place]] <= KG and left <= total - kg + KG * (len(flow.short) + 1):
                found[place] = _codes(flow, values, problem, place)
                break
    return found


def _subsets() -> Iterator[tuple[str, ...]]:
    for size in range(1, MOST_TOGETHER + 1):
        yield from combinations(LIMITS, size)


def _codes(flow: Flow, values: list[float], problem: PrepositionProblem, place: int) -> tuple[str, ...]:
    """The limits that the flow breaks for this demand: of its deliveries, and of stores and ways before."""
    others = {column for (_, demand, _, _), column in flow.delivered.items() if demand != place}
    codes: dict[str, None] = {}
    for column, code in flow.broken.items():
        if values[column] > KG and column not in others:
            codes.update(dict.fromkeys(code.split(" ")))
    product = problem.demands[place].product
    return tuple(sorted(one for one in codes if not one.startswith("stock:") or one == f"stock:{product}"))
