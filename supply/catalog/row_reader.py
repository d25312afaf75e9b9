"""Reading one row of an imported file: each cell checked, every fault remembered with its column."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import msgspec

from supply.catalog.sheets import Record
from supply.errors import Invalid, SupplyError
from supply.i18n import N_, translate
from supply.units import parse_count, parse_kg

_YES = frozenset({"yes", "oui", "true", "vrai", "1", "x", "o", "y"})
_NO = frozenset({"no", "non", "false", "faux", "0", "", "n"})


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not stored: its line, the column at fault, a stable reason and its message's facts."""

    line: int
    column: str
    code: str
    message: str
    facts: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The reason in the reader's language."""
        return translate(self.message, self.facts)


class CellMissing(Invalid):
    """A cell that must be filled is empty."""

    code: ClassVar[str] = "cell-missing"
    title = N_("This cell is empty; fill it in.")


class CellTooLong(Invalid):
    """A text that its column cannot hold."""

    code: ClassVar[str] = "cell-too-long"
    title = N_("Write at most {maximum} characters.")


class CellUnreadable(Invalid):
    """A cell with a NUL, which PostgreSQL refuses."""

    code: ClassVar[str] = "cell-unreadable"
    title = N_("This cell holds a sign that is no letter; type it anew.")


class NotANumber(Invalid):
    """A cell that should hold a number."""

    code: ClassVar[str] = "not-a-number"
    title = N_("“{text}” is not a number.")


class NotADay(Invalid):
    """A cell that should hold a date."""

    code: ClassVar[str] = "not-a-day"
    title = N_("“{text}” is not a date; write it as 2027-03-15.")


class NotYesOrNo(Invalid):
    """A cell that should say yes or no."""

    code: ClassVar[str] = "not-yes-or-no"
    title = N_("“{text}” is neither yes nor no.")


class NotOneOf(Invalid):
    """A cell that should hold one of a few words."""

    code: ClassVar[str] = "not-one-of"
    title = N_("“{text}” is not one of {allowed}.")


class TooManyCells(Invalid):
    """More cells than columns: a comma inside a text that is not in quotes."""

    code: ClassVar[str] = "too-many-cells"
    title = N_(
        "The row has more cells than the header: {text}. A text that holds the delimiter needs quotes."
    )


class TwiceInFile(Invalid):
    """The same thing on two lines."""

    code: ClassVar[str] = "twice-in-file"
    title = N_("{text} stands on line {first} already; keep one of the two.")


