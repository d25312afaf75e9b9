"""From the root to the proof: a tight linear program, every trip that could be better, branching."""

import itertools
import threading
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

NEIGHBOURHOODS = (4, 6)
"""How many trips are planned again at a time, in turn."""
IN_VAIN = 3
"""So many neighbourhoods without a better plan are enough."""
FAR = 0.02
"""With a larger gap to the bound each core improves another plan before the proof: a long list costs more."""
LATER = 1_000
"""Number of the first start that is taken after the linear program has grown."""
ALONE = 1 / 6
"""Share of the time in which plans are improved where that cannot be done beside the linear program."""
LISTABLE = 0.03
"""With a larger gap to the bound the list of trips that could be better is too long."""


def search(
    instance: Instance,
    best: Incumbent,
    *,
    threads: int,
    seed: int,
    beside: Callable[[Incumbent, int], None] = lambda _own, _number: None,
) -> None:
    """Improve plan and bound until proven, out of time, or out of means.

    `beside` makes a plan, another one for each number, while the linear program grows, on another core where
    there is one.
    """

    def improve_plan(own: Incumbent, number: int) -> None:
        """The first goes on from the plan at hand; the others begin anew, and the best is kept."""
        one = own if number == 0 else own.anew()
        beside(one, number)
        if one.value[0] > own.value[0]:
            return
        _improve_near(instance, one, np.random.default_rng((seed, number)))
        own.offer(one.drafts)

    root = Root(instance, best.value[0], threads=threads, stop=lambda: best.left() <= 0)
    with _meanwhile(best, improve_plan, threads):
        is_grown = _grow(root, best)
    numbers = itertools.count(LATER, threads)

    def make_more() -> None:
        """A plan on each core, from starts that were not taken before."""
        if threads > 1:
            first = next(numbers)
            _improve_on_all(best, improve_plan, range(first, first + threads))

    if is_grown and _gap(root, best) > FAR:
        make_more()
    if is_grown and not best.is_optimal():
        best.phase = "proof"
        prove(instance, root, best, threads=threads, make_more=make_more)


def _grow(root: Root, best: Incumbent) -> bool:
    """The linear program with all its trips, and cuts until the list of trips will be short enough.

    False without time or trips for it.
    """
    best.phase = "root"
    if not root.start(best.drafts):
        return False
    if _tell_bound(root, best):
        return True
    root.tighten(5, enough=1e-3)
    best.phase = "cuts"
    until = best.elapsed() + best.seconds / 3
    while not _tell_bound(root, best) and best.elapsed() < until and _gap(root, best) > LISTABLE:
        if root.tighten(3, enough=1e-4) < 3:
            break
    return True


def _gap(root: Root, best: Incumbent) -> float:
    """How far the plan is above the linear program, as a share."""
    return (best.value[1] - best.locked_cost) / max(root.value, 1.0) - 1.0


@contextmanager
def _meanwhile(best: Incumbent, improve_it: Callable[[Incumbent, int], None], threads: int) -> Iterator[None]:
    """One plan after the other is improved beside what follows; on one core one plan before it.

    The first is waited for, the others end with what they are beside.
    """
    is_over = threading.Event()
    first, others = best.copy(pass_on=best.offer), best.copy(pass_on=best.offer, cancelled=is_over.is_set)
    if threads == 1:
        first.seconds = first.elapsed() + first.left() * ALONE

    def improve_on() -> None:
        improve_it(first, 0)
        for number in itertools.count(1) if first.drafts and threads > 1 else ():
            if others.left() <= 0:
                return
            improve_it(others, number)

    with ThreadPoolExecutor(1) as executor:
        improved = executor.submit(improve_on)
        if threads == 1:
            improved.result()
        try:
            yield
        finally:
            is_over.set()
        improved.result()


def _improve_on_all(best: Incumbent, improve_it: Callable[[Incumbent, int], None], numbers: range) -> None:
    """A plan from each of these starts, one on each core."""
    own = [best.copy(pass_on=best.offer) for _ in numbers]
    with ThreadPoolExecutor(len(numbers)) as executor:
        list(executor.map(improve_it, own, numbers))


def _improve_near(instance: Instance, best: Incumbent, rng: np.random.Generator) -> None:
    in_vain = 0
    for trips in itertools.cycle(NEIGHBOURHOODS):
        if best.left() <= 0 or best.is_optimal() or in_vain == IN_VAIN or len(best.drafts) <= trips:
            return
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
