"""The figures of one trip for the checker, in exact fractions: kg, m³, km, days, legs driven and cost."""

import datetime as dt
import math
from collections.abc import Mapping
from fractions import Fraction

import msgspec

from supply.routing.planner.plan import Trip
from supply.routing.planner.problem import Days, Problem

TOLERANCE = Fraction(1, 1_000_000)
"""A millionth of a minute or of a unit of money: what a decimal distance divided by a speed may be off by."""
EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""


class Leg(msgspec.Struct, frozen=True):
    start: str
    end: str
    first: dt.date
    last: dt.date


class TripFigures(msgspec.Struct, frozen=True):
    kg: int
    m3: Fraction
    km: Fraction
    days: int
    cost: int
    reached: tuple[dt.date, ...]
    driven: tuple[Leg, ...]
    missing_legs: tuple[tuple[str, str], ...]


class Map:
    """The problem by id, with the distance and time of each leg."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.depots = {depot.id: depot for depot in problem.depots}
        self.sites = {site.id: site for site in problem.sites}
        self.types = {kind.id: kind for kind in problem.vehicle_types}
        self.fleets = {fleet.id: fleet for fleet in problem.fleet}
        self.position = {point.id: i for i, point in enumerate(problem.points)}
        self.points = problem.points
        self.closed: dict[tuple[str, str], list[Days]] = {}
        for leg in problem.closed:
            self.closed.setdefault((leg.start, leg.end), []).extend(leg.days)
        given = problem.distance_km is not None
        self.distances = "" if given else f"great circle × {problem.winding:g}"

    def km(self, start: str, end: str) -> Fraction | None:
        i, j = self.position[start], self.position[end]
        if self.problem.distance_km is not None:
            value = self.problem.distance_km[i][j]
            return None if value is None else Fraction(repr(value))
        if i == j:
            return Fraction(0)
        a, b = self.points[i], self.points[j]
        assert a.lat is not None, "without a matrix every point has coordinates"
        assert a.lon is not None, "without a matrix every point has coordinates"
        assert b.lat is not None, "without a matrix every point has coordinates"
        assert b.lon is not None, "without a matrix every point has coordinates"
        lat, other = math.radians(a.lat), math.radians(b.lat)
        half = math.sin((other - lat) / 2) ** 2
        half += math.cos(lat) * math.cos(other) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
        # Whole metres, so that every reader of the problem gets the same figure.
        return Fraction(round(2 * EARTH_KM * math.asin(math.sqrt(half)) * self.problem.winding * 1000), 1000)

    def minutes(self, kind: str, start: str, end: str) -> Fraction | None:
        matrix = self.problem.duration_min.get(kind)
        if matrix is not None:
            value = matrix[self.position[start]][self.position[end]]
            return None if value is None else Fraction(repr(value))
        km, speed = self.km(start, end), self.types[kind].speed_kmh
        assert speed is not None, "a problem that was read has a speed or a matrix for each type"
        return None if km is None else km / Fraction(repr(speed)) * 60


def figures_of(ground: Map, trip: Trip, *, days: int | None) -> TripFigures:
    """All figures of the trip by the rules; `days` as stated for a locked trip, else worked out."""
    problem, fleet = ground.problem, ground.fleets[trip.fleet]
    depot, kind = ground.depots[fleet.depot], ground.types[fleet.type]
    driving = Fraction(repr(problem.work_day.driving_hours)) * 60
    duty = Fraction(repr(problem.work_day.duty_hours)) * 60
    kg = sum(sum(stop.deliver_kg.values()) for stop in trip.stops)
    driven, tonne_km, km = Fraction(0), Fraction(0), Fraction(0)
    worked = _service(depot.fixed_minutes, depot.minutes_per_tonne, kg)
    reached: list[dt.date] = []
    legs: list[Leg] = []
    missing: list[tuple[str, str]] = []
    here = depot.id
    for stop in (*trip.stops, None):
        there = depot.id if stop is None else stop.site
        leg_km, minutes = ground.km(here, there), ground.minutes(kind.id, here, there)
        if leg_km is None or minutes is None:
            missing.append((here, there))
            leg_km = minutes = Fraction(0)
        left = max(driven / driving, worked / duty)
        km, driven, worked = km + leg_km, driven + minutes, worked + minutes
        clock = max(driven / driving, worked / duty)
        arrival = max(0, math.ceil(clock - TOLERANCE / duty) - 1)
        departure = min(arrival, math.floor(left + TOLERANCE / duty))
        legs.append(Leg(here, there, _later(trip.begin, departure), _later(trip.begin, arrival)))
        if stop is not None:
            reached.append(_later(trip.begin, arrival))
            load = sum(stop.deliver_kg.values())
            site = ground.sites[stop.site]
            worked += _service(site.fixed_minutes, site.minutes_per_tonne, load)
            tonne_km += Fraction(load, 1000) * km
        here = there
    clock = max(driven / driving, worked / duty)
    takes = max(1, math.ceil(clock - TOLERANCE / duty)) if days is None else days
    cost = Fraction(repr(kind.fixed_cost)) + Fraction(repr(kind.cost_per_km)) * km
    cost += Fraction(repr(kind.cost_per_tonne_km)) * tonne_km + Fraction(repr(problem.night_cost)) * (
        takes - 1
    )
    return TripFigures(
        kg=kg,
        m3=_volume(problem, trip),
        km=km,
        days=takes,
        cost=math.floor(cost + Fraction(1, 2) + TOLERANCE),
        reached=tuple(reached),
        driven=tuple(legs),
        missing_legs=tuple(missing),
    )


def _service(fixed: float, per_tonne: float, kg: int) -> Fraction:
    return Fraction(repr(fixed)) + Fraction(repr(per_tonne)) * Fraction(kg, 1000)


def _later(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=min(days, 100_000))


def _volume(problem: Problem, trip: Trip) -> Fraction:
    per: Mapping[str, float | None] = {product.id: product.kg_per_m3 for product in problem.products}
    total = Fraction(0)
    for stop in trip.stops:
        for product, kg in stop.deliver_kg.items():
            density = per.get(product)
            if density is not None:
                total += Fraction(kg) / Fraction(repr(density))
    return total
