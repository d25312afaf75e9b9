"""What saving any reference data shares: checks of codes, names and coordinates, and the upsert."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.db import Base
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_

_CODE = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9+._ -]{0,30}[A-Za-z0-9+])?$")
# No colon and no slash: locations of the ledger are written "trip:…", and codes stand in addresses of pages.
MALI = (-12.5, 9.9, 4.5, 25.2)
# West, south, east, north in degrees: the country's extent (OCHA COD 2015: -12.3..4.3, 10.1..25.0) and a
# margin.
WEST_AFRICA = (-18.0, 4.0, 16.5, 28.0)
# The roads and ports that supply Mali: from Dakar and Abidjan to Niger and the south of Algeria.


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """The row as stored: new, changed, or as it was."""

    code: str
    is_new: bool
    is_changed: bool = False


class CodeImpossible(Invalid):
    """A code that could not stand in a file or an address."""

    code: ClassVar[str] = "code-impossible"
    title = N_("“{text}” is no code; use 1 to 32 letters, digits, +, -, _ or points, for example SEGOU-2.")


class NameMissing(Invalid):
    """A name is empty or endless."""

    code: ClassVar[str] = "name-missing"
    title = N_("{thing} needs a name of 1 to {maximum} characters.")


class CoordinatesImpossible(Invalid):
    """A point outside the area where the programme can be."""

    code: ClassVar[str] = "coordinates-impossible"
    title = N_(
        "Latitude {lat} and longitude {lon} are not between {south} and {north}, {west} and {east}; "
        "check their order and sign (west is negative)."
    )


class NumberImpossible(Invalid):
    """A figure that must be more than zero, or within what its column can hold."""

    code: ClassVar[str] = "number-impossible"
    title = N_("{field:message}: {value} is not possible; give a whole number from {minimum} to {maximum}.")


class ReferenceUnknown(NotFound):
    """A code that names nothing."""

    code: ClassVar[str] = "reference-unknown"
    title = N_("{kind:message}: there is none with the code {text}; save it first or correct the code.")


class PcodeUnknown(NotFound):
    """A P-code that no imported area has."""

    code: ClassVar[str] = "pcode-unknown"
    title = N_("The P-code {pcode} is not known; import the communes of its vintage or correct the code.")


class CodeTaken(Conflict):
    """Something else has this code."""

    code: ClassVar[str] = "code-taken"
    title = N_("{text} is already the code of {owner}; choose another.")


class TextImpossible(Invalid):
    """A text that its column cannot hold."""

    code: ClassVar[str] = "text-impossible"
    title = N_("{field}: write at most {maximum} ordinary characters.")


_Table = TypeVar("_Table", bound=Base)


def check_code(text: str) -> None:
    """Refuse a code that could not stand in a file or an address."""
    if not _CODE.match(text):
        raise CodeImpossible(text=text)


def check_name(thing: str, name: str, maximum: int = 120) -> None:
    """Refuse an empty or endless name."""
    if not name.strip() or len(name) > maximum:
        raise NameMissing(thing=thing, maximum=maximum)


def check_coordinates(lat: float, lon: float, extent: tuple[float, float, float, float] = MALI) -> None:
    """Refuse a point outside the extent (west, south, east, north); not-a-number is outside."""
    west, south, east, north = extent
    if not (south <= lat <= north and west <= lon <= east):
        raise CoordinatesImpossible(
            lat=f"{lat:g}",
            lon=f"{lon:g}",
            west=f"{west:g}",
            south=f"{south:g}",
            east=f"{east:g}",
            north=f"{north:g}",
        )


def check_number(field: str, value: int | None, minimum: int, maximum: int) -> None:
    """Refuse a whole number outside its range; None passes."""
    if value is not None and not minimum <= value <= maximum:
        raise NumberImpossible(field=field, value=value, minimum=minimum, maximum=maximum)


def check_known(session: Session, table: type[Base], text: str | None, kind: str) -> None:
    """Refuse a code that no row of the table has; None passes. `kind` is a message id."""
    if text is not None and session.get(table, text) is None:
        raise ReferenceUnknown(kind=kind, text=text)


def check_texts(table: type[Base], values: Mapping[str, object]) -> None:
    """Refuse texts that are longer than their column or hold a NUL, before the database does."""
    for column in table.__table__.columns:
        value, maximum = values.get(column.name), getattr(column.type, "length", None)
        if isinstance(value, str) and ("\0" in value or (maximum is not None and len(value) > maximum)):
            raise TextImpossible(field=column.name, maximum=maximum or 10_000)


def upsert(session: Session, table: type[_Table], key: str, values: dict[str, Any]) -> Saved:
    """Store the row under its key: new, or with every value replaced."""
    check_texts(table, values)
    row = session.scalar(select(table).where(table.__mapper__.primary_key[0] == key).with_for_update())
    if row is None:
        session.add(table(**{table.__mapper__.primary_key[0].name: key}, **values))
        session.flush()
        return Saved(code=key, is_new=True)
    return Saved(code=key, is_new=False, is_changed=replace(session, row, values))


def replace(session: Session, row: Base, values: Mapping[str, object]) -> bool:
    """Set the row's values; True when any was different."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    is_changed = session.is_modified(row)
    session.flush()
    return is_changed
