"""Figures for other programs: CSV and XLSX with a row of HXL tags, DHIS2 data values. Counts only, no names.

HXL core tags: hxlstandard.org; `+listed`, `+tallied`, `+kg`, `+planned` and `+sites` are attributes of
our own. A figure that nobody reported is an empty cell, never a nought.
"""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from supply.coverage.indicators import Figures, add_up
from supply.coverage.queries import CycleCoverage

COLUMNS: tuple[tuple[str, str], ...] = (
    ("cycle", "#meta+cycle+code"),
    ("starts_on", "#date+start"),
    ("ends_on", "#date+end"),
    ("commune_pcode", "#adm3+code+v_pcode"),
    ("commune", "#adm3+name"),
    ("group_code", "#beneficiary+code"),
    ("group", "#beneficiary+type"),
    ("targeted", "#targeted"),
    ("eligible_on_lists", "#population+eligible+listed"),
    ("reached", "#reached"),
    ("reached_listed", "#reached+listed"),
    ("reached_tallied", "#reached+tallied"),
    ("coverage_percent", "#indicator+coverage+pct"),
    ("source", "#meta+source"),
    ("sites", "#meta+sites+num"),
    ("sites_reported", "#meta+sites+reported+num"),
    ("given_kg", "#output+kg"),
    ("due_kg", "#output+kg+due"),
    ("planned_kg", "#output+kg+planned"),
)
DATA_SET = "PNP_CYCLE"
# Codes of the data set and its elements in the receiving DHIS2; send with the id schemes "code".
TARGETED, REACHED, GIVEN_KG = "PNP_TARGETED", "PNP_REACHED", "PNP_GIVEN_KG"

Value = str | int | Decimal | None


class DataValue(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One value of DHIS2's dataValueSets; values are texts there."""

    data_element: str
    period: str
    org_unit: str
    category_option_combo: str
    value: str
    comment: str = ""


class DataValueSet(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Body of `POST /api/dataValueSets`; completed only when the cycle is closed."""

    data_set: str
    data_values: tuple[DataValue, ...]
    complete_date: str | None = None


def rows(coverage: CycleCoverage) -> Iterator[tuple[Value, ...]]:
    """One row per commune and group, in the order of COLUMNS."""
    cycle = coverage.cycle
    for pcode, commune, group_code, group, figures in _parts(coverage):
        share = figures.coverage
        yield (
            cycle.code,
            cycle.starts_on.isoformat(),
            cycle.ends_on.isoformat(),
            pcode,
            commune,
            group_code,
            group,
            figures.targeted,
            figures.eligible,
            figures.reached,
            figures.listed if figures.reported_count else None,
            figures.tallied if figures.reported_count else None,
            None if share is None else _percent(share.numerator, share.denominator),
            figures.source.value,
            figures.site_count,
            figures.reported_count,
            _kilograms(figures.given_grams),
            _kilograms(figures.due_grams),
            _kilograms(figures.planned_grams),
        )


def to_csv(coverage: CycleCoverage) -> str:
    """A table with a header, a row of HXL tags and one row per commune and group."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([name for name, _ in COLUMNS])
    writer.writerow([tag for _, tag in COLUMNS])
    writer.writerows([_harmless(value) for value in row] for row in rows(coverage))
    return file.getvalue()


def to_xlsx(coverage: CycleCoverage) -> bytes:
    """The same table, and a second sheet with the coverage of communes across groups."""
    import pandas as pd  # noqa: PLC0415 - 60 MB that only an export needs

    frame = pd.DataFrame(
        [[float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in rows(coverage)],
        columns=[name for name, _ in COLUMNS],
        dtype=object,  # an empty cell would turn whole numbers into 1286.0
    )
    tags = pd.DataFrame([[tag for _, tag in COLUMNS]], columns=frame.columns)
    across = frame.pivot_table(
        index=["commune_pcode", "commune"], columns="group_code", values="coverage_percent", aggfunc="first"
    )
    file = io.BytesIO()
    # A commune that somebody called "=…" is a name and no formula.
    plain = {"options": {"strings_to_formulas": False, "strings_to_urls": False}}
    with pd.ExcelWriter(file, engine="xlsxwriter", engine_kwargs=plain) as writer:
        pd.concat([tags, frame]).to_excel(writer, sheet_name="data", index=False)
        across.to_excel(writer, sheet_name="coverage_percent")
    return file.getvalue()


def to_dhis2(coverage: CycleCoverage) -> DataValueSet:
    """Targeted, reached and kilograms per commune (P-code as organisation unit) and group.

    The period is the month in which the cycle begins.
    """
    period = f"{coverage.cycle.starts_on:%Y%m}"
    values: list[DataValue] = []
    for pcode, _, group_code, _, figures in _parts(coverage):
        found: list[tuple[str, str, str]] = [(TARGETED, str(figures.targeted), "")]
        if figures.reached is not None:
            found.append((REACHED, str(figures.reached), figures.source.value))
            found.append((GIVEN_KG, str(_kilograms(figures.given_grams)), ""))
        values += [
            DataValue(
                data_element=element,
                period=period,
                org_unit=pcode,
                category_option_combo=group_code,
                value=value,
                comment=comment,
            )
            for element, value, comment in found
        ]
    closed_at = coverage.cycle.closed_at
    return DataValueSet(
        data_set=DATA_SET,
        data_values=tuple(values),
        complete_date=closed_at.date().isoformat() if closed_at else None,
    )


def _parts(coverage: CycleCoverage) -> Iterator[tuple[str, str, str, str, Figures]]:
    names = {group.code: group.name for group in coverage.groups}
    for commune in coverage.communes:
        for code, name in names.items():
            cells = [
                cell
                for cell in coverage.cells
                if (cell.commune_pcode, cell.group_code) == (commune.pcode, code)
            ]
            if cells:
                yield commune.pcode, commune.name, code, name, add_up(cells)


def _harmless(value: Value) -> Value:
    """A cell that no spreadsheet takes for a formula, whatever somebody called a commune."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value


def _kilograms(grams: int) -> Decimal:
    return Decimal(grams).scaleb(-3).normalize() + Decimal(0)


def _percent(numerator: int, denominator: int) -> Decimal:
    """To one decimal, half up."""
    return Decimal((2000 * numerator + denominator) // (2 * denominator)).scaleb(-1)
