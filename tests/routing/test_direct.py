"""A trip by hand is held to the rules of a plan by the same checker."""

import datetime as dt

import pytest

from supply.catalog.models import Closure
from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.routing import queries
from supply.routing.ask import NoTruck, PlanIdTaken, PlanInThePast
from supply.routing.direct import (
    DeliveryTwice,
    DirectDelivery,
    DispatchDirectly,
    DispatchedDirectly,
    NotWholePacks,
    ProductWithoutPack,
    SiteCannotBeFed,
    TripBreaksRules,
    dispatch_directly,
)
from tests.routing.ground import put_usual_stock, read_trip
from tests.world import NOW, TODAY, World, make_world


def bring(site: str, product: str, grams: int) -> DirectDelivery:
    return DirectDelivery(site_code=site, product_code=product, grams=grams)


def by_hand(world: World, *deliveries: DirectDelivery, **changes: object) -> DispatchedDirectly:
    facts: dict[str, object] = {
        "id": new_id(),
        "cycle_code": "C1",
        "store_code": "SIKASSO",
        "vehicle_type_code": "10T",
        "begins_on": TODAY,
        "deliveries": deliveries,
    }
    command = DispatchDirectly(**(facts | changes))  # type: ignore[arg-type]  # tests give the right types
    with world.database.transaction() as session:
        return dispatch_directly(session, command, actor=world.officer, now=NOW)


def test_a_trip_by_hand_reserves_and_has_its_papers(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    made = by_hand(world, bring("KEBILA", "CSB+", 50_000), bring("FAKOLA", "CSB++", 4_500))

    trip = read_trip(world, made.trip_id)
    assert [(one.number, one.site_code, one.planned_grams) for one in trip.waybills] == [
        ("LV-SIKASSO-0001", "KEBILA", 50_000),
        ("LV-SIKASSO-0002", "FAKOLA", 4_500),  # 3 pouches, exact to the gram
    ]
    assert trip.cost == made.cost > 40_000  # the truck alone
    with database.snapshot() as session:
        plan = queries.plan(session, made.id)
        assert queries.stored_plan(session, made.id) is not None
    assert plan is not None
    assert (plan.state, plan.is_by_hand) == ("approved", True)


@pytest.mark.parametrize(
    ("deliveries", "changes", "error"),
    [
        ((bring("KEBILA", "CSB+", 12_500),), {}, NotWholePacks),
        ((bring("KEBILA", "CSB+", 25_000), bring("KEBILA", "CSB+", 25_000)), {}, DeliveryTwice),
        ((bring("KEBILA", "SOAP", 25_000),), {}, ProductWithoutPack),
        ((bring("NOWHERE", "CSB+", 25_000),), {}, SiteCannotBeFed),
        ((bring("KEBILA", "CSB+", 25_000),), {"vehicle_type_code": "99T"}, NoTruck),
        ((bring("KEBILA", "CSB+", 25_000),), {"begins_on": dt.date(2027, 3, 14)}, PlanInThePast),
    ],
)
def test_an_impossible_trip_is_refused_by_name(
    database: Database,
    deliveries: tuple[DirectDelivery, ...],
    changes: dict[str, object],
    error: type[SupplyError],
) -> None:
    world = make_world(database)
    put_usual_stock(world)

    with pytest.raises(error):
        by_hand(world, *deliveries, **changes)

    with database.snapshot() as session:
        assert queries.plans(session) == ()


def test_the_checker_names_the_rules_that_a_trip_breaks(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    with pytest.raises(TripBreaksRules) as refused:
        by_hand(world, bring("KEBILA", "CSB+", 2_000_000), bring("FAKOLA", "CSB++", 9_000_000))

    # 11 t on a truck of 10 t; 1,000 kg of CSB+ and 3,900 of CSB++ are in the store.
    assert set(refused.value.facts["codes"]) >= {"over-capacity-kg", "over-stock"}  # type: ignore[call-overload]


def test_a_closed_site_is_not_reached_by_hand_either(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    with database.transaction() as session:
        session.add(
            Closure(
                id=new_id(),
                place_code="KEBILA",
                starts_on=dt.date(2027, 3, 1),
                ends_on=dt.date(2027, 3, 31),
                reason="crue",
            )
        )

    with pytest.raises(SiteCannotBeFed) as refused:
        by_hand(world, bring("KEBILA", "CSB+", 25_000))

    assert "crue" in refused.value.message()


def test_one_form_makes_one_trip(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    form_id = new_id()
    first = by_hand(world, bring("KEBILA", "CSB+", 25_000), id=form_id)

    again = by_hand(world, bring("KEBILA", "CSB+", 25_000), id=form_id)

    assert (again.trip_id, again.is_repeat) == (first.trip_id, True)
    with pytest.raises(PlanIdTaken):
        by_hand(world, bring("KEBILA", "CSB+", 50_000), id=form_id)
