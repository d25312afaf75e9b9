"""From the root to the proof: a tight linear program, every trip that could be better, branching."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.assembly import Answer, Assembly
from supply.routing.planner.branch import Tree
from supply.routing.planner.cuts import Cut
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance
from supply.routing.planner.neighbourhood import improve
from supply.routing.planner.plan import OPTIMAL_GAP
from supply.routing.planner.polish import fill
from supply.routing.planner.root import Root
from supply.routing.planner.routes import Route, Routes, distinct, join
from supply.routing.planner.shortlist import Shortlist

LISTED = 200_000
"""Most trips that are kept while the shortlist is made."""
MOST_LISTED = 40_000
"""Most trips on the shortlist; the proof ends where the list does."""
EASY_TRIPS = 150
"""With so few trips left a part of the tree is one integer program."""
NEIGHBOURHOODS = (4, 4, 4, 6, 6, 8)
"""How many trips are planned again at a time, before the proof begins."""
IN_VAIN = 2
"""So many neighbourhoods without a better plan are enough."""
LISTABLE = 0.03
"""With a larger gap to the bound the list of trips that could be better is too long."""
LEAF_TRIPS = 3_000
LEAF_SECONDS = 8.0
QUICK_AT = (1, 10, 80)
"""Nodes of the tree after which there is a quick integer program; then every so many."""
QUICK_TRIPS = 200
"""Trips of a quick integer program, beside those that the linear program drives."""


def search(instance: Instance, best: Incumbent, *, threads: int, seed: int) -> None:
    """Improve plan and bound until proven, out of time, or out of means."""
    rng = np.random.default_rng(seed + 1)
    best.phase = "root"
    root = Root(instance, best.value[0], threads=threads, stop=lambda: best.left() <= 0)
    if not root.start(best.drafts) or _tell_bound(root, best):
        return
    root.tighten(5, enough=1e-3)
    if _tell_bound(root, best):
        return
    best.phase = "quick plans"
    _quick(instance, root, best, root.used_routes(), seconds=max(2.0, best.seconds / 30))
    best.phase = "neighbourhoods"
    _improve_near(instance, best, rng)
    best.phase = "cuts"
    until = best.elapsed() + best.seconds / 3
    while best.elapsed() < until and best.value[1] - best.locked_cost > (1 + LISTABLE) * root.value:
        if root.tighten(3, enough=1e-4) < 3:
            break
        if _tell_bound(root, best):
            return
    if not _tell_bound(root, best):
        _prove(instance, root, best)


def _improve_near(instance: Instance, best: Incumbent, rng: np.random.Generator) -> None:
    in_vain = 0
    for trips in NEIGHBOURHOODS if len(best.drafts) > NEIGHBOURHOODS[-1] else ():
        if best.left() > 0 and not best.is_optimal() and in_vain < IN_VAIN:
            in_vain = 0 if improve(instance, best, rng, trips=trips, seconds=2.0) else in_vain + 1


def serve_more(instance: Instance, best: Incumbent, *, threads: int, seed: int) -> None:
    """Leave as few kg of what must be served as possible, whatever it costs."""
    count = kg_instance(instance)
    inner = Incumbent(
        count, seconds=best.left() / 3, seed=seed, cancelled=lambda: best.left() <= 0 or best.value[0] == 0
    )
    inner.offer(list(best.drafts))
    search(count, inner, threads=threads, seed=seed)
    best.offer(inner.drafts)
    best.serves_most = inner.value[1] - inner.proven() < 1.0


def kg_instance(instance: Instance) -> Instance:
    """The same with a kg of what must be served as the only thing that costs, 1 each when it is not."""
    nothing = np.zeros(len(instance.fixed))
    return msgspec.structs.replace(
        instance, fixed=nothing, per_km=nothing, per_tonne_km=nothing, allowance=0.0,
        price=np.where(np.isfinite(instance.price), 0.0, 1.0),
        problem=msgspec.structs.replace(instance.problem, night_cost=0.0, locked_trips=()),
    )  # fmt: skip


def _tell_bound(root: Root, best: Incumbent) -> bool:
    """Pass the root's bound on; True when it proves the plan."""
    if root.bound > 0 and root.master.unserved_kg == best.value[0]:
        best.raise_bound(root.bound, best.value[0])
    return best.is_optimal()


def _limit(best: Incumbent) -> float:
    """What a plan must cost less than to be better by more than the gap that is called optimal."""
    step = 1.0 if best.instance.allowance == 0.0 else best.value[1] * OPTIMAL_GAP / 2
    return float(best.value[1] - best.locked_cost - step)


