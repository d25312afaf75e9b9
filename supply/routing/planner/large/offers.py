"""Where a site's goods would cost least when fleets, time, stock and split deliveries count."""

import math

from supply.routing.planner.large.chance import blinks, uniform
from supply.routing.planner.large.compiled import numba_inner, numba_part
from supply.routing.planner.large.ground import CLOCK, DAYS, FAR, NO_TIME, SEEN, Ground, State
from supply.routing.planner.large.timing import find_vehicle, fits_alone, fits_clock, walk

NOTHING = 1e18
NONE, WHOLE, PART = 0, 1, 2
"""What of the goods fits."""
EVERYWHERE = 0.25
"""Chance that every route is looked at when no neighbour's has room."""
DOORS_TRIED = 4
"""Pools, cheapest first, that are looked at for a new route once one is possible."""


@numba_part
def best_of_all(g: Ground, st: State, s: int) -> bool:
    """Choose into the tally; `take` gets the goods of that choice."""
    tally = st.tally[0]
    tally.asked += 1
    tally.seen = 0
    tally.delta, tally.open_delta, tally.route, tally.pool = NOTHING, NOTHING, -1, -1
    tally.kg, tally.m3 = st.spot[s].kg, 0.0
    for k in range(g.density.shape[0]):
        tally.m3 += st.left[s, k] * g.density[k]
    _look_around(g, st, s)
    _try_new(g, st, s)
    if tally.delta >= NOTHING and (tally.seen == 0 or uniform(st.tally) < EVERYWHERE):
        _try_everywhere(g, st, s)
    if g.can_split and g.site[s].whole == 0 and (tally.may_split == 1 or tally.delta >= NOTHING):
        _try_parts(g, st, s)
    if tally.delta >= NOTHING:
        return False
    m = tally.pool
    if tally.route >= 0:
        route = st.route[tally.route]
        depot = g.pool[route.pool].depot
        room_kg, room_m3 = route.room_kg, route.room_m3
        if m != route.pool:
            room_kg, room_m3 = g.pool[m].kg - route.kg, g.pool[m].m3 - route.m3
        return load(g, st, s, depot, room_kg, room_m3) > 0.0
    return load(g, st, s, g.pool[m].depot, g.pool[m].kg, g.pool[m].m3) > 0.0


@numba_part
def load(g: Ground, st: State, s: int, depot: int, room_kg: float, room_m3: float) -> float:  # noqa: PLR0917
    """Whole kg of each product that fit and are in store, into `take`; their sum."""
    total = 0.0
    for k in range(g.density.shape[0]):
        amount = min(st.left[s, k], room_kg - total)
        if g.has_stock:
            amount = min(amount, st.stock[depot, k])
        if g.density[k] > 0.0:
            amount = min(amount, math.floor(room_m3 / g.density[k] + 1e-9))
        amount = max(0.0, math.floor(amount + 1e-9))
        st.take[0, k] = amount
        total += amount
        room_m3 -= amount * g.density[k]
    return total


@numba_part
def _look_at(g: Ground, st: State, s: int, r: int) -> bool:
    """What of the goods the route could take, worked out once for each site that is put back."""
    tally, route = st.tally[0], st.route[r]
    if route.seen == tally.asked:
        return bool(route.fit != NONE)
    route.seen, route.delta, route.at, route.to_pool = tally.asked, NOTHING, 0, route.pool
    route.change, route.change_per_km, route.fit, route.take = 0.0, route.per_km, NONE, tally.kg
    st.lists[SEEN, tally.seen] = r
    tally.seen += 1
    if g.has_bans and not g.allowed[route.pool, s]:
        return False
    if (
        tally.kg <= route.room_kg
        and tally.m3 <= route.room_m3 + 1e-9
        and _in_store(g, st, s, g.pool[route.pool].depot)
    ):
        route.fit = WHOLE
        return True
    if g.is_mixed and _other_vehicle(g, st, s, r):
        route.fit = WHOLE
        return True
    if g.can_split and g.site[s].whole == 0:
        route.take = load(g, st, s, g.pool[route.pool].depot, route.room_kg, route.room_m3)
        route.fit = PART if route.take > 0.0 else NONE
    return bool(route.fit != NONE)


