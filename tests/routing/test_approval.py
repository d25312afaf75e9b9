"""Approving: once only, and only what is still so; then lots are reserved and numbered papers written."""

import datetime as dt
import threading
from uuid import UUID

import pytest

from supply.catalog.models import Vehicle
from supply.db import Database
from supply.errors import Conflict
from supply.ids import new_id
from supply.inventory import queries as inventory
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.entries import LotGrams
from supply.inventory.issue import Issue, issue
from supply.inventory.picking import Wanted
from supply.inventory.reservations import reserved_for
from supply.inventory.words import LossCause
from supply.people.rights import RightMissing
from supply.routing import queries
from supply.routing.approve import ApprovePlan, PlanOutOfDate, approve_plan
from supply.routing.assign import CancelTrip, TripNotPlanned, TripUnknown, cancel_trip
from supply.routing.shelf import StockGone
from supply.routing.snapshot import covered_grams, site_demands
from supply.routing.stop import PlanNotProposed, RejectPlan, reject_plan
from supply.routing.trips import PlanTooLate, TrucksTaken
from tests.routing.ground import approve, ask, planned_trip, propose, put_stock, put_usual_stock, read_trip
from tests.world import NOW, TODAY, World, make_world


def take_from_sikasso(world: World, product: str, grams: int) -> None:
    """Somebody issues stock that the plan counted on."""
    command = Issue(
        id=new_id(),
        store_code="SIKASSO",
        site_code="FAKOLA",
        occurred_on=TODAY,
        wanted=(Wanted(product_code=product, grams=grams),),
        use_on=dt.date(2027, 3, 31),
    )
    with world.database.transaction() as session:
        issue(session, command, actor=world.officer, now=NOW)


def test_a_plan_is_approved_once(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)
    approve(world, plan_id)

    with pytest.raises(PlanNotProposed):
        approve(world, plan_id)

    with database.snapshot() as session:
        assert len(queries.trips(session)) == 1


