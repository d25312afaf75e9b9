"""What goods on board of one trip are worth when cuts count what it brings, not so much a kg.

A cut counts a trip that stops once in its set by the kg it brings there, rounded as the cut rounds: a
staircase with steep steps and flat treads. One that stops there more often is counted by all that it brings
to them, with the least concave function above that staircase: then the best load is nearly a linear program.
"""

import math
from typing import NamedTuple

import numba
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Ints
from supply.routing.planner.simplex import Table, table_for

POINTS = 160
"""Tops of steps that a stop's curve may have; cuts beyond count as if the stop brought all it can."""
SLOPES = 3
"""Straight pieces of a concave count: to the first step, over the others, what is left."""
OPEN = 40
"""Parts of the search for the best load that may be open at once."""


class Priced(NamedTuple):
    """Cuts that are worth something: their sites and pools, worth of a unit, need, step, part."""

    member: Bools
    pools: Bools
    worth: Floats
    need: Floats
    step: Floats
    part: Floats


class Desk(NamedTuple):
    """Room to work in for one trip.

    For each stop the cuts of which it is the only stop, and the points of its curve with their values,
    ascending; the cuts of several of its stops, which stops those are and the most that they count by.
    """

    own: Ints
    owned: Ints
    points: Floats
    values: Floats
    number: Ints
    joint: Ints
    joints: Ints
    together: Bools
    top: Floats
    load: Floats
    trial: Floats
    low: Floats
    high: Floats
    """Of the search: from how many kg to how many each stop may get, by parts still open."""
    hull_kg: Floats
    hull_value: Floats
    owner: Ints
    """By column of the linear program: the stop, or the number of the cut of several stops."""
    table: Table


@numba.njit(cache=True, nogil=True, inline="always")
def weight(amount: float, step: float, part: float) -> float:
    """Mixed-integer rounding of amount / step: whole steps, then the rest as a share of `part`."""
    whole = math.floor(amount / step + 1e-9)
    return whole + min(max(amount / step - whole, 0.0) / part, 1.0)


@numba.njit(cache=True, nogil=True, inline="always")
def bends(top: float, step: float, part: float) -> tuple[float, float, float]:
    """Of the least concave function above `weight` up to `top`: the kg of its two bends, its last slope."""
    first = min(part * step, top)
    steps = math.floor(top / step - part + 1e-9)
    if steps <= 0:
        last, most = first, 1.0
    else:
        last, most = (steps + part) * step, steps + 1.0
    if top - last <= 1e-6:
        return first, last, 0.0
    return first, last, max(weight(top, step, part) - most, 0.0) / (top - last)


@numba.njit(cache=True, nogil=True)
def eased(amount: float, top: float, step: float, part: float) -> float:
    """The least concave function above `weight` up to `top`."""
    amount = min(amount, top)
    first, last, slope = bends(top, step, part)
    if amount <= first:
        return amount / (part * step)
    if amount <= last:
        return first / (part * step) + (amount - first) / step
    return first / (part * step) + (last - first) / step + (amount - last) * slope


@numba.njit(cache=True, nogil=True)
def desk_for(stops: int, cuts: int) -> Desk:
    """For trips of so many stops and so many cuts."""
    columns = stops * (POINTS + 1) + SLOPES * cuts
    return Desk(
        np.zeros((stops, cuts + 1), np.int64), np.zeros(stops, np.int64), np.zeros((stops, POINTS)),
        np.zeros((stops, POINTS)), np.zeros(stops, np.int64), np.zeros(cuts + 1, np.int64),
        np.zeros(1, np.int64), np.zeros((cuts + 1, stops), np.bool_), np.zeros(cuts + 1),
        np.zeros(stops), np.zeros(stops),
        np.zeros((OPEN, stops)), np.zeros((OPEN, stops)), np.zeros(POINTS + 2), np.zeros(POINTS + 2),
        np.zeros(columns, np.int64), table_for(cuts + 1, columns),
    )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def worth_at(kg: float, worth: float, stop: int, cuts: Priced, desk: Desk) -> float:
    """What so many kg at a stop are worth, without the cuts of several stops."""
    value = worth * kg
    for i in range(desk.owned[stop]):
        c = desk.own[stop, i]
        value += cuts.worth[c] * weight(min(kg, cuts.need[c]), cuts.step[c], cuts.part[c])
    return value


@numba.njit(cache=True, nogil=True)
def draw_curve(stop: int, worth: float, most: float, cuts: Priced, desk: Desk) -> float:
    """Fill in the points of a stop that brings at most so many kg; returns what did not fit."""
    count, kept, beyond = 1, 0, 0.0
    points = desk.points[stop]
    points[0] = most
    for i in range(desk.owned[stop]):
        c = desk.own[stop, i]
        step, part, end = cuts.step[c], cuts.part[c], min(most, cuts.need[c])
        number = math.ceil(end / step - part)
        if count + number + 1 > POINTS:
            beyond += cuts.worth[c] * weight(end, step, part)
            continue
        desk.own[stop, kept] = c
        kept += 1
        for k in range(number):
            kg = (k + part) * step
            if 0.0 < kg < end - 1e-9:
                points[count] = kg
                count += 1
        if end < most:
            points[count] = end
            count += 1
    desk.owned[stop] = kept
    for i in range(1, count):
        kg, k = points[i], i
        while k > 0 and points[k - 1] > kg:
            points[k] = points[k - 1]
            k -= 1
        points[k] = kg
    for i in range(count):
        desk.values[stop, i] = worth_at(points[i], worth, stop, cuts, desk)
    desk.number[stop] = count
    return beyond


@numba.njit(cache=True, nogil=True)
def share_out(  # noqa: PLR0917 - compiled functions know no names
    pool: int, size: int, stops: Ints, room: float, demand: Floats, worth: Floats, cuts: Priced, desk: Desk
) -> None:
    """Which cuts count by one stop of the trip, and which by several together.

    One that counts the trip in proportion to what it brings to several is added to the worth of a kg there.
    """
    desk.owned[:size] = 0
    joints = 0
    for c in range(len(cuts.worth)):
        if not cuts.pools[c, pool]:
            continue
        members, kg, stop = 0, 0.0, 0
        for j in range(size):
            is_member = cuts.member[c, stops[j]]
            desk.together[joints, j] = is_member
            if is_member:
                members += 1
                kg += demand[stops[j]]
                stop = j
        if members == 1:
            desk.own[stop, desk.owned[stop]] = c
            desk.owned[stop] += 1
        elif members > 1:
            desk.joint[joints], desk.top[joints] = c, min(kg, room, cuts.need[c])
            first = cuts.part[c] * cuts.step[c]
            if desk.top[joints] <= first and cuts.need[c] >= min(kg, room):
                for j in range(size):
                    worth[j] += cuts.worth[c] / first if desk.together[joints, j] else 0.0
            else:
                joints += 1
    desk.joints[0] = joints


@numba.njit(cache=True, nogil=True)
def together_worth(size: int, load: Floats, cuts: Priced, desk: Desk) -> float:
    """What a load is worth by the cuts of several stops."""
    total = 0.0
    for g in range(desk.joints[0]):
        c, kg = desk.joint[g], 0.0
        for j in range(size):
            if desk.together[g, j]:
                kg += load[j]
        total += cuts.worth[c] * eased(kg, desk.top[g], cuts.step[c], cuts.part[c])
    return total
