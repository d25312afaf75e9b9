"""The demo's reference data and programme: made through the operations, complete, and the same again."""

import datetime as dt
import time

from supply.catalog import queries, road_queries
from supply.catalog.fixtures import load_reference
from supply.catalog.roads import Basis
from supply.db import Database
from supply.people.sessions import actor_named
from supply.people.users import AddUser, found
from supply.people.words import Role
from supply.programme.fixtures import advance_cycles, load_programme
from supply.programme.queries import current_cycle, cycles, needs
from tests.world import NOW, PASSWORD, TODAY


def load(database: Database) -> None:
    """The demo's world, up to the state of its cycles."""
    with database.transaction() as session:
        if actor_named(session, "admin") is None:
            founder = AddUser(
                login="admin", name="Aminata Diallo", role=Role.ADMINISTRATOR, password=PASSWORD
            )
            found(session, founder, now=NOW)
    with database.transaction() as session:
        actor = actor_named(session, "admin")
        assert actor is not None
        load_reference(session, actor=actor, now=NOW)
        load_programme(session, actor=actor, now=NOW, today=TODAY)
        advance_cycles(session, actor=actor, now=NOW, today=TODAY)


def test_demo_holds_20_communes_5_stores_and_4_cycles(database: Database) -> None:
    load(database)

    with database.snapshot() as session:
        sites, stores = queries.places(session, "site"), queries.places(session, "store")
        assert (len(queries.communes(session)), len(sites), len(stores)) == (20, 20, 5)
        assert {row.code for row in sites if not row.is_illustrative} == {"KITA-OUEST", "KEBILA"}
        assert all(row.is_illustrative for row in stores)
        assert [(row.code, row.state) for row in cycles(session)] == [
            ("C1", "closed"),
            ("C2", "closed"),
            ("C3", "open"),
            ("C4", "planned"),
        ]
        current = current_cycle(session, TODAY)
        assert current is not None
        assert current.starts_on < TODAY < current.ends_on


def test_needs_of_a_demo_cycle_are_as_worked_by_hand(database: Database) -> None:
    """74 558 children × 4.5 kg = 335 511 kg; 30 739 women × 6.25 kg = 192 118.75 kg; 105 297 people."""
    load(database)

    with database.snapshot() as session:
        found_needs = needs(session, "C3")
    by_product = {
        code: [need for need in found_needs if need.product_code == code] for code in ("CSB++", "CSB+")
    }
    assert sum(need.exact_grams or 0 for need in by_product["CSB++"]) == 335_511_000
    assert sum(need.exact_grams or 0 for need in by_product["CSB+"]) == 192_118_750
    assert sum(need.people or 0 for need in found_needs) == 105_297
    kebila = next(need for need in by_product["CSB+"] if need.site_code == "KEBILA")
    # (652 + 1520) × 6.25 kg = 13 575 kg = 543 bags of 25 kg, no rounding
    assert (kebila.rounded_grams, kebila.rounding_grams) == (13_575_000, 0)


def test_demo_made_again_changes_nothing(database: Database) -> None:
    load(database)
    with database.snapshot() as session:
        before = (queries.places(session), road_queries.roads(session), cycles(session), needs(session, "C4"))

    load(database)

    with database.snapshot() as session:
        assert (
            queries.places(session),
            road_queries.roads(session),
            cycles(session),
            needs(session, "C4"),
        ) == before


def test_roads_of_the_demo_agree_with_the_published_distances(database: Database) -> None:
    """DLCA Mali 2.3: Bamako-Kayes 614 km, -Ségou 235, -Sikasso 364; Ségou-Sévaré lies on the way to Mopti."""
    load(database)

    with database.snapshot() as session:
        codes = [row.code for row in queries.places(session)]
        began = time.process_time()
        found_ways = road_queries.distances_between(session, codes)
        took = time.process_time() - began
    km = {(one.from_code, one.to_code): one.metres // 1000 for one in found_ways}
    assert (km["BAMAKO", "KAYES"], km["BAMAKO", "SEGOU"], km["BAMAKO", "SIKASSO"]) == (614, 235, 364)
    assert len(found_ways) == 25 * 24
    assert all(one.basis in {Basis.ROAD_GRAPH, Basis.OFF_NETWORK} for one in found_ways)
    # 0.2 s were asked for 20 sites and 5 stores; it takes about 0.02 s.
    assert took < 1.0
    assert dt.timedelta(minutes=found_ways[0].minutes or 0) > dt.timedelta()
