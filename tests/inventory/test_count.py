"""What lies there wins: the books follow the count, with the reason of each difference."""

import datetime as dt
from uuid import UUID

import pytest

from supply.ids import new_id
from supply.inventory.checks import CountedLater
from supply.inventory.count import (
    Count,
    Counted,
    CountedLot,
    CountedNegative,
    CountedTwice,
    DifferenceNeedsReason,
    FoundLot,
    NothingCounted,
    StockMovedMeanwhile,
    count,
)
from supply.inventory.queries import document
from supply.inventory.words import Condition
from tests.inventory.made import DAY, facts, issued, received, stock
from tests.world import NOW, TODAY, World


def line(lot_id: UUID, counted: int | None, *, seen: int | None = None, reason: str = "") -> CountedLot:
    return CountedLot(
        lot_id=lot_id, condition=Condition.GOOD, counted_grams=counted, book_grams=seen, reason=reason
    )


def counted(
    world: World,
    *lines: CountedLot,
    found: tuple[FoundLot, ...] = (),
    on: dt.date = TODAY,
    now: dt.datetime = NOW,
) -> Counted:
    command = Count(id=new_id(), place_code="SIKASSO", occurred_on=on, lines=lines, found=found)
    with world.database.transaction() as session:
        return count(session, command, actor=world.keeper, now=now)


def test_the_books_say_what_was_counted(world: World) -> None:
    short, over = received(world, "SHORT", 100_000), received(world, "OVER", 100_000)

    paper = counted(
        world, line(short, 97_500, reason="torn bag"), line(over, 101_000, reason="unrecorded return")
    )

    assert {(one.lot_number, one.grams) for one in paper.differences} == {("SHORT", -2500), ("OVER", 1000)}
    # 100 - 2.5 + 100 + 1 = 198.5 kg
    assert stock(world) == 198_500


def test_a_blank_is_not_counted_and_is_not_zero(world: World) -> None:
    lot_id, other = received(world, "A1", 100_000), received(world, "B1", 50_000)

    paper = counted(world, line(lot_id, None), line(other, 50_000))

    assert stock(world) == 150_000
    with world.database.snapshot() as session:
        view = document(session, paper.id)
    assert view is not None
    assert {(row.lot_number, row.book_grams, row.counted_grams) for row in view.counted} == {
        ("A1", 100_000, None),
        ("B1", 50_000, 50_000),
    }


def test_a_count_that_found_every_gram_stands_without_a_movement(world: World) -> None:
    paper = counted(world, line(received(world, "A1", 100_000), 100_000))

    with world.database.snapshot() as session:
        view = document(session, paper.id)
    assert view is not None
    assert (view.number, view.lines) == ("PI-SIKASSO-0001", ())


def test_a_count_to_zero_leaves_exactly_nothing(world: World) -> None:
    lot_id = received(world, "A1", 33_333)

    counted(world, line(lot_id, 0, reason="nothing there"))

    assert stock(world) == 0


def test_a_lot_that_the_sheet_did_not_list_is_added(world: World) -> None:
    found = FoundLot(
        lot=facts("FOUND", TODAY + 50 * DAY),
        condition=Condition.HOLD,
        counted_grams=25_000,
        reason="behind the door",
    )

    counted(world, found=(found,))

    assert stock(world, condition=Condition.HOLD) == 25_000


def test_each_difference_needs_its_reason(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    with pytest.raises(DifferenceNeedsReason) as refusal:
        counted(world, line(lot_id, 99_000))

    assert refusal.value.facts["lots"] == ["A1"]


def test_stock_that_moved_since_the_review_is_said(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    issued(world, 25_000)

    with pytest.raises(StockMovedMeanwhile) as refusal:
        counted(world, line(lot_id, 100_000, seen=100_000, reason="none"))
    counted(world, line(lot_id, 75_000, seen=75_000))

    assert refusal.value.facts["lots"] == ["A1"]


def test_sheets_that_cannot_be_are_refused(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    with pytest.raises(NothingCounted):
        counted(world, line(lot_id, None))
    with pytest.raises(CountedNegative):
        counted(world, line(lot_id, -1, reason="x"))
    with pytest.raises(CountedTwice):
        counted(world, line(lot_id, 1, reason="x"), line(lot_id, 2, reason="x"))


def test_nothing_is_recorded_before_a_later_count(world: World) -> None:
    """The count found what was there after it: an older paper typed now would make it wrong."""
    lot_id = received(world, "A1", 100_000)
    paper = counted(world, line(lot_id, 100_000), on=TODAY - DAY)

    with pytest.raises(CountedLater) as refusal:
        issued(world, 25_000, on=TODAY - 2 * DAY)
    issued(world, 25_000, on=TODAY - DAY, now=NOW + dt.timedelta(minutes=1))

    assert refusal.value.facts["documents"] == [paper.number]
    assert refusal.value.facts["lots"] == ["A1"]


def test_a_count_of_an_earlier_day_compares_with_that_days_books(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    issued(world, 25_000)

    paper = counted(world, line(lot_id, 90_000, reason="theft in the night"), on=TODAY - DAY)

    # on the day before: 100 in the books, 90 counted; today 90 - 25 = 65
    assert [one.grams for one in paper.differences] == [-10_000]
    assert stock(world, on=TODAY - DAY) == 90_000
    assert stock(world) == 65_000
