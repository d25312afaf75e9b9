"""Suspicions of the same person twice; twins are none."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.distribution.duplicates import Known, possible_duplicates

BORN = dt.date(2025, 5, 1)


def known(code: str, name: str, **other: str) -> Known:
    return Known(
        person_code=code,
        name=name,
        household_code=other.get("household", "H1"),
        site_code=other.get("site", "KEBILA"),
        sex=other.get("sex", "female"),
        born_on=BORN,
    )


@pytest.mark.parametrize(
    ("one", "other", "are_suspect"),
    [
        (known("A", "Awa Traoré"), known("B", "Awa Traoré"), True),
        (known("A", "awa  TRAORÉ"), known("B", "Awa Traore\N{COMBINING ACUTE ACCENT}"), True),
        (known("A", "Awa Traoré"), known("B", "Awa Traoré", household="H2"), True),  # same site
        (known("A", "Awa Traoré"), known("B", "Awa Traoré", household="H2", site="FAKOLA"), False),
        (known("A", "Awa Traoré"), known("B", "Adama Traoré"), False),  # twins: another first name
        (known("A", "Awa Traoré"), known("B", "Awa Traoré", sex="male"), False),
        (known("A", "Awa Traoré"), known("B", "Awa Traore"), False),  # not transliterated
    ],
)
def test_same_name_birth_date_and_sex_in_one_household_or_site(
    one: Known, other: Known, are_suspect: bool
) -> None:
    found = possible_duplicates((one, other))

    assert found == ((("A", "B"),) if are_suspect else ())


@given(st.permutations([known("A", "Awa"), known("B", "awa"), known("C", "AWA"), known("D", "Adama")]))
def test_pairs_do_not_depend_on_the_order_of_the_register(persons: list[Known]) -> None:
    assert possible_duplicates(persons) == (("A", "B"), ("A", "C"), ("B", "C"))
