"""What the pages of distribution say.

Names of groups, rations in packs, badges, fields with what was sent.
"""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import base_packs, products
from supply.catalog.rows import PackRow
from supply.distribution.lists import Standing
from supply.distribution.portions import Ration, rations_of
from supply.distribution.setting import cycle_rations
from supply.distribution.words import REASON_NAMES, Reason, SessionState
from supply.i18n import N_, gettext, ngettext, show_mass, show_number, show_tonnes
from supply.programme.queries import groups
from supply.web.forms import Faults, Field, FormReader, Option
from supply.web.parts import Badge


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Names in the reader's language, by code; `rations` per group of a cycle, in packs."""

    groups: dict[str, str]
    products: dict[str, str]
    packs: dict[str, PackRow]
    rations: dict[str, str]

    def group(self, code: str | None, reason: Reason | None = None) -> str:
        """Name of a group, or why there is none."""
        if code is not None:
            return self.groups.get(code, code)
        return gettext(REASON_NAMES[reason]) if reason is not None else "–"


def words(session: Session, cycle_code: str | None = None) -> Words:
    """Everything that the pages name."""
    names = {row.code: row.name for row in products(session)}
    packs = base_packs(session)
    rations = cycle_rations(session, cycle_code) if cycle_code else ()
    known = {row.code: row.name for row in groups(session)}
    return Words(
        groups=known,
        products=names,
        packs=packs,
        rations={code: ration_text(rations_of(code, rations), packs, names) for code in known},
    )


def ration_text(rations: Iterable[Ration], packs: Mapping[str, PackRow], names: Mapping[str, str]) -> str:
    """What one person receives: "2 × sachet de 1,5 kg" for whole packs, else the mass.

    The product is named.
    """
    given = ((names.get(one.product_code, one.product_code), one) for one in rations)
    return " + ".join(f"{name} : {in_packs(one.grams, packs.get(one.product_code))}" for name, one in given)


def in_packs(grams: int, pack: PackRow | None) -> str:
    """Whole packs and the mass; the mass alone where packs are scooped or there is a rest."""
    if pack is None or not pack.is_handed_whole or grams % pack.net_grams:
        return show_mass(grams)
    return f"{show_number(grams // pack.net_grams)} × {pack.name} ({show_mass(grams)})"


def mass_text(grams: int) -> str:
    """A mass for a headline: tonnes from one tonne, exact kilograms below."""
    return show_tonnes(grams) if grams >= 1_000_000 else show_mass(grams)


def age_text(months: int) -> str:
    """Age as a worker says it: months for small children, years for others."""
    if months < 0:
        return "–"
    if months < 60:
        return ngettext("%(num)s month", "%(num)s months", months) % {"num": months}
    return ngettext("%(num)s year", "%(num)s years", months // 12) % {"num": months // 12}


def state_badge(state: str, *, is_to_come: bool = False) -> Badge:
    """A session's state."""
    if state == SessionState.CLOSED:
        return Badge("good", gettext(N_("Session closed")))
    if is_to_come:
        return Badge("neutral", gettext(N_("To come")))
    return Badge("info", gettext(N_("In progress")))


_STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.DUE: ("info", N_("To serve")),
    Standing.SERVED: ("good", N_("Served today")),
    Standing.SERVED_BEFORE: ("good", N_("Served earlier in the cycle")),
    Standing.ABSENT: ("warn", N_("Did not come")),
    Standing.NOT_ELIGIBLE: ("neutral", N_("Not eligible")),
}


def standing_badge(standing: Standing) -> Badge:
    """What became of a person on the list."""
    tone, label = _STANDINGS[standing]
    return msgspec.convert({"tone": tone, "label": gettext(label)}, Badge)


def filled(fields: Iterable[Field], reader: FormReader | None, faults: Faults) -> tuple[Field, ...]:
    """The fields as sent, with what is wrong beside them; unchanged when nothing was sent."""
    if reader is None:
        return tuple(fields)
    return tuple(_filled(field, reader, faults) for field in fields)


def _filled(field: Field, reader: FormReader, faults: Faults) -> Field:
    name = f"{field.name}_unit" if field.kind == "quantity" else field.name
    chosen = set(reader.many(name))
    return msgspec.structs.replace(
        field,
        value=field.value if field.kind in {"static", "hidden"} else reader.raw(field.name),
        options=tuple(Option(one.value, one.label, one.value in chosen) for one in field.options),
        error=faults.fields.get(field.name),
    )


def reduced_fields(rations: Iterable[Ration], known: Words) -> tuple[Field, ...]:
    """One field per group and product for a ration smaller than that of the cycle, and one for the reason."""
    return (
        *(
            Field(
                name=reduced_name(ration),
                label=f"{known.group(ration.group_code)} – {known.products[ration.product_code]}",
                kind="decimal",
                unit="kg",
                hint=gettext(N_("Ration of the cycle: {ration}")).format(
                    ration=in_packs(ration.grams, known.packs.get(ration.product_code))
                ),
            )
            for ration in rations
        ),
        Field(
            name="reason",
            label=gettext(N_("Why less than the ration")),
            hint=gettext(N_("For instance: the truck came late, half of the flour was on it.")),
        ),
    )


def reduced_name(ration: Ration) -> str:
    """Name of the field of a reduced ration."""
    return f"reduced-{ration.group_code}-{ration.product_code}"


def read_reduced(reader: FormReader, rations: Iterable[Ration]) -> tuple[Ration, ...]:
    """The rations that were filled in."""
    return tuple(
        Ration(
            group_code=ration.group_code,
            product_code=ration.product_code,
            grams=reader.kg(reduced_name(ration), required=False),
        )
        for ration in rations
        if reader.raw(reduced_name(ration)).strip()
    )
