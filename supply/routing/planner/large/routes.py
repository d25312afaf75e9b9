"""Changing routes in compiled code, so that every change can be taken back."""

import numpy as np

from supply.routing.planner.large.compiled import numba_inner, numba_part
from supply.routing.planner.large.ground import (
    ABSENT,
    BORN,
    CLOCK,
    DAYS,
    DEAD,
    FAR,
    REMOVED,
    SPARE,
    TOUCHED,
    Ground,
    State,
)
from supply.routing.planner.large.timing import find_vehicle, refresh_clocks, span, walk

PRESSURE = 0.1
"""Share by which leaving something over becomes dearer at a time."""


@numba_part
def touch(st: State, r: int) -> None:
    """Keep the route as it is, once an iteration, before it is changed."""
    tally, route = st.tally[0], st.route[r]
    if route.touched == tally.iteration:
        return
    route.touched = tally.iteration
    place = tally.touched
    tally.touched = place + 1
    st.lists[TOUCHED, place] = r
    st.kept_route[place] = st.route[r]
    for p in range(route.length + 2):
        st.kept_stop[place, p] = st.stop[r, p]


@numba_part
def release(g: Ground, st: State, r: int) -> None:
    """Give the vehicle back."""
    route = st.route[r]
    if g.timing != DAYS:
        st.pool_free[route.pool] += 1
    elif route.vehicle >= 0:
        st.vehicle_free[route.vehicle] |= span(route.days, route.begin)
        route.vehicle = -1


@numba_part
def occupy(g: Ground, st: State, r: int) -> None:
    """Take the vehicle that the route names."""
    route = st.route[r]
    if g.timing != DAYS:
        st.pool_free[route.pool] -= 1
    elif route.vehicle >= 0:
        st.vehicle_free[route.vehicle] &= ~span(route.days, route.begin)


@numba_part
def unlink(st: State, node: int) -> None:
    """Take the visit out of the visits of its site."""
    spot = st.spot[st.node[node].site]
    if spot.first == node:
        spot.first = st.node[node].next
        return
    other = spot.first
    while st.node[other].next != node:
        other = st.node[other].next
    st.node[other].next = st.node[node].next


@numba_part
def link(st: State, node: int) -> None:
    """Put the visit first among the visits of its site."""
    spot = st.spot[st.node[node].site]
    st.node[node].next = spot.first
    spot.first = node


@numba_part
def count_goods(g: Ground, st: State, node: int, sign: int) -> None:
    """Goods of the visit are brought (1) or not (-1)."""
    visit = st.node[node]
    s = visit.site
    for k in range(st.quantity.shape[1]):
        st.left[s, k] -= sign * st.quantity[node, k]
    spot = st.spot[s]
    spot.kg -= sign * visit.kg
    st.tally[0].cost -= sign * visit.kg * spot.price
    if g.site[s].must == 1:
        st.tally[0].left -= sign * visit.kg
        st.tally[0].forced -= sign * visit.kg * spot.price


@numba_part
def ship(g: Ground, st: State, node: int, depot: int, sign: int) -> None:
    """Goods of the visit leave the depot's stock (1) or come back (-1)."""
    if g.has_stock:
        for k in range(st.quantity.shape[1]):
            st.stock[depot, k] -= sign * st.quantity[node, k]


@numba_part
def measure(g: Ground, st: State, s: int) -> None:
    """How far the legs of the site's visits reach."""
    reach, node = np.float32(-FAR), st.spot[s].first
    while node >= 0:
        visit = st.node[node]
        reach = max(reach, st.stop[visit.route, visit.at].edge, st.stop[visit.route, visit.at + 1].edge)
        node = visit.next
    st.reach[s] = reach


@numba_part
def measure_at(g: Ground, st: State, r: int, p: int) -> None:
    """The same for the site at a place of a route, unless that is the depot."""
    if 0 < p <= st.route[r].length:
        measure(g, st, st.stop[r, p].point - g.depots)


@numba_part
def bury(g: Ground, st: State, node: int, depot: int) -> None:
    """End a visit; its goods have to be brought again."""
    tally = st.tally[0]
    count_goods(g, st, node, -1)
    ship(g, st, node, depot, -1)
    unlink(st, node)
    st.lists[DEAD, tally.dead] = node
    tally.dead += 1
    tally.visits -= 1


@numba_part
def bear(g: Ground, st: State, s: int, depot: int) -> int:
    """A visit that brings what stands in the first row of `take`."""
    tally = st.tally[0]
    tally.spare -= 1
    node = st.lists[SPARE, tally.spare]
    st.lists[BORN, tally.born] = node
    tally.born += 1
    tally.visits += 1
    visit = st.node[node]
    visit.site, visit.kg, visit.m3 = s, 0.0, 0.0
    for k in range(st.take.shape[1]):
        amount = st.take[0, k]
        st.quantity[node, k] = amount
        visit.kg += amount
        visit.m3 += amount * g.density[k]
    link(st, node)
    count_goods(g, st, node, 1)
    ship(g, st, node, depot, 1)
    return int(node)


