"""A pre-positioning problem is read strictly, a plan that was tampered with is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any  # a JSON document

import msgspec
import pytest
from click.testing import CliRunner

from supply.i18n import translate
from supply.routing.cli import check_preposition_file, preposition_file
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.preposition.check import check
from supply.routing.planner.preposition.plan import PrepositionPlan
from supply.routing.planner.preposition.problem import Demand, Period, Way, read_problem, write_problem
from supply.routing.planner.preposition.solve import preposition
from supply.routing.planner.problem import MAX_BYTES
from supply.routing.planner.words import BREACHES, FAULTS
from tests.routing.planner.preposition.naive import day
from tests.routing.planner.preposition.test_solve import LONG, rains

Document = dict[str, Any]


def document() -> Document:
    found: Document = json.loads(write_problem(rains()))
    return found


def changed(*path: str | int, value: object) -> Document:
    whole = document()
    place: Any = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return whole


def faults(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(FaultyProblemError) as refused:
        read_problem(data)
    for fault in refused.value.faults:
        assert translate(FAULTS[fault.code], fault.facts)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def test_a_sound_file_is_read_back_as_it_was_written() -> None:
    assert read_problem(write_problem(rains())) == rains()


@pytest.mark.parametrize(
    ("path", "value", "place", "code"),
    [
        (("x",), 1, "$", "unknown-key"),
        (("format",), "preposition-problem/2", "$.format", "wrong-format"),
        (("periods",), [], "$.periods", "no-period"),
        (("periods", 0, "first"), "May", "$.periods[0].first", "not-a-date"),
        (("periods", 0, "first"), "2027-02-01", "$.periods[0]", "reversed-days"),
        (("periods", 1, "first"), "2027-01-30", "$.periods[1].first", "periods-overlap"),
        (("periods", 1, "id"), "M0", "$.periods[1].id", "duplicate-id"),
        (("stores", 0, "capacity_kg"), -1, "$.stores[0].capacity_kg", "out-of-range"),
        (("stores", 0, "capacity_kg"), 2**60, "$.stores[0].capacity_kg", "too-big"),
        (("sites", 0, "id"), "HUB", "$.sites[0].id", "duplicate-id"),
        (("stock", 0, "kg"), float("nan"), "$.stock[0].kg", "not-a-number"),
        (("stock", 0, "store"), "SITE", "$.stock[0].store", "unknown-id"),
        (("stock", 0, "product"), "RICE", "$.stock[0].product", "unknown-id"),
        (("stock", 0, "period"), "M9", "$.stock[0].period", "unknown-id"),
        (("moves", 0, "to"), "HUB", "$.moves[0]", "way-to-itself"),
        (("moves", 0, "closed"), ["M7"], "$.moves[0].closed[0]", "unknown-id"),
        (("moves", 0, "cost_per_tonne"), "dear", "$.moves[0].cost_per_tonne", "wrong-type"),
        (("deliveries", 1, "from"), "HUB", "$.deliveries[1]", "duplicate-id"),
        (("demands", 0, "due"), "M5", "$.demands[0].due", "unknown-id"),
        (("demands", 0, "kg"), -6, "$.demands[0].kg", "out-of-range"),
        (("shortage_cost_per_kg",), 0, "$.shortage_cost_per_kg", "out-of-range"),
    ],
)
def test_each_fault_is_named_at_its_place(
    path: tuple[str | int, ...], value: object, place: str, code: str
) -> None:
    assert (place, code) in faults(json.dumps(changed(*path, value=value)).encode())


def test_all_faults_are_named_not_the_first_only() -> None:
    whole = changed("stock", 0, "store", value="NOWHERE")
    whole["demands"][0]["product"] = "RICE"

    assert faults(json.dumps(whole).encode()) == [
        ("$.stock[0].store", "unknown-id"),
        ("$.demands[0].product", "unknown-id"),
    ]


def test_a_file_that_no_memory_holds_is_refused() -> None:
    demands = tuple(
        Demand("SITE", "CSB+", 1.0, f"M{i}", needs_until=day(i), early_periods=9999) for i in range(1500)
    )
    periods = tuple(Period(f"M{i}", day(i), day(i)) for i in range(1500))
    huge = rains(periods=periods, demands=demands)

    assert faults(b" " * (MAX_BYTES + 1)) == [("$", "too-large")]
    assert ("$", "too-many") in faults(write_problem(huge))
    assert faults(b"{") == [("$", "not-json")]


def _moves(plan: PrepositionPlan, **changes: object) -> PrepositionPlan:
    return msgspec.structs.replace(plan, moves=(msgspec.structs.replace(plan.moves[0], **changes),))


def _delivers(plan: PrepositionPlan, **changes: object) -> PrepositionPlan:
    return msgspec.structs.replace(plan, deliveries=(msgspec.structs.replace(plan.deliveries[0], **changes),))


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda plan: msgspec.structs.replace(plan, problem="other"), "wrong-problem"),
        (lambda plan: _moves(plan, start="FAR", end="HUB"), "unknown-way"),
        (lambda plan: _moves(plan, period="M1"), "closed"),
        (lambda plan: _moves(plan, kg=5000.0, cost=150_000.0), "stock-gone"),
        (lambda plan: _moves(plan, cost=1.0), "wrong-cost"),
        (lambda plan: _moves(plan, kg=9000.0, cost=270_000.0), "overfull"),
        (lambda plan: _moves(plan, kg=0.0, cost=0.0), "no-kg"),
        (lambda plan: _moves(plan, good_until=LONG), "stock-gone"),
        (lambda plan: _delivers(plan, kg=5000.0, cost=50_000.0), "not-what-was-asked"),
        (lambda plan: _delivers(plan, period="M0"), "wrong-period"),
        (lambda plan: _delivers(plan, good_until=day(1)), "too-old"),
        (lambda plan: _delivers(plan, due="M0"), "not-asked"),
        (lambda plan: msgspec.structs.replace(plan, store=()), "wrong-stock"),
        (lambda plan: msgspec.structs.replace(plan, cost=200_000.0), "wrong-total"),
        (lambda plan: msgspec.structs.replace(plan, bound=300_000.0), "bound-above-cost"),
    ],
)
def test_a_plan_that_was_tampered_with_is_refused(
    tamper: Callable[[PrepositionPlan], PrepositionPlan], code: str
) -> None:
    breaches = check(rains(), tamper(preposition(rains())))

    assert code in {one.code for one in breaches}
    assert all(BREACHES[one.code].format(**one.facts) for one in breaches)


def test_a_way_carries_no_more_than_it_may() -> None:
    plan = preposition(rains())
    narrow = rains(moves=(Way("HUB", "FAR", 30_000, closed=("M1",), kg_per_period=5999),))

    assert {one.code for one in check(narrow, plan)} == {"over-way"}


def test_the_commands_plan_and_check_a_file(tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(write_problem(rains()))

    planned = CliRunner().invoke(preposition_file, [str(problem), "--out", str(plan)])
    checked = CliRunner().invoke(check_preposition_file, [str(problem), str(plan)])

    assert (planned.exit_code, checked.exit_code) == (0, 0), planned.output + checked.output
    assert "HUB -> FAR: 6000 kg CSB+" in planned.output


def test_the_commands_tell_a_shortage_and_a_fault_by_their_exit_codes(tmp_path: Path) -> None:
    short, broken, plan = tmp_path / "short.json", tmp_path / "broken.json", tmp_path / "plan.json"
    short.write_bytes(write_problem(rains(stock=())))
    broken.write_text("{}", encoding="utf-8")

    partial = CliRunner().invoke(preposition_file, [str(short), "--out", str(plan)])
    faulty = CliRunner().invoke(preposition_file, [str(broken), "--out", str(plan)])
    foreign = CliRunner().invoke(check_preposition_file, [str(short), str(broken)])

    assert (partial.exit_code, faulty.exit_code, foreign.exit_code) == (3, 1, 1)
    assert "stock:CSB+" in partial.output
    assert "missing-key" in faulty.output
