"""From a snapshot of a cycle to a delivery problem; what cannot be fed is a named finding."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from supply.catalog.roads import Basis as DistanceBasis
from supply.catalog.roads import RoadDistance
from supply.catalog.rows import ClosureRow, PlaceRow, VehicleTypeRow
from supply.routing.basis import Basis, BusyTruck, Finding, SiteDemand, Snapshot
from supply.routing.packs import demand_kg, stock_kg
from supply.routing.planner.problem import (
    PROBLEM_FORMAT,
    ClosedLeg,
    Days,
    Depot,
    Fleet,
    Matrix,
    Problem,
    Product,
    Site,
    VehicleType,
    WorkDay,
)
from supply.routing.road_findings import road_findings, road_names

DAY = dt.timedelta(days=1)
WORK_DAY = WorkDay(driving_hours=10, duty_hours=11)
# Day driving only, 9-10 h a day (logistics norms, own estimate).
NIGHT_FRANCS = 15_000
# Allowance of driver and mate for one night away (own estimate, illustrative).
MAX_TRIP_DAYS = 5
MAX_STOPS = 5
# More stops a trip were never cheaper on the programme's communes, and each needs its signatures.
MINUTES_PER_TONNE = 4
# 30 t by hand take 2-4 h, loading and unloading alike (own estimate).
SITE_MINUTES = 30
# Papers, counting and signatures at a site.


def feed(snapshot: Snapshot) -> tuple[Problem, Basis]:
    """The problem of the snapshot, and beside it the exact grams, findings and distances it rests on."""
    findings = [*_stock_findings(snapshot)]
    for code, name in snapshot.uncounted:
        findings.append(Finding("not-counted", code, {"place": name}, is_left_out=True))
    known = {(one.from_code, one.to_code): one for one in snapshot.distances}
    stores = [store for store in snapshot.stores if _is_depot(store, snapshot)]
    sites, left_out = _sites(snapshot, stores, known)
    findings.extend(left_out)
    end = last_driving_day(snapshot.last_on)
    order = [place.code for place in (*stores, *(site for site, _ in sites))]
    kinds = _used_types(snapshot, stores)
    problem = Problem(
        format=PROBLEM_FORMAT,
        name=snapshot.cycle_code,
        start=snapshot.first_on,
        days=(end - snapshot.first_on).days + 1,
        work_day=WORK_DAY,
        night_cost=NIGHT_FRANCS,
        max_trip_days=MAX_TRIP_DAYS,
        max_stops=MAX_STOPS,
        products=_products(snapshot),
        depots=tuple(_depot(store, snapshot) for store in stores),
        sites=tuple(_site(site, windows, snapshot, kinds) for site, windows in sites),
        vehicle_types=tuple(_vehicle_type(kind) for kind in kinds),
        fleet=tuple(fleet for store in stores for fleet in _fleets(store, snapshot, end)),
        closed=_closed_legs(order, known),
        distance_km=_distance_matrix(order, known),
        duration_min={kind.code: _duration_matrix(order, known, kind) for kind in kinds},
    )
    return problem, Basis(
        use_on=snapshot.use_on,
        first_on=snapshot.first_on,
        last_on=snapshot.last_on,
        demands=tuple(one for one in snapshot.demands if one.missing_grams),
        findings=tuple(findings),
        distances=snapshot.distances,
        keep_days=snapshot.keep_days,
        stock=snapshot.stock,
        next_use_on=snapshot.next_use_on,
        days_by_site=snapshot.days_by_site,
    )


def last_driving_day(last_on: dt.date) -> dt.date:
    """A truck that arrives on the last day still needs its way back."""
    return last_on + DAY * (MAX_TRIP_DAYS - 1)


def _wanted(snapshot: Snapshot) -> dict[str, list[SiteDemand]]:
    by_site: dict[str, list[SiteDemand]] = defaultdict(list)
    for demand in snapshot.demands:
        if demand.missing_grams:
            by_site[demand.site_code].append(demand)
    return by_site


def _pack_grams(snapshot: Snapshot) -> dict[str, int]:
    return {demand.product_code: demand.pack_grams for demand in snapshot.demands}


def _has_coordinates(place: PlaceRow) -> bool:
    # 0° N 0° E lies in the ocean: it is what an empty cell of a spreadsheet becomes.
    return (place.lat, place.lon) != (0.0, 0.0)


def _is_depot(store: PlaceRow, snapshot: Snapshot) -> bool:
    has_truck = any(truck.store_code == store.code for truck in snapshot.vehicles)
    return _has_coordinates(store) and (has_truck or _free_grams(store.code, snapshot) > 0)


def _free_grams(store_code: str, snapshot: Snapshot) -> int:
    return sum(stock.free_grams for stock in snapshot.stock if stock.store_code == store_code)


def _stock_findings(snapshot: Snapshot) -> Iterable[Finding]:
    for store in snapshot.stores:
        free = _free_grams(store.code, snapshot)
        if free and not _has_coordinates(store):
            yield Finding("no-coordinates", store.code, {"place": store.name}, is_left_out=True)
        elif free and not any(truck.store_code == store.code for truck in snapshot.vehicles):
            yield Finding("store-without-truck", store.code, {"place": store.name, "grams": free})
    for stock in snapshot.stock:
        if stock.expiring_grams:
            facts: dict[str, str | int] = {
                "place": stock.store_name,
                "product": stock.product_code,
                "grams": stock.expiring_grams,
                "day": snapshot.use_on.isoformat(),
            }
            yield Finding("expires-before-use", stock.store_code, facts)
        if stock.uncounted_grams:
            facts = {
                "place": stock.store_name,
                "product": stock.product_code,
                "grams": stock.uncounted_grams,
            }
            yield Finding("good-for-early-sites-only", stock.store_code, facts)


def _sites(
    snapshot: Snapshot, stores: Sequence[PlaceRow], known: dict[tuple[str, str], RoadDistance]
) -> tuple[list[tuple[PlaceRow, tuple[Days, ...]]], list[Finding]]:
    """Sites that need something and can be fed, with their windows; and a finding for each that cannot."""
    by_code = {site.code: site for site in snapshot.sites}
    fed: list[tuple[PlaceRow, tuple[Days, ...]]] = []
    findings: list[Finding] = []
    for code, demands in sorted(_wanted(snapshot).items()):
        site = by_code.get(code)
        facts: dict[str, str | int] = {"place": demands[0].site_name}
        if site is None:
            findings.append(Finding("place-inactive", code, facts, is_left_out=True))
            continue
        if not _has_coordinates(site):
            findings.append(Finding("no-coordinates", code, facts, is_left_out=True))
            continue
        ways = [way for store in stores if (way := known.get((store.code, code))) is not None]
        if stores and not ways:
            findings.append(Finding("no-distance", code, facts, is_left_out=True))
            continue
        windows = _without(snapshot.first_on, snapshot.last_on, _closed_days(snapshot.closures, code))
        if not windows:
            findings.append(
                Finding("closed-all-days", code, facts | _why_closed(snapshot, code), is_left_out=True)
            )
            continue
        driving = (snapshot.first_on, last_driving_day(snapshot.last_on))
        if ways and all(way.closed == (driving,) for way in ways):
            facts |= {"first": str(driving[0]), "last": str(driving[1]), "roads": road_names(ways)}
            findings.append(Finding("roads-closed", code, facts, is_left_out=True))
            continue
        findings.extend(road_findings(code, facts, ways, stores=stores, kinds=_used_types(snapshot, stores)))
        if ways and all(way.basis is DistanceBasis.OFF_NETWORK for way in ways):
            findings.append(Finding("no-road", code, facts))
        fed.append((site, windows))
    return fed, findings


def _closed_days(closures: Iterable[ClosureRow], place_code: str) -> list[Days]:
    return [(one.starts_on, one.ends_on) for one in closures if one.place_code == place_code]


def _why_closed(snapshot: Snapshot, code: str) -> dict[str, str | int]:
    closure = next(one for one in snapshot.closures if one.place_code == code)
    return {
        "reason": closure.reason or "–",
        "first": snapshot.first_on.isoformat(),
        "last": snapshot.last_on.isoformat(),
    }


def _without(first_on: dt.date, last_on: dt.date, taken: Iterable[Days]) -> tuple[Days, ...]:
    """The spans of days from first to last, inclusive, that no taken span touches."""
    spans: list[Days] = []
    free_from = first_on
    for start, end in sorted(taken):
        if start > free_from:
            spans.append((free_from, min(start - DAY, last_on)))
        free_from = max(free_from, end + DAY)
    if free_from <= last_on:
        spans.append((free_from, last_on))
    return tuple(span for span in spans if span[0] <= last_on)


def _products(snapshot: Snapshot) -> tuple[Product, ...]:
    needed = {demand.product_code for demand in snapshot.demands if demand.missing_grams}
    return tuple(
        Product(id=one.code, kg_per_m3=float(one.kg_per_m3) if one.kg_per_m3 else None)
        for one in snapshot.products
        if one.code in needed
    )


def _depot(store: PlaceRow, snapshot: Snapshot) -> Depot:
    packs = _pack_grams(snapshot)
    products = {product.id for product in _products(snapshot)}
    return Depot(
        id=store.code,
        lat=store.lat,
        lon=store.lon,
        stock_kg={
            stock.product_code: stock_kg(stock.lots, packs[stock.product_code], stock.uncounted_grams)
            for stock in snapshot.stock
            if stock.store_code == store.code and stock.product_code in products
        },
        minutes_per_tonne=MINUTES_PER_TONNE,
    )


def _site(
    site: PlaceRow, windows: tuple[Days, ...], snapshot: Snapshot, kinds: Sequence[VehicleTypeRow]
) -> Site:
    demands = _wanted(snapshot)[site.code]
    allowed = site.vehicle_types
    return Site(
        id=site.code,
        lat=site.lat,
        lon=site.lon,
        demand_kg={one.product_code: demand_kg(one.missing_grams) for one in demands},
        windows=windows,
        vehicle_types=None if allowed is None else tuple(kind.code for kind in kinds if kind.code in allowed),
        fixed_minutes=SITE_MINUTES,
        minutes_per_tonne=MINUTES_PER_TONNE,
    )


def _used_types(snapshot: Snapshot, stores: Iterable[PlaceRow]) -> tuple[VehicleTypeRow, ...]:
    codes = {store.code for store in stores}
    used = {truck.type_code for truck in snapshot.vehicles if truck.store_code in codes}
    return tuple(kind for kind in snapshot.vehicle_types if kind.code in used)


def _vehicle_type(kind: VehicleTypeRow) -> VehicleType:
    return VehicleType(
        id=kind.code,
        capacity_kg=kind.capacity_grams // 1000,
        capacity_m3=None if kind.capacity_litres is None else kind.capacity_litres / 1000,
        fixed_cost=kind.fixed_francs,
        cost_per_km=kind.francs_per_km,
        cost_per_tonne_km=kind.francs_per_tonne_km,
        speed_kmh=kind.speed_kmh,
    )


def _fleets(store: PlaceRow, snapshot: Snapshot, end: dt.date) -> Iterable[Fleet]:
    """The store's trucks that can be used: those free on the same days make one fleet."""
    for kind in snapshot.vehicle_types:
        plates = [
            truck.plate
            for truck in snapshot.vehicles
            if (truck.store_code, truck.type_code) == (store.code, kind.code)
        ]
        if not plates:
            continue
        busy = [one for one in snapshot.busy if (one.store_code, one.type_code) == (store.code, kind.code)]
        closed = _closed_days(snapshot.closures, store.code)
        counts: dict[tuple[Days, ...], int] = defaultdict(int)
        for days in _busy_days(len(plates), busy):
            counts[_without(snapshot.first_on, end, [*closed, *days])] += 1
        for number, (spans, count) in enumerate(sorted(counts.items(), key=lambda one: (-one[1], one[0])), 1):
            if spans:
                name = f"{store.code}/{kind.code}" if number == 1 else f"{store.code}/{kind.code}/{number}"
                yield Fleet(id=name, depot=store.code, type=kind.code, count=count, available=spans)


