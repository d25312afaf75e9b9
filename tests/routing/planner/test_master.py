"""The linear program of the exact search: where it begins again from."""

import numpy as np
import pytest

from supply.routing.planner import master as programs
from supply.routing.planner.branch import branchings_of
from supply.routing.planner.greedy import Builder
from supply.routing.planner.instance import instance_of
from supply.routing.planner.linear import INFINITY
from supply.routing.planner.root import Root
from tests.benchmarks.routing.programme import programme


def started() -> Root:
    """The program of eight communes, grown."""
    instance = instance_of(programme("ltl", 1, communes=8))
    root = Root(instance, 0, threads=1, stop=lambda: False)
    assert root.start(Builder(instance).run())
    return root


def test_a_glance_begins_at_the_basis_it_is_given_whatever_was_added_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = started()
    master, counts = root.master, branchings_of(root.instance).counts
    value, basis = master.solve(), master.basis()
    assert value is not None
    # All trips there are, then five more than the program drives: elsewhere, and dearer.
    master.add_branch(0, counts[0])
    _, often = master.used()
    master.bound_branch(0, float(often.sum()) + 5.0, INFINITY)
    dearer = master.solve()
    assert dearer is not None
    assert dearer > value
    master.free_branches()

    monkeypatch.setattr(programs, "GLANCE_STEPS", 0)

    assert master.glance(basis) == pytest.approx(value)


def test_trips_that_nothing_drives_are_forgotten_and_their_bases_with_them() -> None:
    root = started()
    root.tighten(2, enough=0.0)
    master = root.master
    value, basis = master.solve(), master.basis()
    assert value is not None
    wanted = master.reduced_costs() <= 1e-6
    routes, loads = master.columns.take(np.flatnonzero(wanted)), master.loads[wanted]
    forgotten = master.columns.take(np.flatnonzero(~wanted)), master.loads[~wanted]
    assert 0 < wanted.sum() < len(wanted)

    master.keep_columns(wanted)

    assert len(master.loads) == wanted.sum()
    assert basis.generation != master.generation
    master.restore(basis)
    assert master.solve() == pytest.approx(value)
    assert master.add(routes, loads) == 0
    assert master.add(*forgotten) == len(forgotten[1])
    assert master.solve() == pytest.approx(value)


def test_cuts_that_a_branching_forbids_can_be_bought_off() -> None:
    """Else the program has no solution before all its trips are there, and the node is never decided."""
    root = started()
    root.tighten(3, enough=0.0)
    master = root.master
    assert any(not cut.free for cut in master.cuts)
    value = master.solve()
    assert value is not None
    master.open_stand_ins(value)
    assert master.solve() == pytest.approx(value)

    # No trip at all: what is asked for can be bought, but no cut is satisfied by that.
    counts = branchings_of(root.instance).counts
    master.add_branch(0, counts[0])
    master.bound_branch(0, 0.0, 0.0)

    without = master.solve()
    assert without is not None
    assert without > value


def test_a_trip_that_comes_to_a_site_twice_has_a_column() -> None:
    instance = instance_of(programme("ltl", 1, communes=8))
    drafts = Builder(instance).run()
    root = Root(instance, 0, threads=1, stop=lambda: False)
    assert root.start(drafts)
    master = root.master
    before = master.solver.getNumCol()
    one = master.columns.take(np.array([0]))
    one.stops[0, :2] = one.stops[0, 0]
    one.size[0] = 2
    kg = np.zeros((1, instance.max_stops))
    kg[0, :2] = 10.0, 20.0

    assert master.add(one, kg) == 1

    assert master.solver.getNumCol() == before + 1
    assert master.solve() is not None
