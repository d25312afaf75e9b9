"""Faults between the parts of a problem: ids, days, matrices, capacities, locked trips."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from supply.routing.planner.faults import Fault, bounded
from supply.routing.planner.problem import (
    MAX_DEPOTS,
    MAX_SITES,
    PROBLEM_FORMAT,
    Days,
    LockedTrip,
    Matrix,
    Point,
    Problem,
    Site,
)


def sense_faults(problem: Problem) -> list[Fault]:
    """Every fault of a well-formed problem; an empty list means that it can be planned."""
    faults = list(_sizes(problem))
    if faults:
        return faults  # what follows would walk matrices that are too large
    rules = (_ids, _references, _days, _matrices, _capacity, _locked)
    return bounded(chain.from_iterable(rule(problem) for rule in rules))


def _sizes(problem: Problem) -> Iterator[Fault]:
    if problem.format != PROBLEM_FORMAT:
        yield Fault("$.format", "wrong-format", {"value": problem.format, "expected": PROBLEM_FORMAT})
    for kind, found, limit in (
        ("sites", len(problem.sites), MAX_SITES),
        ("depots", len(problem.depots), MAX_DEPOTS),
    ):
        if found > limit:
            yield Fault(f"$.{kind}", "too-many", {"kind": kind, "found": found, "limit": limit})


def _ids(problem: Problem) -> Iterator[Fault]:
    places = [(f"$.depots[{i}].id", depot.id) for i, depot in enumerate(problem.depots)]
    places += [(f"$.sites[{i}].id", site.id) for i, site in enumerate(problem.sites)]
    yield from _repeated(places)
    yield from _repeated([(f"$.products[{i}].id", product.id) for i, product in enumerate(problem.products)])
    yield from _repeated(
        [(f"$.vehicle_types[{i}].id", item.id) for i, item in enumerate(problem.vehicle_types)]
    )
    yield from _repeated([(f"$.fleet[{i}].id", fleet.id) for i, fleet in enumerate(problem.fleet)])


def _repeated(places: list[tuple[str, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, name in places:
        if name in seen:
            yield Fault(place, "duplicate-id", {"id": name})
        seen.add(name)


def _references(problem: Problem) -> Iterator[Fault]:
    products = {product.id for product in problem.products}
    types = {item.id for item in problem.vehicle_types}
    depots = {depot.id for depot in problem.depots}
    places = depots | {site.id for site in problem.sites}
    for i, depot in enumerate(problem.depots):
        yield from _unknown(f"$.depots[{i}].stock_kg", "product", depot.stock_kg, products)
    for i, site in enumerate(problem.sites):
        yield from _unknown(f"$.sites[{i}].demand_kg", "product", site.demand_kg, products)
        yield from _unknown(f"$.sites[{i}].vehicle_types", "vehicle type", site.vehicle_types or (), types)
    for i, fleet in enumerate(problem.fleet):
        yield from _unknown(f"$.fleet[{i}].depot", "depot", (fleet.depot,), depots)
        yield from _unknown(f"$.fleet[{i}].type", "vehicle type", (fleet.type,), types)
    for i, leg in enumerate(problem.closed):
        yield from _unknown(f"$.closed[{i}].from", "depot or site", (leg.start,), places)
        yield from _unknown(f"$.closed[{i}].to", "depot or site", (leg.end,), places)
    yield from _unknown("$.duration_min", "vehicle type", problem.duration_min, types)


def _unknown(place: str, kind: str, names: Iterable[str], known: set[str]) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield Fault(place, "unknown-id", {"id": name, "kind": kind})


def _days(problem: Problem) -> Iterator[Fault]:
    for i, site in enumerate(problem.sites):
        for j, window in enumerate(site.windows or ()):
            place = f"$.sites[{i}].windows[{j}]"
            yield from _reversed(place, window)
            if window[0] <= window[1] and (window[1] < problem.start or window[0] > problem.end):
                facts: dict[str, str | int | float] = {"first": str(window[0]), "last": str(window[1])}
                yield Fault(
                    place, "outside-horizon", {**facts, "start": str(problem.start), "end": str(problem.end)}
                )
    for i, fleet in enumerate(problem.fleet):
        for j, days in enumerate(fleet.available or ()):
            yield from _reversed(f"$.fleet[{i}].available[{j}]", days)
    for i, leg in enumerate(problem.closed):
        for j, days in enumerate(leg.days):
            yield from _reversed(f"$.closed[{i}].days[{j}]", days)


def _reversed(place: str, days: Days) -> Iterator[Fault]:
    if days[1] < days[0]:
        yield Fault(place, "reversed-days", {"first": str(days[0]), "last": str(days[1])})


def _matrices(problem: Problem) -> Iterator[Fault]:
    size = len(problem.depots) + len(problem.sites)
    if problem.distance_km is not None:
        yield from _matrix("$.distance_km", problem.distance_km, size)
    else:
        groups: dict[str, tuple[Point, ...]] = {"depots": problem.depots, "sites": problem.sites}
        for kind, points in groups.items():
            for i, point in enumerate(points):
                if point.lat is None or point.lon is None:
                    yield Fault(f"$.{kind}[{i}]", "no-coordinates")
    for name, matrix in problem.duration_min.items():
        yield from _matrix(f'$.duration_min["{name}"]', matrix, size)
    for i, item in enumerate(problem.vehicle_types):
        if item.speed_kmh is None and item.id not in problem.duration_min:
            yield Fault(f"$.vehicle_types[{i}]", "no-speed", {"id": item.id})


def _matrix(place: str, matrix: Matrix, size: int) -> Iterator[Fault]:
    if len(matrix) != size:
        yield Fault(place, "not-square", {"expected": size, "found": len(matrix)})
    for i, row in enumerate(matrix):
        if len(row) != size:
            yield Fault(f"{place}[{i}]", "not-square", {"expected": size, "found": len(row)})
        if any(value is not None and value < 0 for value in row):
            for j, value in enumerate(row):
                if value is not None and value < 0:
                    yield Fault(f"{place}[{i}][{j}]", "negative-distance", {"value": value})


def _capacity(problem: Problem) -> Iterator[Fault]:
    """A site that must be served in one stop needs one vehicle that carries all of it."""
    if problem.split_deliveries:
        return
    density = {product.id: product.kg_per_m3 for product in problem.products}
    for i, site in enumerate(problem.sites):
        if site.unserved_cost_per_kg is None and not _some_vehicle_carries(problem, site, density):
            kg = sum(site.demand_kg.values())
            yield Fault(f"$.sites[{i}].demand_kg", "demand-above-every-truck", {"site": site.id, "kg": kg})


def _some_vehicle_carries(problem: Problem, site: Site, density: dict[str, float | None]) -> bool:
    kg = sum(site.demand_kg.values())
    cubic = sum(amount / per for name, amount in site.demand_kg.items() if (per := density.get(name)))
    return kg == 0 or any(
        kg <= item.capacity_kg and (item.capacity_m3 is None or cubic <= item.capacity_m3 * (1 + 1e-9))
        for item in problem.vehicle_types
        if site.vehicle_types is None or item.id in site.vehicle_types
    )


def _locked(problem: Problem) -> Iterator[Fault]:
    """A locked trip is taken as it is; what it names must exist and what it carries must be there."""
    fleets = {fleet.id: fleet for fleet in problem.fleet}
    demand = {site.id: site.demand_kg for site in problem.sites}
    products = {product.id for product in problem.products}
    busy: set[tuple[str, int, dt.date]] = set()
    brought: Counter[tuple[str, str]] = Counter()
    taken: Counter[tuple[str, str]] = Counter()
    for i, trip in enumerate(problem.locked_trips):
        place = f"$.locked_trips[{i}]"
        fleet = fleets.get(trip.fleet)
        if fleet is None:
            yield Fault(f"{place}.fleet", "unknown-id", {"id": trip.fleet, "kind": "fleet"})
            continue
        if trip.vehicle > fleet.count:
            facts: dict[str, str | int | float] = {
                "vehicle": trip.vehicle,
                "count": fleet.count,
                "fleet": fleet.id,
            }
            yield Fault(f"{place}.vehicle", "locked-vehicle", facts)
        yield from _overlaps(place, trip, busy)
        if not trip.stops:
            yield Fault(f"{place}.stops", "out-of-range", {"value": 0, "limit": "≥ 1"})
        for j, stop in enumerate(trip.stops):
            yield from _unknown(f"{place}.stops[{j}].site", "site", (stop.site,), set(demand))
            yield from _unknown(f"{place}.stops[{j}].deliver_kg", "product", stop.deliver_kg, products)
            for product, kg in stop.deliver_kg.items():
                brought[stop.site, product] += kg
                taken[fleet.depot, product] += kg
    yield from _locked_sums(problem, brought, taken)


def _overlaps(place: str, trip: LockedTrip, busy: set[tuple[str, int, dt.date]]) -> Iterator[Fault]:
    for offset in range(min(trip.days, 400)):
        day = trip.begin + dt.timedelta(days=offset)
        if (trip.fleet, trip.vehicle, day) in busy:
            facts: dict[str, str | int | float] = {
                "vehicle": trip.vehicle,
                "fleet": trip.fleet,
                "day": str(day),
            }
            yield Fault(place, "locked-overlap", facts)
            return
    for offset in range(min(trip.days, 400)):
        busy.add((trip.fleet, trip.vehicle, trip.begin + dt.timedelta(days=offset)))


def _locked_sums(
    problem: Problem, brought: Counter[tuple[str, str]], taken: Counter[tuple[str, str]]
) -> Iterator[Fault]:
    demand = {site.id: site.demand_kg for site in problem.sites}
    stock = {depot.id: depot.stock_kg for depot in problem.depots}
    for (site, product), kg in sorted(brought.items()):
        if site in demand and kg > demand[site].get(product, 0):
            yield Fault("$.locked_trips", "locked-above-demand", {"kg": kg, "product": product, "site": site})
    for (depot, product), kg in sorted(taken.items()):
        if depot in stock and kg > stock[depot].get(product, 0):
            yield Fault(
                "$.locked_trips", "locked-above-stock", {"kg": kg, "product": product, "depot": depot}
            )
