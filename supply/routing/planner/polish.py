"""Whole kilograms for a given set of trips, at least cost: a small integer program, nearly a network."""

from collections.abc import Callable, Sequence

import numpy as np

from supply.routing.planner.calendar import place_all
from supply.routing.planner.draft import Draft, legs_exist
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.instance import Instance
from supply.routing.planner.linear import Model
from supply.routing.planner.routes import Route

MAX_SECONDS = 5.0


def fill(instance: Instance, routes: Sequence[Route], unserved_kg: int) -> list[Draft] | None:
    """Drafts of these trips with whole kg of each product, placed on vehicles; None when that cannot be."""
    return _fill(instance, routes, unserved_kg, 1.0) or _fill(instance, routes, unserved_kg, 0.0)


def offering(best: Incumbent, unserved_kg: int) -> Callable[[list[Route]], None]:
    """Makes a plan of each choice of trips, once: where they fit on no days, that takes long to find out."""
    tried: set[tuple[Route, ...]] = set()

    def improved(chosen: list[Route]) -> None:
        trips = tuple(sorted(chosen))
        if trips in tried or best.left() <= 0:
            return
        tried.add(trips)
        drafts = fill(best.instance, chosen, unserved_kg)
        if drafts is not None:
            best.offer(drafts)

    return improved


def _fill(
    instance: Instance, routes: Sequence[Route], unserved_kg: int, least_kg: float
) -> list[Draft] | None:
    """With at least so many kg at each stop."""
    model = Model()
    brought: dict[tuple[int, int], list[tuple[int, float]]] = {}
    sent: dict[tuple[int, int], list[tuple[int, float]]] = {}
    columns = [_trip_columns(instance, model, route, brought, sent, least_kg=least_kg) for route in routes]
    spare: list[int] = []
    for site, product in np.argwhere(instance.demand > 0):
        price, most = float(instance.price[site]), float(instance.demand[site, product])
        slack = model.column(price if np.isfinite(price) else 0.0, upper=most, integer=True)
        spare += [] if np.isfinite(price) else [slack]
        terms = [(slack, 1.0), *brought.get((int(site), int(product)), [])]
        model.row(terms, lower=most, upper=most)
    model.row([(column, 1.0) for column in spare], upper=float(unserved_kg))
    for (depot, product), terms in sent.items():
        model.row(terms, upper=float(instance.stock[depot, product]))
    solver = model.highs()
    solver.setOptionValue("time_limit", MAX_SECONDS)
    solver.setOptionValue("mip_rel_gap", 1e-7)
    solver.run()
    values = np.array(solver.getSolution().col_value)
    if not solver.getSolution().value_valid or len(values) != len(model.cost):
        return None
    drafts: list[Draft] = []
    for route, own in zip(routes, columns, strict=True):
        kg = np.zeros((len(route[1]), instance.demand.shape[1]), dtype=np.int64)
        for (stop, product), column in own.items():
            kg[stop, product] = round(values[column])
        drafts += _without_empty_stops(instance, Draft(route[0], route[1], kg))
    return place_all(instance, drafts)


def _trip_columns(
    instance: Instance,
    model: Model,
    route: Route,
    brought: dict[tuple[int, int], list[tuple[int, float]]],
    sent: dict[tuple[int, int], list[tuple[int, float]]],
    *,
    least_kg: float,
) -> dict[tuple[int, int], int]:
    pool_index, stops, days = route
    pool = instance.pools[pool_index]
    points = [pool.depot, *(instance.depots + stop for stop in stops), pool.depot]
    km = np.cumsum(instance.km[points[:-1], points[1:]])
    minutes = float(instance.minutes[pool.kind][points[:-1], points[1:]].sum())
    left = days * instance.duty - minutes - instance.depot_minutes[pool.depot, 0]
    left -= float(instance.site_minutes[list(stops), 0].sum())
    own: dict[tuple[int, int], int] = {}
    for number, stop in enumerate(stops):
        for product in np.flatnonzero(instance.demand[stop]):
            rate = instance.per_tonne_km[pool.kind] * float(km[number]) / 1000
            column = model.column(rate, upper=float(instance.demand[stop, product]), integer=True)
            own[number, int(product)] = column
            brought.setdefault((stop, int(product)), []).append((column, 1.0))
            sent.setdefault((pool.depot, int(product)), []).append((column, 1.0))
    model.row([(column, 1.0) for column in own.values()], upper=float(instance.capacity[pool.kind]))
    if least_kg > 0:
        for number in range(len(stops)):
            model.row([(column, 1.0) for (stop, _), column in own.items() if stop == number], lower=least_kg)
    if np.isfinite(instance.volume[pool.kind]):
        terms = [(column, float(instance.m3_per_kg[product])) for (_, product), column in own.items()]
        model.row(terms, upper=float(instance.volume[pool.kind]))
    rate_of = instance.depot_minutes[pool.depot, 1] + instance.site_minutes[:, 1]
    if max(rate_of[list(stops)]) > 0:
        terms = [(column, float(rate_of[stops[number]] / 1000)) for (number, _), column in own.items()]
        model.row(terms, upper=left)
    return own


def _without_empty_stops(instance: Instance, draft: Draft) -> list[Draft]:
    """The trip without stops that get nothing; no trip when all are empty."""
    keep = [number for number in range(len(draft.route)) if draft.kg[number].sum() > 0]
    if len(keep) == len(draft.route):
        return [draft]
    shorter = Draft(draft.pool, tuple(draft.route[number] for number in keep), draft.kg[keep])
    if not keep or legs_exist(instance, instance.pools[draft.pool], shorter.route):
        return [shorter] if keep else []
    return [draft]
