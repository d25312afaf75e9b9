"""Small values that pages hand to the shared macros: badges, notices, things that wait, pagers, steps.

Tones: good, warn, bad, hold, info, neutral. Texts arrive already in the reader's language.
"""

import datetime as dt
from fractions import Fraction
from typing import Literal

import msgspec

Tone = Literal["good", "warn", "bad", "hold", "info", "neutral"]


class Badge(msgspec.Struct, frozen=True):
    """A state in a word; its shape says the same as its colour."""

    tone: Tone
    label: str


class Share(msgspec.Struct, frozen=True):
    """Part of a whole whose two numbers stay visible, such as people reached of people eligible."""

    numerator: int
    denominator: int

    @property
    def ratio(self) -> Fraction | None:
        """Exact; None where nothing was expected."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


class Notice(msgspec.Struct, frozen=True):
    """A sentence above the page: what was just done, or what is wrong."""

    tone: Tone
    text: str


class Attention(msgspec.Struct, frozen=True):
    """One thing that waits for this reader, with the page where it is settled."""

    tone: Tone
    title: str
    detail: str
    href: str
    action: str


class Pager(msgspec.Struct, frozen=True):
    """Rows first to last are shown; total is None where counting would cost too much."""

    first: int
    last: int
    total: int | None = None
    previous_href: str | None = None
    next_href: str | None = None


class Step(msgspec.Struct, frozen=True):
    """A stage of a document's life, such as loaded or arrived."""

    label: str
    state: Literal["done", "current", "todo"]
    note: str = ""


class Signature(msgspec.Struct, frozen=True):
    """A box to sign on paper; name and day are printed when they are known."""

    role: str
    name: str = ""
    on: dt.date | None = None
