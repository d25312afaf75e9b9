"""The pre-positioning plan as a file: flows in kg, what each move is for, what cannot be met and why."""

import datetime as dt

import msgspec

PREPOSITION_PLAN_FORMAT = "preposition-plan/1"


class Served(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What part of a move is for; `because` in codes: closed, no-road, full, stock, cheaper."""

    site: str
    due: str
    kg: float
    because: str


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """Flour from store to store in a period; `until` is the last period in which it can still go."""

    start: str
    end: str
    product: str
    period: str
    until: str
    kg: float
    good_until: dt.date
    cost: float
    serves: tuple[Served, ...] = ()


class Delivery(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """Flour from a store to a site in a period, for the demand that is `due`."""

    start: str
    end: str
    product: str
    period: str
    due: str
    kg: float
    good_until: dt.date
    cost: float


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All flour in a store at the end of a period."""

    store: str
    period: str
    kg: float


class Unmet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a site does not get in time and the limits that together forbid it."""

    site: str
    product: str
    due: str
    kg: float
    because: tuple[str, ...] = ()


class PrepositionPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan with its cost and the proven lower bound; `cost` counts ways, storage and shortage."""

    format: str
    problem: str
    status: str
    cost: float
    bound: float
    gap: float
    way_cost: float
    storage_cost: float
    shortage_kg: float
    seconds: float
    moves: tuple[Move, ...]
    deliveries: tuple[Delivery, ...]
    store: tuple[Held, ...]
    unmet: tuple[Unmet, ...]
    overfull: tuple[Held, ...]


def write_plan(plan: PrepositionPlan) -> bytes:
    """The plan as indented JSON, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"


def read_plan(data: bytes) -> PrepositionPlan:
    """The plan of a file; raises msgspec.MsgspecError with the place of the first fault."""
    return msgspec.json.decode(data, type=PrepositionPlan)
