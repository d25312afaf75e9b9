"""The limits of a problem that can forbid serving a site, each with its stable code and its relaxation."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from supply.routing.planner.plan import Trip
from supply.routing.planner.problem import Problem, Site

EXTRA_DAYS = 7
"""Days by which the plan is made longer to see whether its end is the limit."""


class Limit(msgspec.Struct, frozen=True):
    """`relax` gives the problem without the limit, or with it looser by `amount`."""

    code: str
    amount: int
    relax: Callable[[Problem], Problem]


def limits_of(problem: Problem, site: Site, kg: dict[str, int]) -> list[Limit]:
    """Every limit that may keep these kg from the site; general ones first, stock last."""
    limits: list[Limit] = []
    if problem.max_stops is not None:
        limits.append(Limit("stops", 0, partial(_plan, max_stops=None)))
    limits.append(Limit("horizon", EXTRA_DAYS, _longer))
    limits += [Limit(f"fleet:{fleet.id}", 1, partial(_one_more, name=fleet.id)) for fleet in problem.fleet]
    if problem.max_trip_days is not None:
        limits.append(Limit("days", 0, partial(_plan, max_trip_days=None)))
    if not problem.split_deliveries:
        limits.append(Limit("split", 0, partial(_plan, split_deliveries=True)))
    for pair in dict.fromkeys((leg.start, leg.end) for leg in problem.closed):
        limits.append(Limit(f"closed:{pair[0]}:{pair[1]}", 0, partial(_opened, pair=pair)))
    if site.windows is not None:
        limits.append(Limit(f"window:{site.id}", 0, partial(_site, name=site.id, windows=None)))
    if site.vehicle_types is not None:
        limits.append(Limit(f"vehicle-type:{site.id}", 0, partial(_site, name=site.id, vehicle_types=None)))
    for depot in problem.depots:
        for product, missing in kg.items():
            relax = partial(_stocked, depot=depot.id, product=product, kg=missing)
            limits.append(Limit(f"stock:{depot.id}:{product}", missing, relax))
    return limits


def _plan(problem: Problem, **changes: bool | None) -> Problem:
    return msgspec.structs.replace(problem, **changes)


def _longer(problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, days=problem.days + EXTRA_DAYS)


def _one_more(problem: Problem, name: str) -> Problem:
    fleet = tuple(
        msgspec.structs.replace(item, count=item.count + 1) if item.id == name else item
        for item in problem.fleet
    )
    return msgspec.structs.replace(problem, fleet=fleet)


def _opened(problem: Problem, pair: tuple[str, str]) -> Problem:
    closed = tuple(leg for leg in problem.closed if (leg.start, leg.end) != pair)
    return msgspec.structs.replace(problem, closed=closed)


def _site(problem: Problem, name: str, **changes: None) -> Problem:
    sites = tuple(
        msgspec.structs.replace(item, **changes) if item.id == name else item for item in problem.sites
    )
    return msgspec.structs.replace(problem, sites=sites)


def _stocked(problem: Problem, depot: str, product: str, kg: int) -> Problem:
    depots = tuple(
        msgspec.structs.replace(item, stock_kg={**item.stock_kg, product: item.stock_kg.get(product, 0) + kg})
        if item.id == depot
        else item
        for item in problem.depots
    )
    return msgspec.structs.replace(problem, depots=depots)


def only_for(problem: Problem, site_id: str, served: dict[str, dict[str, int]]) -> Problem:
    """The problem in which the others get what they get now and this site must get all it needs."""
    sites = tuple(
        msgspec.structs.replace(item, unserved_cost_per_kg=None)
        if item.id == site_id
        else msgspec.structs.replace(item, demand_kg=served.get(item.id, {}), unserved_cost_per_kg=None)
        for item in problem.sites
    )
    return msgspec.structs.replace(problem, sites=sites)


def served_by(trips: Sequence[Trip]) -> dict[str, dict[str, int]]:
    """Kg by site and product that the trips bring."""
    served: dict[str, dict[str, int]] = {}
    for trip in trips:
        for stop in trip.stops:
            own = served.setdefault(stop.site, {})
            for product, kg in stop.deliver_kg.items():
                own[product] = own.get(product, 0) + kg
    return served
