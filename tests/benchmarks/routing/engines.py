"""PyVRP, VROOM and OR-Tools' routing library behind one task, where they are installed.

None of them knows stock, days of a calendar, nights or deliveries in parts: who asks has to put those into
orders, costs and limits beforehand, and to check what comes back.
"""

import datetime as dt
import importlib.metadata
import importlib.util
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
BARRED = 1_000_000_000
"""Cost of a leg to a customer that a truck may not visit."""

VROOM_DEAREST = 100_000
"""VROOM refuses costs whose sum might overflow: the dearest leg or truck is brought down to this."""


class Truck(NamedTuple):
    """Equal trucks: the depot they start from and return to, capacities, cost of using one, working hours."""

    depot: int
    capacity: tuple[int, ...]
    fixed: int
    most: int
    profile: int
    early: int
    late: int
    longest: int


class Order(NamedTuple):
    """What is brought to a point in one visit, when, and by trucks of which profiles (all when empty)."""

    point: int
    amounts: tuple[int, ...]
    service: int
    early: int
    late: int
    profiles: frozenset[int]


class Task(NamedTuple):
    """Points are depots, then customers; cost and time of legs by profile, whole numbers."""

    depots: int
    cost: tuple[Whole, ...]
    time: tuple[Whole, ...]
    trucks: tuple[Truck, ...]
    orders: tuple[Order, ...]
    is_timed: bool


Tour = tuple[int, tuple[int, ...]]
"""Index of the trucks, and of the orders one after the other."""


class Limit(NamedTuple):
    """Seconds of search, of the clock on the wall or of the processor."""

    seconds: float
    is_processor: bool

    def wall(self) -> float:
        """For engines that know only the wall: longer by what other work takes from this processor now."""
        if not self.is_processor:
            return self.seconds
        wall, own = time.perf_counter(), time.process_time()
        while time.perf_counter() - wall < 0.5:
            pass
        share = (time.process_time() - own) / (time.perf_counter() - wall)
        return self.seconds / max(share, 0.1)


def is_there(distribution: str) -> bool:
    """True when the distribution is installed."""
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def versions() -> str:
    """Versions of what is measured."""
    names = ["numba", "pyvrp", "pyvroom", "ortools"]
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names if is_there(name))


class _ProcessorTime:
    """PyVRP's stopping criterion on processor time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started: float | None = None

    def __call__(self, _cost: float) -> bool:
        now = time.process_time()
        self.started = now if self.started is None else self.started
        return now - self.started >= self.seconds

    def fraction_remaining(self) -> float | None:
        if self.started is None:
            return 1.0
        return max(0.0, 1.0 - (time.process_time() - self.started) / self.seconds)


def pyvrp_tours(task: Task, limit: Limit, seed: int) -> list[Tour] | None:
    """PyVRP's best tours; None when it finds none that keep all limits."""
    import pyvrp  # type: ignore[import-not-found]  # noqa: PLC0415 - only in the group `bench`
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found]  # noqa: PLC0415 - as above

    cost = _barred_costs(task)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(task.cost[0]))],
        clients=[
            pyvrp.Client(
                order.point, delivery=list(order.amounts), service_duration=order.service,
                **({"tw_early": order.early, "tw_late": order.late} if task.is_timed else {}),
            )
            for order in task.orders
        ],
        depots=[pyvrp.Depot(depot) for depot in range(task.depots)],
        vehicle_types=[
            pyvrp.VehicleType(
                truck.most, list(truck.capacity), truck.depot, truck.depot, truck.fixed,
                profile=truck.profile, shift_duration=truck.longest,
                **({"tw_early": truck.early, "tw_late": truck.late} if task.is_timed else {}),
            )
            for truck in task.trucks
        ],
        distance_matrices=list(cost), duration_matrices=list(task.time),
    )  # fmt: skip
    stop = _ProcessorTime(limit.seconds) if limit.is_processor else MaxRuntime(limit.seconds)
    result = pyvrp.solve(data, stop, seed=seed, display=False, collect_stats=False)
    if not result.is_feasible():
        return None
    return [
        (route.vehicle_type(), tuple(activity.idx for activity in route if activity.is_client()))
        for route in result.best.routes()
    ]


