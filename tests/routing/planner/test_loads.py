"""What the best load of a trip is worth when cuts count what it brings in steps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.routing.planner.loads import Desk, Priced, best_load, desk_for, draw_curve, weight, worth_at

SITES = 3
KG = st.integers(1, 60)
CUTS = st.lists(
    st.tuples(st.integers(0, SITES - 1), st.floats(0.5, 40), KG, KG, st.sampled_from([0.2, 0.5, 0.9, 1.0])),
    max_size=5,
)


def priced(cuts: list[tuple[int, float, int, int, float]]) -> Priced:
    """Each cut is of one site: (site, worth, need, step, part)."""
    member = np.zeros((len(cuts), SITES), dtype=bool)
    for row, (site, *_) in enumerate(cuts):
        member[row, site] = True
    figures = np.array([cut[1:] for cut in cuts], dtype=np.float64).reshape(-1, 4).T.copy()
    return Priced(member, np.ones((len(cuts), 1), dtype=bool), figures[0], figures[1], figures[2], figures[3])


def drawn(cuts: Priced, worth: list[float], most: list[int]) -> Desk:
    """The desk with the curves of all stops."""
    desk = desk_for(SITES, len(cuts.worth))
    for stop in range(SITES):
        own = np.flatnonzero(cuts.member[:, stop])
        desk.own[stop, : len(own)] = own
        desk.owned[stop] = len(own)
        assert draw_curve(stop, worth[stop], float(most[stop]), cuts, desk) == 0.0
    return desk


@given(
    cuts=CUTS,
    worth=st.lists(st.floats(-1, 3), min_size=SITES, max_size=SITES),
    most=st.lists(KG, min_size=SITES, max_size=SITES),
    room=KG,
)
def test_no_load_is_worth_more_than_the_best(
    cuts: list[tuple[int, float, int, int, float]], worth: list[float], most: list[int], room: int
) -> None:
    figures = priced(cuts)
    desk = drawn(figures, worth, most)

    value = best_load(SITES, np.array(worth), float(room), -math.inf, -math.inf, figures, desk)

    load = desk.load[:SITES]
    assert load.sum() <= room + 1e-6
    assert (load <= np.array(most) + 1e-9).all()
    own = sum(worth_at(kg, worth[stop], stop, figures, desk) for stop, kg in enumerate(load))
    assert own == pytest.approx(value, abs=1e-6)
    # All loads of whole kg, the last stop with as much as is best of what is left.
    last = [worth_at(float(kg), worth[2], 2, figures, desk) for kg in range(min(most[2], room) + 1)]
    best_last = np.maximum.accumulate(last)
    for first in range(min(most[0], room) + 1):
        for second in range(min(most[1], room - first) + 1):
            left = min(room - first - second, len(last) - 1)
            other = worth_at(float(first), worth[0], 0, figures, desk)
            other += worth_at(float(second), worth[1], 1, figures, desk)
            assert other + best_last[left] <= value + 1e-6


@given(
    cuts=CUTS,
    worth=st.lists(st.floats(0, 3), min_size=SITES, max_size=SITES),
    most=st.lists(KG, min_size=SITES, max_size=SITES),
    room=KG,
    enough=st.floats(0, 300),
    more=st.floats(0, 100),
)
def test_a_bound_is_never_below_the_best(
    cuts: list[tuple[int, float, int, int, float]],
    worth: list[float],
    most: list[int],
    room: int,
    enough: float,
    more: float,
) -> None:
    figures, sought = priced(cuts), enough + more

    def best(enough: float, sought: float) -> float:
        desk = drawn(figures, worth, most)
        value: float = best_load(SITES, np.array(worth), float(room), enough, sought, figures, desk)
        return value

    exact, bound, far = best(-math.inf, -math.inf), best(enough, enough), best(enough, sought)

    assert bound >= exact - 1e-6
    assert bound <= max(exact, enough) + 1e-6
    assert far >= exact - 1e-6
    if far > sought:
        assert far == pytest.approx(exact, abs=1e-6)


@given(loads=st.lists(KG, min_size=1, max_size=6), step=KG, need=KG)
def test_rounding_what_trips_bring_keeps_the_need(loads: list[int], step: int, need: int) -> None:
    """Trips that bring the need in all count at least as much as the need, rounded."""
    missing = max(0, need - sum(loads))
    brought = np.array([*loads, missing], dtype=np.float64)
    right = math.ceil(need / step)
    part = need / step - (right - 1)

    counted = sum(weight(min(float(kg), need), float(step), part) for kg in brought)

    assert counted >= right - 1e-6
