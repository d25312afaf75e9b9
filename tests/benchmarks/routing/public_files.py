"""Reads the public routing instances (PyVRP's VRPLIB, .sd of the DIMACS challenge) and best costs."""

import csv
import itertools
import math
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Section = dict[str, list[list[str]]]


class Fleet(NamedTuple):
    """Equal vehicles of one depot; `vehicles` None: as many as are wanted."""

    depot: int
    capacity: float
    fixed: float
    per_km: float
    vehicles: int | None


class Public(NamedTuple):
    """A public instance; points are depots, then customers. Times are in the units of `length`."""

    name: str
    kind: str
    depots: int
    length: NDArray[np.float64]
    demand: NDArray[np.float64]
    fleets: tuple[Fleet, ...]
    early: NDArray[np.float64]
    late: NDArray[np.float64]
    service: NDArray[np.float64]
    longest: float
    is_split: bool
    best: float


class Route(NamedTuple):
    """One vehicle's way: index of its fleet, customers in order, what each gets."""

    fleet: int
    customers: tuple[int, ...]
    amounts: tuple[float, ...]


def instances(folder: Path, kind: str) -> list[Public]:
    """Instances of one kind in the folder, smallest first; only those whose best cost is known."""
    ending = "*.vrp" if kind != "sdvrp" else "*.*"
    paths = [path for path in (folder / kind).glob(ending) if path.suffix in {".vrp", ".sd", ".txt"}]
    found = [_split(path) if kind == "sdvrp" else _vrplib(path, kind) for path in paths]
    return sorted(found, key=lambda item: (len(item.demand), item.name))


def _vrplib(path: Path, kind: str) -> Public:
    values, sections = _sections(path)
    points = np.array([[float(x) for x in row[1:3]] for row in sections["NODE_COORD_SECTION"]])
    depots = len([row for row in sections["DEPOT_SECTION"] if row and row[0] != "-1"])
    demand = np.array([float(row[1]) for row in sections["DEMAND_SECTION"]])[depots:]
    length = _lengths(points)
    scale = 1000.0 if kind == "mdvrptw" else 1.0
    length = np.round(length) if kind == "cvrp" else np.round(length * 1000) if kind == "mdvrptw" else length
    size = len(points)
    windows = np.array(
        [[float(x) for x in row[1:3]] for row in sections.get("TIME_WINDOW_SECTION", [])]
    ).reshape(-1, 2)
    has_windows = len(windows) == size
    service = np.array([float(row[1]) for row in sections.get("SERVICE_TIME_SECTION", [])])
    return Public(
        name=path.stem, kind=kind, depots=depots, length=length, demand=demand,
        fleets=_fleets(values, sections, float(demand.sum())),
        early=windows[:, 0] * scale if has_windows else np.zeros(size),
        late=windows[:, 1] * scale if has_windows else np.full(size, 1e12),
        service=service * scale if len(service) == size else np.zeros(size),
        longest=float(values.get("VEHICLES_MAX_DURATION", "1e9")) * scale,
        is_split=False, best=_best_cost(path.with_suffix(".sol"), values["NAME"].strip()),
    )  # fmt: skip


def _sections(path: Path) -> tuple[dict[str, str], Section]:
    values: dict[str, str] = {}
    sections: Section = {}
    current: list[list[str]] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        header = re.match(r"^\s*([A-Z][A-Z_0-9]+)\s*:?\s*(.*)$", line)
        if header is None:
            if current is not None and line.strip():
                current.append(line.split())
        elif header[1].endswith("SECTION"):
            current = sections.setdefault(header[1], [])
        else:
            values[header[1]] = header[2]
    return values, sections


def _fleets(values: dict[str, str], sections: Section, total: float) -> tuple[Fleet, ...]:
    """Equal vehicles together; without a number of vehicles, more than are ever needed."""
    if "VEHICLES" not in values:
        capacity = float(values["CAPACITY"])
        return (Fleet(0, capacity, 0.0, 1.0, None),)
    count = int(values["VEHICLES"])

    def column(name: str, default: str) -> list[float]:
        rows = sections.get(name)
        return [float(row[1]) for row in rows] if rows else [float(default)] * count

    vehicles = zip(
        column("VEHICLES_DEPOT_SECTION", "1"),
        column("CAPACITY_SECTION", values.get("CAPACITY", str(total))),
        column("VEHICLES_FIXED_COST_SECTION", "0"),
        column("VEHICLES_UNIT_DISTANCE_COST_SECTION", "1"),
        strict=True,
    )
    together: dict[tuple[float, ...], int] = {}
    for vehicle in vehicles:
        together[vehicle] = together.get(vehicle, 0) + 1
    return tuple(Fleet(int(key[0]) - 1, key[1], key[2], key[3], n) for key, n in together.items())


