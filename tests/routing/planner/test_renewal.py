"""A few trips of a plan chosen anew, the others kept."""

from itertools import islice

import numpy as np
import pytest

from supply.routing.planner.assembly import Assembly
from supply.routing.planner.check import check
from supply.routing.planner.columns import of_drafts
from supply.routing.planner.greedy import Builder
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import instance_of
from supply.routing.planner.renewal import Renewal, renewal_of
from supply.routing.planner.root import Root
from supply.routing.planner.routes import Routes
from tests.benchmarks.routing.programme import programme

PATIENCE, MANY = 12, 50


def started(kind: str, communes: int, *, windows: bool = False) -> tuple[Root, Incumbent]:
    """A tightened program and a first plan."""
    instance = instance_of(programme(kind, 1, communes=communes, windows=windows))
    best = Incumbent(instance, seconds=600.0, seed=1)
    best.offer(Builder(instance).run())
    root = Root(instance, best.value[0], threads=1, stop=lambda: False)
    assert root.start(best.drafts)
    root.tighten(3, enough=0.0)
    root.master.solve()
    return root, best


def test_a_program_says_later_what_its_trips_cost_then() -> None:
    root, _ = started("mixed", 8)
    master = root.master
    tariff, columns, loads, costs = master.tariff(), master.columns, master.loads, master.reduced_costs()
    assert len(tariff.cuts) > 0
    root.tighten(1, enough=0.0)

    assert tariff.costs(columns, loads) == pytest.approx(costs, abs=0.01)


@pytest.mark.parametrize(("kind", "windows"), [("ltl", True), ("mixed", False)])
def test_renewing_makes_a_plan_better_and_breaks_no_rule(kind: str, windows: bool) -> None:
    root, best = started(kind, 10, windows=windows)
    before = best.value[1]

    renewal_of(root.master).run(best, patience=PATIENCE)

    assert root.value <= best.value[1] < before
    assert check(best.instance.problem, best.plan()) == []


def test_two_cores_renew_two_parts_at_a_time_the_same_ones_again() -> None:
    root, best = started("mixed", 10)
    drafts, plans = best.drafts, []
    for _ in range(2):
        own = best.anew()
        own.offer(drafts)
        for failed in renewal_of(root.master).rounds(own, threads=2):
            if failed >= PATIENCE:
                break
        plans.append([(draft.pool, draft.route, draft.kg.tolist()) for draft in own.drafts])

    assert plans[0] == plans[1]


def test_trips_that_are_kept_are_driven_even_if_they_are_dear() -> None:
    root, best = started("mixed", 8)
    tariff = root.master.tariff()
    trips, _ = of_drafts(best.instance, tariff.land, best.drafts)
    kept = trips.each()[:2]

    def driven(*, kept: list[tuple[int, tuple[int, ...], int]]) -> float:
        answer = Assembly(best.instance, tariff, root.master.columns, kept=kept).run(
            seconds=60.0, seed=1, cutoff=np.inf, improved=lambda _: None
        )
        assert answer.optimal
        assert all(answer.routes.count(one) >= kept.count(one) for one in kept)
        return answer.bound

    assert driven(kept=kept) > driven(kept=[]) + 1.0


def test_a_plan_of_which_all_parts_were_tried_is_left_alone() -> None:
    """With nothing offered none is ever the better, and the parts of a small plan are soon all tried."""
    root, best = started("ltl", 4)
    nothing = Renewal(root.master.tariff(), Routes.none(best.instance.max_stops), np.zeros(0))

    rounds = list(islice(nothing.rounds(best, threads=1), MANY))

    assert max(rounds) > 0
    assert len(rounds) < MANY


def test_a_plan_that_leaves_more_unserved_than_the_program_is_not_renewed() -> None:
    root, best = started("ltl", 4)
    empty = best.anew()

    assert list(renewal_of(root.master).rounds(empty, threads=1)) == []
