"""What is compiled at installation is all that the first plan needs, and is found wherever it is kept."""

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from numba.core.dispatcher import Dispatcher

from supply.routing.planner import kernels, pricing, routes, separation, shortlist
from supply.routing.planner import solve as solving
from supply.routing.planner.large import gain
from supply.routing.planner.large import search as annealing
from supply.routing.planner.problem import Problem
from supply.routing.planner.solve import Params, Progress, make_ready, prepare, solve
from supply.routing.planner.words import COMPILING
from tests.benchmarks.routing.programme import programme

MODULES = (pricing, routes, separation, shortlist, gain, annealing)


def _compiled() -> dict[str, int]:
    """How often each function was compiled or loaded, each time for other sorts of arrays."""
    return {
        f"{module.__name__}.{name}": len(value.signatures)
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, Dispatcher)
    }


def _as_read(problem: Problem) -> Problem:
    """With the numbers that reading a file gives: 25000 is read as 25000.0 where fractions are allowed."""
    return msgspec.convert(msgspec.to_builtins(problem), Problem)


def test_the_examples_go_through_every_compiled_part_that_a_plan_needs() -> None:
    prepare()
    before = _compiled()
    problem = programme("mixed", 1, windows=True)

    for same in (problem, _as_read(problem)):  # whole numbers and fractions
        solve(same, Params(seconds=8, reasons_seconds=0), 1)

    assert _compiled() == before
    assert all(before[f"supply.routing.planner.{name}"] for name in ("pricing.search", "large.search.anneal"))


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """As on a machine that has compiled nothing; the compiler ends when the event is set."""
    done = threading.Event()
    monkeypatch.setattr(kernels, "are_kept", done.is_set)
    monkeypatch.setattr(solving, "prepare", done.wait)
    yield done
    done.set()


def test_the_first_plan_does_not_wait_for_the_compiler(nothing_kept: threading.Event) -> None:
    """A plan that serves everything and a word on what happens come first; then the search."""
    seen: list[Progress] = []

    def hear(progress: Progress) -> None:
        seen.append(progress)
        if progress.phase == COMPILING:
            nothing_kept.set()

    problem = programme("ltl", 1, communes=6)
    plan = solve(problem, Params(seconds=300), 1, progress=hear)

    phases = [one.phase for one in seen]
    assert phases.index("first plans") < phases.index(COMPILING) < phases.index("root")
    assert seen[phases.index(COMPILING)].unserved_kg == 0
    assert plan.status == "optimal"


def test_who_stops_while_it_compiles_has_the_first_plan_at_once(nothing_kept: threading.Event) -> None:
    is_stopped = threading.Event()

    def hear(progress: Progress) -> None:
        if progress.phase == COMPILING:
            is_stopped.set()

    plan = solve(programme("mixed", 1), Params(seconds=60), 1, progress=hear, cancelled=is_stopped.is_set)

    assert not nothing_kept.is_set()
    assert (plan.status, plan.unserved) == ("feasible", ())


def test_what_is_kept_is_not_compiled_again() -> None:
    prepare()
    told: list[str] = []

    assert make_ready(lambda: told.append(COMPILING), None) == 0.0
    assert told == []


@pytest.fixture
def two_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, Path]:
    """A place of one's own, empty, and one beside the source, where only another may write."""
    own, beside = tmp_path / "own", tmp_path / "beside"
    for folder in (own, beside):
        (folder / "large").mkdir(parents=True)
    monkeypatch.setattr(kernels, "_folders", lambda: ((own, beside), (own / "large", beside / "large")))
    return own, beside


def test_what_another_compiled_beside_the_source_is_taken_over(two_places: tuple[Path, Path]) -> None:
    own, beside = two_places
    (beside / "pricing.nbi").write_text("index")
    (beside / "large" / "search.nbc").write_text("code")

    assert not kernels.are_kept()
    (beside / kernels.STAMP).write_text(kernels._fingerprint())
    assert kernels.are_kept()
    assert (own / "pricing.nbi").read_text() == "index"
    assert (own / "large" / "search.nbc").read_text() == "code"


def test_what_was_compiled_of_other_source_counts_as_nothing(two_places: tuple[Path, Path]) -> None:
    own, beside = two_places
    (own / kernels.STAMP).write_text("other source")
    (beside / kernels.STAMP).write_text("other source")

    assert not kernels.are_kept()
    kernels.keep()
    assert kernels.are_kept()


@pytest.fixture
def nowhere_to_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for temporary files, for a user who may write neither beside the source nor at home."""
    monkeypatch.setattr(kernels, "_is_writable", lambda folder: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # Set before it is taken away, so that what the test puts there is taken away at its end.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    return tmp_path


def test_who_may_write_nowhere_else_keeps_it_in_a_folder_of_his_own(nowhere_to_write: Path) -> None:
    """Numba alone refuses to load the planner then: "cannot cache function: no locator available"."""
    kernels.provide_place()

    chosen = Path(os.environ["NUMBA_CACHE_DIR"])
    assert chosen == nowhere_to_write / f"supply-planner-{os.geteuid()}"
    assert chosen.stat().st_mode & 0o777 == 0o700


def test_what_somebody_else_may_write_is_never_executed(nowhere_to_write: Path) -> None:
    (nowhere_to_write / f"supply-planner-{os.geteuid()}").mkdir()
    (nowhere_to_write / f"supply-planner-{os.geteuid()}").chmod(0o777)

    kernels.provide_place()

    chosen = Path(os.environ["NUMBA_CACHE_DIR"])
    assert chosen.name != f"supply-planner-{os.geteuid()}"
    assert chosen.stat().st_mode & 0o777 == 0o700
