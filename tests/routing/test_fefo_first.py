"""Near stores against old lots: what a plan lets expire, and what using it first would cost."""

import datetime as dt
from uuid import UUID

import msgspec
import pytest

from supply.catalog.models import Distance
from supply.db import Database
from supply.ids import new_id
from supply.people.rights import RightMissing
from supply.routing.answering import work_now
from supply.routing.basis import Basis, StoreStock
from supply.routing.calculations import latest
from supply.routing.compare import AskFefoFirst, NothingExpires, ask_fefo_first
from supply.routing.feeder import feed
from supply.routing.planner.check import check
from supply.routing.planner.fefo import fefo_first
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.planner.solve import Params, solve
from supply.routing.tradeoff import Comparison, ShelfLoss, losses, near_kg
from supply.routing.words import CalculationKind
from tests.routing.ground import propose, put_stock
from tests.routing.test_feeder import USUAL, place, truck, way
from tests.world import NOW, World, browse, make_world

OLD, NEW = dt.date(2027, 5, 1), dt.date(2028, 1, 1)
# The cycle ends on 10 April; 90 days later OLD is past.
KM = {
    ("STORE", "A"): 60,
    ("STORE", "B"): 60,
    ("FAR", "A"): 200,
    ("FAR", "B"): 150,
    ("STORE", "FAR"): 200,
    ("A", "B"): 50,
}


def shelf(store: str, *lots: tuple[dt.date, int]) -> StoreStock:
    return StoreStock(
        store_code=store,
        store_name=store,
        product_code="CSB+",
        reserved_grams=0,
        expiring_grams=0,
        lots=tuple(grams for _, grams in lots),
        good_until=tuple(until for until, _ in lots),
    )


def two_stores() -> tuple[Problem, Basis]:
    """A needs 250 kg and B 100; the near store has new flour only, the far one 100 kg that expire."""
    both = KM | {(end, start): km for (start, end), km in KM.items()}
    return feed(
        msgspec.structs.replace(
            USUAL,
            stores=(place("STORE", "store"), place("FAR", "store")),
            vehicles=(*USUAL.vehicles, msgspec.structs.replace(truck("T3"), store_code="FAR")),
            stock=(shelf("STORE", (NEW, 1_000_000)), shelf("FAR", (OLD, 100_000), (NEW, 500_000))),
            distances=tuple(way(start, end, km) for (start, end), km in both.items()),
        )
    )


def solved(problem: Problem) -> Plan:
    return solve(problem, Params(seconds=5), 1)


def test_the_cheapest_plan_takes_the_near_store_and_says_what_expires() -> None:
    problem, basis = two_stores()

    left = losses(problem, solved(problem), basis)

    assert left == (
        ShelfLoss(store_code="FAR", product_code="CSB+", grams=100_000, first_until=OLD, last_until=OLD),
    )


def test_the_plan_that_uses_it_first_lets_nothing_expire_and_costs_more() -> None:
    problem, basis = two_stores()
    chosen = solved(problem)

    other = solved(fefo_first(problem, near_kg(basis)))

    assert losses(problem, other, basis) == ()
    assert check(problem, other) == []
    # A truck of its own from afar: 40,000 F and 300 km at 600 F, and 0.1 t over 150 km at 12 F are 220,180 F;
    # from near A alone: 40,000 F, 120 km at 600 F, 0.25 t over 60 km at 12 F, together 112,180 F.
    assert (other.cost, other.unserved) == (220_180 + 112_180, ())
    assert chosen.cost < other.cost


def test_only_what_the_sites_need_is_asked_of_the_old_lots() -> None:
    """350 kg are needed; a far store with 600 kg of old flour gives 350 and keeps the rest."""
    problem, basis = two_stores()
    stock = (shelf("STORE", (NEW, 1_000_000)), shelf("FAR", (OLD, 600_000)))
    basis = msgspec.structs.replace(basis, stock=stock)

    other = solved(fefo_first(problem, near_kg(basis)))

    (left,) = losses(problem, other, basis)
    assert left.grams == 250_000
    assert other.unserved == ()


def test_flour_that_is_good_for_the_next_cycle_is_no_loss() -> None:
    problem, basis = two_stores()
    basis = msgspec.structs.replace(basis, next_use_on=OLD)

    assert losses(problem, solved(problem), basis) == ()


def world_with_old_flour_far_away(database: Database) -> tuple[World, UUID]:
    """Bamako is farther than Sikasso, and 150 kg of its flour expire in April."""
    world = make_world(database)
    put_stock(world, product="CSB++", lot="P2", expires_on=dt.date(2028, 1, 31), grams=3_000_000)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2028, 1, 31), grams=1_000_000)
    put_stock(
        world,
        product="CSB++",
        lot="B1",
        expires_on=dt.date(2027, 4, 10),
        grams=150_000,
        store="BAMAKO",
    )
    with database.transaction() as session:
        for site in ("KEBILA", "FAKOLA"):
            for store, km in (("BAMAKO", 400), ("SIKASSO", 200)):
                for start, end in ((store, site), (site, store)):
                    session.add(Distance(from_code=start, to_code=end, metres=km * 1000, source="test"))
    return world, propose(world)


def test_the_comparison_is_worked_out_on_demand_and_shown_on_the_page(database: Database) -> None:
    world, plan_id = world_with_old_flour_far_away(database)
    with browse(database) as client:
        client.log_in("officer")
        before = client.get(f"/routing/plans/{plan_id}").text
    command = AskFefoFirst(id=new_id(), plan_id=plan_id)
    with database.transaction() as session:
        ask_fefo_first(session, command, actor=world.officer, now=NOW)

    assert work_now(database, command.id, now=lambda: NOW) == "done"

    with database.snapshot() as session:
        found = latest(session, CalculationKind.FEFO_FIRST, plan_id=plan_id)
    assert found is not None
    comparison = msgspec.convert(found.answer, Comparison)
    assert (comparison.unserved_kg, comparison.losses) == (0, ())
    with browse(database) as client:
        client.log_in("officer")
        after = client.get(f"/routing/plans/{plan_id}").text
    assert "150 kg périment sans servir" in before.replace("\N{NARROW NO-BREAK SPACE}", " ").replace(
        "\xa0", " "
    )
    assert "/fefo-first" in before
    assert "rien ne périme sans servir" in after
    assert "/fefo-first" not in after


def test_a_plan_that_lets_nothing_expire_has_nothing_to_compare(database: Database) -> None:
    world = make_world(database)
    put_stock(world, product="CSB++", lot="P2", expires_on=dt.date(2028, 1, 31), grams=3_000_000)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2028, 1, 31), grams=1_000_000)
    command = AskFefoFirst(id=new_id(), plan_id=propose(world))

    with database.transaction() as session, pytest.raises(NothingExpires):
        ask_fefo_first(session, command, actor=world.officer, now=NOW)
    with database.transaction() as session, pytest.raises(RightMissing):
        ask_fefo_first(session, command, actor=world.keeper, now=NOW)


def test_a_calculation_is_worked_out_once(database: Database) -> None:
    world, plan_id = world_with_old_flour_far_away(database)
    command = AskFefoFirst(id=new_id(), plan_id=plan_id)
    with database.transaction() as session:
        ask_fefo_first(session, command, actor=world.officer, now=NOW)
    work_now(database, command.id, now=lambda: NOW)

    assert work_now(database, command.id, now=lambda: NOW + dt.timedelta(hours=1)) == "done"

    with database.snapshot() as session:
        found = latest(session, CalculationKind.FEFO_FIRST, plan_id=plan_id)
    assert found is not None
    assert found.heard_at == NOW
