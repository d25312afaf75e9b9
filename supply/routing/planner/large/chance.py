"""Random numbers from a state of their own, so that the same seed gives the same plan."""

import math

import numpy as np

from supply.routing.planner.large.compiled import numba_part
from supply.routing.planner.large.ground import Records

BLINK = 0.01
"""Chance that a place is overlooked (the value of Christiaens and Vanden Berghe 2020)."""


@numba_part
def uniform(tally: Records) -> float:
    """A number from 0 to below 1: xorshift of 64 bits (Marsaglia 2003)."""
    word = tally[0].seed
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    word ^= word << np.uint64(17)
    tally[0].seed = word
    return float(np.int64(word >> np.uint64(11))) * 1.1102230246251565e-16


@numba_part
def below(tally: Records, count: int) -> int:
    """A whole number from 0 to below count."""
    return int(uniform(tally) * count)


@numba_part
def blinks(tally: Records) -> bool:
    """True once in a hundred; counted down, which is cheaper than a draw each time."""
    counters = tally[0]
    counters.blink -= 1
    if counters.blink >= 0:
        return False
    counters.blink = int(math.log(1.0 - uniform(tally)) / math.log(1.0 - BLINK))
    return True
