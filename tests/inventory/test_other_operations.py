"""Losses, conditions, returns, differences and the first stock."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

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
from supply.inventory.change_condition import ChangeCondition, change_condition
from supply.inventory.checks import NotEnough, NothingMoves, QuantityNotPositive
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.entries import LotGrams
from supply.inventory.expiry import LotExpired
from supply.inventory.queries import on_hand, whereabouts
from supply.inventory.reasons import ReasonMissing
from supply.inventory.reservations import release, reserve, reserved_for, use
from supply.inventory.return_to_store import ReturnedLine, ReturnToStore, return_to_store
from supply.inventory.words import Condition, LossCause
from supply.people.rights import Actor, RightMissing
from tests.inventory.made import DAY, facts, good, issued, received, stock
from tests.world import NOW, TODAY, World


def carry_out(world: World, operation: Callable[..., Any], command: Any, actor: Actor | None = None) -> Any:
    with world.database.transaction() as session:
        return operation(session, command, actor=actor or world.keeper, now=NOW)


def a_change(
    lot_id: UUID, grams: int, now: Condition, to: Condition, reason: str = "tested"
) -> ChangeCondition:
    return ChangeCondition(
        id=new_id(),
        place_code="SIKASSO",
        occurred_on=TODAY,
        lines=(LotGrams(lot_id=lot_id, grams=grams, condition=now),),
        to=to,
        reason=reason,
    )


def test_a_loss_is_counted_by_its_cause_in_the_condition_it_had(world: World) -> None:
    lot_id = received(world, "A1", 100_000, condition=Condition.UNFIT)
    command = DeclareLoss(
        id=new_id(),
        place_code="SIKASSO",
        occurred_on=TODAY,
        lines=(LotGrams(lot_id=lot_id, grams=40_000, condition=Condition.UNFIT),),
        cause=LossCause.WATER,
        reason="roof leaked on 3 March",
    )

    carry_out(world, declare_loss, command)

    with world.database.snapshot() as session:
        places = {(row.location_code, row.condition): row.grams for row in whereabouts(session, lot_id)}
    assert places["loss:water", "unfit"] == 40_000
    assert stock(world) == 60_000


def test_a_loss_without_a_reason_or_beyond_the_stock_is_refused(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    command = DeclareLoss(
        id=new_id(),
        place_code="SIKASSO",
        occurred_on=TODAY,
        lines=(good(lot_id, 100_001),),
        cause=LossCause.THEFT,
        reason="",
    )

    with pytest.raises(ReasonMissing):
        carry_out(world, declare_loss, command)
    with pytest.raises(NotEnough):
        carry_out(world, declare_loss, DeclareLoss(**(_values(command) | {"reason": "door forced"})))


def _values(command: Any) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}


def test_the_keeper_may_hold_stock_back_and_only_quality_may_release_it(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    carry_out(world, change_condition, a_change(lot_id, 30_000, Condition.GOOD, Condition.HOLD))
    release_it = a_change(lot_id, 10_000, Condition.HOLD, Condition.GOOD)
    with pytest.raises(RightMissing):
        carry_out(world, change_condition, release_it)
    carry_out(world, change_condition, release_it, world.officer)

    assert stock(world, condition=Condition.HOLD) == 20_000
    assert stock(world, condition=Condition.GOOD) == 80_000


def test_an_expired_lot_is_not_released(world: World) -> None:
    lot_id = received(world, "OLD", 100_000, condition=Condition.HOLD, expires_on=TODAY - DAY)

    with pytest.raises(LotExpired):
        carry_out(world, change_condition, a_change(lot_id, 1, Condition.HOLD, Condition.GOOD), world.officer)


def test_a_change_to_the_same_condition_or_without_a_reason_is_refused(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    with pytest.raises(NothingMoves):
        carry_out(world, change_condition, a_change(lot_id, 1, Condition.HOLD, Condition.HOLD))
    with pytest.raises(ReasonMissing):
        carry_out(world, change_condition, a_change(lot_id, 1, Condition.GOOD, Condition.HOLD, " "))


def test_left_over_comes_back_in_the_state_the_store_finds_it(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    issued(world, 60_000)
    command = ReturnToStore(
        id=new_id(),
        site_code="KEBILA",
        store_code="SIKASSO",
        occurred_on=TODAY,
        lines=(
            ReturnedLine(lot_id=lot_id, grams=20_000),
            ReturnedLine(lot_id=lot_id, grams=5_000, arrives_as=Condition.UNFIT),
        ),
    )

    carry_out(world, return_to_store, command, world.lead)

    assert stock(world, "KEBILA") == 35_000
    assert (stock(world, condition=Condition.GOOD), stock(world, condition=Condition.UNFIT)) == (
        60_000,
        5_000,
    )
    with pytest.raises(RightMissing):
        carry_out(
            world, return_to_store, ReturnToStore(**(_values(command) | {"id": new_id()})), world.auditor
        )


def test_differences_have_a_sign_and_a_reason(world: World) -> None:
    lot_id = received(world, "A1", 100_000)

    def differ(grams: int, reason: str = "weighed again") -> None:
        command = Adjust(
            id=new_id(),
            place_code="SIKASSO",
            occurred_on=TODAY,
            lines=(AdjustedLine(lot_id=lot_id, difference=grams),),
            reason=reason,
        )
        carry_out(world, adjust, command)

    differ(-1500)
    differ(500)
    with pytest.raises(QuantityNotPositive):
        differ(0)
    with pytest.raises(ReasonMissing):
        differ(1, "")

    # 100 - 1.5 + 0.5 = 99 kg
    assert stock(world) == 99_000


def test_the_first_stock_is_taken_in_once_per_lot(world: World) -> None:
    def begin() -> None:
        command = RecordInitialStock(
            id=new_id(),
            place_code="SIKASSO",
            occurred_on=TODAY,
            lines=(InitialLine(lot=facts("A0", TODAY + 30 * DAY), grams=75_000),),
        )
        carry_out(world, record_initial_stock, command)

    begin()
    with pytest.raises(AlreadyInBooks) as refusal:
        begin()

    assert refusal.value.facts == {"lot": "A0", "place": "Sikasso"}
    assert stock(world, condition=Condition.GOOD) == 75_000


def test_a_promise_lives_until_it_is_used_or_given_back(world: World) -> None:
    lot_id = received(world, "A1", 100_000)
    first, second = new_id(), new_id()

    def promised() -> int:
        with world.database.snapshot() as session:
            return sum(row.reserved_grams for row in on_hand(session, place_codes=["SIKASSO"]))

    with world.database.transaction() as session:
        for trip in (first, second):
            reserve(
                session,
                trip_id=trip,
                site_code="KEBILA",
                place_code="SIKASSO",
                lot_id=lot_id,
                grams=30_000,
                now=NOW,
            )
    assert promised() == 60_000
    with world.database.transaction() as session:
        release(session, first)
        assert [(row.lot_number, row.grams) for row in reserved_for(session, second)] == [("A1", 30_000)]
        assert reserved_for(session, first) == ()
    assert promised() == 30_000
    with world.database.transaction() as session:
        use(session, second)
    assert promised() == 0
