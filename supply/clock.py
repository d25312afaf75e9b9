"""Time: instants in UTC, days in the programme's zone. The only reader of the system clock."""

import datetime as dt
from calendar import monthrange
from zoneinfo import ZoneInfo

BAMAKO = ZoneInfo("Africa/Bamako")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def day_of(moment: dt.datetime, zone: ZoneInfo = BAMAKO) -> dt.date:
    """Local day of an instant."""
    return moment.astimezone(zone).date()


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def completed_months(born_on: dt.date, day: dt.date) -> int:
    """Completed calendar months of age.

    Somebody born on the 31st completes a month on the last day of a shorter one.
    """
    months = (day.year - born_on.year) * 12 + day.month - born_on.month
    is_last_day = day == month_of(day)[1]
    return months if day.day >= born_on.day or is_last_day else months - 1
