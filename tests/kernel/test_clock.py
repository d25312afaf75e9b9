"""Ages, months and identifiers."""

import datetime as dt

import pytest

from supply.clock import completed_months, day_of, month_of
from supply.ids import id_at, new_id


@pytest.mark.parametrize(
    ("born_on", "day", "months"),
    [
        ((2026, 9, 15), (2027, 3, 15), 6),
        ((2026, 9, 16), (2027, 3, 15), 5),
        ((2022, 3, 15), (2027, 3, 14), 59),
        ((2022, 3, 15), (2027, 3, 15), 60),
        ((2026, 8, 31), (2027, 2, 28), 6),  # February ends before the 31st: the month is complete
        ((2026, 8, 31), (2027, 2, 27), 5),
        ((2024, 2, 29), (2025, 2, 28), 12),
    ],
)
def test_age_counts_completed_calendar_months(
    born_on: tuple[int, int, int], day: tuple[int, int, int], months: int
) -> None:
    assert completed_months(dt.date(*born_on), dt.date(*day)) == months


def test_the_day_is_the_programmes_not_the_servers() -> None:
    # Mali is at UTC all year.
    assert day_of(dt.datetime(2027, 3, 15, 23, 59, tzinfo=dt.UTC)) == dt.date(2027, 3, 15)
    new_york = dt.timezone(dt.timedelta(hours=-5))
    assert day_of(dt.datetime(2027, 3, 15, 20, 0, tzinfo=new_york)) == dt.date(2027, 3, 16)


def test_a_month_ends_on_its_last_day() -> None:
    assert month_of(dt.date(2028, 2, 10)) == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))


def test_ids_sort_by_time_and_are_version_seven() -> None:
    assert id_at(1000) < id_at(1001)
    assert new_id().version == 7
    assert len({new_id() for _ in range(1000)}) == 1000
