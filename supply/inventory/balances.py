"""Balances of accounts over time: sums of movements since the last closed day, no counter beside them."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from supply.inventory.rows import ACCOUNT, CHECKPOINT, CLOSED_PERIOD, MOVEMENT, NO_DAY


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


def whole(total: ColumnElement[int]) -> ColumnElement[int]:
    """A sum of grams as the 64-bit number it is: PostgreSQL sums them as decimals, slow to add and read."""
    return cast(total, BigInteger)


def account_balance(until: ColumnElement[dt.date] | None = None) -> ColumnElement[int]:
    """Grams of the account of the enclosing query at the end of `until` (None: of everything recorded).

    Summed from the last closed day, each side along its own index.
    """
    closed = select(func.coalesce(func.max(CLOSED_PERIOD.c.closed_on), literal(NO_DAY, Date)))
    if until is not None:
        closed = closed.where(CLOSED_PERIOD.c.closed_on <= until)
    since = closed.scalar_subquery()
    days = [MOVEMENT.c.occurred_on > since]
    if until is not None:
        days.append(MOVEMENT.c.occurred_on <= until)
    total = select(func.coalesce(whole(func.sum(MOVEMENT.c.grams)), 0)).correlate(ACCOUNT)
    arrived = total.where(MOVEMENT.c.to_account_id == ACCOUNT.c.id, *days)
    left = total.where(MOVEMENT.c.from_account_id == ACCOUNT.c.id, *days)
    before = select(func.coalesce(whole(func.sum(CHECKPOINT.c.grams)), 0)).where(
        CHECKPOINT.c.account_id == ACCOUNT.c.id, CHECKPOINT.c.closed_on == since
    )
    return before.correlate(ACCOUNT).scalar_subquery() + arrived.scalar_subquery() - left.scalar_subquery()


def balances(accounts: Select[int], *, until: dt.date | None) -> CTE:
    """Columns account_id and grams of the accounts chosen, as `account_balance`."""
    day = None if until is None else literal(until, Date)
    query = select(ACCOUNT.c.id.label("account_id"), account_balance(day).label("grams"))
    # Materialized: PostgreSQL would sum once for the answer and once more for a condition on the grams.
    return query.where(ACCOUNT.c.id.in_(accounts)).cte("balance").prefix_with("MATERIALIZED")


def moved_after(day: BindParameter[dt.date]) -> ColumnElement[bool]:
    """Whether the account of the enclosing query has a movement of a later day."""
    movement = select(MOVEMENT.c.id).where(MOVEMENT.c.occurred_on > day).correlate(ACCOUNT)
    return or_(
        movement.where(MOVEMENT.c.to_account_id == ACCOUNT.c.id).exists(),
        movement.where(MOVEMENT.c.from_account_id == ACCOUNT.c.id).exists(),
    )


def _daily_changes() -> Select[int, dt.date, int]:
    """Per account and day from `start`: net change; everything up to `start` is on `start`.

    Each side is summed by itself, in the order of its index: an account's whole past need not be sorted.
    """
    accounts: BindParameter[int] = bindparam("accounts", expanding=True)
    since, start = bindparam("since", type_=Date), bindparam("start", type_=Date)
    day, total = MOVEMENT.c.occurred_on, func.sum(MOVEMENT.c.grams)
    is_past, is_later = and_(day > since, day <= start), and_(day > since, day > start)
    source, target = MOVEMENT.c.from_account_id, MOVEMENT.c.to_account_id
    sides = [
        select(target.label("account_id"), start.label("day"), total.label("grams"))
        .where(target.in_(accounts), is_past)
        .group_by(target),
        select(source, start, -total).where(source.in_(accounts), is_past).group_by(source),
        select(target, day, total).where(target.in_(accounts), is_later).group_by(target, day),
        select(source, day, -total).where(source.in_(accounts), is_later).group_by(source, day),
        select(CHECKPOINT.c.account_id, start, CHECKPOINT.c.grams).where(
            CHECKPOINT.c.account_id.in_(accounts), CHECKPOINT.c.closed_on == since
        ),
    ]
    changes = union_all(*sides).subquery()
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


def sums(*, until: dt.date | None, since: dt.date) -> Subquery:
    """Balance of every account at the end of `until` (None: of everything recorded), as a subquery.

    Columns account_id and grams. One pass over both movement indexes from the last closed day `since`.
    """
    days = [MOVEMENT.c.occurred_on > since] + ([] if until is None else [MOVEMENT.c.occurred_on <= until])
    arrived = (
        select(MOVEMENT.c.to_account_id.label("account_id"), func.sum(MOVEMENT.c.grams).label("grams"))
        .where(*days)
        .group_by(MOVEMENT.c.to_account_id)
    )
    left = (
        select(MOVEMENT.c.from_account_id, -func.sum(MOVEMENT.c.grams))
        .where(*days)
        .group_by(MOVEMENT.c.from_account_id)
    )
    before = select(CHECKPOINT.c.account_id, CHECKPOINT.c.grams).where(
        CHECKPOINT.c.closed_on == literal(since)
    )
    changes = union_all(arrived, left, before).subquery()
    return (
        select(changes.c.account_id, func.sum(changes.c.grams).label("grams"))
        .group_by(changes.c.account_id)
        .subquery("balance")
    )
