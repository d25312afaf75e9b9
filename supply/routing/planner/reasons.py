"""Why something is left unserved: limits that together forbid it, and the cheapest change that serves it.

For each site, what the others get stays as it is. A limit belongs to the reason when relaxing it, after all
that is not needed has been relaxed, serves the site: a smallest set in the sense that none can be left out. A
change is a single limit whose relaxation alone serves the site, verified by a plan of the relaxed problem.

First all reasons are looked for; then the costs of the changes are brought down, while there is time.
"""

from collections.abc import Callable, Sequence

import msgspec

from supply.routing.planner.limits import Limit, limits_of, only_for, served_by
from supply.routing.planner.plan import Plan, Trip, Unserved
from supply.routing.planner.problem import Problem, Site
from supply.routing.planner.trial import UNKNOWN, Effort, Trial, Verdict

REASONS_PART = 0.7
"""Of the seconds left, for the reasons; the rest is for cheaper changes."""
GENEROUS = 2.0
"""A site may use so many times its equal share of the time: what explains it often explains the next ones."""
SEARCH = "search"
"""The code of what could be served, and of what nothing is known about: the time was too short."""
LEAST_TURN = 1.0
"""Seconds of one site at least: rather some sites explained than all of them half."""
UNPROVEN = "unproven"
"""Follows the codes in a plan when they are the best found and not proven."""
AT_MOST = "at-most"
"""Follows the cost of a change in a plan when a cheaper one may exist."""


class Change(msgspec.Struct, frozen=True):
    """A relaxed limit that serves the site: by how much, and what the trips then cost more."""

    code: str
    amount: int
    cost: int


class Explanation(msgspec.Struct, frozen=True):
    """A site's unserved kg, the codes that together forbid them, the change that serves them.

    `sure`: proven that the codes forbid it and that none can be left out. `is_cheapest`: proven that no other
    single change, and none at less cost, serves it.
    """

    site: str
    kg: dict[str, int]
    because: tuple[str, ...]
    change: Change | None
    sure: bool
    is_cheapest: bool = False


class _Finding(msgspec.Struct, frozen=True):
    """What is known of a site: the reason, and the changes that may serve it, with the trips known so far."""

    item: Unserved
    because: tuple[str, ...]
    sure: bool
    alone: Problem
    changes: tuple[tuple[Limit, Verdict], ...] = ()

    @property
    def is_late(self) -> bool:
        return not self.sure and self.because == (SEARCH,)


def explain(
    problem: Problem,
    plan: Plan,
    *,
    seconds: float = 30.0,
    seed: int = 1,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Explanation, ...]:
    """One explanation per unserved site, in the order of the plan."""
    if not plan.unserved:
        return ()
    trial = Trial(problem, plan.trips, seconds=seconds, seed=seed, cancelled=cancelled)
    search = _Search(problem, plan.trips, trial)
    findings: list[_Finding] = []
    until = trial.part_until(REASONS_PART)
    for number, item in enumerate(plan.unserved):
        trial.divide(until, (len(plan.unserved) - number) / GENEROUS, LEAST_TURN)
        findings.append(search.find(item))
    _look_again(findings, search, until)
    found: list[Explanation] = []
    for number, finding in enumerate(findings):
        trial.divide(trial.until, len(findings) - number)
        found.append(_priced(finding, sum(trip.cost for trip in plan.trips), trial))
    return tuple(found)


def _look_again(findings: list[_Finding], search: "_Search", until: float) -> None:
    """Sites for which the time was too short share what the others left."""
    late = [number for number, finding in enumerate(findings) if finding.is_late]
    for turn, number in enumerate(late):
        search.trial.divide(until, (len(late) - turn) / GENEROUS, LEAST_TURN)
        again = search.find(findings[number].item)
        findings[number] = findings[number] if again.is_late else again


def with_reasons(plan: Plan, explanations: Sequence[Explanation]) -> Plan:
    """The plan with because and cheapest_change filled in; what is not proven says so."""
    by_site = {item.site: item for item in explanations}
    unserved = tuple(
        msgspec.structs.replace(
            item, because=_stated(by_site[item.site]), cheapest_change=change_text(by_site[item.site])
        )
        if item.site in by_site
        else item
        for item in plan.unserved
    )
    return msgspec.structs.replace(plan, unserved=unserved)


def _stated(explanation: Explanation) -> tuple[str, ...]:
    is_open = not explanation.sure and explanation.because != (SEARCH,)
    return (*explanation.because, UNPROVEN) if is_open else explanation.because


def change_text(explanation: Explanation) -> str:
    """`code +amount cost +cost [at-most]`, one stable line of a plan file; empty without a change."""
    change = explanation.change
    if change is None:
        return ""
    amount = f" +{change.amount}" if change.amount else ""
    end = "" if explanation.is_cheapest else f" {AT_MOST}"
    return f"{change.code}{amount} cost {change.cost:+d}{end}"


