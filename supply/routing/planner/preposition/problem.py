"""The pre-positioning problem as a file, read with every fault named at its place."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated

import msgspec

from supply.routing.planner.faults import Fault, FaultyProblemError, parse_json, shape_faults
from supply.routing.planner.problem import MAX_BYTES

PREPOSITION_FORMAT = "preposition-problem/1"
MAX_FLOWS = 2_000_000
"""Ways of flour in time that one plan may choose from: so many take about 4 GB."""

Id = Annotated[str, msgspec.Meta(min_length=1)]
Kg = Annotated[float, msgspec.Meta(ge=0)]
Cost = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    first: dt.date
    last: dt.date


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Id


class Store(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`capacity_kg` None: no limit is known."""

    id: Id
    capacity_kg: Kg | None = None
    cost_per_tonne_period: Cost = 0.0


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`capacity_kg`: of flour that waits there for its distribution; None: no limit is known."""

    id: Id
    capacity_kg: Kg | None = None


class Stock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`period` None: it lies there already; else it is expected in that period."""

    store: str
    product: str
    kg: Kg
    good_until: dt.date
    period: str | None = None


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """A road from a store to another, or to a site; `cost_in` tells periods that cost otherwise."""

    start: str
    end: str
    cost_per_tonne: Cost
    closed: tuple[str, ...] = ()
    kg_per_period: Kg | None = None
    cost_in: dict[str, Cost] = {}


class Demand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    site: str
    product: str
    kg: Kg
    due: str
    needs_until: dt.date
    early_periods: Count = 0


class PrepositionProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stores, sites and roads over periods; the format is told in the package's docstring."""

    format: str
    name: str
    periods: tuple[Period, ...]
    products: tuple[Product, ...]
    stores: tuple[Store, ...]
    sites: tuple[Site, ...]
    stock: tuple[Stock, ...]
    moves: tuple[Way, ...]
    deliveries: tuple[Way, ...]
    demands: tuple[Demand, ...]
    currency: str = "XOF"
    shortage_cost_per_kg: Annotated[float, msgspec.Meta(gt=0)] = 5000.0


def read_problem(data: bytes) -> PrepositionProblem:
    """The problem of a file; raises FaultyProblemError with all its faults, each with its place."""
    if len(data) > MAX_BYTES:
        raise FaultyProblemError([Fault("$", "too-large", {"bytes": len(data), "limit": MAX_BYTES})])
    document = parse_json(data)
    faults = shape_faults(document, PrepositionProblem)
    if faults:
        raise FaultyProblemError(faults)
    problem = msgspec.convert(document, PrepositionProblem)
    faults = sense_faults(problem)
    if faults:
        raise FaultyProblemError(faults)
    return problem


def write_problem(problem: PrepositionProblem) -> bytes:
    """The problem as JSON that read_problem reads back."""
    return msgspec.json.format(msgspec.json.encode(problem), indent=1) + b"\n"


def sense_faults(problem: PrepositionProblem) -> list[Fault]:
    """Every fault of a well-formed problem; an empty list means that it can be planned."""
    faults: list[Fault] = []
    if problem.format != PREPOSITION_FORMAT:
        facts: dict[str, str | int | float] = {"value": problem.format, "expected": PREPOSITION_FORMAT}
        faults.append(Fault("$.format", "wrong-format", facts))
    for rule in (_ids, _periods, _stock, _ways, _demands, _size):
        faults.extend(rule(problem))
    return faults


def _ids(problem: PrepositionProblem) -> Iterator[Fault]:
    both = [(f"$.stores[{i}].id", one.id) for i, one in enumerate(problem.stores)]
    both += [(f"$.sites[{i}].id", one.id) for i, one in enumerate(problem.sites)]
    yield from _repeated(both)
    yield from _repeated([(f"$.products[{i}].id", one.id) for i, one in enumerate(problem.products)])
    yield from _repeated([(f"$.periods[{i}].id", one.id) for i, one in enumerate(problem.periods)])


