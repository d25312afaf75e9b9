"""A wrong paper is undone by another, once, and never under what came to rely on it."""

import datetime as dt
from uuid import UUID

import pytest

from supply.ids import new_id
from supply.inventory.checks import CountedLater, PeriodClosed
from supply.inventory.close_period import ClosedFurther, ClosePeriod, DayNotOver, PeriodOver, close_period
from supply.inventory.count import Count, CountedLot, count
from supply.inventory.entries import Entry, Line, Posted
from supply.inventory.ledger import (
    AlreadyReversed,
    BeforeTheDocument,
    BlockedByLaterDocuments,
    DocumentUnknown,
    IsAReversal,
    post,
)
from supply.inventory.locations import BENEFICIARIES
from supply.inventory.picking import NotEnoughToUse
from supply.inventory.queries import document, stock_card
from supply.inventory.reasons import ReasonMissing
from supply.inventory.reverse import CorrectedElsewhere, Reverse, reverse
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, RightMissing
from tests.inventory.made import DAY, issued, received, stock
from tests.world import NOW, TODAY, World


def undo(
    world: World,
    document_id: UUID,
    *,
    on: dt.date = TODAY,
    actor: Actor | None = None,
    reason: str = "typed twice",
    now: dt.datetime = NOW,
) -> Posted:
    command = Reverse(id=new_id(), document_id=document_id, occurred_on=on, reason=reason)
    with world.database.transaction() as session:
        return reverse(session, command, actor=actor or world.officer, now=now)


def receipt_of(world: World, lot_id: UUID) -> UUID:
    with world.database.snapshot() as session:
        card = stock_card(session, "SIKASSO", lot_id)
    assert card is not None
    return card.rows[0].document_id


def close(world: World, day: dt.date) -> PeriodOver:
    with world.database.transaction() as session:
        return close_period(session, ClosePeriod(closed_on=day), actor=world.officer, now=NOW)


def test_a_reversal_undoes_the_paper_and_both_name_each_other(world: World) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 30_000)

    reversal = undo(world, paper.id)

    assert (stock(world), stock(world, "KEBILA")) == (100_000, 0)
    with world.database.snapshot() as session:
        old, new = document(session, paper.id), document(session, reversal.id)
    assert old is not None
    assert new is not None
    assert old.reversed_by_number == new.number == "AN-SIKASSO-0001"
    assert new.reverses_number == old.number == "BS-SIKASSO-0001"


def test_a_reversal_of_the_papers_own_day_cleans_old_balances_too(world: World) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 30_000, on=TODAY - 3 * DAY)

    undo(world, paper.id, on=TODAY - 3 * DAY)

    assert stock(world, on=TODAY - 2 * DAY) == 100_000


def test_a_paper_is_reversed_once_and_a_reversal_never(world: World) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 30_000)
    reversal = undo(world, paper.id)

    with pytest.raises(AlreadyReversed) as refusal:
        undo(world, paper.id)
    with pytest.raises(IsAReversal):
        undo(world, reversal.id)
    with pytest.raises(DocumentUnknown):
        undo(world, new_id())

    assert refusal.value.facts["reversal"] == "AN-SIKASSO-0001"


