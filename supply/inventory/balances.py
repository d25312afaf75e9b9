"""Balances of accounts over time: sums of movements since the last closed day, no counter beside them."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from supply.inventory.rows import CHECKPOINT, CLOSED_PERIOD, MOVEMENT, NO_DAY


class DayBalance(NamedTuple):
    """Grams at the end of a day."""

    day: dt.date
    grams: int


def last_closed_day(session: Session, on: dt.date | None = None) -> dt.date:
    """The last closed day (on or before `on`); NO_DAY when no period is closed."""
    query = select(func.max(CLOSED_PERIOD.c.closed_on))
    if on is not None:
        query = query.where(CLOSED_PERIOD.c.closed_on <= on)
    return session.execute(query).scalar_one() or NO_DAY


def _bucket(day: ColumnElement[dt.date]) -> ColumnElement[dt.date]:
    start = bindparam("start", type_=Date)
    return case((day > start, day), else_=start)


def _daily_changes() -> Select[int, dt.date, int]:
    """Per account and day from `start`: net change; everything up to `start` is on `start`."""
    accounts: BindParameter[int] = bindparam("accounts", expanding=True)
    since = bindparam("since", type_=Date)
    arrived = select(
        MOVEMENT.c.to_account_id.label("account_id"),
        _bucket(MOVEMENT.c.occurred_on).label("day"),
        MOVEMENT.c.grams.label("grams"),
    ).where(MOVEMENT.c.to_account_id.in_(accounts), MOVEMENT.c.occurred_on > since)
    left = select(
        MOVEMENT.c.from_account_id,
        _bucket(MOVEMENT.c.occurred_on),
        -MOVEMENT.c.grams,
    ).where(MOVEMENT.c.from_account_id.in_(accounts), MOVEMENT.c.occurred_on > since)
    before = select(CHECKPOINT.c.account_id, bindparam("start", type_=Date), CHECKPOINT.c.grams).where(
        CHECKPOINT.c.account_id.in_(accounts), CHECKPOINT.c.closed_on == since
    )
    changes = union_all(arrived, left, before).subquery()
    return (
        select(changes.c.account_id, changes.c.day, func.sum(changes.c.grams))
        .group_by(changes.c.account_id, changes.c.day)
        .order_by(changes.c.account_id, changes.c.day)
    )


_DAILY_CHANGES = _daily_changes()


def balances_from(
    session: Session, account_ids: Collection[int], start: dt.date, *, since: dt.date
) -> dict[int, list[DayBalance]]:
    """Balance of each account at the end of `start` and of each later day on which it changed.

    `since` is the last closed day on or before `start`, see `last_closed_day`.
    """
    found: dict[int, list[DayBalance]] = {account_id: [] for account_id in account_ids}
    rows = session.execute(_DAILY_CHANGES, {"accounts": sorted(account_ids), "start": start, "since": since})
    for account_id, day, change in rows:
        known = found[account_id]
        known.append(DayBalance(day, (known[-1].grams if known else 0) + int(change)))
    for known in found.values():
        if not known or known[0].day != start:
            known[:0] = [DayBalance(start, 0)]
    return found


def sums(*, until: dt.date | None, since: dt.date, accounts: Select[int] | None = None) -> Subquery:
    """Balance of each account at the end of `until` (None: of everything recorded), as a subquery.

    Columns account_id and grams. One pass over both movement indexes from the last closed day `since`.
    """

    def limits(account: ColumnElement[int]) -> list[ColumnElement[bool]]:
        chosen = [MOVEMENT.c.occurred_on > since]
        if until is not None:
            chosen.append(MOVEMENT.c.occurred_on <= until)
        if accounts is not None:
            chosen.append(account.in_(accounts))
        return chosen

    arrived = (
        select(MOVEMENT.c.to_account_id.label("account_id"), func.sum(MOVEMENT.c.grams).label("grams"))
        .where(*limits(MOVEMENT.c.to_account_id))
        .group_by(MOVEMENT.c.to_account_id)
    )
    left = (
        select(MOVEMENT.c.from_account_id, -func.sum(MOVEMENT.c.grams))
        .where(*limits(MOVEMENT.c.from_account_id))
        .group_by(MOVEMENT.c.from_account_id)
    )
    before = select(CHECKPOINT.c.account_id, CHECKPOINT.c.grams).where(
        CHECKPOINT.c.closed_on == literal(since)
    )
    if accounts is not None:
        before = before.where(CHECKPOINT.c.account_id.in_(accounts))
    changes = union_all(arrived, left, before).subquery()
    return (
        select(changes.c.account_id, func.sum(changes.c.grams).label("grams"))
        .group_by(changes.c.account_id)
        .subquery("balance")
    )
