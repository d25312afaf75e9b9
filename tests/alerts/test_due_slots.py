import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from supply.alerts.jobs import Job, due_slots, latest_slot

BAMAKO = ZoneInfo("Africa/Bamako")
MORNING = Job("expiry-alerts", dt.time(6, 0), lambda _session, _now: "done")
NIGHT = Job("verify", dt.time(2, 30), lambda _session, _now: "done")


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


def test_slot_is_today_once_the_time_has_come_and_yesterday_before() -> None:
    assert latest_slot(MORNING, at(10, 5, 59), BAMAKO) == at(9, 6)
    assert latest_slot(MORNING, at(10, 6), BAMAKO) == at(10, 6)


def test_slot_follows_the_local_clock_of_the_programme() -> None:
    paris = ZoneInfo("Europe/Paris")

    # 6 h in Paris is 5 h UTC in March before the change of hour.
    assert latest_slot(MORNING, at(10, 5), paris) == at(10, 5)


def test_job_missed_for_several_days_is_due_once() -> None:
    due = due_slots([MORNING], {"expiry-alerts": at(3, 6)}, at(10, 9), BAMAKO)

    assert [one.slot for one in due] == [at(10, 6)]


def test_job_that_ran_at_its_time_is_not_due_again() -> None:
    assert due_slots([MORNING], {"expiry-alerts": at(10, 6)}, at(11, 5, 59), BAMAKO) == ()


def test_job_that_never_ran_is_due_at_once() -> None:
    due = due_slots([MORNING], {}, at(10, 3), BAMAKO)

    assert [one.slot for one in due] == [at(9, 6)]


def test_due_jobs_run_in_the_order_in_which_they_were_due() -> None:
    due = due_slots([MORNING, NIGHT], {}, at(10, 9), BAMAKO)

    assert [one.job.name for one in due] == ["verify", "expiry-alerts"]


def test_run_of_a_clock_that_was_wrong_does_not_silence_a_job() -> None:
    next_year = dt.datetime(2027, 3, 10, 6, tzinfo=dt.UTC)

    assert [one.slot for one in due_slots([MORNING], {"expiry-alerts": next_year}, at(10, 9), BAMAKO)] == [
        at(10, 6)
    ]


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001 - bounds
    st.times(),
    st.sampled_from([BAMAKO, ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")]),
)
def test_slot_is_never_in_the_future_nor_older_than_a_day_and_the_change_of_hour(
    now: dt.datetime, local: dt.time, zone: ZoneInfo
) -> None:
    slot = latest_slot(Job("any", local, lambda _session, _now: ""), now, zone)

    assert now - dt.timedelta(hours=25) <= slot <= now