@numba_inner
def drop(g: Ground, st: State, r: int, first: int, count: int) -> None:
    """Take stops out of a touched route; their sites are noted as removed."""
    tally, route = st.tally[0], st.route[r]
    depot = g.pool[route.pool].depot
    for p in range(first, first + count):
        node = st.stop[r, p].node
        visit = st.node[node]
        route.kg -= visit.kg
        route.m3 -= visit.m3
        route.km -= st.stop[r, p].edge
        spot = st.spot[visit.site]
        if spot.marked != tally.iteration:
            spot.marked = tally.iteration
            st.lists[REMOVED, tally.removed] = visit.site
            tally.removed += 1
        bury(g, st, node, depot)
        measure(g, st, visit.site)
    route.km -= st.stop[r, first + count].edge
    edge = g.out[st.stop[r, first - 1].point, st.stop[r, first + count].point]
    st.stop[r, first + count].edge = edge
    route.km += edge
    for p in range(first, route.length + 2 - count):
        st.stop[r, p] = st.stop[r, p + count]
        if p <= route.length - count:
            st.node[st.stop[r, p].node].at = p
    route.length -= count
    measure_at(g, st, r, first - 1)
    measure_at(g, st, r, first)
    if route.length == 0:
        route.km = route.kg = route.m3 = 0.0


@numba_part
def put_in(g: Ground, st: State, r: int, at: int, node: int) -> None:
    """Put a visit between stops at - 1 and at of a touched route."""
    route, point = st.route[r], g.depots + st.node[node].site
    for p in range(route.length + 1, at - 1, -1):
        st.stop[r, p + 1] = st.stop[r, p]
        if p <= route.length:
            st.node[st.stop[r, p].node].at = p + 1
    route.length += 1
    here, onward = st.stop[r, at], st.stop[r, at + 1]
    route.km -= onward.edge
    here.point, here.node, here.edge = point, node, g.out[st.stop[r, at - 1].point, point]
    onward.edge = g.out[point, onward.point]
    route.km += here.edge + onward.edge
    visit = st.node[node]
    visit.route, visit.at = r, at
    route.kg += visit.kg
    route.m3 += visit.m3
    for p in range(at - 1, at + 2):
        measure_at(g, st, r, p)


@numba_inner
def open_route(g: Ground, st: State, r: int, m: int) -> None:
    """An empty route of the pool in a touched slot; `settle` gives it its vehicle."""
    route, depot = st.route[r], g.pool[m].depot
    route.pool, route.length, route.km, route.kg, route.m3 = m, 0, 0.0, 0.0, 0.0
    route.cost, route.vehicle, route.days, route.begin = 0.0, -1, 0, 0
    for p in range(2):
        place = st.stop[r, p]
        place.point, place.node, place.edge = depot, -1, 0.0
    st.tally[0].trips += 1
    if g.timing != DAYS:
        st.pool_free[m] -= 1


@numba_inner
def change_pool(g: Ground, st: State, r: int, m: int) -> None:
    """Another vehicle drives the touched route; `settle` has to follow."""
    release(g, st, r)
    route, depot = st.route[r], g.pool[m].depot
    old = g.pool[route.pool].depot
    route.pool = m
    if depot != old:
        for p in range(1, route.length + 1):
            ship(g, st, st.stop[r, p].node, old, -1)
            ship(g, st, st.stop[r, p].node, depot, 1)
        last = route.length + 1
        route.km -= st.stop[r, 1].edge + st.stop[r, last].edge
        st.stop[r, 0].point = st.stop[r, last].point = depot
        st.stop[r, 1].edge = g.out[depot, st.stop[r, 1].point]
        st.stop[r, last].edge = g.out[st.stop[r, last - 1].point, depot]
        route.km += st.stop[r, 1].edge + st.stop[r, last].edge
        measure_at(g, st, r, 1)
        measure_at(g, st, r, route.length)
    if g.timing != DAYS:
        st.pool_free[m] -= 1