def _assemble(
    instance: Instance,
    root: Root,
    best: Incumbent,
    routes: Routes,
    *,
    seconds: float,
    rows: Sequence[tuple[Cut, float, float]] = (),
    dated: frozenset[int] = frozenset(),
) -> Answer:
    """One integer program; each better choice of trips becomes a plan at once."""
    unserved = root.master.unserved_kg

    def improved(chosen: list[Route]) -> None:
        drafts = fill(instance, chosen, unserved)
        if drafts is not None:
            best.offer(drafts)

    answer = Assembly(instance, root.master, routes, rows=rows, dated=dated).run(
        seconds=min(seconds, best.left()), seed=best.seed, threads=1,
        cutoff=float(best.value[1] - best.locked_cost) + 1.0 if best.value[0] == unserved else np.inf,
        stop=lambda: best.left() <= 0 or best.is_optimal(), improved=improved, bound=lambda _: None,
    )  # fmt: skip
    if answer.routes:
        improved(list(answer.routes))
    return answer


def _quick(instance: Instance, root: Root, best: Incumbent, routes: Routes, *, seconds: float) -> None:
    _assemble(instance, root, best, distinct(join(root.used_routes(), routes)), seconds=seconds)


def _prove(instance: Instance, root: Root, best: Incumbent) -> None:
    """Every trip that a better plan could use on a list; then cuts and branching over the list.

    Where that list is too long it ends at a reduced cost, and the proof ends there too.
    """
    best.phase = "proof"
    unserved, room = root.master.unserved_kg, min(40_000, LISTED // len(instance.pools))
    found = root.cheap_trips(max(_limit(best) - root.value, 1.0), room)
    rows, least_left = found.first(MOST_LISTED)
    beyond = root.value + least_left if least_left < _limit(best) - root.value else np.inf

    def limit() -> float:
        """The list proves nothing about plans that are dearer."""
        return min(_limit(best), beyond)

    listed = Shortlist(root.master, found.routes.take(rows), limit=limit, stop=root.stop)
    value = _tighten(root, best, listed)
    if value is not None:
        best.raise_bound(min(value, beyond), unserved)
        tree = _tree(instance, root, best, listed, value=value, limit=limit)
        tree.run(lambda bound: best.raise_bound(min(bound, beyond), unserved))
        best.raise_bound(min(tree.bound, beyond), unserved)


def _tree(
    instance: Instance,
    root: Root,
    best: Incumbent,
    listed: Shortlist,
    *,
    value: float,
    limit: Callable[[], float],
) -> Tree:
    def leaf(bound: float, rows: Sequence[tuple[Cut, float, float]]) -> float:
        """All that is cheap at this node in one integer program."""
        return max(bound, _leaf(root, best, listed, value=bound, rows=rows))

    def split(nodes: int) -> None:
        """Now and then the best trips of a node make a better plan."""
        if nodes in QUICK_AT or nodes % QUICK_AT[-1] == 0:
            near = np.argsort(listed.costs, kind="stable")[:QUICK_TRIPS]
            _quick(instance, root, best, listed.routes.take(near), seconds=2.0)

    return Tree(
        instance, root.master, listed, value,
        limit=limit, leaf=leaf, split=split, violated=root.violated, easy=EASY_TRIPS,
        stop=lambda: best.left() <= 0 or best.is_optimal(),
    )  # fmt: skip


def _tighten(root: Root, best: Incumbent, listed: Shortlist) -> float | None:
    """More cuts, cheap to look for now that all trips are known; the value of the program."""
    value = listed.grow()
    while value is not None and best.left() > 0:
        listed.keep(listed.costs <= listed.limit() - value)
        cuts = root.violated(30)
        if not cuts:
            break
        root.master.add_cuts(cuts)
        before, value = value, listed.grow()
        if value is None or value - before < 1e-5 * value:
            break
    root.master.drop_slack_cuts()
    listed.forget_rows()
    return listed.grow()


def _leaf(
    root: Root, best: Incumbent, listed: Shortlist, *, value: float, rows: Sequence[tuple[Cut, float, float]]
) -> float:
    """A bound on plans of the node that are better than the one at hand; the limit when there are none."""
    instance = root.instance
    order = np.argsort(listed.costs, kind="stable")
    near = order[listed.costs[order] <= max(_limit(best) - value, 0.0)]
    beyond = value + float(listed.costs[near[LEAF_TRIPS]]) if len(near) > LEAF_TRIPS else np.inf
    routes = listed.routes.take(near[:LEAF_TRIPS])
    dated: frozenset[int] = frozenset()
    for dated in (frozenset(), frozenset(range(len(instance.pools)))):
        before = best.value
        answer = _assemble(instance, root, best, routes, seconds=LEAF_SECONDS, rows=rows, dated=dated)
        if answer.infeasible:
            return min(_limit(best), beyond)
        if not np.isfinite(answer.bound):
            return value
        if not answer.optimal or best.value < before or answer.bound >= _limit(best):
            break  # else the trips chosen do not fit on the days: decide the days as well
    return min(answer.bound, beyond)