def _repeated(places: Sequence[tuple[str, str]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, name in places:
        if name in seen:
            yield Fault(place, "duplicate-id", {"id": name})
        seen.add(name)


def _periods(problem: PrepositionProblem) -> Iterator[Fault]:
    if not problem.periods:
        yield Fault("$.periods", "no-period")
    for i, one in enumerate(problem.periods):
        if one.last < one.first:
            yield Fault(
                f"$.periods[{i}]",
                "reversed-days",
                {"first": one.first.isoformat(), "last": one.last.isoformat()},
            )
    for i, (one, other) in enumerate(pairwise(problem.periods), 1):
        if other.first <= one.last:
            yield Fault(f"$.periods[{i}].first", "periods-overlap", {"day": other.first.isoformat()})


def _stock(problem: PrepositionProblem) -> Iterator[Fault]:
    known = _Known(problem)
    for i, one in enumerate(problem.stock):
        place = f"$.stock[{i}]"
        yield from known.fault(f"{place}.store", "store", one.store)
        yield from known.fault(f"{place}.product", "product", one.product)
        if one.period is not None:
            yield from known.fault(f"{place}.period", "period", one.period)


def _ways(problem: PrepositionProblem) -> Iterator[Fault]:
    known = _Known(problem)
    for name, ways, kind in (
        ("moves", problem.moves, "store"),
        ("deliveries", problem.deliveries, "site"),
    ):
        seen: set[tuple[str, str]] = set()
        for i, way in enumerate(ways):
            place = f"$.{name}[{i}]"
            yield from known.fault(f"{place}.from", "store", way.start)
            yield from known.fault(f"{place}.to", kind, way.end)
            for j, period in enumerate(way.closed):
                yield from known.fault(f"{place}.closed[{j}]", "period", period)
            for period in way.cost_in:
                yield from known.fault(f"{place}.cost_in", "period", period)
            if way.start == way.end:
                yield Fault(place, "way-to-itself", {"id": way.start})
            if (way.start, way.end) in seen:
                yield Fault(place, "duplicate-id", {"id": f"{way.start} → {way.end}"})
            seen.add((way.start, way.end))


def _demands(problem: PrepositionProblem) -> Iterator[Fault]:
    known = _Known(problem)
    seen: set[tuple[str, str, str]] = set()
    for i, one in enumerate(problem.demands):
        place = f"$.demands[{i}]"
        yield from known.fault(f"{place}.site", "site", one.site)
        yield from known.fault(f"{place}.product", "product", one.product)
        yield from known.fault(f"{place}.due", "period", one.due)
        key = (one.site, one.product, one.due)
        if key in seen:
            yield Fault(place, "duplicate-id", {"id": " · ".join(key)})
        seen.add(key)


def _size(problem: PrepositionProblem) -> Iterator[Fault]:
    ways_to: dict[str, int] = {}
    for way in problem.deliveries:
        ways_to[way.end] = ways_to.get(way.end, 0) + 1
    days: dict[str, set[dt.date]] = {}
    for one in problem.demands:
        days.setdefault(one.product, set()).add(one.needs_until)
    classes = sum(len(one) for one in days.values())
    flows = (len(problem.moves) + len(problem.stores)) * len(problem.periods) * classes
    flows += sum(
        ways_to.get(one.site, 0) * (min(one.early_periods, len(problem.periods)) + 1) * len(days[one.product])
        for one in problem.demands
    )
    if flows > MAX_FLOWS:
        yield Fault("$", "too-many", {"kind": "flows", "found": flows, "limit": MAX_FLOWS})


class _Known:
    """Ids that may be named."""

    def __init__(self, problem: PrepositionProblem) -> None:
        self._ids = {
            "store": {one.id for one in problem.stores},
            "site": {one.id for one in problem.sites},
            "product": {one.id for one in problem.products},
            "period": {one.id for one in problem.periods},
        }

    def fault(self, place: str, kind: str, name: str) -> Iterator[Fault]:
        if name not in self._ids[kind]:
            yield Fault(place, "unknown-id", {"id": name, "kind": kind})
