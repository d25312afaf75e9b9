"""From a problem to a plan: a first plan at once, then better ones until time or proof."""

from collections.abc import Callable

import msgspec
import numpy as np

from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent, Progress
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.planner.relaxation import lower_bound

__all__ = ["Params", "Progress", "solve"]


class Params(msgspec.Struct, frozen=True):
    """Limits of a search; one that proves its plan ends before its seconds."""

    seconds: float = 60.0
    threads: int = 1
    restarts: int = 20


def solve(
    problem: Problem,
    params: Params,
    seed: int,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found with a proven bound; whatever is left unserved is listed, never dropped."""
    instance = instance_of(problem)
    best = Incumbent(instance, seconds=params.seconds, seed=seed, progress=progress, cancelled=cancelled)
    _first_plans(instance, best, params, seed)
    return best.plan()


def _first_plans(instance: Instance, best: Incumbent, params: Params, seed: int) -> None:
    best.phase = "first plans"
    best.offer(Builder(instance).run())
    best.raise_bound(lower_bound(instance, best.value[0]), best.value[0])
    rng = np.random.default_rng(seed)
    for _ in range(params.restarts):
        if best.left() <= 0 or best.elapsed() > params.seconds / 4 or best.is_optimal():
            break
        best.offer(Builder(instance, rng).run())
