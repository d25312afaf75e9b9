"""Other engines on the public instances: PyVRP, VROOM and OR-Tools' routing library, where installed."""

import importlib.metadata
import importlib.util
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tests.benchmarks.routing.public_files import Public, Route, cost_of

NO_PLAN = float("nan")
MILLION = 1_000_000


class Peer(NamedTuple):
    """An engine: its distribution, the kinds that it can express, and cost within seconds."""

    distribution: str
    kinds: frozenset[str]
    cost: Callable[[Public, float, int], float]


def versions() -> str:
    """Versions of what is measured."""
    names = ["numba", *(peer.distribution for peer in PEERS.values())]
    found = [f"{name} {importlib.metadata.version(name)}" for name in names if _is_there(name)]
    return ", ".join(found)


def _is_there(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _pyvrp(public: Public, seconds: float, seed: int) -> float:
    """PyVRP's model of the instance; distances in thousandths where they are not whole."""
    if importlib.util.find_spec("pyvrp") is None:
        return NO_PLAN
    import pyvrp  # type: ignore[import-not-found]  # noqa: PLC0415 - only in the group `bench`
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found]  # noqa: PLC0415

    scale = 1 if np.array_equal(public.length, np.rint(public.length)) else 1000
    matrix = np.rint(public.length * scale).astype(np.int64)
    model = pyvrp.Model()
    is_timed = public.kind == "mdvrptw"
    points = [model.add_depot(0, 0) for _ in range(public.depots)]
    for customer, demand in enumerate(public.demand):
        at = public.depots + customer
        times = {
            "service_duration": int(public.service[at]),
            "tw_early": int(public.early[at]),
            "tw_late": int(public.late[at]),
        }
        points.append(model.add_client(0, 0, delivery=int(demand), **(times if is_timed else {})))
    for fleet in public.fleets:
        count = fleet.vehicles or int(2 * public.demand.sum() / fleet.capacity) + 10
        depot = points[fleet.depot]
        limits = (
            {
                "max_duration": int(public.longest),
                "tw_early": int(public.early[fleet.depot]),
                "tw_late": int(public.late[fleet.depot]),
            }
            if is_timed
            else {}
        )
        model.add_vehicle_type(
            count, int(fleet.capacity), depot, depot, fixed_cost=int(fleet.fixed * scale),
            unit_distance_cost=int(fleet.per_km), **limits,
        )  # fmt: skip
    for i, start in enumerate(points):
        for j, end in enumerate(points):
            model.add_edge(start, end, int(matrix[i, j]), int(matrix[i, j]) if is_timed else 0)
    result = model.solve(MaxRuntime(seconds), seed=seed, display=False)
    if not result.is_feasible():
        return NO_PLAN
    routes = []
    for route in result.best.routes():
        customers = tuple(int(visit) - public.depots for visit in route.visits())
        routes.append(
            Route(route.vehicle_type(), customers, tuple(float(public.demand[c]) for c in customers))
        )
    return cost_of(public, routes)


def _vroom(public: Public, seconds: float, seed: int) -> float:
    """VROOM takes no seed; exploration 5 and a time limit, as measured before."""
    if importlib.util.find_spec("vroom") is None:
        return NO_PLAN
    import datetime as dt  # noqa: PLC0415 - only here

    import vroom  # type: ignore[import-not-found]  # noqa: PLC0415 - only in the group `bench`

    problem = vroom.Input()
    matrix = np.rint(public.length).astype(np.uint32)
    problem.set_durations_matrix("car", matrix)
    problem.set_costs_matrix("car", matrix)
    number = 0
    for fleet in public.fleets:
        for _ in range(fleet.vehicles or int(2 * public.demand.sum() / fleet.capacity) + 10):
            problem.add_vehicle(
                vroom.Vehicle(number, start=fleet.depot, end=fleet.depot, capacity=[int(fleet.capacity)])
            )
            number += 1
    for customer, demand in enumerate(public.demand):
        problem.add_job(vroom.Job(customer, location=public.depots + customer, delivery=[int(demand)]))
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=dt.timedelta(seconds=seconds))
    frame = solution.routes
    routes = []
    for _, steps in frame[frame["type"] == "job"].groupby("vehicle_id"):
        customers = tuple(int(job) for job in steps["id"])
        routes.append(Route(0, customers, tuple(float(public.demand[c]) for c in customers)))
    return cost_of(public, routes)


def _ortools(public: Public, seconds: float, seed: int) -> float:
    """Savings and guided local search, the configuration that did best in 60 s on most of the X set."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - heavy

    fleets = [
        number
        for number, fleet in enumerate(public.fleets)
        for _ in range(fleet.vehicles or int(1.1 * public.demand.sum() / fleet.capacity) + 3)
    ]
    depots = [public.fleets[number].depot for number in fleets]
    manager = pywrapcp.RoutingIndexManager(len(public.length), len(fleets), depots, depots)
    routing = pywrapcp.RoutingModel(manager)
    matrix = np.rint(public.length)
    for vehicle, number in enumerate(fleets):
        rows = (matrix * public.fleets[number].per_km).astype(np.int64).tolist()
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(rows), vehicle)
        routing.SetFixedCostOfVehicle(int(public.fleets[number].fixed), vehicle)
    demand = [0] * public.depots + [int(amount) for amount in public.demand]
    capacity = [int(public.fleets[number].capacity) for number in fleets]
    index = routing.RegisterUnaryTransitVector(demand)
    routing.AddDimensionWithVehicleCapacity(index, 0, capacity, True, "load")
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.SAVINGS
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    answer = routing.SolveWithParameters(parameters)
    if answer is None:
        return NO_PLAN
    routes = []
    for vehicle, number in enumerate(fleets):
        customers, here = [], answer.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(here):
            customers.append(manager.IndexToNode(here) - public.depots)
            here = answer.Value(routing.NextVar(here))
        if customers:
            routes.append(Route(number, tuple(customers), tuple(float(public.demand[c]) for c in customers)))
    return cost_of(public, routes)


PEERS = {
    "PyVRP": Peer("pyvrp", frozenset({"cvrp", "hfvrp", "mdvrptw"}), _pyvrp),
    "VROOM": Peer("pyvroom", frozenset({"cvrp"}), _vroom),
    "OR-Tools": Peer("ortools", frozenset({"cvrp", "hfvrp"}), _ortools),
}
"""Engines by name. None of them splits deliveries."""
