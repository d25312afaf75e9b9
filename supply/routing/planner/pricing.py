"""Every trip of a pool that is cheap at given prices, by a compiled depth-first search over ordered stops.

The prices come from the linear program: what a kg brought to a site is worth from this depot, what a day of a
vehicle costs, what serving a set of sites is worth (cuts). How much a trip brings to each stop is a
fractional knapsack. Days, windows and capacity by loading time are relaxed where they depend on the load, so
nothing that is possible is ever left out.
"""

import math

import numba
import numpy as np

from supply.routing.planner.hunt import CutValues, Goods, Ground, Hunt, Near, Road, Rules, State
from supply.routing.planner.instance import Floats

MASK_DAYS = 63
"""Days of a plan whose windows are looked at while searching; beyond, windows are left to the last step."""
TINY = 1e-6


@numba.njit(cache=True, nogil=True)
def knapsack(worth: Floats, most: Floats, count: int, capacity: float, load: Floats) -> float:
    """Value of the best load: dearest kg first. `load[i]` is filled with the kg of stop i."""
    for i in range(count):
        load[i] = 0.0
    left, total = capacity, 0.0
    for _ in range(count):
        best, which = 0.0, -1
        for i in range(count):
            if load[i] == 0.0 and worth[i] > best:
                best, which = worth[i], i
        if which < 0 or left <= 1e-9:
            break
        amount = min(left, most[which])
        load[which] = amount if amount > 0.0 else -1.0
        total += max(amount, 0.0) * best
        left -= max(amount, 0.0)
    for i in range(count):
        load[i] = max(load[i], 0.0)
    return total


@numba.njit(cache=True, nogil=True)
def room_in(days: int, busy: float, rate: float, capacity: float, duty: float) -> float:
    """Kg that fit into so many days when a kg takes `rate` minutes beside the busy ones; -1 when none do."""
    slack = days * duty - busy
    if slack < -TINY:
        return -1.0
    return capacity if rate <= 0.0 else min(capacity, (slack + TINY) / rate)


@numba.njit(cache=True, nogil=True, inline="always")
def weight(amount: float, step: float, part: float) -> float:
    """Mixed-integer rounding of amount / step, as in cuts."""
    whole = math.floor(amount / step + 1e-9)
    return whole + min(max(amount / step - whole, 0.0) / part, 1.0)


@numba.njit(cache=True, nogil=True)
def highest_values(goods: Goods, cuts: CutValues) -> Floats:
    """What a kg is worth at most at each site, whatever else the trip does."""
    high = goods.value.copy()
    for c in range(len(cuts.worth)):
        for s in range(len(high)):
            if cuts.kg[c, s] > 0.0:
                high[s] += cuts.gain[c]
    return high


