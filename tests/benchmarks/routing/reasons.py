"""Prints how long the reasons take of what a plan leaves unserved, and how many of them are proven.

    python -m tests.benchmarks.routing.reasons [--seconds 30] [--search 10] [--only fleet]

One thread. The search for the plan comes before and is not counted; a search of another length leaves other
sites unserved.
"""

import datetime as dt
import platform
import random
import time
from collections.abc import Callable

import click
import msgspec

from supply.routing.planner import reasons
from supply.routing.planner.problem import ClosedLeg, Depot, Fleet, Problem, Product, Site
from supply.routing.planner.solve import Params, Progress, prepare, solve_explained
from tests.benchmarks.routing.programme import DAYS, PRODUCTS, START, TYPES, programme

LAST = START + dt.timedelta(days=DAYS - 1)


def different() -> Problem:
    """Five communes, each for a reason of its own: lorries, days, roads, length of trips, goods."""
    problem = programme("ltl", 1, windows=True)
    sites = list(problem.sites)
    sites[0] = msgspec.structs.replace(sites[0], vehicle_types=())
    sites[1] = msgspec.structs.replace(sites[1], windows=())
    closed = tuple(
        ClosedLeg(point.id, sites[2].id, ((START, LAST),))
        for point in problem.points
        if point.id != sites[2].id
    )
    assert problem.distance_km is not None, "the programme comes with its distances"
    far = len(problem.depots) + 3
    km = tuple(
        tuple((value or 0.0) + (1_500.0 if (i == far) != (j == far) else 0.0) for j, value in enumerate(row))
        for i, row in enumerate(problem.distance_km)
    )
    sites[4] = msgspec.structs.replace(sites[4], demand_kg={**sites[4].demand_kg, "RUSF": 900})
    return msgspec.structs.replace(
        problem,
        sites=tuple(sites),
        closed=closed,
        distance_km=km,
        products=(*problem.products, Product("RUSF")),
    )


def stock(kind: str = "ltl", share: float = 0.66, communes: int = 20) -> Problem:
    """Too little CSB+ in all stores together."""
    problem = programme(kind, 1, communes=communes)
    depots = tuple(
        msgspec.structs.replace(
            depot, stock_kg={**depot.stock_kg, "CSB+": int(depot.stock_kg["CSB+"] * share)}
        )
        for depot in problem.depots
    )
    return msgspec.structs.replace(problem, depots=depots)


def fleet(kind: str, days: int, types: tuple[str, ...] = ("5t", "10t")) -> Problem:
    """Too few lorries for so short a time."""
    problem = programme(kind, 2)
    lorries = tuple(msgspec.structs.replace(item, count=1) for item in problem.fleet if item.type in types)
    return msgspec.structs.replace(problem, days=days, fleet=lorries)


def nothing() -> Problem:
    """Sixty communes and no goods at all."""
    problem = programme("mixed", 1, communes=60)
    return msgspec.structs.replace(
        problem, depots=tuple(msgspec.structs.replace(depot, stock_kg={}) for depot in problem.depots)
    )


def national() -> Problem:
    """Seven hundred communes, forty stores, three hundred lorries; a tenth of the goods are missing."""
    rng = random.Random("national")
    depots = tuple(
        Depot(f"D{number:02d}", round(rng.uniform(11, 17), 3), round(rng.uniform(-11, 0), 3))
        for number in range(40)
    )
    sites = tuple(
        Site(
            f"ML{number:06d}", round(rng.uniform(11, 17), 3), round(rng.uniform(-11, 0), 3),
            {product.id: rng.randint(500, 12_000) for product in PRODUCTS},
            fixed_minutes=30, minutes_per_tonne=4,
        )
        for number in range(700)
    )  # fmt: skip
    needed = {product.id: sum(site.demand_kg[product.id] for site in sites) for product in PRODUCTS}
    depots = tuple(
        msgspec.structs.replace(
            depot, stock_kg={product: int(kg * 0.9 / len(depots)) for product, kg in needed.items()}
        )
        for depot in depots
    )
    lorries = tuple(
        Fleet(f"{depot.id}-{item.id}", depot.id, item.id, 2) for depot in depots for item in TYPES
    )
    return Problem(
        format="delivery-problem/1", name="national", start=START, days=DAYS,
        work_day=programme("ltl", 1, communes=1).work_day, products=PRODUCTS, depots=depots, sites=sites,
        vehicle_types=TYPES, fleet=lorries, night_cost=15_000, max_trip_days=5, max_stops=5,
    )  # fmt: skip


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "different": different,
    "stock": stock,
    "stock-mixed": lambda: stock("mixed", 0.76),
    "fleet": lambda: fleet("mixed", 6),
    "fleet-ltl": lambda: fleet("ltl", 7, ("5t",)),
    "nothing": nothing,
    "national": national,
}


@click.command()
@click.option("--seconds", default=30.0, show_default=True)
@click.option("--search", default=10.0, show_default=True, help="Seconds of the search before.")
@click.option("--only", default="", help=", ".join(PROBLEMS))
@click.option("--codes", is_flag=True, help="Print the reasons as well.")
def table(*, seconds: float, search: float, only: str, codes: bool) -> None:
    """One line per problem, in Markdown."""
    prepare()
    click.echo(f"Python {platform.python_version()}, {platform.processor() or platform.machine()}, seed 1,")
    click.echo(f"at most {seconds:g} s for the reasons, one thread.\n")
    click.echo("| problem | sites | unserved | reasons proven | change found | seconds | processor s |")
    click.echo("|---|--:|--:|--:|--:|--:|--:|")
    for name, make in PROBLEMS.items():
        if only in {"", name}:
            _line(name, make(), seconds=seconds, search=search, codes=codes)


def _line(name: str, problem: Problem, *, seconds: float, search: float, codes: bool) -> None:
    begun: list[tuple[float, float]] = []

    def heard(progress: Progress) -> None:
        if progress.phase == "reasons" and not begun:
            begun.append((time.monotonic(), time.process_time()))

    params = Params(seconds=search, reasons_seconds=seconds)
    found = solve_explained(problem, params, 1, progress=heard).explanations
    wall, used = time.monotonic() - begun[0][0], time.process_time() - begun[0][1]
    proven = sum(one.sure for one in found)
    changed = sum(one.change is not None for one in found)
    click.echo(
        f"| {name} | {len(problem.sites)} | {len(found)} | {proven} | {changed} | {wall:.1f} | {used:.1f} |"
    )
    if codes:
        for one in found:
            click.echo(f"  {one.site} {one.kg} {' '.join(one.because)} -> {reasons.change_text(one)}")


if __name__ == "__main__":
    table()
