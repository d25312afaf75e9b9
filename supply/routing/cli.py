"""Commands on delivery problem and plan files, without a database; and the trips of a cycle."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from supply.db import Database
from supply.i18n import N_, gettext, show_mass, translate
from supply.programme import queries as programme
from supply.routing import queries
from supply.routing.planner.check import check
from supply.routing.planner.difference import Difference, Fate, difference
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.plan import Plan, Trip, read_plan, write_plan
from supply.routing.planner.preposition.problem import PrepositionProblem
from supply.routing.planner.preposition.problem import read_problem as read_preposition
from supply.routing.planner.problem import MAX_BYTES, Problem
from supply.routing.planner.problem_file import read_problem
from supply.routing.planner.words import BREACHES, FAULTS, MAKING_READY, VIOLATIONS
from supply.routing.rows import TripRow
from supply.routing.snapshot import CycleUnknown
from supply.routing.watching import Teller, stoppable
from supply.routing.words import TRIP_STATE_NAMES, TripState
from supply.terminal import columns, database_option, json_option

Read = TypeVar("Read", Problem, PrepositionProblem)

PARTIAL = 3
"""Exit code of a plan that leaves something unserved."""

CHANGE_COST = 25_000
"""Francs that changing an announced trip must save: about a day of a lorry (own estimate, illustrative)."""

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
@click.option("--previous", type=FILE, default=None, help="Plan to change as little as it is worth.")
@click.option(
    "--change-cost",
    type=click.IntRange(min=0),
    default=CHANGE_COST,
    show_default=True,
    help="What changing one trip of the previous plan must save.",
)
@click.pass_context
def plan_file(
    context: click.Context,
    problem_file: Path,
    *,
    out: Path,
    seconds: float,
    seed: int,
    threads: int,
    previous: Path | None,
    change_cost: int,
) -> None:
    """Plan the deliveries of a problem file.

    Exit code 0: everything is served; 3: something is left unserved, each with its reason; 1: the problem
    is faulty. Ctrl-C stops the search and keeps the best plan so far; a second Ctrl-C keeps nothing.
    """
    from supply.routing.planner.replan import replan  # noqa: PLC0415 - loads the solvers, half a second
    from supply.routing.planner.solve import Params, solve  # noqa: PLC0415 - as above

    problem = _problem(context, problem_file)
    params = Params(seconds=seconds, threads=threads)
    old = None if previous is None else _plan(context, previous)
    with stoppable() as cancelled:
        plan = (
            solve(problem, params, seed, progress=Teller(), cancelled=cancelled)
            if old is None
            else replan(
                problem, old, params, seed,
                change_cost=change_cost, progress=Teller(), cancelled=cancelled,
            )
        )  # fmt: skip
    violations = check(problem, plan)
    assert not violations, f"the planner made a plan that its checker refuses: {violations[:3]}"
    _write_whole(out, write_plan(plan))
    click.echo(
        f"{plan.status}: cost {plan.cost}, bound {plan.bound:.0f}, gap {plan.gap:.4%}, {plan.seconds} s"
    )
    if old is not None:
        click.echo(_summary(difference(old, plan)))
    for item in plan.unserved:
        amounts = ", ".join(f"{kg} kg {product}" for product, kg in item.kg.items())
        click.echo(f"unserved {item.site}: {amounts}; {', '.join(item.because)}; {item.cheapest_change}")
    context.exit(PARTIAL if plan.unserved else 0)


def _write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing, whenever the process is killed; a device or a pipe is written to directly."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(data)
    beside.replace(path)


@click.command("prepare")
def prepare_command() -> None:
    """Make the delivery planner ready on this machine, rather than at the first plan: a minute or so, once.

    Run it after installing, as the user that runs the service or as one that may write to the program.
    """
    from supply.routing.planner import kernels  # noqa: PLC0415 - loads the solvers
    from supply.routing.planner.large.delivery import prepare as prepare_large  # noqa: PLC0415 - as above
    from supply.routing.planner.solve import make_ready  # noqa: PLC0415 - as above

    if kernels.are_kept():
        return
    click.echo(gettext(MAKING_READY), err=True)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as beside:
        # A compiler uses one core, so the two searches are compiled on a core each; then what is left.
        done = beside.submit(_prepare_exact)
        prepare_large()
        done.result()
    make_ready(lambda: None, None)


def _prepare_exact() -> None:
    """In another process: plans stay there."""
    from supply.routing.planner.solve import prepare_exact  # noqa: PLC0415 - as above

    prepare_exact()


@click.command("check-file")
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file_path", metavar="PLAN.json", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Violations as JSON.")
@click.pass_context
def check_file(context: click.Context, problem_file: Path, plan_file_path: Path, *, as_json: bool) -> None:
    """Check every rule and every franc of a plan file; exit code 1 with each violation on a line."""
    problem = _problem(context, problem_file)
    plan = _plan(context, plan_file_path)
    violations = check(problem, plan)
    if as_json:
        click.echo(msgspec.json.encode({"valid": not violations, "violations": violations}).decode())
    else:
        for violation in violations:
            click.echo(f"{violation.code}: {translate(VIOLATIONS[violation.code], violation.facts)}")
    context.exit(1 if violations else 0)


@click.command("compare-plans")
@click.argument("old_file", metavar="OLD.json", type=FILE)
@click.argument("new_file", metavar="NEW.json", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="The difference as JSON.")
@click.pass_context
def compare_plans(context: click.Context, old_file: Path, new_file: Path, *, as_json: bool) -> None:
    """Say trip by trip what a plan changes in another: kept, changed in what, dropped, added."""
    old, new = _plan(context, old_file), _plan(context, new_file)
    found = difference(old, new)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for line in found.lines:
        trips = [
            _trip_text(plan.trips[number])
            for plan, number in ((old, line.old), (new, line.new))
            if number is not None and not (line.fate == Fate.KEPT and plan is old)
        ]
        what = f" ({', '.join(line.what)})" if line.what else ""
        click.echo(f"{line.fate}{what} {line.cost_change:+d}: {' => '.join(trips)}")
    click.echo(_summary(found))


def _trip_text(trip: Trip) -> str:
    stops = ", ".join(
        f"{stop.site} {' + '.join(f'{kg} kg {product}' for product, kg in stop.deliver_kg.items())}"
        for stop in trip.stops
    )
    return f"{trip.fleet} {trip.vehicle} on {trip.begin}: {stops}"


def _summary(found: Difference) -> str:
    counts = ", ".join(f"{found.count(fate)} {fate}" for fate in Fate)
    return f"{counts}; cost {found.cost_change:+d}"


def _plan(context: click.Context, path: Path) -> Plan:
    try:
        return read_plan(path.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        click.echo(f"{path.name}: {error}", err=True)
        context.exit(1)


@click.command("preposition-file")
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where the plan goes.")
@click.pass_context
def preposition_file(context: click.Context, problem_file: Path, *, out: Path | None) -> None:
    """Plan what to move to which store before roads close.

    The file names periods, stores with capacity_kg, sites, stock (there, or expected in a period), moves
    between stores and deliveries to sites with cost_per_tonne and closed periods, and demands with the
    period in which they are due. Format preposition-problem/1, told in supply.routing.planner.preposition.

    Exit code 0: everything is met in time; 3: something is short, each with its reasons; 1: the problem is
    faulty.
    """
    from supply.routing.planner.preposition import check, plan, solve  # noqa: PLC0415 - loads the solvers

    problem = _preposition_problem(context, problem_file)
    found = solve.preposition(problem)
    breaches = check.check(problem, found)
    assert not breaches, f"the planner made a plan that its checker refuses: {breaches[:3]}"
    if out is not None:
        _write_whole(out, plan.write_plan(found))
    click.echo(f"{found.status}: cost {found.cost:.0f}, bound {found.bound:.0f}, gap {found.gap:.4%}")
    for move in found.moves:
        sites = ", ".join(sorted({one.site for one in move.serves}))
        click.echo(
            f"{move.period} to {move.until}  {move.start} -> {move.end}: "
            f"{move.kg:.0f} kg {move.product} for {sites}"
        )
    for item in found.unmet:
        click.echo(
            f"short {item.site} {item.due}: {item.kg:.0f} kg {item.product}; {', '.join(item.because)}"
        )
    for held in found.overfull:
        click.echo(f"overfull {held.store} {held.period}: {held.kg:.0f} kg")
    context.exit(PARTIAL if found.unmet or found.overfull else 0)


@click.command("check-preposition-file")
@click.argument("problem_file", metavar="PROBLEM.json", type=FILE)
@click.argument("plan_file_path", metavar="PLAN.json", type=FILE)
@click.pass_context
def check_preposition_file(context: click.Context, problem_file: Path, plan_file_path: Path) -> None:
    """Check every rule and every franc of a pre-positioning plan; exit code 1 with each breach on a line."""
    from supply.routing.planner.preposition import check, plan  # noqa: PLC0415 - few commands need it

    problem = _preposition_problem(context, problem_file)
    try:
        found = plan.read_plan(plan_file_path.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        click.echo(f"{plan_file_path.name}: {error}", err=True)
        context.exit(1)
    breaches = check.check(problem, found)
    for one in breaches:
        click.echo(f"{one.code}: {translate(BREACHES[one.code], one.facts)}")
    context.exit(1 if breaches else 0)


def _preposition_problem(context: click.Context, path: Path) -> PrepositionProblem:
    return _read(context, path, read_preposition)


def _problem(context: click.Context, path: Path) -> Problem:
    return _read(context, path, read_problem)


def _read(context: click.Context, path: Path, read: Callable[[bytes], Read]) -> Read:
    try:
        with path.open("rb") as file:
            return read(file.read(MAX_BYTES + 1))  # one byte too many is refused: memory stays bounded
    except FaultyProblemError as error:
        for fault in error.faults:
            click.echo(f"{fault.place}: {fault.code}: {translate(FAULTS[fault.code], fault.facts)}", err=True)
        context.exit(1)


@click.command("trips")
@click.option("--cycle", default=None, help="Code of a cycle; else all of them.")
@click.option("--store", default=None, help="Code of the store that they leave from.")
@click.option(
    "--state", type=click.Choice([state.value for state in TripState]), default=None, help="How far they are."
)
@json_option
@database_option
def trips_command(
    cycle: str | None, store: str | None, state: str | None, database: str, *, as_json: bool
) -> None:
    """Trips with their stops, the newest first."""
    with closing(Database(database)) as db, db.snapshot() as session:
        if cycle is not None and programme.cycle(session, cycle) is None:
            raise CycleUnknown(cycle=cycle)
        found = queries.trips(
            session,
            cycle_code=cycle,
            store_codes=None if store is None else (store,),
            states=None if state is None else (state,),
            newest=True,
        )
    click.echo(msgspec.json.encode(found) if as_json else _trips_text(found))


def _trips_text(found: tuple[TripRow, ...]) -> str:
    return columns(
        (N_("Trip"), N_("Leaves on"), N_("Back on"), N_("State"), N_("Truck"), N_("Stops")),
        (N_("Cargo"),),
        (
            (
                row.label,
                row.first_on.isoformat(),
                row.ends_on.isoformat(),
                gettext(TRIP_STATE_NAMES[TripState(row.state)]),
                row.plate or row.vehicle_type_code,
                ", ".join(waybill.site_code for waybill in row.waybills),
                show_mass(row.grams),
            )
            for row in found
        ),
    )


commands = [prepare_command, plan_file, check_file, compare_plans, preposition_file, check_preposition_file]
"""The commands that the root command line gathers."""

area_commands = [trips_command]
"""Reads of the area, grouped with its operations."""