def _busy_days(count: int, busy: Iterable[BusyTruck]) -> list[list[Days]]:
    """Busy spans handed to `count` equal trucks, each to the first that is free again."""
    trucks: list[list[Days]] = [[] for _ in range(count)]
    for one in sorted(busy, key=lambda span: (span.first_on, span.last_on)):
        free = [truck for truck in trucks if not truck or truck[-1][1] < one.first_on]
        (free[0] if free else min(trucks, key=lambda truck: truck[-1][1])).append((one.first_on, one.last_on))
    return trucks


def _closed_legs(order: Sequence[str], known: dict[tuple[str, str], RoadDistance]) -> tuple[ClosedLeg, ...]:
    """Days on which the road between two places of the problem cannot be driven."""
    return tuple(
        ClosedLeg(start=start, end=end, days=way.closed)
        for start in order
        for end in order
        if (way := known.get((start, end))) is not None and way.closed
    )


def _distance_matrix(order: Sequence[str], known: dict[tuple[str, str], RoadDistance]) -> Matrix:
    return tuple(
        tuple(0.0 if start == end else _km(known.get((start, end))) for end in order) for start in order
    )


def _km(way: RoadDistance | None) -> float | None:
    return None if way is None else way.metres / 1000


def _duration_matrix(
    order: Sequence[str], known: dict[tuple[str, str], RoadDistance], kind: VehicleTypeRow
) -> Matrix:
    return tuple(
        tuple(0.0 if start == end else _minutes(known.get((start, end)), kind) for end in order)
        for start in order
    )


def _minutes(way: RoadDistance | None, kind: VehicleTypeRow) -> float | None:
    """Whole minutes, rounded up, as the roads of the season allow this type; None: it cannot pass.

    A figure that is not made for types of trucks: no faster than the road, and no faster than the truck.
    """
    if way is None:
        return None
    if way.minutes_by_type:
        minutes = way.minutes_by_type.get(kind.code)
        return None if minutes is None else float(minutes)
    own = -(-way.metres * 60 // (kind.speed_kmh * 1000))
    return float(max(own, way.minutes or 0))
