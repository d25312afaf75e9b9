"""The proof: every trip that a better plan could use on a list; then cuts, branching and integer programs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from supply.routing.planner.assembly import Assembly
from supply.routing.planner.branch import Tree, branchings_of
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance
from supply.routing.planner.making import Making
from supply.routing.planner.nodes import Branchings, NodeSolver, Row
from supply.routing.planner.orders import without_dearer_orders
from supply.routing.planner.renewal import Renewal
from supply.routing.planner.root import Root
from supply.routing.planner.shortlist import Shortlist

LISTED = 200_000
"""Most trips that are kept while the shortlist is made."""
MOST_LISTED = 40_000
"""Most trips on the shortlist; the proof ends where the list does."""
LONGER = (1, 6, 12)
"""Where a list ends too soon the next one is so many times as long."""
EASY_TRIPS = 40
"""With so few trips left a part of the tree is one integer program."""
LEAF_TRIPS = 3_000
"""The cheapest so many are in that program; the first left out bounds the rest, as with a list that ends."""
LEAF_SECONDS = 8.0
"""Where it takes longer the part is closed at the bound so far, which the gap of the plan then shows."""
HANDED_OVER = 500
"""The program gets the cheapest so many trips of the list at once."""
RENEWED = 3
"""After so many batches of the tree other parts of the plan are renewed."""
WIDE, FIRST = 0.01, 16
"""With a larger gap so many parts in a row bring no better plan before the tree begins."""
KEPT = 0.3
"""The tree begins with the trips of the program whose reduced cost is at most this share of the gap."""


def prove(instance: Instance, root: Root, best: Incumbent, making: Making) -> None:
    """Every trip that a better plan could use on a list; then cuts and branching over the list.

    Where that list is too long it ends at a reduced cost, and the proof ends there too. What was learnt makes
    the next list reach further; it is longer as well. Beside the listing more plans are made: a better one
    makes every list shorter.
    """
    branchings = branchings_of(instance)

    for longer in LONGER:
        before, limit = best.proven(), best.limit()
        with making.listing():
            if longer > 1 and not root.grow(instance.max_stops):
                return
            listing = _listing(root, best, making, limit=limit, longer=longer)
        if listing is None:
            return
        _search(root, best, branchings, listing, threads=making.threads)
        is_whole = listing.beyond == np.inf
        if is_whole or best.left() <= 0 or best.is_optimal() or best.proven() <= before:
            return
        root.master.free_branches()


class Listing(NamedTuple):
    """Trips with the value of the program over them, and what renews plans with them.

    Plans that use others cost at least `beyond`.
    """

    trips: Shortlist
    value: float
    beyond: float
    renewal: Renewal


def _listing(root: Root, best: Incumbent, making: Making, *, limit: float, longer: int) -> Listing | None:
    """The trips below the limit, once no cut is violated any more; None where no plan is, or without time."""
    unserved, pools = root.master.unserved_kg, len(root.instance.pools)
    found = root.cheap_trips(max(limit - root.value, 1.0), longer * min(MOST_LISTED, LISTED // pools))
    found = found.take(without_dearer_orders(root.instance, root.master.land, found.routes))
    rows, least_left = found.first(longer * MOST_LISTED)
    beyond = root.value + least_left if least_left < limit - root.value else np.inf

    listed = Shortlist(root.master, found.routes.take(rows), limit=lambda: min(limit, beyond), stop=root.stop)
    if listed.grow() is None:
        return None
    listed.hand_over(HANDED_OVER)
    renewal = Renewal(root.master.tariff(), listed.routes, listed.costs)
    making.hear(renewal)
    value = _tighten(root, best, listed)
    if value is None:
        return None
    best.raise_bound(min(value, beyond), unserved)
    return Listing(listed, value, beyond, renewal)


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
    return listed.grow()


def _search(root: Root, best: Incumbent, branchings: Branchings, listing: Listing, *, threads: int) -> None:
    """The tree over the list: a solver for each thread, each with a program and a best plan of its own."""
    listed, value, beyond, renewal = listing
    renewed = renewal.rounds(best, threads=threads)
    if best.value[1] - best.proven() > WIDE * best.value[1]:
        any(failed >= FIRST for failed in renewed)
    root.master.keep_columns(root.master.reduced_costs() <= KEPT * max(best.limit() - value, 0.0))
    owns = [best.copy() for _ in range(threads)]
    least = int(root.instance.demand[root.instance.demand > 0].min())

    def solver(number: int) -> NodeSolver:
        own, master = owns[number], root.master if number == 0 else root.master.copy()

        def limit() -> float:
            """The list proves nothing about plans that are dearer."""
            return min(own.limit(), beyond)

        part = Shortlist(master, listed.routes, limit=limit, stop=root.stop)

        def leaf(bound: float, rows: Sequence[Row]) -> float:
            """All that is cheap at this node in one integer program."""
            return max(bound, _leaf(part, own, value=bound, rows=rows))

        return NodeSolver(
            number, master, part, branchings,
            limit=limit, leaf=leaf, violated=lambda most: root.separator.of(master, most),
            easy=EASY_TRIPS, stand_in=max(value, 1.0) / min(500, least),
        )  # fmt: skip

    solvers = [solver(number) for number in range(threads)]

    def between(batches: int) -> None:
        """What one found the others know from here on; now and then parts of the plan are renewed."""
        for own in owns:
            best.offer(own.drafts)
        if batches % RENEWED == 0:
            next(renewed, None)
        for own in owns:
            own.offer(best.drafts)

    tree = Tree(
        solvers, branchings, value,
        limit=lambda: min(best.limit(), beyond), between=between,
        stop=lambda: best.left() <= 0 or best.is_optimal(),
    )  # fmt: skip
    unserved = root.master.unserved_kg
    tree.run(lambda bound: best.raise_bound(min(bound, beyond), unserved))
    best.raise_bound(min(tree.bound, beyond), unserved)


def _leaf(part: Shortlist, own: Incumbent, *, value: float, rows: Sequence[Row]) -> float:
    """A bound on plans of the node that are better than the one at hand; the limit when there are none."""
    order = np.argsort(part.costs, kind="stable")
    near = order[part.costs[order] <= max(own.limit() - value, 0.0)]
    beyond = value + float(part.costs[near[LEAF_TRIPS]]) if len(near) > LEAF_TRIPS else np.inf
    routes = part.routes.take(near[:LEAF_TRIPS])
    dated: frozenset[int] = frozenset()
    for dated in (frozenset(), frozenset(range(len(own.instance.pools)))):
        before = own.value
        answer = Assembly(own.instance, part.master.tariff(), routes, rows=rows, dated=dated).improve(
            own, seconds=LEAF_SECONDS, stop=lambda: own.left() <= 0 or own.is_optimal()
        )
        if answer.infeasible:
            return min(own.limit(), beyond)
        if not np.isfinite(answer.bound):
            return value
        if not answer.optimal or own.value < before or answer.bound >= own.limit():
            break  # else the trips chosen do not fit on the days: decide the days as well
    return min(answer.bound, beyond)
