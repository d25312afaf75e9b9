"""Plans made from many starts, and the best choice among the trips of all."""

import threading
import time

from supply.routing.planner.check import check
from supply.routing.planner.draft import Draft
from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import instance_of
from supply.routing.planner.large.delivery import plan_large
from supply.routing.planner.making import Making
from supply.routing.planner.master import Master
from supply.routing.planner.root import Root
from tests.benchmarks.routing.programme import programme

PLANS = 6
ROUNDS = 1_000


def test_the_trips_of_several_plans_make_a_better_one() -> None:
    problem = programme("ftl", 2, communes=16)
    instance = instance_of(problem)
    best = Incumbent(instance, seconds=600.0, seed=1)
    costs: list[int] = []

    def anneal(own: Incumbent, number: int) -> None:
        plan_large(instance, number, seconds=600.0, iterations=ROUNDS, offer=own.offer, stop=lambda: False)
        costs.append(own.value[1])

    making = Making(best, anneal, threads=1)
    for number in range(PLANS):
        making.make(best, number + 1)

    assert best.value[0] == 0
    assert best.value[1] < min(costs)
    assert check(problem, best.plan()) == []


def test_plans_that_serve_less_are_not_chosen_from() -> None:
    instance = instance_of(programme("ltl", 1, communes=8))
    best = Incumbent(instance, seconds=600.0, seed=1)

    def nothing(own: Incumbent, number: int) -> None:
        """A start that finds no plan."""

    making = Making(best, nothing, threads=1)
    making.make(best, 1)
    assert making.made == []

    drafts: list[Draft] = []
    making.choose(Master(instance, best.value[0]), best)
    assert best.drafts == drafts


def test_once_more_plans_bring_nothing_no_more_are_made() -> None:
    instance = instance_of(programme("ltl", 1, communes=8))
    best = Incumbent(instance, seconds=600.0, seed=1)
    asked: list[int] = []

    def anneal(own: Incumbent, number: int) -> None:
        asked.append(number)
        if len(asked) <= 2:
            own.offer(Builder(instance).run())

    making = Making(best, anneal, threads=2)
    making.make_more()

    assert len(asked) == 4  # a plan on each core, and once more because that brought one
    assert len(set(asked)) == 4


def test_where_nobody_makes_plans_none_are_waited_for() -> None:
    """Else a core would ask for them for as long as the linear program grows."""
    instance = instance_of(programme("ltl", 1, communes=8))
    best = Incumbent(instance, seconds=600.0, seed=1)
    best.offer(Builder(instance).run())
    asked: list[int] = []
    done = threading.Event()

    def nothing(_own: Incumbent, number: int) -> None:
        asked.append(number)
        if number == 1:
            done.set()

    with Making(best, nothing, threads=2).beside():
        assert done.wait(60.0)
        time.sleep(0.1)

    assert asked == [0, 1]


def test_a_plan_is_picked_from_the_program_while_it_grows() -> None:
    problem = programme("ltl", 1, communes=10, windows=True)
    instance = instance_of(problem)
    best = Incumbent(instance, seconds=600.0, seed=1)
    first = Builder(instance).run()
    best.offer(first)

    def the_same(own: Incumbent, _number: int) -> None:
        own.offer(first)

    making = Making(best, the_same, threads=2)
    before = (0, 0)
    while best.value != before:  # until choosing among its own trips brings nothing more
        before = best.value
        making.make(best, 1)
    root = Root(instance, best.value[0], threads=1, stop=lambda: False, tightened=making.hear)
    assert root.start(best.drafts)

    with making.beside():
        root.tighten(2, enough=1e-3)
        until = time.monotonic() + 60.0
        while best.value >= before and time.monotonic() < until:
            time.sleep(0.01)

    assert best.value < before
    assert check(problem, best.plan()) == []
