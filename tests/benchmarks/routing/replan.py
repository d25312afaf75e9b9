"""A truck breaks on the first day: how soon there is a new plan, what it costs, and how much it changes.

    python -m tests.benchmarks.routing.replan [--seconds 8] [--first-seconds 30] [--change-cost 25000]

The fleet is as tight as a programme's: only the trucks that the first plan uses, less the one that breaks.
The most used truck at home is the one. A quarter of the trips are on the road and stay.
"""

import platform
import time
from collections import Counter

import click
import msgspec

from supply.routing.planner.check import check
from supply.routing.planner.difference import changed_count
from supply.routing.planner.plan import Plan, Trip
from supply.routing.planner.problem import LockedStop, LockedTrip, Problem
from supply.routing.planner.replan import replan_explained
from supply.routing.planner.solve import Params, prepare, solve
from tests.benchmarks.routing.programme import programme

ON_ROAD = 0.25
"""Part of the trips, the first to begin, that are on the road and stay."""


@click.command()
@click.option("--seconds", default=8.0, show_default=True, help="For the new plan.")
@click.option("--first-seconds", default=30.0, show_default=True, help="For the plan that is announced.")
@click.option("--change-cost", default=25_000, show_default=True)
def table(*, seconds: float, first_seconds: float, change_cost: int) -> None:
    """One line per problem, in Markdown."""
    prepare()
    click.echo(f"Python {platform.python_version()}, {platform.processor() or platform.machine()}, seed 1,")
    click.echo(f"1 thread, at most {seconds:g} s; a changed trip counts {change_cost} francs.\n")
    click.echo("| problem | trips | on the road | lost | seconds | old cost | new cost | changed ", nl=False)
    click.echo("| must change | bound | planned anew | changed |")
    click.echo("|---|" + "--:|" * 11)
    for kind in ("ltl", "mixed", "ftl"):
        for seed in (1, 2):
            _line(programme(kind, seed), seconds, first_seconds, change_cost)


def _line(problem: Problem, seconds: float, first_seconds: float, change_cost: int) -> None:
    old, broken, lost = broken_truck(problem, solve(problem, Params(seconds=first_seconds), 1))
    began = time.monotonic()
    new = replan_explained(broken, old, Params(seconds=seconds), 1, change_cost=change_cost)
    took = time.monotonic() - began
    assert check(broken, new.plan) == [], "the checker refuses the new plan"
    anew = solve(broken, Params(seconds=seconds), 1)
    cells: list[object] = [
        problem.name, len(old.trips), len(broken.locked_trips), lost, f"{took:.1f}", old.cost,
        new.plan.cost, new.changed, new.least_changed, f"{new.plan.bound:.0f}",
        anew.cost, changed_count(old.trips, anew.trips),
    ]  # fmt: skip
    click.echo(f"| {' | '.join(str(cell) for cell in cells)} |")


def broken_truck(problem: Problem, old: Plan) -> tuple[Plan, Problem, int]:
    """The announced plan, the problem without its most used truck, and how many trips that one had.

    Equal trucks are numbered anew, so that the broken one is the last of its fleet.
    """
    in_order = sorted(old.trips, key=lambda trip: (trip.begin, trip.fleet, trip.vehicle))
    away = in_order[: int(len(in_order) * ON_ROAD)]
    on_road = {(trip.fleet, trip.vehicle) for trip in away}
    days: Counter[tuple[str, int]] = Counter()
    for trip in old.trips:
        if (trip.fleet, trip.vehicle) not in on_road:
            days[trip.fleet, trip.vehicle] += trip.days
    fleet_id, vehicle = max(days, key=lambda one: (days[one], one))
    counts: dict[str, int] = {fleet.id: 0 for fleet in problem.fleet}
    for trip in old.trips:
        counts[trip.fleet] = max(counts[trip.fleet], trip.vehicle)
    last = counts[fleet_id]
    swap = {vehicle: last, last: vehicle}

    def renumbered(trip: Trip) -> Trip:
        is_swapped = trip.fleet == fleet_id and trip.vehicle in swap
        return msgspec.structs.replace(trip, vehicle=swap[trip.vehicle]) if is_swapped else trip

    trips = tuple(renumbered(trip) for trip in old.trips)
    counts[fleet_id] -= 1
    broken = msgspec.structs.replace(
        problem,
        fleet=tuple(msgspec.structs.replace(fleet, count=counts[fleet.id]) for fleet in problem.fleet),
        locked_trips=tuple(_locked(renumbered(trip)) for trip in away),
    )
    lost = sum((trip.fleet, trip.vehicle) == (fleet_id, last) for trip in trips)
    return msgspec.structs.replace(old, trips=trips), broken, lost


def _locked(trip: Trip) -> LockedTrip:
    stops = tuple(LockedStop(stop.site, stop.day, stop.deliver_kg) for stop in trip.stops)
    return LockedTrip(trip.fleet, trip.vehicle, trip.begin, trip.days, stops, trip.km, trip.cost)


if __name__ == "__main__":
    table()
