"""Roads that run together for a while are one road there: a way changes from one to the other."""

import pytest

from supply.catalog.road_legs import usual_legs
from supply.catalog.road_meetings import with_meetings
from supply.catalog.roads import Edge, Point

NODES = [Point("south", 0.0, 0.0), Point("town", 2.0, 0.0), Point("east", 1.0, 1.0)]
# Both roads pass the crossroads at 1° north and lead on into the town, a degree farther.
UP = Edge(
    code="up", from_code="south", to_code="town", metres=240_000, surface="paved", minutes=241,
    closed_months=(8,), line=((0.0, 0.0), (0.0, 1.0), (0.0, 2.0)),
)  # fmt: skip
OUT = Edge(
    code="out", from_code="town", to_code="east", metres=240_000, surface="paved",
    line=((0.0, 2.0), (0.0, 1.0), (1.0, 1.0)),
)  # fmt: skip


def test_a_way_leaves_the_shared_stretch_where_the_roads_meet() -> None:
    """Half of each road: 120 + 120 km instead of 240 + 240 km by the town."""
    places = [Point("a", 0.0, 0.0), Point("b", 1.0, 1.0)]

    found = usual_legs(places, *with_meetings(NODES, [UP, OUT]))

    assert found[0].metres == pytest.approx(240_000, abs=100)


def test_the_pieces_add_up_to_the_road_and_keep_its_rules() -> None:
    nodes, edges = with_meetings(NODES, [UP, OUT])

    lower, upper = (edge for edge in edges if edge.code == "up")
    assert [node.code for node in nodes] == ["south", "town", "east", "@1.0,0.0"]
    assert [(edge.from_code, edge.to_code) for edge in (lower, upper)] == [
        ("south", "@1.0,0.0"),
        ("@1.0,0.0", "town"),
    ]
    assert lower.metres + upper.metres == 240_000
    assert (lower.minutes, upper.minutes) == (120, 121)
    assert lower.closed_months == upper.closed_months == (8,)
    assert lower.line + upper.line[1:] == UP.line


def test_a_meeting_at_the_end_of_a_road_is_its_node() -> None:
    """A road that ends on the line of another joins it there."""
    nodes = [*NODES, Point("crossing", 1.0, 0.0)]
    branch = Edge(
        from_code="crossing", to_code="east", metres=120_000, surface="track", line=((0.0, 1.0), (1.0, 1.0))
    )

    found_nodes, edges = with_meetings(nodes, [UP, branch])

    assert found_nodes == nodes
    assert [(edge.from_code, edge.to_code) for edge in edges] == [
        ("south", "crossing"),
        ("crossing", "town"),
        ("crossing", "east"),
    ]


def test_roads_that_share_nothing_stay_as_they_are() -> None:
    ferry = Edge(code="ferry", from_code="town", to_code="east", metres=9, surface="track", ferry_minutes=30,
                 line=OUT.line)  # fmt: skip

    assert with_meetings(NODES, [UP]) == (NODES, [UP])
    assert with_meetings(NODES, [UP, ferry]) == (NODES, [UP, ferry])
