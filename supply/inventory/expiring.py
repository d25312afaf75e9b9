"""What expires soon, and how a balance stands today. One threshold and one predicate for pages and alerts."""

import datetime as dt
from typing import Literal

from supply.inventory.fefo import is_expired
from supply.inventory.queries import Balance
from supply.inventory.words import Condition

NEAR_DAYS = 90
# Three months: the least that a flour should still keep when it leaves a store (field practice, WFP and
# Logistics Cluster call for 3 months or the length of a cycle and a month).

State = Literal["good", "near", "expired", "hold", "unfit"]


def days_left(expires_on: dt.date, today: dt.date) -> int:
    """Days until the last good day; negative when it has passed."""
    return (expires_on - today).days


def is_near(expires_on: dt.date, today: dt.date) -> bool:
    """Not expired, and at most NEAR_DAYS left."""
    return not is_expired(expires_on, today) and days_left(expires_on, today) <= NEAR_DAYS


def state_of(balance: Balance, today: dt.date) -> State:
    """The condition, but expired or near expiry where that matters more."""
    if is_expired(balance.expires_on, today) and balance.condition != Condition.UNFIT:
        return "expired"
    if balance.condition == Condition.GOOD and is_near(balance.expires_on, today):
        return "near"
    match Condition(balance.condition):
        case Condition.GOOD:
            return "good"
        case Condition.HOLD:
            return "hold"
    return "unfit"
