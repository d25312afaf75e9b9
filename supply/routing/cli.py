"""Commands on delivery problem and plan files; no database."""

from pathlib import Path

import click
import msgspec

from supply.routing.planner.check import check
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.plan import read_plan, write_plan
from supply.routing.planner.problem import MAX_BYTES, Problem, read_problem
from supply.routing.planner.words import FAULTS, VIOLATIONS

PARTIAL = 3
"""Exit code of a plan that leaves something unserved."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("plan-file")
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the plan goes."
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Time limit."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Start of random choices."
)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Processor cores.")
@click.pass_context
def plan_file(
    context: click.Context, problem_file: Path, *, out: Path, seconds: float, seed: int, threads: int
) -> None:
    """Plan the deliveries of a problem file.

    Exit code 0: everything is served; 3: something is left unserved, each with its reason; 1: the problem
    is faulty.
    """
    from supply.routing.planner.solve import Params, solve  # noqa: PLC0415 - loads the solvers, half a second

    problem = _problem(context, problem_file)
    plan = solve(problem, Params(seconds=seconds, threads=threads), seed)
    violations = check(problem, plan)
    assert not violations, f"the planner made a plan that its checker refuses: {violations[:3]}"
    out.write_bytes(write_plan(plan))
    click.echo(
        f"{plan.status}: cost {plan.cost}, bound {plan.bound:.0f}, gap {plan.gap:.4%}, {plan.seconds} s"
    )
    for item in plan.unserved:
        amounts = ", ".join(f"{kg} kg {product}" for product, kg in item.kg.items())
        click.echo(f"unserved {item.site}: {amounts}; {', '.join(item.because)}; {item.cheapest_change}")
    context.exit(PARTIAL if plan.unserved else 0)


@click.command("check-file")
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file_path", metavar="PLAN.json", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Violations as JSON.")
@click.pass_context
def check_file(context: click.Context, problem_file: Path, plan_file_path: Path, *, as_json: bool) -> None:
    """Check every rule and every franc of a plan file; exit code 1 with each violation on a line."""
    problem = _problem(context, problem_file)
    try:
        plan = read_plan(plan_file_path.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        click.echo(f"{plan_file_path.name}: {error}", err=True)
        context.exit(1)
    violations = check(problem, plan)
    if as_json:
        click.echo(msgspec.json.encode({"valid": not violations, "violations": violations}).decode())
    else:
        for violation in violations:
            click.echo(f"{violation.code}: {VIOLATIONS[violation.code].format(**violation.facts)}")
    context.exit(1 if violations else 0)


def _problem(context: click.Context, path: Path) -> Problem:
    try:
        with path.open("rb") as file:
            return read_problem(
                file.read(MAX_BYTES + 1)
            )  # one byte too many is refused: memory stays bounded
    except FaultyProblemError as error:
        for fault in error.faults:
            click.echo(f"{fault.place}: {fault.code}: {FAULTS[fault.code].format(**fault.facts)}", err=True)
        context.exit(1)


commands = [plan_file, check_file]
"""The commands that the root command line gathers."""
