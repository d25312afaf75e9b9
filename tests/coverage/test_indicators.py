"""The indicators: parts add up to wholes, nothing is clipped, none is not nought."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.coverage.indicators import (
    Adherence,
    Cell,
    Share,
    Source,
    add_up,
    adherence,
    by,
    is_adherent,
    recall,
)

PEOPLE = st.integers(0, 5_000)
GRAMS = st.integers(0, 10_000_000)
CELLS = st.lists(
    st.builds(
        Cell,
        site_code=st.sampled_from(["S1", "S2", "S3", "S4"]),
        commune_pcode=st.just("ML01"),
        group_code=st.sampled_from(["C6-23", "C24-59", "PREG"]),
        targeted=PEOPLE,
        eligible=st.none() | PEOPLE,
        listed=PEOPLE,
        tallied=PEOPLE,
        given_grams=GRAMS,
        due_grams=GRAMS,
        planned_grams=GRAMS,
        is_reported=st.booleans(),
    ),
    max_size=12,
)


@given(cells=CELLS)
def test_groups_and_sites_add_up_to_the_same_whole(cells: list[Cell]) -> None:
    total = add_up(cells)

    for key in (lambda cell: cell.group_code, lambda cell: cell.site_code):
        figures = by(key, cells).values()
        for name in ("targeted", "listed", "tallied", "given_grams", "due_grams", "planned_grams"):
            assert sum(getattr(one, name) for one in figures) == getattr(total, name)
        assert sum(one.eligible or 0 for one in figures) == (total.eligible or 0)
    assert sum(one.site_count for one in by(lambda cell: cell.site_code, cells).values()) == total.site_count


@given(cells=CELLS)
def test_a_figure_never_hides_its_parts(cells: list[Cell]) -> None:
    total = add_up(cells)

    assert (total.reached is None) == (total.reported_count == 0)
    if total.coverage is not None:
        assert total.coverage == Share(total.listed + total.tallied, total.targeted)
    assert 0 <= total.missing_count <= total.site_count


def test_a_commune_where_no_site_reported_has_no_figure_rather_than_nought() -> None:
    figures = add_up([Cell(site_code="S1", commune_pcode="ML01", group_code="C6-23", targeted=100)])

    assert (figures.reached, figures.coverage, figures.source) == (None, None, Source.NONE)
    assert figures.missing_count == 1


def test_more_reached_than_targeted_is_shown_as_it_is() -> None:
    figures = add_up(
        [
            Cell(
                site_code="S1",
                commune_pcode="ML01",
                group_code="C",
                targeted=100,
                listed=120,
                is_reported=True,
            )
        ]
    )

    assert figures.coverage == Share(120, 100)
    assert figures.coverage is not None
    assert figures.coverage.is_above_whole


def test_attendance_counts_the_list_only_and_a_tally_is_told_apart() -> None:
    cells = [
        Cell(
            site_code="S1",
            commune_pcode="ML01",
            group_code="C",
            targeted=100,
            eligible=80,
            listed=60,
            is_reported=True,
        ),
        Cell(site_code="S2", commune_pcode="ML01", group_code="C", targeted=50, tallied=40, is_reported=True),
    ]

    figures = add_up(cells)

    assert figures.attendance == Share(60, 80)
    assert figures.coverage == Share(100, 150)
    assert figures.tally_share == Share(40, 100)
    assert figures.source is Source.MIXED


@pytest.mark.parametrize(
    ("planned", "received", "expected"),
    [(3, 2, True), (3, 1, False), (4, 3, True), (5, 3, False), (6, 4, True), (1, 1, True), (50, 33, True)],
)
def test_two_of_three_is_adherent_and_three_of_five_is_not(
    planned: int, received: int, expected: bool
) -> None:
    assert is_adherent(planned, received) is expected


def test_adherence_by_hand() -> None:
    # 10 came 3 of 3, 5 came 2 of 3, 4 came 1 of 3, 6 entered late and came 1 of 1, 2 were never eligible.
    found = adherence({(3, 3): 10, (3, 2): 5, (3, 1): 4, (1, 1): 6, (0, 0): 2}, cycle_count=3)

    assert found == Adherence(adherent=21, people=25, short_people=6, cycle_count=3)
    assert not found.is_short


def test_fewer_than_three_distributions_need_a_note_and_nobody_has_no_share() -> None:
    assert adherence({(2, 2): 5}, cycle_count=2).is_short
    assert adherence({}, cycle_count=3).share is None


def test_the_recall_is_at_most_the_last_six() -> None:
    assert recall(("1", "2", "3", "4", "5", "6", "7", "8")) == ("3", "4", "5", "6", "7", "8")
