"""Masses and money: exact, and refused when they cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.errors import Invalid
from supply.units import (
    MAX_GRAMS,
    AbsurdQuantity,
    FractionOfAGram,
    NegativeCount,
    NegativeQuantity,
    NotACount,
    NotAQuantity,
    amount_for,
    parse_count,
    parse_kg,
    round_up_to_pack,
    split,
    to_francs,
)


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("1250", 1_250_000),
        ("1 250", 1_250_000),
        ("1\N{NO-BREAK SPACE}250,5", 1_250_500),
        ("4,5", 4500),
        ("4.5", 4500),
        ("0,001", 1),
        ("0", 0),
        ("4,5000", 4500),  # zeros behind the gram say nothing
    ],
)
def test_kilograms_are_read_to_the_gram(text: str, grams: int) -> None:
    assert parse_kg(text) == grams


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotAQuantity),
        ("douze", NotAQuantity),
        ("1,2,3", NotAQuantity),
        ("٣", NotAQuantity),  # a digit to Python, not on a Malian phone's keys
        ("1e3", NotAQuantity),
        ("-5", NegativeQuantity),
        ("\N{MINUS SIGN}5", NegativeQuantity),
        ("0,0001", FractionOfAGram),
        ("99999999999", AbsurdQuantity),
    ],
)
def test_what_is_no_mass_is_refused_by_name(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        parse_kg(text)


def test_packs_are_whole() -> None:
    assert parse_count("1 200") == 1200


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotACount),
        ("dix", NotACount),
        ("1,5", NotACount),
        ("12345678901234", NotACount),
        ("-3", NegativeCount),
        ("\N{MINUS SIGN}3", NegativeCount),
    ],
)
def test_a_count_is_never_asked_for_in_kilograms(text: str, refusal: type[Invalid]) -> None:
    """A keeper who obeyed "write kilograms such as 1250" in a field of bags would record 1250 bags."""
    with pytest.raises(refusal) as refused:
        parse_count(text)

    assert "kilogram" not in refused.value.title
    assert "moved" not in refused.value.title


@given(st.integers(0, MAX_GRAMS), st.integers(1, 50_000_000))
def test_packs_and_rest_are_the_whole(grams: int, pack: int) -> None:
    packs, rest = split(grams, pack)

    assert packs * pack + rest == grams
    assert 0 <= rest < pack


@given(st.integers(0, MAX_GRAMS), st.integers(1, 50_000_000))
def test_rounding_up_adds_less_than_one_pack(grams: int, pack: int) -> None:
    rounded = round_up_to_pack(grams, pack)

    assert rounded % pack == 0
    assert 0 <= rounded - grams < pack


def test_a_line_is_priced_once_rounded_half_up() -> None:
    # 2.5 t at 61,999 cents = 154,997.5 -> 154,998
    assert amount_for(2_500_000, 61_999) == 154_998


def test_dollars_become_francs_at_the_rate_of_the_order() -> None:
    # 620.00 US$ at 590.25 F = 365,955 F
    assert to_francs(62_000, 590_250_000, 100) == 365_955
    assert to_francs(365_955, 1_000_000, 1) == 365_955


@given(st.integers(0, MAX_GRAMS))
def test_every_mass_shown_is_read_back_the_same(grams: int) -> None:
    from supply.i18n import reading_in, show_mass  # noqa: PLC0415 - the pair belongs to this test only

    for language in ("fr", "en"):
        with reading_in(language):
            shown = show_mass(grams).removesuffix("\N{NO-BREAK SPACE}kg")
        plain = shown.replace(",", "") if language == "en" else shown
        assert parse_kg(plain) == grams
