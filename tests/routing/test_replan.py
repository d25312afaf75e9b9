"""An announced plan is changed: what has left stays, what can stay stays as it is, the rest is made anew."""

import datetime as dt
from uuid import UUID

import pytest
from sqlalchemy import update

from supply.audit.verify import verify
from supply.catalog.models import Vehicle
from supply.db import Database
from supply.inventory.reservations import reserved_for
from supply.programme.models import Census
from supply.routing import queries
from supply.routing.ask import PlanIdTaken
from supply.routing.assign import CancelTrip, cancel_trip
from supply.routing.follow import NothingToChange, TripMovedOn
from supply.routing.following import Following, sort_trips
from supply.routing.planner.check import check
from supply.routing.planner.difference import Fate, difference
from supply.routing.planner.plan import Plan
from supply.routing.rows import TripRow
from supply.routing.runs import solve_now
from supply.routing.snapshot import site_demands
from tests.routing.ground import (
    PLATE,
    add_truck,
    approve,
    ask,
    assign,
    propose,
    put_stock,
    read_trip,
    send,
)
from tests.world import NOW, World, make_world

OTHERS = ("AB-0002-MD", "AB-0003-MD")
WORTH = 25_000


def announced(world: World) -> list[TripRow]:
    """Ten times the usual need from Sikasso: 26 t, three lorries of 10 t on the first day."""
    for plate in OTHERS:
        add_truck(world, plate)
    with world.database.transaction() as session:
        session.execute(update(Census).values(people=Census.people * 10))
    put_stock(world, product="CSB++", lot="P1", expires_on=dt.date(2028, 1, 31), grams=30_000_000)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2027, 9, 30), grams=10_000_000)
    trips = [read_trip(world, trip_id) for trip_id in approve(world, propose(world)).trip_ids]
    assert len(trips) == 3
    return trips


def leave(world: World, trip: TripRow, plate: str = PLATE) -> TripRow:
    assign(world, trip.id, plate)
    with world.database.transaction() as session:
        send(session, read_trip(world, trip.id), world.keeper)
    return read_trip(world, trip.id)


def break_truck(world: World, plate: str) -> None:
    with world.database.transaction() as session:
        session.get_one(Vehicle, plate).is_active = False


def replanned(world: World, change_cost: int = WORTH, **changes: object) -> UUID:
    plan_id = ask(world, change_cost=change_cost, seconds=2, **changes)
    assert solve_now(world.database, plan_id, now=lambda: NOW) == "proposed"
    return plan_id


def stored(world: World, plan_id: UUID) -> tuple[Plan, Following]:
    with world.database.snapshot() as session:
        found = queries.stored_plan(session, plan_id)
    assert found is not None
    assert found.plan is not None
    assert found.following is not None
    assert check(found.problem, found.plan) == []
    return found.plan, found.following


def missing_grams(world: World) -> int:
    with world.database.snapshot() as session:
        return sum(one.missing_grams for one in site_demands(session, "C1"))


def is_balanced(world: World) -> bool:
    with world.database.snapshot() as session:
        return verify(session, now=NOW).is_right


def promised(world: World, trip_id: UUID) -> dict[tuple[str, UUID], int]:
    with world.database.snapshot() as session:
        return {(one.site_code, one.lot_id): one.grams for one in reserved_for(session, trip_id)}


def test_after_a_broken_truck_only_what_must_is_changed(database: Database) -> None:
    world = make_world(database)
    gone, *waiting = announced(world)
    gone = leave(world, gone)
    before = {trip.id: promised(world, trip.id) for trip in waiting}
    break_truck(world, OTHERS[0])

    plan_id = replanned(world)
    plan, following = stored(world, plan_id)
    made = approve(world, plan_id)

    # One lorry is away, one is broken, one is left for two trips of the first day.
    assert {one.id for one in following.trips} == {trip.id for trip in waiting}
    assert (following.away_count, following.least_changed) == (1, 1)
    after = {trip.id: read_trip(world, trip.id) for trip in waiting}
    (kept,) = (trip for trip in after.values() if trip.state == "planned")
    (replaced,) = (trip for trip in after.values() if trip.state == "cancelled")
    assert kept in waiting  # the same trip, waybills, numbers, lots
    assert promised(world, kept.id) == before[kept.id]
    assert promised(world, replaced.id) == {}
    assert replaced.cancel_reason == "Remplacée par un nouveau plan."
    (new_id_,) = made.trip_ids
    new = read_trip(world, new_id_)
    assert (new.grams, new.begins_on > replaced.begins_on) == (replaced.grams, True)
    assert new.number > max(trip.number for trip in (gone, *waiting))
    assert read_trip(world, gone.id) == gone
    assert missing_grams(world) == 0
    assert is_balanced(world)
    assert len(plan.trips) == 2


def test_a_new_plan_may_keep_everything(database: Database) -> None:
    world = make_world(database)
    trips = announced(world)

    plan_id = replanned(world)
    made = approve(world, plan_id)

    assert made.trip_ids == ()
    assert [read_trip(world, trip.id) for trip in trips] == trips
    with database.snapshot() as session:
        row = queries.plan(session, plan_id)
    assert row is not None
    assert row.state == "approved"
    assert is_balanced(world)


def test_more_people_are_brought_more_without_touching_the_rest(database: Database) -> None:
    world = make_world(database)
    trips = announced(world)
    with database.transaction() as session:
        fakola = Census.site_code == "FAKOLA"
        session.execute(update(Census).where(fakola).values(people=Census.people * 2))

    plan, following = stored(world, plan_id := replanned(world, change_cost=10**6))
    made = approve(world, plan_id)

    assert {read_trip(world, trip.id).state for trip in trips} == {"planned"}
    assert len(made.trip_ids) == len(plan.trips) - len(following.trips)
    assert missing_grams(world) == 0
    assert is_balanced(world)


