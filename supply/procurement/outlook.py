"""The pipeline of the programme as it stands today: its cycles' needs, its stock and its orders."""

import datetime as dt
from collections import defaultdict

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import products
from supply.inventory.given import given_out
from supply.inventory.queries import lot_totals, on_hand
from supply.procurement.pipeline import PipelineMonth, months_between, roll
from supply.procurement.queries import expected
from supply.programme.queries import cycles, needs
from supply.programme.words import CycleState

MOST_MONTHS = 12


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """Months of every product that is in stock, ordered or needed; names by product code.

    Sites whose people are not fully counted have needs that nobody knows yet.
    """

    rows: tuple[PipelineMonth, ...]
    product_names: dict[str, str]
    uncounted_sites: int


def outlook(session: Session, *, today: dt.date) -> Outlook:
    """Needs of cycles that are not over, against usable stock and what is on order.

    Stock: good and on hold at stores and sites, not expired, and what is on the road. Late orders and needs
    of a cycle that has begun count in the present month.
    """
    this_month = today.replace(day=1)
    needed: defaultdict[tuple[str, dt.date], int] = defaultdict(int)
    uncounted: set[str] = set()
    for cycle in cycles(session):
        if cycle.state == CycleState.CLOSED or cycle.ends_on < today:
            continue
        given: defaultdict[str, int] = defaultdict(int)
        for (_, product_code), grams in given_out(session, cycle.code).items():
            given[product_code] += grams
        of_cycle: defaultdict[str, int] = defaultdict(int)
        for need in needs(session, cycle.code):
            if need.rounded_grams is None:
                uncounted.add(need.site_code)
            else:
                of_cycle[need.product_code] += need.rounded_grams
        month = max(cycle.starts_on.replace(day=1), this_month)
        for product_code, grams in of_cycle.items():
            needed[product_code, month] += max(0, grams - given[product_code])
    arriving: defaultdict[tuple[str, dt.date], int] = defaultdict(int)
    for row in expected(session, today=today):
        arriving[row.product_code, max(row.expected_on.replace(day=1), this_month)] += row.grams
    stock = _stock(session, today)
    names = {row.code: row.name for row in products(session)}
    known = sorted(set(stock) | {code for code, _ in needed} | {code for code, _ in arriving})
    last = max((month for _, month in (*needed, *arriving)), default=this_month)
    months = months_between(this_month, last, MOST_MONTHS)
    return Outlook(
        rows=roll(known, months, stock=stock, arriving=arriving, needed=needed),
        product_names=names,
        uncounted_sites=len(uncounted),
    )


def _stock(session: Session, today: dt.date) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for row in on_hand(session):
        if row.condition != "unfit" and row.expires_on >= today:
            found[row.product_code] += row.grams
    for total in lot_totals(session):
        if total.kind == "transit":
            found[total.product_code] += total.grams
    return {code: grams for code, grams in found.items() if grams}
