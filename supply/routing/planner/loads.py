"""The best load of one trip when a stop's goods are worth what a curve says, not so much a kg.

A cut counts a trip that stops once in its set by the kg it brings there, rounded as the cut rounds: a
staircase with steep steps and flat treads. With a price on each kg of room (Lagrange) stops are decided one
by one, which bounds the value; in a best load all stops but one stand at the top of a step, at nothing or at
all they need, which a short search makes use of.
"""

import math
from typing import NamedTuple

import numba
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Ints

POINTS = 160
"""Tops of steps that a stop's curve may have; cuts beyond count as if the stop brought all it can."""
HALVINGS = 14
"""Steps of the search for the price of room."""
TRIED = 4_000
"""Loads that are looked at for one trip before its bound has to do."""


class Priced(NamedTuple):
    """Cuts that are worth something: their sites and pools, worth of a unit, need, step, part."""

    member: Bools
    pools: Bools
    worth: Floats
    need: Floats
    step: Floats
    part: Floats


class Desk(NamedTuple):
    """Room to work in: for each stop its cuts, and the points of its curve with their values."""

    own: Ints
    owned: Ints
    points: Floats
    values: Floats
    number: Ints
    load: Floats
    trial: Floats
    at: Ints
    rest: Floats
    seen: Ints


@numba.njit(cache=True, nogil=True, inline="always")
def weight(amount: float, step: float, part: float) -> float:
    """Mixed-integer rounding of amount / step: whole steps, then the rest as a share of `part`."""
    whole = math.floor(amount / step + 1e-9)
    return whole + min(max(amount / step - whole, 0.0) / part, 1.0)


@numba.njit(cache=True, nogil=True)
def desk_for(stops: int, cuts: int) -> Desk:
    """For trips of so many stops and so many cuts."""
    return Desk(
        np.zeros((stops, cuts + 1), np.int64), np.zeros(stops, np.int64), np.zeros((stops, POINTS)),
        np.zeros((stops, POINTS)), np.zeros(stops, np.int64), np.zeros(stops), np.zeros(stops),
        np.zeros(stops + 1, np.int64), np.zeros(stops + 1), np.zeros(cuts, np.int64),
    )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def worth_at(kg: float, worth: float, stop: int, cuts: Priced, desk: Desk) -> float:
    """What so many kg at a stop are worth."""
    value = worth * kg
    for i in range(desk.owned[stop]):
        c = desk.own[stop, i]
        value += cuts.worth[c] * weight(min(kg, cuts.need[c]), cuts.step[c], cuts.part[c])
    return value


@numba.njit(cache=True, nogil=True)
def draw_curve(stop: int, worth: float, most: float, cuts: Priced, desk: Desk) -> float:
    """Fill in the points of a stop that brings at most so many kg; returns what did not fit."""
    count, beyond = 1, 0.0
    desk.points[stop, 0] = most
    kept = 0
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
                desk.points[stop, count] = kg
                count += 1
        if end < most:
            desk.points[stop, count] = end
            count += 1
    desk.owned[stop] = kept
    for i in range(count):
        desk.values[stop, i] = worth_at(desk.points[stop, i], worth, stop, cuts, desk)
    desk.number[stop] = count
    return beyond


@numba.njit(cache=True, nogil=True)
def priced_room(size: int, price: float, desk: Desk) -> tuple[float, float]:
    """Value and kg of the stops decided one by one when a kg of room costs so much."""
    total = kg = 0.0
    for j in range(size):
        best, load = 0.0, 0.0
        for i in range(desk.number[j]):
            value = desk.values[j, i] - price * desk.points[j, i]
            if value > best + 1e-12:
                best, load = value, desk.points[j, i]
        desk.trial[j] = load
        total += best
        kg += load
    return total, kg


