"""Fields that several of the storekeeper's forms share."""

import datetime as dt

from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.inventory.pages.shown import PackSize, PlaceName, place_options, unit_options
from supply.web.forms import Faults, Field, FormReader


def id_field(reader: FormReader) -> Field:
    """The document's id: made when the form is first shown, kept when it is shown again."""
    return Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id()))


def day_field(reader: FormReader, faults: Faults, today: dt.date, *, label: str | None = None) -> Field:
    """The day on which it happened, today unless said otherwise."""
    return Field(
        name="occurred_on",
        label=label or gettext(N_("Day")),
        kind="date",
        value=reader.again("occurred_on", today.isoformat()),
        maximum=today.isoformat(),
        error=faults.fields.get("occurred_on"),
        is_required=True,
    )


def place_field(
    name: str,
    label: str,
    listed: tuple[PlaceName, ...],
    selected: str | None,
    faults: Faults,
    *,
    asks: bool = False,
) -> Field:
    """A select of places; with `asks` none is chosen beforehand."""
    empty = gettext(N_("Choose…")) if asks else None
    return Field(
        name=name,
        label=label,
        kind="select",
        options=place_options(listed, selected, empty=empty),
        error=faults.fields.get(name),
        is_required=True,
    )


def quantity_field(
    name: str,
    label: str,
    sizes: tuple[PackSize, ...],
    reader: FormReader,
    faults: Faults,
    *,
    hint: str | None = None,
    is_required: bool = False,
) -> Field:
    """An amount with the packs of the product and kg as units."""
    return Field(
        name=name,
        label=label,
        kind="quantity",
        value=reader.raw(name),
        options=unit_options(sizes, reader.raw(f"{name}_unit")),
        hint=hint,
        error=faults.fields.get(name),
        is_required=is_required,
    )


def reference_field(reader: FormReader, faults: Faults, label: str) -> Field:
    """The number on the paper."""
    return Field(
        name="reference", label=label, value=reader.raw("reference"), error=faults.fields.get("reference")
    )


def reason_field(
    reader: FormReader, faults: Faults, label: str, *, hint: str | None = None, is_required: bool = False
) -> Field:
    """Why, in a few words."""
    return Field(
        name="reason",
        label=label,
        kind="textarea",
        value=reader.raw("reason"),
        hint=hint,
        error=faults.fields.get("reason"),
        is_required=is_required,
    )
