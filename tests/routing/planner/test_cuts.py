"""Coefficients of cuts, all at once, against the rule of one cut and one trip."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from supply.routing.planner.cuts import Cut, coefficients, most_of, stack_of, weights_of
from supply.routing.planner.routes import Routes

SITES, STOPS = 4, 3
CAPACITY = np.array([5_000.0, 10_000.0])
KG = st.integers(0, 9_000)


def rounded(amount: float, cut: Cut) -> float:
    whole = math.floor(amount / cut.step + 1e-9)
    return whole + min(max(amount / cut.step - whole, 0.0) / cut.part, 1.0)


def coefficient(cut: Cut, pool: int, stops: list[int], kg: list[int]) -> float:
    """What the module says of a cut, for one trip."""
    own = [place for place, stop in enumerate(stops) if cut.kg[stop] > 0]
    if not cut.pools[pool] or not own:
        return 0.0
    most = min(sum(cut.kg[stops[place]] for place in own), CAPACITY[pool], cut.need)
    if cut.free:
        return rounded(most, cut)
    if len(own) == 1:
        return rounded(min(kg[own[0]], cut.need), cut)
    return above(min(sum(kg[place] for place in own), most), most, cut)


def above(amount: float, most: float, cut: Cut) -> float:
    """The least concave function above the rounding, up to the most: by all chords between its corners."""
    corners = {0.0, most, amount}
    for whole in range(math.floor(most / cut.step) + 1):
        corners |= {whole * cut.step, (whole + cut.part) * cut.step}
    kgs = np.array(sorted(kg for kg in corners if kg <= most))
    values = np.array([rounded(kg, cut) for kg in kgs])
    left, right = kgs <= amount, kgs >= amount
    a, b = kgs[left][:, None], kgs[right][None, :]
    share = np.where(b > a, (amount - a) / np.where(b > a, b - a, 1.0), 0.0)
    return float((values[left][:, None] * (1 - share) + values[right][None, :] * share).max())


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    need, is_free = draw(st.integers(1, 20_000)), draw(st.booleans())
    kg = draw(st.lists(KG, min_size=SITES, max_size=SITES))
    pools = draw(st.lists(st.booleans(), min_size=2, max_size=2))
    step, part = draw(st.integers(1, 12_000)), draw(st.floats(0.05, 1.0))
    return Cut(np.array(kg, np.float64), np.array(pools), float(need), float(step), part, 1.0, free=is_free)


@st.composite
def trips(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    stops = draw(st.lists(st.integers(0, SITES - 1), min_size=1, max_size=STOPS, unique=True))
    return draw(st.integers(0, 1)), stops, [draw(KG) for _ in stops]


@given(chosen=st.lists(cuts(), min_size=1, max_size=4), driven=st.lists(trips(), min_size=1, max_size=4))
def test_all_coefficients_are_those_of_the_rule(
    chosen: list[Cut], driven: list[tuple[int, list[int], list[int]]]
) -> None:
    stops, loads = np.full((len(driven), STOPS), -1), np.zeros((len(driven), STOPS))
    for row, (_, own, kg) in enumerate(driven):
        stops[row, : len(own)], loads[row, : len(own)] = own, kg
    size = (stops >= 0).sum(axis=1)
    pools = np.array([pool for pool, _, _ in driven])
    nothing = np.zeros(len(driven))
    routes = Routes(pools, np.ones_like(pools), size, stops, nothing, np.zeros_like(loads), CAPACITY[pools])
    stack = stack_of(chosen, SITES, 2)

    found = coefficients(stack, routes, loads, CAPACITY)

    wanted = [[coefficient(cut, *trip) for trip in driven] for cut in chosen]
    assert np.allclose(found, wanted)
    empty = [[coefficient(cut, pool, own, [0] * len(own)) for pool, own, _ in driven] for cut in chosen]
    assert np.allclose(weights_of(stack, routes, CAPACITY), empty)
    for cut in chosen:
        free = stack_of([Cut(cut.kg, cut.pools, cut.need, cut.step, cut.part, 1.0, free=True)], SITES, 2)
        assert np.allclose(most_of(cut, routes, CAPACITY), weights_of(free, routes, CAPACITY)[0])