@numba.njit(cache=True, nogil=True)
def most_gain(ground: Ground, high: Floats) -> tuple[Floats, float]:
    """What each site can add at most, by goods (shortest road) and by cuts; the goods of a full truck."""
    road, goods, rules, cuts = ground
    sites = len(goods.demand)
    both = np.zeros((2, sites))
    gain, bonus = both[0], both[1]
    worth, load = np.zeros(sites), np.zeros(sites)
    for s in range(sites):
        if not goods.usable[s]:
            continue
        worth[s] = max(0.0, high[s] - rules.per_kg_km * road.reach[s])
        gain[s] = worth[s] * min(goods.demand[s], rules.capacity)
        for c in range(len(cuts.worth)):
            if cuts.kg[c, s] > 0.0:
                top = weight(min(rules.capacity, cuts.need[c]), cuts.step[c], cuts.part[c])
                bonus[s] += max(cuts.worth[c], 0.0) * min(top, math.ceil(cuts.kg[c, s] / cuts.step[c] - 1e-9))
    return both, knapsack(worth, goods.demand, sites, rules.capacity, load)


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
def board(s: int, depth: int, ground: Ground, state: State) -> None:
    """Put the site on the trip as stop `depth` and count the cuts that it hits."""
    _, goods, rules, cuts = ground
    state.stops[depth] = s
    state.used[s] = True
    state.tally[4] += goods.demand[s]
    hit = state.hit[depth]
    state.potential[depth + 1] = state.potential[depth]
    for c in range(len(cuts.worth)):
        most = min(rules.capacity, cuts.need[c])
        if cuts.kg[c, s] > 0.0:
            before = min(most, state.seen[c])
            state.seen[c] += cuts.kg[c, s]
            if state.out[c] > 0:
                continue
            after = min(most, state.seen[c])
            if after > before:
                more = weight(after, cuts.step[c], cuts.part[c]) - weight(before, cuts.step[c], cuts.part[c])
                hit += cuts.worth[c] * more
                for other in range(len(state.used)):
                    if cuts.kg[c, other] > 0.0:
                        state.potential[depth + 1, other] -= max(cuts.worth[c], 0.0) * more
        elif cuts.gain[c] > 0.0:
            state.out[c] += 1
            if state.out[c] == 1:  # from now on it counts by what the trip brings
                had = (
                    weight(min(most, state.seen[c]), cuts.step[c], cuts.part[c])
                    if state.seen[c] > 0.0
                    else 0.0
                )
                left = weight(most, cuts.step[c], cuts.part[c]) - had
                hit -= cuts.worth[c] * had
                for other in range(len(state.used)):
                    if cuts.kg[c, other] > 0.0:
                        state.potential[depth + 1, other] -= cuts.worth[c] * left
    state.hit[depth + 1] = hit
    state.service[depth + 1] = state.service[depth] + rules.site_fixed[s]
    state.low_rate[depth + 1] = min(state.low_rate[depth], rules.site_rate[s])
    state.high_rate[depth + 1] = max(state.high_rate[depth], rules.site_rate[s])


@numba.njit(cache=True, nogil=True, inline="always")
def leave(s: int, ground: Ground, state: State) -> None:
    """Take the site off the trip."""
    goods, cuts = ground.goods, ground.cuts
    state.used[s] = False
    state.tally[4] -= goods.demand[s]
    for c in range(len(cuts.worth)):
        if cuts.kg[c, s] > 0.0:
            state.seen[c] -= cuts.kg[c, s]
        elif cuts.gain[c] > 0.0:
            state.out[c] -= 1


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
def close(size: int, profit: float, ground: Ground, state: State, hunt: Hunt) -> None:
    """Note the trip home from here, in as few days as possible and then in more days with more on board."""
    road, goods, rules, _ = ground
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
        if fits:
            worth = profit
            if room < rules.capacity and not goods.whole:
                worth = knapsack(state.worth, state.most, size, room, state.load)
            cost = rules.fixed + rules.per_km * km + rules.night * (days - 1) + rules.day_price * days
            cost -= state.hit[size] + worth
            state.tally[2] = min(state.tally[2], cost)
            if cost < state.tally[1]:
                keep(cost, days, size, state, hunt)
        if room_in(days, busy, rules.depot_rate + state.high_rate[size], enough, rules.duty) >= enough:
            return  # whatever is on board, more days bring nothing
        days += 1


@numba.njit(cache=True, nogil=True, inline="always")
def value_aboard(size: int, value: Floats, ground: Ground, state: State) -> float:
    """What the stops so far are worth at these values of a kg."""
    goods, rules = ground.goods, ground.rules
    for i in range(size):
        state.worth[i] = value[state.stops[i]] - rules.per_kg_km * state.km[i + 1]
        state.most[i] = goods.demand[state.stops[i]]
    if not goods.whole:
        return knapsack(state.worth, state.most, size, rules.capacity, state.load)
    total = 0.0
    for i in range(size):
        total += state.worth[i] * state.most[i]
    return total


