"""Every trip of a pool that is cheap at given prices, by a compiled depth-first search over ordered stops.

The prices come from the linear program: what a kg brought to a site is worth from this depot, what a day of a
vehicle costs, what serving a set of sites is worth (cuts). A half-finished trip is worth at most what its
stops are worth one by one beyond a price of the vehicle's room, and the price of all room (Lagrange). Days,
windows and capacity by loading time are relaxed where they depend on the load, so nothing that is possible
is ever left out.
"""

import math

import numba
import numpy as np

from supply.routing.planner.hunt import Ground, Hunt, Near, Road, Rules, State
from supply.routing.planner.instance import Floats
from supply.routing.planner.loading import load_worth
from supply.routing.planner.loads import Desk, desk_for, weight

MASK_DAYS = 63
"""Days of a plan whose windows are looked at while searching; beyond, windows are left to the last step."""
TINY = 1e-6
PRICES = np.array([0.0, 0.4, 0.7, 0.85, 0.95, 1.02])
"""Prices of room that are tried, as shares of what a kg of a large load is worth at most."""


@numba.njit(cache=True, nogil=True)
def room_in(days: int, busy: float, rate: float, capacity: float, duty: float) -> float:
    """Kg that fit into so many days when a kg takes `rate` minutes beside the busy ones; -1 when none do."""
    slack = days * duty - busy
    if slack < -TINY:
        return -1.0
    return capacity if rate <= 0.0 else min(capacity, (slack + TINY) / rate)


@numba.njit(cache=True, nogil=True, inline="always")
def beyond_price(s: int, worth: float, price: float, ground: Ground) -> float:
    """What a site is worth at most beyond so much for each kg of room."""
    curves, best = ground.curves, 0.0
    if ground.goods.whole:
        best = -np.inf
    for i in range(curves.number[s]):
        best = max(best, (worth - price) * curves.points[s, i] + curves.values[s, i])
    total: float = best + curves.beyond[s]
    return total


@numba.njit(cache=True, nogil=True)
def site_gains(ground: Ground) -> tuple[Floats, Floats, Floats]:
    """What a stop can add at most, by price of room, and by cuts of several sites; the prices.

    The second is by way to bound; prices for the first way come first, then those for the second, and so on.
    """
    road, goods, rules, cuts, curves = ground
    sites, ways = len(goods.demand), len(curves.once)
    gains, joint = np.zeros((ways * len(PRICES), sites)), np.zeros((ways, sites))
    prices = np.zeros(ways * len(PRICES))
    for way in range(ways):
        most, first = 0.0, way * len(PRICES)
        for s in range(sites):
            if goods.usable[s] and not goods.whole:
                worth = goods.value[s] + curves.more[way, s] - rules.per_kg_km * road.reach[s]
                last = curves.number[s] - 1
                most = max(most, worth + curves.values[s, last] / max(curves.points[s, last], 1.0))
        prices[first : first + len(PRICES)] = PRICES * most
        for s in range(sites):
            if not goods.usable[s]:
                continue
            worth = goods.value[s] + curves.more[way, s] - rules.per_kg_km * road.reach[s]
            for k in range(first, first + len(PRICES)):
                gains[k, s] = max(0.0, beyond_price(s, worth, prices[k], ground))
            for c in curves.many:
                if cuts.member[c, s]:
                    steps = math.ceil(goods.demand[s] / cuts.step[c] - 1e-9)
                    joint[way, s] += cuts.worth[c] * min(counted(curves.top[c], way, c, ground), steps)
    return gains, joint, prices


@numba.njit(cache=True, nogil=True, inline="always")
def counted(kg: float, way: int, c: int, ground: Ground) -> float:
    """What a cut of several sites counts for stops that need so many kg, beside what it adds to a kg."""
    once = ground.curves.once[way, c]
    if kg <= 0.0 or once >= 0.0:
        return once if kg > 0.0 else 0.0
    return weight(min(kg, ground.curves.top[c]), ground.cuts.step[c], ground.cuts.part[c])


