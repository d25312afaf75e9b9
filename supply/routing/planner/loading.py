"""The best load of one trip: small linear programs, and branching where curves are not concave.

Between two kg a stop's curve is at most its least concave function; with these, and the concave counts of the
cuts of several stops, the best load is a linear program. Where its solution stands on a chord the stop's kg
are split at the foot of a step; between two feet every curve is concave, so that this ends.
"""

import math

import numba
import numpy as np

from supply.routing.planner.instance import Floats, Ints
from supply.routing.planner.loads import (
    OPEN,
    Desk,
    Priced,
    bends,
    draw_curve,
    share_out,
    together_worth,
    weight,
    worth_at,
)
from supply.routing.planner.simplex import entries_of, maximise

TRIED = 400
"""Linear programs that are solved for one trip before its bound has to do."""
CLOSE = 1e-7
"""A chord is on the curve when it is above it by a smaller share of the value."""


@numba.njit(cache=True, nogil=True)
def load_worth(  # noqa: PLR0917 - compiled functions know no names
    pool: int, size: int, stops: Ints, room: float, demand: Floats, worth: Floats, whole: bool,  # noqa: FBT001
    enough: float, sought: float, cuts: Priced, desk: Desk,
) -> float:  # fmt: skip
    """The worth of the best load, then in `desk.load`, where it is above `enough` and `sought`; else a bound.

    `worth` is that of a kg at each stop, and is changed; `whole`: each stop gets all it needs. A bound of at
    most `enough` is not made any better, nor one of at most `sought` by branching.
    """
    share_out(pool, size, stops, room, demand, worth, cuts, desk)
    total = 0.0
    if whole:
        for j in range(size):
            desk.load[j] = demand[stops[j]]
            total += worth_at(desk.load[j], worth[j], j, cuts, desk)
        return total + together_worth(size, desk.load, cuts, desk)
    for j in range(size):
        total += draw_curve(j, worth[j], min(demand[stops[j]], room), cuts, desk)
    return total + best_load(size, worth, room, enough - total, sought - total, cuts, desk)


@numba.njit(cache=True, nogil=True)
def one_by_one(size: int, room: float, cuts: Priced, desk: Desk) -> tuple[float, bool]:
    """Each stop with its best kg, cuts of several with all they may count; whether that is a load."""
    total = kg = 0.0
    for j in range(size):
        best, load = 0.0, 0.0
        for i in range(desk.number[j]):
            if desk.values[j, i] > best + 1e-12:
                best, load = desk.values[j, i], desk.points[j, i]
        desk.load[j] = load
        total += best
        kg += load
    for g in range(desk.joints[0]):
        c = desk.joint[g]
        total += cuts.worth[c] * weight(desk.top[g], cuts.step[c], cuts.part[c])
    return total, kg <= room + 1e-9 and desk.joints[0] == 0


@numba.njit(cache=True, nogil=True)
def best_load(  # noqa: PLR0917 - as above
    size: int, worth: Floats, room: float, enough: float, sought: float, cuts: Priced, desk: Desk
) -> float:
    """As `load_worth`, once curves are drawn."""
    bound, is_load = one_by_one(size, room, cuts, desk)
    if is_load or bound <= enough:
        return bound
    desk.low[0, :size] = 0.0
    for j in range(size):
        desk.high[0, j] = desk.points[j, desk.number[j] - 1]
    best, count, tried = -np.inf, 1, 0
    while count > 0:
        count -= 1
        value = relaxed(size, worth, room, cuts, desk, count)
        tried += 1
        if tried == 1:
            bound = value
            if bound <= sought:
                return bound
        if tried > TRIED or count + 2 > OPEN:
            return bound
        if value <= best + close_to(best):
            continue
        here = together_worth(size, desk.trial, cuts, desk)
        for j in range(size):
            here += worth_at(desk.trial[j], worth[j], j, cuts, desk)
        if here > best:
            best = here
            desk.load[:size] = desk.trial[:size]
        if value > here + close_to(here):
            split(size, worth, cuts, desk, count)
            count += 2
    return best


@numba.njit(cache=True, nogil=True, inline="always")
def close_to(value: float) -> float:
    """What is not worth looking for."""
    return CLOSE * max(abs(value), 1.0) if value > -np.inf else 0.0


@numba.njit(cache=True, nogil=True)
def relaxed(  # noqa: PLR0917 - as above
    size: int, worth: Floats, room: float, cuts: Priced, desk: Desk, part: int
) -> float:
    """The linear program over one part of the loads; its load in `desk.trial`, minus infinity without one."""
    own, joints = desk.table, desk.joints[0]
    left, value, columns = room, 0.0, 0
    for j in range(size):
        left -= desk.low[part, j]
    if left < -1e-6:
        return -np.inf
    for j in range(size):
        value += worth_at(desk.low[part, j], worth[j], j, cuts, desk)
        columns = lay_chords(j, worth[j], columns, cuts, desk, part)
    chords, columns = columns, lay_counts(columns, cuts, desk)
    lay_rows(size, chords, columns, max(left, 0.0), desk, part)
    value += maximise(joints + 1, columns, own)
    desk.trial[:size] = desk.low[part, :size]
    for column in range(chords):
        desk.trial[desk.owner[column]] += own.value[column]
    return value


