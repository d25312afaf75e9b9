"""From the root to the proof: a tight linear program, every trip that could be better, branching."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec
import numpy as np

from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance
from supply.routing.planner.neighbourhood import improve
from supply.routing.planner.proof import prove
from supply.routing.planner.root import Root

NEIGHBOURHOODS = (4, 4, 4, 6, 6, 8)
"""How many trips are planned again at a time, before the proof begins."""
IN_VAIN = 2
"""So many neighbourhoods without a better plan are enough."""
LISTABLE = 0.03
"""With a larger gap to the bound the list of trips that could be better is too long."""


def search(
    instance: Instance,
    best: Incumbent,
    *,
    threads: int,
    seed: int,
    beside: Callable[[Incumbent], None] = lambda _: None,
) -> None:
    """Improve plan and bound until proven, out of time, or out of means.

    `beside` improves a plan while the linear program grows, on another core where there is one.
    """
    rng = np.random.default_rng(seed + 1)

    def improve_plan(own: Incumbent) -> None:
        beside(own)
        _improve_near(instance, own, rng)

    best.phase = "root"
    root = Root(instance, best.value[0], threads=threads, stop=lambda: best.left() <= 0)
    with _meanwhile(best, improve_plan, threads):
        grown = root.start(best.drafts)
        if grown and not _tell_bound(root, best):
            root.tighten(5, enough=1e-3)
    if not grown or best.is_optimal() or _tell_bound(root, best):
        return
    best.phase = "cuts"
    until = best.elapsed() + best.seconds / 3
    while best.elapsed() < until and best.value[1] - best.locked_cost > (1 + LISTABLE) * root.value:
        if root.tighten(3, enough=1e-4) < 3:
            break
        if _tell_bound(root, best):
            return
    if not _tell_bound(root, best):
        best.phase = "proof"
        prove(instance, root, best, threads=threads)


@contextmanager
def _meanwhile(best: Incumbent, improve_it: Callable[[Incumbent], None], threads: int) -> Iterator[None]:
    """The plan is improved beside what follows, or before it on one core; it is relied on at the end."""
    own = best.copy(pass_on=best.offer)
    with ThreadPoolExecutor(1) as executor:
        improved = executor.submit(improve_it, own)
        if threads == 1:
            improved.result()
        yield
        improved.result()


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