@numba.njit(cache=True, nogil=True, inline="always")
def possible_days(s: int, drive: float, depth: int, rules: Rules, state: State) -> np.uint64:
    """Days on which the trip may begin once it also stops at s after so many minutes of driving."""
    mask: np.uint64 = state.mask[depth]
    if rules.horizon > MASK_DAYS or rules.windows[s] == rules.every_day:
        return mask
    early = drive + state.service[depth]
    late = early + rules.capacity * (rules.depot_rate + state.high_rate[depth])
    first = max(0, math.ceil(max(drive / rules.driving, early / rules.duty) - 1e-8) - 1)
    last = max(0, math.ceil(max(drive / rules.driving, late / rules.duty) - 1e-8) - 1)
    some = np.uint64(0)
    for offset in range(first, min(last, MASK_DAYS - 1) + 1):
        some |= rules.windows[s] >> np.uint64(offset)
    both: np.uint64 = mask & some
    return both


@numba.njit(cache=True, nogil=True, inline="always")
def board(s: int, depth: int, prices: Floats, ground: Ground, state: State) -> None:
    """Put the site on the trip as stop `depth`; a cut of several sites counts as if all came along."""
    _, goods, rules, cuts, curves = ground
    state.stops[depth] = s
    state.used[s] = True
    state.tally[4] += goods.demand[s]
    state.hit[:, depth + 1] = state.hit[:, depth]
    state.potential[:, depth + 1] = state.potential[:, depth]
    for c in curves.many:
        if not cuts.member[c, s]:
            continue
        before = state.seen[c]
        state.seen[c] += goods.demand[s]
        if before >= curves.top[c]:
            continue
        for way in range(len(curves.once)):
            more = counted(state.seen[c], way, c, ground) - counted(before, way, c, ground)
            if more > 0.0:
                state.hit[way, depth + 1] += cuts.worth[c] * more
                for other in range(len(state.used)):
                    if cuts.member[c, other]:
                        state.potential[way, depth + 1, other] -= cuts.worth[c] * more
    for k in range(len(prices)):
        worth = goods.value[s] + curves.more[k // len(PRICES), s] - rules.per_kg_km * state.km[depth + 1]
        state.aboard[k, depth + 1] = state.aboard[k, depth] + beyond_price(s, worth, prices[k], ground)
    state.service[depth + 1] = state.service[depth] + rules.site_fixed[s]
    state.low_rate[depth + 1] = min(state.low_rate[depth], rules.site_rate[s])
    state.high_rate[depth + 1] = max(state.high_rate[depth], rules.site_rate[s])


@numba.njit(cache=True, nogil=True, inline="always")
def leave(s: int, ground: Ground, state: State) -> None:
    """Take the site off the trip."""
    state.used[s] = False
    state.tally[4] -= ground.goods.demand[s]
    for c in ground.curves.many:
        if ground.cuts.member[c, s]:
            state.seen[c] -= ground.goods.demand[s]


@numba.njit(cache=True, nogil=True, inline="always")
def keep(cost: float, days: int, size: int, state: State, hunt: Hunt) -> None:
    """Note a trip; when there is no room, drop the dearer half and lower the limit."""
    room = len(hunt.costs)
    count = int(state.tally[0])
    if count >= room:
        state.tally[1] = np.median(hunt.costs)
        kept = 0
        for i in range(room):
            if hunt.costs[i] < state.tally[1]:
                hunt.costs[kept], hunt.days[kept] = hunt.costs[i], hunt.days[i]
                hunt.routes[kept] = hunt.routes[i]
                kept += 1
        count = kept
    if cost < state.tally[1] and count < room:
        hunt.costs[count], hunt.days[count] = cost, days
        for j in range(hunt.max_stops):
            hunt.routes[count, j] = state.stops[j] if j < size else -1
        count += 1
    state.tally[0] = count


@numba.njit(cache=True, nogil=True, inline="always")
def below(state: State, hunt: Hunt) -> float:
    """Trips that cost less are looked at: all that are negative, unless there is no room for them."""
    return max(hunt.limit, 0.0) if state.tally[1] == hunt.limit else state.tally[1]


@numba.njit(cache=True, nogil=True)
def true_worth(  # noqa: PLR0917 - compiled functions know no names
    size: int, room: float, enough: float, sought: float, ground: Ground, state: State, desk: Desk
) -> float:
    """What the trip's best load and its cuts are worth, or a bound on it, as `load_worth`."""
    goods = ground.goods
    for j in range(size):
        state.worth[j] = goods.value[state.stops[j]] - ground.rules.per_kg_km * state.km[j + 1]
    worth: float = load_worth(
        0, size, state.stops, room, goods.demand, state.worth, goods.whole, enough, sought, ground.cuts, desk
    )
    return worth


@numba.njit(cache=True, nogil=True, inline="always")
def close(  # noqa: PLR0917 - as above
    size: int, bound: float, ground: Ground, state: State, hunt: Hunt, desk: Desk
) -> None:
    """Note the trip home from here, in as few days as possible and then in more days with more on board.

    The trip is worth at most `bound`.
    """
    road, goods, rules = ground.road, ground.goods, ground.rules
    last = state.stops[size - 1]
    km, drive = state.km[size] + road.back[last], state.drive[size] + road.back_minutes[last]
    if not (km < np.inf and drive < np.inf):
        return
    busy = drive + state.service[size]
    rate = rules.depot_rate + state.low_rate[size]
    days = max(1, math.ceil(drive / rules.driving - 1e-8), math.ceil(busy / rules.duty - 1e-8))
    enough = state.tally[4] if goods.whole else rules.capacity
    while days <= min(rules.max_days, rules.horizon):
        room = room_in(days, busy, rate, rules.capacity, rules.duty)
        fits = room >= 1.0 and (not goods.whole or room + TINY >= state.tally[4])
        if rules.horizon <= MASK_DAYS and (
            state.mask[size] & (rules.every_day >> np.uint64(days - 1))
        ) == np.uint64(0):
            fits = False
        cost = rules.fixed + rules.per_km * km + rules.night * (days - 1) + rules.day_price * days
        limit = below(state, hunt)
        if cost - bound >= limit:
            return  # the more days, the dearer
        if fits:
            cost -= true_worth(size, room, cost - limit, cost, ground, state, desk)
            state.tally[2] = min(state.tally[2], cost)
            if cost < state.tally[1]:
                keep(cost, days, size, state, hunt)
        if room_in(days, busy, rules.depot_rate + state.high_rate[size], enough, rules.duty) >= enough:
            return  # whatever is on board, more days bring nothing
        days += 1


@numba.njit(cache=True, nogil=True, inline="always")
def new_state(prices: int, ground: Ground, hunt: Hunt) -> State:
    """Nothing on board, at the depot."""
    rules, cuts, ways = ground.rules, ground.cuts, len(ground.curves.once)
    size, sites, count = hunt.max_stops + 1, len(ground.goods.demand), len(ground.cuts.worth)
    state = State(
        np.full(size, -1, np.int64), np.zeros(size), np.zeros(size), np.zeros(size), np.zeros((ways, size)),
        np.full(size, np.inf), np.zeros(size), np.zeros(size, np.uint64), np.zeros(sites, np.bool_),
        np.zeros(count), np.zeros((prices, size)), np.zeros(size),
        np.zeros(size), np.zeros((ways, size, sites)), np.zeros(5),
    )  # fmt: skip
    state.mask[0] = rules.every_day
    state.service[0] = rules.depot_fixed
    state.tally[1], state.tally[2] = hunt.limit, np.inf
    for c in ground.curves.many:
        for way in range(ways):
            for s in range(sites):
                if cuts.member[c, s]:
                    most = cuts.worth[c] * counted(ground.curves.top[c], way, c, ground)
                    state.potential[way, 0, s] += most
    return state


@numba.njit(cache=True, nogil=True)
def near_sites(road: Road, per_km: float) -> Near:
    """For each site all others by the least cost that going home over them adds, and that cost."""
    sites = len(road.home)
    near = Near(np.zeros((sites, sites), np.int64), np.zeros((sites, sites)))
    for s in range(sites):
        for other in range(sites):
            detour = road.way[s, other] + road.home[other] - road.home[s]
            near.price[s, other] = per_km * max(detour, 0.0)
        near.order[s] = np.argsort(near.price[s])
    return near


@numba.njit(cache=True, nogil=True)
def best_totals(gains: Floats, joint: Floats, most: int) -> Floats:
    """By price of room: what so many further stops could add in all, wherever they are."""
    totals = np.zeros((len(gains), most + 1))
    for k in range(len(totals)):
        ranked = np.sort(gains[k] + joint[k // len(PRICES)])[::-1]
        for number in range(1, most + 1):
            more = ranked[number - 1] if number <= len(ranked) else 0.0
            totals[k, number] = totals[k, number - 1] + more
    return totals


@numba.njit(cache=True, nogil=True, inline="always")
def best_of_rest(  # noqa: PLR0917 - as above
    size: int, k: int, gains: Floats, joint: Floats, near: Near, state: State
) -> float:
    """What longer trips could gain at most: the best sites left, less the km to the farthest of them."""
    way = k // len(PRICES)
    last = state.stops[size - 1]
    left = len(state.top) - 1 - size
    top, best, total = state.top[:left], 0.0, 0.0
    top[:] = 0.0
    for s in near.order[last]:
        if state.used[s] or gains[k, s] + joint[way, s] <= top[left - 1]:
            continue
        worth = gains[k, s] + min(joint[way, s], state.potential[way, size, s])
        if worth <= top[left - 1]:
            continue
        total += worth - top[left - 1]
        place = left - 1
        while place > 0 and top[place - 1] < worth:
            top[place] = top[place - 1]
            place -= 1
        top[place] = worth
        best = max(best, total - near.price[last, s])
    return best


@numba.njit(cache=True, nogil=True, inline="always")
def on_board(size: int, k: int, prices: Floats, rules: Rules, state: State) -> float:
    """What the stops so far are worth at most, by one price of room."""
    total: float = prices[k] * rules.capacity + state.aboard[k, size] + state.hit[k // len(PRICES), size]
    return total


@numba.njit(cache=True, nogil=True)
def is_worth_longer(  # noqa: PLR0917 - as above
    size: int, floor: float, gains: Floats, joint: Floats, prices: Floats, totals: Floats, near: Near,
    rules: Rules, state: State,
) -> bool:  # fmt: skip
    """Whether longer trips may be cheap, as their cost is at least the floor: no way to bound forbids it."""
    left = len(state.top) - 1 - size
    for way in range(len(joint)):
        longer, which = np.inf, 0
        for k in range(way * len(PRICES), (way + 1) * len(PRICES)):
            own = on_board(size, k, prices, rules, state) + totals[k, left]
            if own < longer:
                longer, which = own, k
        rest = floor - on_board(size, which, prices, rules, state)
        if floor >= longer or rest - best_of_rest(size, which, gains, joint, near, state) >= 0.0:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def search(ground: Ground, hunt: Hunt) -> tuple[int, float, float]:
    """Fill the arrays of the hunt with trips whose reduced cost is below its limit.

    Returns how many, the limit that was kept, the least reduced cost (minus infinity when it gave up).
    """
    road, goods, rules = ground.road, ground.goods, ground.rules
    sites, top = len(goods.demand), hunt.max_stops
    gains, joint, prices = site_gains(ground)
    totals = best_totals(gains, joint, top)
    order = np.argsort(-(gains[0] + joint[0]))
    near = near_sites(road, rules.per_km)
    state = new_state(len(prices), ground, hunt)
    desk = desk_for(top, len(ground.cuts.worth))
    pointer = np.zeros(top + 1, np.int64)
    depth = 0
    while depth >= 0:
        if depth >= top or pointer[depth] >= sites:
            pointer[depth] = 0
            depth -= 1
            if depth >= 0:
                leave(state.stops[depth], ground, state)
            continue
        s = order[pointer[depth]]
        pointer[depth] += 1
        if state.used[s] or not goods.usable[s]:
            continue
        if goods.whole and state.tally[4] + goods.demand[s] > rules.capacity:
            continue
        step = road.out[s] if depth == 0 else road.leg[state.stops[depth - 1], s]
        minutes = road.out_minutes[s] if depth == 0 else road.leg_minutes[state.stops[depth - 1], s]
        km, drive = state.km[depth] + step, state.drive[depth] + minutes
        if not (km < np.inf and drive <= rules.max_days * rules.driving + TINY):
            continue
        mask = possible_days(s, drive, depth, rules, state)
        if mask == np.uint64(0):
            continue
        state.tally[3] += 1
        if state.tally[3] > hunt.most_nodes[0]:
            return int(state.tally[0]), state.tally[1], -np.inf
        size = depth + 1
        state.km[size], state.drive[size], state.mask[size] = km, drive, mask
        board(s, depth, prices, ground, state)
        bound = np.inf
        for k in range(len(prices)):
            bound = min(bound, on_board(size, k, prices, rules, state))
        close(size, bound, ground, state, hunt, desk)
        if size < top:
            free = rules.fixed + rules.per_km * (km + road.home[s]) + rules.day_price - below(state, hunt)
            if is_worth_longer(size, free, gains, joint, prices, totals, near, rules, state):
                depth, pointer[size] = size, 0
                continue
        leave(s, ground, state)
    return int(state.tally[0]), state.tally[1], state.tally[2]
