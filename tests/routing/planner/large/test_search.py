"""The compiled search against brute force and an independent cost check, on instances of a few sites."""

from itertools import combinations, pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from supply.routing.planner.instance import instance_of
from supply.routing.planner.large.delivery import plan_large
from supply.routing.planner.large.ground import State, state_of
from supply.routing.planner.large.search import Moment, anneal, search
from tests.benchmarks.routing.programme import programme
from tests.benchmarks.routing.public_files import Fleet, Public, cost_of
from tests.benchmarks.routing.public_ground import ground_of, penalties, routes_of
from tests.routing.planner.tiny import small

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def public(
    points: list[tuple[int, int]],
    demand: list[int],
    fleets: tuple[Fleet, ...],
    *,
    depots: int = 1,
    windows: list[tuple[int, int]] | None = None,
    is_split: bool = False,
) -> Public:
    """An instance in the plane, whole distances; time is distance, service takes 1."""
    spots = np.array(points, dtype=np.float64)
    length = np.rint(np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2)))
    size = len(points)
    opens = np.array(windows, dtype=np.float64) if windows is not None else np.tile([0.0, 1e12], (size, 1))
    return Public(
        name="small", kind="mdvrptw" if windows is not None else "cvrp", depots=depots, length=length,
        demand=np.array(demand, dtype=np.float64), fleets=fleets, early=opens[:, 0].copy(),
        late=opens[:, 1].copy(), service=np.ones(size) if windows is not None else np.zeros(size),
        longest=1e12, is_split=is_split, best=0.0,
    )  # fmt: skip


def run(instance: Public, *, iterations: int = 3_000, seed: int = 1) -> State:
    """A search of so many iterations."""
    ground = ground_of(instance)
    return search(
        ground, stock=np.zeros((instance.depots, 1)), free=np.zeros(1, np.uint64), price=penalties(ground),
        seed=seed, iterations=iterations,
    )  # fmt: skip


def best_by_trying_all(instance: Public) -> float:
    """Least cost of undivided deliveries without time, by the best tour of every set and every partition."""
    sites = range(len(instance.demand))
    tours: dict[frozenset[int], float] = {}
    for size in range(1, len(instance.demand) + 1):
        for chosen in combinations(sites, size):
            costs = [
                fleet.fixed
                + fleet.per_km
                * min(
                    _tour(instance.length, fleet.depot, instance.depots, order)
                    for order in permutations(chosen)
                )
                for fleet in instance.fleets
                if instance.demand[list(chosen)].sum() <= fleet.capacity
            ]
            tours[frozenset(chosen)] = min(costs, default=np.inf)

    def best(left: frozenset[int]) -> float:
        if not left:
            return 0.0
        first = min(left)
        rest = sorted(left - {first})
        return min(
            tours[frozenset({first, *others})] + best(left - {first, *others})
            for size in range(len(rest) + 1)
            for others in combinations(rest, size)
            if tours[frozenset({first, *others})] < np.inf
        )

    return best(frozenset(sites))


def _tour(length: NDArray[np.float64], depot: int, depots: int, order: tuple[int, ...]) -> float:
    points = [depot, *(depots + site for site in order), depot]
    return float(sum(length[a, b] for a, b in pairwise(points)))


places = st.tuples(st.integers(0, 50), st.integers(0, 50))


