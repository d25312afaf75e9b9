"""What the best load of a trip is worth when cuts count in steps what it brings, to one stop or several."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.routing.planner.instance import Ints
from supply.routing.planner.loading import load_worth
from supply.routing.planner.loads import Desk, Priced, desk_for, eased, weight

SITES = 3
STOPS = np.arange(SITES)
KG = st.integers(1, 40)
WORTH = st.lists(st.floats(-1, 3), min_size=SITES, max_size=SITES)
MOST = st.lists(KG, min_size=SITES, max_size=SITES)
MEMBERS = st.lists(st.booleans(), min_size=SITES, max_size=SITES)
CUTS = st.lists(
    st.tuples(MEMBERS, st.floats(0.5, 40), KG, KG, st.sampled_from([0.2, 0.5, 0.9, 1.0])), max_size=6
)
Cuts = list[tuple[list[bool], float, int, int, float]]


def priced(cuts: Cuts) -> Priced:
    """Of each cut: its sites, worth, need, step, part."""
    member = np.array([cut[0] for cut in cuts], dtype=bool).reshape(-1, SITES)
    figures = np.array([cut[1:] for cut in cuts], dtype=np.float64).reshape(-1, 4).T.copy()
    return Priced(member, np.ones((len(cuts), 1), dtype=bool), figures[0], figures[1], figures[2], figures[3])


def best_of(
    cuts: Cuts, worth: list[float], most: list[int], room: int, enough: float, sought: float
) -> tuple[float, Desk]:
    desk = desk_for(SITES, len(cuts))
    value = load_worth(
        0, SITES, STOPS, float(room), np.array(most, np.float64), np.array(worth), False, enough, sought,
        priced(cuts), desk,
    )  # fmt: skip
    return value, desk


def own_worth(load: list[float], cuts: Cuts, worth: list[float], most: list[int], room: int) -> float:
    """What a load is worth by the rules of the cuts."""
    total = sum(own * kg for own, kg in zip(worth, load, strict=True))
    for members, price, need, step, part in cuts:
        inside = [place for place in range(SITES) if members[place]]
        if len(inside) == 1:
            total += price * weight(min(load[inside[0]], need), step, part)
        elif inside:
            top = float(min(sum(most[place] for place in inside), room, need))
            total += price * eased(sum(load[place] for place in inside), top, step, part)
    return total


@given(cuts=CUTS, worth=WORTH, most=MOST, room=KG)
def test_no_load_is_worth_more_than_the_best(
    cuts: Cuts, worth: list[float], most: list[int], room: int
) -> None:
    value, desk = best_of(cuts, worth, most, room, -math.inf, -math.inf)

    load = desk.load[:SITES]
    assert load.sum() <= room + 1e-6
    assert (load >= -1e-9).all()
    assert (load <= np.array(most) + 1e-9).all()
    assert own_worth(load.tolist(), cuts, worth, most, room) == pytest.approx(value, abs=1e-5, rel=1e-6)
    loads = every_load(most, room)
    worths = np.zeros(len(loads)) + loads @ np.array(worth)
    for members, price, need, step, part in cuts:
        inside = np.flatnonzero(members)
        if len(inside):
            top = float(min(sum(most[place] for place in inside), room, need))
            by_kg = [
                weight(min(float(kg), need), step, part)
                if len(inside) == 1
                else eased(float(kg), top, step, part)
                for kg in range(sum(most) + 1)
            ]
            worths += price * np.array(by_kg)[loads[:, inside].sum(axis=1)]
    assert worths.max() <= value + 1e-5 * max(1.0, abs(value))


def every_load(most: list[int], room: int) -> Ints:
    """All loads of whole kg that fit."""
    axes = np.meshgrid(*[np.arange(min(kg, room) + 1) for kg in most], indexing="ij")
    loads: Ints = np.stack([axis.ravel() for axis in axes], axis=1)
    fitting: Ints = loads[loads.sum(axis=1) <= room]
    return fitting


@given(cuts=CUTS, worth=WORTH, most=MOST, room=KG, enough=st.floats(0, 300), more=st.floats(0, 100))
def test_a_bound_is_never_below_the_best(
    cuts: Cuts, worth: list[float], most: list[int], room: int, enough: float, more: float
) -> None:
    sought = enough + more

    exact, _ = best_of(cuts, worth, most, room, -math.inf, -math.inf)
    bound, _ = best_of(cuts, worth, most, room, enough, enough)
    far, _ = best_of(cuts, worth, most, room, enough, sought)

    assert bound >= exact - 1e-5
    assert bound <= max(exact, enough) + 1e-5
    assert far >= exact - 1e-5
    if far > sought:
        assert far == pytest.approx(exact, abs=1e-5)


def test_a_trip_that_serves_each_stop_whole_brings_all_they_need() -> None:
    cuts: Cuts = [([True, True, False], 10.0, 30, 10, 1.0), ([False, False, True], 4.0, 30, 10, 1.0)]
    desk = desk_for(SITES, len(cuts))

    value = load_worth(
        0, SITES, STOPS, 40.0, np.array([10.0, 15.0, 5.0]), np.ones(SITES), True, -math.inf, -math.inf,
        priced(cuts), desk,
    )  # fmt: skip

    assert desk.load.tolist() == [10.0, 15.0, 5.0]
    assert value == pytest.approx(30.0 + 10.0 * 2.5 + 4.0 * 0.5)


@given(loads=st.lists(KG, min_size=1, max_size=6), step=KG, need=KG)
def test_rounding_what_trips_bring_keeps_the_need(loads: list[int], step: int, need: int) -> None:
    """Trips that bring the need in all count at least as much as the need, rounded."""
    missing = max(0, need - sum(loads))
    brought = np.array([*loads, missing], dtype=np.float64)
    right = math.ceil(need / step)
    part = need / step - (right - 1)

    counted = sum(weight(min(float(kg), need), float(step), part) for kg in brought)

    assert counted >= right - 1e-6


@given(amount=st.floats(0, 60), top=st.floats(0.5, 60), step=KG, part=st.floats(0.05, 1.0))
def test_what_several_stops_count_by_is_never_below_the_rounding(
    amount: float, top: float, step: int, part: float
) -> None:
    amount = min(amount, top)

    assert eased(amount, top, step, part) >= weight(amount, step, part) - 1e-6
    assert eased(top, top, step, part) == pytest.approx(weight(top, step, part), abs=1e-6)