@numba.njit(cache=True, nogil=True)
def best_load(  # noqa: PLR0917 - compiled functions know no names
    size: int, worth: Floats, room: float, enough: float, sought: float, cuts: Priced, desk: Desk
) -> float:
    """The value of the best load, then in `desk.load`, where it is above `enough` and `sought`; else a bound.

    A bound of at most `enough` is not made any better, nor one of at most `sought` by looking at loads.
    Curves are drawn. When too many loads would have to be looked at, the value is a bound as well.
    """
    total, kg = priced_room(size, 0.0, desk)
    desk.load[:size] = desk.trial[:size]
    if kg <= room + 1e-9 or total <= enough:
        return total
    bound, price, low, high = total, 0.0, 0.0, 0.0
    for j in range(size):
        for i in range(desk.number[j]):
            high = max(high, desk.values[j, i] / max(desk.points[j, i], 1.0))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        value, kg = priced_room(size, middle, desk)
        if value + middle * room < bound:
            bound, price = value + middle * room, middle
            if bound <= enough:
                return bound
        if kg > room:
            low = middle
        else:
            high = middle
    priced_room(size, high, desk)
    desk.load[:size] = desk.trial[:size]
    if bound <= sought:
        return bound
    return searched(size, worth, room, bound, price, cuts, desk)


@numba.njit(cache=True, nogil=True)
def by_price(size: int, price: float, desk: Desk) -> None:
    """Points of each stop by what they are worth beyond the price of their room; `rest` sums the best."""
    for j in range(size):
        for i in range(1, desk.number[j]):
            point, value = desk.points[j, i], desk.values[j, i]
            k = i
            while k > 0 and desk.values[j, k - 1] - price * desk.points[j, k - 1] < value - price * point:
                desk.points[j, k], desk.values[j, k] = desk.points[j, k - 1], desk.values[j, k - 1]
                k -= 1
            desk.points[j, k], desk.values[j, k] = point, value


@numba.njit(cache=True, nogil=True)
def searched(  # noqa: C901, PLR0912, PLR0917 - one compiled loop; compiled functions know no names
    size: int, worth: Floats, room: float, bound: float, price: float, cuts: Priced, desk: Desk
) -> float:
    """Each stop in turn takes the room that the others leave; the others stand at points."""
    by_price(size, price, desk)
    best, tried = 0.0, 0
    for free in range(size):
        desk.rest[size] = max(desk.values[free, 0] - price * desk.points[free, 0], 0.0)
        for j in range(size - 1, -1, -1):
            top = max(desk.values[j, 0] - price * desk.points[j, 0], 0.0)
            desk.rest[j] = desk.rest[j + 1] + (0.0 if j == free else top)
        depth, left, value = 0, room, 0.0
        desk.at[0] = -1
        desk.trial[:size] = 0.0
        while depth >= 0:
            if depth == size:
                tried += 1
                kg, more = best_within(free, left, worth[free], cuts, desk)
                if value + more > best + 1e-9:
                    best = value + more
                    desk.load[:size] = desk.trial[:size]
                    desk.load[free] = kg
                depth -= 1
                continue
            # Take back what this stop had, then try its next point; the last is to bring nothing.
            if desk.at[depth] >= 0 and depth != free and desk.trial[depth] > 0.0:
                left += desk.trial[depth]
                value -= desk.values[depth, desk.at[depth]]
                desk.trial[depth] = 0.0
            desk.at[depth] += 1
            i = desk.at[depth]
            last = 0 if depth == free else desk.number[depth]
            if i > last or tried > TRIED:
                depth -= 1
                continue
            if i < last:
                kg = desk.points[depth, i]
                beyond = desk.values[depth, i] - price * kg
                if value + price * left + beyond + desk.rest[depth + 1] <= best + 1e-9:
                    if beyond > 0.0:  # neither the next points nor nothing can be better
                        depth -= 1
                    else:
                        desk.at[depth] = last - 1
                    continue
                if kg > left + 1e-9:
                    continue
                desk.trial[depth] = kg
                left -= kg
                value += desk.values[depth, i]
            elif value + price * left + desk.rest[depth + 1] <= best + 1e-9:
                depth -= 1
                continue
            depth += 1
            if depth < size:
                desk.at[depth] = -1
    return bound if tried > TRIED else best


@numba.njit(cache=True, nogil=True)
def best_within(stop: int, left: float, worth: float, cuts: Priced, desk: Desk) -> tuple[float, float]:
    """The best kg of a stop within the room that is left, and their value."""
    kg = value = 0.0
    most = 0.0
    for i in range(desk.number[stop]):
        most = max(most, desk.points[stop, i])
        if desk.points[stop, i] <= left + 1e-9 and desk.values[stop, i] > value:
            kg, value = desk.points[stop, i], desk.values[stop, i]
    if left < most:
        here = worth_at(left, worth, stop, cuts, desk)
        if here > value:
            kg, value = left, here
    return kg, value
