"""The delivery plan as a file: format delivery-plan/1."""

import datetime as dt

import msgspec

PLAN_FORMAT = "delivery-plan/1"
OPTIMAL_GAP = 0.0001
"""A plan within 0.01 % of its bound is called optimal (the format's own limit)."""


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    site: str
    day: dt.date
    deliver_kg: dict[str, int]


class Trip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One vehicle from its depot over its stops and back; `vehicle` counts from 1 within the fleet."""

    fleet: str
    vehicle: int
    begin: dt.date
    days: int
    km: float
    cost: int
    stops: tuple[Stop, ...]


class Unserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a site does not get: kilograms by product, the limits that forbid it, what would serve it."""

    site: str
    kg: dict[str, int]
    because: tuple[str, ...] = ()
    cheapest_change: str = ""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A plan with its cost and the proven lower bound on the cost of any plan that serves as much."""

    format: str = msgspec.field(name="format")
    problem: str
    status: str
    cost: int
    bound: float
    gap: float
    seconds: float
    seed: int
    trips: tuple[Trip, ...] = msgspec.field()
    unserved: tuple[Unserved, ...] = msgspec.field()
    distances: str = ""


class Progress(msgspec.Struct, frozen=True):
    """One moment of a search: seconds so far, best cost, proven bound, kg that must be served and are not."""

    seconds: float
    phase: str
    cost: int
    bound: float
    unserved_kg: int
    plan: Plan | None = None


def write_plan(plan: Plan) -> bytes:
    """The plan as indented JSON, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def read_plan(data: bytes) -> Plan:
    """The plan of a file; raises msgspec.MsgspecError with the place of the first fault."""
    return msgspec.json.decode(data, type=Plan)


def gap_of(cost: float, bound: float) -> float:
    """Share of the cost that is not proven necessary, 0 to 1, rounded to 6 places (upwards never below)."""
    return 0.0 if cost <= bound or cost <= 0 else round((cost - bound) / cost, 6)
