"""The programme as others read it: frozen rows."""

import datetime as dt

import msgspec

from supply.i18n import language


class ProgrammeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A programme with its period and money (minor units of the currency)."""

    code: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    budget_minor: int | None
    budget_currency: str
    source: str


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A target group; months of age, completed, both inclusive."""

    code: str
    name_fr: str
    name_en: str
    kind: str
    from_months: int | None
    to_months: int | None
    position: int

    @property
    def name(self) -> str:
        """Name in the reader's language."""
        return self.name_en if language() == "en" else self.name_fr


class CycleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution round; `state` is planned, open or closed."""

    code: str
    programme_code: str
    number: int
    name: str
    starts_on: dt.date
    ends_on: dt.date
    state: str
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None


class RationRow(msgspec.Struct, frozen=True, kw_only=True):
    """Net grams of a product for one person of a group in a cycle."""

    cycle_code: str
    group_code: str
    product_code: str
    grams: int
    is_illustrative: bool
    source: str


class CensusRow(msgspec.Struct, frozen=True, kw_only=True):
    """People of a group at a site, as last counted."""

    site_code: str
    group_code: str
    people: int
    counted_on: dt.date
    source: str
    is_illustrative: bool


class TargetRow(msgspec.Struct, frozen=True, kw_only=True):
    """People due at a site in a cycle."""

    site_code: str
    group_code: str
    people: int


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a site needs of a product in a cycle; None while `missing_groups` were not counted."""

    cycle_code: str
    site_code: str
    site_name: str
    commune_pcode: str | None
    product_code: str
    people: int | None
    exact_grams: int | None
    pack_code: str
    pack_grams: int
    rounded_grams: int | None
    rounding_grams: int | None
    missing_groups: tuple[str, ...] = ()


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle was opened, closed or reopened, by whom and why."""

    state: str
    user_name: str
    recorded_at: dt.datetime
    reason: str
