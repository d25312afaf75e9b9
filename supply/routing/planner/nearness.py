"""Groups of trips that could exchange goods, trucks or days: neighbours on the road or in the calendar."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from supply.routing.planner.instance import Floats, Instance
from supply.routing.planner.plan import Trip

SIZES = (2, 3, 4, 6)
"""Trips of a group; six are planned again in about a second."""
REPAIR_SIZES = (4, 8, 12)
"""Trips planned again together to serve what the trips that stay leave unserved."""
CLUSTER = 3
"""New trips planned again together."""
NEAREST = 6
"""Old trips of which two at a time join them."""
FAR = 1e9


def groups_of(instance: Instance, trips: Sequence[Trip], fresh: Sequence[int]) -> Iterator[frozenset[int]]:
    """Groups of positions, each once: where trips are `fresh` first, then everywhere.

    What was lost is best made good by the new trips and one or two more; then any trip with its neighbours
    by road, or with those that use the same fleet at about the same time.
    """
    if not trips:
        return
    orders = [_by_road(instance, trips), _by_calendar(trips)]
    seen: set[frozenset[int]] = set()
    for group in (*_around(orders, fresh), *_everywhere(orders, fresh)):
        if group not in seen:
            seen.add(group)
            yield group


def groups_near(
    instance: Instance, trips: Sequence[Trip], site_ids: Sequence[str]
) -> Iterator[frozenset[int]]:
    """Groups of the trips that are nearest to each of these sites, small groups of all sites first."""
    site_at = {site.id: instance.depots + number for number, site in enumerate(instance.problem.sites)}
    both = km_both_ways(instance.km)
    stops = [[site_at[stop.site] for stop in trip.stops] for trip in trips]
    orders = [
        np.argsort([float(both[site_at[name], own].min()) for own in stops], kind="stable")
        for name in site_ids
    ]
    for size in REPAIR_SIZES:
        for order in orders:
            yield frozenset(int(number) for number in order[:size])


def _around(orders: Sequence[list[list[int]]], fresh: Sequence[int]) -> Iterator[frozenset[int]]:
    """New trips that are neighbours, then with one old trip, nearest first, then with two of the nearest."""
    clusters = {
        frozenset([number for number in order[centre] if number in fresh][:CLUSTER]): centre
        for order in orders
        for centre in fresh
    }
    yield from clusters
    olds = {
        (cluster, index): [number for number in order[centre] if number not in fresh]
        for cluster, centre in clusters.items()
        for index, order in enumerate(orders)
    }
    for rank in range(max(map(len, olds.values()), default=0)):
        for (cluster, _), order in olds.items():
            yield cluster | frozenset(order[rank : rank + 1])
    for (cluster, _), order in olds.items():
        for pair in combinations(order[:NEAREST], 2):
            yield cluster | frozenset(pair)


def _everywhere(orders: Sequence[list[list[int]]], fresh: Sequence[int]) -> Iterator[frozenset[int]]:
    centres = [*fresh, *(number for number in range(len(orders[0])) if number not in set(fresh))]
    for size in SIZES:
        for centre in centres:
            for order in orders:
                yield frozenset(order[centre][:size])


def _by_road(instance: Instance, trips: Sequence[Trip]) -> list[list[int]]:
    """For each trip all trips, itself first, by the km between their nearest stops."""
    apart = _apart(instance, trips)
    np.fill_diagonal(apart, -1.0)
    return [[int(number) for number in row] for row in np.argsort(apart, axis=1, kind="stable")]


def _apart(instance: Instance, trips: Sequence[Trip]) -> Floats:
    """Km there and back between the nearest stops of two trips."""
    site_at = {site.id: instance.depots + number for number, site in enumerate(instance.problem.sites)}
    stops = [[site_at[stop.site] for stop in trip.stops] for trip in trips]
    both = km_both_ways(instance.km)
    return np.array([[float(both[np.ix_(one, other)].min()) for other in stops] for one in stops])


def _by_calendar(trips: Sequence[Trip]) -> list[list[int]]:
    """For each trip all trips, itself first: those of its own fleet, then by the days between."""
    return [
        sorted(
            range(len(trips)),
            key=lambda number: (
                number != centre,
                trips[number].fleet != trip.fleet,
                abs((trips[number].begin - trip.begin).days),
                number,
            ),
        )
        for centre, trip in enumerate(trips)
    ]


def km_both_ways(km: Floats) -> Floats:
    """Km there and back between any two points; very far where there is no road."""
    there = np.where(np.isfinite(km), km, FAR)
    both: Floats = there + there.T
    return both
