"""The books are closed up to a day: its balances are kept, nothing is recorded on or before it any more."""

import datetime as dt
from typing import ClassVar

from msgspec import Struct
from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.balances import last_closed_day, sums
from supply.inventory.rows import CHECKPOINT, CLOSED_PERIOD, PLACE
from supply.people.rights import Actor, Right, require


class ClosePeriod(Struct, frozen=True, kw_only=True):
    """The last day, inclusive, that is closed."""

    closed_on: dt.date


class PeriodOver(Struct, frozen=True, kw_only=True):
    """How many balances the checkpoint holds; `is_repeat` when the day was closed before."""

    closed_on: dt.date
    accounts_count: int
    is_repeat: bool = False


class DayNotOver(Invalid):
    """Today or a later day."""

    code: ClassVar[str] = "day-not-over"
    title = N_("{closed_on} is not over yet; close a day that has passed.")


class ClosedFurther(Conflict):
    """A later day is closed already."""

    code: ClassVar[str] = "closed-further"
    title = N_("The books are already closed up to {last}, which is later than {closed_on}.")


def close_period(session: Session, command: ClosePeriod, *, actor: Actor, now: dt.datetime) -> PeriodOver:
    """Close the books of every place up to a day and keep each account's balance of that day.

    Raises DayNotOver, ClosedFurther.
    """
    require(actor, Right.CLOSE_PERIOD)
    if command.closed_on >= day_of(now):
        raise DayNotOver(closed_on=command.closed_on)
    codes = [*session.execute(select(PLACE.c.code).order_by(PLACE.c.code)).scalars()]
    # The books of all places close together, so whoever closes them answers for all.
    require(actor, Right.CLOSE_PERIOD, *codes)
    # Every document locks its place: holding them all, no paper of an older day is on its way.
    lock_places(session, codes)
    last = last_closed_day(session)
    if last == command.closed_on:
        return PeriodOver(closed_on=last, accounts_count=_kept(session, last), is_repeat=True)
    if last > command.closed_on:
        raise ClosedFurther(last=last, closed_on=command.closed_on)
    session.execute(
        insert(CLOSED_PERIOD),
        [{"closed_on": command.closed_on, "user_id": actor.user_id, "recorded_at": now}],
    )
    balance = sums(until=command.closed_on, since=last)
    session.execute(
        insert(CHECKPOINT).from_select(
            ["account_id", "closed_on", "grams"],
            select(balance.c.account_id, literal(command.closed_on), balance.c.grams).where(
                balance.c.grams != 0
            ),
        )
    )
    return PeriodOver(closed_on=command.closed_on, accounts_count=_kept(session, command.closed_on))


def _kept(session: Session, closed_on: dt.date) -> int:
    kept = select(func.count()).select_from(CHECKPOINT).where(CHECKPOINT.c.closed_on == closed_on)
    return session.execute(kept).scalar_one()
