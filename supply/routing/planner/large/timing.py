"""Time of a route in compiled code: windows of a clock with waiting, or days with nights and no waiting.

The rules of days are those of delivery-problem/1 (`draft.timing_of` tells them one trip at a time).
"""

import math

import numpy as np

from supply.routing.planner.large.compiled import numba_inner, numba_part
from supply.routing.planner.large.ground import FAR, Ground, State

SLACK = 1e-6
"""A millionth of a minute, as in `draft`."""


@numba_part
def refresh_clocks(g: Ground, st: State, r: int) -> None:
    """Work out the parts before and after each stop again."""
    route, minutes = st.route[r], g.minutes[g.pool[st.route[r].pool].kind]
    pool = g.pool[route.pool]
    here = st.clock[r, 0]
    here.took, here.early, here.late = 0.0, pool.early, pool.late
    for p in range(1, route.length + 1):
        point = st.stop[r, p].point
        site = g.site[point - g.depots]
        step = st.clock[r, p - 1].took + minutes[st.stop[r, p - 1].point, point]
        wait = max(site.early - step - st.clock[r, p - 1].late, 0.0)
        here = st.clock[r, p]
        here.took = step + site.service + wait
        here.early = max(site.early - step, st.clock[r, p - 1].early) - wait
        here.late = min(site.late - step, st.clock[r, p - 1].late)
    here = st.clock[r, route.length + 1]
    here.took_on, here.early_on, here.late_on = 0.0, pool.early, pool.late
    for p in range(route.length, 0, -1):
        point = st.stop[r, p].point
        site = g.site[point - g.depots]
        step = site.service + minutes[point, st.stop[r, p + 1].point]
        onward = st.clock[r, p + 1]
        wait = max(onward.early_on - step - site.late, 0.0)
        here = st.clock[r, p]
        here.took_on = step + onward.took_on + wait
        here.early_on = max(onward.early_on - step, site.early) - wait
        here.late_on = min(onward.late_on - step, site.late)


@numba_part
def fits_clock(g: Ground, st: State, r: int, p: int, s: int) -> bool:
    """True when the site may be visited between stops p - 1 and p."""
    pool = g.pool[st.route[r].pool]
    minutes, site, point = g.minutes[pool.kind], g.site[s], g.depots + s
    before, after = st.clock[r, p - 1], st.clock[r, p]
    step = before.took + minutes[st.stop[r, p - 1].point, point]
    if before.early + step > site.late + SLACK:
        return False
    wait = max(site.early - step - before.late, 0.0)
    took = step + site.service + wait
    early = max(site.early - step, before.early) - wait
    late = min(site.late - step, before.late)
    step = took + minutes[point, st.stop[r, p].point]
    if early + step > after.late_on + SLACK:
        return False
    wait = max(after.early_on - step - late, 0.0)
    return bool(step + after.took_on + wait <= pool.longest + SLACK)


@numba_part
def fits_alone(g: Ground, m: int, s: int) -> bool:
    """True when a vehicle of the pool may visit only this site, by the clock."""
    pool, site = g.pool[m], g.site[s]
    minutes = g.minutes[pool.kind]
    out, home = minutes[pool.depot, g.depots + s], minutes[g.depots + s, pool.depot]
    arrive = max(pool.early + out, site.early)
    if arrive > site.late + SLACK or arrive + site.service + home > pool.late + SLACK:
        return False
    return bool(out + site.service + home <= pool.longest + SLACK)


@numba_inner
def is_clock_kept(g: Ground, st: State, r: int, m: int) -> bool:
    """True when the whole route keeps its windows when a vehicle of the pool drives it."""
    pool, route = g.pool[m], st.route[r]
    minutes = g.minutes[pool.kind]
    took, early, late, here = 0.0, pool.early, pool.late, pool.depot
    for p in range(1, route.length + 1):
        point = st.stop[r, p].point
        site = g.site[point - g.depots]
        step = took + minutes[here, point]
        if early + step > site.late + SLACK:
            return False
        wait = max(site.early - step - late, 0.0)
        took = step + site.service + wait
        early = max(site.early - step, early) - wait
        late = min(site.late - step, late)
        here = point
    step = took + minutes[here, pool.depot]
    if early + step > pool.late + SLACK:
        return False
    return bool(step + max(pool.early - step - late, 0.0) <= pool.longest + SLACK)


