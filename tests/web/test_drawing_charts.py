"""Charts: shares of a width in per cent and pixels down, worked by hand."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.web.drawing import scales
from supply.web.drawing.bars import Bar, Part, Stack, bars_view, stacks_view
from supply.web.drawing.calendars import Expiring, Leg, Truck, expiry_view, gantt_view
from supply.web.drawing.lines import Series, line_view, sparkline, stock_line
from supply.web.templating import make_environment

TODAY = dt.date(2026, 3, 9)


def wall(year: int, month: int, day: int, hour: int = 0) -> dt.datetime:
    """The clock on the wall in Mali, which keeps UTC."""
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


def draw(macro: str, view: object) -> str:
    template = make_environment().from_string(
        f'{{% from "macros/drawing.html" import {macro} %}}{{{{ {macro}(view, title="Titre") }}}}'
    )
    return template.render(view=view)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 4, (0, 1, 2, 3, 4)),
        (0, 37, (0, 10, 20, 30, 40)),
        (0, 41, (0, 20, 40, 60)),
        (18, 25, (18, 20, 22, 24, 26)),
        (0, 0, (0, 1)),  # nothing at all still has a scale
    ],
)
def test_axis_values_are_round_and_hold_the_data(low: int, high: int, ticks: tuple[int, ...]) -> None:
    assert scales.round_ticks(low, high) == ticks


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_an_axis_always_holds_its_data_with_few_lines(one: int, other: int) -> None:
    low, high = sorted((one, other))

    ticks = scales.round_ticks(low, high)

    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 5


def test_breaks_put_as_many_values_in_each_class() -> None:
    assert scales.equal_count_breaks([1, 2, 3, 4, 5, 6, 7, 8]) == (3, 5, 7)
    assert scales.equal_count_breaks([5, 5, 5, 5]) == ()
    assert scales.equal_count_breaks([]) == ()


def test_a_bar_is_as_long_as_its_share_and_knows_its_target() -> None:
    view = bars_view((Bar("Kébila", 3000, 4000), Bar("Fakola", 1000, 4000)), target=0.7)

    assert [(row.width, row.reached, row.y) for row in view.rows] == [(75.0, True, 0), (25.0, False, 44)]
    assert (view.target_x, view.target_percent, view.whole_x) == (70.0, 70, 100.0)
    assert view.rows[0].ratio == Fraction(3, 4)


def test_more_people_than_expected_lengthens_the_scale() -> None:
    view = bars_view((Bar("Guiré", 5000, 4000), Bar("Nonkon", 2600, 4000)), target=0.65)

    # The scale ends at 130 %: 125/130 = 96.2 %, 65/130 = 50 %, 100/130 = 76.9 %.
    assert [row.width for row in view.rows] == [96.2, 50.0]
    assert (view.target_x, view.whole_x) == (50.0, 76.9)
    assert view.rows[1].reached


def test_an_absurd_share_is_cut_and_marked() -> None:
    view = bars_view((Bar("Toukoto", 50_000, 10),))

    assert (view.rows[0].width, view.rows[0].is_cut) == (100.0, True)


def test_nobody_expected_is_neither_reached_nor_missed() -> None:
    view = bars_view((Bar("Dourou", 0, 0),), target=0.7)

    assert (view.rows[0].width, view.rows[0].ratio, view.rows[0].reached) == (0.0, None, None)
    assert "0 / 0" in draw("bars", view)


def test_stacked_parts_touch_and_end_at_the_total() -> None:
    thirds = (Part("unfit", 1000), Part("good", 1000), Part("hold", 1000))

    view = stacks_view((Stack("Ségou", thirds), Stack("Kayes", (Part("good", 1500), Part("expired", 0)))))

    # 3,000 g fill the width: good 0-33.3, hold 33.3-66.7, unfit 66.7-100; 1,500 g fill half.
    assert [(part.kind, part.x, part.width) for part in view.rows[0].segments] == [
        ("good", 0.0, 33.3),
        ("hold", 33.3, 33.4),
        ("unfit", 66.7, 33.3),
    ]
    assert [(part.kind, part.width) for part in view.rows[1].segments] == [("good", 50.0)]
    assert view.kinds == ("good", "hold", "unfit")
    assert [row.grams for row in view.rows] == [3000, 1500]


def test_empty_stores_draw_without_division_by_zero() -> None:
    view = stacks_view((Stack("Sévaré", ()),))

    assert view.rows[0].segments == ()
    assert "Sévaré" in draw("stacks", view)


def test_the_last_good_day_is_still_good() -> None:
    view = expiry_view(
        (Expiring(dt.date(2026, 3, 8), 1000), Expiring(TODAY, 2000), Expiring(dt.date(2026, 8, 31), 4000)),
        today=TODAY,
        near_days=90,
    )

    expired, march, august = view.columns[0], view.columns[1], view.columns[6]
    assert [(block.state, block.grams) for block in expired.blocks] == [("expired", 1000)]
    assert [(block.state, block.grams) for block in march.blocks] == [("near", 2000)]
    assert (august.first_on, [(block.state, block.grams) for block in august.blocks]) == (
        dt.date(2026, 8, 1),
        [("good", 4000)],
    )
    assert len(view.columns) == 7


def test_a_month_can_be_partly_near() -> None:
    lots = (Expiring(dt.date(2026, 6, 7), 3000), Expiring(dt.date(2026, 6, 8), 1000))

    view = expiry_view(lots, today=TODAY, near_days=90)

    # 9 March + 90 days = 7 June. The axis ends at 4,000 g: 3,000 g are 130 x 3/4 = 97.5 px above 148.
    june = view.columns[4]
    assert [(block.state, block.y, block.height) for block in june.blocks] == [
        ("near", 50.5, 97.5),
        ("good", 18.0, 32.5),
    ]


def test_lots_beyond_the_last_month_drawn_are_added_to_it() -> None:
    lots = (Expiring(dt.date(2029, 1, 1), 500), Expiring(dt.date(2027, 5, 1), 700))

    view = expiry_view(lots, today=TODAY)

    # 15 months from March 2026: the last is May 2027.
    last = view.columns[-1]
    assert (last.month, last.first_on, last.is_rest, last.grams) == ("05", dt.date(2027, 5, 1), True, 1200)
    assert [column.year for column in view.columns if column.year] == ["2026", "2027"]


@given(st.lists(st.tuples(st.integers(-900, 2000), st.integers(1, 10**7)), max_size=30))
def test_no_gram_is_lost_on_the_expiry_chart(lots: list[tuple[int, int]]) -> None:
    view = expiry_view(
        [Expiring(TODAY + dt.timedelta(days=days), grams) for days, grams in lots], today=TODAY
    )

    assert sum(block.grams for column in view.columns for block in column.blocks) == sum(
        grams for _, grams in lots
    )


def test_a_trip_spans_its_hours_of_the_days() -> None:
    leg = Leg("V-1", wall(2026, 3, 9, 6), wall(2026, 3, 10, 18))

    view = gantt_view((Truck("AB-1234-MD", (leg,)),))

    # Two days: from 6/48 = 12.5 % to 42/48 = 87.5 %.
    assert view is not None
    assert (view.tracks[0].legs[0].x, view.tracks[0].legs[0].width) == (12.5, 75.0)
    assert [(day.x, day.middle) for day in view.days] == [(0.0, 25.0), (50.0, 75.0)]
    assert view.tracks[0].legs[0].is_labelled
    assert gantt_view((Truck("AB-1234-MD", ()),)) is None


def test_a_short_trip_in_a_long_month_has_no_text_that_would_not_fit() -> None:
    legs = tuple(Leg("Voyage 2026-031", wall(2026, 3, day, 6), wall(2026, 3, day, 18)) for day in (1, 28))

    view = gantt_view((Truck("AB-1234-MD", legs),))

    assert view is not None
    assert not any(leg.is_labelled for leg in view.tracks[0].legs)
    assert [day.on.day for day in view.days if day.is_numbered] == list(range(1, 29, 2))


def test_a_line_runs_from_corner_to_corner() -> None:
    view = line_view((Series("cost", ((0, 40), (5, 30), (10, 0))),), x_ticks=((0, "0 s"), (10, "10 s")))

    # Axis 0 to 40 over 150 px: 40 is at 0, 30 at 37.5, 0 at 150; x over 1,000 units.
    assert view is not None
    assert view.curves[0].points == "0,0.0 500,37.5 1000,150.0"
    assert [(mark.x, mark.anchor) for mark in view.across] == [(0.0, "start"), (100.0, "end")]


def test_stock_holds_until_the_next_movement() -> None:
    view = stock_line([(TODAY, 4000), (TODAY + dt.timedelta(days=10), 1000)])

    assert view is not None
    assert view.curves[0].points == "0,0.0 1000,0.0 1000,112.5"
    assert [mark.label for mark in view.across] == ["09/03", "12/03", "15/03", "19/03"]
    assert stock_line([]) is None


def test_a_long_line_is_thinned_but_keeps_its_newest_value() -> None:
    view = line_view((Series("cost", tuple((at, 1000 - at) for at in range(1000))),))

    assert view is not None
    assert view.curves[0].last == 1
    assert len(view.curves[0].points.split()) <= 241


def test_a_small_line_needs_two_values_and_bears_equal_ones() -> None:
    assert sparkline([3]) is None
    level, rising = sparkline([5, 5]), sparkline([0, 10, 20])
    assert level is not None
    assert rising is not None
    assert level.points == "0,12 100,12"
    assert rising.points == "0,22 50,12 100,2"


@pytest.mark.parametrize(
    ("macro", "view"),
    [
        ("bars", bars_view((Bar("<b>x</b>", 1, 2, href="/?a=1&b=2"),), target=0.7)),
        ("stacks", stacks_view((Stack("<b>x</b>", (Part("hold", 5),), href="/?a=1&b=2"),))),
        (
            "gantt",
            gantt_view((Truck("<b>x</b>", (Leg("<b>y</b>", wall(2026, 1, 1), wall(2026, 1, 2)),)),)),
        ),
    ],
)
def test_labels_from_outside_are_never_markup(macro: str, view: object) -> None:
    drawn = draw(macro, view)

    assert "<b>x" not in drawn
    assert "&lt;b&gt;x" in drawn


@pytest.mark.parametrize("count", [20])
def test_twenty_bars_weigh_under_25_kilobytes(count: int) -> None:
    view = bars_view(
        [Bar(f"Koporokendié Na {at}", 3104, 4101, href=f"/coverage/ML01051{at}") for at in range(count)],
        target=0.7,
    )

    assert len(draw("bars", view).encode()) < 25_000
