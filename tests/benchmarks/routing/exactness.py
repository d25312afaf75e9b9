"""Prints what exactness buys: our cost beside that of other engines, whose demands are split by hand.

    python -m tests.benchmarks.routing.exactness [--seconds 60] [--seed 1] [--only ltl] [--cpu]

The rule by which an officer splits is told in delivery_peers. Every plan, ours and theirs, passes our checker
or is shown as none, with the reason.
"""

import click

from supply.routing.planner import incumbent
from supply.routing.planner.check import check
from supply.routing.planner.solve import Params, prepare, solve
from tests.benchmarks.routing.delivery_peers import Outcome, outcome
from tests.benchmarks.routing.engines import Limit
from tests.benchmarks.routing.programme import programme
from tests.benchmarks.routing.public_sets import CpuClock, heading

PROBLEMS = [
    (kind, seed, windows) for kind in ("ltl", "mixed", "ftl") for seed in (1, 2) for windows in (False, True)
]
"""The twelve problems of the programme's size."""
NAMES = ("PyVRP", "VROOM")


@click.command()
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--only", default="", help="ltl, mixed or ftl.")
@click.option("--cpu", is_flag=True, help="Count processor time.")
def table(*, seconds: float, seed: int, only: str, cpu: bool) -> None:
    """One line a problem, in Markdown."""
    prepare()
    if cpu:
        incumbent.time = CpuClock  # type: ignore[assignment, attr-defined]  # for busy machines
    limit = Limit(seconds, cpu)
    click.echo(heading(limit, seed))
    heads = "".join(f" {name} | above ours |" for name in NAMES)
    click.echo(f"\n| problem | ours | gap to bound |{heads}\n|---|" + "--:|" * (2 + 2 * len(NAMES)))
    notes: list[str] = []
    for kind, number, windows in PROBLEMS:
        if only not in {"", kind}:
            continue
        problem = programme(kind, number, windows=windows)
        plan = solve(problem, Params(seconds=seconds), seed)
        assert check(problem, plan) == [], "the checker refuses our plan"
        cells = ""
        for name in NAMES:
            found = outcome(name, problem, limit, seed)
            cells += cell(found, plan.cost)
            notes += [f"{problem.name}: {name}: {found.note}"] if found.note else []
        click.echo(f"| {problem.name} | {plan.cost} | {plan.gap:.2%} |{cells}")
    for note in notes:
        click.echo(f"\n– {note}.")


def cell(found: Outcome, ours: int) -> str:
    """Cost and how much it is above ours; dashes for no plan."""
    return " – | – |" if found.note else f" {found.cost:.0f} | {found.cost / ours - 1:+.2%} |"


if __name__ == "__main__":
    table()
