"""Languages of the reader: catalogues, messages with facts, numbers, masses, money and dates.

Messages are written in English in the code and marked with `N_`; French stands in `locale/fr/<area>.po`.
"""

import datetime as dt
import re
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("fr", "en")
_language: ContextVar[str] = ContextVar("language", default="fr")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def N_(message: str) -> str:  # noqa: N802 - the field's name for "mark, do not translate yet"
    """Mark a message for translation where it is defined; it is translated where it is shown."""
    return message


def language() -> str:
    """Language of the reader being answered, `fr` or `en`."""
    return _language.get()


def set_language(chosen: str) -> None:
    _language.set(chosen if chosen in LANGUAGES else "fr")


@contextmanager
def reading_in(chosen: str) -> Iterator[None]:
    """Answer a reader of this language inside the block."""
    token = _language.set(chosen if chosen in LANGUAGES else "fr")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _messages(chosen: str) -> dict[str, str | tuple[str, ...]]:
    """All messages of a language, every area's catalogue together."""
    found: dict[str, str | tuple[str, ...]] = {}
    folder = files("supply") / "locale" / chosen
    if not folder.is_dir():
        return found
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".po"):
            with file.open("rb") as stream:
                catalog: Catalog = read_po(stream, locale=chosen)
            for entry in catalog:
                key = entry.id if isinstance(entry.id, str) else entry.id[0]
                if key and entry.string:
                    found[key] = entry.string if isinstance(entry.string, str) else tuple(entry.string)
    return found


def gettext(message: str) -> str:
    """The message in the reader's language; English where French lacks it."""
    found = _messages(language()).get(message, message)
    return found if isinstance(found, str) else found[0]


def ngettext(singular: str, plural: str, count: int) -> str:
    """Singular or plural in the reader's language; French counts 0 and 1 as one."""
    found = _messages(language()).get(singular)
    if isinstance(found, tuple):
        return found[0 if count in {0, 1} else 1]
    return singular if count == 1 else plural


class _Facts(string.Formatter):
    """Fills `{name}`, `{name:mass}`, `{name:money}`, `{name:message}` the way the reader writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "mass":
                return show_mass(value)
            case "money":
                return show_money(value)
            case "message":
                return gettext(str(value))
            case "plain":
                return str(value)
        if isinstance(value, bool) or value is None:
            return str(value)
        if isinstance(value, int):
            return show_number(value)
        if isinstance(value, dt.datetime):
            return show_moment(value)
        if isinstance(value, dt.date):
            return show_date(value)
        if isinstance(value, list | tuple | set | frozenset):
            return ", ".join(self.format_field(one, "") for one in value)
        return str(value)


def translate(message: str, facts: Mapping[str, object]) -> str:
    """The message in the reader's language with its facts filled in."""
    return _Facts().vformat(gettext(message), (), facts)


def translate_count(singular: str, plural: str, count: int, facts: Mapping[str, object]) -> str:
    """Singular or plural of a message in the reader's language, with `count` and its facts filled in."""
    return _Facts().vformat(ngettext(singular, plural, count), (), {"count": count, **facts})


def _locale() -> Locale:
    return Locale.parse(language())


def show_number(value: int) -> str:
    if abs(value) >= 10**27:
        # Beyond the digits that the formatter computes with; only a mistake or an attack is so large.
        return str(value)
    return numbers.format_decimal(value, locale=_locale())


def show_mass(grams: int) -> str:
    """Grams as kilograms, exact to the gram: `1 250 kg`, `4,5 kg`, `-0,001 kg`."""
    sign = "-" if grams < 0 else ""
    kilograms, rest = divmod(abs(grams), 1000)
    decimals = f"{rest:03d}".rstrip("0")
    point = numbers.get_decimal_symbol(_locale()) if decimals else ""
    return f"{sign}{show_number(kilograms)}{point}{decimals}{_NO_BREAK}kg"


def show_tonnes(grams: int) -> str:
    """Grams as tonnes to one decimal, rounded half up; for headlines only, never for accounts."""
    tenths = (abs(grams) + 50_000) // 100_000
    point = numbers.get_decimal_symbol(_locale())
    sign = "-" if grams < 0 and tenths else ""
    return f"{sign}{show_number(tenths // 10)}{point}{tenths % 10}{_NO_BREAK}t"


def show_money(minor: int, currency: str = "XOF") -> str:
    """Minor units as money: XOF has no minor unit, other currencies have cents."""
    if currency == "XOF":
        return f"{show_number(minor)}{_NO_BREAK}F{_NO_BREAK}CFA"
    sign = "-" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    point = numbers.get_decimal_symbol(_locale())
    return f"{sign}{show_number(whole)}{point}{cents:02d}{_NO_BREAK}{currency}"


def show_percent(numerator: int, denominator: int) -> str:
    """Share in percent to one decimal, rounded half up, never clipped; a dash when nothing was expected."""
    if denominator == 0:
        return "–"
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    point = numbers.get_decimal_symbol(_locale())
    return f"{show_number(tenths // 10)}{point}{tenths % 10}{_NO_BREAK}%"


def show_date(day: dt.date, length: str = "long") -> str:
    shown = dates.format_date(day, format=length, locale=_locale())
    if language() == "fr" and day.day == 1 and length != "short":
        # French counts the first day of a month; CLDR's patterns do not know it.
        return re.sub(r"\b1 ", "1er ", shown, count=1)
    return shown


def show_moment(moment: dt.datetime, zone: dt.tzinfo | None = None) -> str:
    """Day and minute in the zone, UTC when none is given."""
    day = dates.format_date(moment.astimezone(zone or dt.UTC), format="medium", locale=_locale())
    return f"{day}, {dates.format_time(moment, format='short', tzinfo=zone, locale=_locale())}"


def show_decimal(value: float) -> str:
    """A measured figure (km, hours) to one decimal."""
    return numbers.format_decimal(round(value, 1), locale=_locale())
