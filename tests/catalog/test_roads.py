"""Distances: shortest ways over the graph, the stretch off it, and what the figure is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.catalog.road_legs import usual_legs
from supply.catalog.roads import Assumptions, Basis, Edge, Point, great_circle, provenance
from supply.i18n import reading_in

# A degree of longitude on the equator is 6 371 008.8 m * pi / 180 = 111 195 m.
DEGREE = 111_195
WEST, MIDDLE, EAST = Point("W", 0.0, 0.0), Point("M", 0.0, 1.0), Point("E", 0.0, 2.0)
ROADS = (
    Edge(from_code="W", to_code="M", metres=120_000, surface="paved"),
    Edge(from_code="M", to_code="E", metres=130_000, surface="laterite"),
)


def test_way_between_two_towns_is_the_sum_of_its_roads() -> None:
    found = usual_legs([Point("a", 0.0, 0.0), Point("b", 0.0, 2.0)], [WEST, MIDDLE, EAST], ROADS)

    assert [(one.from_code, one.to_code, one.metres, one.basis) for one in found] == [
        ("a", "b", 250_000, Basis.ROAD_GRAPH),
        ("b", "a", 250_000, Basis.ROAD_GRAPH),
    ]
    assert found[0].via == ("M",)
    # 120 km at 55 km/h + 130 km at 35 km/h = 130.9 + 222.9 minutes
    assert found[0].minutes == 354


def test_shorter_of_two_roads_is_taken() -> None:
    detour = Edge(from_code="W", to_code="E", metres=240_000, surface="track")

    found = usual_legs([Point("a", 0.0, 0.0), Point("b", 0.0, 2.0)], [WEST, MIDDLE, EAST], (*ROADS, detour))

    assert found[0].metres == 240_000


def test_place_beside_a_road_joins_it_midway() -> None:
    """A village a tenth of a degree north of the middle of a straight road of 120 km."""
    found = usual_legs([Point("a", 0.0, 0.0), Point("b", 0.1, 0.5)], [WEST, MIDDLE], ROADS[:1])

    assert found[0].basis == Basis.ROAD_GRAPH
    assert found[0].network_metres == pytest.approx(60_000, abs=100)
    # 0.1 degree of latitude is 11 119 m, times 1.35
    assert found[0].off_network_metres == pytest.approx(15_011, abs=10)
    assert found[0].metres == found[0].network_metres + found[0].off_network_metres


def test_without_a_road_the_way_is_the_great_circle_times_the_winding() -> None:
    found = usual_legs([Point("a", 0.0, 0.0), Point("b", 0.0, 1.0)], [], [])

    assert found[0].basis == Basis.OFF_NETWORK
    assert found[0].metres == pytest.approx(1.35 * DEGREE, abs=5)


def test_neighbours_do_not_drive_round_by_a_far_road() -> None:
    found = usual_legs([Point("a", 1.0, 0.0), Point("b", 1.0, 0.01)], [WEST, MIDDLE], ROADS[:1])

    assert found[0].basis == Basis.OFF_NETWORK


def test_two_places_at_one_spot_are_no_distance_apart() -> None:
    found = usual_legs([Point("a", 0.0, 0.5), Point("b", 0.0, 0.5)], [WEST, MIDDLE], ROADS[:1])

    assert (found[0].metres, found[0].basis) == (0, Basis.SAME_PLACE)


def test_figure_says_what_it_is_made_of() -> None:
    found = usual_legs([Point("a", 0.0, 0.0), Point("b", 0.1, 0.5)], [WEST, MIDDLE], ROADS[:1])

    with reading_in("en"):
        assert provenance(found[0]) == "roads 60 km + off the network 15 km (×1.35)"
    with reading_in("fr"):
        assert provenance(found[0]) == "routes 60 km + hors réseau 15 km (×1,35)"


def test_winding_is_an_assumption_that_can_be_changed() -> None:
    found = usual_legs([Point("a", 0.0, 0.0), Point("b", 0.0, 1.0)], [], [], Assumptions(winding_percent=200))

    assert found[0].metres == pytest.approx(2 * DEGREE, abs=5)


def test_bamako_to_segou_is_as_the_crow_flies_208_km() -> None:
    """208.5 km in the table of road edges of the region (crow_km of Bamako-Ségou)."""
    assert great_circle(12.639, -8.003, 13.449, -6.267) == pytest.approx(208_500, rel=0.005)


coordinate = st.floats(min_value=0, max_value=3, allow_nan=False)


@given(points=st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=6, unique=True))
def test_every_pair_is_known_both_ways_alike_and_never_below_the_straight_line(
    points: list[tuple[float, float]],
) -> None:
    places = [Point(str(number), lat, lon) for number, (lat, lon) in enumerate(points)]

    found = {(one.from_code, one.to_code): one for one in usual_legs(places, [WEST, MIDDLE, EAST], ROADS)}

    assert len(found) == len(places) * (len(places) - 1)
    for (start, end), one in found.items():
        assert one.metres == found[end, start].metres
        at, to = places[int(start)], places[int(end)]
        # Roads and winding are longer than the straight line; 0.1 % for the flat projection at the joints.
        assert one.metres >= 0.999 * great_circle(at.lat, at.lon, to.lat, to.lon) - 2
