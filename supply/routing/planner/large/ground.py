"""The arrays that the compiled search reads, and those it works on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from supply.routing.planner.instance import Bools, Floats, Ints

Records = NDArray[np.void]
Singles = NDArray[np.float32]
Masks = NDArray[np.uint64]

NO_TIME, CLOCK, DAYS = 0, 1, 2
"""How time counts: not at all; minutes of one day with waiting; days of a calendar with nights."""
FAR = 1e9
"""Km where there is no road; a route this long is refused."""
ROOMY = 1e9
"""m³ of a vehicle without a limit: larger numbers of m³ would overflow as kg."""
NEAR = 64
"""Neighbours kept for each site, itself first."""
HORIZON = 62
"""Days that a mask of 64 bits holds while masks are shifted."""

SITE = np.dtype(
    [
        ("kg", "f8"), ("m3", "f8"), ("away", "f8"), ("rate", "f8"), ("early", "f8"), ("late", "f8"),
        ("service", "f8"), ("unload", "f8"), ("open", "u8"), ("whole", "i8"), ("must", "i8"), ("stops", "i8"),
    ]
)  # fmt: skip
"""`away` km to the nearest depot, `rate` least cost of a kg by full trucks, `unload` minutes per kg, `open`
days as bits, `whole` one visit brings everything, `stops` visits that one route may pay to it."""
POOL = np.dtype(
    [
        ("depot", "i8"), ("kind", "i8"), ("count", "i8"), ("first", "i8"), ("last", "i8"), ("kg", "f8"),
        ("m3", "f8"), ("fixed", "f8"), ("per_km", "f8"), ("per_kg_km", "f8"), ("service", "f8"),
        ("load", "f8"), ("early", "f8"), ("late", "f8"), ("longest", "f8"),
    ]
)  # fmt: skip
"""Vehicles `first` to `last` (exclusive) are its own where days count; `load` minutes per kg at the depot."""
ROUTE = np.dtype(
    [
        ("pool", "i8"), ("length", "i8"), ("kg", "f8"), ("m3", "f8"), ("km", "f8"), ("cost", "f8"),
        ("room_kg", "f8"), ("room_m3", "f8"), ("per_km", "f8"), ("days", "i8"), ("vehicle", "i8"),
        ("begin", "i8"), ("touched", "i8"), ("ruined", "i8"), ("seen", "i8"), ("fit", "i8"), ("take", "f8"),
        ("to_pool", "i8"), ("change", "f8"), ("change_per_km", "f8"), ("delta", "f8"), ("at", "i8"),
    ]
)  # fmt: skip
"""From `seen` on: what is known of the route for the goods that are being put back."""
STOP = np.dtype([("point", "i4"), ("node", "i4"), ("edge", "f4")])
"""A place in a route, with the depot first and last; `edge` km from the place before."""
CLOCKS = np.dtype(
    [
        ("took", "f8"),
        ("early", "f8"),
        ("late", "f8"),
        ("took_on", "f8"),
        ("early_on", "f8"),
        ("late_on", "f8"),
    ]
)
"""Least minutes, earliest and latest start of the part up to the stop, and of the part from it on."""
NODE = np.dtype([("site", "i4"), ("route", "i4"), ("at", "i4"), ("next", "i4"), ("kg", "f8"), ("m3", "f8")])
"""A visit; `next` is another visit of the same site."""
SPOT = np.dtype([("first", "i8"), ("kg", "f8"), ("price", "f8"), ("marked", "i8"), ("listed", "i8")])
"""A site while searching: its visits, kg not yet brought, price of a kg left over."""
TALLY = np.dtype(
    [
        ("seed", "u8"), ("blink", "i8"), ("iteration", "i8"), ("cost", "f8"), ("visits", "i8"),
        ("trips", "i8"),
        ("routes", "i8"), ("spare", "i8"), ("dead", "i8"), ("born", "i8"), ("touched", "i8"), ("seen", "i8"),
        ("removed", "i8"), ("absent", "i8"), ("asked", "i8"), ("best_cost", "f8"), ("best_left", "f8"),
        ("best_money", "f8"), ("best_routes", "i8"), ("left", "f8"), ("begin", "i8"), ("vehicle", "i8"),
        ("days", "i8"), ("mask", "u8"), ("walk_cost", "f8"), ("may_split", "i8"),
        ("route", "i8"), ("at", "i8"), ("pool", "i8"),
        ("delta", "f8"), ("forced", "f8"), ("kg", "f8"), ("m3", "f8"), ("open_delta", "f8"),
        ("discount", "f8"),
    ]
)  # fmt: skip
"""The counters of a search; one row. `discount` is the share of fixed costs that counts when putting back."""
SPARE, DEAD, BORN, TOUCHED, SEEN, REMOVED, ABSENT = range(7)
"""Rows of `State.lists`."""


class Ground(NamedTuple):
    """`out[i, j]` km from i to j, `into[i, j]` km from j to i; points are depots, then sites.

    `near[s]` are the neighbours of a site, itself first; `apart` the km there and to a point as far away, or
    to a depot that is nearer; `least` the lowest cost of a km.
    """

    depots: int
    sites: int
    timing: int
    is_plain: bool
    is_mixed: bool
    can_split: bool
    has_stock: bool
    has_bans: bool
    has_closures: bool
    max_stops: int
    max_days: int
    horizon: int
    driving: float
    duty: float
    night: float
    near_in: int
    least: float
    string: float
    removed: float
    out: Singles
    into: Singles
    minutes: Floats
    near: NDArray[np.int32]
    apart: Singles
    doors: NDArray[np.int32]
    site: Records
    pool: Records
    demand: Floats
    density: Floats
    allowed: Bools
    closed: Masks


class State(NamedTuple):
    """What changes while searching; `kept_*` are the routes as they were, `best_*` the best plan.

    `reach` is the longest of the legs to and from a site's visits, far below 0 where there is none.
    """

    tally: Records
    route: Records
    stop: Records
    clock: Records
    node: Records
    spot: Records
    reach: Singles
    quantity: Floats
    left: Floats
    stock: Floats
    pool_free: Ints
    vehicle_free: Masks
    lists: Ints
    key: Floats
    take: Floats
    kept_route: Records
    kept_stop: Records
    best_route: Records
    best_stop: Records
    best_node: Records
    best_quantity: Floats


def state_of(ground: Ground, *, stock: Floats, free: Masks, price: Floats, seed: int) -> State:
    """An empty plan: everything is left over."""
    sites, products = ground.demand.shape
    routes, length = _sizes(ground, free)
    nodes = 2 * sites + (4 * routes if ground.can_split else 0) + 64
    state = State(
        tally=np.zeros(1, TALLY), route=np.zeros(routes, ROUTE), stop=np.zeros((routes, length), STOP),
        clock=np.zeros((routes, length) if ground.timing == CLOCK else (1, 1), CLOCKS),
        node=np.zeros(nodes, NODE), spot=np.zeros(sites, SPOT), reach=np.full(sites, -FAR, np.float32),
        quantity=np.zeros((nodes, products)),
        left=ground.demand.copy(), stock=stock.copy(), pool_free=ground.pool["count"].copy(),
        vehicle_free=free.copy(), lists=np.zeros((7, max(nodes, routes) + 64), np.int64),
        key=np.zeros(max(nodes, routes) + 64), take=np.zeros((1, products)),
        kept_route=np.zeros(routes, ROUTE),
        kept_stop=np.zeros((routes, length), STOP), best_route=np.zeros(routes, ROUTE),
        best_stop=np.zeros((routes, length), STOP), best_node=np.zeros(nodes, NODE),
        best_quantity=np.zeros((nodes, products)),
    )  # fmt: skip
    state.spot["first"] = -1
    state.spot["kg"] = ground.site["kg"]
    state.spot["price"] = price
    state.lists[SPARE, :nodes] = np.arange(nodes)[::-1]
    tally = state.tally
    tally["seed"] = (seed * 2654435761 + 88172645463325252) % 2**63 | 1
    tally["spare"], tally["routes"] = nodes, 0
    wanting = np.flatnonzero(ground.site["kg"] > 0) if products else np.zeros(0, np.int64)
    state.lists[ABSENT, : len(wanting)] = wanting
    state.spot["listed"][wanting] = 1
    tally["absent"] = len(wanting)
    tally["cost"] = float((state.spot["kg"] * price).sum())
    tally["left"] = tally["best_left"] = float(state.spot["kg"][ground.site["must"] == 1].sum())
    must = ground.site["must"] == 1
    tally["forced"] = float((state.spot["kg"] * price)[must].sum())
    tally["best_cost"] = float(tally["cost"][0] - tally["forced"][0])
    return state


def _sizes(ground: Ground, free: Masks) -> tuple[int, int]:
    """Most routes at a time, and most places in one."""
    most_kg = float(ground.pool["kg"].max(initial=1.0))
    kg = np.sort(ground.site["kg"][ground.site["kg"] > 0])
    together = int(np.searchsorted(np.cumsum(kg), most_kg + 1e-6)) + 1
    length = min(ground.max_stops, ground.sites if ground.can_split else min(together, ground.sites)) + 3
    if ground.timing == DAYS:
        vehicle_days = sum(int(mask).bit_count() for mask in free.tolist())
        return max(1, min(vehicle_days, 4 * ground.sites + int(kg.sum() / max(most_kg, 1.0)) * 8)), length
    return max(1, int(min(ground.pool["count"].sum(), 4 * ground.sites + 16))), length
