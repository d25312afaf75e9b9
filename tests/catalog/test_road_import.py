"""Roads with calendars from a file, imported distances beside the roads, and what loading them costs."""

import subprocess
import sys

import pytest

from supply.catalog import road_queries
from supply.catalog.road_queries import prefer_known
from supply.catalog.road_speeds import Truck
from supply.catalog.roads import Basis, RoadDistance
from supply.catalog.rows import DistanceRow
from supply.db import Database
from tests.catalog.made import reasons, send
from tests.world import make_world

NODES = "code,lat,lon\nS,11.31,-5.67\nK,11.27,-7.04\n"
HEAD = "code,from_code,to_code,km,surface,closed_months,weekdays,ferry_minutes,vehicle_types,rains_minutes\n"
LEG = RoadDistance(
    from_code="A",
    to_code="B",
    metres=200_000,
    minutes=300,
    rains_minutes=450,
    basis=Basis.ROAD_GRAPH,
    season="rains",
    minutes_by_type={"30T": 450},
)
TRUCK = Truck(code="30T", kmh=50)


def test_a_road_is_imported_with_its_calendar_days_ferry_and_trucks(database: Database) -> None:
    officer = make_world(database).officer
    send(database, officer, "road-nodes", NODES)

    done = send(database, officer, "road-edges", f"{HEAD}SK,S,K,180,laterite,7-9 12,2;5,30,10T,400\n")

    assert done.bad == ()
    with database.snapshot() as session:
        (road,) = road_queries.roads(session)
    assert (road.closed_months, road.weekdays, road.ferry_minutes) == ((7, 8, 9, 12), (2, 5), 30)
    assert (road.vehicle_types, road.rains_minutes) == (("10T",), 400)


def test_impossible_calendars_and_trucks_are_named(database: Database) -> None:
    officer = make_world(database).officer
    send(database, officer, "road-nodes", NODES)
    rows = (
        "R1,S,K,180,laterite,7-13,,,,\n"
        "R2,S,K,180,laterite,,0,,,\n"
        "R3,S,K,180,laterite,July,,,,\n"
        "R4,S,K,180,laterite,7 7,,,,\n"
        "R5,S,K,180,laterite,,,,NONE,\n"
        "R6,S,K,180,laterite,,,-5,,\n"
        "R7,S,K,nan,laterite,,,,,\n"
    )

    done = send(database, officer, "road-edges", HEAD + rows)

    assert [(line, code) for line, _, code in reasons(done)] == [
        (2, "calendar-impossible"),
        (3, "calendar-impossible"),
        (4, "not-a-number"),
        (5, "calendar-impossible"),
        (6, "reference-unknown"),
        (7, "negative-count"),
        (8, "not-a-number"),
    ]


def known(metres: int, minutes: int | None) -> dict[tuple[str, str], DistanceRow]:
    return {("A", "B"): DistanceRow(from_code="A", to_code="B", metres=metres, minutes=minutes, source="x")}


def test_an_imported_figure_wins_and_is_slowed_by_the_rains_like_the_roads() -> None:
    found = prefer_known(LEG, known(220_000, 300), (TRUCK,))

    # 300 minutes times 450 / 300; without a time 450 minutes times 220 / 200 km.
    assert (found.metres, found.basis, found.minutes_by_type) == (220_000, Basis.MATRIX, {"30T": 450})
    assert prefer_known(LEG, known(220_000, None), (TRUCK,)).minutes_by_type == {"30T": 495}


@pytest.mark.parametrize(("metres", "expected"), [(150_000, 200_000), (210_000, 210_000)])
def test_a_way_round_closed_roads_is_not_shortened_by_an_imported_figure(metres: int, expected: int) -> None:
    """The figure was measured on the usual way, 140 km."""
    detour = RoadDistance(
        from_code="A", to_code="B", metres=200_000, minutes=300, basis=Basis.ROAD_GRAPH, usual_metres=140_000
    )

    assert prefer_known(detour, known(metres, None), ()).metres == expected


def test_the_service_starts_without_loading_scipy() -> None:
    code = "import sys, supply.app, supply.cli; print('scipy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
