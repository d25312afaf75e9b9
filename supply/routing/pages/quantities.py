"""Amounts on the papers of a trip: whole packs where the lot's amount is whole packs, otherwise kilograms."""

from supply.catalog.rows import PackRow
from supply.i18n import N_, gettext
from supply.routing.pages.texts import plain_kg
from supply.web.forms import Faults, Field, FormReader, Option


def unit_options(pack: PackRow | None, chosen: str) -> tuple[Option, ...]:
    """The pack and kg."""
    packs = () if pack is None else (Option(pack.code, pack.name, chosen == pack.code),)
    return (*packs, Option("kg", gettext(N_("kg")), chosen == "kg"))


def usual_unit(grams: int, pack: PackRow | None) -> str:
    """The pack when the amount is whole packs, else kg."""
    return pack.code if pack is not None and grams % pack.net_grams == 0 else "kg"


def shown(grams: int, unit: str, pack: PackRow | None) -> str:
    """The amount in the unit, as a field takes it."""
    return str(grams // pack.net_grams) if pack is not None and unit == pack.code else plain_kg(grams)


def amount_fields(
    name: str,
    *,
    label: str,
    hint: str | None,
    grams: int,
    pack: PackRow | None,
    reader: FormReader,
    faults: Faults,
) -> tuple[Field, ...]:
    """One quantity field, filled with the grams or with what was sent."""
    unit = reader.raw(f"{name}_unit") or usual_unit(grams, pack)
    return (
        Field(
            name=name,
            label=label,
            kind="quantity",
            value=reader.raw(name) or shown(grams, unit, pack),
            options=unit_options(pack, unit),
            hint=hint,
            error=faults.fields.get(name),
            is_required=True,
        ),
    )


def read_amount(reader: FormReader, name: str, pack: PackRow | None) -> int:
    """Grams of a quantity field."""
    return reader.quantity(name, {} if pack is None else {pack.code: pack.net_grams})
