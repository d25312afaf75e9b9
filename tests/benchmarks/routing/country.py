"""Generated problems of a country's size: communes around stores, stock near what is needed there."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from supply.routing.planner.problem import Depot, Fleet, Problem, Site, WorkDay
from tests.benchmarks.routing.programme import PRODUCTS, TYPES

Floats = NDArray[np.float64]
START = dt.date(2027, 1, 4)
DAYS = 28
STORES_PER_COMMUNE = 40 / 700
TRUCKS_PER_STORE = {"5t": 2, "10t": 3, "20t": 2, "30t": 1}
"""Eight trucks a store less some: 300 for 40 stores."""
KM_PER_DEGREE = 111.0


def country(communes: int, seed: int) -> Problem:
    """One problem; the same arguments give the same problem.

    Stores stand over 9 × 14 degrees (scaled with their number), communes scatter around them. A commune needs
    1 to 40 t, half of them less than 6 t; a store holds 80 to 140 % of what is needed nearest to it.
    """
    rng = np.random.default_rng([communes, seed])
    stores = max(2, round(communes * STORES_PER_COMMUNE))
    spread = np.sqrt(stores / 40)
    at = np.column_stack(
        [rng.uniform(11, 11 + 9 * spread, stores), rng.uniform(-11, -11 + 14 * spread, stores)]
    )
    home = np.concatenate([np.arange(stores), rng.integers(0, stores, communes)])[:communes]
    angle, away = rng.uniform(0, 2 * np.pi, communes), rng.gamma(2.0, 0.35, communes)
    points = at[home] + away[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    km = _roads(np.vstack([at, points]), rng)
    kg = np.clip(rng.lognormal(np.log(6_000), 0.8, communes), 1_000, 40_000).astype(np.int64)
    second = (kg * rng.uniform(0.2, 0.5, communes)).astype(np.int64)
    need = np.column_stack([kg - second, second])
    stock = _stock(need, km[:stores, stores:].argmin(axis=0), stores, rng)
    barred = rng.random(communes) < 0.15
    names = [product.id for product in PRODUCTS]
    depots = tuple(
        Depot(
            f"S{store:02d}", round(float(at[store, 0]), 4), round(float(at[store, 1]), 4),
            {name: int(held) for name, held in zip(names, stock[store], strict=True)}, minutes_per_tonne=4,
        )
        for store in range(stores)
    )  # fmt: skip
    sites = tuple(
        Site(
            f"C{site:04d}", round(float(points[site, 0]), 4), round(float(points[site, 1]), 4),
            {name: int(amount) for name, amount in zip(names, need[site], strict=True)},
            vehicle_types=("5t", "10t") if barred[site] else None, fixed_minutes=30, minutes_per_tonne=4,
        )
        for site in range(communes)
    )  # fmt: skip
    fleet = tuple(
        Fleet(f"{depot.id}-{name}", depot.id, name, count)
        for number, depot in enumerate(depots)
        for name, most in TRUCKS_PER_STORE.items()
        for count in [most - (name == "5t" and number % 2)]
    )
    return Problem(
        format="delivery-problem/1", name=f"country-{communes}-{seed}", start=START, days=DAYS,
        work_day=WorkDay(10, 11), products=PRODUCTS, depots=depots, sites=sites, vehicle_types=TYPES,
        fleet=fleet, night_cost=15_000, max_trip_days=5, max_stops=5,
        distance_km=tuple(tuple(row) for row in km.tolist()),
    )  # fmt: skip


def _roads(points: Floats, rng: np.random.Generator) -> Floats:
    """Straight lines by a winding that differs from pair to pair, then the shortest way over any points."""
    scale = KM_PER_DEGREE * np.array([1.0, np.cos(np.radians(14.0))])
    difference = (points[:, None] - points[None]) * scale
    winding = np.triu(rng.uniform(1.2, 1.45, (len(points), len(points))), 1)
    km = np.round(np.sqrt((difference**2).sum(axis=2)) * (winding + winding.T), 1)
    for middle in range(len(points)):
        np.minimum(km, km[:, middle, None] + km[None, middle], out=km)
    rounded: Floats = np.round(km, 1)
    return rounded


def _stock(
    need: NDArray[np.int64], nearest: NDArray[np.int64], stores: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """By store and product; in all at least a tenth more than is needed."""
    around = np.zeros((stores, need.shape[1]))
    np.add.at(around, nearest, need)
    held = around * rng.uniform(0.8, 1.4, around.shape)
    short = np.maximum(1.0, 1.1 * need.sum(axis=0) / np.maximum(held.sum(axis=0), 1.0))
    stock: NDArray[np.int64] = np.ceil(held * short).astype(np.int64)
    return stock
