"""From the root to the proof: quick integer programs for better plans, then the one that ends the search."""

from collections.abc import Sequence

import msgspec
import numpy as np

from supply.routing.planner.assembly import Answer, Assembly
from supply.routing.planner.branch import Tree
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance
from supply.routing.planner.master import Route
from supply.routing.planner.neighbourhood import improve
from supply.routing.planner.plan import OPTIMAL_GAP
from supply.routing.planner.polish import fill
from supply.routing.planner.root import Root

QUICK_TRIPS = 200
"""Trips of the second integer program, beside those that the linear program drives."""
EASY_TRIPS = 800
"""With so few trips the integer program that proves is tried at once."""
PROOF_TRIPS = 6_000
"""Most trips of the integer program that proves; more do not fit into memory and time."""


def search(instance: Instance, best: Incumbent, *, threads: int, seed: int) -> None:
    """Improve plan and bound until proven, out of time, or out of means."""
    rng = np.random.default_rng(seed + 1)
    best.phase = "root"
    root = Root(instance, best.value[0], threads=threads, stop=lambda: best.left() <= 0)
    if not root.start(root.searcher.warm(best.drafts)):
        return
    if _tell_bound(root, best):
        return
    root.tighten(5, enough=1e-3)
    if _tell_bound(root, best):
        return
    best.phase = "quick plans"
    _quick(instance, root, best, trips=0, seconds=max(2.0, best.seconds / 30))
    if _few_trips(root, best):
        _prove(instance, root, best)
        return
    best.phase = "neighbourhoods"
    _neighbourhoods(instance, best, rng, seconds=best.seconds / 8)
    best.phase = "cuts"
    root.tighten(20, enough=1e-4)
    if _tell_bound(root, best):
        return
    best.phase = "quick plans"
    _quick(instance, root, best, trips=QUICK_TRIPS, seconds=best.seconds / 12)
    if not _few_trips(root, best):
        _branch(instance, root, best)
    _prove(instance, root, best)


def _branch(instance: Instance, root: Root, best: Incumbent) -> None:
    """Branch on visits until all nodes are closed; better plans come from the trips of the nodes."""
    unserved, nodes = root.master.unserved_kg, [0]
    best.phase = "branching"

    def limit() -> float:
        return float(best.value[1] - best.locked_cost) * (1 - OPTIMAL_GAP / 2)

    def leaf(value: float) -> float:
        """All that is cheap at this node in one integer program."""
        cheap, kept = root.cheap_trips(max(limit() - value, 1.0), PROOF_TRIPS)
        answer = _assemble(
            instance, root, best, [route for _, route in cheap], seconds=10.0, cap=0.0, dated=frozenset()
        )
        over = limit() if answer.infeasible else answer.bound if np.isfinite(answer.bound) else value
        return max(value, min(over, value + kept))

    def tell(value: float) -> None:
        best.raise_bound(value, unserved)
        nodes[0] += 1
        if nodes[0] % 6 == 0:
            _quick(instance, root, best, trips=0, seconds=2.0)

    tree = Tree(root, limit=limit, leaf=leaf)
    tree.run(tell)
    best.raise_bound(tree.bound, unserved)


def _few_trips(root: Root, best: Incumbent) -> bool:
    """True when so few trips could make the plan better that the proof is quick."""
    gap = best.value[1] - best.locked_cost - root.value + 1.0
    cheap, kept = root.cheap_trips(gap, EASY_TRIPS)
    return kept >= gap and len(cheap) <= EASY_TRIPS


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


def _quick(instance: Instance, root: Root, best: Incumbent, *, trips: int, seconds: float) -> None:
    cheap, _ = root.cheap_trips(0.01 * max(root.value, 1.0), 2_000)
    routes = dict.fromkeys([*root.used_routes(), *(route for _, route in cheap[:trips])])
    _assemble(instance, root, best, list(routes), seconds=seconds, cap=0.0, dated=frozenset())


def _assemble(
    instance: Instance,
    root: Root,
    best: Incumbent,
    routes: Sequence[Route],
    *,
    seconds: float,
    cap: float,
    dated: frozenset[int],
) -> Answer:
    """One integer program; each better choice becomes a plan at once. Its bound counts up to `cap`."""
    unserved = root.master.unserved_kg

    def improved(chosen: list[Route]) -> None:
        drafts = fill(instance, chosen, unserved)
        if drafts is not None:
            best.offer(drafts)

    answer = Assembly(instance, root.master, routes, dated=dated).run(
        seconds=min(seconds, best.left()), seed=best.seed, threads=1,
        cutoff=float(best.value[1] - best.locked_cost) + 1.0 if best.value[0] == unserved else np.inf,
        stop=lambda: best.left() <= 0 or best.is_optimal(), improved=improved,
        bound=lambda value: best.raise_bound(min(value, cap), unserved) if cap > 0 else None,
    )  # fmt: skip
    if answer.routes:
        improved(list(answer.routes))
    return answer


def _neighbourhoods(instance: Instance, best: Incumbent, rng: np.random.Generator, *, seconds: float) -> None:
    """Neighbourhoods of growing size until several in a row bring nothing."""
    until, idle, trips = best.elapsed() + seconds, 0, 4
    while best.elapsed() < until and best.left() > 0 and not best.is_optimal():
        if improve(instance, best, rng, trips=trips, seconds=2.0):
            idle = 0
            continue
        idle += 1
        if idle >= 10:
            idle, trips = 0, trips + 2
        if trips > 12:
            return


def _prove(instance: Instance, root: Root, best: Incumbent) -> None:
    """The integer program over every trip that a better plan could use."""
    dated: frozenset[int] = frozenset()
    while best.left() > 0 and not best.is_optimal():
        best.phase = "proof"
        gap = best.value[1] - best.locked_cost - root.value + 1.0
        cheap, kept = root.cheap_trips(gap, 20_000)
        if len(cheap) > PROOF_TRIPS:
            kept = min(kept, cheap[PROOF_TRIPS][0])
            cheap = cheap[:PROOF_TRIPS]
        cap = root.value + kept
        before = best.value
        answer = _assemble(
            instance, root, best, [route for _, route in cheap], seconds=best.left(), cap=cap, dated=dated
        )
        if answer.infeasible:  # nothing is cheaper than the plan at hand
            best.raise_bound(min(float(best.value[1] - best.locked_cost), cap), best.value[0])
        elif answer.optimal or np.isfinite(answer.bound):
            best.raise_bound(min(answer.bound, cap), best.value[0])
        if not answer.optimal and not answer.infeasible:
            return
        if best.is_optimal() or (best.value == before and dated):
            return
        if best.value == before:  # the trips chosen do not fit on the days: decide the days as well
            dated = frozenset(range(len(instance.pools)))
