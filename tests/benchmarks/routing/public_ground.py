"""Public instances as arrays of the compiled search, and its plans as routes."""

import numpy as np

from supply.routing.planner.large.ground import CLOCK, NO_TIME, ROOMY, Ground, State
from supply.routing.planner.large.making import ground_of_arrays, pools_of
from tests.benchmarks.routing.public_files import Public, Route


def ground_of(public: Public) -> Ground:
    """One product without volume; vehicles without a number are more than enough."""
    sites = len(public.demand)
    enough = int(2 * public.demand.sum() / max(fleet.capacity for fleet in public.fleets)) + 10
    pools = pools_of(len(public.fleets))
    for pool, fleet in zip(pools, public.fleets, strict=True):
        pool["depot"], pool["kg"], pool["m3"], pool["fixed"] = fleet.depot, fleet.capacity, ROOMY, fleet.fixed
        pool["per_km"], pool["count"] = (
            fleet.per_km,
            enough if fleet.vehicles is None else min(fleet.vehicles, sites),
        )
        pool["early"], pool["late"] = public.early[fleet.depot], public.late[fleet.depot]
        pool["longest"] = public.longest
    is_timed = public.kind == "mdvrptw"
    return ground_of_arrays(
        depots=public.depots, km=public.length, minutes=public.length[None], demand=public.demand[:, None],
        pools=pools, timing=CLOCK if is_timed else NO_TIME, can_split=public.is_split,
        early=public.early[public.depots :], late=public.late[public.depots :],
        service=public.service[public.depots :],
    )  # fmt: skip


def routes_of(state: State) -> list[Route]:
    """The best plan."""
    routes: list[Route] = []
    for r in range(int(state.tally["best_routes"][0])):
        length = int(state.best_route["length"][r])
        if length == 0:
            continue
        nodes = state.best_stop["node"][r, 1 : length + 1]
        routes.append(
            Route(
                int(state.best_route["pool"][r]),
                tuple(int(site) for site in state.best_node["site"][nodes]),
                tuple(float(kg) for kg in state.best_quantity[nodes].sum(axis=1)),
            )
        )
    return routes


def penalties(ground: Ground) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What leaving a unit of a customer's goods costs while searching: more than any route to it."""
    out = ground.out[: ground.depots, ground.depots :].min(axis=0)
    home = ground.out[ground.depots :, : ground.depots].min(axis=1)
    trip = ground.pool["fixed"].max() + ground.pool["per_km"].max() * (out + home)
    prices: np.ndarray[tuple[int], np.dtype[np.float64]] = 5.0 * trip / np.maximum(ground.site["kg"], 1.0)
    return prices
