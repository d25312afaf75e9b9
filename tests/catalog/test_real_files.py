"""Acceptance: the country's communes and villages, loaded from the files beside the checkout."""

import time
from pathlib import Path

import pytest

from supply.catalog import queries, road_queries
from supply.db import Database
from tests.catalog.made import counts, send
from tests.world import make_world

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SECONDS = 10
# What the issue asks for; it takes about one second, so that even a busy machine stays below.

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the files of other people's data are not at {DATA}"
)


def test_701_communes_and_18769_villages_are_loaded_in_time(database: Database) -> None:
    officer = make_world(database).officer
    communes = (DATA / "mali_adm3_communes.csv").read_bytes()
    villages = (DATA / "mali_settlements.csv").read_bytes()

    began = time.perf_counter()
    first = send(database, officer, "communes", communes)
    second = send(database, officer, "villages", villages)
    took = time.perf_counter() - began

    assert (first.good_count, first.bad) == (701, ())
    assert counts(second) == (18_769, 18_769, 0, 0)
    assert took < SECONDS
    with database.snapshot() as session:
        assert len(queries.communes(session)) == 701
        assert sum(queries.settlement_counts(session).values()) == 18_769


def test_every_commune_gets_its_boundary_and_roads_their_line(database: Database) -> None:
    officer = make_world(database).officer
    send(database, officer, "communes", (DATA / "mali_adm3_communes.csv").read_bytes())
    send(database, officer, "road-nodes", (DATA / "mali_road_nodes.csv").read_bytes())

    shapes = send(database, officer, "boundaries", (DATA / "mali_adm3.geojson").read_bytes())
    roads = send(database, officer, "road-edges", (DATA / "mali_road_edges.csv").read_bytes())
    lines = send(database, officer, "road-edges", (DATA / "mali_road_edges.geojson").read_bytes())

    assert (shapes.good_count, shapes.bad) == (701, ())
    assert (roads.new_count, roads.bad) == (48, ())
    assert (lines.changed_count, lines.bad) == (48, ())
    with database.snapshot() as session:
        segou = next(road for road in road_queries.roads(session) if road.code == "141")
    # Bamako-Ségou: 234.8 km, 171.2 minutes by car, so 257 by truck; the shape comes from the second file.
    assert (segou.metres, segou.minutes, segou.surface) == (234_800, 257, "paved")
    assert len(segou.points) > 10
