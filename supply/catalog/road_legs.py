"""The legs between places: when every road is open, and for the days of a plan.

A plan has one length for each leg, whatever the day and the truck. So for its days a leg takes the way that
is open on all of them; where that is not to be had, or only by a long way round because a road waits for its
day of escort, it takes the longest of the ways of its open days and is closed on the others. Where trucks
differ, because a ferry does not carry all of them, the leg has the length of the longest way that is not
much longer than the shortest; trucks that would have to go farther round are not planned on it. So a trip
may turn out shorter than planned, never longer, and no truck meets a closed road.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
import numpy as np

from supply.catalog.road_joins import Floats
from supply.catalog.road_network import Bools, Stretch, Ways, make_network, usual_ways
from supply.catalog.road_seasons import Season, barred, days_of, spans_of
from supply.catalog.road_speeds import Truck
from supply.catalog.road_states import (
    Choice,
    Closed,
    Ground,
    choose_ways,
    make_ground,
    measured_choice,
    minutes_per_road,
)
from supply.catalog.roads import Assumptions, Basis, Days, Edge, Point, RoadDistance

WAY_ROUND_MOST = 1.25
# A type of truck that would have to drive more than a quarter farther than others is not planned on the leg.
NOTABLY = 500
# Metres from which a way counts as a way round.
A_MOMENT = 1e-6
# Minutes by which sums along one way may differ; they do not make another whole minute.


class Figures(msgspec.Struct, frozen=True):
    """Per pair what a way is made of: metres on roads and off them, minutes of a loaded truck.

    Rows of whole numbers, since a country has half a million pairs; arrays answer single figures slowly.
    """

    network: list[list[int]]
    off: list[list[int]]
    minutes: list[list[int]]
    rains_minutes: list[list[int]]


class Convoy(msgspec.Struct, frozen=True):
    """Types of trucks that may use the same roads, and their ways."""

    choice: Choice
    figures: Figures
    minutes_by_type: dict[str, list[list[int]]]
    metres: Floats
    # Infinite where no day is open.


def usual_legs(
    points: Sequence[Point],
    nodes: Sequence[Point],
    edges: Sequence[Edge],
    assumptions: Assumptions = Assumptions(),  # noqa: B008 - frozen
) -> tuple[RoadDistance, ...]:
    """Every ordered pair of different points when every road is open and dry."""
    usual = usual_ways(make_network(points, nodes, edges))
    figures = _figures(usual.measure, usual, assumptions)
    basis = _basis(usual)
    legs = (
        _leg(usual, figures, pair, basis[pair[0]][pair[1]], assumptions.winding_percent)
        for pair in _pairs(len(points))
    )
    return tuple(_both_ways(legs))


def _figures(measured: Callable[[Floats, float], Floats], usual: Ways, assumptions: Assumptions) -> Figures:
    """What ways are made of; `measured` sums along them."""
    metres, edges = usual.network.metres, usual.network.edges
    return Figures(
        network=_whole(measured(metres, 0.0)),
        off=_whole(measured(metres * 0, assumptions.winding_percent / 100)),
        minutes=_whole(measured(*minutes_per_road(edges, Season.DRY, None, assumptions))),
        rains_minutes=_whole(measured(*minutes_per_road(edges, Season.RAINS, None, assumptions))),
    )


def _whole(figures: Floats) -> list[list[int]]:
    whole: list[list[int]] = np.rint(figures).astype(np.int64).tolist()
    return whole


def legs_on_days(
    points: Sequence[Point],
    nodes: Sequence[Point],
    edges: Sequence[Edge],
    assumptions: Assumptions,
    *,
    days: Days,
    trucks: Sequence[Truck] = (),
) -> tuple[RoadDistance, ...]:
    """Every ordered pair of different points as a plan of these days may drive it, with minutes by type."""
    usual = usual_ways(make_network(points, nodes, edges))
    groups: dict[Closed, list[Truck]] = {}
    for truck in trucks:
        groups.setdefault(barred(usual.network.edges, truck.code), []).append(truck)
    ground = make_ground(usual, assumptions, days, tuple(groups))
    convoys = [_convoy(ground, limits, some) for limits, some in (groups or {frozenset(): []}).items()]
    return tuple(_both_ways(_shared_legs(ground, convoys)))


def way_on_day(
    points: tuple[Point, Point],
    nodes: Sequence[Point],
    edges: Sequence[Edge],
    assumptions: Assumptions,
    day: dt.date,
) -> tuple[Stretch, ...]:
    """The way from one place to another on a day, stretch by stretch; the usual one when none is open."""
    usual = usual_ways(make_network(points, nodes, edges))
    ground = make_ground(usual, assumptions, (day, day))
    return _ways_of(ground, choose_ways(ground, frozenset()), 0, 1).stretches(0, 1)


def _convoy(ground: Ground, limits: Closed, trucks: Sequence[Truck]) -> Convoy:
    choice = choose_ways(ground, limits)

    def measured(per_road: Floats, per_crow_metre: float) -> Floats:
        return measured_choice(ground, choice, per_road, per_crow_metre)

    def minutes(truck: Truck) -> list[list[int]]:
        edges = ground.usual.network.edges
        found = measured(*minutes_per_road(edges, ground.season, truck, ground.assumptions))
        return _whole(np.ceil(found - A_MOMENT))

    metres = measured(ground.usual.network.metres, ground.assumptions.winding_percent / 100)
    return Convoy(
        choice=choice,
        figures=_figures(measured, ground.usual, ground.assumptions),
        minutes_by_type={truck.code: minutes(truck) for truck in trucks},
        metres=np.where(choice.number < 0, np.inf, metres),
    )


def _shared_legs(ground: Ground, convoys: Sequence[Convoy]) -> Iterator[RoadDistance]:
    """One leg per pair for all trucks; see the head of this module."""
    lengths = [convoy.metres for convoy in convoys]
    shortest = np.minimum.reduce(lengths)
    fits = [np.isfinite(one) & (one <= WAY_ROUND_MOST * shortest) for one in lengths]
    leading = np.argmax([np.where(fit, one, -1.0) for fit, one in zip(fits, lengths, strict=True)], axis=0)
    is_open = np.logical_or.reduce(fits)
    usual = _figures(ground.usual.measure, ground.usual, ground.assumptions)
    closed_days, closed_roads = _closed_days(ground, convoys, fits), _closed_roads(ground)
    basis = _basis(ground.usual)
    for start, end in _pairs(len(ground.usual.network.points)):
        convoy = convoys[leading[start, end]]
        ways = _ways_of(ground, convoy.choice, start, end)
        leg = _leg(ways, convoy.figures, (start, end), basis[start][end], ground.assumptions.winding_percent)
        usual_metres = usual.network[start][end] + usual.off[start][end]
        is_round = leg.metres > usual_metres + NOTABLY
        closed = closed_days(start, end) if is_open[start, end] else (ground.days,)
        able = [
            one for one, fit in zip(convoys, fits, strict=True) if fit[start, end] or not is_open[start, end]
        ]
        yield msgspec.structs.replace(
            leg,
            season=str(ground.season),
            minutes_by_type={
                code: minutes[start][end] for one in able for code, minutes in one.minutes_by_type.items()
            },
            closed=closed,
            usual_metres=usual_metres if is_round else None,
            closed_roads=closed_roads(start, end) if closed or is_round or len(able) < len(convoys) else (),
        )


def _ways_of(ground: Ground, choice: Choice, start: int, end: int) -> Ways:
    number = int(choice.number[start, end])
    if number < 0 or not choice.states[number].is_affected[start, end]:
        return ground.usual
    return choice.states[number].ways


def _closed_days(
    ground: Ground, convoys: Sequence[Convoy], fits: Sequence[Bools]
) -> Callable[[int, int], tuple[Days, ...]]:
    """Days on which the way of one of the trucks that are planned on the leg is closed."""
    days = days_of(ground.days)
    shut: Bools = np.array(
        [
            np.logical_or.reduce(
                [one.choice.closed_on[day] & fit for one, fit in zip(convoys, fits, strict=True)]
            )
            for day in days
        ]
    )
    ever = np.logical_or.reduce(shut).tolist()
    known: dict[bytes, tuple[Days, ...]] = {}

    def spans(start: int, end: int) -> tuple[Days, ...]:
        if not ever[start][end]:
            return ()
        on = shut[:, start, end]
        key = on.tobytes()
        if key not in known:
            known[key] = spans_of(day for day, is_shut in zip(days, on, strict=True) if is_shut)
        return known[key]

    return spans


def _closed_roads(ground: Ground) -> Callable[[int, int], tuple[str, ...]]:
    """Names of the roads of the usual way that are closed on some day or to some truck."""
    edges = ground.usual.network.edges
    none = np.zeros((*ground.usual.cost.shape, 0), dtype=bool)
    used = np.stack(list(ground.used.values()), axis=-1) if ground.used else none
    codes = [edges[road].name or edges[road].code for road in ground.used]
    known: dict[bytes, tuple[str, ...]] = {}

    def names(start: int, end: int) -> tuple[str, ...]:
        key = used[start, end].tobytes()
        if key not in known:
            found = (code for code, is_used in zip(codes, key, strict=True) if is_used)
            known[key] = tuple(dict.fromkeys(found))  # a road may be cut into pieces
        return known[key]

    return names


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    return ((start, end) for start in range(count) for end in range(start + 1, count))


def _basis(usual: Ways) -> list[list[Basis]]:
    """What kind of way each pair has; a closed road makes no way a straight one."""
    kinds = np.where(usual.is_same, 2, np.where(usual.is_straight, 1, 0)).tolist()
    words = (Basis.ROAD_GRAPH, Basis.OFF_NETWORK, Basis.SAME_PLACE)
    return [[words[kind] for kind in row] for row in kinds]


def _leg(
    ways: Ways, figures: Figures, pair: tuple[int, int], basis: Basis, winding_percent: int
) -> RoadDistance:
    start, end = pair
    network, off = figures.network[start][end], figures.off[start][end]
    return RoadDistance(
        from_code=ways.network.points[start].code,
        to_code=ways.network.points[end].code,
        metres=network + off,
        minutes=figures.minutes[start][end],
        rains_minutes=figures.rains_minutes[start][end],
        basis=basis,
        network_metres=network,
        off_network_metres=off,
        winding_percent=winding_percent,
        via=ways.via(start, end),
    )


def _both_ways(legs: Iterable[RoadDistance]) -> Iterator[RoadDistance]:
    for leg in legs:
        yield leg
        yield msgspec.structs.replace(
            leg, from_code=leg.to_code, to_code=leg.from_code, via=tuple(reversed(leg.via))
        )