class RowReader:
    """Reads cells by our column names; a fault is remembered and a harmless placeholder answered."""

    def __init__(self, record: Record, column_in_file: dict[str, str]) -> None:
        self.line = record.line
        self.geometry = record.geometry
        self.faults: list[BadRow] = []
        self._record = record
        self._column_in_file = column_in_file
        if record.extra:
            self.fault("", TooManyCells(text=", ".join(_without_nul(cell) for cell in record.extra)))
        for name, cell in record.cells.items():
            if "\0" in cell:
                self.fault(name, CellUnreadable())

    @property
    def is_bad(self) -> bool:
        return bool(self.faults)

    def fault(self, column: str, error: SupplyError) -> None:
        """Remember a refusal under the file's own name of the column."""
        if self._record.extra and self.faults:
            # The cells are shifted; what they seem to hold would only bury the reason.
            return
        name = self._column_in_file.get(column, column)
        self.faults.append(
            BadRow(line=self.line, column=name, code=error.code, message=error.title, facts=error.facts)
        )

    def refuse(self, error: SupplyError, key: str) -> None:
        """Remember a refusal of the row under the column that holds what it names, else under the key."""
        named = {str(fact) for fact in error.facts.values()}
        holding = (
            ours for ours, theirs in self._column_in_file.items() if self._record.cells.get(theirs) in named
        )
        self.fault(next(holding, key), error)

    def has(self, column: str) -> bool:
        """True when the file has such a column."""
        return column in self._column_in_file

    def raw(self, column: str) -> str:
        """The cell as written; empty when the file has no such column."""
        return _without_nul(self._record.cells.get(self._column_in_file.get(column, column), ""))

    def text(self, column: str, *, maximum: int = 120) -> str:
        value = self.raw(column)
        if not value:
            self.fault(column, CellMissing())
        return self._fitting(column, value, maximum)

    def optional_text(self, column: str, *, maximum: int = 200) -> str:
        return self._fitting(column, self.raw(column), maximum)

    def optional(self, column: str) -> str | None:
        """A code that may be missing."""
        return self.raw(column) or None

    def _fitting(self, column: str, value: str, maximum: int) -> str:
        if len(value) > maximum:
            self.fault(column, CellTooLong(maximum=maximum))
        return value

    def degrees(self, column: str) -> float:
        """A coordinate, comma or point."""
        return self.optional_degrees(column, required=True) or 0.0

    def optional_degrees(self, column: str, *, required: bool = False) -> float | None:
        value = self.raw(column)
        if not value:
            if required:
                self.fault(column, CellMissing())
            return None
        try:
            return round(float(value.replace(",", ".")), 6)
        except ValueError:
            self.fault(column, NotANumber(text=value))
            return None

    def count(self, column: str) -> int:
        return self._parsed(column, parse_count) or 0

    def optional_count(self, column: str) -> int | None:
        return self._parsed(column, parse_count) if self.raw(column) else None

    def grams(self, column: str) -> int:
        """Kilograms in the file, grams here."""
        return self._parsed(column, parse_kg) or 0

    def optional_grams(self, column: str) -> int | None:
        return self._parsed(column, parse_kg) if self.raw(column) else None

    def metres(self, column: str) -> int:
        """Kilometres in the file, metres here."""
        return self._parsed(column, lambda text: round(_decimal(text) * 1000)) or 0

    def optional_minutes(self, column: str, *, per_cent: int = 100) -> int | None:
        """Minutes, rounded, times a factor in per cent."""
        if not self.raw(column):
            return None
        return self._parsed(column, lambda text: max(1, round(_decimal(text) * per_cent / 100)))

    def _parsed(self, column: str, parse: Callable[[str], int]) -> int | None:
        value = self.raw(column)
        if not value:
            self.fault(column, CellMissing())
            return None
        try:
            return int(parse(value))
        except SupplyError as error:
            self.fault(column, error)
            return None

    def numbers(self, column: str) -> tuple[int, ...] | None:
        """Whole numbers and ranges, such as "6 8-10"; None when the cell is empty."""
        value = self.raw(column)
        if not value:
            return None
        found: list[int] = []
        for part in value.replace(",", " ").replace(";", " ").split():
            first, _, last = part.partition("-")
            if not (
                first.isascii() and first.isdigit() and (not last or (last.isascii() and last.isdigit()))
            ):
                self.fault(column, NotANumber(text=part))
                return None
            found.extend(range(int(first[:4]), int((last or first)[:4]) + 1))
        return tuple(found)

    def flag(self, column: str, *, default: bool = False) -> bool:
        value = self.raw(column).casefold()
        if not value:
            return default
        if value not in _YES | _NO:
            self.fault(column, NotYesOrNo(text=value))
        return value in _YES

    def choice(self, column: str, allowed: Iterable[str], *, default: str | None = None) -> str:
        value = self.raw(column).casefold()
        known = tuple(allowed)
        if not value and default is not None:
            return default
        if not value:
            self.fault(column, CellMissing())
        elif value not in known:
            self.fault(column, NotOneOf(text=self.raw(column), allowed=list(known)))
        return value if value in known else known[0]

    def day(self, column: str, *, default: dt.date | None = None) -> dt.date:
        """An ISO date, or day/month/year as written in Mali."""
        value = self.raw(column)
        if not value and default is not None:
            return default
        if not value:
            self.fault(column, CellMissing())
            return dt.date(1970, 1, 1)
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"):
            try:
                return dt.datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self.fault(column, NotADay(text=value))
        return dt.date(1970, 1, 1)


def _without_nul(cell: str) -> str:
    """The cell as its fault may be kept and shown."""
    return cell.replace("\0", "")


def _decimal(text: str) -> float:
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    try:
        value = float(plain.replace(",", "."))
    except ValueError as error:
        raise NotANumber(text=text) from error
    if not 0 <= value < 1_000_000:
        raise NotANumber(text=text)
    return value