def _lengths(points: NDArray[np.float64]) -> NDArray[np.float64]:
    difference = points[:, None, :] - points[None, :, :]
    lengths: NDArray[np.float64] = np.sqrt((difference**2).sum(axis=2))
    return lengths


def _best_cost(path: Path, name: str) -> float:
    """Cost of the best known solution, in the units of our distances: HFVRP files differ in theirs."""
    stated = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("Cost"))
    cost = float(stated.split()[-1])
    if not name.endswith("HVRP"):
        return cost
    return cost / 1000 if cost > 1e9 else cost * 100


def _split(path: Path) -> Public:
    numbers = [float(item) for item in path.read_text(encoding="utf-8").split()]
    count, capacity = int(numbers[0]), numbers[1]
    demand = np.array(numbers[2 : 2 + count])
    points = np.array(numbers[2 + count : 2 + count + 2 * (count + 1)]).reshape(-1, 2)
    with (path.parent / "dimacs12_sdvrp_results.csv").open(encoding="utf-8") as rows:
        best = {row["instance"]: float(row["best_of_7_dimacs"]) for row in csv.DictReader(rows)}
    size = count + 1
    return Public(
        name=path.stem, kind="sdvrp", depots=1, length=np.floor(_lengths(points) + 0.5), demand=demand,
        fleets=(Fleet(0, capacity, 0.0, 1.0, None),), early=np.zeros(size), late=np.full(size, 1e12),
        service=np.zeros(size), longest=1e12, is_split=True, best=best[path.stem],
    )  # fmt: skip


def cost_of(public: Public, routes: list[Route]) -> float:
    """Cost of the routes; raises ValueError for the first rule that they break."""
    brought = np.zeros(len(public.demand))
    used = [0] * len(public.fleets)
    total = 0.0
    for number, route in enumerate(routes):
        fleet = public.fleets[route.fleet]
        used[route.fleet] += 1
        if sum(route.amounts) > fleet.capacity + 1e-6:
            raise ValueError(f"route {number} carries {sum(route.amounts)} of {fleet.capacity}")
        if not route.customers or (
            min(route.amounts) <= 0 and not public.is_split and public.demand.min() > 0
        ):
            raise ValueError(f"route {number} has an empty stop")
        for customer, amount in zip(route.customers, route.amounts, strict=True):
            brought[customer] += amount
        points = [fleet.depot, *(public.depots + customer for customer in route.customers), fleet.depot]
        total += fleet.fixed + fleet.per_km * sum(
            float(public.length[a, b]) for a, b in itertools.pairwise(points)
        )
        _check_time(public, number, points)
    visits = sum(len(route.customers) for route in routes)
    if not public.is_split and visits != len(public.demand):
        raise ValueError(f"{visits} visits for {len(public.demand)} customers")
    if not np.array_equal(brought, public.demand):
        raise ValueError(f"customers {np.flatnonzero(brought != public.demand)[:5]} get something else")
    for index, fleet in enumerate(public.fleets):
        if fleet.vehicles is not None and used[index] > fleet.vehicles:
            raise ValueError(f"fleet {index} has {fleet.vehicles} vehicles, {used[index]} are used")
    return total


def _check_time(public: Public, number: int, points: list[int]) -> None:
    """Latest possible start, then windows one after the other and the whole duration."""
    if public.late.max() >= 1e12 and public.longest >= 1e9:
        return
    latest = math.inf
    for here, there in zip(reversed(points[:-1]), reversed(points[1:]), strict=True):
        latest = min(latest, float(public.late[there])) - float(public.length[here, there])
        latest -= float(public.service[here]) if here >= public.depots else 0.0
    start = now = max(min(latest, _useful_start(public, points)), float(public.early[points[0]]))
    for here, there in itertools.pairwise(points):
        now += float(public.length[here, there])
        now = max(now, float(public.early[there]))
        if now > public.late[there] + 1e-6:
            raise ValueError(f"route {number} reaches {there} at {now}, after {public.late[there]}")
        now += float(public.service[there]) if there >= public.depots else 0.0
    if now - start > public.longest + 1e-6:
        raise ValueError(f"route {number} takes {now - start} of {public.longest}")


def _useful_start(public: Public, points: list[int]) -> float:
    """The earliest start after which nothing but the end of the route is put off."""
    start, since = 0.0, 0.0
    for here, there in itertools.pairwise(points):
        since += float(public.length[here, there])
        start = max(start, float(public.early[there]) - since)
        since += float(public.service[there]) if there >= public.depots else 0.0
    return start
