"""Maps: where degrees fall, what is left out, and that texts from outside stay texts."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.web.drawing import labels, projection
from supply.web.drawing.labels import Name
from supply.web.drawing.maps import Place, Ring, Road, Shading, Sizes, Stop, Store, Trip, map_view
from supply.web.templating import make_environment

SPOTS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=40)


def draw(**given_places: object) -> str:
    """The map macro's answer."""
    template = make_environment().from_string(
        '{% from "macros/drawing.html" import map %}{{ map(view, title=title, text="") }}'
    )
    return template.render(**given_places)


def test_a_degree_of_longitude_is_half_a_degree_of_latitude_at_60_north() -> None:
    frame = projection.fit([(10.0, 59.0), (14.0, 61.0)], width=220, tallest=220, margin=10)

    # cos 60 = 1/2, so 4 degrees across are as long as 2 degrees down: both fill 220 - 2 x 10 = 200 units.
    assert frame.scale == pytest.approx(100)
    assert projection.project(frame, (10.0, 61.0)) == (10.0, 10.0)
    assert projection.project(frame, (14.0, 59.0)) == (210.0, 210.0)
    assert projection.project(frame, (12.0, 60.0)) == (110.0, 110.0)


def test_the_scale_bar_is_a_round_distance_within_a_quarter_of_the_width() -> None:
    frame = projection.fit([(-1.0, -1.0), (1.0, 1.0)], width=220, tallest=220, margin=10)

    bar = projection.scale_bar(frame)

    # 100 units a degree of 111.195 km: a quarter of 220 units is 61.2 km, so 50 km = 44.96 units.
    assert (bar.km, bar.length) == (50, 45.0)


def test_one_place_alone_has_a_map() -> None:
    view = map_view([Place("Kébila", -7.0, 11.3)])

    assert view is not None
    assert view.dots[0].x == pytest.approx(view.width / 2, abs=0.1)
    assert view.dots[0].y == pytest.approx(view.height / 2, abs=0.1)


def test_no_place_has_no_map_and_the_page_says_what_to_do() -> None:
    view = map_view([])

    assert view is None
    assert "importez" in draw(view=view, title="Carte")


def test_points_on_a_straight_line_are_left_out() -> None:
    line = [(0.0, 0.0), (1.0, 0.1), (2.0, -0.1), (3.0, 5.0), (4.0, 6.0), (5.0, 7.0), (6.0, 8.1), (7.0, 9.0)]

    # The published example of the method: with tolerance 1 four corners stay.
    assert projection.simplify(line, 1.0) == [(0.0, 0.0), (2.0, -0.1), (3.0, 5.0), (7.0, 9.0)]


@given(SPOTS, st.floats(0.1, 20))
def test_simplified_lines_keep_their_ends_and_stay_within_the_tolerance(
    spots: list[tuple[float, float]], tolerance: float
) -> None:
    kept = projection.simplify(spots, tolerance)

    assert (kept[0], kept[-1]) == (spots[0], spots[-1])
    for spot in spots:
        near = min(_off(spot, one, other) for one, other in itertools.pairwise(kept))
        assert near <= tolerance + 1e-9


