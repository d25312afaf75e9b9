"""Several people at once: nobody takes what is gone, and every winner is in the books exactly once."""

import threading
from collections.abc import Callable
from uuid import UUID

from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory.adjust import (
    Adjust,
    AdjustedLine,
    AlreadyInBooks,
    InitialLine,
    RecordInitialStock,
    adjust,
    record_initial_stock,
)
from supply.inventory.locations import AccountKey, find_accounts
from supply.inventory.picking import NotEnoughToUse
from supply.inventory.reservations import NotFree, reserve
from supply.inventory.reverse import Reverse, reverse
from tests.inventory.made import DAY, facts, issued, received, stock
from tests.world import NOW, TODAY, World

THREADS = 8


def all_at_once(one: Callable[[int], object]) -> list[object]:
    """What each of eight threads got, answers or refusals."""
    got: list[object] = []
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        start.wait()
        try:
            got.append(one(number))
        except SupplyError as refusal:
            got.append(refusal)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_of_eight_who_take_at_once_only_as_many_win_as_there_is_stock_for(world: World) -> None:
    received(world, "A1", 120_000)

    got = all_at_once(lambda _: issued(world, 25_000))

    # 120 kg hold four issues of 25 kg; the other four are told so
    losers = [one for one in got if isinstance(one, SupplyError)]
    assert len(losers) == 4
    assert all(isinstance(one, NotEnoughToUse) for one in losers), losers
    assert (stock(world), stock(world, "KEBILA")) == (20_000, 100_000)


def test_one_paper_sent_eight_times_at_once_is_recorded_once(world: World) -> None:
    received(world, "A1", 120_000)
    document_id = new_id()

    got = all_at_once(lambda _: issued(world, 25_000, document_id=document_id))

    assert {getattr(one, "number", one) for one in got} == {"BS-SIKASSO-0001"}
    assert sum(not getattr(one, "is_repeat", True) for one in got) == 1
    assert stock(world) == 95_000


def test_documents_of_a_place_are_numbered_without_gap_or_double(world: World) -> None:
    received(world, "A1", 1_000_000)

    got = all_at_once(lambda _: issued(world, 1000))

    assert sorted(getattr(one, "number", str(one)) for one in got) == [
        f"BS-SIKASSO-{number:04d}" for number in range(1, THREADS + 1)
    ]


def test_a_new_lot_that_comes_to_two_stores_at_once_is_one_lot(world: World) -> None:
    got = all_at_once(
        lambda number: received(world, "NEW", 1000, store_code=("SIKASSO", "BAMAKO")[number % 2])
    )

    assert len(set(got)) == 1
    assert (stock(world), stock(world, "BAMAKO")) == (4000, 4000)


def test_promises_never_exceed_the_stock(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    def promise(_: int) -> UUID:
        with world.database.transaction() as session:
            return reserve(
                session,
                trip_id=new_id(),
                site_code="KEBILA",
                place_code="SIKASSO",
                lot_id=lot_id,
                grams=30_000,
                now=NOW,
            )

    got = all_at_once(promise)

    assert sum(isinstance(one, UUID) for one in got) == 3
    assert all(isinstance(one, UUID | NotFree) for one in got)


def test_of_eight_who_reverse_one_paper_one_wins(world: World) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 30_000)

    def undo(_: int) -> object:
        command = Reverse(id=new_id(), document_id=paper.id, occurred_on=TODAY, reason="wrong")
        with world.database.transaction() as session:
            return reverse(session, command, actor=world.officer, now=NOW)

    got = all_at_once(undo)

    assert sorted(getattr(one, "code", "won") for one in got) == ["already-reversed"] * 7 + ["won"]
    assert stock(world) == 100_000


def test_writers_at_both_ends_of_a_transfer_do_not_block_each_other_for_ever(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    def shift(number: int) -> object:
        command = Adjust(
            id=new_id(),
            place_code=("SIKASSO", "BAMAKO")[number % 2],
            occurred_on=TODAY,
            lines=(AdjustedLine(lot_id=lot_id, difference=1000),),
            reason="found",
        )
        with world.database.transaction() as session:
            return adjust(session, command, actor=world.officer, now=NOW)

    got = all_at_once(shift)

    assert not [one for one in got if isinstance(one, SupplyError)]
    with world.database.snapshot() as session:
        keys = [AccountKey(place, lot_id, "good") for place in ("SIKASSO", "BAMAKO")]
        assert len(find_accounts(session, keys)) == 2
    assert stock(world) + stock(world, "BAMAKO") == 108_000


def test_a_lot_that_was_there_before_the_books_is_taken_into_them_once(world: World) -> None:
    def found(_: int) -> object:
        command = RecordInitialStock(
            id=new_id(),
            place_code="SIKASSO",
            occurred_on=TODAY,
            lines=(InitialLine(lot=facts("OLD", TODAY + 30 * DAY), grams=50_000),),
        )
        with world.database.transaction() as session:
            return record_initial_stock(session, command, actor=world.officer, now=NOW)

    got = all_at_once(found)

    # Eight papers, each with its own id, for one heap: one is right, seven are told to count it instead.
    assert sum(isinstance(one, AlreadyInBooks) for one in got) == THREADS - 1, got
    assert stock(world) == 50_000
