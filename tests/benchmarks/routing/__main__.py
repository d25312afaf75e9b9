"""Prints how far from its proven bound the planner is on problems of the programme's size.

    python -m tests.benchmarks.routing [--seconds 60] [--threads 2] [--communes 20] [--only ltl] [--cpu]

With --cpu the seconds are of processor time in one thread, for machines that are busy with other work.
"""

import platform
import resource
import time

import click

from supply.routing.planner import incumbent
from supply.routing.planner.check import check
from supply.routing.planner.plan import Progress
from supply.routing.planner.problem import Problem
from supply.routing.planner.solve import Params, prepare, solve
from tests.benchmarks.routing.programme import programme

PROBLEMS = [
    (kind, seed, windows) for kind in ("ltl", "mixed", "ftl") for seed in (1, 2) for windows in (False, True)
]
"""The twelve problems: two seeds of each kind, with and without windows."""
MOMENTS = (5, 15, 60)


class _CpuClock:
    """Stands in for the clock of the search."""

    monotonic = staticmethod(time.process_time)


@click.command()
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--communes", default=20, show_default=True)
@click.option("--only", default="", help="ltl, mixed or ftl.")
@click.option("--cpu", is_flag=True, help="Count processor time.")
def table(*, seconds: float, threads: int, communes: int, only: str, cpu: bool) -> None:
    """One line per problem, in Markdown."""
    prepare()
    if cpu:
        incumbent.time = _CpuClock  # type: ignore[assignment, attr-defined]  # for busy machines
        threads = 1
    clock = "processor" if cpu else "wall-clock"
    click.echo(f"Python {platform.python_version()}, {platform.processor() or platform.machine()}, seed 1,")
    click.echo(
        f"{threads} threads, {seconds:g} {clock} seconds at most. Gap to the proven bound at the end.\n"
    )
    heads = "".join(f" cost at {moment} s, above last |" for moment in MOMENTS)
    click.echo(f"| problem | trips | cost | bound | gap | first plan s |{heads} seconds | status |")
    click.echo("|---|" + "--:|" * (5 + len(MOMENTS)) + "--:|---|")
    for kind, seed, windows in PROBLEMS:
        if only in {"", kind}:
            _line(programme(kind, seed, communes=communes, windows=windows), seconds, 1 if cpu else threads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"\nMost memory: {peak:.0f} MB.")


def _line(problem: Problem, seconds: float, threads: int) -> None:
    seen: list[Progress] = []
    plan = solve(problem, Params(seconds=seconds, threads=threads), 1, progress=seen.append)
    assert check(problem, plan) == [], "the checker refuses the plan"
    first = min((one.seconds for one in seen if one.unserved_kg == 0), default=float("nan"))
    over = "".join(f" {_cost_at(seen, moment) / plan.cost - 1:.2%} |" for moment in MOMENTS)
    proof = f"{plan.cost} | {plan.bound:.0f} | {plan.gap:.3%} | {first:.1f}"
    click.echo(f"| {problem.name} | {len(plan.trips)} | {proof} |{over} {plan.seconds:.0f} | {plan.status} |")


def _cost_at(seen: list[Progress], moment: float) -> float:
    return next((float(one.cost) for one in reversed(seen) if one.seconds <= moment), float("nan"))


if __name__ == "__main__":
    table()
