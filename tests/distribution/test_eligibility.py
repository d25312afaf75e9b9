"""Which group a person belongs to on a day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.clock import completed_months
from supply.distribution.eligibility import Group, StatusPeriod, group_on, may_become_eligible
from supply.distribution.words import Reason

GROUPS = (
    Group(code="C6-23", kind="child", from_months=6, to_months=23, position=1),
    Group(code="C24-59", kind="child", from_months=24, to_months=59, position=2),
    Group(code="PREG", kind="pregnant", to_months=9, position=3),
    Group(code="BREAST", kind="breastfeeding", position=4),
)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
BIRTHS = st.dates(dt.date(2012, 1, 1), dt.date(2030, 12, 31))


@pytest.mark.parametrize(
    ("born_on", "day", "expected"),
    [
        (dt.date(2026, 9, 21), dt.date(2027, 3, 20), Reason.TOO_YOUNG),  # one day before six months
        (dt.date(2026, 9, 20), dt.date(2027, 3, 20), "C6-23"),  # six months to the day
        (dt.date(2025, 3, 21), dt.date(2027, 3, 20), "C6-23"),  # last day of 23 completed months
        (dt.date(2025, 3, 20), dt.date(2027, 3, 20), "C24-59"),  # 24 months to the day
        (dt.date(2022, 3, 21), dt.date(2027, 3, 20), "C24-59"),  # last day of 59 completed months
        (dt.date(2022, 3, 20), dt.date(2027, 3, 20), Reason.TOO_OLD),  # 60 months to the day
        (
            dt.date(2026, 8, 31),
            dt.date(2027, 2, 28),
            "C6-23",
        ),  # the 31st completes on a shorter month's last day
        (dt.date(2026, 8, 31), dt.date(2027, 2, 27), Reason.TOO_YOUNG),
        (dt.date(2022, 2, 28), dt.date(2027, 2, 28), Reason.TOO_OLD),
        (dt.date(2027, 3, 21), dt.date(2027, 3, 20), Reason.NOT_BORN),
    ],
)
def test_children_enter_at_six_and_leave_at_sixty_completed_months(
    born_on: dt.date, day: dt.date, expected: str
) -> None:
    found = group_on(born_on, "male", (), GROUPS, day=day)

    assert (found.group_code or found.reason) == expected


@given(born_on=BIRTHS, day=DAYS)
def test_a_child_is_in_a_group_exactly_between_its_bounds(born_on: dt.date, day: dt.date) -> None:
    found = group_on(born_on, "male", (), GROUPS, day=day)

    months = completed_months(born_on, day)
    assert (found.group_code == "C6-23") == (born_on <= day and 6 <= months <= 23)
    assert (found.group_code == "C24-59") == (born_on <= day and 24 <= months <= 59)


@given(
    born_on=BIRTHS,
    day=DAYS,
    sex=st.sampled_from(["female", "male"]),
    periods=st.lists(
        st.builds(
            StatusPeriod,
            kind=st.sampled_from(["pregnant", "breastfeeding"]),
            from_on=DAYS,
            until_on=st.none() | DAYS,
        ),
        max_size=4,
    ),
)
def test_everybody_is_in_exactly_one_group_or_told_one_reason(
    born_on: dt.date, day: dt.date, sex: str, periods: list[StatusPeriod]
) -> None:
    found = group_on(born_on, sex, tuple(periods), GROUPS, day=day)

    assert (found.group_code is None) != (found.reason is None)


@given(born_on=BIRTHS, day=DAYS)
def test_whoever_is_in_a_group_may_be_enrolled(born_on: dt.date, day: dt.date) -> None:
    found = group_on(born_on, "female", (), GROUPS, day=day)

    allowed = may_become_eligible(born_on, "female", (), GROUPS, day=day)
    assert allowed or found.group_code is None
    assert allowed == (found.group_code is not None or found.reason in {Reason.NOT_BORN, Reason.TOO_YOUNG})


def test_pregnancy_goes_before_breastfeeding_and_both_before_age() -> None:
    born_on, day = dt.date(2000, 1, 1), dt.date(2027, 3, 20)
    pregnant = StatusPeriod(kind="pregnant", from_on=dt.date(2027, 1, 1))
    nursing = StatusPeriod(kind="breastfeeding", from_on=dt.date(2026, 6, 1))

    both = group_on(born_on, "female", (nursing, pregnant), GROUPS, day=day)
    one = group_on(born_on, "female", (nursing,), GROUPS, day=day)

    assert both.group_code == "PREG"
    assert one.group_code == "BREAST"


@pytest.mark.parametrize(
    ("until_on", "day", "expected"),
    [
        (dt.date(2027, 3, 20), dt.date(2027, 3, 20), "PREG"),  # the last day counts
        (dt.date(2027, 3, 19), dt.date(2027, 3, 20), Reason.STATUS_ENDED),
        (None, dt.date(2027, 11, 9), "PREG"),  # nine completed months, by the programme's length
        (None, dt.date(2027, 11, 10), Reason.STATUS_ENDED),
        (None, dt.date(2027, 1, 9), Reason.STATUS_NOT_BEGUN),
    ],
)
def test_a_status_counts_on_its_days_only(until_on: dt.date | None, day: dt.date, expected: str) -> None:
    pregnant = StatusPeriod(kind="pregnant", from_on=dt.date(2027, 1, 10), until_on=until_on)

    found = group_on(dt.date(2000, 1, 1), "female", (pregnant,), GROUPS, day=day)

    assert (found.group_code or found.reason) == expected


@pytest.mark.parametrize(
    ("sex", "born_on", "expected"),
    [
        ("female", dt.date(2000, 1, 1), Reason.NO_STATUS),
        ("male", dt.date(2000, 1, 1), Reason.TOO_OLD),
        ("female", dt.date(2020, 1, 1), Reason.TOO_OLD),  # a girl of seven
    ],
)
def test_the_reason_says_what_would_have_to_change(sex: str, born_on: dt.date, expected: Reason) -> None:
    found = group_on(born_on, sex, (), GROUPS, day=dt.date(2027, 3, 20))

    assert found.reason is expected


def test_an_age_between_two_groups_is_told_as_such() -> None:
    groups = (GROUPS[0], Group(code="C36-59", kind="child", from_months=36, to_months=59))

    found = group_on(dt.date(2024, 12, 1), "male", (), groups, day=dt.date(2027, 3, 20))

    assert found.reason is Reason.AGE_IN_NO_GROUP
