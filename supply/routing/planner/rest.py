"""After a search that leaves something over: serve it after all, or at least make the rest cheaper.

The trips around each site that lacks something are planned anew, as they will be for the changes that would
serve it, so that a change is not praised for what could be saved without it.
"""

import time
from collections.abc import Callable

import msgspec
import numpy as np

from supply.routing.planner.incumbent import Incumbent, left_over
from supply.routing.planner.limits import only_for, served_by
from supply.routing.planner.nearby import replan_near
from supply.routing.planner.relaxation import lower_bound
from supply.routing.planner.trial import CHEAPER, Effort, Trial

MOST_SITES = 60
"""With more sites the search itself has planned such parts anew all the time."""
ONE_SITE = 2.0
"""Seconds of one site at most."""
MOST_ROUNDS = 6
"""Sites around which the trips are made cheaper."""


def serve_rest(best: Incumbent, *, seconds: float, cancelled: Callable[[], bool] | None = None) -> None:
    """Bring sites what they lack where the others still get what they get; then the same at less cost."""
    if best.instance.sites > MOST_SITES or not left_over(best.instance, best.drafts).any():
        return
    until, before = time.monotonic() + seconds, best.value

    def is_over() -> bool:
        return time.monotonic() >= until or (cancelled is not None and cancelled())

    _serve(best, until, is_over)
    _save(best, is_over)
    if best.value[0] != before[0]:
        best.raise_bound(lower_bound(best.instance, best.value[0]), best.value[0])


def _serve(best: Incumbent, until: float, is_over: Callable[[], bool]) -> None:
    instance, problem = best.instance, best.instance.problem
    must = ~np.isfinite(instance.price)
    for site in np.flatnonzero(must & (left_over(instance, best.drafts).sum(axis=1) > 0)):
        if is_over():
            return
        name, trips = problem.sites[site].id, best.plan().trips
        seconds = min(ONE_SITE, until - time.monotonic())
        trial = Trial(problem, trips, seconds=seconds, seed=best.seed, cancelled=is_over)
        verdict = trial.decide(only_for(problem, name, served_by(trips)), name, Effort.REPLANS)
        if verdict.is_served:
            best.offer(verdict.drafts)


def _save(best: Incumbent, is_over: Callable[[], bool]) -> None:
    left = left_over(best.instance, best.drafts)
    same = msgspec.structs.replace(best.instance, demand=best.instance.demand - left)
    for site in np.flatnonzero(left.sum(axis=1) > 0)[:MOST_ROUNDS]:
        for trips, iterations in CHEAPER:
            if is_over() or best.is_optimal():
                return
            found = replan_near(
                same, best.drafts, int(site), trips=trips, iterations=iterations, seed=best.seed, stop=is_over
            )
            if found is not None:
                best.offer(found)
            if trips >= len(best.drafts):
                break
