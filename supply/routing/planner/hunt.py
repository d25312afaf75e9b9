"""What the compiled search for trips works on: roads, goods, rules, curves, the hunt, the trip looked at."""

from typing import NamedTuple

import numpy as np

from supply.routing.planner.instance import Bools, Floats, Ints
from supply.routing.planner.loads import Priced

Masks = np.ndarray[tuple[int], np.dtype[np.uint64]]
"""Days as bits."""


def masks_of(days: Bools) -> Masks:
    """`days[site, day]` as one number a site."""
    bits = np.uint64(1) << np.arange(days.shape[1], dtype=np.uint64)
    masks: Masks = (days * bits).sum(axis=1, dtype=np.uint64)
    return masks


class Road(NamedTuple):
    """Km and minutes out, back, and between sites; `reach`, `home` and `way` by any road."""

    out: Floats
    back: Floats
    reach: Floats
    home: Floats
    way: Floats
    leg: Floats
    out_minutes: Floats
    back_minutes: Floats
    leg_minutes: Floats


class Goods(NamedTuple):
    """Per site: may it be visited, worth of a kg, kg needed; `whole`: a stop brings all of it."""

    usable: Bools
    value: Floats
    demand: Floats
    whole: bool


class Rules(NamedTuple):
    """What a trip costs and how long it may take; rates are minutes per kg; `windows` are bits, one a day."""

    fixed: float
    per_km: float
    per_kg_km: float
    night: float
    day_price: float
    capacity: float
    driving: float
    duty: float
    max_days: int
    horizon: int
    depot_fixed: float
    depot_rate: float
    site_fixed: Floats
    site_rate: Floats
    every_day: np.uint64
    windows: Masks


class Curves(NamedTuple):
    """What a site's goods are worth beside the kg, by its own cuts: tops of the steps and values there.

    `beyond` is what did not fit. `many` are the cuts of several sites and `top` the most kg that they count.
    There are some ways to bound them: what each adds to a kg (`more`), and what a trip has from its first
    stop on (`once`), or -1 where that is all it may count by the need of its stops.
    """

    points: Floats
    values: Floats
    number: Ints
    beyond: Floats
    many: Ints
    top: Floats
    more: Floats
    once: Floats


class Ground(NamedTuple):
    road: Road
    goods: Goods
    rules: Rules
    cuts: Priced
    curves: Curves


class Near(NamedTuple):
    """For each site the order of all sites and the price of going home over them."""

    order: Ints
    price: Floats


class Hunt(NamedTuple):
    """What is looked for, and the arrays that are filled: stops (-1 padded), reduced cost, days.

    Of `most_nodes` the one entry counts; the search ends early when it is set to 0 meanwhile.
    """

    max_stops: int
    limit: float
    most_nodes: Ints
    routes: Ints
    costs: Floats
    days: Ints


class State(NamedTuple):
    """The trip being looked at, one entry per stop so far (index 0: at the depot); the tally of results."""

    stops: Ints
    km: Floats
    drive: Floats
    service: Floats
    hit: Floats
    low_rate: Floats
    high_rate: Floats
    mask: Masks
    used: Bools
    seen: Floats
    aboard: Floats
    """What the stops so far are worth beyond each price of room."""
    worth: Floats
    top: Floats
    potential: Floats
    """What each site could still add by cuts, by number of stops so far."""
    tally: Floats
    """How many results, the limit kept, the least reduced cost, nodes looked at, kg needed on board."""