def _bans(task: Task, profile: int) -> tuple[int, ...]:
    return tuple(i for i, order in enumerate(task.orders) if order.profiles and profile not in order.profiles)


def _barred_costs(task: Task) -> list[Whole]:
    """Costs by profile; a point all of whose orders are barred from it costs too much to reach."""
    costs = []
    for profile, cost in enumerate(task.cost):
        barred = cost.copy()
        for index in _bans(task, profile):
            barred[:, task.orders[index].point] = BARRED
            barred[task.orders[index].point, task.orders[index].point] = 0
        costs.append(barred)
    return costs


def vroom_tours(task: Task, limit: Limit, _seed: int) -> list[Tour] | None:
    """VROOM's tours at exploration 5 (it takes no seed); None when it leaves an order out."""
    import vroom  # type: ignore[import-not-found]  # noqa: PLC0415 - only in the group `bench`

    timeout = dt.timedelta(seconds=limit.wall())
    dearest = max([int(cost[cost < BARRED].max()) for cost in task.cost] + [t.fixed for t in task.trucks])
    unit = max(1, dearest // VROOM_DEAREST)
    problem, owners = _vroom_input(task, vroom, unit)
    frame = problem.solve(exploration_level=5, nb_threads=1, timeout=timeout).routes
    jobs = frame[frame["type"] == "job"]
    if len(jobs) < len(task.orders):
        return None
    return [
        (owners[int(vehicle)], tuple(int(job) for job in steps["id"]))
        for vehicle, steps in jobs.groupby("vehicle_id")
    ]


def _vroom_input(task: Task, vroom: Any, unit: int) -> tuple[Any, list[int]]:
    """The task with costs in so many units, and the trucks that each of its vehicles is of."""
    problem = vroom.Input()
    for profile, (cost, minutes) in enumerate(zip(task.cost, task.time, strict=True)):
        problem.set_durations_matrix(f"p{profile}", minutes.astype(np.uint32))
        problem.set_costs_matrix(f"p{profile}", np.rint(cost / unit).astype(np.uint32))
    asked = sorted({order.profiles for order in task.orders}, key=sorted)
    owners: list[int] = []
    for index, truck in enumerate(task.trucks):
        skills = {n for n, profiles in enumerate(asked) if not profiles or truck.profile in profiles}
        limits: dict[str, Any] = {"time_window": (truck.early, truck.late)} if task.is_timed else {}
        if truck.longest < BARRED:
            limits["max_travel_time"] = truck.longest
        for _ in range(min(truck.most, len(task.orders))):
            problem.add_vehicle(
                vroom.Vehicle(
                    len(owners), start=truck.depot, end=truck.depot, profile=f"p{truck.profile}",
                    capacity=list(truck.capacity), skills=skills,
                    costs=vroom.VehicleCosts(fixed=truck.fixed // unit), **limits,
                )
            )  # fmt: skip
            owners.append(index)
    for number, order in enumerate(task.orders):
        windows = {"time_windows": [(order.early, order.late)]} if task.is_timed else {}
        problem.add_job(
            vroom.Job(
                number, location=order.point, delivery=list(order.amounts), default_service=order.service,
                skills={asked.index(order.profiles)}, **windows,
            )
        )  # fmt: skip
    return problem, owners


def ortools_tours(task: Task, limit: Limit, _seed: int) -> list[Tour] | None:
    """OR-Tools' routing library: savings, then strings removed and put back: its best on the X set."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - heavy

    owners = [
        index for index, truck in enumerate(task.trucks) for _ in range(min(truck.most, len(task.orders)))
    ]
    starts = [task.trucks[index].depot for index in owners]
    points = [*range(task.depots), *(order.point for order in task.orders)]
    manager = pywrapcp.RoutingIndexManager(len(points), len(owners), starts, starts)
    routing = pywrapcp.RoutingModel(manager)
    _ortools_legs(task, routing, manager, points, owners)
    for number in range(len(task.trucks[0].capacity)):
        load = [0] * task.depots + [order.amounts[number] for order in task.orders]
        room = [task.trucks[index].capacity[number] for index in owners]
        name = f"load {number}"
        routing.AddDimensionWithVehicleCapacity(routing.RegisterUnaryTransitVector(load), 0, room, True, name)
    for number, order in enumerate(task.orders):
        if order.profiles:
            may = [v for v, index in enumerate(owners) if task.trucks[index].profile in order.profiles]
            routing.VehicleVar(manager.NodeToIndex(task.depots + number)).SetValues([-1, *may])
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.SAVINGS
    parameters.use_iterated_local_search = True
    iterated = parameters.iterated_local_search_parameters
    sisr = iterated.ruin_recreate_parameters.ruin_strategies.add().sisr
    sisr.max_removed_sequence_size, sisr.avg_num_removed_visits, sisr.bypass_factor = 10, 10, 0.5
    iterated.improve_perturbed_solution = False
    iterated.reference_solution_acceptance_strategy.simulated_annealing.automatic_temperatures = True
    parameters.time_limit.FromMilliseconds(int(limit.wall() * 1000))
    answer = routing.SolveWithIteratedLocalSearch(parameters)
    if answer is None:  # windows and few vehicles: insertion finds a first plan more often
        parameters.first_solution_strategy = (
            routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        )
        answer = routing.SolveWithIteratedLocalSearch(parameters)
    if answer is None:
        return None
    tours: list[Tour] = []
    for vehicle, index in enumerate(owners):
        visits, here = [], answer.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(here):
            visits.append(manager.IndexToNode(here) - task.depots)
            here = answer.Value(routing.NextVar(here))
        if visits:
            tours.append((index, tuple(visits)))
    return tours


def _ortools_legs(task: Task, routing: Any, manager: Any, points: list[int], owners: list[int]) -> None:
    """Costs, hours and windows."""
    legs, clocks = [], []
    service = np.array([0] * task.depots + [order.service for order in task.orders])
    for cost, minutes in zip(task.cost, task.time, strict=True):
        legs.append(routing.RegisterTransitMatrix(cost[np.ix_(points, points)].tolist()))
        rows = minutes[np.ix_(points, points)] + service[:, None]
        clocks.append(routing.RegisterTransitMatrix(rows.tolist()))
    for vehicle, index in enumerate(owners):
        truck = task.trucks[index]
        routing.SetArcCostEvaluatorOfVehicle(legs[truck.profile], vehicle)
        routing.SetFixedCostOfVehicle(truck.fixed, vehicle)
    if not task.is_timed and min(truck.longest for truck in task.trucks) >= BARRED:
        return
    horizon = max(*(truck.late for truck in task.trucks), *(order.late for order in task.orders))
    transits = [clocks[task.trucks[index].profile] for index in owners]
    routing.AddDimensionWithVehicleTransits(transits, horizon, horizon, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for vehicle, index in enumerate(owners):
        truck = task.trucks[index]
        clock.SetSpanUpperBoundForVehicle(min(truck.longest, horizon), vehicle)
        clock.CumulVar(routing.Start(vehicle)).SetRange(truck.early, truck.late)
        clock.CumulVar(routing.End(vehicle)).SetRange(truck.early, truck.late)
    for number, order in enumerate(task.orders):
        clock.CumulVar(manager.NodeToIndex(task.depots + number)).SetRange(order.early, order.late)


ENGINES: dict[str, tuple[str, Callable[[Task, Limit, int], list[Tour] | None]]] = {
    "PyVRP": ("pyvrp", pyvrp_tours),
    "VROOM": ("pyvroom", vroom_tours),
    "OR-Tools": ("ortools", ortools_tours),
}
"""Distribution and function by name."""
