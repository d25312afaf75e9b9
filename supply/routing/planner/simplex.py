"""A small linear program with bounded columns, solved in place: the primal simplex method on a dense table.

Thousands of programs with a dozen rows are solved in the search for trips, too small for a library's call.
"""

from typing import NamedTuple

import numba
import numpy as np

from supply.routing.planner.instance import Bools, Floats, Ints

PIVOT = 1e-9
"""Smaller entries are taken for zero."""
GREEDY = 100
"""Steps with the most profitable column; then the first profitable one, which cannot go in circles."""


class Table(NamedTuple):
    """Σ a x ≤ b, 0 ≤ x ≤ `upper`, greatest Σ profit x.

    `entries` are the rows of `a`, each with its `b` ≥ 0 last, and a row that `maximise` fills, without gaps.
    Columns come first, then the slack of each row. `basic` names the variable of each row, `other` that of
    each column; `turned` variables are counted down from their upper bound.
    """

    entries: Floats
    profit: Floats
    upper: Floats
    basic: Ints
    other: Ints
    turned: Bools
    value: Floats
    """Of each variable, once solved."""


@numba.njit(cache=True, nogil=True)
def table_for(rows: int, columns: int) -> Table:
    """Room for programs of at most so many rows and columns."""
    every = rows + columns
    return Table(
        np.zeros((rows + 1) * (columns + 1)), np.zeros(columns), np.zeros(every),
        np.zeros(rows, np.int64), np.zeros(columns, np.int64), np.zeros(every, np.bool_), np.zeros(every),
    )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def entries_of(rows: int, columns: int, own: Table) -> Floats:
    """The entries of a program of this size as `[row, column]`."""
    used: Floats = own.entries[: (rows + 1) * (columns + 1)].reshape(rows + 1, columns + 1)
    return used


@numba.njit(cache=True, nogil=True)
def maximise(rows: int, columns: int, own: Table) -> float:
    """The greatest profit; the entries are lost."""
    a, steps = entries_of(rows, columns, own), 0
    for j in range(columns):
        own.other[j] = j
        a[rows, j] = own.profit[j]
    a[rows, columns] = 0.0
    for i in range(rows):
        own.basic[i] = columns + i
        own.upper[columns + i] = np.inf
    own.turned[: rows + columns] = False
    while True:
        steps += 1
        enters = _entering(a[rows, :columns], steps > GREEDY)
        if enters < 0:
            break
        leaves, far = _ratio(rows, columns, enters, a, own)
        if leaves < 0:
            _turn(rows, columns, enters, far, a, own)
        else:
            _pivot(rows, columns, leaves, enters, a, own)
    _note_values(rows, columns, a, own)
    profit: float = -a[rows, columns]
    return profit


@numba.njit(cache=True, nogil=True)
def _entering(profits: Floats, is_first: bool) -> int:  # noqa: FBT001 - compiled functions know no names
    """The most profitable column, or the first profitable one; -1 when there is none."""
    enters, most = -1, PIVOT
    for j in range(len(profits)):
        if profits[j] > most:
            enters, most = j, profits[j]
            if is_first:
                break
    return enters


@numba.njit(cache=True, nogil=True)
def _note_values(rows: int, columns: int, a: Floats, own: Table) -> None:
    for j in range(columns):
        own.value[own.other[j]] = 0.0
    for i in range(rows):
        own.value[own.basic[i]] = a[i, columns]
    for v in range(columns):
        if own.turned[v]:
            own.value[v] = own.upper[v] - own.value[v]


@numba.njit(cache=True, nogil=True)
def _ratio(rows: int, columns: int, enters: int, a: Floats, own: Table) -> tuple[int, float]:
    """The row that ends the way of a column, or -1 for its own upper bound; and how far it goes."""
    leaves, far = -1, own.upper[own.other[enters]]
    for i in range(rows):
        entry = a[i, enters]
        if entry > PIVOT:
            way = max(a[i, columns], 0.0) / entry
        elif entry < -PIVOT and own.upper[own.basic[i]] < np.inf:
            way = max(own.upper[own.basic[i]] - a[i, columns], 0.0) / -entry
        else:
            continue
        if way < far - 1e-12 or (way <= far and leaves >= 0 and own.basic[i] < own.basic[leaves]):
            leaves, far = i, way
    return leaves, far


@numba.njit(cache=True, nogil=True)
def _turn(  # noqa: PLR0917 - compiled functions know no names
    rows: int, columns: int, enters: int, far: float, a: Floats, own: Table
) -> None:
    """Put a column at its other bound and count it from there."""
    v = own.other[enters]
    own.turned[v] = not own.turned[v]
    for i in range(rows + 1):
        a[i, columns] -= a[i, enters] * far
        a[i, enters] = -a[i, enters]


@numba.njit(cache=True, nogil=True)
def _pivot(  # noqa: PLR0917 - as above
    rows: int, columns: int, leaves: int, enters: int, a: Floats, own: Table
) -> None:
    """Exchange the variables of a row and a column; one that leaves at its upper bound is turned first."""
    if a[leaves, enters] < 0.0:
        v = own.basic[leaves]
        own.turned[v] = not own.turned[v]
        for j in range(columns):
            a[leaves, j] = -a[leaves, j]
        a[leaves, columns] = own.upper[v] - a[leaves, columns]
    inverse = 1.0 / a[leaves, enters]
    for j in range(columns + 1):
        a[leaves, j] *= inverse
    a[leaves, enters] = inverse
    for i in range(rows + 1):
        factor = a[i, enters]
        if i == leaves or factor == 0.0:
            continue
        for j in range(columns + 1):
            a[i, j] -= factor * a[leaves, j]
        a[i, enters] = -factor * inverse
    own.basic[leaves], own.other[enters] = own.other[enters], own.basic[leaves]
