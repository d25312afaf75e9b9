"""Lots of a plan: good on the distribution day of each site, with the life that must be left."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from supply.db import Database
from supply.errors import SupplyError
from supply.routing import queries
from supply.routing.depart import Loaded, LotLifeTooShort
from supply.routing.expiry import countable_grams
from supply.routing.models import DistributionDay
from supply.routing.planner.lots import LotPacks, Want, assign_lots
from supply.routing.set_days import (
    DistributionDayOutside,
    SetDistributionDays,
    SiteDay,
    SiteUnknown,
    set_distribution_days,
)
from supply.routing.shelf import LotsTooOld
from supply.routing.snapshot import CycleUnknown, take_snapshot
from tests.routing.ground import FIRST_ON, LAST_ON, approve, assign, propose, put_stock, read_trip, send
from tests.world import NOW, TODAY, World, browse, make_world

shelves = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=3)
sites = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=1, max_size=3)
OLD_UNTIL = dt.date(2027, 3, 25)
# Between the distribution day of Fakola, the 22nd, and the last day of the cycle, the 31st.


def day(number: int) -> dt.date:
    return dt.date(2027, 3, 1) + dt.timedelta(days=number)


def fakola_distributes_first(world: World) -> None:
    with world.database.transaction() as session:
        session.add(DistributionDay(cycle_code="C1", site_code="FAKOLA", use_on=dt.date(2027, 3, 22)))


def put_old_and_new(world: World, *, new_grams: int) -> None:
    """CSB++ at Sikasso: 450 kg good until the 25th, which Fakola alone can use, and a lot that lasts."""
    put_stock(world, product="CSB++", lot="OLD", expires_on=OLD_UNTIL, grams=450_000)
    put_stock(world, product="CSB++", lot="NEW", expires_on=dt.date(2028, 1, 31), grams=new_grams)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2027, 9, 30), grams=1_000_000)


def lots_by_site(world: World, product: str) -> dict[str, list[tuple[str, int]]]:
    with world.database.snapshot() as session:
        trips = queries.trips(session)
    return {
        waybill.site_code: [
            (line.lot_number, line.planned_grams) for line in waybill.lines if line.product_code == product
        ]
        for trip in trips
        for waybill in trip.waybills
    }


def test_an_old_lot_goes_to_the_site_that_distributes_first(database: Database) -> None:
    """Kébila needs 1,350 kg and Fakola 675 kg; the truck comes to Kébila first."""
    world = make_world(database)
    fakola_distributes_first(world)
    put_old_and_new(world, new_grams=3_000_000)

    approve(world, propose(world))

    assert lots_by_site(world, "CSB++") == {
        "FAKOLA": [("OLD", 450_000), ("NEW", 225_000)],
        "KEBILA": [("NEW", 1_350_000)],
    }


def test_a_plan_counts_only_on_stock_that_any_site_may_get(database: Database) -> None:
    """2,025 kg are asked and 1,800 kg last for Kébila: a plan of 2,025 kg might bring it the old lot."""
    world = make_world(database)
    fakola_distributes_first(world)
    put_old_and_new(world, new_grams=1_200_000)

    with world.database.snapshot() as session:
        snapshot = take_snapshot(session, "C1", first_on=FIRST_ON, last_on=LAST_ON, today=TODAY)

    (stock,) = [one for one in snapshot.stock if one.product_code == "CSB++"]
    # Kébila alone needs 1,350 kg and only 1,200 kg are good until then: those 1,200 kg count.
    assert (stock.free_grams, stock.uncounted_grams) == (1_650_000, 450_000)


def test_all_stock_counts_when_the_late_sites_have_enough_that_lasts(database: Database) -> None:
    world = make_world(database)
    fakola_distributes_first(world)
    put_old_and_new(world, new_grams=1_350_000)

    with world.database.snapshot() as session:
        snapshot = take_snapshot(session, "C1", first_on=FIRST_ON, last_on=LAST_ON, today=TODAY)

    (stock,) = [one for one in snapshot.stock if one.product_code == "CSB++"]
    assert (stock.free_grams, stock.uncounted_grams) == (1_800_000, 0)


def test_a_lot_without_the_life_left_that_is_asked_is_not_sent(database: Database) -> None:
    world = make_world(database)
    put_stock(world, product="CSB++", lot="SHORT", expires_on=dt.date(2027, 4, 20), grams=3_000_000)
    put_stock(world, product="CSB++", lot="LONG", expires_on=dt.date(2027, 4, 30), grams=3_000_000)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2027, 9, 30), grams=1_000_000)

    approve(world, propose(world, keep_days=30))

    # 31 March and 30 days are 30 April, the last good day of LONG.
    assert {lot for lines in lots_by_site(world, "CSB++").values() for lot, _ in lines} == {"LONG"}


def test_a_distribution_put_off_after_planning_is_refused_by_name(database: Database) -> None:
    """The plan counted on the old lot for Fakola; meanwhile Fakola distributes on the last day too."""
    world = make_world(database)
    fakola_distributes_first(world)
    put_old_and_new(world, new_grams=1_575_000)
    plan_id = propose(world)
    with world.database.transaction() as session:
        session.execute(delete(DistributionDay))

    with pytest.raises(LotsTooOld) as refused:
        approve(world, plan_id)

    # 2,025 kg are planned, 2,025 kg lie there, and 1,575 kg of them are good until 31 March.
    facts = refused.value.facts
    assert (facts["store"], facts["missing"], facts["day"]) == ("SIKASSO", 450_000, dt.date(2027, 3, 31))


def test_a_keeper_cannot_load_a_lot_without_the_life_that_the_plan_asks(database: Database) -> None:
    world = make_world(database)
    short = put_stock(world, product="CSB++", lot="SHORT", expires_on=dt.date(2027, 4, 20), grams=3_000_000)
    put_stock(world, product="CSB++", lot="LONG", expires_on=dt.date(2027, 4, 30), grams=3_000_000)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2027, 9, 30), grams=1_000_000)
    (trip_id,) = approve(world, propose(world, keep_days=30)).trip_ids
    assign(world, trip_id)
    trip = read_trip(world, trip_id)
    waybill = next(one for one in trip.waybills if one.site_code == "FAKOLA")
    swap = Loaded(waybill_id=waybill.id, lot_id=short, grams=15_000)

    with database.transaction() as session, pytest.raises(LotLifeTooShort) as refused:
        send(session, trip, world.keeper, lines=(swap,), reason="plus près de la porte")

    assert (refused.value.facts["lot"], refused.value.facts["keep_days"]) == ("SHORT", 30)


@given(shelves, sites)
def test_every_plan_within_what_is_counted_has_its_lots_and_no_more_could_be_counted(
    lots: list[tuple[int, int]], wanted: list[tuple[int, int]]
) -> None:
    by_day: dict[dt.date, int] = {}
    for until, packs in wanted:
        by_day[day(until)] = by_day.get(day(until), 0) + packs
    shelf = [LotPacks(day(until), packs) for until, packs in sorted(lots)]

    counted = countable_grams([(lot.good_until, lot.packs) for lot in shelf], by_day)

    ways = list(itertools.product(*(range(packs + 1) for _, packs in wanted)))
    for way in (one for one in ways if sum(one) <= counted):
        assert _missing(shelf, wanted, way) == 0
    if counted < min(sum(by_day.values()), sum(lot.packs for lot in shelf)):
        assert any(_missing(shelf, wanted, way) for way in ways if sum(way) == counted + 1)


def _missing(shelf: list[LotPacks], wanted: list[tuple[int, int]], way: tuple[int, ...]) -> int:
    wants = [Want(day(until), packs) for (until, _), packs in zip(wanted, way, strict=True) if packs]
    return sum(assign_lots(shelf, wants).missing)


def set_days(world: World, *days: SiteDay, cycle_code: str = "C1") -> int:
    command = SetDistributionDays(cycle_code=cycle_code, days=days)
    with world.database.transaction() as session:
        return set_distribution_days(session, command, actor=world.officer, now=NOW).count


def test_distribution_days_are_noted_changed_and_taken_back(database: Database) -> None:
    world = make_world(database)
    early, late = dt.date(2027, 3, 22), dt.date(2027, 3, 30)

    set_days(world, SiteDay(site_code="FAKOLA", use_on=late), SiteDay(site_code="KEBILA", use_on=late))
    set_days(world, SiteDay(site_code="FAKOLA", use_on=early), SiteDay(site_code="KEBILA", use_on=None))

    with database.snapshot() as session:
        assert queries.distribution_days(session, "C1") == {"FAKOLA": early}


@pytest.mark.parametrize(
    ("site", "day", "cycle", "error"),
    [
        ("FAKOLA", dt.date(2027, 4, 1), "C1", DistributionDayOutside),
        ("FAKOLA", dt.date(2027, 3, 19), "C1", DistributionDayOutside),
        ("BAMAKO", dt.date(2027, 3, 22), "C1", SiteUnknown),
        ("FAKOLA", dt.date(2027, 3, 22), "C9", CycleUnknown),
    ],
)
def test_impossible_distribution_days_are_refused_by_name(
    database: Database, site: str, day: dt.date, cycle: str, error: type[SupplyError]
) -> None:
    world = make_world(database)

    with pytest.raises(error):
        set_days(world, SiteDay(site_code=site, use_on=day), cycle_code=cycle)


def test_an_officer_notes_the_days_on_their_page_and_asks_for_life_left(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        saved = client.send_form(
            "/routing/days", **{"cycle_code": "C1", "day-FAKOLA": "2027-03-22", "day-KEBILA": ""}
        )
        shown = client.get("/routing/days?cycle=C1").text
        refused = client.send_form(
            "/routing/days", **{"cycle_code": "C1", "day-FAKOLA": "2027-05-22", "day-KEBILA": ""}
        )
        needs = client.get("/routing/needs?cycle=C1").text
        client.log_in("keeper")
        hidden = client.get("/routing/days?cycle=C1")

    assert saved.status_code == 303
    assert 'value="2027-03-22"' in shown
    assert (refused.status_code, hidden.status_code) == (422, 403)
    assert 'name="keep_days"' in needs
    assert "/routing/days?cycle=C1" in needs
