"""Take strings of neighbouring visits out of neighbouring routes (Christiaens and Vanden Berghe 2020)."""

from supply.routing.planner.large.chance import below, uniform
from supply.routing.planner.large.compiled import numba_part
from supply.routing.planner.large.ground import ABSENT, REMOVED, TOUCHED, Ground, State
from supply.routing.planner.large.routes import drop, empty, settle, touch

SPLIT_STRING = 0.5
"""Share of strings that leave some visits in their middle (the paper's value)."""
LEAVE_MORE = 0.01
"""Chance that a string leaves one more visit in its middle (the paper's beta)."""
NEAR_ABSENT = 0.3
"""Share of ruins that make room near a site that is left over, while there is one."""
ALL_VISITS = 0.5
"""Share of iterations that take out every visit of a removed site; only where deliveries may be split."""


@numba_part
def ruin(g: Ground, st: State) -> None:
    """Remove strings near a site drawn by lot; what was removed stands in the list REMOVED."""
    tally = st.tally[0]
    tally.removed = 0
    if tally.trips == 0:
        return
    longest = min(g.string, tally.visits / tally.trips)
    most = 4.0 * g.removed / (1.0 + longest) - 1.0
    strings = int(uniform(st.tally) * most + 1.0)
    seed = below(st.tally, g.sites)
    if tally.absent > 0 and uniform(st.tally) < NEAR_ABSENT:
        seed = st.lists[ABSENT, below(st.tally, tally.absent)]
        longest = float(st.stop.shape[1])  # a large vehicle full of small orders has to be emptied at once
    for index in range(g.near.shape[1]):
        node = st.spot[g.near[seed, index]].first
        while node >= 0 and strings > 0:
            onward = st.node[node].next
            r = st.node[node].route
            if st.route[r].ruined != tally.iteration:
                st.route[r].ruined = tally.iteration
                _take_string(g, st, r, st.node[node].at, longest)
                strings -= 1
                break  # the chain of visits has changed
            node = onward
        if strings == 0:
            break
    if g.can_split and uniform(st.tally) < ALL_VISITS:
        _take_other_visits(g, st)
    for index in range(tally.touched):
        r = st.lists[TOUCHED, index]
        if not settle(g, st, r):
            empty(g, st, r)


@numba_part
def _take_string(g: Ground, st: State, r: int, p: int, longest: float) -> None:
    """Remove a string through stop p, whole or in two parts."""
    touch(st, r)
    length = st.route[r].length
    count = int(uniform(st.tally) * min(float(length), longest) + 1.0)
    count = min(count, length)
    kept = 0
    if 1 < count < length and uniform(st.tally) < SPLIT_STRING:
        kept = 1
        while count + kept < length and uniform(st.tally) < LEAVE_MORE:
            kept += 1
    lowest = max(1, p - count - kept + 1)
    first = lowest + below(st.tally, min(p, length - count - kept + 1) - lowest + 1)
    if kept == 0:
        drop(g, st, r, first, count)
        return
    before = 1 + below(st.tally, count - 1)
    drop(g, st, r, first + before + kept, count - before)
    drop(g, st, r, first, before)


@numba_part
def _take_other_visits(g: Ground, st: State) -> None:
    """Sites that lost a visit lose all, so that their goods can be shared out anew."""
    count = st.tally[0].removed
    for index in range(count):
        s = st.lists[REMOVED, index]
        while st.spot[s].first >= 0:
            visit = st.node[st.spot[s].first]
            touch(st, visit.route)
            drop(g, st, visit.route, visit.at, 1)