@numba_inner
def walk(  # noqa: PLR0917 - Numba takes arguments by place
    g: Ground,
    st: State,
    r: int,
    m: int,
    at: int,
    s: int,
    kg: float,
    merged: bool,  # noqa: FBT001
) -> bool:
    """Days, days on which it may begin and cost of route r driven by pool m, into the tally.

    With `at` > 0, kg more for site s as a new stop between at - 1 and at, or at stop `at` when merged.
    """
    tally, pool, route = st.tally[0], g.pool[m], st.route[r]
    minutes, length = g.minutes[pool.kind], route.length
    steps = length + 1 if at > 0 and not merged else length
    total = route.kg + kg if at > 0 else route.kg
    here, driven, worked, km, haul, old = pool.depot, 0.0, pool.service + pool.load * total, 0.0, 0.0, 0
    mask = (np.uint64(1) << np.uint64(g.horizon)) - np.uint64(1)
    tolerance = SLACK / g.duty
    for step in range(steps + 1):
        amount, site, there = 0.0, -1, pool.depot
        if at > 0 and not merged and step == at - 1:
            site, amount = s, kg
        elif step < steps:
            old += 1
            site = st.stop[r, old].point - g.depots
            amount = st.node[st.stop[r, old].node].kg
            if merged and old == at:
                amount += kg
        if site >= 0:
            there = g.depots + site
        left = max(driven / g.driving, worked / g.duty)
        leg = minutes[here, there]
        driven, worked, km = driven + leg, worked + leg, km + g.out[here, there]
        if km >= FAR:
            return False
        arrival = max(0, math.ceil(max(driven / g.driving, worked / g.duty) - tolerance) - 1)
        if arrival >= g.max_days:
            return False
        if g.has_closures:
            for offset in range(min(arrival, math.floor(left + tolerance)), arrival + 1):
                mask &= ~(g.closed[here, there] >> np.uint64(offset))
        if site >= 0:
            mask &= g.site[site].open >> np.uint64(arrival)
            worked += g.site[site].service + g.site[site].unload * amount
            haul += amount * km
        here = there
    days = max(1, math.ceil(max(driven / g.driving, worked / g.duty) - tolerance))
    if days > g.max_days or days > g.horizon:
        return False
    mask &= (np.uint64(1) << np.uint64(g.horizon - days + 1)) - np.uint64(1)
    tally.days, tally.mask = days, mask
    tally.walk_cost = pool.fixed + pool.per_km * km + pool.per_kg_km * haul + g.night * (days - 1)
    return bool(mask != np.uint64(0))


@numba_part
def span(days: int, begin: int) -> np.uint64:
    """Bits of the days that a trip takes."""
    return ((np.uint64(1) << np.uint64(days)) - np.uint64(1)) << np.uint64(begin)


@numba_inner
def find_vehicle(g: Ground, st: State, r: int, m: int) -> bool:
    """A vehicle of the pool with the days that the last walk asked for; its own place first."""
    tally, route, pool = st.tally[0], st.route[r], g.pool[m]
    days, mask, own = tally.days, tally.mask, route.vehicle
    for turn in range(pool.first - 1, pool.last):
        vehicle = own if turn < pool.first else turn
        if vehicle < pool.first or vehicle >= pool.last or (turn >= pool.first and vehicle == own):
            continue
        free = st.vehicle_free[vehicle]
        if vehicle == own:
            free |= span(route.days, route.begin)
        runs = free & mask
        for offset in range(1, days):
            runs &= free >> np.uint64(offset)
        if runs == np.uint64(0):
            continue
        begin = 0
        if vehicle == own and (runs >> np.uint64(route.begin)) & np.uint64(1) == np.uint64(1):
            begin = route.begin
        else:
            while (runs >> np.uint64(begin)) & np.uint64(1) == np.uint64(0):
                begin += 1
        tally.vehicle, tally.begin = vehicle, begin
        return True
    return False