@QUICK
@given(st.lists(places, min_size=2, max_size=6), st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_a_small_fleet_problem_is_solved_to_the_optimum(
    points: list[tuple[int, int]], demand: list[int]
) -> None:
    fleets = (Fleet(0, 10, 0.0, 1.0, None), Fleet(0, 16, 5.0, 1.25, None))
    instance = public(points, demand[: len(points) - 1], fleets)

    # One start may keep a bad mix of vehicles.
    costs = [cost_of(instance, routes_of(run(instance, seed=seed))) for seed in range(1, 6)]

    assert min(costs) == pytest.approx(best_by_trying_all(instance))


@QUICK
@given(st.lists(places, min_size=4, max_size=7), st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_several_depots_are_chosen_between(points: list[tuple[int, int]], demand: list[int]) -> None:
    fleets = (Fleet(0, 12, 0.0, 1.0, None), Fleet(1, 12, 0.0, 1.0, None))
    instance = public(points, demand[: len(points) - 2], fleets, depots=2)

    state = run(instance)

    assert cost_of(instance, routes_of(state)) == pytest.approx(best_by_trying_all(instance))


@QUICK
@given(st.lists(places, min_size=3, max_size=8), st.lists(st.integers(1, 30), min_size=7, max_size=7))
def test_split_deliveries_bring_each_demand_exactly(points: list[tuple[int, int]], demand: list[int]) -> None:
    """Demands of up to three vehicles' loads: the checker of the benchmarks counts every unit."""
    instance = public(points, demand[: len(points) - 1], (Fleet(0, 10, 0.0, 1.0, None),), is_split=True)

    state = run(instance, iterations=500)

    assert cost_of(instance, routes_of(state)) == pytest.approx(float(state.tally["best_cost"][0]))


@pytest.mark.parametrize("is_split", [False, True])
@pytest.mark.parametrize("has_windows", [False, True])
@pytest.mark.parametrize("depots", [1, 2])
def test_how_far_legs_reach_is_never_out_of_date(depots: int, *, has_windows: bool, is_split: bool) -> None:
    """Else places would be passed over without a look, and only the cost would tell."""
    rng = np.random.default_rng(depots)
    points = [(int(x), int(y)) for x, y in rng.integers(0, 50, (20 + depots, 2))]
    fleets = tuple(Fleet(depot, 30, 0.0, 1.0, None) for depot in range(depots))
    windows = [(0, 1000), (100, 400)] * 11 if has_windows else None
    instance = public(
        points, rng.integers(1, 20, 20).tolist(), fleets,
        depots=depots, windows=windows and windows[: 20 + depots], is_split=is_split,
    )  # fmt: skip

    ground = ground_of(instance)
    state = state_of(
        ground, stock=np.zeros((depots, 1)), free=np.zeros(1, np.uint64), price=penalties(ground), seed=1
    )
    for heat in (1e9, 1e-9) * 10:  # at first every change stays, then nearly all are taken back
        anneal(ground, state, 20, heat, heat)
        for site in np.flatnonzero(state.spot["first"] >= 0):
            node, legs = int(state.spot["first"][site]), []
            while node >= 0:
                route, at = state.node["route"][node], state.node["at"][node]
                legs += state.stop["edge"][route, at : at + 2].tolist()
                node = int(state.node["next"][node])
            assert state.reach[site] == max(legs)


def test_splitting_saves_a_vehicle() -> None:
    """Three demands of 2 at one place, vehicles of 3: two full vehicles instead of three (Dror 1989)."""
    instance = public(
        [(0, 0), (0, 10), (0, 10), (0, 10)], [2, 2, 2], (Fleet(0, 3, 0.0, 1.0, None),), is_split=True
    )

    state = run(instance)

    assert cost_of(instance, routes_of(state)) == 40  # two trips of 10 out and 10 back


@QUICK
@given(
    st.lists(places, min_size=3, max_size=7),
    st.lists(st.tuples(st.integers(0, 100), st.integers(10, 60)), min_size=7, max_size=7),
)
def test_windows_are_kept(points: list[tuple[int, int]], spans: list[tuple[int, int]]) -> None:
    """A window opens at most 100 after the start and each site can be reached alone by then."""
    windows = [(0, 400), *((first + 75, first + 75 + width) for first, width in spans[: len(points) - 1])]
    fleets = (Fleet(0, 10, 0.0, 1.0, 6),)
    instance = public(points, [1] * (len(points) - 1), fleets, windows=windows)

    state = run(instance, iterations=500)

    assert cost_of(instance, routes_of(state)) == pytest.approx(float(state.tally["best_cost"][0]))


def test_sites_whose_windows_follow_one_another_are_near() -> None:
    """The second site is next door but open long before the others, the third farther but just after."""
    points = [(0, 0), (50, 0), (52, 0), (58, 0)]
    windows = [(0, 1000), (400, 420), (100, 120), (405, 430)]
    fleets = (Fleet(0, 10, 0.0, 1.0, 6),)

    by_clock = ground_of(public(points, [1, 1, 1], fleets, windows=windows))
    by_km = ground_of(public(points, [1, 1, 1], fleets))

    assert by_clock.near[0].tolist() == [0, 2, 1]
    assert by_km.near[0].tolist() == [0, 1, 2]


def test_too_few_vehicles_leave_goods_over() -> None:
    instance = public([(0, 0), (5, 0), (0, 5)], [4, 4], (Fleet(0, 5, 0.0, 1.0, 1),))

    state = run(instance, iterations=100)

    assert float(state.tally["best_left"][0]) == 4
    assert len(routes_of(state)) == 1


def _scattered() -> Public:
    rng = np.random.default_rng(7)
    points = [(int(x), int(y)) for x, y in rng.integers(0, 200, (41, 2))]
    return public(points, [int(x) for x in rng.integers(1, 20, 40)], (Fleet(0, 60, 0.0, 1.0, None),))


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    instance = _scattered()

    plans = [routes_of(run(instance, iterations=4_000, seed=3)) for _ in range(2)]

    assert plans[0] == plans[1]


def test_plans_that_cool_apart_are_the_same_again() -> None:
    """With 8,000 iterations a site, two plans of a mixed fleet are cooled apart before the better goes on."""
    instance = _scattered()._replace(fleets=(Fleet(0, 60, 50.0, 1.0, None), Fleet(0, 90, 70.0, 1.5, None)))
    iterations = 8_000 * len(instance.demand)

    plans = [routes_of(run(instance, iterations=iterations, seed=3)) for _ in range(2)]

    assert plans[0] == plans[1]


def test_another_seed_searches_elsewhere() -> None:
    instance = _scattered()

    assert routes_of(run(instance, iterations=50, seed=3)) != routes_of(run(instance, iterations=50, seed=4))


def test_a_search_ends_when_it_is_told_to() -> None:
    instance = _scattered()
    ground = ground_of(instance)
    moments: list[Moment] = []

    def heard(moment: Moment, state: State) -> bool:
        moments.append(moment)
        return len(moments) < 3

    search(
        ground, stock=np.zeros((1, 1)), free=np.zeros(1, np.uint64), price=penalties(ground), seed=1,
        seconds=60.0, heard=heard,
    )  # fmt: skip

    assert len(moments) == 3
    assert moments[-1].share < 0.5


def test_all_problems_share_what_is_compiled() -> None:
    """A second set of types would take half a minute more after installation."""
    kernel: Any = anneal
    run(_scattered(), iterations=2)
    plan_large(instance_of(small(night_cost=500, max_stops=2)), 1, iterations=2)
    plan_large(instance_of(programme("mixed", 1)), 1, iterations=2)

    assert len(kernel.signatures) == 1