class _Search:
    """Looks for the reasons of one site after the other; what explained one is tried first for the next."""

    def __init__(self, problem: Problem, trips: Sequence[Trip], trial: Trial) -> None:
        self.problem = problem
        self.trial = trial
        self.served = served_by(trips)
        self.sites = {site.id: site for site in problem.sites}
        self.known: list[frozenset[str]] = []
        self.is_sure = True
        self.effort = Effort.ALL

    def find(self, item: Unserved) -> _Finding:
        """Why the site is left unserved, and what might serve it."""
        site = self.sites[item.site]
        if self.trial.is_over():
            return _Finding(item, (SEARCH,), sure=False, alone=self.problem)
        alone = only_for(self.problem, site.id, self.served)
        first = self.trial.decide(alone, site.id)
        if first.is_served:  # it can be served: the price, or a search that ended too soon
            code = f"price:{site.id}" if site.unserved_cost_per_kg is not None else SEARCH
            return _Finding(item, (code,), sure=True, alone=alone, changes=((Limit(code, 0, _same), first),))
        # Where an exact search cannot tell in its time, it will not for looser problems.
        self.is_sure = first.is_served is False
        self.effort = Effort.ALL if self.is_sure else Effort.REPLANS
        limits = limits_of(self.problem, site, item.kg)
        everything = self.trial.decide(_relaxed(alone, limits), site.id, self.effort)
        if not everything.is_served:
            code = "capacity" if self.trial.is_reachable(alone, site.id) else "no-road"
            is_known = self.is_sure and everything.is_served is False
            return _Finding(item, (f"{code}:{site.id}" if is_known else SEARCH,), sure=is_known, alone=alone)
        because = self._guessed(alone, site, limits) or self._smallest(alone, site, limits)
        if not because or self.trial.is_over():
            return _Finding(item, (SEARCH,), sure=False, alone=alone)
        pattern = frozenset(_general(limit, site) for limit in because)
        self.known = [pattern, *(other for other in self.known if other != pattern)]
        # What serves alone is part of every reason, so only these are tried.
        return _Finding(
            item, tuple(limit.code for limit in because), sure=self.is_sure, alone=alone,
            changes=tuple((limit, UNKNOWN) for limit in because),
        )  # fmt: skip

    def _decide(self, problem: Problem, site: Site) -> Verdict:
        verdict = self.trial.decide(problem, site.id, self.effort)
        if verdict.is_served is None:
            self.is_sure = False
        return verdict

    def _guessed(self, alone: Problem, site: Site, limits: list[Limit]) -> list[Limit]:
        """The reason inside a set of limits that often forbid by themselves; empty when none of them does."""
        for guess in [*self.known, *_guesses(limits, site)]:
            inside = [limit for limit in limits if _general(limit, site) in guess]
            if not inside or self.trial.is_over():
                continue
            looser = _relaxed(alone, [limit for limit in limits if limit not in inside])
            if self.trial.decide(looser, site.id, Effort.QUICK).is_served is False:
                return self._smallest(looser, site, inside)
        return []

    def _smallest(self, problem: Problem, site: Site, limits: list[Limit]) -> list[Limit]:
        """Each limit is relaxed for good unless that serves the site; those that are needed are left."""
        needed: list[Limit] = []
        if all(self._decide(limit.relax(problem), site).is_served for limit in limits):
            return limits
        self._sieve(problem, site, limits, needed)
        return needed

    def _sieve(self, problem: Problem, site: Site, limits: list[Limit], needed: list[Limit]) -> Problem:
        """Note the limits that are needed, many at a time where none is; the problem without the others."""
        looser = _relaxed(problem, limits)
        if not self._decide(looser, site).is_served:
            return looser
        if len(limits) == 1:
            needed.append(limits[0])
            return problem
        half = len(limits) // 2
        problem = self._sieve(problem, site, limits[:half], needed)
        return self._sieve(problem, site, limits[half:], needed)


def _priced(finding: _Finding, before: int, trial: Trial) -> Explanation:
    """The cheapest of the changes; trips are planned anew for them while there is time."""
    item, until = finding.item, trial.turn_until
    tried: list[tuple[Limit, Verdict]] = []
    order = sorted(finding.changes, key=lambda change: trial.km_from(change[0].code, item.site))
    for number, (limit, known) in enumerate(order):
        trial.divide(until, (len(finding.changes) - number) / GENEROUS)
        verdict = known if known.is_served else trial.decide(limit.relax(finding.alone), item.site)
        tried.append((limit, verdict))
    is_cheapest = finding.sure and all(verdict.is_served is not None for _, verdict in tried)
    serving = sorted(
        ((limit, verdict) for limit, verdict in tried if verdict.is_served),
        key=lambda change: (change[1].cost, change[0].code),
    )
    best: Change | None = None
    for number, (limit, known) in enumerate(serving):
        trial.divide(until, len(serving) - number)
        verdict = trial.cheaper(known, item.site)
        is_cheapest = is_cheapest and verdict.is_least
        change = Change(limit.code, limit.amount, verdict.cost - before)
        if best is None or (change.cost, change.code) < (best.cost, best.code):
            best = change
    return Explanation(
        item.site, item.kg, finding.because, best, finding.sure, is_cheapest and best is not None
    )


def _guesses(limits: Sequence[Limit], site: Site) -> list[frozenset[str]]:
    """Limits of one kind, and kinds that forbid together: a site's own first, goods, then what all share."""
    kinds: dict[str, set[str]] = {}
    for limit in limits:
        head, *parts = limit.code.split(":")
        kind = f"stock:{parts[1]}" if head == "stock" else head
        kinds.setdefault(kind, set()).add(_general(limit, site))
    together = [
        ("vehicle-type",), ("days",), ("window",), ("closed",), ("closed", "window"), ("split",),
        *((kind,) for kind in kinds if kind.startswith("stock:")),
        ("fleet", "horizon"), ("fleet", "horizon", "days", "stops", "split", "window"),
    ]  # fmt: skip
    return [frozenset().union(*(kinds.get(kind, set()) for kind in group)) for group in together]


def _general(limit: Limit, site: Site) -> str:
    """The limit's code with the site's own name left out, to compare the reasons of two sites."""
    return ":".join("" if part == site.id else part for part in limit.code.split(":"))


def _relaxed(problem: Problem, limits: Sequence[Limit]) -> Problem:
    for limit in limits:
        problem = limit.relax(problem)
    return problem


def _same(problem: Problem) -> Problem:
    return problem