@numba_part
def _in_store(g: Ground, st: State, s: int, depot: int) -> bool:
    if g.has_stock:
        for k in range(g.density.shape[0]):
            if st.left[s, k] > st.stock[depot, k]:
                return False
    return True


@numba_inner
def _other_vehicle(g: Ground, st: State, s: int, r: int) -> bool:
    """The cheapest larger vehicle of the same depot that could drive the route with these goods as well."""
    tally, route = st.tally[0], st.route[r]
    own = g.pool[route.pool]
    if g.timing == CLOCK or not _in_store(g, st, s, own.depot):
        return False
    best = NOTHING
    for m in range(g.pool.shape[0]):
        pool = g.pool[m]
        if pool.depot != own.depot or m == route.pool or pool.kg < route.kg + tally.kg:
            continue
        if pool.m3 + 1e-9 < route.m3 + tally.m3 or (g.timing == NO_TIME and st.pool_free[m] <= 0):
            continue
        change = tally.discount * (pool.fixed - own.fixed) + (pool.per_km - own.per_km) * route.km
        if change < best and (not g.has_bans or may_drive(g, st, s, r, m)):
            best = change
            route.change, route.change_per_km, route.to_pool = change, pool.per_km, m
    return best < NOTHING


@numba_inner
def may_drive(g: Ground, st: State, s: int, r: int, m: int) -> bool:
    """True when the pool may visit the stops of the route and, unless below 0, the site."""
    if s >= 0 and not g.allowed[m, s]:
        return False
    for p in range(1, st.route[r].length + 1):  # noqa: SIM110 - Numba has no generators
        if not g.allowed[m, st.stop[r, p].point - g.depots]:
            return False
    return True


@numba_part
def _look_around(g: Ground, st: State, s: int) -> None:
    """Places beside the neighbours, and on top of the site's own visits."""
    tally, point = st.tally[0], g.depots + s
    for index in range(g.near_in):
        other = g.near[s, index]
        # A place beside it costs as much, unless its other end is a nearer site, which was looked at before.
        if index > 0 and g.least * (g.apart[s, index] - st.reach[other]) >= tally.delta:
            continue
        node = st.spot[other].first
        while node >= 0:
            visit = st.node[node]
            r, p = visit.route, visit.at
            node = visit.next
            route = st.route[r]
            # Only places that would be better are looked at closely: a call costs more than this sum.
            if route.seen != tally.asked:
                _look_at(g, st, s, r)
            if route.fit == NONE:
                continue
            if index == 0:
                _try(g, st, s, r, -p, route.change)
                continue
            if route.length >= g.max_stops or route.length + 3 > st.stop.shape[1]:
                continue
            limit = min(tally.delta, route.delta)
            here = st.stop[r, p].point
            km = g.into[point, st.stop[r, p - 1].point] + g.out[point, here] - st.stop[r, p].edge
            delta = route.change + route.change_per_km * km
            if delta < limit and not blinks(st.tally):
                _try(g, st, s, r, p, delta)
                limit = min(tally.delta, route.delta)
            km = g.into[point, here] + g.out[point, st.stop[r, p + 1].point] - st.stop[r, p + 1].edge
            delta = route.change + route.change_per_km * km
            if delta < limit and not blinks(st.tally):
                _try(g, st, s, r, p + 1, delta)


@numba_inner
def _try(g: Ground, st: State, s: int, r: int, at: int, delta: float) -> None:  # noqa: PLR0917
    """Note the place before stop `at` if time allows it; with `at` below 0, on top of the visit there."""
    tally, route = st.tally[0], st.route[r]
    limit = min(tally.delta, route.delta)
    if g.timing == CLOCK:
        if at > 0 and not fits_clock(g, st, r, at, s):
            return
    elif g.timing == DAYS:
        if not walk(g, st, r, route.to_pool, abs(at), s, route.take, at < 0):
            return
        delta = tally.walk_cost - route.cost
        if delta >= limit or not find_vehicle(g, st, r, route.to_pool):
            return
    if delta >= min(limit, FAR * 0.5):
        return
    route.delta, route.at = delta, at
    if route.fit == WHOLE:
        tally.delta, tally.route, tally.at, tally.pool = delta, r, at, route.to_pool


