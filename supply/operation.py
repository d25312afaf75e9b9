"""An operation as a value, and reading its command from what a program sent."""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any, ClassVar, TypeVar

import msgspec

from supply.errors import Invalid
from supply.i18n import N_

Command = TypeVar("Command", bound=msgspec.Struct)


class Operation(msgspec.Struct, frozen=True):
    """One write that a person or program may ask for; an area's API routes and commands come from its list.

    `run(session, command, *, actor, now)` answers a `result`; `command` and `result` are Structs. When the
    transaction is over, `begins(database, result)` lets another process do the rest; a command waits for it.
    """

    name: str
    command: type[msgspec.Struct]
    result: type[msgspec.Struct]
    run: Callable[..., Any]
    summary: str
    begins: Callable[..., Future[Any]] | None = None


class Malformed(Invalid):
    """What was sent does not have the form of the command."""

    code: ClassVar[str] = "malformed"
    title = N_("What was sent cannot be read at {place}: {fault}.")


class FractionOfAGramSent(Invalid):
    """A program sent a quantity that is not a whole number of grams."""

    code: ClassVar[str] = "fraction-of-a-gram"
    title = N_("{place} must be a whole number of grams.")


class QuantityMissing(Invalid):
    """A program left out a quantity."""

    code: ClassVar[str] = "quantity-missing"
    title = N_("The quantity {place} is missing.")


class NegativeQuantitySent(Invalid):
    """A program sent a quantity below what is possible."""

    code: ClassVar[str] = "negative-quantity"
    title = N_("{place} must not be negative.")


class NumberTooLarge(Invalid):
    """A program sent a number of more than 64 bits, which no column holds."""

    code: ClassVar[str] = "number-too-large"
    title = N_("The number at {place} is larger than anything that can be kept.")


class TextNotKeepable(Invalid):
    """A program sent a text with a NUL, which PostgreSQL refuses."""

    code: ClassVar[str] = "text-not-keepable"
    title = N_("The text at {place} holds a sign that cannot be kept; write it again.")


MAX_NUMBER = 2**63 - 1
# The largest number of a 64-bit column.

_FAULT = re.compile(r"^(?P<fault>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<name>[^`]*)`")


def name_fault(message: str, place: str = "$") -> Invalid:
    """Our error for the decoder's message such as "Expected `int`, got `float` - at `$.grams`"."""
    match = _FAULT.match(message)
    assert match is not None, "the pattern matches every text"
    fault, place = match["fault"], match["place"] or place
    missing = _MISSING.search(fault)
    if missing and missing["name"].endswith("grams"):
        return QuantityMissing(place=f"{place}.{missing['name']}")
    if place.endswith("grams") and "got `null`" in fault:
        return QuantityMissing(place=place)
    if place.endswith(("grams", "difference")) and "`float`" in fault:
        return FractionOfAGramSent(place=place)
    if place.endswith(("grams", "people")) and "`int` >= " in fault:
        return NegativeQuantitySent(place=place)
    return Malformed(place=place, fault=fault)


def decode(content: bytes, kind: type[Command]) -> Command:
    """A command from JSON; raises one of this module's errors."""
    try:
        return keepable(msgspec.json.decode(content, type=kind))
    except msgspec.ValidationError as error:
        raise name_fault(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(place="$", fault=str(error)) from error


def keepable(command: Command) -> Command:
    """The same command; raises NumberTooLarge or TextNotKeepable for what no database column holds."""
    for place, value in _leaves(command, "$"):
        if isinstance(value, int) and abs(value) > MAX_NUMBER:
            raise NumberTooLarge(place=place)
        if isinstance(value, str) and "\0" in value:
            raise TextNotKeepable(place=place)
    return command


def _leaves(value: object, place: str) -> Iterator[tuple[str, object]]:
    """Every number and text inside a command, with its place as the decoder writes it."""
    if isinstance(value, int | str):
        yield place, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _leaves(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(name, f"{place}[...]")
            yield from _leaves(part, f"{place}[...]")
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _leaves(part, f"{place}[...]")
