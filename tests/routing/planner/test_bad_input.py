"""What a faulty, huge or impossible problem file does to the command: a named refusal or a partial plan."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any  # a JSON document

import pytest
from click.testing import CliRunner, Result

from supply.routing.cli import check_file, plan_file
from supply.routing.planner.check import check
from supply.routing.planner.plan import read_plan
from supply.routing.planner.problem_file import write_problem
from tests.benchmarks.routing.programme import programme
from tests.routing.planner.tiny import small

Document = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]
MEMORY_MB = 2_000
"""Address space of the command: libraries take 1.3 GB of it, most of that never touched."""


def _document(**changes: object) -> Document:
    document: Document = json.loads(write_problem(small()))
    return {**document, **changes}


def _plan(folder: Path, document: Document, *options: str) -> Result:
    """The command's answer; there is no plan when it refuses, and a valid one when it does not."""
    source, target = folder / "problem.json", folder / "plan.json"
    source.write_text(json.dumps(document))
    result = CliRunner().invoke(plan_file, [str(source), "--out", str(target), "--seconds", "5", *options])
    assert target.exists() == (result.exit_code in {0, 3}), result.output
    if target.exists():
        assert CliRunner().invoke(check_file, [str(source), str(target)]).exit_code == 0
    return result


def test_the_command_names_every_fault_of_sense_with_its_place(tmp_path: Path) -> None:
    """One of each kind in one file: none hides another."""
    document = _document(split_deliveries=False)
    document["distance_km"] = [[0, -1, 100, 120], [400, 0, 300], [100, 300, 0, 20], [120, 320, 20, 0]]
    document["sites"][0]["demand_kg"] = {"flour": 12_000, "rice": 1}
    document["sites"][0]["windows"] = [["2026-01-01", "2026-01-02"]]
    document["sites"][1]["id"] = "kayes"
    document["fleet"][1]["type"] = "40t"

    result = _plan(tmp_path, document)

    assert result.exit_code == 1
    assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
        ["$.sites[1].id", "duplicate-id"],
        ["$.sites[0].demand_kg", "unknown-id"],
        ["$.fleet[1].type", "unknown-id"],
        ["$.sites[0].windows[0]", "outside-horizon"],
        ["$.distance_km[0][1]", "negative-distance"],
        ["$.distance_km[1]", "not-square"],
        ["$.sites[0].demand_kg", "demand-above-every-truck"],
    ]


def test_the_command_names_every_fault_of_numbers_with_its_place(tmp_path: Path) -> None:
    document = _document()
    document["distance_km"][0][1] = float("nan")
    document["distance_km"][1][0] = float("-inf")
    document["distance_km"][2][3] = -5
    document["depots"][0]["stock_kg"]["flour"] = 2**53 + 1
    document["sites"][1]["demand_kg"]["flour"] = -1

    result = _plan(tmp_path, document)

    assert result.exit_code == 1
    assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
        ['$.depots[0].stock_kg["flour"]', "too-big"],
        ['$.sites[1].demand_kg["flour"]', "out-of-range"],
        ["$.distance_km[0][1]", "not-a-number"],
        ["$.distance_km[1][0]", "not-a-number"],
    ]


def test_a_site_without_a_road_is_left_with_that_reason(tmp_path: Path) -> None:
    document = _document()
    for row in range(4):
        document["distance_km"][row][3] = document["distance_km"][3][row] = 0 if row == 3 else None

    result = _plan(tmp_path, document)

    plan = read_plan((tmp_path / "plan.json").read_bytes())
    assert result.exit_code == 3
    assert [(item.site, item.because) for item in plan.unserved] == [("nioro", ("no-road:nioro",))]


def test_stock_that_cannot_cover_is_a_partial_plan(tmp_path: Path) -> None:
    document = _document()
    for depot in document["depots"]:
        depot["stock_kg"]["flour"] = 3_000

    result = _plan(tmp_path, document)

    plan = read_plan((tmp_path / "plan.json").read_bytes())
    assert result.exit_code == 3
    # 6,000 + 2,000 kg are needed and 3,000 + 3,000 kg are there.
    assert sum(sum(item.kg.values()) for item in plan.unserved) == 2_000
    assert {reason.split(":")[0] for item in plan.unserved for reason in item.because} == {"stock"}


@pytest.mark.parametrize("split", [True, False])
def test_no_demand_at_all_is_an_optimal_plan_of_no_trips(tmp_path: Path, *, split: bool) -> None:
    document = _document(split_deliveries=split)
    for site in document["sites"]:
        site["demand_kg"] = {"flour": 0}

    result = _plan(tmp_path, document)

    plan = read_plan((tmp_path / "plan.json").read_bytes())
    assert (result.exit_code, plan.status, plan.cost, plan.trips) == (0, "optimal", 0, ())


