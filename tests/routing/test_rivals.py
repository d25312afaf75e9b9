"""Several plans of one cycle: they are told apart and compared; once one is approved the others are over."""

from uuid import UUID

import pytest

from supply.db import Database
from supply.ids import new_id
from supply.routing import queries
from supply.routing.approve import ApprovePlan, PlanOutOfDate, approve_plan
from supply.routing.assign import CancelTrip, cancel_trip
from supply.routing.models import DeliveryPlan
from tests.routing.ground import LATER, approve, propose, put_usual_stock
from tests.world import NOW, World, browse, make_world


def two_proposed(world: World) -> tuple[UUID, UUID]:
    """The first asked for at eight, the other an hour later."""
    first, second = propose(world), propose(world, seconds=2)
    with world.database.transaction() as session:
        session.get_one(DeliveryPlan, second).asked_at = NOW.replace(hour=9)
    return first, second


def approve_later(world: World, plan_id: UUID) -> UUID:
    with world.database.transaction() as session:
        made = approve_plan(session, ApprovePlan(id=plan_id), actor=world.officer, now=NOW.replace(hour=10))
    return made.trip_ids[0]


def test_a_plan_waits_no_more_once_another_of_its_cycle_is_approved(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first, second = two_proposed(world)

    trip_id = approve_later(world, first)

    with database.snapshot() as session:
        over = queries.plan(session, second)
    assert over is not None
    assert (over.state, over.approved_since_id, over.waits_for_decision) == ("proposed", first, False)
    with database.transaction() as session:
        cancel = CancelTrip(trip_id=trip_id, reason="annulé")
        cancel_trip(session, cancel, actor=world.officer, now=LATER)
    with database.snapshot() as session:
        again = queries.plan(session, second)
    assert again is not None
    assert again.waits_for_decision  # what the approved plan would have brought is missing again


def test_a_plan_asked_for_after_the_approval_waits_for_its_decision(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first, second = two_proposed(world)
    with database.transaction() as session:
        session.get_one(DeliveryPlan, second).asked_at = NOW.replace(hour=11)

    approve_later(world, first)

    with database.snapshot() as session:
        row = queries.plan(session, second)
    assert row is not None
    assert row.waits_for_decision


def test_pages_offer_no_approval_of_a_plan_that_is_over_and_lead_on(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first, second = two_proposed(world)
    approve_later(world, first)

    with browse(database, now=LATER) as client:
        client.log_in("officer")
        home = client.get("/").text
        listed = client.get("/routing/").text
        shown = client.get(f"/routing/plans/{second}").text
        approved = client.get(f"/routing/plans/{first}").text
        refused = client.send_form(f"/routing/plans/{second}/approve")

    assert "attend" not in home.partition("Un plan pour")[2][:80]
    assert "attend votre décision" not in listed
    assert "un autre plan du cycle est approuvé" in listed
    assert "Approuver le plan" not in shown
    assert "Rejeter" in shown
    assert "Un autre plan de ce cycle a été approuvé depuis" in shown
    assert f'href="/routing/plans/{first}"' in shown
    assert "sans objet" in approved
    assert "proposé" not in approved.partition("Plans de ce cycle")[2]
    assert refused.status_code == 409
    assert f'href="/routing/plans/{first}"' in refused.text
    assert 'href="/routing/needs?cycle=C1"' in refused.text


def test_the_refusal_itself_stays(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first, second = two_proposed(world)
    approve_later(world, first)

    with pytest.raises(PlanOutOfDate):
        approve(world, second)


def test_two_plans_of_a_cycle_are_told_apart_and_compared(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first, second = two_proposed(world)

    with browse(database) as client:
        client.log_in("officer")
        home = client.get("/").text
        listed = client.get("/routing/").text
        shown = client.get(f"/routing/plans/{second}").text
        beside = client.get(f"/routing/plans/{second}/beside/{first}")
        unknown = client.get(f"/routing/plans/{second}/beside/{new_id()}")

    assert f'href="/routing/plans/{second}"' in home  # the newest, not the page of needs
    assert "Cycle 1, 15 mars 2027, 08:00" in listed
    assert "Cycle 1, 15 mars 2027, 09:00" in listed
    assert f'href="/routing/plans/{second}/beside/{first}"' in shown
    assert "1 tournée figure dans les deux plans" in beside.text
    assert unknown.status_code == 404


def test_a_plan_alone_in_its_cycle_has_nothing_to_compare_with(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)

    with browse(database) as client:
        client.log_in("officer")
        shown = client.get(f"/routing/plans/{plan_id}").text

    assert "Plans de ce cycle" not in shown
