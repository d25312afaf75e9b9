"""From a problem to a plan: a first plan at once, then better ones until time or proof."""

import threading
import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner import kernels
from supply.routing.planner.example import examples
from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.plan import Plan, Progress, Trip
from supply.routing.planner.problem import Problem
from supply.routing.planner.reasons import Explanation, explain, with_reasons
from supply.routing.planner.relaxation import lower_bound
from supply.routing.planner.rest import serve_rest
from supply.routing.planner.trial import drafts_of
from supply.routing.planner.words import COMPILING

__all__ = [
    "Params", "Progress", "Solved", "make_ready", "prepare", "prepare_exact", "search_only", "solve",
    "solve_explained",
]  # fmt: skip


LOOK_SECONDS = 0.1
"""So often somebody who waits for the compiler looks whether the plan is still wanted."""


AMPLE = 3_600.0
"""Seconds that no example needs, even where compiling is slow."""


EXAMPLE_ROUNDS = 50
"""Enough rounds of the other search to go through each of its parts."""


EXACT_SITES = 60
"""Up to so many sites all trips are searched; beyond it strings of stops are taken out and put back."""


REST_PART = 0.3
"""Of the seconds for the reasons at most, to serve after all what the search left unserved."""


WORTH_ANNEALING, FEW_RESTARTS = 10, 3
"""From so many sites on the search begins with a plan of that other search; few plans are built before."""


ANNEALINGS, FIRST_ANNEALINGS = 10_000, 4_000
"""Rounds of that other search: as many each time, so that the same seed gives the same plan. The first one is
short: what the linear program makes of its plan soon after is better than a longer one."""
APART = 7_919
"""Between the seeds of its starts."""


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
    """Compile all that a plan needs: a minute once after installation, later loaded in some seconds."""
    for problem, best in zip(examples(), prepare_exact(), strict=True):
        instance = best.instance
        _annealed(instance, best, 1, seconds=AMPLE, rounds=EXAMPLE_ROUNDS)
        _bounded(instance, best)
        serve_rest(best, seconds=1.0)
        explain(problem, best.plan(), seconds=1.0, seed=1)
    kernels.keep()


def prepare_exact() -> list[Incumbent]:
    """Compile the exact search; the plans of the examples."""
    plans: list[Incumbent] = []
    for problem in examples():
        instance = instance_of(problem)
        best, params = Incumbent(instance, seconds=AMPLE, seed=1), Params(seconds=AMPLE, restarts=0)
        _first_plans(instance, best, params, 1)
        _exactly(instance, best, params, 1)
        plans.append(best)
    return plans


def make_ready(tell: Callable[[], None], cancelled: Callable[[], bool] | None) -> float:
    """Compile the search unless that is done; answers the seconds it took. Ends at once when cancelled.

    `tell` is called before it begins, never when everything is compiled already.
    """
    if kernels.are_kept():
        return 0.0
    tell()
    began = time.monotonic()
    # A compiler cannot be stopped; when nobody waits any longer it goes on beside, for the next plan.
    compiling = threading.Thread(target=prepare, name="compiling", daemon=True)
    compiling.start()
    while compiling.is_alive() and not (cancelled is not None and cancelled()):
        compiling.join(LOOK_SECONDS)
    return time.monotonic() - began


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
    best.enter("reasons")
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
    if best.left() > 0 and (best.value[0] > 0 or not best.is_optimal()):
        # What is given are seconds of search: compiling, once after installation, is not taken from them.
        best.started += make_ready(lambda: best.enter(COMPILING), cancelled)
    if best.left() <= 0:
        return best
    if instance.sites <= EXACT_SITES:
        _exactly(instance, best, params, seed)
    else:
        _at_large(instance, best, seed)
    return best


def _exactly(instance: Instance, best: Incumbent, params: Params, seed: int) -> None:
    """What must be served first, whatever it costs; then the least cost of serving as much."""
    from supply.routing.planner.exact import search, serve_more  # noqa: PLC0415 - compiles at its first use

    def anneal(own: Incumbent, number: int = 1) -> None:
        if instance.sites >= WORTH_ANNEALING:
            rounds = ANNEALINGS if number else FIRST_ANNEALINGS
            _annealed(instance, own, seed + number * APART, seconds=params.seconds / 15, rounds=rounds)

    if best.value[0] > 0:
        anneal(best)
    if best.value[0] > 0 and best.left() > 0:
        best.phase = "serve more"
        serve_more(instance, best, threads=params.threads, seed=seed)
        search(instance, best, threads=params.threads)
    elif best.left() > 0 and not best.is_optimal():
        search(instance, best, threads=params.threads, beside=anneal)


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
    from supply.routing.planner.large.bound import has_bound  # noqa: PLC0415 - loads the compiler

    share = PLANNING if has_bound(instance) else 1.0
    _annealed(instance, best, seed, seconds=share * best.left(), rounds=None)
    _bounded(instance, best)


def _bounded(instance: Instance, best: Incumbent) -> None:
    from supply.routing.planner.large.bound import grow_bound  # noqa: PLC0415 - as above

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
    restarts = params.restarts if instance.sites < WORTH_ANNEALING else min(params.restarts, FEW_RESTARTS)
    for _ in range(restarts):
        if (
            best.left() <= 0
            or best.elapsed() > min(1.0, params.seconds / 4)
            or (best.is_optimal() and best.value[0] == 0)
        ):
            break
        best.offer(Builder(instance, rng).run())
