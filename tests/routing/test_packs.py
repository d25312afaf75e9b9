"""Grams, kilograms and whole packs: nothing is lost or made on the way to the planner and back."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from supply.routing.packs import (
    Capacity,
    LeftBehind,
    Piece,
    Wanted,
    demand_kg,
    in_whole_packs,
    missing_grams,
    stock_kg,
)

POUCH, BAG = 1_500, 25_000


def test_a_site_that_has_a_part_is_brought_whole_packs_for_the_rest() -> None:
    # 375 kg needed, 12.5 kg of an opened bag there, 100 kg on the way: 262.5 kg missing, 11 bags.
    assert missing_grams(375_000, 12_500, 100_000, BAG) == 275_000


def test_a_covered_site_is_brought_nothing() -> None:
    assert missing_grams(375_000, 300_000, 100_000, BAG) == 0


@given(
    packs=st.integers(0, 400),
    has=st.integers(0, 2_000_000),
    coming=st.integers(0, 2_000_000),
    pack=st.sampled_from((POUCH, BAG)),
)
def test_never_more_is_brought_than_the_need(packs: int, has: int, coming: int, pack: int) -> None:
    need = packs * pack

    missing = missing_grams(need, has, coming, pack)

    assert 0 <= missing <= need
    assert missing % pack == 0
    assert missing + has + coming >= need
    assert missing == 0 or missing + has + coming < need + pack  # not a pack too many


def test_kilograms_are_rounded_up_for_room_and_down_for_stock() -> None:
    assert demand_kg(3 * POUCH) == 5  # 4.5 kg
    assert stock_kg((3 * POUCH, 3 * POUCH), POUCH) == 9  # 9 kg exactly
    assert stock_kg((3 * POUCH,), POUCH) == 4  # 4.5 kg
    assert stock_kg((BAG + 12_500,), BAG) == 25  # the opened bag stays


def test_a_split_site_gets_whole_bags_and_all_of_its_need() -> None:
    # 200 bags planned as 2,343 + 2,657 kg: 93 and 106 bags, and the last one where more was cut off.
    pieces = (Piece(1, 1, "S", "A", "CSB+", 2_343), Piece(2, 1, "S", "A", "CSB+", 2_657))

    portions, left = in_whole_packs(
        pieces,
        (Wanted("A", "CSB+", BAG, 5_000_000),),
        capacities={1: Capacity(10_000_000), 2: Capacity(10_000_000)},
        stock={("S", "CSB+"): 5_000_000},
        kg_per_m3={},
    )

    assert [portion.grams for portion in portions] == [2_350_000, 2_650_000]
    assert left == ()


def test_a_pack_that_fits_nowhere_whole_is_left_behind_by_name() -> None:
    pieces = (Piece(1, 1, "S", "A", "CSB+", 1_010), Piece(2, 1, "S", "A", "CSB+", 990))

    portions, left = in_whole_packs(
        pieces,
        (Wanted("A", "CSB+", BAG, 2_000_000),),
        capacities={1: Capacity(1_010_000), 2: Capacity(990_000)},  # both trucks full: 40 and 39 bags
        stock={("S", "CSB+"): 2_000_000},
        kg_per_m3={},
    )

    assert [portion.grams for portion in portions] == [1_000_000, 975_000]
    assert left == (LeftBehind("A", "CSB+", 25_000),)


@st.composite
def plans(draw: st.DrawFn) -> tuple[tuple[Piece, ...], tuple[Wanted, ...]]:
    """Sites that want packs of two products, cut at any kilogram over a few trips."""
    pieces: list[Piece] = []
    wanted: list[Wanted] = []
    for site in draw(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=4, unique=True)):
        for product, pack in (("CSB++", POUCH), ("CSB+", BAG)):
            packs = draw(st.integers(0, 300))
            if not packs:
                continue
            wanted.append(Wanted(site, product, pack, packs * pack))
            left = demand_kg(packs * pack)
            trips = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4, unique=True))
            for trip in trips[:-1]:
                kg = draw(st.integers(0, left))
                left -= kg
                if kg:
                    pieces.append(Piece(trip, ord(site), "S", site, product, kg))
            if left:
                pieces.append(Piece(trips[-1], ord(site), "S", site, product, left))
    return tuple(pieces), tuple(wanted)


@given(plan=plans(), slack_kg=st.integers(0, 60))
def test_whole_packs_keep_load_stock_and_need(
    plan: tuple[tuple[Piece, ...], tuple[Wanted, ...]], slack_kg: int
) -> None:
    pieces, wanted = plan
    planned = Counter[int]()
    taken = Counter[tuple[str, str]]()
    for piece in pieces:
        planned[piece.trip] += piece.kg
        taken[piece.store_code, piece.product_code] += piece.kg
    capacities = {trip: Capacity((kg + slack_kg) * 1000) for trip, kg in planned.items()}
    stock = {key: kg * 1000 for key, kg in taken.items()}

    portions, left = in_whole_packs(pieces, wanted, capacities=capacities, stock=stock, kg_per_m3={})

    got = Counter[tuple[str, str]]()
    loaded = Counter[int]()
    sent = Counter[tuple[str, str]]()
    for portion in portions:
        got[portion.site_code, portion.product_code] += portion.grams
        loaded[portion.trip] += portion.grams
        sent[portion.store_code, portion.product_code] += portion.grams
    for one in left:
        got[one.site_code, one.product_code] += one.grams
    assert got == Counter({(one.site_code, one.product_code): one.grams for one in wanted})
    assert all(grams <= capacities[trip].grams for trip, grams in loaded.items())
    assert all(grams <= stock[key] for key, grams in sent.items())
    pack_of = {one.product_code: one.pack_grams for one in wanted}
    assert all(portion.grams % pack_of[portion.product_code] == 0 for portion in portions)
    for one in left:
        stops = sum((p.site_code, p.product_code) == (one.site_code, one.product_code) for p in pieces)
        assert one.grams < stops * pack_of[one.product_code]
