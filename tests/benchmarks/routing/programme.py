"""Generated delivery problems of the programme's size: 20 communes, 5 stores, 4 types, 2 products."""

import datetime as dt
import math
import random

from supply.routing.planner.problem import (
    Depot,
    Fleet,
    Point,
    Problem,
    Product,
    Site,
    VehicleType,
    WorkDay,
)

START = dt.date(2027, 1, 4)
DAYS = 21
PRODUCTS = (Product("CSB++", kg_per_m3=400), Product("CSB+", kg_per_m3=480))
TYPES = (
    VehicleType("5t", 5_000, 16, fixed_cost=25_000, cost_per_km=420, cost_per_tonne_km=12, speed_kmh=50),
    VehicleType("10t", 10_000, 28, fixed_cost=40_000, cost_per_km=600, cost_per_tonne_km=12, speed_kmh=48),
    VehicleType("20t", 20_000, 55, fixed_cost=65_000, cost_per_km=850, cost_per_tonne_km=12, speed_kmh=45),
    VehicleType("30t", 30_000, 80, fixed_cost=90_000, cost_per_km=1_050, cost_per_tonne_km=12, speed_kmh=42),
)
STORES = (  # Bamako, Kayes, Sikasso, Ségou, Sévaré
    ("bamako", 12.64, -8.00),
    ("kayes", 14.45, -11.44),
    ("sikasso", 11.32, -5.67),
    ("segou", 13.43, -6.26),
    ("sevare", 14.53, -4.09),
)
KINDS = {"ltl": (2, 15), "mixed": (2, 55), "ftl": (20, 55)}
"""Tonnes per commune: less than a truckload, both, full truckloads."""


def programme(kind: str, seed: int, *, communes: int = 20, windows: bool = False) -> Problem:
    """One problem; the same arguments give the same problem."""
    rng = random.Random(f"{kind}-{seed}-{communes}-{windows}")
    sites = tuple(_site(rng, kind, number, windows=windows) for number in range(communes))
    total = sum(sum(site.demand_kg.values()) for site in sites)
    shares = {product.id: sum(site.demand_kg.get(product.id, 0) for site in sites) for product in PRODUCTS}
    weights = [rng.uniform(0.6, 1.4) for _ in STORES]
    scale = 1.25 / sum(weights)
    depots = tuple(
        Depot(
            name, lat, lon, {product: int(kg * weight * scale) for product, kg in shares.items()},
            fixed_minutes=0, minutes_per_tonne=4,
        )
        for (name, lat, lon), weight in zip(STORES, weights, strict=True)
    )  # fmt: skip
    trucks = max(1, round(total / 500_000 * 2 * communes / 20))
    fleet = tuple(
        Fleet(f"{depot.id}-{item.id}", depot.id, item.id, trucks + (item.id in ("10t", "20t")))
        for depot in depots
        for item in TYPES
    )
    return Problem(
        format="delivery-problem/1", name=f"{kind}-{seed}{'-windows' if windows else ''}-{communes}",
        start=START, days=DAYS, work_day=WorkDay(10, 11), products=PRODUCTS, depots=depots, sites=sites,
        vehicle_types=TYPES, fleet=fleet, night_cost=15_000, max_trip_days=5, max_stops=5,
        distance_km=_matrix(depots, sites, rng),
    )  # fmt: skip


def _site(rng: random.Random, kind: str, number: int, *, windows: bool) -> Site:
    _, lat, lon = rng.choice(STORES)
    angle, away = rng.uniform(0, 2 * math.pi), rng.uniform(0.3, 1.6)
    low, high = KINDS[kind]
    kg = rng.randint(low * 1000, high * 1000)
    if kind == "mixed":
        kg = rng.randint(2_000, 15_000) if number % 2 else rng.randint(20_000, 55_000)
    second = int(kg * rng.uniform(0.2, 0.5))
    days: tuple[tuple[dt.date, dt.date], ...] = ()
    if windows and rng.random() < 0.6:
        first = rng.randint(0, DAYS - 9)
        days = ((START + dt.timedelta(days=first), START + dt.timedelta(days=first + 8)),)
    barred = rng.random() < 0.2
    return Site(
        f"ML{number:06d}", round(lat + away * math.sin(angle), 4), round(lon + away * math.cos(angle), 4),
        {"CSB++": kg - second, "CSB+": second},
        windows=days or None, vehicle_types=("5t", "10t", "20t") if barred else None,
        fixed_minutes=30, minutes_per_tonne=4,
    )  # fmt: skip


def _matrix(
    depots: tuple[Depot, ...], sites: tuple[Site, ...], rng: random.Random
) -> tuple[tuple[float | None, ...], ...]:
    """Road km to a tenth: great circle by a winding that differs from pair to pair."""
    every: tuple[Point, ...] = (*depots, *sites)
    points = [(point.lat or 0.0, point.lon or 0.0) for point in every]
    rows = [[0.0] * len(points) for _ in points]
    for i, a in enumerate(points):
        for j, b in enumerate(points[:i]):
            rows[i][j] = rows[j][i] = round(_circle(a, b) * rng.uniform(1.2, 1.4), 1)
    for k in range(len(points)):
        for i in range(len(points)):
            for j in range(len(points)):
                rows[i][j] = min(rows[i][j], round(rows[i][k] + rows[k][j], 1))
    return tuple(tuple(row) for row in rows)


def _circle(a: tuple[float, float], b: tuple[float, float]) -> float:
    lat, other = math.radians(a[0]), math.radians(b[0])
    half = math.sin((other - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))
