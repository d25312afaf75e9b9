"""Reasons and changes of a plan in the reader's words."""

from collections.abc import Iterator

import pytest

from supply.i18n import language, set_language
from supply.routing.reasons import change_text, reason_texts

NAMES = {"KAY": "Kayes", "SEV": "Sévaré", "KITA": "Kita", "CSB+": "farine"}


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    before = language()
    set_language("fr")
    yield
    set_language(before)


def test_stores_roads_and_fleets_are_each_told_in_one_line() -> None:
    codes = [
        "fleet:KAY/10t", "closed:KAY:KITA", "stock:KAY:CSB+", "closed:SEV:KITA", "fleet:SEV/5t", "unproven",
    ]  # fmt: skip

    assert reason_texts(codes, NAMES, store_count=2) == (
        "Pas assez de farine à Kayes.",
        "Les routes vers Kita depuis Kayes, Sévaré sont fermées.",
        "Pas assez de véhicules\N{NO-BREAK SPACE}: Kayes · 10t, Sévaré · 5t.",
        (
            "Ce sont les raisons trouvées dans le temps donné\N{NO-BREAK SPACE}; "
            "elles ne sont pas toutes prouvées."
        ),
    )


def test_a_change_that_is_not_proven_the_cheapest_says_so() -> None:
    proven = change_text("stock:KAY:CSB+ +1200 cost +35000", NAMES)
    not_proven = change_text("stock:KAY:CSB+ +1200 cost +35000 at-most", NAMES)

    assert proven.startswith("Apportez")
    assert not_proven == (
        f"{proven} C’est ce qui a été trouvé de mieux dans le temps donné\N{NO-BREAK SPACE}; "
        "il existe peut-être moins cher."
    )
