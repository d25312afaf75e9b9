"""Lots for the deliveries of one store together: as much as possible, the first to expire first."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from supply.routing.planner.lots import Assignment, LotPacks, Taking, Want, assign_lots

few = st.integers(0, 3)
lot_lists = st.lists(st.tuples(st.integers(0, 4), few), max_size=3).map(
    lambda rows: [LotPacks(day(until), packs) for until, packs in sorted(rows)]
)
want_lists = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=3).map(
    lambda rows: [Want(day(until), packs) for until, packs in rows]
)


def day(number: int) -> dt.date:
    return dt.date(2027, 3, 1) + dt.timedelta(days=number)


def test_the_lot_that_lasts_is_kept_for_the_late_site() -> None:
    """Picked trip by trip, the early site might take the lot that the late one needs."""
    lots = [LotPacks(day(10), 40), LotPacks(day(30), 40)]

    assigned = assign_lots(lots, [Want(day(20), 40), Want(day(5), 40)])

    assert assigned == Assignment((Taking(1, 0, 40), Taking(0, 1, 40)), (0, 0))


def test_what_no_lot_is_good_for_is_missing_at_the_late_site_only() -> None:
    lots = [LotPacks(day(10), 40), LotPacks(day(30), 25)]

    assigned = assign_lots(lots, [Want(day(5), 40), Want(day(20), 40)])

    # 40 packs of the first lot serve the early site; of the 40 for the late one 25 are good long enough.
    assert assigned == Assignment((Taking(0, 0, 40), Taking(1, 1, 25)), (0, 15))


def test_the_first_to_expire_is_used_up_before_another_is_opened() -> None:
    lots = [LotPacks(day(10), 30), LotPacks(day(20), 30), LotPacks(day(30), 30)]

    assigned = assign_lots(lots, [Want(day(5), 20), Want(day(5), 20)])

    assert assigned.takings == (Taking(0, 0, 20), Taking(0, 1, 10), Taking(1, 1, 10))


def test_lots_that_expire_alike_are_used_in_the_order_given() -> None:
    assigned = assign_lots([LotPacks(day(9), 5), LotPacks(day(9), 5)], [Want(day(1), 5)])

    assert assigned.takings == (Taking(0, 0, 5),)


@settings(max_examples=150, deadline=None)
@given(lot_lists, want_lists)
def test_no_other_choice_leaves_less_missing_or_uses_more_of_the_first_lots(
    lots: list[LotPacks], wants: list[Want]
) -> None:
    assigned = assign_lots(lots, wants)

    used = [sum(one.packs for one in assigned.takings if one.lot == lot) for lot in range(len(lots))]
    assert (sum(assigned.missing), *(-packs for packs in used)) == _best(lots, wants)
    for j, want in enumerate(wants):
        got = [one for one in assigned.takings if one.want == j]
        assert sum(one.packs for one in got) + assigned.missing[j] == want.packs
        assert all(lots[one.lot].good_until >= want.needs_until for one in got)


def _best(lots: list[LotPacks], wants: list[Want]) -> tuple[int, ...]:
    """Least missing, then most of each lot in turn, by trying every way."""
    cells = [
        (i, j)
        for j, want in enumerate(wants)
        for i, lot in enumerate(lots)
        if lot.good_until >= want.needs_until
    ]

    def tried(at: int, left: tuple[int, ...], needed: tuple[int, ...]) -> tuple[int, ...]:
        if at == len(cells):
            used = (lot.packs - rest for lot, rest in zip(lots, left, strict=True))
            return (sum(needed), *(-packs for packs in used))
        i, j = cells[at]
        return min(
            tried(at + 1, _less(left, i, packs), _less(needed, j, packs))
            for packs in range(min(left[i], needed[j]) + 1)
        )

    return tried(0, tuple(lot.packs for lot in lots), tuple(want.packs for want in wants))


def _less(amounts: tuple[int, ...], index: int, packs: int) -> tuple[int, ...]:
    return (*amounts[:index], amounts[index] - packs, *amounts[index + 1 :])
