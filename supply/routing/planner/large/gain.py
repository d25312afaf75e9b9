"""The trip of most gain at given prices of goods: compiled, exact up to what its limits leave out.

A trip gains what its goods are worth less what it costs. Upper limits of what stops can still add steer the
search: capacity, nights and hours are priced (Lagrange), so that a table over the last stop and the number of
stops suffices; of several such prices the lowest limit counts.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from supply.routing.planner.instance import Floats
from supply.routing.planner.large.compiled import numba_inner, numba_outer

HOURS = 3
"""Ways to price time: one day at least; days by driving; days by duty."""


class Field(NamedTuple):
    """What one pool may visit; point 0 is its depot. `worth` by stop and product, before haulage."""

    km: Floats
    minutes: Floats
    direct: Floats
    worth: Floats
    most: Floats
    stop_minutes: Floats
    capacity: float
    fixed: float
    per_km: float
    per_kg_km: float
    night: float
    day: float
    driving: float
    duty: float
    depot_minutes: float
    minutes_per_kg: float
    max_days: int
    max_stops: int
    levels: Floats


class Found(NamedTuple):
    """Best trip by its first stop: gain, stops (numbers of the field), days and load by stop and product."""

    gain: Floats
    length: NDArray[np.int64]
    stops: NDArray[np.int64]
    days: NDArray[np.int64]
    load: Floats


class Desk(NamedTuple):
    """Working arrays: limits, and what has been put together on the path so far. `onward[way, to, from]`."""

    legs: Floats
    onward: Floats
    prize: Floats
    rest: Floats
    sums: Floats
    limit: Floats
    path: NDArray[np.int64]
    used: NDArray[np.bool_]
    load: Floats
    worths: Floats
    order: NDArray[np.int64]


def found_of(field: Field) -> Found:
    """Nothing yet."""
    count, products = field.worth.shape
    return Found(
        np.zeros(count), np.zeros(count, np.int64), np.zeros((count, field.max_stops), np.int64),
        np.zeros(count, np.int64), np.zeros((count, field.max_stops, products)),
    )  # fmt: skip


def desk_of(field: Field) -> Desk:
    """Empty."""
    count, products = field.worth.shape
    prices, depth = HOURS * len(field.levels), field.max_stops + 1
    return Desk(
        np.zeros((HOURS, count + 1, count + 1)), np.zeros((HOURS, count, count)), np.zeros((prices, count)),
        np.zeros((field.max_stops, prices, count)), np.zeros((depth, prices)),
        np.zeros((depth, count)), np.zeros(depth, np.int64), np.zeros(count, np.bool_),
        np.zeros((field.max_stops, products)),
        np.zeros(field.max_stops * products), np.zeros(field.max_stops * products, np.int64),
    )  # fmt: skip


@numba_inner
def _price(f: Field, d: Desk) -> None:
    """Legs, prizes and the most that further stops can add, for each way to price time and capacity."""
    count, points = f.worth.shape[0], f.km.shape[0]
    for way in range(HOURS):
        rate = (f.night + f.day) / (f.driving if way == 1 else f.duty) if way else 0.0
        per_kg = rate * f.minutes_per_kg if way == 2 else 0.0
        for a in range(points):
            for b in range(points):
                d.legs[way, a, b] = f.per_km * f.km[a, b] + rate * f.minutes[a, b]
                if a > 0 and b > 0:
                    d.onward[way, b - 1, a - 1] = d.legs[way, a, b] if a != b else np.inf
        for level in range(f.levels.shape[0]):
            v = way * f.levels.shape[0] + level
            for i in range(count):
                prize = -rate * f.stop_minutes[i] if way == 2 else 0.0
                for k in range(f.worth.shape[1]):
                    each = f.worth[i, k] - f.per_kg_km * f.direct[i] - per_kg - f.levels[level]
                    prize += max(0.0, each) * f.most[i, k]
                d.prize[v, i] = prize
                d.rest[0, v, i] = -d.legs[way, i + 1, 0]
            base = f.day if way == 0 else -f.night
            base += rate * f.depot_minutes if way == 2 else 0.0
            d.sums[0, v] = f.levels[level] * f.capacity - f.fixed - base
    for more in range(1, f.max_stops):
        for v in range(d.prize.shape[0]):
            _one_more(d.rest[more - 1, v], d.rest[more, v], d.prize[v], d.onward[v // f.levels.shape[0]])


@numba_inner
def _one_more(rest: Floats, best: Floats, prize: Floats, onward: Floats) -> None:
    """The most that one more stop can add, by the stop before; written so that it is done in vectors."""
    for i in range(rest.shape[0]):
        best[i] = rest[i]
    for j in range(rest.shape[0]):
        gain = prize[j] + rest[j]
        for i in range(rest.shape[0]):
            total = gain - onward[j, i]
            best[i] = max(best[i], total)


@numba_inner
def _look_on(f: Field, d: Desk, depth: int) -> None:
    """The most that a trip can gain that goes on from the path of this depth, by its next stop."""
    last, levels = d.path[depth - 1] + 1 if depth > 0 else 0, f.levels.shape[0]
    more = f.max_stops - depth - 1
    limit = d.limit[depth]
    for j in range(f.worth.shape[0]):
        limit[j] = -np.inf if d.used[j] else np.inf
    for v in range(d.prize.shape[0]):
        prize, rest, legs = d.prize[v], d.rest[more, v], d.legs[v // levels, last]
        total = d.sums[depth, v]
        for j in range(f.worth.shape[0]):
            most = total - legs[j + 1] + prize[j] + rest[j]
            limit[j] = min(limit[j], most)


@numba_inner
def _best_next(d: Desk, depth: int) -> int:
    """The stop that promises most."""
    best = 0
    limit = d.limit[depth]
    for j in range(1, limit.shape[0]):
        if limit[j] > limit[best]:
            best = j
    return best


@numba_inner
def _step(f: Field, d: Desk, depth: int, j: int) -> None:
    """Put the stop on the path."""
    last = d.path[depth - 1] + 1 if depth > 0 else 0
    for v in range(d.prize.shape[0]):
        leg = d.legs[v // f.levels.shape[0], last, j + 1]
        d.sums[depth + 1, v] = d.sums[depth, v] - leg + d.prize[v, j]
    d.path[depth] = j


@numba_inner
def _gain(f: Field, d: Desk, length: int) -> tuple[float, int]:
    """Gain of the path as a whole trip with its best load, and its days; -inf when it takes too many."""
    products, km, minutes, fixed = f.worth.shape[1], 0.0, 0.0, f.depot_minutes
    here, items = 0, 0
    for p in range(length):
        i = d.path[p]
        km, minutes, fixed = (
            km + f.km[here, i + 1],
            minutes + f.minutes[here, i + 1],
            fixed + f.stop_minutes[i],
        )
        here = i + 1
        for k in range(products):
            each = f.worth[i, k] - f.per_kg_km * km
            place = items
            while place > 0 and d.worths[place - 1] < each:
                d.worths[place], d.order[place] = d.worths[place - 1], d.order[place - 1]
                place -= 1
            d.worths[place], d.order[place] = each, p * products + k
            items += 1
    km, minutes = km + f.km[here, 0], minutes + f.minutes[here, 0]
    best, chosen, room = -np.inf, 0, f.capacity
    first = max(1, math.ceil(max(minutes / f.driving, (minutes + fixed) / f.duty) - 1e-6))
    for days in range(first, f.max_days + 1):
        able = f.capacity
        if f.minutes_per_kg > 0.0:
            able = min(able, (f.duty * days + 1e-3 - minutes - fixed) / f.minutes_per_kg)
        total, left = -f.fixed - f.per_km * km - f.night * (days - 1) - f.day * days, able
        for item in range(items):
            if d.worths[item] <= 0.0 or left <= 0.0:
                break
            amount = min(left, f.most[d.path[d.order[item] // products], d.order[item] % products])
            total += amount * d.worths[item]
            left -= amount
        if total > best:
            best, chosen, room = total, days, able
        if able >= f.capacity:
            break
    for item in range(items):
        p, k = d.order[item] // products, d.order[item] % products
        d.load[p, k] = max(0.0, min(room, f.most[d.path[p], k])) if d.worths[item] > 0.0 else 0.0
        room -= d.load[p, k]
    return best, chosen


@numba_inner
def _note(f: Field, d: Desk, out: Found, length: int, gain: float, days: int) -> None:  # noqa: PLR0917
    """The path is the best trip of its first stop."""
    start = d.path[0]
    out.gain[start], out.length[start], out.days[start] = gain, length, days
    for p in range(length):
        out.stops[start, p] = d.path[p]
        for k in range(f.worth.shape[1]):
            out.load[start, p, k] = d.load[p, k]


@numba_inner
def _from(f: Field, d: Desk, out: Found, start: int, least: float, patience: int) -> float:  # noqa: PLR0917
    """The best trip that begins with this stop; no such trip gains more than this."""
    best, depth, paths = least, 0, 0
    while True:
        j = start if depth == 0 else _best_next(d, depth)
        if d.limit[depth, j] <= best:
            if depth == 0:
                return best
            depth -= 1
            d.used[d.path[depth]] = False
            continue
        if paths >= patience:
            break
        paths += 1
        _step(f, d, depth, j)
        d.limit[depth, j] = -np.inf
        gain, days = _gain(f, d, depth + 1)
        if gain > best:
            best = gain
            _note(f, d, out, depth + 1, gain, days)
        if depth + 1 < f.max_stops:
            d.used[j] = True
            depth += 1
            _look_on(f, d, depth)
    most = best
    while True:
        most = max(most, float(d.limit[depth, start if depth == 0 else _best_next(d, depth)]))
        if depth == 0:
            return most
        depth -= 1
        d.used[d.path[depth]] = False


@numba_outer
def most_gain(f: Field, d: Desk, out: Found, least: float, patience: int) -> float:
    """Fill `out` with the best trip by first stop that gains more than `least`; no trip gains more than this.

    A first stop is left after `patience` paths; what might still follow counts with its limit.
    """
    _price(f, d)
    _look_on(f, d, 0)
    most = least
    for start in range(f.worth.shape[0]):
        most = max(most, _from(f, d, out, start, least, patience))
    return most