def test_an_approval_reserves_every_line_and_moves_nothing(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    trip = planned_trip(world)

    with database.snapshot() as session:
        promised = {(one.site_code, one.lot_id): one.grams for one in reserved_for(session, trip.id)}
        held = inventory.on_hand(session, place_codes=("SIKASSO",))
    assert promised == {
        (waybill.site_code, line.lot_id): line.planned_grams
        for waybill in trip.waybills
        for line in waybill.lines
    }
    assert sum(one.grams for one in held) == 4_900_000  # 900 + 3,000 + 1,000 kg, all still there
    assert sum(one.reserved_grams for one in held) == 2_600_000


def test_a_plan_whose_stock_is_gone_is_refused_and_leaves_nothing(database: Database) -> None:
    world = make_world(database)
    lots = put_usual_stock(world)
    plan_id = propose(world)
    command = DeclareLoss(
        id=new_id(),
        place_code="SIKASSO",
        lines=(LotGrams(lot_id=lots["C1"], grams=500_000),),
        cause=LossCause.WATER,
        occurred_on=TODAY,
        reason="toit percé",
    )
    with database.transaction() as session:
        declare_loss(session, command, actor=world.officer, now=NOW)

    with pytest.raises(StockGone) as refused:
        approve(world, plan_id)

    # 1,000 - 500 = 500 kg are left of the 575 kg that the plan takes.
    assert refused.value.facts == {"store": "SIKASSO", "product": "CSB+", "missing": 75_000}
    with database.snapshot() as session:
        assert queries.trips(session) == ()
        plan = queries.plan(session, plan_id)
    assert plan is not None
    assert plan.state == "proposed"


def test_a_need_served_meanwhile_makes_the_plan_out_of_date(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)
    take_from_sikasso(world, "CSB+", 100_000)

    with pytest.raises(PlanOutOfDate) as refused:
        approve(world, plan_id)

    facts = refused.value.facts
    assert (facts["site"], facts["product"], facts["needed"], facts["planned"]) == (
        "Fakola",
        "CSB+",
        100,
        200,
    )


def test_two_plans_of_one_need_cannot_both_be_approved(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    put_stock(world, product="CSB++", lot="P9", expires_on=dt.date(2028, 1, 31), grams=9_000_000)
    first, second = propose(world), propose(world)
    approve(world, first)

    with pytest.raises(PlanOutOfDate):
        approve(world, second)


def test_a_plan_of_yesterday_is_too_late(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)

    with database.transaction() as session, pytest.raises(PlanTooLate):
        approve_plan(session, ApprovePlan(id=plan_id), actor=world.officer, now=NOW + dt.timedelta(days=10))


def test_a_truck_lost_meanwhile_makes_the_plan_impossible(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)
    with database.transaction() as session:
        session.get_one(Vehicle, "AB-1234-MD").is_active = False

    with pytest.raises(TrucksTaken) as refused:
        approve(world, plan_id)

    assert (refused.value.facts["count"], refused.value.facts["needed"]) == (0, 1)


def test_a_rejected_plan_is_closed(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)

    with database.transaction() as session:
        reject_plan(session, RejectPlan(id=plan_id), actor=world.officer, now=NOW)

    with pytest.raises(PlanNotProposed):
        approve(world, plan_id)
    with database.snapshot() as session:
        plan = queries.plan(session, plan_id)
    assert plan is not None
    assert plan.state == "rejected"


def test_only_those_who_approve_plans_do(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)

    for actor in (world.keeper, world.lead, world.auditor):
        with database.transaction() as session, pytest.raises(RightMissing):
            approve_plan(session, ApprovePlan(id=plan_id), actor=actor, now=NOW)


def test_a_waiting_plan_cannot_be_approved(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)

    with pytest.raises(PlanNotProposed):
        approve(world, plan_id)


def test_a_cancelled_trip_frees_its_lots_and_its_need(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with database.transaction() as session:
        cancel_trip(session, CancelTrip(trip_id=trip.id, reason="pont coupé"), actor=world.officer, now=NOW)

    assert read_trip(world, trip.id).state == "cancelled"
    with database.snapshot() as session:
        assert reserved_for(session, trip.id) == ()
        assert sum(one.missing_grams for one in site_demands(session, "C1")) == 2_600_000
    with database.transaction() as session, pytest.raises(TripNotPlanned):
        cancel_trip(session, CancelTrip(trip_id=trip.id, reason="encore"), actor=world.officer, now=NOW)


def test_waybill_numbers_of_a_store_have_no_hole(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first = planned_trip(world)
    with database.transaction() as session:
        cancel_trip(session, CancelTrip(trip_id=first.id, reason="panne"), actor=world.officer, now=NOW)

    second = planned_trip(world)

    assert sorted(one.number for one in (*first.waybills, *second.waybills)) == [
        f"LV-SIKASSO-000{number}" for number in (1, 2, 3, 4)
    ]


def test_an_approval_and_an_issue_never_take_the_same_bags(database: Database) -> None:
    """Eight people issue 100 kg each of the 1,000 kg CSB+ while the plan for 575 kg is approved."""
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)
    refused: list[str] = []
    start = threading.Barrier(9)

    def approve_now() -> None:
        start.wait()
        try:
            approve(world, plan_id)
        except Conflict as error:
            refused.append(error.code)

    def issue_now() -> None:
        command = Issue(
            id=new_id(),
            store_code="SIKASSO",
            site_code="KEBILA",
            occurred_on=TODAY,
            wanted=(Wanted(product_code="CSB+", grams=100_000),),
            use_on=dt.date(2027, 3, 31),
        )
        start.wait()
        try:
            with database.transaction() as session:
                issue(session, command, actor=world.officer, now=NOW)
        except Conflict as error:
            refused.append(error.code)

    threads = [threading.Thread(target=approve_now), *(threading.Thread(target=issue_now) for _ in range(8))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.snapshot() as session:
        held = inventory.on_hand(session, place_codes=("SIKASSO",), product_code="CSB+")
    assert all(one.grams >= one.reserved_grams >= 0 for one in held)
    assert refused  # 575 + 800 kg are more than 1,000: somebody was told no


@pytest.mark.parametrize(
    ("holds", "delivered", "kept", "covers"),
    [
        (500, 0, 0, 500),  # nothing else is open: all of it counts
        (500, 0, 800, 0),  # an earlier cycle needs all of it
        (500, 0, 300, 200),  # and leaves a rest
        (1000, 1000, 1000, 1000),  # what this cycle's trips brought is never the earlier cycle's
        (400, 1000, 300, 400),  # some of it was lost since
        (0, 0, 0, 0),
    ],
)
def test_stock_of_a_site_counts_for_the_earlier_open_cycle_first(
    holds: int, delivered: int, kept: int, covers: int
) -> None:
    assert covered_grams(holds, delivered, kept) == covers


def test_a_trip_of_another_id_is_unknown(database: Database) -> None:
    world = make_world(database)

    with database.transaction() as session, pytest.raises(TripUnknown):
        cancel_trip(session, CancelTrip(trip_id=UUID(int=5), reason="?"), actor=world.officer, now=NOW)
