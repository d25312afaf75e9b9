"""One kind of reference data as pages show it: its list, and the form that saves one of it."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import msgspec
from sqlalchemy.orm import Session

from supply.i18n import N_, gettext
from supply.web.forms import Faults, Field, FormReader, Option
from supply.web.parts import Badge

NOT_KILOMETRES = N_("Write kilometres such as 412 or 17,5.")
NOT_DEGREES = N_("Write degrees such as 12.64 or -8,00.")


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    """How one row is found, shown in fields, and saved; `fields` gets None for a new one."""

    find: Callable[[Session, str], Any]
    fields: Callable[[Session, Any], tuple[Field, ...]]
    command: Callable[[FormReader, str], msgspec.Struct]
    save: Callable[..., Any]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A list of one kind: message ids of its texts, columns (key, message id, kind) and its rows by key."""

    slug: str
    title: str
    lead: str
    new_label: str
    columns: tuple[tuple[str, str, str], ...]
    rows: Callable[[Session], list[dict[str, Any]]]
    editor: Editor


def href(slug: str, code: str) -> str:
    """Address of one row."""
    return f"/catalog/{slug}/{quote(code, safe='')}"


def standing(*, is_illustrative: bool) -> Badge:
    """Whether a row is documented or invented."""
    if is_illustrative:
        return Badge("hold", gettext(N_("illustrative")))
    return Badge("neutral", gettext(N_("as entered")))


def folded(text: str) -> str:
    """Without case and accents, so that "kebila" finds Kébila."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()


def matching(rows: Iterable[dict[str, Any]], asked: str) -> list[dict[str, Any]]:
    """Rows in which every word asked for stands in some text."""
    words = folded(asked).split()
    return [row for row in rows if _holds(row, words)]


def _holds(row: dict[str, Any], words: list[str]) -> bool:
    texts = [folded(value) for value in row.values() if isinstance(value, str)]
    return all(any(word in text for text in texts) for word in words)


def filled(fields: Iterable[Field], reader: FormReader | None, faults: Faults) -> tuple[Field, ...]:
    """The fields as sent, with what is wrong beside them; unchanged when nothing was sent."""
    if reader is None:
        return tuple(fields)
    return tuple(_filled(field, reader, faults) for field in fields)


def _filled(field: Field, reader: FormReader, faults: Faults) -> Field:
    chosen = set(reader.many(field.name)) if field.kind == "checks" else {reader.raw(field.name)}
    return msgspec.structs.replace(
        field,
        value=field.value if field.kind == "static" else reader.raw(field.name),
        options=tuple(Option(one.value, one.label, one.value in chosen) for one in field.options),
        error=faults.fields.get(field.name),
    )


def degrees(reader: FormReader, name: str) -> float:
    """A coordinate with comma or point; a fault is remembered."""
    value = reader.text(name).replace(",", ".").replace("\N{MINUS SIGN}", "-")
    try:
        return round(float(value), 6)
    except ValueError:
        if value:
            reader.fault(name, NOT_DEGREES)
        return 0.0


def metres(reader: FormReader, name: str) -> int:
    """Kilometres, comma or point, in metres; a fault is remembered."""
    value = reader.text(name).replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace(",", ".")
    whole, _, rest = value.partition(".")
    if value and not (whole + rest).isdigit():
        reader.fault(name, NOT_KILOMETRES)
        return 0
    return int(whole or 0) * 1000 + int(rest[:3].ljust(3, "0") or 0)


def optional_count(reader: FormReader, name: str) -> int | None:
    """A whole number, None when the field was left empty."""
    return reader.count(name) if reader.raw(name).strip() else None


def text(
    name: str, label: str, value: object = "", *, required: bool = True, hint: str | None = None
) -> Field:
    """A line of text; `label` and `hint` are message ids."""
    shown = "" if value is None else str(value)
    return Field(
        name=name,
        label=gettext(label),
        value=shown,
        is_required=required,
        hint=gettext(hint) if hint else None,
    )


def number(
    name: str, label: str, value: int | None, *, required: bool = True, unit: str | None = None
) -> Field:
    """A whole number."""
    shown = "" if value is None else str(value)
    return Field(name=name, label=gettext(label), kind="number", value=shown, is_required=required, unit=unit)


def flag(name: str, label: str, *, is_set: bool) -> Field:
    """One box to tick."""
    return Field(name=name, label=gettext(label), kind="checkbox", value="1" if is_set else "")


def select(
    name: str, label: str, choices: Iterable[tuple[str, str]], value: str | None, *, required: bool = True
) -> Field:
    """One of several; without `required` the first choice is none of them."""
    options = [Option(code, shown, code == value) for code, shown in choices]
    if not required or value is None:
        options.insert(0, Option("", "–", not value))
    return Field(
        name=name,
        label=gettext(label),
        kind="select",
        value=value or "",
        options=tuple(options),
        is_required=required,
    )


def key_field(name: str, label: str, value: str | None) -> Field:
    """The code: written once, shown afterwards."""
    if value is None:
        return text(name, label, hint=N_("Letters, digits, + - _ and points; it stays for ever."))
    return Field(name=name, label=gettext(label), kind="static", value=value)


def decimal(value: float | None) -> str:
    """Degrees as written in a field."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def kilograms(grams: int | None) -> str:
    """Grams as kilograms in a field."""
    if grams is None:
        return ""
    whole, rest = divmod(grams, 1000)
    return f"{whole},{rest:03d}".rstrip("0").rstrip(",") if rest else str(whole)