def _off(spot: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """Distance to a stretch, written apart from the program."""
    if start == end:
        return math.dist(spot, start)
    length = math.dist(start, end)
    along = (
        (spot[0] - start[0]) * (end[0] - start[0]) + (spot[1] - start[1]) * (end[1] - start[1])
    ) / length**2
    along = min(1.0, max(0.0, along))
    return math.dist(spot, (start[0] * (1 - along) + end[0] * along, start[1] * (1 - along) + end[1] * along))


def test_a_path_is_written_in_relative_tenths_that_do_not_drift() -> None:
    # Rounded at each point, not at each step: 10.04 -> 10.0, 10.08 -> 10.1, 10.12 -> 10.1, 10.16 -> 10.2.
    spots = [(10.04, 5.0), (10.08, 5.0), (10.12, 5.0), (10.16, 5.0)]

    assert projection.path(spots) == "M10 5l0.1 0 0.1 0"


def test_two_names_at_one_spot_stand_on_both_sides() -> None:
    names = [Name("Nonkon", 100, 100, 2), Name("Guiré", 100, 100, 2)]

    placed = labels.place_labels(names, taken=[], width=200, height=200, size=10)

    assert [(one.text, one.anchor) for one in placed] == [("Nonkon", "start"), ("Guiré", "end")]


def test_a_name_at_the_right_edge_stands_to_the_left() -> None:
    placed = labels.place_labels([Name("Sévaré", 198, 100, 2)], taken=[], width=200, height=200, size=10)

    assert [one.anchor for one in placed] == ["end"]


def test_a_name_without_room_drops_its_brackets_then_moves_away_on_a_leader() -> None:
    # 8 letters of 5.6 units do not fit between 10 + 4 + 2 and 40, 4 do.
    short = labels.place_labels([Name("Kita (X)", 10, 50, 4)], taken=[], width=40, height=100, size=10)
    far = labels.place_labels(
        [Name("Kita", 100, 100, 4)], taken=[labels.around(100, 100, 10)], width=200, height=200, size=10
    )

    assert [(one.text, one.leader) for one in short] == [("Kita", "")]
    # From the edge of the mark, 4 units from its middle, to the text 4 + 2 + 10 units away.
    assert [(one.text, one.x, one.leader) for one in far] == [("Kita", 116.0, "M104.0 100.0L116.0 100.0")]


def test_names_stand_beside_bubbles_not_on_them() -> None:
    places = [Place("Diallassagou", -4.0, 13.7, size=4000), Place("Dourou", -3.4, 14.0, size=4000)]

    view = map_view([*places, Place("Kayes", -11.4, 14.4, size=1)], sizes=Sizes("Personnes", ()))

    assert view is not None
    assert {label.text for label in view.labels} >= {"Diallassagou", "Dourou"}
    for label in view.labels:
        box = labels.box_of(label, 11)
        assert all(labels.is_apart(box, labels.around(dot.x, dot.y, 0.8 * dot.radius)) for dot in view.dots)


@given(st.lists(st.tuples(st.integers(0, 340), st.integers(0, 200)), max_size=40))
def test_labels_never_overlap(spots: list[tuple[int, int]]) -> None:
    names = [Name(f"Commune {at}", x, y, 3) for at, (x, y) in enumerate(spots)]

    placed = labels.place_labels(names, taken=[], width=340, height=200, size=11)

    boxes = [labels.box_of(label, 11) for label in placed]
    for at, box in enumerate(boxes):
        assert all(labels.is_apart(box, other) for other in boxes[at + 1 :])
        assert box.left >= 0
        assert box.right <= 340


def test_a_value_on_a_break_is_in_the_class_above() -> None:
    shading = Shading("Couverture", (0.5, 0.7, 0.9), ("< 50 %", "50-69 %", "70-89 %", "≥ 90 %"))
    places = [Place(str(value), at, 12, value=value) for at, value in enumerate((0.49, 0.5, 0.7, 0.95))]

    view = map_view([*places, Place("sans", 5, 12)], shading=shading)

    assert view is not None
    # Four classes spread over five shades: 0, 4/3 -> 1, 8/3 -> 3, 4.
    assert [dot.shade for dot in view.dots] == [0, 1, 3, 4, None]
    assert [key.shade for key in view.shades] == [0, 1, 3, 4]
    assert view.has_unknown


def test_the_area_of_a_bubble_grows_with_its_size() -> None:
    places = [Place("petite", 0, 12, size=1000), Place("grande", 3, 12, size=4000)]

    view = map_view(places, sizes=Sizes("Personnes", ((1000, "1 000"), (4000, "4 000"))))

    assert view is not None
    # Four times the people, twice the radius: 17 and 8.5.
    assert [dot.radius for dot in view.dots] == [8.5, 17.0]
    assert [key.radius for key in view.sizes] == [8.5, 17.0]


def test_two_trips_that_share_a_commune_show_both_stops() -> None:
    stop = Stop("Kébila", -7.0, 11.3)
    trips = [
        Trip("V-1", (stop,), ((-5.7, 11.3), (-7.0, 11.3))),
        Trip("V-2", (stop,), ((-5.7, 11.3), (-7.0, 11.3))),
    ]

    view = map_view([Place("Kébila", -7.0, 11.3)], stores=[Store("Sikasso", -5.7, 11.3)], trips=trips)

    assert view is not None
    first, second = (drive.stops[0] for drive in view.drives)
    assert math.dist((first.x, first.y), (second.x, second.y)) >= 13
    assert (first.number, second.number) == (1, 1)


def test_a_commune_of_many_trips_has_one_mark_with_their_number() -> None:
    """A ring of circles around each commune left no room for the names of its neighbours."""
    busy, quiet = Stop("Kébila", -7.0, 11.3), Stop("Fakola", -6.9, 10.5)
    trips = [Trip(f"V-{at}", (busy, quiet) if at == 1 else (busy,)) for at in range(1, 4)]
    places = [Place("Kébila", -7.0, 11.3), Place("Fakola", -6.9, 10.5)]

    view = map_view(places, trips=trips)

    assert view is not None
    assert [(mark.name, mark.number) for mark in view.shared] == [("Kébila", 3)]
    assert [[(stop.name, stop.number) for stop in drive.stops] for drive in view.drives] == [
        [("Fakola", 2)],
        [],
        [],
    ]
    assert "Kébila · 3 tournées" in draw(view=view, title="Carte")


def test_many_trips_to_two_neighbours_are_two_marks_apart() -> None:
    near, beside = Stop("Madiama", -4.40, 13.80), Stop("Fangasso", -4.39, 13.80)
    trips = [Trip(f"V-{at}", (near, beside)) for at in range(3)]

    view = map_view([Place("Madiama", -4.4, 13.8), Place("Kayes", -11.4, 14.4)], trips=trips)

    assert view is not None
    first, second = view.shared
    assert math.dist((first.x, first.y), (second.x, second.y)) >= 13


def test_a_road_far_outside_is_not_sent() -> None:
    near, far = Road(((-7.0, 11.0), (-6.5, 11.5))), Road(((30.0, 40.0), (31.0, 41.0)), "track")

    view = map_view([Place("a", -7.0, 11.0), Place("b", -6.0, 12.0)], roads=[near, far])

    assert view is not None
    assert [line.surface for line in view.roads] == ["paved"]


def test_names_from_files_are_never_markup() -> None:
    nasty = '<script>alert("x")</script>'
    view = map_view([Place(nasty, -7.0, 11.3, shown=nasty)], trips=[Trip(nasty, (Stop(nasty, -7.0, 11.3),))])

    drawn = draw(view=view, title=nasty)

    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn


def test_a_map_of_twenty_communes_with_fine_boundaries_weighs_under_25_kilobytes() -> None:
    places = [
        Place(f"Commune de Koporokendié {at}", x, y, value=at / 20, shown="70,0 %", rings=(_circle(x, y),))
        for at in range(20)
        for x, y in [(-10 + at % 5 * 1.5, 10.5 + at // 5 * 1.3)]
    ]
    shading = Shading("Couverture", (0.5, 0.7, 0.9), ("< 50 %", "50-69 %", "70-89 %", "≥ 90 %"))

    view = map_view(places, shading=shading, outline=[_circle(-7, 12)])

    assert len(draw(view=view, title="Couverture").encode()) < 25_000


def _circle(lon: float, lat: float) -> Ring:
    """A ragged boundary of 2,000 corners."""
    angles = [2 * math.pi * step / 2000 for step in range(2001)]
    return tuple(
        (
            lon + (0.5 + 0.03 * math.sin(40 * turn)) * math.cos(turn),
            lat + (0.5 + 0.03 * math.sin(40 * turn)) * math.sin(turn),
        )
        for turn in angles
    )


def test_trips_that_are_not_chosen_are_faint_and_without_numbers() -> None:
    near, far = Stop("Kita", -9.5, 13.0), Stop("Nioro", -9.6, 15.2)
    view = map_view(
        (Place("Kita", -9.5, 13.0), Place("Nioro", -9.6, 15.2)),
        trips=(Trip("A", (near,), href="?trip=1"), Trip("B", (far,), href="?trip=2", is_faint=True)),
    )

    assert view is not None
    assert [(one.label, one.is_faint, len(one.stops)) for one in view.drives] == [
        ("A", False, 1),
        ("B", True, 0),
    ]


def lined(count: int, *, chosen: int | None = None) -> str:
    """A drawn map of so many trips to one stop, with the chosen one before the others."""
    stop = Stop("Kita", -9.5, 13.0)
    trips = [
        Trip(f"T-{at}", (stop,), href=f"?trip={at}", is_faint=chosen not in {None, at})
        for at in range(1, count + 1)
    ]
    return draw(view=map_view((Place("Kita", -9.5, 13.0),), trips=trips), title="Carte")


def test_a_legend_of_many_trips_is_folded_and_whole_on_paper() -> None:
    """On a phone 57 trips pushed the trucks under the map two screens down."""
    few, many = lined(6), lined(7)

    assert "<details" not in few
    assert (
        '<details class="whole-on-paper"><summary>Légende\N{NO-BREAK SPACE}: 7 trajets</summary><ul>' in many
    )
    assert all(f'<a href="?trip={at}">T-{at}</a>' in many for at in range(1, 8))


def test_a_legend_stays_unfolded_while_one_trip_of_it_is_chosen() -> None:
    drawn = lined(7, chosen=2)

    assert '<details class="whole-on-paper" open>' in drawn
    assert drawn.count('aria-current="true"') == 1
