"""Acceptance: the country's communes and villages, loaded from the files beside the checkout."""

import csv
from pathlib import Path

import pytest

from supply.catalog import queries, road_queries
from supply.db import Database
from tests.catalog.made import counts, send
from tests.world import make_world

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the files of other people's data are not at {DATA}"
)


def test_701_communes_and_18769_villages_are_loaded(database: Database) -> None:
    officer = make_world(database).officer
    communes = (DATA / "mali_adm3_communes.csv").read_bytes()
    villages = (DATA / "mali_settlements.csv").read_bytes()

    first = send(database, officer, "communes", communes)
    second = send(database, officer, "villages", villages)

    assert (first.good_count, first.bad) == (701, ())
    assert counts(second) == (18_769, 18_769, 0, 0)
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


PUBLISHED = (
    # Logistics Cluster, DLCA Mali 2.3, km between the towns of the trunk network. Left out are Tombouctou and
    # Kidal, which the graph does not reach or the table contradicts itself about, and Kayes-Gao, which the
    # table makes shorter (1,239) than its own Kayes-Mopti (1,230) and Mopti-Gao (582) allow.
    ("Bamako", "Sikasso"),
    ("Bamako", "Kayes"),
    ("Bamako", "Ségou"),
    ("Bamako", "Mopti"),
    ("Bamako", "Gao"),
    ("Sikasso", "Kayes"),
    ("Sikasso", "Ségou"),
    ("Sikasso", "Mopti"),
    ("Sikasso", "Gao"),
    ("Kayes", "Ségou"),
    ("Kayes", "Mopti"),
    ("Ségou", "Mopti"),
    ("Ségou", "Gao"),
    ("Mopti", "Gao"),
)


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_distances_of_the_trunk_network_are_the_published_ones_within_three_per_cent(
    database: Database,
) -> None:
    officer = make_world(database).officer
    send(database, officer, "road-nodes", (DATA / "mali_road_nodes.csv").read_bytes())
    send(database, officer, "road-edges", (DATA / "mali_road_edges.csv").read_bytes())
    send(database, officer, "road-edges", (DATA / "mali_road_edges.geojson").read_bytes())
    wanted = {town for pair in PUBLISHED for town in pair}
    spelt = {"Segou": "Ségou"}
    towns = {
        name: row
        for row in rows_of("mali_adm3_communes.csv")
        if (name := spelt.get(row["chef_lieu"], row["chef_lieu"])) in wanted
    }
    stores = "code,name,lat,lon\n" + "".join(
        f"T{number},{name},{towns[name]['lat']},{towns[name]['lon']}\n"
        for number, name in enumerate(sorted(wanted))
    )
    code_of = {name: f"T{number}" for number, name in enumerate(sorted(wanted))}
    assert send(database, officer, "stores", stores).bad == ()
    published = {
        (row["city_a"], row["city_b"]): float(row["road_km"])
        for row in rows_of("mali_distances_published.csv")
        if row["source"].startswith("DLCA")
    }

    with database.snapshot() as session:
        found = {
            (one.from_code, one.to_code): one.metres / 1000
            for one in road_queries.distances_between(session, code_of.values())
        }

    off = {pair: found[code_of[pair[0]], code_of[pair[1]]] / published[pair] - 1 for pair in PUBLISHED}
    assert {pair: share for pair, share in off.items() if abs(share) > 0.03} == {}
