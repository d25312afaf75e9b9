"""First expired, first out; never expired, never more than asked, every gram accounted for."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from supply.ids import new_id
from supply.inventory.fefo import Candidate, SkipReason, is_expired, pick

DAY = dt.date(2027, 3, 15)


def lot(number: str, days: int, grams: int, received_on: dt.date | None = None) -> Candidate:
    """A lot whose last good day is so many days after the day of use."""
    return Candidate(
        lot_id=new_id(),
        lot_number=number,
        expires_on=DAY + dt.timedelta(days),
        grams=grams,
        received_on=received_on,
    )


def test_a_lot_is_good_on_its_last_day_and_expired_on_the_next() -> None:
    assert not is_expired(DAY, DAY)
    assert is_expired(DAY, DAY + dt.timedelta(1))


def test_the_lot_that_expires_first_goes_first() -> None:
    found = pick([lot("LATE", 90, 500), lot("SOON", 30, 500)], 700, use_on=DAY)

    assert [(one.lot_number, one.grams) for one in found.taken] == [("SOON", 500), ("LATE", 200)]
    assert (found.skipped, found.shortfall) == ((), 0)


def test_a_lot_that_expires_before_the_day_of_use_is_passed_over_and_named() -> None:
    """Good today, expired when it is given to people: Odoo's pull request 117138."""
    found = pick([lot("A", 4, 500), lot("B", 40, 500)], 400, use_on=DAY + dt.timedelta(5))

    assert [one.lot_number for one in found.taken] == ["B"]
    assert [(one.lot_number, one.grams, one.why) for one in found.skipped] == [("A", 500, SkipReason.EXPIRED)]


def test_days_to_keep_are_counted_from_the_day_of_use() -> None:
    lots = [lot("A", 29, 500), lot("B", 30, 500)]

    found = pick(lots, 400, use_on=DAY, keep_days=30)

    assert [one.lot_number for one in found.taken] == ["B"]
    assert [(one.lot_number, one.why) for one in found.skipped] == [("A", SkipReason.TOO_SOON)]


def test_of_two_lots_with_one_expiry_the_older_then_the_smaller_goes_first() -> None:
    march, april = dt.date(2027, 3, 1), dt.date(2027, 4, 1)
    lots = [lot("NEW", 30, 10, april), lot("BIG", 30, 900, march), lot("SMALL", 30, 100, march)]

    found = pick(lots, 1010, use_on=DAY)

    assert [one.lot_number for one in found.taken] == ["SMALL", "BIG", "NEW"]


def test_whole_packs_are_taken_and_the_opened_one_stays() -> None:
    # 60 kg hold two bags of 25 kg and 10 kg loose; 80 kg asked are three bags, and 5 kg cannot be a bag
    found = pick([lot("A", 30, 60_000), lot("B", 60, 50_000)], 80_000, use_on=DAY, pack_grams=25_000)

    assert [(one.lot_number, one.grams) for one in found.taken] == [("A", 50_000), ("B", 25_000)]
    assert [(one.lot_number, one.grams, one.why) for one in found.skipped] == [
        ("A", 10_000, SkipReason.OPENED)
    ]
    assert found.shortfall == 5_000


def test_a_shortfall_is_told_in_grams() -> None:
    assert pick([lot("A", 30, 300)], 1000, use_on=DAY).shortfall == 700


lots = st.lists(
    st.builds(lot, st.text("ABC", min_size=1, max_size=3), st.integers(-40, 400), st.integers(1, 10**7)),
    max_size=12,
)


@given(lots, st.integers(1, 10**8), st.integers(0, 60), st.sampled_from([1, 1500, 25_000]))
def test_what_is_picked_is_exact_good_and_in_order(
    candidates: list[Candidate], grams: int, keep_days: int, pack_grams: int
) -> None:
    found = pick(candidates, grams, use_on=DAY, keep_days=keep_days, pack_grams=pack_grams)

    taken = {one.lot_id: one for one in found.taken}
    assert sum(one.grams for one in found.taken) + found.shortfall == grams
    assert len(taken) == len(found.taken)
    for candidate in candidates:
        one = taken.get(candidate.lot_id)
        assert one is None or 0 < one.grams <= candidate.grams
        assert one is None or one.grams % pack_grams == 0
        assert one is None or not is_expired(candidate.expires_on, DAY + dt.timedelta(keep_days))
    expiries = [one.expires_on for one in found.taken]
    assert expiries == sorted(expiries)


@given(lots, st.integers(1, 10**8))
def test_a_later_lot_is_touched_only_when_earlier_ones_are_empty(
    candidates: list[Candidate], grams: int
) -> None:
    found = pick(candidates, grams, use_on=DAY)

    usable = {one.lot_id: one.grams for one in candidates if not is_expired(one.expires_on, DAY)}
    for one in found.taken[:-1]:
        assert one.grams == usable[one.lot_id]
    if found.shortfall:
        assert sum(one.grams for one in found.taken) == sum(usable.values())
