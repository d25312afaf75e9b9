"""The page of a proposed plan says beforehand what its approval makes, and what to look at before it."""

import datetime as dt
import html
import re
from collections.abc import Mapping
from uuid import UUID

import msgspec

from supply.db import Database
from supply.routing.models import DeliveryPlan
from supply.routing.planner.plan import Plan, Unserved
from tests.routing.ground import approve, ask, propose, put_stock, put_usual_stock, read_trip
from tests.world import World, browse, make_world


def read(page: str) -> str:
    """The page's words, with plain spaces."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def propose_only(world: World, kg: Mapping[str, int], left: Mapping[str, Mapping[str, int]]) -> UUID:
    """A proposed plan of one trip that brings Kébila so many kilograms, and leaves the rest unserved."""
    plan_id = propose(world)
    with world.database.transaction() as session:
        row = session.get_one(DeliveryPlan, plan_id)
        plan = msgspec.convert(row.plan, Plan)
        stop = next(one for one in plan.trips[0].stops if one.site == "KEBILA")
        stops = (msgspec.structs.replace(stop, deliver_kg=dict(kg)),)
        changed = msgspec.structs.replace(
            plan,
            trips=(msgspec.structs.replace(plan.trips[0], stops=stops),),
            unserved=tuple(Unserved(site, dict(amounts), ("horizon",)) for site, amounts in left.items()),
        )
        row.plan = msgspec.to_builtins(changed)
    return plan_id


def show(world: World, plan_id: UUID) -> str:
    with browse(world.database) as client:
        client.log_in("officer")
        return read(client.get(f"/routing/plans/{plan_id}").text)


def test_a_proposed_plan_shows_the_packs_that_its_waybills_will_carry(database: Database) -> None:
    """26 kg are one bag of 25 kg; the kilogram over is not served, and no page says otherwise."""
    world = make_world(database)
    put_usual_stock(world)
    rest = {"KEBILA": {"CSB+": 349, "CSB++": 1350}, "FAKOLA": {"CSB+": 200, "CSB++": 675}}
    plan_id = propose_only(world, {"CSB+": 26}, rest)

    proposed = show(world, plan_id)
    (trip_id,) = approve(world, plan_id).trip_ids
    approved = show(world, plan_id)

    assert [one.planned_grams for one in read_trip(world, trip_id).waybills] == [25_000]
    for page in (proposed, approved):
        assert "26 kg" not in page
        assert "350 kg Super Céréale, 1 350 kg Super Céréale Plus" in page  # 375 - 25


def test_a_trip_that_carries_next_to_nothing_is_named_before_approval(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    rest = {"KEBILA": {"CSB+": 349, "CSB++": 1350}, "FAKOLA": {"CSB+": 200, "CSB++": 675}}
    plan_id = propose_only(world, {"CSB+": 26}, rest)

    proposed = show(world, plan_id)
    approve(world, plan_id)
    approved = show(world, plan_id)

    # 25 kg of 10 t.
    assert "Tournées presque vides" in proposed
    assert "SIKASSO-01, Sikasso → Kébila : 25 kg sur 10T" in proposed
    assert "le plus de kilogrammes possible" in proposed
    assert "Tournées presque vides" not in approved


def test_a_trip_of_parts_of_packs_alone_is_named_as_left_out(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    rest = {"KEBILA": {"CSB+": 355, "CSB++": 1350}, "FAKOLA": {"CSB+": 200, "CSB++": 675}}
    plan_id = propose_only(world, {"CSB+": 20}, rest)

    assert "elle ne porte que des fractions d’emballages" in show(world, plan_id)


def test_a_trip_that_is_well_filled_is_not_called_nearly_empty(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    assert "presque vides" not in show(world, propose(world))  # 2,600 kg of 10 t


def test_every_product_that_the_stores_lack_is_named_for_a_site(database: Database) -> None:
    """The planner's smallest reason names one; both are short."""
    world = make_world(database)
    put_stock(world, product="CSB++", lot="P2", expires_on=dt.date(2028, 1, 31), grams=900_000)
    put_stock(world, product="CSB+", lot="C1", expires_on=dt.date(2027, 9, 30), grams=300_000)
    plan_id = propose(world)

    with browse(database) as client:
        client.log_in("officer")
        page = client.get(f"/routing/plans/{plan_id}").text

    shown = read(page).partition("Non servis, et pourquoi")[2].partition("Tournées sur la carte")[0]
    assert shown.count("n’ont pas assez de Super Céréale.") == 1  # told once for Kébila and Fakola
    assert shown.count("n’ont pas assez de Super Céréale Plus.") == 1
    # 2,025 - 900 kg and 575 - 300 kg; two sites are shown without being unfolded.
    assert "2 sites, 1 400 kg" in shown
    assert '<details class="whole-on-paper" open>' in page


def test_the_part_that_refreshes_says_when_the_search_is_over(database: Database) -> None:
    """The script then asks for the whole page: its buttons are those of a running search.

    The badge of one that waits or runs is in the part: it said “waiting” long after the search had begun.
    """
    world = make_world(database)
    put_usual_stock(world)
    running, ended = ask(world), propose(world)

    with browse(database) as client:
        client.log_in("officer")
        parts = [client.get(f"/routing/plans/{one}/progress").text for one in (running, ended)]
        pages = [client.get(f"/routing/plans/{one}").text for one in (running, ended)]

    badges = [re.findall(r'<span class="b \w+">(en attente|proposé)</span>', one) for one in (*parts, *pages)]
    assert badges == [["en attente"], [], ["en attente"], ["proposé"]]
    assert ["data-over" in part for part in parts] == [False, True]
    assert ["data-refresh-url" in part for part in parts] == [True, False]
