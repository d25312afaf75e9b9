"""Prints plans of a country's size: cost, own bound, memory, and what other engines make of the same problem.

    python -m tests.benchmarks.routing.national [--sizes 100,200,400,700,1000] [--seconds 120] [--seed 1]
        [--peers] [--peers-at 700] [--cpu]

Sizes are communes; 700 have 40 stores and 300 trucks. The engines get the demands split by hand by the rule
told in delivery_peers, and as many seconds. Every plan passes the checker or is shown as none, with the why.
"""

import resource
import time

import click

from supply.routing.planner import incumbent
from supply.routing.planner.check import check
from supply.routing.planner.large import search as searching
from supply.routing.planner.plan import Progress
from supply.routing.planner.problem import Problem
from supply.routing.planner.solve import Params, prepare, solve
from tests.benchmarks.routing.country import country
from tests.benchmarks.routing.delivery_peers import outcome
from tests.benchmarks.routing.engines import ENGINES, Limit
from tests.benchmarks.routing.exactness import cell
from tests.benchmarks.routing.public_sets import CpuClock, heading

MOMENTS = (10, 30)


@click.command()
@click.option("--sizes", default="100,200,400,700,1000", show_default=True)
@click.option("--seconds", default=120.0, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--peers", is_flag=True, help="Solve with other engines as well.")
@click.option("--peers-at", default="700", show_default=True, help="Sizes at which they are asked.")
@click.option("--cpu", is_flag=True, help="Count processor time.")
def table(*, sizes: str, seconds: float, seed: int, peers: bool, peers_at: str, cpu: bool) -> None:
    """One line a size, in Markdown; memory is the most up to there."""
    prepare()
    if cpu:
        incumbent.time = CpuClock  # type: ignore[assignment, attr-defined]  # for busy machines
        searching.time = CpuClock  # type: ignore[assignment, attr-defined]  # as above
    limit = Limit(seconds, cpu)
    names = list(ENGINES) if peers else []
    click.echo(heading(limit, seed))
    heads = "".join(f" above last at {moment} s |" for moment in MOMENTS)
    heads += "".join(f" {name} | above ours |" for name in names)
    click.echo(f"\n| communes, stores, trucks | trips | cost | bound | gap | seconds | MB |{heads}")
    click.echo("|---|" + "--:|" * (6 + len(MOMENTS) + 2 * len(names)))
    for size in (int(one) for one in sizes.split(",")):
        asked = names if str(size) in peers_at.split(",") else []
        notes = _line(country(size, seed), limit, seed, asked=asked, blank=len(names) - len(asked))
        for note in notes:
            click.echo(f"<!-- {note} -->")


def _line(problem: Problem, limit: Limit, seed: int, *, asked: list[str], blank: int) -> list[str]:
    seen: list[Progress] = []
    started = time.process_time() if limit.is_processor else time.monotonic()
    plan = solve(problem, Params(seconds=limit.seconds, reasons_seconds=1.0), seed, progress=seen.append)
    spent = (time.process_time() if limit.is_processor else time.monotonic()) - started
    assert [fault.code for fault in check(problem, plan)] == [], "the checker refuses our plan"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cells = "".join(f" {_cost_at(seen, moment) / plan.cost - 1:.2%} |" for moment in MOMENTS)
    notes: list[str] = []
    for name in asked:
        found = outcome(name, problem, limit, seed)
        cells += cell(found, plan.cost)
        notes += [f"{problem.name}: {name}: {found.note}"] if found.note else []
    trucks = sum(fleet.count for fleet in problem.fleet)
    click.echo(
        f"| {len(problem.sites)}, {len(problem.depots)}, {trucks} | {len(plan.trips)} | {plan.cost} |"
        f" {plan.bound:.0f} | {plan.gap:.2%} | {spent:.0f} | {peak:.0f} |{cells}{'  |  |' * blank}"
    )
    return notes


def _cost_at(seen: list[Progress], moment: float) -> float:
    return next((float(one.cost) for one in reversed(seen) if one.seconds <= moment), float("nan"))


if __name__ == "__main__":
    table()
