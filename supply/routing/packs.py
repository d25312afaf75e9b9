"""Whole packs: what is missing at a site, in kilograms for the planner, and its plan back in packs.

The ledger counts grams and a truck carries whole packs, but the planner cuts a delivery at any kilogram.
These are the only places where a delivery is rounded; each says which way.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from supply.units import Grams, round_up_to_pack, split


class Piece(msgspec.Struct, frozen=True):
    """Kilograms of a product that a plan brings to a site at one stop; trips and stops count from 1."""

    trip: int
    stop: int
    store_code: str
    site_code: str
    product_code: str
    kg: int


class Wanted(msgspec.Struct, frozen=True):
    """Grams of a product to bring to a site: a whole number of packs."""

    site_code: str
    product_code: str
    pack_grams: int
    grams: int
    is_whole: bool = False
    """All of it is served, though the pieces may be a kilogram short of it by rounding."""


class Capacity(msgspec.Struct, frozen=True):
    """What one vehicle holds; litres None when its volume is not known."""

    grams: int
    litres: int | None = None


class Portion(msgspec.Struct, frozen=True):
    """A piece in whole packs."""

    trip: int
    stop: int
    store_code: str
    site_code: str
    product_code: str
    grams: int


class LeftBehind(msgspec.Struct, frozen=True):
    """Packs that the plan serves in kilograms but that fit whole into none of its trips."""

    site_code: str
    product_code: str
    grams: int


def missing_grams(need: int, has: int, under_way: int, pack_grams: int) -> Grams:
    """Whole packs still to bring, rounded up; never more than a need that is itself in whole packs."""
    return round_up_to_pack(max(0, need - has - under_way), pack_grams)


def demand_kg(grams: int) -> int:
    """Kilograms that the planner must carry, rounded up: a pouch of 1.5 kg needs room for 2 kg."""
    return -(-grams // 1000)


def stock_kg(lot_grams: Iterable[int], pack_grams: int, uncounted_grams: int = 0) -> int:
    """Kilograms that a store can send: whole packs of each lot only, then rounded down."""
    return (sum(usable_grams(grams, pack_grams) for grams in lot_grams) - uncounted_grams) // 1000


def usable_grams(grams: int, pack_grams: int) -> int:
    """Whole packs of a lot; an opened bag stays in the store."""
    return split(grams, pack_grams)[0] * pack_grams


def in_whole_packs(
    pieces: Iterable[Piece],
    wanted: Iterable[Wanted],
    *,
    capacities: Mapping[int, Capacity],
    stock: Mapping[tuple[str, str], int],
    kg_per_m3: Mapping[str, int | None],
) -> tuple[tuple[Portion, ...], tuple[LeftBehind, ...]]:
    """The plan's pieces in whole packs, and what is left behind.

    Each piece is first rounded down, so that no truck and no store gives more than the plan said; the packs
    that this leaves go to the stop that lost most, if its truck and its store (`stock`: usable grams by
    store and product) have room. What has room nowhere is left behind: fewer packs than the stops of that
    site.
    """
    by_want: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_want[piece.site_code, piece.product_code].append(piece)
    hold = _Hold(capacities, stock, kg_per_m3)
    portions: dict[Piece, int] = {}
    short: list[tuple[Wanted, int]] = []
    for want in wanted:
        here = by_want.get((want.site_code, want.product_code), [])
        served = want.grams // want.pack_grams
        if not want.is_whole:
            served = min(served, _packs_of(sum(piece.kg for piece in here), want))
        for piece in here:
            packs = min(served, _packs_of(piece.kg, want))
            portions[piece] = packs * want.pack_grams
            hold.load(piece, portions[piece])
            served -= packs
        if served:
            short.append((want, served))
    left = [
        _top_up(want, packs, by_want[want.site_code, want.product_code], portions, hold)
        for want, packs in short
    ]
    return (
        tuple(
            Portion(piece.trip, piece.stop, piece.store_code, piece.site_code, piece.product_code, grams)
            for piece, grams in portions.items()
            if grams
        ),
        tuple(one for one in left if one.grams),
    )


def _packs_of(kg: int, want: Wanted) -> int:
    return kg * 1000 // want.pack_grams


class _Hold:
    """What is loaded so far on each trip and taken from each store."""

    def __init__(
        self,
        capacities: Mapping[int, Capacity],
        stock: Mapping[tuple[str, str], int],
        kg_per_m3: Mapping[str, int | None],
    ) -> None:
        self.capacities = capacities
        self.stock = stock
        self.kg_per_m3 = kg_per_m3
        self.grams: Counter[int] = Counter()
        self.litres: dict[int, Fraction] = defaultdict(Fraction)
        self.taken: Counter[tuple[str, str]] = Counter()

    def load(self, piece: Piece, grams: int) -> None:
        self.grams[piece.trip] += grams
        self.litres[piece.trip] += self._litres(piece, grams)
        self.taken[piece.store_code, piece.product_code] += grams

    def has_room(self, piece: Piece, grams: int) -> bool:
        capacity = self.capacities[piece.trip]
        key = (piece.store_code, piece.product_code)
        return (
            self.grams[piece.trip] + grams <= capacity.grams
            and self.taken[key] + grams <= self.stock.get(key, 0)
            and (
                capacity.litres is None
                or self.litres[piece.trip] + self._litres(piece, grams) <= capacity.litres
            )
        )

    def _litres(self, piece: Piece, grams: int) -> Fraction:
        density = self.kg_per_m3.get(piece.product_code)
        return Fraction(grams, density) if density else Fraction(0)


def _top_up(
    want: Wanted, packs: int, pieces: list[Piece], portions: dict[Piece, int], hold: _Hold
) -> LeftBehind:
    for piece in sorted(pieces, key=lambda one: (portions[one] - one.kg * 1000, one.trip, one.stop)):
        while packs and hold.has_room(piece, want.pack_grams):
            portions[piece] += want.pack_grams
            hold.load(piece, want.pack_grams)
            packs -= 1
    return LeftBehind(want.site_code, want.product_code, packs * want.pack_grams)
