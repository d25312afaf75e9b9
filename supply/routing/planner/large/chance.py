"""Random numbers from a state of their own, so that the same seed gives the same plan."""

import numba
import numpy as np

from supply.routing.planner.large.ground import Records

SHIFTS = (np.uint64(13), np.uint64(7), np.uint64(17))
"""Xorshift of 64 bits (Marsaglia 2003)."""


@numba.njit(nogil=True)
def uniform(tally: Records) -> float:
    """A number from 0 to below 1."""
    word = tally[0].seed
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    word ^= word << np.uint64(17)
    tally[0].seed = word
    return float(np.int64(word >> np.uint64(11))) * 1.1102230246251565e-16


@numba.njit(nogil=True)
def below(tally: Records, count: int) -> int:
    """A whole number from 0 to below count."""
    return int(uniform(tally) * count)