def test_a_receipt_whose_grams_went_on_names_the_papers_in_the_way(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    paper = issued(world, 30_000)

    with pytest.raises(BlockedByLaterDocuments) as refusal:
        undo(world, receipt_of(world, lot_id))

    facts = refusal.value.facts
    # 100 - 30 - 100 = -30
    assert (facts["lot"], facts["place"], facts["balance"]) == ("A1", "Sikasso", -30_000)
    assert facts["documents"] == (paper.number,)


def test_a_paper_under_a_later_count_is_not_reversed(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    paper = issued(world, 30_000)
    line = CountedLot(lot_id=lot_id, condition=Condition.GOOD, counted_grams=70_000)
    sheet = Count(id=new_id(), place_code="SIKASSO", occurred_on=TODAY, lines=(line,))
    later = NOW + dt.timedelta(minutes=5)
    with world.database.transaction() as session:
        counted = count(session, sheet, actor=world.officer, now=later)

    with pytest.raises(CountedLater) as refusal:
        undo(world, paper.id, now=later)
    undo(world, counted.id, now=later)
    undo(world, paper.id, now=later)

    assert refusal.value.facts["documents"] == [counted.number]
    assert stock(world) == 100_000


def test_reversals_need_the_right_a_reason_and_a_day_that_is_not_before_the_paper(world: World) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 30_000)

    with pytest.raises(RightMissing):
        undo(world, paper.id, actor=world.keeper)
    with pytest.raises(ReasonMissing):
        undo(world, paper.id, reason=" ")
    with pytest.raises(BeforeTheDocument):
        undo(world, paper.id, on=TODAY - DAY)


def test_a_paper_of_a_distribution_is_corrected_in_its_own_room(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    entry = Entry(
        id=new_id(),
        kind=DocumentKind.DISTRIBUTION,
        place_code="SIKASSO",
        occurred_on=TODAY,
        lines=(Line(lot_id=lot_id, grams=1000, source="SIKASSO", target=BENEFICIARIES),),
    )
    with world.database.transaction() as session:
        posted = post(session, entry, entry, actor=world.officer, now=NOW)

    with pytest.raises(CorrectedElsewhere) as refusal:
        undo(world, posted.id)

    assert refusal.value.facts["document"] == "DI-SIKASSO-0001"


def test_a_closed_day_takes_no_paper_and_keeps_its_balances(world: World) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 30_000, on=TODAY - 5 * DAY)

    closed = close(world, TODAY - 3 * DAY)

    # two accounts hold something (store, site) and the supplier's is minus what it delivered
    assert (closed.accounts_count, closed.is_repeat) == (3, False)
    assert close(world, TODAY - 3 * DAY).is_repeat
    with pytest.raises(PeriodClosed) as refusal:
        issued(world, 1000, on=TODAY - 3 * DAY)
    with pytest.raises(PeriodClosed):
        undo(world, paper.id, on=TODAY - 5 * DAY)
    issued(world, 10_000, on=TODAY - 2 * DAY)
    undo(world, paper.id)

    assert refusal.value.facts["closed_on"] == TODAY - 3 * DAY
    assert [stock(world, on=TODAY - days * DAY) for days in (6, 5, 3, 2, 0)] == [
        100_000, 70_000, 70_000, 60_000, 90_000,
    ]  # fmt: skip


def test_only_days_that_have_passed_are_closed_and_only_forwards(world: World) -> None:
    close(world, TODAY - 3 * DAY)

    with pytest.raises(DayNotOver):
        close(world, TODAY)
    with pytest.raises(ClosedFurther) as refusal:
        close(world, TODAY - 4 * DAY)
    with pytest.raises(RightMissing), world.database.transaction() as session:
        close_period(session, ClosePeriod(closed_on=TODAY - DAY), actor=world.keeper, now=NOW)

    assert refusal.value.facts["last"] == TODAY - 3 * DAY


def test_what_moved_on_the_closed_day_itself_counts_once(world: World) -> None:
    """It is in the checkpoint already: an edge by one day would take it twice."""
    received(world, "A1", 60_000, on=TODAY - 3 * DAY)
    received(world, "A1", 40_000, on=TODAY - 4 * DAY)
    issued(world, 30_000, on=TODAY - 3 * DAY)
    close(world, TODAY - 3 * DAY)

    # 60 + 40 - 30 = 70 kg are left, to the gram
    with pytest.raises(NotEnoughToUse) as refusal:
        issued(world, 70_001)
    issued(world, 70_000, on=TODAY - 2 * DAY)

    assert refusal.value.facts["found"] == 70_000
    assert stock(world) == 0
