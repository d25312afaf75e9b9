"""Every fault of a JSON document against a Struct, each with its place; msgspec reports only the first."""

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any  # a JSON document that has not been checked yet is of any type

import msgspec
from msgspec import inspect

from supply.i18n import N_

LARGEST = 2**53
"""The largest whole number that every JSON reader keeps exactly."""


MOST_FAULTS = 10_000
"""Faults named of one file; the rest is counted, so that a file full of them takes no more memory than it."""


class Fault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong with a problem file: where, and what in a stable code with its facts."""

    place: str
    code: str
    facts: dict[str, str | int | float] = {}


class FaultyProblemError(ValueError):
    """The file cannot be planned; `faults` names all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.code}" for fault in faults[:5]))
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type["FaultyProblemError"], tuple[list[Fault]]]:
        return type(self), (list(self.faults),)  # it crosses processes


def parse_json(data: bytes) -> object:
    """The document with NaN and Infinity kept, so that their place can be named."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # json names the line and column, and reads NaN
    try:
        document: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FaultyProblemError([Fault("$", "not-json", {"detail": str(error)})]) from error
    return document


def shape_faults(document: object, struct: type[msgspec.Struct]) -> list[Fault]:
    """All faults of types, keys and ranges, in the order of the file."""
    return bounded(_walk(document, inspect.type_info(struct), "$"))


def bounded(faults: Iterator[Fault]) -> list[Fault]:
    """So many faults, and how many more there are."""
    named = list(islice(faults, MOST_FAULTS))
    more = sum(1 for _ in faults)
    return [*named, Fault("$", "more-faults", {"count": more})] if more else named


def _walk(value: Any, kind: inspect.Type, place: str) -> Iterator[Fault]:
    if isinstance(kind, inspect.UnionType):
        if value is None and any(isinstance(item, inspect.NoneType) for item in kind.types):
            return
        kind = next(item for item in kind.types if not isinstance(item, inspect.NoneType))
    walker = WALKERS.get(type(kind))
    assert walker is not None, f"the format uses a type without a rule: {kind}"
    yield from walker(value, kind, place)


def _walk_struct(value: Any, kind: inspect.StructType, place: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _wrong(place, N_("an object"), value)
        return
    fields = {field.encode_name: field for field in kind.fields}
    tag = kind.tag_field
    for key in value:
        if key not in fields and key != tag:
            yield Fault(place, "unknown-key", {"key": str(key)})
    for name, field in fields.items():
        if name in value:
            yield from _walk(value[name], field.type, f"{place}.{name}")
        elif field.required:
            yield Fault(place, "missing-key", {"key": name})


def _walk_dict(value: Any, kind: inspect.DictType, place: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield _wrong(place, N_("an object"), value)
        return
    for key, item in value.items():
        yield from _walk(item, kind.value_type, f"{place}[{json.dumps(key, ensure_ascii=False)}]")


def _walk_list(value: Any, kind: inspect.VarTupleType, place: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield _wrong(place, N_("a list"), value)
        return
    if _plain_numbers(value, kind.item_type):
        return
    for index, item in enumerate(value):
        yield from _walk(item, kind.item_type, f"{place}[{index}]")


def _plain_numbers(values: list[Any], kind: inspect.Type) -> bool:
    """True when a matrix row is plainly sound: a quick look, because a matrix has a million entries."""
    types = kind.types if isinstance(kind, inspect.UnionType) else ()
    if not any(isinstance(item, inspect.FloatType) for item in types):
        return False
    return all(type(item) in (int, float) and 0 <= item <= LARGEST for item in values)


def _walk_tuple(value: Any, kind: inspect.TupleType, place: str) -> Iterator[Fault]:
    if not isinstance(value, list) or len(value) != len(kind.item_types):
        yield _wrong(place, N_("a list of the right length"), value)
        return
    for index, (item, item_kind) in enumerate(zip(value, kind.item_types, strict=True)):
        yield from _walk(item, item_kind, f"{place}[{index}]")


def _walk_number(value: Any, kind: inspect.IntType | inspect.FloatType, place: str) -> Iterator[Fault]:
    whole = isinstance(kind, inspect.IntType)
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _wrong(place, N_("a whole number") if whole else N_("a number"), value)
    elif not math.isfinite(value):
        yield Fault(place, "not-a-number")
    elif abs(value) > LARGEST:
        yield Fault(place, "too-big")
    elif whole and value != int(value):
        yield _wrong(place, N_("a whole number"), value)
    elif kind.ge is not None and value < kind.ge:
        yield Fault(place, "out-of-range", {"value": value, "limit": f"≥ {kind.ge}"})
    elif kind.gt is not None and value <= kind.gt:
        yield Fault(place, "out-of-range", {"value": value, "limit": f"> {kind.gt}"})
    elif kind.le is not None and value > kind.le:
        yield Fault(place, "out-of-range", {"value": value, "limit": f"≤ {kind.le}"})


def _walk_text(value: Any, kind: inspect.StrType, place: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield _wrong(place, N_("text"), value)
    elif kind.min_length is not None and len(value) < kind.min_length:
        yield Fault(place, "out-of-range", {"value": value, "limit": "not empty"})


def _walk_bool(value: Any, _kind: inspect.BoolType, place: str) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield _wrong(place, N_("true or false"), value)


def _walk_date(value: Any, _kind: inspect.DateType, place: str) -> Iterator[Fault]:
    try:
        dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        yield Fault(place, "not-a-date", {"value": str(value)[:40]})


def _wrong(place: str, expected: str, value: object) -> Fault:
    found = {
        dict: N_("an object"),
        list: N_("a list"),
        str: N_("text"),
        bool: N_("true or false"),
        type(None): N_("nothing"),
    }
    return Fault(place, "wrong-type", {"expected": expected, "found": found.get(type(value), N_("a number"))})


WALKERS: dict[type[inspect.Type], Callable[[Any, Any, str], Iterator[Fault]]] = {
    inspect.StructType: _walk_struct,
    inspect.DictType: _walk_dict,
    inspect.VarTupleType: _walk_list,
    inspect.TupleType: _walk_tuple,
    inspect.IntType: _walk_number,
    inspect.FloatType: _walk_number,
    inspect.StrType: _walk_text,
    inspect.BoolType: _walk_bool,
    inspect.DateType: _walk_date,
}
"""How each type of the format is looked through."""
