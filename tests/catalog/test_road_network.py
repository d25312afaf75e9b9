"""Ways over the road graph: the shortest ones by the plainest oracle, and what closing a road may do."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.catalog.road_legs import usual_legs
from supply.catalog.road_network import (
    NEIGHBOURHOOD_METRES,
    Network,
    Ways,
    make_network,
    usual_ways,
    ways_without,
)
from supply.catalog.roads import Edge, Point
from tests.catalog import small_country
from tests.catalog.small_country import NODES, cheapest

WINDING = 1.35


def network_of(points: tuple[Point, ...], edges: tuple[Edge, ...]) -> Network:
    return make_network(points, NODES, edges)


def pairs(ways: Ways) -> list[tuple[int, int]]:
    count = len(ways.network.points)
    return [(start, end) for start in range(count) for end in range(count) if start != end]


@given(points=small_country.places, edges=small_country.roads)
def test_ways_cost_what_the_plainest_search_finds(points: tuple[Point, ...], edges: tuple[Edge, ...]) -> None:
    ways = usual_ways(network_of(points, edges))

    for start, end in pairs(ways):
        assert ways.cost[start, end] == pytest.approx(cheapest(points[start], points[end], edges), abs=0.01)


@given(points=small_country.places, edges=small_country.roads, closed=st.sets(st.integers(0, 6)))
def test_ways_round_closed_roads_cost_what_the_plainest_search_finds(
    points: tuple[Point, ...], edges: tuple[Edge, ...], closed: set[int]
) -> None:
    """The neighbourhood of a place is that of all roads, also of the closed ones."""
    open_edges = tuple(edge for number, edge in enumerate(edges) if number not in closed)
    network = network_of(points, edges)

    ways = ways_without(network, [number for number in closed if number < len(edges)])

    for start, end in pairs(ways):
        expected = cheapest(points[start], points[end], open_edges, is_detour=True)
        if ways.is_known[start, end]:
            assert ways.cost[start, end] >= expected - 0.01
        same = network_of(points, open_edges)
        if np.array_equal(
            same.joins.crow.min(axis=1, initial=np.inf), network.joins.crow.min(axis=1, initial=np.inf)
        ):
            assert ways.cost[start, end] == pytest.approx(expected, abs=0.01)


@given(points=small_country.places, edges=small_country.roads)
def test_a_way_is_the_sum_of_its_stretches(points: tuple[Point, ...], edges: tuple[Edge, ...]) -> None:
    network = network_of(points, edges)
    ways = usual_ways(network)
    metres = ways.measure(network.metres, WINDING)
    driven = ways.uses(range(len(network.edges)))

    for start, end in pairs(ways):
        stretches = ways.stretches(start, end)
        total = sum(one.metres * (1 if one.road is not None else WINDING) for one in stretches)
        assert metres[start, end] == pytest.approx(total, abs=0.01)
        used = {one.road for one in stretches if one.road is not None}
        # A stretch of less than a millimetre is a rounding of the spot where a place joins.
        touched = {one.road for one in stretches if one.road is not None and one.metres > 0.001}
        found = {number for number, grid in enumerate(driven) if grid[start, end]}
        assert touched <= found <= used


@given(points=small_country.places, edges=small_country.roads)
def test_the_way_back_is_the_way_there(points: tuple[Point, ...], edges: tuple[Edge, ...]) -> None:
    network = network_of(points, edges)
    ways = usual_ways(network)
    metres = ways.measure(network.metres, WINDING)

    assert np.array_equal(metres, metres.T)
    for start, end in pairs(ways):
        there = [(one.road, one.metres) for one in ways.stretches(start, end)]
        back = [(one.road, one.metres) for one in ways.stretches(end, start)]
        assert back == there[::-1]


@given(points=small_country.towns, edges=small_country.roads)
def test_no_way_between_towns_is_longer_than_one_by_a_third_town(
    points: tuple[Point, ...], edges: tuple[Edge, ...]
) -> None:
    """By towns whose roads all begin there: open country makes no shortcut through a place, see Network."""
    network = network_of(points, edges)
    cost, crow = ways_without(network, ()).cost, network.joins.crow

    is_near = crow <= crow[:, :1] + NEIGHBOURHOOD_METRES
    on_a_road = np.flatnonzero((crow < 1).any(axis=1))
    for middle in np.flatnonzero((crow < 1).any(axis=1) & ((crow < 1) | ~is_near).all(axis=1)):
        by_middle = cost[on_a_road][:, [middle]] + cost[[middle]][:, on_a_road]
        assert (cost[np.ix_(on_a_road, on_a_road)] <= by_middle + 0.01).all()


@given(points=small_country.places, edges=small_country.roads, other=small_country.places)
def test_a_distance_does_not_depend_on_which_others_are_asked_for(
    points: tuple[Point, ...], edges: tuple[Edge, ...], other: tuple[Point, ...]
) -> None:
    more = (*points, *(Point(f"Q{number}", one.lat, one.lon) for number, one in enumerate(other)))

    alone = usual_ways(network_of(points, edges)).cost
    among = usual_ways(network_of(more, edges)).cost

    assert np.allclose(alone, among[: len(points), : len(points)])


@given(points=small_country.places, edges=small_country.roads, data=st.data())
def test_closing_a_road_never_shortens_a_way(
    points: tuple[Point, ...], edges: tuple[Edge, ...], data: st.DataObject
) -> None:
    network = network_of(points, edges)
    some = data.draw(st.sets(st.sampled_from(range(len(edges)))) if edges else st.just(set()))
    more = some | data.draw(st.sets(st.sampled_from(range(len(edges)))) if edges else st.just(set()))

    open_cost = usual_ways(network).cost
    with_some, with_more = ways_without(network, some).cost, ways_without(network, more).cost

    assert (with_some >= open_cost - 0.01).all()
    assert (with_more >= with_some - 0.01).all()


def test_of_two_parallel_roads_the_shorter_counts_and_they_are_not_added_up() -> None:
    """SciPy adds values that stand in one cell of a sparse matrix."""
    long = Edge(code="long", from_code="N0", to_code="N1", metres=150_000, surface="paved")
    edges = (long, msgspec.structs.replace(long, code="short", metres=120_000))
    points = (Point("a", NODES[0].lat, NODES[0].lon), Point("b", NODES[1].lat, NODES[1].lon))

    ways = usual_ways(network_of(points, edges))

    assert [one.road for one in ways.stretches(0, 1)] == [1]
    assert ways.cost[0, 1] == pytest.approx(120_000, abs=0.01)


def test_a_place_on_a_closed_road_does_not_drive_over_open_country_to_the_next() -> None:
    """N0 - N1 is closed; N3 - N4 runs 111 km north of it."""
    edges = (
        Edge(code="closed", from_code="N0", to_code="N1", metres=120_000, surface="laterite"),
        Edge(code="open", from_code="N3", to_code="N4", metres=120_000, surface="paved"),
        Edge(code="link", from_code="N1", to_code="N4", metres=120_000, surface="paved"),
    )
    points = (Point("a", NODES[0].lat, NODES[0].lon), Point("b", NODES[1].lat, NODES[1].lon))

    ways = ways_without(network_of(points, edges), [0])

    assert not ways.is_known[0, 1]


def test_no_places_and_no_roads_are_no_fault() -> None:
    assert usual_legs([], [], []) == ()
    assert usual_legs([Point("a", 0.0, 0.0)], NODES, []) == ()
    assert usual_ways(make_network((), NODES, ())).cost.shape == (0, 0)
