"""Which vehicle drives which route: cheaper free vehicles, and vehicles exchanged between routes."""

from supply.routing.planner.large.chance import below, uniform
from supply.routing.planner.large.compiled import numba_inner, numba_part
from supply.routing.planner.large.ground import DAYS, NO_TIME, TOUCHED, Ground, State
from supply.routing.planner.large.offers import may_drive
from supply.routing.planner.large.routes import change_pool, settle, touch
from supply.routing.planner.large.timing import find_vehicle, is_clock_kept, walk

EXCHANGES = 0.2
"""Share of iterations that look for vehicles to exchange."""
OTHER_DEPOTS = 0.2
"""Share of changed routes that are tried from other depots."""


@numba_part
def choose_vehicles(g: Ground, st: State) -> None:
    """Each changed route gets the cheapest vehicle that is free; sometimes two routes exchange theirs."""
    tally = st.tally[0]
    count = tally.touched
    for index in range(count):
        r = st.lists[TOUCHED, index]
        if st.route[r].length > 0:
            _cheapest(g, st, r)
    if g.timing == NO_TIME and uniform(st.tally) < EXCHANGES and count > 0:
        r = st.lists[TOUCHED, below(st.tally, count)]
        if st.route[r].length > 0:
            _exchange(g, st, r)


@numba_part
def _km_from(g: Ground, st: State, r: int, depot: int) -> float:
    """Km of the route when it starts and ends at this depot."""
    route = st.route[r]
    if depot == st.stop[r, 0].point:
        return float(route.km)
    last = route.length + 1
    km = route.km - st.stop[r, 1].edge - st.stop[r, last].edge
    return float(km + g.out[depot, st.stop[r, 1].point] + g.out[st.stop[r, last - 1].point, depot])


@numba_inner
def _cheapest(g: Ground, st: State, r: int) -> None:
    tally, route = st.tally[0], st.route[r]
    best, chosen = route.cost - 1e-7, -1
    own = g.pool[route.pool].depot
    elsewhere = uniform(st.tally) < OTHER_DEPOTS
    for m in range(g.pool.shape[0]):
        pool = g.pool[m]
        if (
            m == route.pool
            or pool.kg < route.kg
            or pool.m3 + 1e-9 < route.m3
            or not (pool.depot == own or elsewhere)
        ):
            continue
        if g.timing != DAYS and st.pool_free[m] <= 0:
            continue
        if g.has_stock and pool.depot != own and not _has_goods(g, st, r, pool.depot):
            continue
        if pool.fixed + pool.per_km * _km_from(g, st, r, pool.depot) >= best or (
            g.has_bans and not may_drive(g, st, -1, r, m)
        ):
            continue
        if g.timing == DAYS:
            if (
                not walk(g, st, r, m, 0, -1, 0.0, False)
                or tally.walk_cost >= best
                or not find_vehicle(g, st, r, m)
            ):
                continue
            best, chosen = tally.walk_cost, m
        elif g.timing == NO_TIME or is_clock_kept(g, st, r, m):
            best, chosen = pool.fixed + pool.per_km * _km_from(g, st, r, pool.depot), m
    if chosen >= 0:
        touch(st, r)
        change_pool(g, st, r, chosen)
        settle(g, st, r)


@numba_inner
def _has_goods(g: Ground, st: State, r: int, depot: int) -> bool:
    """True when the depot has what the route brings."""
    for k in range(g.density.shape[0]):
        need = 0.0
        for p in range(1, st.route[r].length + 1):
            need += st.quantity[st.stop[r, p].node, k]
        if need > st.stock[depot, k]:
            return False
    return True


@numba_inner
def _exchange(g: Ground, st: State, r: int) -> None:
    """Exchange vehicles with the route of the same depot where that saves most."""
    route = st.route[r]
    own = g.pool[route.pool]
    best, partner = -1e-7, -1
    for other in range(st.tally[0].routes):
        second = st.route[other]
        if second.length == 0 or second.pool == route.pool:
            continue
        pool = g.pool[second.pool]
        if (
            pool.depot != own.depot
            or route.kg > pool.kg
            or second.kg > own.kg
            or route.m3 > pool.m3
            or second.m3 > own.m3
        ):
            continue
        gain = (pool.per_km - own.per_km) * (route.km - second.km)
        if gain < best and (
            not g.has_bans
            or (may_drive(g, st, -1, r, second.pool) and may_drive(g, st, -1, other, route.pool))
        ):
            best, partner = gain, other
    if partner < 0:
        return
    touch(st, r)
    touch(st, partner)
    mine, theirs = route.pool, st.route[partner].pool
    change_pool(g, st, r, theirs)
    change_pool(g, st, partner, mine)
    settle(g, st, r)
    settle(g, st, partner)
