"""Why something is left unserved: limits that together forbid it, and the cheapest change that serves it.

For each site, what the others get stays as it is. A limit belongs to the reason when relaxing it, after all
that is not needed has been relaxed, serves the site: a smallest set in the sense that none can be left out. A
change is a single limit whose relaxation alone serves the site, verified by planning the relaxed problem.
"""

from collections.abc import Callable, Sequence

import msgspec

from supply.routing.planner.limits import Limit, limits_of, only_for
from supply.routing.planner.plan import Plan, Trip, Unserved
from supply.routing.planner.problem import Problem
from supply.routing.planner.trial import Trial


class Change(msgspec.Struct, frozen=True):
    """A relaxed limit that serves the site: by how much, and what the trips then cost more."""

    code: str
    amount: int
    cost: int


class Explanation(msgspec.Struct, frozen=True):
    """A site's unserved kg, the codes that together forbid them, the change; `sure`: all trials ended."""

    site: str
    kg: dict[str, int]
    because: tuple[str, ...]
    change: Change | None
    sure: bool


def explain(
    problem: Problem,
    plan: Plan,
    *,
    seconds: float = 30.0,
    seed: int = 1,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Explanation, ...]:
    """One explanation per unserved site, in the order of the plan."""
    found: list[Explanation] = []
    trial = Trial(seconds=seconds, seed=seed, cancelled=cancelled)
    for number, item in enumerate(plan.unserved):
        trial.share(len(plan.unserved) - number)
        found.append(_explain_site(problem, plan, item, trial))
    return tuple(found)


def with_reasons(plan: Plan, explanations: Sequence[Explanation]) -> Plan:
    """The plan with because and cheapest_change filled in; the change as `code +amount cost +cost`."""
    by_site = {item.site: item for item in explanations}
    unserved = tuple(
        msgspec.structs.replace(
            item, because=by_site[item.site].because, cheapest_change=change_text(by_site[item.site].change)
        )
        if item.site in by_site
        else item
        for item in plan.unserved
    )
    return msgspec.structs.replace(plan, unserved=unserved)


def change_text(change: Change | None) -> str:
    """A change as one stable line of a plan file; empty when no single change serves."""
    if change is None:
        return ""
    amount = f" +{change.amount}" if change.amount else ""
    return f"{change.code}{amount} cost {change.cost:+d}"


def _explain_site(problem: Problem, plan: Plan, item: Unserved, trial: Trial) -> Explanation:
    site = next(site for site in problem.sites if site.id == item.site)
    served = _served(plan.trips)
    alone = only_for(problem, site.id, served)
    before = _cost_of(plan)
    cost = trial.cost_when_served(alone, plan.trips)
    if cost is not None:  # it can be served: the price, or a search that ended too soon
        code = f"price:{site.id}" if site.unserved_cost_per_kg is not None else "search"
        return Explanation(site.id, item.kg, (code,), Change(code, 0, cost - before), sure=trial.sure)
    limits = limits_of(problem, site, item.kg)
    because = _smallest(alone, limits, plan.trips, trial)
    if not because:
        because = (f"no-road:{site.id}",) if not trial.reachable(alone, site.id) else (f"capacity:{site.id}",)
    # What serves alone is part of every reason, so only these are tried.
    change = _cheapest(alone, [limit for limit in limits if limit.code in because], plan.trips, before, trial)
    return Explanation(site.id, item.kg, because, change, sure=trial.sure)


def _smallest(
    problem: Problem, limits: Sequence[Limit], trips: tuple[Trip, ...], trial: Trial
) -> tuple[str, ...]:
    """Each limit is relaxed for good unless that serves the site. Empty: not even all of them serve it."""
    everything = problem
    for limit in limits:
        everything = limit.relax(everything)
    if trial.cost_when_served(everything, trips) is None:
        return ()
    needed: list[str] = []
    _sieve(problem, list(limits), trips, trial, needed)
    return tuple(needed)


def _sieve(
    problem: Problem, limits: list[Limit], trips: tuple[Trip, ...], trial: Trial, needed: list[str]
) -> Problem:
    """Note the limits that are needed, many at a time where none is; the problem with the others relaxed."""
    looser = problem
    for limit in limits:
        looser = limit.relax(looser)
    if not trial.is_served(looser, trips):
        return looser
    if len(limits) == 1:
        needed.append(limits[0].code)
        return problem
    half = len(limits) // 2
    problem = _sieve(problem, limits[:half], trips, trial, needed)
    return _sieve(problem, limits[half:], trips, trial, needed)


def _cheapest(
    problem: Problem, limits: Sequence[Limit], trips: tuple[Trip, ...], before: int, trial: Trial
) -> Change | None:
    changes: list[Change] = []
    for limit in limits:
        cost = trial.cost_when_served(limit.relax(problem), trips)
        if cost is not None:
            changes.append(Change(limit.code, limit.amount, cost - before))
    return min(changes, key=lambda change: (change.cost, change.code)) if changes else None


def _served(trips: Sequence[Trip]) -> dict[str, dict[str, int]]:
    served: dict[str, dict[str, int]] = {}
    for trip in trips:
        for stop in trip.stops:
            own = served.setdefault(stop.site, {})
            for product, kg in stop.deliver_kg.items():
                own[product] = own.get(product, 0) + kg
    return served


def _cost_of(plan: Plan) -> int:
    """Cost of the plan's trips alone."""
    return sum(trip.cost for trip in plan.trips)