@numba_inner
def _try_everywhere(g: Ground, st: State, s: int) -> None:
    """No neighbour has room: look at every route."""
    tally, point = st.tally[0], g.depots + s
    for r in range(tally.routes):
        length = st.route[r].length
        if length == 0 or length >= g.max_stops or length + 3 > st.stop.shape[1] or not _look_at(g, st, s, r):
            continue
        for at in range(1, length + 2):
            km = (
                g.into[point, st.stop[r, at - 1].point]
                + g.out[point, st.stop[r, at].point]
                - st.stop[r, at].edge
            )
            delta = st.route[r].change + st.route[r].change_per_km * km
            if delta < min(tally.delta, st.route[r].delta) and not blinks(st.tally):
                _try(g, st, s, r, at, delta)


@numba_part
def free_slot(st: State) -> int:
    """The first row of routes that holds none."""
    slot = 0
    while slot < st.tally[0].routes and st.route[slot].length > 0:
        slot += 1
    return slot


@numba_part
def _try_new(g: Ground, st: State, s: int) -> None:  # noqa: C901, PLR0912 - one loop over pools
    """A route of its own, by the pools that are cheapest for the site."""
    tally, tried, point, slot = st.tally[0], 0, g.depots + s, -1
    for index in range(g.doors.shape[1]):
        m = g.doors[s, index]
        if m < 0 or tried >= DOORS_TRIED:
            return
        pool = g.pool[m]
        km = g.out[pool.depot, point] + g.into[pool.depot, point]
        if km >= FAR or (g.timing != DAYS and st.pool_free[m] <= 0):
            continue
        fits = tally.kg <= pool.kg and tally.m3 <= pool.m3 + 1e-9 and _in_store(g, st, s, pool.depot)
        kg = tally.kg
        if not fits:
            if not g.can_split or g.site[s].whole == 1:
                continue
            kg = load(g, st, s, pool.depot, pool.kg, pool.m3)
            if kg <= 0.0:
                continue
        cost = tally.discount * pool.fixed + pool.per_km * km
        if cost >= tally.delta:
            tried += 1
            continue
        if slot < 0:
            slot = free_slot(st)
            if slot >= st.route.shape[0]:
                return
        if g.timing == CLOCK and not fits_alone(g, m, s):
            continue
        if g.timing == DAYS:
            own = st.route[slot]
            own.vehicle, own.kg, own.length = -1, 0.0, 0
            if not walk(g, st, slot, m, 1, s, kg, False):
                continue
            cost = tally.walk_cost
            if not find_vehicle(g, st, slot, m):
                continue
        tried += 1
        score = cost if fits else cost + (tally.kg - kg) * g.site[s].rate
        if score < tally.delta and not blinks(st.tally):
            tally.delta, tally.route, tally.at, tally.pool = score, -1, 1, m
        if fits and cost < tally.open_delta:
            tally.open_delta = cost


@numba_part
def _try_parts(g: Ground, st: State, s: int) -> None:
    """A part on one route, the rest on the next best that holds it, or at the price of full trucks."""
    tally = st.tally[0]
    for index in range(tally.seen):
        r = st.lists[SEEN, index]
        route = st.route[r]
        if route.fit != PART or route.delta >= NOTHING or route.delta >= tally.delta:
            continue
        rest = tally.kg - route.take
        onward = NOTHING if tally.open_delta < NOTHING else rest * g.site[s].rate
        for other in range(tally.seen):
            second = st.route[st.lists[SEEN, other]]
            if other != index and second.fit == PART and second.take >= rest:
                onward = min(onward, second.delta)
        if route.delta + onward < tally.delta:
            tally.delta, tally.route, tally.at, tally.pool = route.delta + onward, r, route.at, route.pool
