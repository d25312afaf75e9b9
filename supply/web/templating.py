"""The Jinja environment of every page: messages, numbers and dates for the reader, static files."""

import datetime as dt
import hashlib
from fractions import Fraction
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from supply import i18n
from supply.paths import STATIC, data
from supply.web import csrf


@cache
def static(name: str) -> str:
    """Address of a static file that changes with its content, so that it may be kept for ever."""
    fingerprint = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{fingerprint}/{name}"


# Filters take the context only so that Jinja does not fold them at compile time, for the first reader.


@pass_context
def _kg(_context: Context, grams: int | None) -> str:
    return "–" if grams is None else i18n.show_mass(grams)


@pass_context
def _tonnes(_context: Context, grams: int | None) -> str:
    return "–" if grams is None else i18n.show_tonnes(grams)


@pass_context
def _number(_context: Context, value: float | None) -> str:
    if value is None:
        return "–"
    return i18n.show_number(value) if isinstance(value, int) else i18n.show_decimal(value)


@pass_context
def _money(_context: Context, minor: int | None, currency: str = "XOF") -> str:
    return "–" if minor is None else i18n.show_money(minor, currency)


@pass_context
def _date(_context: Context, day: dt.date | None, length: str = "medium") -> str:
    if day is None:
        return "–"
    return i18n.show_moment(day) if isinstance(day, dt.datetime) else i18n.show_date(day, length)


@pass_context
def _percent(_context: Context, ratio: Fraction | float | None) -> str:
    if ratio is None:
        return "–"
    exact = Fraction(ratio)
    return i18n.show_percent(exact.numerator, exact.denominator)


def make_environment() -> Environment:
    """Strict, escaping, bilingual; templates come from the package or the checkout."""
    environment = Environment(
        loader=FileSystemLoader(data("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations: Any = environment
    translations.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)
    environment.globals["static"] = static
    environment.globals["form_token"] = csrf.for_form
    environment.filters.update(
        kg=_kg, tonnes=_tonnes, number=_number, money=_money, date=_date, percent=_percent
    )
    return environment
