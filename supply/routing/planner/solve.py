"""From a problem to a plan: a first plan at once, then better ones until time or proof."""

import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent, Progress
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.plan import Plan, Trip
from supply.routing.planner.problem import Problem
from supply.routing.planner.reasons import Explanation, explain, with_reasons
from supply.routing.planner.relaxation import lower_bound
from supply.routing.planner.rest import serve_rest
from supply.routing.planner.trial import drafts_of

__all__ = ["Params", "Progress", "Solved", "prepare", "search_only", "solve", "solve_explained"]


EXACT_SITES = 60
"""Up to so many sites all trips are searched; beyond it strings of stops are taken out and put back."""


REST_PART = 0.3
"""Of the seconds for the reasons at most, to serve after all what the search left unserved."""


WORTH_ANNEALING = 10
"""From so many sites on the exact search begins with a plan of that other search."""


ANNEALINGS = 60_000
"""Rounds of that other search: as many each time, so that the same seed gives the same plan."""


PLANNING = 0.65
"""Share of the time beyond EXACT_SITES that looks for plans; the rest proves how good they can be."""


class Params(msgspec.Struct, frozen=True):
    """Limits of a search; one that proves its plan ends before its seconds."""

    seconds: float = 60.0
    threads: int = 1
    restarts: int = 20
    reasons_seconds: float = 30.0
    """On top of the search, for the reasons of what it leaves unserved."""


class Solved(msgspec.Struct, frozen=True):
    """A plan and, for each site that it leaves unserved, why and what would serve it."""

    plan: Plan
    explanations: tuple[Explanation, ...]


def prepare() -> None:
    """Compile both searches: a minute once after installation, later loaded in a second."""
    from supply.routing.planner.columns import compile_search  # noqa: PLC0415 - loads the compiler
    from supply.routing.planner.large.delivery import prepare as prepare_large  # noqa: PLC0415 - as above

    compile_search()
    prepare_large()


def solve(
    problem: Problem,
    params: Params,
    seed: int,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found with a proven bound; whatever is left unserved is listed with its reasons."""
    return solve_explained(problem, params, seed, progress=progress, cancelled=cancelled).plan


def solve_explained(
    problem: Problem,
    params: Params,
    seed: int,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Solved:
    """As solve, with the reasons as values to translate."""
    best = _searched(problem, params, seed, start=(), progress=progress, cancelled=cancelled)
    best.phase = "reasons"
    best.tell()
    until = time.monotonic() + params.reasons_seconds
    serve_rest(best, seconds=params.reasons_seconds * REST_PART, cancelled=cancelled)
    plan = best.plan()
    left = max(0.0, until - time.monotonic())
    explanations = explain(problem, plan, seconds=left, seed=seed, cancelled=cancelled)
    return Solved(with_reasons(plan, explanations), explanations)


def search_only(
    problem: Problem,
    params: Params,
    seed: int,
    *,
    start: Sequence[Trip] = (),
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """As solve, beginning with known trips; nobody looks for the reasons of what is left unserved."""
    return _searched(problem, params, seed, start=start, progress=None, cancelled=cancelled).plan()


def _searched(
    problem: Problem,
    params: Params,
    seed: int,
    *,
    start: Sequence[Trip],
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Incumbent:
    instance = instance_of(problem)
    best = Incumbent(instance, seconds=params.seconds, seed=seed, progress=progress, cancelled=cancelled)
    _first_plans(instance, best, params, seed)
    known = drafts_of(instance, start) if start else None
    if known is not None:
        best.offer(known)
    if instance.sites <= EXACT_SITES:
        _exactly(instance, best, params, seed)
    elif best.left() > 0:
        _at_large(instance, best, seed)
    return best


def _exactly(instance: Instance, best: Incumbent, params: Params, seed: int) -> None:
    """What must be served first, whatever it costs; then the least cost of serving as much."""
    from supply.routing.planner.exact import search, serve_more  # noqa: PLC0415 - compiles at its first use

    if instance.sites >= WORTH_ANNEALING:
        _annealed(instance, best, seed, seconds=params.seconds / 15, rounds=ANNEALINGS)
    if best.value[0] > 0 and best.left() > 0:
        best.phase = "serve more"
        serve_more(instance, best, threads=params.threads, seed=seed)
    if best.left() > 0 and not best.is_optimal():
        search(instance, best, threads=params.threads, seed=seed)


def _annealed(instance: Instance, best: Incumbent, seed: int, *, seconds: float, rounds: int | None) -> None:
    """Strings of stops taken out and put back until the time is up."""
    from supply.routing.planner.large.delivery import plan_large  # noqa: PLC0415 - loads the compiler

    best.phase, until = "neighbourhoods", best.elapsed() + min(seconds, best.left())
    plan_large(
        instance, seed, seconds=max(until - best.elapsed(), 0.01), iterations=rounds, offer=best.offer,
        stop=lambda: best.left() <= 0 or best.elapsed() >= until,
    )  # fmt: skip


def _at_large(instance: Instance, best: Incumbent, seed: int) -> None:
    """Hundreds of sites: an annealed plan; in the rest of the time a better bound."""
    from supply.routing.planner.large.bound import grow_bound, has_bound  # noqa: PLC0415 - loads the compiler

    share = PLANNING if has_bound(instance) else 1.0
    _annealed(instance, best, seed, seconds=share * best.left(), rounds=None)
    best.phase = "bound"
    unserved = best.value[0]
    grow_bound(
        instance, unserved, best.drafts, stop=lambda: best.left() <= 0,
        tell=lambda bound: best.raise_bound(bound, unserved),
    )  # fmt: skip


def _first_plans(instance: Instance, best: Incumbent, params: Params, seed: int) -> None:
    best.phase = "first plans"
    best.offer(Builder(instance).run())
    best.raise_bound(lower_bound(instance, best.value[0]), best.value[0])
    rng = np.random.default_rng(seed)
    for _ in range(params.restarts):
        if (
            best.left() <= 0
            or best.elapsed() > min(1.0, params.seconds / 4)
            or (best.is_optimal() and best.value[0] == 0)
        ):
            break
        best.offer(Builder(instance, rng).run())