@pytest.mark.parametrize("empty", ["sites", "fleet", "vehicle_types", "depots", "products"])
def test_a_problem_that_lacks_a_whole_part_is_planned_or_refused(tmp_path: Path, empty: str) -> None:
    document = _document(**{empty: []})
    if empty in {"sites", "depots"}:
        document["distance_km"] = [row[:2] for row in document["distance_km"][:2]]
    if empty in {"vehicle_types", "depots"}:
        document["fleet"] = []

    assert _plan(tmp_path, document).exit_code == {"sites": 0, "products": 1}.get(empty, 3)


def test_a_largest_number_that_every_reader_keeps_is_planned(tmp_path: Path) -> None:
    """2^53 kg in a store, 2^53 francs a trip: nothing overflows."""
    document = _document()
    document["depots"][0]["stock_kg"]["flour"] = 2**53
    document["vehicle_types"][0]["capacity_kg"] = 2**53
    document["vehicle_types"][0]["capacity_m3"] = None

    assert _plan(tmp_path, document).exit_code == 0


def test_a_plan_reaches_beyond_the_days_of_one_mask(tmp_path: Path) -> None:
    """The compiled searches count 62 days; here a site may only be served on the 70th, 90th and 100th."""
    document = _document(days=100)
    document["sites"][0]["windows"] = [["2027-03-14", "2027-03-14"], ["2027-04-13", "2027-04-13"]]
    document["sites"][1]["windows"] = [["2027-04-03", "2027-04-03"]]

    result = _plan(tmp_path, document)

    plan = read_plan((tmp_path / "plan.json").read_bytes())
    assert (result.exit_code, plan.unserved) == (0, ())


def _bounded(folder: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process that may not take more memory."""
    code = (
        "import resource; from supply.cli import main;"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_MB * 2**20},) * 2); main()"
    )
    command = [sys.executable, "-c", code, "plan-file", str(source), "--out", str(folder / "plan.json")]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_a_file_of_100_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    source = tmp_path / "problem.json"
    with source.open("wb") as file:
        file.write(b'{"name": "')
        for _ in range(100):
            file.write(b"x" * 2**20)

    done = _bounded(tmp_path, source)

    assert (done.returncode, done.stderr.split(": ")[:2]) == (1, ["$", "too-large"])


def test_5000_sites_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    source = tmp_path / "problem.json"
    sites = [{"id": f"s{number}", "lat": 13, "lon": -8, "demand_kg": {"flour": 1}} for number in range(5_000)]
    source.write_text(json.dumps({**_document(sites=sites), "distance_km": None}))

    done = _bounded(tmp_path, source)

    assert done.returncode == 1
    assert done.stderr.startswith("$.sites: too-many: 5\N{NARROW NO-BREAK SPACE}000 sites")


def test_a_file_full_of_faults_names_so_many_and_counts_the_rest(tmp_path: Path) -> None:
    """A negative matrix of 500 × 500 for four points: 1 + 500 faults of size, 250,000 of sign."""
    document = _document(distance_km=[[-1] * 500] * 500)

    result = _plan(tmp_path, document)

    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert len(lines) == 10_001
    assert (
        lines[-1] == "$: more-faults: 240\N{NARROW NO-BREAK SPACE}501 autres fautes ne sont pas nommées ici."
    )


def test_a_killed_command_leaves_no_half_plan(tmp_path: Path) -> None:
    """Not even beside an older plan, which stays as it was."""
    source, target = tmp_path / "problem.json", tmp_path / "plan.json"
    source.write_bytes(write_problem(programme("mixed", 1)))
    target.write_text("an older plan")
    command = [sys.executable, "-m", "supply", "plan-file", str(source), "--out", str(target)]
    running = subprocess.Popen([*command, "--seconds", "60"], cwd=ROOT)
    time.sleep(6)  # it is at work by then; what it does at that moment does not matter

    running.send_signal(signal.SIGKILL)

    assert running.wait(10) == -signal.SIGKILL
    assert target.read_text() == "an older plan"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "problem.json"]


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_command_keeps_its_best_plan(tmp_path: Path) -> None:
    source, target = tmp_path / "problem.json", tmp_path / "plan.json"
    problem = programme("mixed", 1)
    source.write_bytes(write_problem(problem))
    command = [sys.executable, "-m", "supply", "plan-file", str(source), "--out", str(target)]
    running = subprocess.Popen([*command, "--seconds", "600"], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    first = running.stderr.readline()  # it is at work

    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)

    assert running.returncode == 0
    assert "cost" in first
    assert (
        said.splitlines()[-1]
        == "Recherche arrêtée\N{NO-BREAK SPACE}: voici le meilleur plan trouvé jusqu’ici."
    )
    assert "Traceback" not in said
    assert check(problem, read_plan(target.read_bytes())) == []
