"""Masses in integer grams and money in integer minor units; no float ever enters."""

import re
from typing import ClassVar, NewType

from supply.errors import Invalid
from supply.i18n import N_

Grams = NewType("Grams", int)
Francs = NewType("Francs", int)

MAX_GRAMS = 10**13
# Ten million tonnes: twice what WFP moves in the world in a year (5.6 Mt, 2020). Above it somebody mistyped.

_KILOGRAMS = re.compile(r"^(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?$")
_SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}'")


class NotAQuantity(Invalid):
    """A quantity that cannot be read."""

    code: ClassVar[str] = "not-a-quantity"
    title = N_("“{text}” is not a quantity; write kilograms such as 1250 or 4,5.")


class NotACount(Invalid):
    """A number of packs, people or days that cannot be read, or is no whole number."""

    code: ClassVar[str] = "not-a-count"
    title = N_("“{text}” is not a whole number; write it in digits, such as 12.")


class NegativeCount(Invalid):
    """A number of packs, people or days below zero."""

    code: ClassVar[str] = "negative-count"
    title = N_("“{text}” is below zero; write a whole number, such as 12, and 0 for none.")


class NegativeQuantity(Invalid):
    """A quantity below zero."""

    code: ClassVar[str] = "negative-quantity"
    title = N_("“{text}” is negative; write what was moved as a positive quantity.")


class FractionOfAGram(Invalid):
    """More than three decimals of a kilogram."""

    code: ClassVar[str] = "fraction-of-a-gram"
    title = N_("“{text}” kg is finer than one gram; write at most three decimals.")


class AbsurdQuantity(Invalid):
    """Beyond anything that a programme can hold."""

    code: ClassVar[str] = "absurd-quantity"
    title = N_("{grams:mass} is more than any programme moves; check the unit.")


def parse_kg(text: str) -> Grams:
    """Kilograms as a person writes them (`1 250`, `4,5`, `4.5`) in exact grams, zero allowed."""
    plain = text.strip().translate(_SPACES)
    if plain.startswith(("-", "\N{MINUS SIGN}")):
        raise NegativeQuantity(text=text)
    match = _KILOGRAMS.match(plain)
    if match is None:
        raise NotAQuantity(text=text)
    decimals = (match["decimals"] or "").rstrip("0")
    if len(decimals) > 3:
        raise FractionOfAGram(text=text)
    if len(match["whole"]) > 15:
        # Thousands of digits cannot even be turned into a number.
        raise AbsurdQuantity(grams=10**18)
    return checked(int(match["whole"]) * 1000 + int(decimals.ljust(3, "0") or 0))


def parse_count(text: str) -> int:
    """A whole number of packs, people or days, zero allowed.

    Its refusals never speak of kilograms: who obeyed would write 1250 bags.
    """
    plain = text.strip().translate(_SPACES)
    if plain.startswith(("-", "\N{MINUS SIGN}")):
        raise NegativeCount(text=text)
    if not plain.isascii() or not plain.isdigit() or len(plain) > 12:
        raise NotACount(text=text)
    return int(plain)


def checked(grams: int) -> Grams:
    """The same grams, refused when beyond MAX_GRAMS."""
    if grams > MAX_GRAMS:
        raise AbsurdQuantity(grams=grams)
    return Grams(grams)


def split(grams: int, pack_grams: int) -> tuple[int, Grams]:
    """Whole packs and the loose rest; packs * pack_grams + rest == grams."""
    packs, rest = divmod(grams, pack_grams)
    return packs, Grams(rest)


def round_up_to_pack(grams: int, pack_grams: int) -> Grams:
    """Smallest whole number of packs that is not less."""
    return Grams(-(-grams // pack_grams) * pack_grams)


def amount_for(grams: int, price_per_tonne: int) -> int:
    """Price of a mass in the minor units of the price, rounded half up once."""
    return (2 * grams * price_per_tonne + 1_000_000) // 2_000_000


def to_francs(amount: int, rate_micro: int, minor_per_unit: int) -> Francs:
    """Minor units of a currency in XOF at `rate_micro` millionths of a franc per unit, rounded half up."""
    scale = 1_000_000 * minor_per_unit
    return Francs((2 * amount * rate_micro + scale) // (2 * scale))
