"""Put goods back one site after the other, each where it costs least, with blinks."""

from supply.routing.planner.large.chance import below, blinks, uniform
from supply.routing.planner.large.compiled import numba_part
from supply.routing.planner.large.ground import ABSENT, FAR, REMOVED, Ground, State
from supply.routing.planner.large.offers import best_of_all, free_slot
from supply.routing.planner.large.routes import bear, bury, change_pool, open_route, put_in, settle, touch

ASKED_ABSENT = 12
"""Sites left over that are tried again in one iteration."""
NOTHING = 1e18


@numba_part
def recreate(g: Ground, st: State) -> None:
    """Bring back what was removed, and try some of what was left over before."""
    tally = st.tally[0]
    _ask_absent(st)
    _sort(g, st)
    for index in range(tally.removed):
        s = st.lists[REMOVED, index]
        while st.spot[s].kg > 0.0:
            if not (best_plain(g, st, s) if g.is_plain else best_of_all(g, st, s)):
                break
            commit(g, st, s)
        if st.spot[s].kg > 0.0 and st.spot[s].listed == 0:
            st.spot[s].listed = 1
            st.lists[ABSENT, tally.absent] = s
            tally.absent += 1


@numba_part
def _ask_absent(st: State) -> None:
    """Forget who is served by now; add some of the rest to what is to be put back."""
    tally, index = st.tally[0], 0
    while index < tally.absent:
        s = st.lists[ABSENT, index]
        spot = st.spot[s]
        if spot.kg <= 0.0:
            spot.listed = 0
            tally.absent -= 1
            st.lists[ABSENT, index] = st.lists[ABSENT, tally.absent]
            continue
        index += 1
    count = tally.absent
    start = below(st.tally, count) if count > ASKED_ABSENT and tally.iteration > 1 else 0
    asked = min(count, ASKED_ABSENT) if tally.iteration > 1 else count
    for step in range(asked):
        s = st.lists[ABSENT, (start + step) % count]
        if st.spot[s].marked != tally.iteration:
            st.spot[s].marked = tally.iteration
            st.lists[REMOVED, tally.removed] = s
            tally.removed += 1


@numba_part
def _sort(g: Ground, st: State) -> None:
    """Order by lot, goods, distance or narrow windows (the paper's weights)."""
    count = st.tally[0].removed
    rule = below(st.tally, 17 if g.timing != 0 else 11)
    for index in range(count):
        site = g.site[st.lists[REMOVED, index]]
        if rule < 4:
            st.key[index] = uniform(st.tally)
        elif rule < 8:
            st.key[index] = -st.spot[st.lists[REMOVED, index]].kg
        elif rule < 10:
            st.key[index] = -site.away
        elif rule < 11:
            st.key[index] = site.away
        elif rule < 13:
            st.key[index] = site.late - site.early
        elif rule < 15:
            st.key[index] = site.early
        else:
            st.key[index] = -site.late
    for index in range(1, count):
        key, s, place = st.key[index], st.lists[REMOVED, index], index
        while place > 0 and st.key[place - 1] > key:
            st.key[place] = st.key[place - 1]
            st.lists[REMOVED, place] = st.lists[REMOVED, place - 1]
            place -= 1
        st.key[place], st.lists[REMOVED, place] = key, s


@numba_part
def best_plain(g: Ground, st: State, s: int) -> bool:  # noqa: C901, PLR0912 - calls would cost more than the work
    """The cheapest place where only kg and km count: one pool, one visit a site, no time."""
    tally = st.tally[0]
    point, kg = g.depots + s, st.spot[s].kg
    best, where, at = NOTHING, -1, 0
    for index in range(1, g.near_in):
        other = g.near[s, index]
        # A place beside it costs as much, unless its other end is a nearer site, which was looked at before.
        if g.apart[s, index] - st.reach[other] >= best:
            continue
        node = st.spot[other].first
        if node < 0:
            continue
        r, p = st.node[node].route, st.node[node].at
        if kg > st.route[r].room_kg:
            continue
        here = st.stop[r, p].point
        for side in range(2):
            a = st.stop[r, p - 1].point if side == 0 else here
            b = here if side == 0 else st.stop[r, p + 1].point
            delta = g.into[point, a] + g.out[point, b] - st.stop[r, p + side].edge
            if delta < best and not blinks(st.tally):
                best, where, at = delta, r, p + side
    if where < 0:
        for r in range(tally.routes):
            if st.route[r].length == 0 or kg > st.route[r].room_kg:
                continue
            for p in range(1, st.route[r].length + 2):
                a, b = st.stop[r, p - 1].point, st.stop[r, p].point
                delta = g.into[point, a] + g.out[point, b] - st.stop[r, p].edge
                if delta < best and not blinks(st.tally):
                    best, where, at = delta, r, p
    best *= g.pool[0].per_km
    alone = g.into[point, 0] + g.out[point, 0]
    cost = g.pool[0].fixed + g.pool[0].per_km * alone
    if cost < best and alone < FAR and st.pool_free[0] > 0 and kg <= g.pool[0].kg:
        best, where, at = cost, -1, 0
    for k in range(st.take.shape[1]):
        st.take[0, k] = st.left[s, k]
    tally.route, tally.at, tally.pool, tally.delta = where, at, 0, best
    return bool(best < NOTHING)


@numba_part
def commit(g: Ground, st: State, s: int) -> None:
    """Do what was chosen: `take` holds the goods, the tally the place (`at` below 0 adds to a stop)."""
    tally = st.tally[0]
    r, at = tally.route, tally.at
    if r < 0:
        r = free_slot(st)
        tally.routes = max(tally.routes, r + 1)
        touch(st, r)
        open_route(g, st, r, tally.pool)
        at = 1
    else:
        touch(st, r)
        if tally.pool != st.route[r].pool:
            change_pool(g, st, r, tally.pool)
    route = st.route[r]
    depot = g.pool[route.pool].depot
    if at < 0:
        node = st.stop[r, -at].node
        for k in range(st.take.shape[1]):
            st.take[0, k] += st.quantity[node, k]
        route.kg -= st.node[node].kg
        route.m3 -= st.node[node].m3
        bury(g, st, node, depot)
        again = bear(g, st, s, depot)
        st.stop[r, -at].node = again
        visit = st.node[again]
        visit.route, visit.at = r, -at
        route.kg += visit.kg
        route.m3 += visit.m3
    else:
        put_in(g, st, r, at, bear(g, st, s, depot))
    settle(g, st, r)
