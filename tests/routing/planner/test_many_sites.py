"""How the exact search begins where sites are many, and how it is broken off."""

import threading

import numpy as np
import pytest

from supply.routing.planner import columns, exact
from supply.routing.planner.columns import ended
from supply.routing.planner.draft import is_possible
from supply.routing.planner.exact import known_trips
from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.large.bound import grow_bound
from supply.routing.planner.relaxation import lower_bound
from supply.routing.planner.root import Root
from tests.benchmarks.routing.programme import programme


@pytest.fixture(scope="module")
def many() -> Incumbent:
    """A first plan of thirty communes with windows."""
    return planned(instance_of(programme("ltl", 1, communes=30, windows=True)))


def planned(instance: Instance) -> Incumbent:
    best = Incumbent(instance, seconds=600.0, seed=1)
    best.offer(Builder(instance).run())
    assert best.value[0] == 0
    return best


def test_a_bound_is_told_before_all_trips_are_searched(many: Incumbent) -> None:
    trips = known_trips(many.instance, many)

    assert many.proven() > 1.2 * lower_bound(many.instance, 0)
    assert trips


def test_trips_that_no_window_lets_happen_are_left_out(many: Incumbent) -> None:
    instance = many.instance
    found = grow_bound(instance, 0, many.drafts, stop=lambda: False, tell=lambda _: None, keep=600).trips

    trips = known_trips(instance, many)

    assert len(trips) < len(found)
    assert all(is_possible(instance, trip) for trip in trips)


def test_a_program_that_begins_with_known_trips_ends_with_the_same_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exact, "FEW_SITES", 0)
    instance = instance_of(programme("ltl", 2, communes=12))
    best = planned(instance)
    plain, begun = (Root(instance, 0, threads=1, stop=lambda: False) for _ in range(2))
    assert plain.start(best.drafts)

    known = known_trips(instance, best)
    assert begun.start([*best.drafts, *known], is_grown=True)
    assert begun.bound == 0.0, "long trips are looked for later"
    assert begun.grow(instance.max_stops)

    assert known
    assert begun.bound == pytest.approx(plain.bound, rel=1e-6)


def test_a_search_for_trips_is_given_up_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "LOOK_SECONDS", 0.001)
    nodes, is_seen = np.array([10]), threading.Event()

    def stop() -> bool:
        is_seen.set()
        return True

    with ended(nodes, stop):
        assert is_seen.wait(60.0)
    assert nodes[0] == 0


def test_a_search_without_nodes_left_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = instance_of(programme("ltl", 1, communes=8))
    root = Root(instance, 0, threads=1, stop=lambda: False)
    assert root.start(planned(instance).drafts)
    before = root.bound

    monkeypatch.setattr(columns, "NODES", 0)

    assert not root.grow(instance.max_stops)
    assert root.bound == before > 0