@numba.njit(cache=True, nogil=True, inline="always")
def true_values(size: int, ground: Ground, state: State) -> None:
    """What a kg is really worth at the stops so far, in `state.value`."""
    goods, cuts = ground.goods, ground.cuts
    for i in range(size):
        state.value[state.stops[i]] = goods.value[state.stops[i]]
    for c in range(len(cuts.worth)):
        if state.out[c] > 0 and state.seen[c] > 0.0:
            for i in range(size):
                if cuts.kg[c, state.stops[i]] > 0.0:
                    state.value[state.stops[i]] += cuts.gain[c]


@numba.njit(cache=True, nogil=True, inline="always")
def new_state(ground: Ground, hunt: Hunt) -> State:
    """Nothing on board, at the depot."""
    rules, cuts = ground.rules, ground.cuts
    size, sites, count = hunt.max_stops + 1, len(ground.goods.demand), len(ground.cuts.worth)
    state = State(
        np.full(size, -1, np.int64), np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size),
        np.full(size, np.inf), np.zeros(size), np.zeros(size, np.uint64), np.zeros(sites, np.bool_),
        np.zeros(count), np.zeros(count, np.int64), np.zeros(sites), np.zeros(size), np.zeros(size),
        np.zeros(size), np.zeros(size), np.zeros((size, sites)), np.zeros(5),
    )  # fmt: skip
    state.mask[0] = rules.every_day
    state.service[0] = rules.depot_fixed
    state.tally[1], state.tally[2] = hunt.limit, np.inf
    for c in range(count):
        top = weight(min(rules.capacity, cuts.need[c]), cuts.step[c], cuts.part[c])
        for s in range(sites):
            if cuts.kg[c, s] > 0.0:
                state.potential[0, s] += max(cuts.worth[c], 0.0) * top
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


@numba.njit(cache=True, nogil=True, inline="always")
def best_of_rest(size: int, gain: Floats, truck: float, near: Near, state: State) -> float:
    """What longer trips could gain at most: the best sites left, less the km to the farthest of them.

    Goods of a further site are never worth more than `truck`; `gain` has goods and cuts of each site.
    """
    last = state.stops[size - 1]
    left = len(state.top) - 1 - size
    top, best, total = state.top[:left], 0.0, 0.0
    top[:] = 0.0
    for s in near.order[last]:
        if state.used[s] or gain[0, s] + gain[1, s] <= top[left - 1]:
            continue
        worth = min(gain[0, s], truck) + min(gain[1, s], state.potential[size, s])
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


@numba.njit(cache=True, nogil=True)
def search(ground: Ground, hunt: Hunt) -> tuple[int, float, float]:
    """Fill the arrays of the hunt with trips whose reduced cost is below its limit.

    Returns how many, the limit that was kept, the least reduced cost (minus infinity when it gave up).
    """
    road, goods, rules, _ = ground
    sites, top = len(goods.demand), hunt.max_stops
    high = highest_values(goods, ground.cuts)
    gain, truck = most_gain(ground, high)
    order = np.argsort(-(gain[0] + gain[1]))
    near = near_sites(road, rules.per_km)
    state = new_state(ground, hunt)
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
        if state.tally[3] > hunt.most_nodes:
            return int(state.tally[0]), state.tally[1], -np.inf
        size = depth + 1
        state.km[size], state.drive[size], state.mask[size] = km, drive, mask
        board(s, depth, ground, state)
        profit = value_aboard(size, high, ground, state)
        true_values(size, ground, state)
        close(size, value_aboard(size, state.value, ground, state), ground, state, hunt)
        floor = rules.fixed + rules.per_km * (km + road.home[s]) + rules.day_price - state.hit[size]
        spare = np.inf if goods.whole else max(truck - profit, 0.0)
        more = 0.0
        if size < top:
            more = best_of_rest(size, gain, spare, near, state)
        if size < top and floor - profit - more < state.tally[1]:
            depth, pointer[size] = size, 0
        else:
            leave(s, ground, state)
    return int(state.tally[0]), state.tally[1], state.tally[2]
