"""Delivery problems by the compiled search: the ground of an instance, and its best plan as drafts."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from supply.routing.planner.calendar import Calendar
from supply.routing.planner.draft import Draft, begins_of, legs_exist, timing_of
from supply.routing.planner.instance import Bools, Floats, Instance
from supply.routing.planner.large.ground import DAYS, FAR, HORIZON, POOL, ROOMY, Ground, Masks, State
from supply.routing.planner.large.making import ground_of_arrays
from supply.routing.planner.large.search import Moment, search

OFFER_SECONDS = 1.0
"""Better plans are handed over at most once in so many seconds: to write it down takes time."""
UNSERVED_TRIPS = 25.0
"""Leaving a site that must be served costs so many trips to it while searching."""
NOBODY: Callable[[list[Draft]], object] = len


class Vehicles:
    """The vehicles of all pools in one row: where each comes from, and its free days as bits."""

    def __init__(self, instance: Instance) -> None:
        self.first: list[int] = []
        self.places: list[tuple[int, int]] = []
        free: list[int] = []
        for pool in instance.pools:
            self.first.append(len(free))
            for number, group in enumerate(pool.groups):
                days = bits(group.free)
                free += [days] * len(group.vehicles)
                self.places += [(number, vehicle) for vehicle in group.vehicles]
        self.first.append(len(free))
        self.free: Masks = np.array(free, dtype=np.uint64)


def bits(days: Bools) -> int:
    """Days as bits of a number, the first day lowest; days beyond the horizon of the search are left out."""
    return sum(1 << int(day) for day in np.flatnonzero(days[:HORIZON]))


def plan_large(
    instance: Instance,
    seed: int,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    offer: Callable[[list[Draft]], object] = NOBODY,
    stop: Callable[[], bool] = lambda: False,
) -> list[Draft]:
    """The best placed trips found within seconds or iterations; each better plan is offered on the way."""
    if instance.demand.sum() == 0 or not instance.pools:
        return []
    ground, vehicles = ground_of(instance), Vehicles(instance)
    told = [time.monotonic(), np.inf, np.inf]

    def heard(moment: Moment, state: State) -> bool:
        is_better = (moment.left, moment.cost) < (told[1], told[2])
        if is_better and time.monotonic() - told[0] >= OFFER_SECONDS:
            offer(drafts_of(instance, vehicles, state))
            told[:] = [time.monotonic(), moment.left, moment.cost]
        return not stop()

    state = search(
        ground, stock=instance.stock.astype(np.float64), free=vehicles.free, price=prices(instance, ground),
        seed=seed, seconds=seconds, iterations=iterations, heard=heard,
    )  # fmt: skip
    drafts = drafts_of(instance, vehicles, state)
    offer(drafts)
    return drafts


def prepare() -> None:
    """Compile the searches, once after installation; later they are loaded in a second."""
    from supply.routing.planner.large.bound import prepare as prepare_bound  # noqa: PLC0415 - only here
    from supply.routing.planner.large.making import pools_of  # noqa: PLC0415 - as above

    prepare_bound()

    ground = ground_of_arrays(
        depots=1, km=np.ones((3, 3)), minutes=np.ones((1, 3, 3)), demand=np.ones((2, 1)), pools=pools_of(1)
    )
    search(
        ground,
        stock=np.zeros((1, 1)),
        free=np.zeros(1, np.uint64),
        price=np.full(2, 10.0),
        seed=1,
        iterations=2,
    )


def ground_of(instance: Instance) -> Ground:
    """Arrays for the compiled search; only so many days as it can count."""
    horizon, pools = min(instance.horizon, HORIZON), _pools(instance)
    loading = instance.site_minutes[:, 1] / 1000
    return ground_of_arrays(
        depots=instance.depots, km=instance.km,
        minutes=np.ascontiguousarray(np.where(np.isfinite(instance.minutes), instance.minutes, FAR)),
        demand=instance.demand.astype(np.float64), pools=pools, timing=DAYS,
        can_split=instance.problem.split_deliveries, has_stock=True, density=instance.m3_per_kg,
        allowed=np.array([instance.reachable(pool) for pool in instance.pools]).reshape(-1, instance.sites),
        service=instance.site_minutes[:, 0], unload=loading,
        open_days=np.array([bits(days) for days in instance.open_days], dtype=np.uint64),
        must=~np.isfinite(instance.price), closed=_closed(instance) if instance.closed else None,
        max_stops=instance.max_stops, max_days=min(instance.max_days, horizon), horizon=horizon,
        driving=instance.driving, duty=instance.duty, night=instance.problem.night_cost,
    )  # fmt: skip


def _pools(instance: Instance) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    pools = np.zeros(len(instance.pools), POOL)
    first = Vehicles(instance).first
    for m, pool in enumerate(instance.pools):
        row, kind = pools[m], pool.kind
        row["depot"], row["kind"], row["first"], row["last"] = pool.depot, kind, first[m], first[m + 1]
        row["kg"], row["m3"] = instance.capacity[kind], min(instance.volume[kind], ROOMY)
        row["fixed"], row["per_km"] = instance.fixed[kind], instance.per_km[kind]
        row["per_kg_km"] = instance.per_tonne_km[kind] / 1000
        row["service"], row["load"] = instance.depot_minutes[pool.depot] / (1, 1000)
        row["late"] = row["longest"] = 1e12
    return pools


def _closed(instance: Instance) -> Masks:
    size = len(instance.km)
    closed = np.zeros((size, size), np.uint64)
    for (start, end), days in instance.closed.items():
        closed[start, end] = bits(days)
    return closed


def prices(instance: Instance, ground: Ground) -> Floats:
    """What a kg left over costs while searching: its price, or many trips where it must be served."""
    km = np.minimum(instance.km[: instance.depots, instance.depots :].min(axis=0, initial=FAR), FAR / 1000)
    trip = instance.fixed.max(initial=0.0) + 2 * instance.per_km.max(initial=0.0) * km + 1.0
    trip = trip + instance.per_tonne_km.max(initial=0.0) * km * ground.site["kg"] / 1000
    trip += instance.problem.night_cost * instance.max_days
    forced: Floats = UNSERVED_TRIPS * trip / np.maximum(ground.site["kg"], 1.0)
    return np.where(np.isfinite(instance.price), instance.price, forced)


def drafts_of(instance: Instance, vehicles: Vehicles, state: State) -> list[Draft]:
    """The best plan as placed drafts; trips that the exact rules refuse are placed anew or left out."""
    drafts: list[Draft] = []
    for r in range(int(state.tally["best_routes"][0])):
        route = state.best_route[r]
        length = int(route["length"])
        if length == 0:
            continue
        nodes = state.best_stop["node"][r, 1 : length + 1]
        stops = tuple(int(site) for site in state.best_node["site"][nodes])
        kg = np.rint(state.best_quantity[nodes]).astype(np.int64)
        place = (*vehicles.places[int(route["vehicle"])], int(route["begin"]))
        drafts.append(Draft(int(route["pool"]), stops, kg, place))
    return _by_the_rules(instance, drafts)


def _by_the_rules(instance: Instance, drafts: Sequence[Draft]) -> list[Draft]:
    """Take each trip at its place, or at another one, or not at all."""
    calendar, kept, homeless = Calendar(instance), [], []
    for draft in drafts:
        days, begins = _days(instance, draft)
        assert draft.place is not None, "the search gives every trip a vehicle"
        group, vehicle, begin = draft.place
        row = calendar.vehicles[draft.pool][group].index(vehicle)
        free = calendar.free[draft.pool][group][row, begin : begin + days]
        if begins[begin] and len(free) == days and free.all():
            calendar.take(draft.pool, draft.place, days)
            kept.append(draft)
        else:
            homeless.append(draft)
    for draft in homeless:
        days, begins = _days(instance, draft)
        place = calendar.find(draft.pool, days, begins) if begins.any() else None
        if place is not None:
            calendar.take(draft.pool, place, days)
            kept.append(Draft(draft.pool, draft.route, draft.kg, place))
    return kept


def _days(instance: Instance, draft: Draft) -> tuple[int, Bools]:
    """Days the trip takes, and those on which it may begin."""
    pool = instance.pools[draft.pool]
    if not legs_exist(instance, pool, draft.route):
        return 1, np.zeros(instance.horizon, dtype=bool)
    timing = timing_of(instance, pool, draft.route, [float(load) for load in draft.kg.sum(axis=1)])
    return timing.days, begins_of(instance, pool, draft.route, timing)
