"""Plans made from many starts, and renewed by the linear program as far as it has grown."""

import time
from collections.abc import Callable

from supply.routing.planner.check import check
from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance, instance_of
from supply.routing.planner.making import ALONE_PLANS, FIRST, GROWING, LISTING, Making
from supply.routing.planner.renewal import renewal_of
from supply.routing.planner.root import Root
from tests.benchmarks.routing.programme import programme


def started() -> tuple[Instance, Incumbent]:
    """With a first plan."""
    instance = instance_of(programme("ltl", 1, communes=8))
    best = Incumbent(instance, seconds=600.0, seed=1)
    best.offer(Builder(instance).run())
    return instance, best


def noting(instance: Instance, asked: list[int]) -> Callable[[Incumbent, int], None]:
    """Makes the first plan again, and notes which start was asked for."""

    def anneal(own: Incumbent, number: int) -> None:
        asked.append(number)
        own.offer(Builder(instance).run())

    return anneal


def test_the_first_plan_goes_on_from_the_one_at_hand_the_others_begin_anew() -> None:
    _, best = started()
    seen: list[tuple[int, bool]] = []

    def anneal(own: Incumbent, number: int) -> None:
        seen.append((number, bool(own.drafts)))
        own.offer(best.drafts)

    making = Making(best, anneal, threads=1)
    for _ in range(3):
        making.make(best)

    assert seen == [(0, True), (1, False), (2, False)]


def test_where_nobody_makes_plans_none_are_waited_for() -> None:
    """Else a core would ask for them for as long as the linear program grows."""
    _, best = started()
    asked: list[int] = []

    def nothing(_own: Incumbent, number: int) -> None:
        asked.append(number)

    with Making(best, nothing, threads=2).growing():
        pass

    assert asked == [0, 1]


def test_as_many_plans_are_made_however_fast_the_program_grows() -> None:
    """Else the same seed would not give the same plan."""
    instance, best = started()
    asked: list[int] = []
    making = Making(best, noting(instance, asked), threads=2)

    with making.growing():
        pass
    with making.listing():
        time.sleep(0.1)

    assert asked == list(range(FIRST + len(GROWING) + LISTING))


def test_once_the_plan_is_proven_no_more_are_made() -> None:
    _, best = started()
    asked: list[int] = []

    def anneal(own: Incumbent, number: int) -> None:
        asked.append(number)
        best.raise_bound(float(best.value[1]), 0)
        own.offer(best.drafts)

    with Making(best, anneal, threads=2).growing():
        pass

    assert asked == [0]


def test_one_core_makes_its_plans_first_and_not_too_many() -> None:
    instance, best = started()
    asked: list[int] = []
    making = Making(best, noting(instance, asked), threads=1)

    with making.growing():
        assert asked == list(range(ALONE_PLANS))
    with making.listing():
        pass

    assert asked == list(range(ALONE_PLANS))


def test_the_plan_is_renewed_by_the_program_while_that_grows() -> None:
    problem = programme("ltl", 1, communes=10, windows=True)
    instance = instance_of(problem)
    best = Incumbent(instance, seconds=600.0, seed=1)
    first = Builder(instance).run()
    best.offer(first)
    before = best.value

    def the_same(own: Incumbent, _number: int) -> None:
        own.offer(first)

    making = Making(best, the_same, threads=2)
    root = Root(
        instance, best.value[0], threads=1, stop=lambda: False,
        tightened=lambda master: making.hear(renewal_of(master)),
    )  # fmt: skip
    assert root.start(best.drafts)

    with making.growing():
        root.tighten(2, enough=1e-3)
        until = time.monotonic() + 60.0
        while best.value >= before and time.monotonic() < until:
            time.sleep(0.01)

    assert best.value < before
    assert check(problem, best.plan()) == []
