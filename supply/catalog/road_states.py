"""The roads on the days of a plan: which way each pair of places takes, and on which days it has none."""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from supply.catalog.road_joins import Floats, Numbers
from supply.catalog.road_network import Bools, Ways, ways_without
from supply.catalog.road_seasons import Season, closed_by_month, closed_by_weekday, days_of, slower_season
from supply.catalog.road_speeds import Truck, edge_minutes, minutes_off_network
from supply.catalog.roads import Assumptions, Days, Edge

WAIT_RATHER = 1.5
# A truck waits for a road's day of escort rather than drive more than half as far again.
Closed = frozenset[int]
# Numbers of the roads that are closed.


class Ground(msgspec.Struct, frozen=True):
    """What all trucks of a plan share."""

    usual: Ways
    assumptions: Assumptions
    days: Days
    season: Season
    used: Mapping[int, Bools]
    # By the roads that are ever closed: the pairs whose usual way drives on them.


class State(msgspec.Struct, frozen=True):
    """The ways while some roads are closed: their own for the pairs affected, the usual ones elsewhere."""

    ways: Ways
    is_affected: Bools


class Choice(msgspec.Struct, frozen=True):
    """Per pair the state whose way its leg takes, -1: none is ever open; and the pairs closed on each day."""

    states: tuple[State, ...]
    number: Numbers
    closed_on: Mapping[dt.date, Bools]


def make_ground(usual: Ways, assumptions: Assumptions, days: Days, limits: Sequence[Closed] = ()) -> Ground:
    """The ground of a plan of these days; `limits`: the roads that some trucks may not use."""
    edges = usual.network.edges
    closed = set[int]().union(*limits)
    for day in days_of(days):
        closed |= closed_by_month(edges, day) | closed_by_weekday(edges, day)
    roads = sorted(closed)
    used = dict(zip(roads, usual.uses(roads), strict=True))
    return Ground(usual=usual, assumptions=assumptions, days=days, season=slower_season(*days), used=used)


def state_without(ground: Ground, closed: Closed) -> State:
    """The ways when these roads are closed."""
    usual = ground.usual
    nobody = np.zeros(usual.cost.shape, dtype=bool)
    is_affected = np.logical_or.reduce([nobody, *(ground.used[road] for road in closed)])
    return State(ways_without(usual.network, closed) if is_affected.any() else usual, is_affected)


def choose_ways(ground: Ground, closed_to: Closed) -> Choice:
    """The ways of trucks that may not use the roads `closed_to`.

    A way that is open on all days is taken unless it is long against the one that waits for its days of
    escort; else the longest of the ways of the open days, so that none turns out longer than planned.
    """
    edges = ground.usual.network.edges
    days = days_of(ground.days)
    in_month = {day: closed_to | closed_by_month(edges, day) for day in days}
    on_day = {day: in_month[day] | closed_by_weekday(edges, day) for day in days}
    always = closed_to.union(*on_day.values())
    by_calendar = closed_to.union(*in_month.values())
    wanted = list(dict.fromkeys([always, by_calendar, *in_month.values(), *on_day.values()]))
    states = tuple(state_without(ground, closed) for closed in wanted)
    lengths = [length(ground, state) for state in states]
    metres = dict(zip(wanted, lengths, strict=True))
    is_steady = _is_open(metres[always], metres[by_calendar])
    open_on = {day: _is_open(metres[on_day[day]], metres[in_month[day]]) for day in days}
    waits_in_vain = ~np.logical_or.reduce(list(open_on.values()))
    number = np.full(is_steady.shape, -1, dtype=np.intp)
    longest = np.full(is_steady.shape, -1.0)
    for day in days:
        there = metres[on_day[day]]
        open_on[day] = open_on[day] | (waits_in_vain & np.isfinite(there))
        is_longer = open_on[day] & (there > longest)
        number = np.where(is_longer, wanted.index(on_day[day]), number)
        longest = np.where(is_longer, there, longest)
    number = np.where(is_steady, wanted.index(always), number)
    return Choice(states, number, {day: ~open_on[day] & ~is_steady for day in days})


def _is_open(metres: Floats, without_waiting: Floats) -> Bools:
    is_open: Bools = np.isfinite(metres) & (metres <= WAIT_RATHER * without_waiting)
    return is_open


def length(ground: Ground, state: State) -> Floats:
    """Metres of each way; infinite where there is none."""
    return measured(ground, state, ground.usual.network.metres, ground.assumptions.winding_percent / 100)


def measured(ground: Ground, state: State, per_road: Floats, per_crow_metre: float) -> Floats:
    """A sum along each way of the state; see Ways.measure."""
    usual = ground.usual.measure(per_road, per_crow_metre)
    if state.ways is ground.usual:
        return usual
    return np.where(state.is_affected, state.ways.measure(per_road, per_crow_metre), usual)


def measured_choice(ground: Ground, choice: Choice, per_road: Floats, per_crow_metre: float) -> Floats:
    """A sum along the chosen ways; along the usual way where no day is open."""
    found = ground.usual.measure(per_road, per_crow_metre)
    for number, state in enumerate(choice.states):
        is_here = (choice.number == number) & state.is_affected
        if is_here.any():
            found = np.where(is_here, state.ways.measure(per_road, per_crow_metre), found)
    return found


def minutes_per_road(
    edges: Sequence[Edge], season: Season, truck: Truck | None, assumptions: Assumptions
) -> tuple[Floats, float]:
    """Minutes of every road, and of a metre as the crow flies."""
    per_road = [edge_minutes(edge, season, truck, assumptions) for edge in edges]
    return np.array(per_road, dtype=np.float64), minutes_off_network(season, truck, assumptions)
