"""How stock is shown: names in the reader's language, packs beside kilograms, conditions as badges."""

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import packs, places, products
from supply.i18n import N_, gettext, show_mass, show_number, translate
from supply.inventory.expiring import State, state_of
from supply.inventory.papers import End
from supply.inventory.queries import Balance
from supply.inventory.words import (
    CAUSE_NAMES,
    CONDITION_NAMES,
    LOCATION_NAMES,
    Condition,
    LocationKind,
    LossCause,
)
from supply.people.rights import Actor
from supply.units import split
from supply.web.forms import Option
from supply.web.parts import Badge, Tone

TONES: dict[State, Tone] = {"good": "good", "near": "warn", "expired": "bad", "hold": "hold", "unfit": "bad"}
STATE_NAMES: dict[State, str] = {
    "good": N_("Good"),
    "near": N_("Expires soon"),
    "expired": N_("Expired"),
    "hold": N_("On hold"),
    "unfit": N_("Unfit"),
}


class PackSize(msgspec.Struct, frozen=True):
    """A pack as a unit of quantity."""

    code: str
    name: str
    net_grams: int


class PlaceName(msgspec.Struct, frozen=True):
    """A store or site to choose."""

    code: str
    name: str
    is_store: bool


class Names(msgspec.Struct, frozen=True):
    """Products, packs and places in the reader's language, read once for a page."""

    products: dict[str, str]
    packs: dict[str, PackSize]
    product_packs: dict[str, tuple[PackSize, ...]]
    places: dict[str, PlaceName]

    def product(self, code: str) -> str:
        return self.products.get(code, code)

    def place(self, code: str) -> str:
        return self.places[code].name if code in self.places else code

    def in_packs(self, grams: int, pack_code: str) -> str:
        """Whole packs, the largest first, and the loose rest: "404 × carton + 3 × sachet + 0,5 kg"."""
        return ("−" if grams < 0 else "") + self.together([(abs(grams), pack_code)])

    def together(self, amounts: Iterable[tuple[int, str]]) -> str:
        """As `in_packs`, of several lots: what two have loose makes no whole pack."""
        counts: dict[PackSize, int] = {}
        loose = 0
        for grams, pack_code in amounts:
            rest = grams
            for size in self.sizes(pack_code):
                count, rest = split(rest, size.net_grams)
                counts[size] = counts.get(size, 0) + count
            loose += rest
        return packs_and_loose(sorted(counts.items(), key=lambda one: -one[0].net_grams), loose)

    def counted(self, grams: int, pack_code: str) -> str:
        """As `in_packs` where the pack stands in the heading: "404 + 4,5 kg"."""
        count, rest = split(abs(grams), self.packs[pack_code].net_grams)
        parts = [show_number(count)] if count or not rest else []
        parts += [show_mass(rest)] if rest else []
        return ("−" if grams < 0 else "") + " + ".join(parts)

    def sizes(self, pack_code: str) -> tuple[PackSize, ...]:
        """The lot's pack and the smaller packs of its product, the largest first."""
        top = self.packs.get(pack_code)
        if top is None:
            return ()
        siblings = next((sizes for sizes in self.product_packs.values() if top in sizes), (top,))
        fitting = (size for size in siblings if size.net_grams <= top.net_grams)
        return tuple(sorted(fitting, key=lambda size: -size.net_grams))

    def units(self, pack_code: str) -> dict[str, int]:
        """Grams of each unit in which a lot of this pack may be counted, beside kg."""
        return {size.code: size.net_grams for size in self.sizes(pack_code)}

    def stores(self) -> tuple[PlaceName, ...]:
        return tuple(place for place in self.places.values() if place.is_store)

    def sites(self) -> tuple[PlaceName, ...]:
        return tuple(place for place in self.places.values() if not place.is_store)


def packs_and_loose(counts: Iterable[tuple[PackSize, int]], loose: int) -> str:
    """So many of each pack and loose grams, as given: 60 kg written as loose are not two bags more."""
    parts = [f"{show_number(count)} × {size.name}" for size, count in counts if count]
    if loose or not parts:
        parts.append(show_mass(loose))
    return " + ".join(parts)


def names_of(session: Session) -> Names:
    """Names in the reader's language."""
    known = [PackSize(row.code, row.name, row.net_grams) for row in packs(session)]
    of_product: dict[str, list[PackSize]] = {}
    for row, pack in zip(packs(session), known, strict=True):
        of_product.setdefault(row.product_code, []).append(pack)
    return Names(
        products={row.code: row.name for row in products(session)},
        packs={pack.code: pack for pack in known},
        product_packs={code: tuple(sizes) for code, sizes in of_product.items()},
        places={row.code: PlaceName(row.code, row.name, row.kind == "store") for row in places(session)},
    )


def state_badge(balance: Balance, today: dt.date) -> Badge:
    """The state of stock today."""
    state = state_of(balance, today)
    return Badge(TONES[state], gettext(STATE_NAMES[state]))


def condition_badge(condition: str) -> Badge:
    state: State = (
        "good" if condition == Condition.GOOD else "hold" if condition == Condition.HOLD else "unfit"
    )
    return Badge(TONES[state], gettext(STATE_NAMES[state]))


def condition_name(condition: str) -> str:
    return gettext(CONDITION_NAMES[Condition(condition)])


def location_label(kind: str, code: str, name: str | None) -> str:
    """A location as a reader knows it: the place, the supplier, the cause of a loss, the road."""
    if kind == LocationKind.LOSS:
        cause = gettext(CAUSE_NAMES[LossCause(code.partition(":")[2])])
        return translate(N_("Loss: {cause}"), {"cause": cause})
    return name or gettext(LOCATION_NAMES[LocationKind(kind)])


def end_label(end: End) -> str:
    return location_label(end.kind, end.code, end.name)


def own_stores(names: Names, actor: Actor) -> tuple[PlaceName, ...]:
    """Stores that the actor answers for: all of them where no places are named."""
    return tuple(store for store in names.stores() if actor.places is None or store.code in actor.places)


def chosen_store(names: Names, actor: Actor, asked: str | None) -> str | None:
    """The store that a page is about: the one asked for, else the actor's only or first one."""
    if asked is not None and asked in names.places:
        return asked
    own = own_stores(names, actor) or names.stores()
    return own[0].code if own else None


def place_options(
    listed: Iterable[PlaceName], selected: str | None, *, empty: str | None = None
) -> tuple[Option, ...]:
    """Options of a select; `empty` is the label of choosing none."""
    first = () if empty is None else (Option("", empty, not selected),)
    return first + tuple(Option(one.code, one.name, one.code == selected) for one in listed)


def unit_options(sizes: Collection[PackSize], selected: str) -> tuple[Option, ...]:
    """Packs, then kg; the first when none was chosen."""
    chosen = selected or next((size.code for size in sizes), "kg")
    return (
        *(Option(size.code, size.name, size.code == chosen) for size in sizes),
        Option("kg", "kg", chosen == "kg"),
    )


def lot_field(prefix: str, lot_id: UUID, condition: str) -> str:
    """Name of the field for a lot in a condition."""
    return f"{prefix}-{lot_id}-{condition}"
