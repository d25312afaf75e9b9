"""Fields of a lot that the books may not know yet: what stands on the bag and how much of it there is."""

from supply.i18n import N_, gettext
from supply.inventory.lots import LotFacts
from supply.inventory.pages.shown import Names, PackSize
from supply.web.forms import MISSING, Faults, Field, FormReader, Option


def lot_fields(index: int, names: Names, reader: FormReader, faults: Faults) -> tuple[Field, ...]:
    """Fields of the lot with this number on the form."""

    def text(name: str, label: str, kind: str, *, hint: str | None = None, needed: bool = True) -> Field:
        return Field(
            name=f"{name}{index}",
            label=label,
            kind=kind,
            value=reader.raw(f"{name}{index}"),
            hint=hint,
            error=faults.fields.get(f"{name}{index}"),
            is_required=needed,
        )

    chosen = reader.raw(f"pack{index}")
    packs = tuple(
        Option(size.code, f"{names.product(product)}, {size.name}", size.code == chosen)
        for product, sizes in sorted(names.product_packs.items())
        for size in sizes
    )
    made = gettext(N_("Optional: leave it empty if the bag does not say it."))
    return (
        Field(
            name=f"pack{index}",
            label=gettext(N_("Product and pack")),
            kind="select",
            options=(Option("", gettext(N_("Choose…")), not chosen), *packs),
            error=faults.fields.get(f"pack{index}"),
            is_required=True,
        ),
        text("lot", gettext(N_("Lot number")), "text", hint=gettext(N_("As it stands on the bag."))),
        text("expires", gettext(N_("Good until")), "date"),
        text("produced", gettext(N_("Produced on")), "date", hint=made, needed=False),
        text("packs", gettext(N_("Whole packs")), "number", needed=False),
        text("kg", gettext(N_("Loose kg")), "decimal", needed=False),
    )


def read_lot(reader: FormReader, index: int, names: Names) -> tuple[LotFacts, int]:
    """What stands on the bag, and grams; faults are remembered by the reader."""
    found = _pack(reader.raw(f"pack{index}"), names)
    if found is None:
        reader.fault(f"pack{index}", MISSING)
    product, size = found or ("", PackSize("", "", 1))
    facts = LotFacts(
        product_code=product,
        number=reader.text(f"lot{index}", max_length=40),
        pack_code=size.code,
        expires_on=reader.day(f"expires{index}"),
        produced_on=reader.optional_day(f"produced{index}"),
    )
    packs = reader.count(f"packs{index}", required=False) * size.net_grams
    grams = packs + reader.kg(f"kg{index}", required=False)
    if grams == 0 and not reader.raw(f"packs{index}") and not reader.raw(f"kg{index}"):
        reader.fault(f"packs{index}", MISSING)
    return facts, grams


def _pack(code: str, names: Names) -> tuple[str, PackSize] | None:
    """Product and pack of a pack's code."""
    return next(
        (
            (product, size)
            for product, sizes in names.product_packs.items()
            for size in sizes
            if size.code == code
        ),
        None,
    )
