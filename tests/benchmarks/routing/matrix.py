"""Prints how long distances and times from a road graph take: `python -m tests.benchmarks.routing.matrix`.

With --cpu in processor time, for machines that are busy.

The country is made from a seed: nodes strewn over Mali, each tied to its nearest ones by roads of ten pieces,
a third of them tar, laterite and track, one in twenty closed in the rains or under escort. Matrix: kilometres
and minutes as arrays. Legs: what a plan of three weeks that meets the rains is fed with, for four types of
trucks, each pair with its provenance.
"""

import datetime as dt
import platform
import random
import time
from collections.abc import Callable
from importlib.metadata import version
from math import cos, radians
from typing import TypeVar

import click

from supply.catalog.road_seasons import Season
from supply.catalog.road_speeds import Truck
from supply.catalog.roads import Assumptions, Edge, Point, great_circle

Answer = TypeVar("Answer")
TRUCKS = tuple(Truck(code=f"{tonnes}T", kmh=50) for tonnes in (30, 15, 6, 1))
RAINS_BEGIN = (dt.date(2027, 5, 25), dt.date(2027, 6, 14))
NEIGHBOURS, PIECES = 3, 10
SIZES = ((300, 20, 25), (1_500, 20, 25), (1_500, 0, 700))
"""Nodes of the country, stores, sites."""
GOALS = {45: 0.2, 700: 5.0}
"""Seconds for the matrix by number of places."""


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--repeats", default=3, show_default=True)
@click.option("--cpu", is_flag=True, help="Count processor time, on machines that are busy.")
def table(*, seed: int, repeats: int, cpu: bool) -> None:
    """One row a size, in Markdown; the best of the repeats."""
    clock = time.process_time if cpu else time.perf_counter
    _, seconds = _timed(_load, 1, clock)
    click.echo(
        f"Python {platform.python_version()}, SciPy {version('scipy')}, NumPy {version('numpy')}, "
        f"{platform.machine()}, seed {seed}; NumPy and SciPy load in {seconds:.2f} s, once; "
        f"{'processor' if cpu else 'wall'} time.\n"
    )
    click.echo("| nodes | roads | places | matrix, s | goal, s | legs of a plan, s |")
    click.echo("|---|---|---|---|---|---|")
    for node_count, stores, sites in SIZES:
        nodes, edges = country(node_count, seed)
        places = strewn("P", stores + sites, random.Random(seed + 1))
        matrix, matrix_seconds = _timed(lambda: matrices(places, nodes, edges), repeats, clock)  # noqa: B023
        assert len(matrix) == len(places), "every place has its row"
        _, legs_seconds = _timed(lambda: _legs(places, nodes, edges), 1, clock)  # noqa: B023 - called at once
        click.echo(
            f"| {len(nodes)} | {len(edges)} | {len(places)} | {matrix_seconds:.2f} | {GOALS[len(places)]} | "
            f"{legs_seconds:.2f} |"
        )


def matrices(places: list[Point], nodes: list[Point], edges: list[Edge]) -> list[list[float]]:
    """Kilometres and, for the first truck, minutes between all places."""
    from supply.catalog.road_network import make_network, usual_ways  # noqa: PLC0415 - its loading is timed
    from supply.catalog.road_states import minutes_per_road  # noqa: PLC0415 - as above

    usual = usual_ways(make_network(places, nodes, edges))
    minutes = usual.measure(*minutes_per_road(edges, Season.DRY, TRUCKS[0], Assumptions()))
    assert minutes.shape == usual.cost.shape, "one figure a pair"
    found: list[list[float]] = usual.measure(usual.network.metres, 1.35).tolist()
    return found


def _legs(places: list[Point], nodes: list[Point], edges: list[Edge]) -> int:
    from supply.catalog.road_legs import legs_on_days  # noqa: PLC0415 - as above

    return len(legs_on_days(places, nodes, edges, Assumptions(), days=RAINS_BEGIN, trucks=TRUCKS))


def _load() -> None:
    import supply.catalog.road_network  # noqa: F401, PLC0415 - its loading is what is timed


def _timed(work: Callable[[], Answer], repeats: int, clock: Callable[[], float]) -> tuple[Answer, float]:
    best = float("inf")
    for _ in range(repeats):
        began = clock()
        answer = work()
        best = min(best, clock() - began)
    return answer, best


def strewn(letter: str, count: int, dice: random.Random) -> list[Point]:
    """Points all over the inhabited country."""
    return [
        Point(f"{letter}{number:04d}", dice.uniform(10.5, 16.0), dice.uniform(-12.0, 4.0))
        for number in range(count)
    ]


def country(node_count: int, seed: int) -> tuple[list[Point], list[Edge]]:
    """Nodes, and roads to the nearest ones."""
    dice = random.Random(seed)
    nodes = strewn("N", node_count, dice)
    ends = {
        (min(number, other), max(number, other))
        for number, node in enumerate(nodes)
        for other in _nearest(node, nodes)
    }
    return nodes, [
        _road(number, nodes[one], nodes[other], dice) for number, (one, other) in enumerate(sorted(ends))
    ]


def _nearest(node: Point, nodes: list[Point]) -> list[int]:
    squeeze = cos(radians(node.lat))
    by_distance = sorted(
        range(len(nodes)),
        key=lambda other: ((nodes[other].lon - node.lon) * squeeze) ** 2 + (nodes[other].lat - node.lat) ** 2,
    )
    return by_distance[1 : NEIGHBOURS + 1]


def _road(number: int, start: Point, end: Point, dice: random.Random) -> Edge:
    crow = great_circle(start.lat, start.lon, end.lat, end.lon)
    line = [
        (
            start.lon
            + (end.lon - start.lon) * piece / PIECES
            + (dice.gauss(0, 0.01) if 0 < piece < PIECES else 0),
            start.lat + (end.lat - start.lat) * piece / PIECES,
        )
        for piece in range(PIECES + 1)
    ]
    return Edge(
        code=f"E{number}",
        from_code=start.code,
        to_code=end.code,
        metres=round(crow * dice.uniform(1.05, 1.4)) + 1,
        surface=("paved", "laterite", "track")[number % 3],
        closed_months=(6, 7, 8, 9) if number % 40 == 0 else (),
        weekdays=(2, 5) if number % 40 == 20 else None,
        line=tuple(line),
    )


if __name__ == "__main__":
    table()