@numba_inner
def settle(g: Ground, st: State, r: int) -> bool:
    """Cost, room and vehicle of a changed route; False when no vehicle has the days for it."""
    tally, route = st.tally[0], st.route[r]
    old = route.cost
    if route.length == 0:
        release(g, st, r)
        tally.trips -= 1
        tally.cost -= old
        route.cost = 0.0
        return True
    pool = g.pool[route.pool]
    if g.timing == DAYS:
        if not walk(g, st, r, route.pool, 0, -1, 0.0, False) or not find_vehicle(g, st, r, route.pool):
            return False
        release(g, st, r)
        route.days, route.vehicle, route.begin = tally.days, tally.vehicle, tally.begin
        occupy(g, st, r)
        route.cost = tally.walk_cost
    else:
        if g.timing == CLOCK:
            refresh_clocks(g, st, r)
        route.cost = pool.fixed + pool.per_km * route.km
    route.per_km = pool.per_km
    route.room_kg, route.room_m3 = pool.kg - route.kg, pool.m3 - route.m3
    tally.cost += route.cost - old
    return True


@numba_inner
def empty(g: Ground, st: State, r: int) -> None:
    """Take every stop out of a touched route."""
    if st.route[r].length > 0:
        drop(g, st, r, 1, st.route[r].length)
    settle(g, st, r)


@numba_part
def accept(st: State) -> None:
    """The changes stay; ended visits may be used again."""
    tally = st.tally[0]
    for index in range(tally.dead):
        st.lists[SPARE, tally.spare] = st.lists[DEAD, index]
        tally.spare += 1
    tally.dead = tally.born = tally.touched = 0


@numba_part
def take_back(g: Ground, st: State, cost: float) -> None:
    """Everything as it was when the iteration began."""
    tally = st.tally[0]
    for index in range(tally.touched):
        r = st.lists[TOUCHED, index]
        if st.route[r].length > 0:
            release(g, st, r)
            tally.trips -= 1
    _revive(g, st)
    for index in range(tally.touched):
        r = st.lists[TOUCHED, index]
        st.route[r] = st.kept_route[index]
        route = st.route[r]
        for p in range(route.length + 2):
            st.stop[r, p] = st.kept_stop[index, p]
            if 0 < p <= route.length:
                visit = st.node[st.stop[r, p].node]
                visit.route, visit.at = r, p
        if route.length > 0:
            occupy(g, st, r)
            tally.trips += 1
            if g.timing == CLOCK:
                refresh_clocks(g, st, r)
    for index in range(tally.touched):
        r = st.lists[TOUCHED, index]
        for p in range(1, st.route[r].length + 1):
            measure_at(g, st, r, p)
    tally.cost = cost
    tally.touched = 0


@numba_part
def _revive(g: Ground, st: State) -> None:
    """Ended visits live again, new ones end; routes still stand as they were left."""
    tally = st.tally[0]
    if g.has_stock:
        _ship_as_before(g, st)
    for index in range(tally.dead):
        node = st.lists[DEAD, index]
        link(st, node)
        count_goods(g, st, node, 1)
    for index in range(tally.born - 1, -1, -1):
        node = st.lists[BORN, index]
        unlink(st, node)
        count_goods(g, st, node, -1)
        st.lists[SPARE, tally.spare] = node
        tally.spare += 1
    tally.visits += tally.dead - tally.born
    tally.dead = tally.born = 0


@numba_part
def _ship_as_before(g: Ground, st: State) -> None:
    """Goods of touched routes go back to the depots that they came from: kept routes know them."""
    for index in range(st.tally[0].touched):
        route, kept = st.route[st.lists[TOUCHED, index]], st.kept_route[index]
        for p in range(1, route.length + 1):
            ship(g, st, st.stop[st.lists[TOUCHED, index], p].node, g.pool[route.pool].depot, -1)
        for p in range(1, kept.length + 1):
            ship(g, st, st.kept_stop[index, p].node, g.pool[kept.pool].depot, 1)


@numba_part
def press(g: Ground, st: State) -> None:
    """Make it dearer to leave over what is left over and must be served, until something else gives way.

    The counters of Nagata and Bräysy (2009) do the same for vehicles to be saved.
    """
    tally = st.tally[0]
    for index in range(tally.absent):
        s = st.lists[ABSENT, index]
        spot = st.spot[s]
        if spot.kg > 0.0 and g.site[s].must == 1:
            more = spot.price * PRESSURE
            spot.price += more
            tally.cost += more * spot.kg
            tally.forced += more * spot.kg


@numba_part
def keep_best(st: State) -> None:
    """Remember this plan as the best."""
    tally = st.tally[0]
    count = tally.routes
    for r in range(count):
        st.best_route[r] = st.route[r]
        for p in range(st.route[r].length + 2):
            st.best_stop[r, p] = st.stop[r, p]
            if 0 < p <= st.route[r].length:
                node = st.stop[r, p].node
                st.best_node[node] = st.node[node]
                for k in range(st.quantity.shape[1]):
                    st.best_quantity[node, k] = st.quantity[node, k]
    tally.best_routes = count
    tally.best_left, tally.best_cost = tally.left, tally.cost - tally.forced
