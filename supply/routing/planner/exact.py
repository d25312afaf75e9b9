"""From the root to the proof: a tight linear program, every trip that could be better, branching."""

from collections.abc import Callable

import msgspec
import numpy as np

from supply.routing.planner.draft import Draft, is_possible
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance
from supply.routing.planner.large.bound import grow_bound
from supply.routing.planner.making import Making
from supply.routing.planner.proof import prove
from supply.routing.planner.renewal import renewal_of
from supply.routing.planner.root import Root

FEW_SITES, KNOWN = 24, 600
"""With more sites the search for all trips begins with so many that a quicker one finds."""
LISTABLE = 0.03
"""With a larger gap to the bound the list of trips that could be better is too long."""


def search(
    instance: Instance,
    best: Incumbent,
    *,
    threads: int,
    beside: Callable[[Incumbent, int], None] = lambda _own, _number: None,
) -> None:
    """Improve plan and bound until proven, out of time, or out of means.

    `beside` makes a plan, another one for each number, while the linear program grows, on another core where
    there is one.
    """
    making = Making(best, beside, threads=threads)
    root = Root(
        instance, best.value[0], threads=threads, stop=lambda: best.left() <= 0,
        tightened=lambda master: making.hear(renewal_of(master)), settled=making.settle,
    )  # fmt: skip
    with making.growing():
        is_grown = _grow(root, best)
    if is_grown and not best.is_optimal():
        _tighten(root, best)
        best.phase = "proof"
        prove(instance, root, best, making)


def _grow(root: Root, best: Incumbent) -> bool:
    """The linear program with all its trips and the first cuts; False without time or trips for it."""
    best.phase = "root"
    known = known_trips(root.instance, best)
    if not root.start([*best.drafts, *known], is_grown=bool(known)):
        return False
    if not _tell_bound(root, best):
        root.tighten(5, enough=1e-3)
        _tell_bound(root, best)
    return True


def _tighten(root: Root, best: Incumbent) -> None:
    """More cuts until the list of trips will be short enough."""
    best.phase = "cuts"
    until = best.elapsed() + best.seconds / 3
    while best.elapsed() < until and _gap(root, best) > LISTABLE:
        if root.tighten(3, enough=1e-4) < 3 or _tell_bound(root, best):
            return


def known_trips(instance: Instance, best: Incumbent) -> list[Draft]:
    """Many sites: trips to begin with, and a bound at once, by the program of the large problems.

    Its trips need not be possible on any day; those that are not are left out.
    """
    if instance.sites <= FEW_SITES or instance.allowance == 0.0:
        return []
    unserved = best.value[0]
    grown = grow_bound(
        instance, unserved, best.drafts, stop=lambda: best.left() <= 0,
        tell=lambda bound: best.raise_bound(bound, unserved), keep=KNOWN,
    )  # fmt: skip
    return [trip for trip in grown.trips if is_possible(instance, trip)]


def _gap(root: Root, best: Incumbent) -> float:
    """How far the plan is above the linear program, as a share."""
    return (best.value[1] - best.locked_cost) / max(root.value, 1.0) - 1.0


def serve_more(instance: Instance, best: Incumbent, *, threads: int, seed: int) -> None:
    """Leave as few kg of what must be served as possible, whatever it costs."""
    count = kg_instance(instance)
    inner = Incumbent(
        count, seconds=best.left() / 3, seed=seed, cancelled=lambda: best.left() <= 0 or best.value[0] == 0
    )
    inner.offer(list(best.drafts))
    search(count, inner, threads=threads)
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
