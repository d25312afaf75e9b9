"""Needs: people times ration, rounded up once, unknown where somebody was not counted."""

from hypothesis import given
from hypothesis import strategies as st

from supply.programme.needs import needed

groups = st.sampled_from(["A", "B", "C", "D"])
people = st.dictionaries(groups, st.integers(0, 100_000))
rations = st.dictionaries(groups, st.integers(1, 50_000), min_size=1)
packs = st.integers(1, 50_000)


def test_need_is_rounded_up_to_the_bag_once_over_all_groups() -> None:
    """(359 + 838) women × 6.25 kg = 7 481.25 kg = 299.25 bags, so 300 bags = 7 500 kg; rounding 18.75 kg.

    Rounded per group it would be 90 + 210 bags, here the same; the next test shows the difference.
    """
    found = needed({"PREGNANT": 359, "BREASTFEEDING": 838}, {"PREGNANT": 6250, "BREASTFEEDING": 6250}, 25_000)

    assert found.people == 1197
    assert found.exact_grams == 7_481_250
    assert found.rounded_grams == 7_500_000
    assert found.rounding_grams == 18_750


def test_rounding_of_several_groups_does_not_pile_up() -> None:
    """Three groups of one woman: 3 × 6.25 kg = 18.75 kg is one bag, not three."""
    found = needed({"A": 1, "B": 1, "C": 1}, {"A": 6250, "B": 6250, "C": 6250}, 25_000)

    assert found.rounded_grams == 25_000


def test_group_that_was_never_counted_makes_the_need_unknown() -> None:
    found = needed({"A": 100}, {"A": 4500, "B": 4500}, 1500)

    assert (found.people, found.exact_grams, found.rounded_grams, found.rounding_grams) == (
        None,
        None,
        None,
        None,
    )
    assert found.missing_groups == ("B",)


def test_group_counted_as_nobody_needs_nothing() -> None:
    found = needed({"A": 0}, {"A": 4500}, 1500)

    assert (found.people, found.exact_grams, found.rounded_grams) == (0, 0, 0)


def test_people_of_other_groups_do_not_count() -> None:
    assert needed({"A": 10, "B": 99}, {"A": 1000}, 1000).people == 10


@given(people, rations, packs)
def test_need_is_unknown_exactly_when_a_group_with_a_ration_was_not_counted(
    counted: dict[str, int], grams: dict[str, int], pack: int
) -> None:
    found = needed(counted, grams, pack)

    assert set(found.missing_groups) == grams.keys() - counted.keys()
    assert (found.exact_grams is None) == bool(found.missing_groups)
    assert (found.rounded_grams is None) == bool(found.missing_groups)


@given(rations, packs, st.data())
def test_rounding_is_less_than_a_pack_and_never_takes_away(
    grams: dict[str, int], pack: int, data: st.DataObject
) -> None:
    counted = {group: data.draw(st.integers(0, 100_000)) for group in grams}

    found = needed(counted, grams, pack)

    assert found.exact_grams is not None
    assert found.rounded_grams is not None
    assert found.rounding_grams is not None
    assert found.exact_grams == sum(counted[group] * grams[group] for group in grams)
    assert 0 <= found.rounding_grams < pack
    assert found.rounded_grams % pack == 0
    assert found.rounded_grams - found.exact_grams == found.rounding_grams


@given(rations, packs, st.data())
def test_one_more_person_never_needs_less(grams: dict[str, int], pack: int, data: st.DataObject) -> None:
    counted = {group: data.draw(st.integers(0, 1000)) for group in grams}
    group = data.draw(st.sampled_from(sorted(grams)))

    before = needed(counted, grams, pack)
    after = needed({**counted, group: counted[group] + 1}, grams, pack)

    assert after.rounded_grams is not None
    assert before.rounded_grams is not None
    assert after.rounded_grams >= before.rounded_grams
