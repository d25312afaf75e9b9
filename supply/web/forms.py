"""Forms: the fields that a page shows, and reading what a person sent, all faults at once."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from supply.errors import FieldFaults, SupplyError
from supply.i18n import N_
from supply.units import Grams, checked, parse_count, parse_kg

FormData = dict[str, Any]
NO_ID = UUID(int=0)
NO_OTHER_NAMES: Mapping[str, str] = {}
NO_DAY = dt.date(1970, 1, 1)

MISSING = N_("Fill in this field.")
NOT_A_DATE = N_("Write a date such as 2027-03-15.")
NOT_A_CHOICE = N_("Choose one of the possibilities.")
NOT_AN_ID = N_("Open the form again; it was changed on the way.")
TOO_LONG = N_("Write at most {maximum} characters.")
NO_LETTER = N_("Write this again; it holds a sign that cannot be kept.")
# A NUL, which PostgreSQL refuses.
NOT_MONEY = N_("Write an amount such as 450000 or 612,50.")
WHOLE_PACKS = N_("Write a whole number of packs, or choose kg.")
NOT_POSITIVE = N_("Write more than zero.")


class Option(msgspec.Struct, frozen=True):
    """One choice of a field."""

    value: str
    label: str
    is_selected: bool = False


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field as the form macro shows it; `kind` is one of the macro's kinds."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    error: str | None = None
    hint: str | None = None
    is_required: bool = False
    options: tuple[Option, ...] = ()
    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    inputmode: str | None = None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form as the macro shows it; an empty `csrf` is filled in by the macro."""

    action: str
    id: str
    fields: tuple[Field, ...]
    submit_label: str
    error_summary: tuple[tuple[str, str], ...] = ()
    csrf: str = ""


class Faults(msgspec.Struct, frozen=True):
    """What is wrong with a sent form, in the reader's words: per field, and as a whole."""

    fields: dict[str, str] = {}
    summary: str | None = None

    def summary_rows(self) -> tuple[tuple[str, str], ...]:
        """Rows (field name or "", message) for the top of the form."""
        whole = (("", self.summary),) if self.summary else ()
        return whole + tuple(self.fields.items())


def faults_of(error: SupplyError, called: Mapping[str, str] = NO_OTHER_NAMES) -> Faults:
    """What to show of a refusal beside the fields and on top of the form.

    `called` are the form's names of fields that the command calls otherwise.
    """
    if isinstance(error, FieldFaults):
        return Faults(error.field_messages())
    if error.about:
        return Faults({called.get(error.about, error.about): error.message()})
    return Faults({}, error.message())


class FormReader:
    """Reads fields one by one; a fault is remembered and a placeholder answered; `finish` raises them all."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._faults: dict[str, str] = {}
        self._details: dict[str, dict[str, object]] = {}

    def raw(self, name: str) -> str:
        """What was sent, unchecked; empty when absent."""
        value = self._data.get(name, "")
        return str(value[-1]) if isinstance(value, list) and value else str(value or "")

    def again(self, name: str, usual: str) -> str:
        """What to show in a field: what was sent, an emptied field too, and `usual` where nothing was."""
        return self.raw(name) if name in self._data else usual

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a name, for ticked boxes."""
        value = self._data.get(name, [])
        return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def fault(self, name: str, message: str, **facts: object) -> None:
        """Remember a fault of a field, for checks that the caller makes itself."""
        self._faults.setdefault(name, message)
        self._details.setdefault(name, facts)

    def text(self, name: str, *, required: bool = True, max_length: int = 200) -> str:
        value = self.raw(name).strip()
        if required and not value:
            self.fault(name, MISSING)
        if len(value) > max_length:
            self.fault(name, TOO_LONG, maximum=max_length)
        if "\0" in value:
            self.fault(name, NO_LETTER)
        return value

    def choice(self, name: str, allowed: Iterable[str], *, required: bool = True) -> str:
        value = self.raw(name).strip()
        if not value:
            if required:
                self.fault(name, MISSING)
        elif value not in set(allowed):
            self.fault(name, NOT_A_CHOICE)
        return value

    def flag(self, name: str) -> bool:
        return self.raw(name) not in {"", "0", "false", "off"}

    def day(self, name: str) -> dt.date:
        return self.optional_day(name, required=True) or NO_DAY

    def optional_day(self, name: str, *, required: bool = False) -> dt.date | None:
        value = self.raw(name).strip()
        if not value:
            if required:
                self.fault(name, MISSING)
            return None
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fault(name, NOT_A_DATE)
            return None

    def uuid(self, name: str) -> UUID:
        try:
            return UUID(self.raw(name).strip())
        except ValueError:
            self.fault(name, NOT_AN_ID)
            return NO_ID

    def count(self, name: str, *, required: bool = True) -> int:
        """A whole number, zero allowed; 0 when not required and left empty."""
        value = self.raw(name).strip()
        if not value:
            if required:
                self.fault(name, MISSING)
            return 0
        return self._parsed(name, lambda: parse_count(value))

    def kg(self, name: str, *, required: bool = True) -> Grams:
        """Kilograms in grams, zero allowed."""
        value = self.raw(name).strip()
        if not value:
            if required:
                self.fault(name, MISSING)
            return Grams(0)
        return Grams(self._parsed(name, lambda: parse_kg(value)))

    def quantity(self, name: str, grams_by_unit: Mapping[str, int], *, required: bool = True) -> Grams:
        """An amount `name` in the unit `name_unit`: one of the packs, or kg; only kg may have decimals."""
        unit = self.raw(f"{name}_unit").strip() or next(iter(grams_by_unit), "kg")
        if unit == "kg":
            return self.kg(name, required=required)
        if unit not in grams_by_unit:
            self.fault(name, NOT_A_CHOICE)
            return Grams(0)
        value = self.raw(name).strip()
        if not value:
            if required:
                self.fault(name, MISSING)
            return Grams(0)
        if "," in value or "." in value:
            self.fault(name, WHOLE_PACKS)
            return Grams(0)
        return Grams(self._parsed(name, lambda: checked(parse_count(value) * grams_by_unit[unit])))

    def money(self, name: str, currency: str, *, required: bool = True) -> int:
        """An amount in minor units: whole francs for XOF, otherwise up to two decimals."""
        value = self.raw(name).strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".")
        if not value:
            if required:
                self.fault(name, MISSING)
            return 0
        whole, _, cents = value.partition(".")
        allowed = 0 if currency == "XOF" else 2
        if not whole.isascii() or not whole.isdigit() or len(whole) > 15 or len(cents) > allowed:
            self.fault(name, NOT_MONEY)
            return 0
        if cents and not (cents.isascii() and cents.isdigit()):
            self.fault(name, NOT_MONEY)
            return 0
        return int(whole) if allowed == 0 else int(whole) * 100 + int(cents.ljust(2, "0") or 0)

    def finish(self) -> None:
        """Raise FieldFaults when any field was wrong."""
        if self._faults:
            raise FieldFaults(self._faults, self._details)

    def _parsed(self, name: str, parse: Any) -> int:
        try:
            return int(parse())
        except SupplyError as error:
            self.fault(name, error.title, **error.facts)
            return 0