def test_a_trip_whose_lot_became_too_old_is_made_of_other_lots(database: Database) -> None:
    world = make_world(database)
    trips = announced(world)
    put_stock(world, product="CSB+", lot="C2", expires_on=dt.date(2027, 12, 31), grams=10_000_000)
    c1 = next(
        line.lot_id
        for trip in trips
        for bill in trip.waybills
        for line in bill.lines
        if line.lot_number == "C1"
    )

    # 31 March + 200 days is 17 October; C1 is good until 30 September.
    _, following = stored(world, plan_id := replanned(world, keep_days=200))
    made = approve(world, plan_id)

    with_c1 = {trip.id for trip in trips if c1 in lots_of(trip)}
    assert {one.id for one in following.trips if not one.may_stay} == with_c1
    assert {trip.id for trip in trips if read_trip(world, trip.id).state == "cancelled"} >= with_c1
    assert all(c1 not in lots_of(read_trip(world, trip_id)) for trip_id in made.trip_ids)
    assert missing_grams(world) == 0
    assert is_balanced(world)


def lots_of(trip: TripRow) -> set[UUID]:
    return {line.lot_id for waybill in trip.waybills for line in waybill.lines}


def test_a_trip_that_left_meanwhile_makes_the_plan_out_of_date(database: Database) -> None:
    world = make_world(database)
    first, second, _ = announced(world)
    break_truck(world, OTHERS[0])
    plan_id = replanned(world)
    leave(world, first)

    with pytest.raises(TripMovedOn) as refused:
        approve(world, plan_id)

    assert refused.value.facts["trip"] == first.label
    assert read_trip(world, second.id) == second
    assert is_balanced(world)


def test_a_trip_cancelled_meanwhile_makes_the_plan_out_of_date(database: Database) -> None:
    world = make_world(database)
    first, *_ = announced(world)
    plan_id = replanned(world)
    with database.transaction() as session:
        cancel_trip(session, CancelTrip(trip_id=first.id, reason="pont coupé"), actor=world.officer, now=NOW)

    with pytest.raises(TripMovedOn):
        approve(world, plan_id)


def test_two_new_plans_of_one_announced_plan_cannot_both_be_approved(database: Database) -> None:
    world = make_world(database)
    announced(world)
    break_truck(world, OTHERS[0])
    first, second = replanned(world), replanned(world)
    approve(world, first)

    with pytest.raises(TripMovedOn):
        approve(world, second)

    assert missing_grams(world) == 0
    assert is_balanced(world)


def test_a_broken_truck_is_taken_off_the_trip_that_stays(database: Database) -> None:
    world = make_world(database)
    trips = announced(world)
    for trip, plate in zip(trips, (PLATE, *OTHERS), strict=True):
        assign(world, trip.id, plate)
    add_truck(world, "AB-0004-MD")
    break_truck(world, PLATE)

    made = approve(world, replanned(world))

    after = [read_trip(world, trip.id) for trip in trips]
    assert made.trip_ids == ()
    assert [trip.plate for trip in after] == [None, *OTHERS]
    assert [trip.driver for trip in after] == ["", "Seydou Koné", "Seydou Koné"]


def test_a_new_plan_can_itself_be_changed(database: Database) -> None:
    world = make_world(database)
    announced(world)
    break_truck(world, OTHERS[0])
    approve(world, replanned(world))
    break_truck(world, OTHERS[1])

    approve(world, replanned(world, last_on=dt.date(2027, 3, 26)))

    with database.snapshot() as session:
        live = queries.trips(session, cycle_code="C1", states=("planned",))
    assert len({trip.begins_on for trip in live}) == len(live) == 3  # one lorry, one trip at a time
    assert len({trip.label for trip in live}) == 3
    assert missing_grams(world) == 0
    assert is_balanced(world)


def test_the_difference_of_a_stored_plan_adds_up(database: Database) -> None:
    world = make_world(database)
    announced(world)
    break_truck(world, OTHERS[0])

    plan_id = replanned(world)

    plan, following = stored(world, plan_id)
    with database.snapshot() as session:
        found = queries.stored_plan(session, plan_id)
    assert found is not None
    old = following.old_plan(found.problem)
    gap = difference(old, plan)
    assert old.cost + sum(line.cost_change for line in gap.lines) == plan.cost
    assert gap.changed_count >= (following.least_changed or 0)
    parts = sort_trips(found.problem, plan, following)
    assert len(parts.kept) == gap.count(Fate.KEPT)


def test_only_a_cycle_with_announced_trips_is_planned_anew(database: Database) -> None:
    world = make_world(database)
    put_stock(world, product="CSB++", lot="P1", expires_on=dt.date(2028, 1, 31), grams=3_000_000)

    with pytest.raises(NothingToChange):
        ask(world, change_cost=WORTH)


def test_asking_again_with_another_weight_is_another_question(database: Database) -> None:
    world = make_world(database)
    announced(world)
    plan_id = ask(world, change_cost=WORTH)

    assert ask(world, id=plan_id, change_cost=WORTH) == plan_id
    with pytest.raises(PlanIdTaken):
        ask(world, id=plan_id, change_cost=1)
    with pytest.raises(PlanIdTaken):
        ask(world, id=plan_id)


def test_asking_leaves_the_announced_trips_as_they_were(database: Database) -> None:
    world = make_world(database)
    trips = announced(world)
    before = [promised(world, trip.id) for trip in trips]

    ask(world, change_cost=0)

    assert [read_trip(world, trip.id) for trip in trips] == trips
    assert [promised(world, trip.id) for trip in trips] == before
