"""Prints how far the planner's compiled search is from the best known costs of public instances.

    python -m tests.benchmarks.routing.public_sets [--folder ../shared/bench] [--seconds 10] [--only cvrp]
        [--seed 1] [--peers] [--cpu]

The instances are named in the folder's SOURCES.md and are no part of this project. With --peers the same
instances are solved by PyVRP, VROOM and OR-Tools' routing library, one core and the same seconds each
(`uv sync --group bench`). With --cpu the seconds are of processor time, for machines that are busy: VROOM and
OR-Tools, which know only the wall, get as many more of its seconds as other work takes from the core.
"""

import datetime as dt
import os
import platform
import time
from pathlib import Path

import click
import numpy as np

from supply.routing.planner.large import search as searching
from supply.routing.planner.large.delivery import prepare
from supply.routing.planner.large.search import Moment
from tests.benchmarks.routing.engines import ENGINES, Limit, versions
from tests.benchmarks.routing.public_files import Public, cost_of, instances
from tests.benchmarks.routing.public_ground import ground_of, penalties, routes_of
from tests.benchmarks.routing.public_peers import answer

KINDS = {"cvrp": 0.40, "hfvrp": 0.90, "mdvrptw": 1.40, "sdvrp": 1.00}
"""Folder to the mean gap in % that is aimed at in 60 seconds."""


class CpuClock:
    """Stands in for the clock of the search."""

    perf_counter = staticmethod(time.process_time)
    monotonic = staticmethod(time.process_time)


@click.command()
@click.option("--folder", type=click.Path(path_type=Path, exists=True), default=Path("../shared/bench"))
@click.option("--seconds", default=10.0, show_default=True)
@click.option("--only", default="", help="cvrp, hfvrp, mdvrptw or sdvrp.")
@click.option("--seed", default=1, show_default=True)
@click.option("--peers", is_flag=True, help="Solve with other engines as well.")
@click.option("--cpu", is_flag=True, help="Count processor time of our search.")
def table(*, folder: Path, seconds: float, only: str, seed: int, peers: bool, cpu: bool) -> None:
    """One table a kind, in Markdown."""
    prepare()
    if cpu:
        searching.time = CpuClock  # type: ignore[assignment, attr-defined]  # for busy machines
    limit = Limit(seconds, cpu)
    click.echo(heading(limit, seed))
    for kind, goal in KINDS.items():
        if only in {"", kind}:
            _table(
                instances(folder, kind), goal, limit=limit, seed=seed, names=list(ENGINES) if peers else []
            )


def heading(limit: Limit, seed: int) -> str:
    """Day, machine, versions and limits of a measurement."""
    clock = "processor" if limit.is_processor else "wall-clock"
    cores = len(os.sched_getaffinity(0))
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return (
        f"{today}, Python {platform.python_version()}, NumPy {np.__version__}, {versions()};\n"
        f"{_processor()}, {cores} core{'s' * (cores > 1)} to use, one thread each, seed {seed},"
        f" {limit.seconds:g} {clock} seconds."
    )


def _processor() -> str:
    """The processor's name as Linux tells it."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.machine()


def _table(found: list[Public], goal: float, *, limit: Limit, seed: int, names: list[str]) -> None:
    heads = "".join(f" {name} gap % |" for name in names)
    click.echo(
        f"\n| instance | best known | ours | gap % | iterations/s |{heads}\n|---|" + "--:|" * (4 + len(names))
    )
    gaps: list[list[float]] = []
    spent: list[list[float]] = []
    notes: list[str] = []
    for public in found:
        cost, speed = _ours(public, limit.seconds, seed)
        others = [answer(name, public, limit, seed) for name in names]
        gaps.append([100 * (value / public.best - 1) for value in (cost, *(one.cost for one in others))])
        spent.append([one.seconds for one in others])
        notes += [one.note for one in others if one.note]
        shown = "".join(_cell(gap) for gap in gaps[-1][1:])
        click.echo(
            f"| {public.name} | {public.best:.0f} | {cost:.0f} | {gaps[-1][0]:.2f} | {speed:.0f} |{shown}"
        )
    means = [float(np.mean(column)) for column in zip(*gaps, strict=True)]
    shown = "".join(_cell(mean) for mean in means[1:])
    click.echo(f"| mean (goal in 60 s: {goal:.2f}) | | | {means[0]:.2f} | |{shown}")
    if names:
        used = zip(names, np.mean(spent, axis=0), strict=True)
        click.echo("\nProcessor seconds used, mean: " + ", ".join(f"{name} {own:.1f}" for name, own in used))
    for note in notes:
        click.echo(f"\n– {note}.")


def _cell(gap: float) -> str:
    return f" {gap:.2f} |" if np.isfinite(gap) else " – |"


def _ours(public: Public, seconds: float, seed: int) -> tuple[float, float]:
    """Cost by the checker of this benchmark (nan for no plan), and iterations a second."""
    ground = ground_of(public)
    last = [0]

    def heard(moment: Moment, _state: object) -> bool:
        last[0] = moment.iterations
        return True

    state = searching.search(
        ground, stock=np.zeros((public.depots, 1)), free=np.zeros(1, np.uint64), price=penalties(ground),
        seed=seed, seconds=seconds, heard=heard,
    )  # fmt: skip
    if float(state.tally["best_left"][0]) > 0:
        return float("nan"), last[0] / seconds
    return cost_of(public, routes_of(state)), last[0] / seconds


if __name__ == "__main__":
    table()
