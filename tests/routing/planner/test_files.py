"""The two commands on files: what they print and how they exit."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from supply.cli import main
from supply.routing.cli import check_file, plan_file
from supply.routing.planner.plan import read_plan
from supply.routing.planner.problem import Depot, Problem
from supply.routing.planner.problem_file import write_problem
from supply.routing.planner.solve import Params, solve
from tests.benchmarks.routing.programme import programme
from tests.routing.planner.tiny import small


def _planned(folder: Path, problem: Problem) -> tuple[int, Path, Path]:
    source, target = folder / "problem.json", folder / "plan.json"
    source.write_bytes(write_problem(problem))
    result = CliRunner().invoke(plan_file, [str(source), "--out", str(target), "--seconds", "20"])
    return result.exit_code, source, target


def test_a_plan_that_serves_everything_exits_0_and_is_valid(tmp_path: Path) -> None:
    code, source, target = _planned(tmp_path, small())

    assert (code, read_plan(target.read_bytes()).status) == (0, "optimal")
    assert CliRunner().invoke(check_file, [str(source), str(target)]).exit_code == 0


def test_a_plan_that_leaves_something_exits_3_with_reasons(tmp_path: Path) -> None:
    code, source, target = _planned(tmp_path, small(depots=(Depot("kayes"), Depot("segou"))))

    plan = read_plan(target.read_bytes())
    assert (code, plan.status, plan.trips) == (3, "partial", ())
    assert all(item.because for item in plan.unserved)
    assert CliRunner().invoke(check_file, [str(source), str(target)]).exit_code == 0


def test_a_faulty_problem_exits_1_with_each_fault(tmp_path: Path) -> None:
    source = tmp_path / "problem.json"
    source.write_text('{"format": "delivery-problem/1", "days": 0}')

    result = CliRunner().invoke(plan_file, [str(source), "--out", str(tmp_path / "plan.json")])

    assert result.exit_code == 1
    assert "$.days: out-of-range" in result.stderr
    assert result.stderr.count("missing-key") == 8


def test_a_plan_edited_by_hand_exits_1_with_each_violation(tmp_path: Path) -> None:
    _, source, target = _planned(tmp_path, small())
    target.write_bytes(target.read_bytes().replace(b'"cost": 4340', b'"cost": 1'))

    shown = CliRunner().invoke(check_file, [str(source), str(target)])
    as_json = CliRunner().invoke(check_file, [str(source), str(target), "--json"])

    assert (shown.exit_code, as_json.exit_code) == (1, 1)
    assert "wrong-cost: La tournée 1 annonce un coût de 1" in shown.output
    assert not msgspec.json.decode(as_json.output)["valid"]


@pytest.mark.parametrize("kind", ["ltl", "mixed"])
def test_the_same_seed_gives_the_same_plan(kind: str) -> None:
    problem = programme(kind, 1, communes=5)

    first, second = (solve(problem, Params(seconds=60), 7) for _ in range(2))

    assert msgspec.structs.replace(first, seconds=0.0) == msgspec.structs.replace(second, seconds=0.0)
    assert first.status == "optimal"


def test_a_cancelled_search_still_gives_a_valid_plan() -> None:
    plan = solve(programme("mixed", 1), Params(seconds=60), 1, cancelled=lambda: True)

    assert plan.status == "feasible"
    assert plan.seconds < 5


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("en", "$.name: wrong-type: text is expected here, not a list."),
        ("fr", "$.name: wrong-type: On attend ici du texte, et non une liste."),
    ],
)
def test_faults_are_said_in_the_language_of_the_reader(tmp_path: Path, spoken: str, said: str) -> None:
    source = tmp_path / "problem.json"
    source.write_text('{"name": []}')

    result = CliRunner().invoke(main, ["--lang", spoken, "plan-file", str(source), "--out", str(source)])

    assert said in result.stderr.splitlines()