@numba.njit(cache=True, nogil=True)
def lay_counts(columns: int, cuts: Priced, desk: Desk) -> int:
    """A column for each straight piece of what a cut of several stops counts; how many columns now."""
    for g in range(desk.joints[0]):
        c = desk.joint[g]
        step, part = cuts.step[c], cuts.part[c]
        first, last, slope = bends(desk.top[g], step, part)
        pieces = ((first, 1.0 / (part * step)), (last - first, 1.0 / step), (desk.top[g] - last, slope))
        for kg, steep in pieces:
            if kg > 1e-6 and steep > 0.0:
                desk.table.upper[columns], desk.table.profit[columns] = kg, cuts.worth[c] * steep
                desk.owner[columns] = g
                columns += 1
    return columns


@numba.njit(cache=True, nogil=True)
def lay_rows(  # noqa: PLR0917 - as above
    size: int, chords: int, columns: int, left: float, desk: Desk, part: int
) -> None:
    """Room for all; no cut of several stops counts more than they get."""
    rows = desk.joints[0] + 1
    table = entries_of(rows, columns, desk.table)
    for column in range(columns):
        is_chord, owner = column < chords, desk.owner[column]
        table[0, column] = 1.0 if is_chord else 0.0
        for g in range(rows - 1):
            if is_chord:
                table[g + 1, column] = -1.0 if desk.together[g, owner] else 0.0
            else:
                table[g + 1, column] = 1.0 if owner == g else 0.0
    table[0, columns] = left
    for g in range(rows - 1):
        table[g + 1, columns] = 0.0
        for j in range(size):
            if desk.together[g, j]:
                table[g + 1, columns] += desk.low[part, j]


@numba.njit(cache=True, nogil=True)
def lay_chords(  # noqa: PLR0917 - as above
    stop: int, worth: float, columns: int, cuts: Priced, desk: Desk, part: int
) -> int:
    """A column for each piece of the least concave function above a stop's curve; how many columns now."""
    low, high = desk.low[part, stop], desk.high[part, stop]
    kg, value, number = desk.hull_kg, desk.hull_value, 1
    kg[0], value[0] = low, worth_at(low, worth, stop, cuts, desk)
    for i in range(desk.number[stop] + 1):
        if i < desk.number[stop]:
            here, there = desk.points[stop, i], desk.values[stop, i]
            if here <= low + 1e-6 or here >= high - 1e-6:
                continue
        elif high > low + 1e-6:
            here, there = high, worth_at(high, worth, stop, cuts, desk)
        else:
            continue
        while number > 1 and (there - value[number - 1]) * (kg[number - 1] - kg[number - 2]) >= (
            value[number - 1] - value[number - 2]
        ) * (here - kg[number - 1]):
            number -= 1
        kg[number], value[number] = here, there
        number += 1
    for i in range(1, number):
        length = kg[i] - kg[i - 1]
        if length > 1e-9:
            desk.table.upper[columns] = length
            desk.table.profit[columns] = (value[i] - value[i - 1]) / length
            desk.owner[columns] = stop
            columns += 1
    return columns


@numba.njit(cache=True, nogil=True)
def split(size: int, worth: Floats, cuts: Priced, desk: Desk, part: int) -> None:
    """Two parts in place of one: at the stop farthest below its chord, at the nearest foot of a step."""
    at, most = 0, -np.inf
    for j in range(size):
        short = chord_at(j, worth[j], cuts, desk, part) - worth_at(desk.trial[j], worth[j], j, cuts, desk)
        if short > most:
            at, most = j, short
    low, high, kg = desk.low[part, at], desk.high[part, at], desk.trial[at]
    foot, away = kg, np.inf
    for i in range(desk.owned[at]):
        c = desk.own[at, i]
        for more in range(2):
            here = (math.floor(kg / cuts.step[c] + 1e-9) + more) * cuts.step[c]
            if low + 1e-6 < here < min(high, cuts.need[c]) - 1e-6 and abs(here - kg) < away:
                foot, away = here, abs(here - kg)
    desk.low[part + 1, :size], desk.high[part + 1, :size] = desk.low[part, :size], desk.high[part, :size]
    desk.low[part + 1, at] = foot
    desk.high[part, at] = foot


@numba.njit(cache=True, nogil=True)
def chord_at(stop: int, worth: float, cuts: Priced, desk: Desk, part: int) -> float:
    """What the concave function above a stop's curve says of the kg that are tried."""
    low = desk.low[part, stop]
    value, kg = worth_at(low, worth, stop, cuts, desk), desk.trial[stop] - low
    columns = lay_chords(stop, worth, 0, cuts, desk, part)
    for column in range(columns):
        length = min(desk.table.upper[column], kg)
        value += length * desk.table.profit[column]
        kg -= length
    return value
