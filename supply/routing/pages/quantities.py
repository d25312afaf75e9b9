"""Amounts on the papers of a trip, in the largest pack that divides them, else in kilograms."""

from collections.abc import Sequence

from supply.catalog.rows import PackRow
from supply.i18n import N_, gettext
from supply.routing.pages.texts import plain_kg
from supply.web.forms import Faults, Field, FormReader, Option


def unit_options(packs: Sequence[PackRow], chosen: str) -> tuple[Option, ...]:
    """The packs, largest first, and kg."""
    return (
        *(Option(pack.code, pack.name, chosen == pack.code) for pack in packs),
        Option("kg", gettext(N_("kg")), chosen == "kg"),
    )


def usual_unit(grams: int, packs: Sequence[PackRow]) -> str:
    """The largest pack of which the amount is a whole number, else kg."""
    return next((pack.code for pack in packs if grams % pack.net_grams == 0), "kg")


def grams_by_unit(packs: Sequence[PackRow]) -> dict[str, int]:
    return {pack.code: pack.net_grams for pack in packs}


def shown(grams: int, unit: str, packs: Sequence[PackRow]) -> str:
    """The amount in the unit, as a field takes it."""
    size = grams_by_unit(packs).get(unit)
    return plain_kg(grams) if size is None or grams % size else str(grams // size)


def amount_field(
    name: str,
    *,
    label: str,
    hint: str | None,
    grams: int,
    packs: Sequence[PackRow],
    reader: FormReader,
    faults: Faults,
) -> Field:
    """A quantity filled with the grams, or with what was sent; emptied it stays empty."""
    unit = reader.raw(f"{name}_unit") or usual_unit(grams, packs)
    return Field(
        name=name,
        label=label,
        kind="quantity",
        value=reader.again(name, shown(grams, unit, packs)),
        options=unit_options(packs, unit),
        hint=hint,
        error=faults.fields.get(name),
        is_required=True,
    )
