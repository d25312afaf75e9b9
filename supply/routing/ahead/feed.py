"""From the database to a pre-positioning problem; what cannot be planned is a note in words of the page."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.words import PlaceKind
from supply.inventory import queries as inventory
from supply.inventory.words import Condition
from supply.routing.ahead.needs import AheadNeed, ahead_needs, cycles_ahead
from supply.routing.ahead.periods import early_periods, periods
from supply.routing.ahead.ways import read_ways
from supply.routing.planner.preposition.problem import (
    PREPOSITION_FORMAT,
    Demand,
    Period,
    PrepositionProblem,
    Product,
    Site,
    Stock,
    Store,
)

MAX_EARLY_DAYS = 366
Days = Annotated[int, msgspec.Meta(ge=0, le=MAX_EARLY_DAYS)]


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Grams that an order still owes to a store."""

    store_code: str
    product_code: str
    grams: int
    expected_on: dt.date


class AheadQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer supposes. `arrival_life_days`: how long what comes is good, from the day it comes."""

    today: dt.date
    early_days: Days
    keep_days: Days
    arrival_life_days: Days
    arrivals: tuple[Arrival, ...] = ()


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A problem; last open days of its ways; names of the cycle by the period in which it is due."""

    problem: PrepositionProblem
    last_days: dict[str, dt.date]
    cycle_by_due: dict[str, str]
    without_road: tuple[str, ...]
    """Sites that no truck reaches in any period."""


def feed(session: Session, question: AheadQuestion) -> Ahead | None:
    """The problem of the cycles to come; None when no site misses anything."""
    needs = ahead_needs(session, question.today, question.keep_days)
    known = periods(question.today, {need.due_on for need in needs})
    if not needs or not known:
        return None
    stores = catalog.places(session, PlaceKind.STORE, only_active=True)
    wanted = {need.site_code for need in needs}
    sites = [one for one in catalog.places(session, PlaceKind.SITE) if one.code in wanted]
    ways = read_ways(session, stores, sites, known)
    reached = {way.end for way in ways.deliveries}
    due_by_day = {one.last: one.id for one in known}
    codes = {need.product_code for need in needs}
    names = {one.code: one.name for one in cycles_ahead(session, question.today)}
    problem = PrepositionProblem(
        format=PREPOSITION_FORMAT,
        name=f"{question.today.isoformat()}",
        periods=known,
        products=tuple(Product(one.code) for one in catalog.products(session)),
        stores=tuple(Store(one.code, _kg(one.capacity_grams)) for one in stores),
        sites=tuple(Site(one.code, _kg(one.capacity_grams)) for one in sites),
        stock=(
            *_lying(session, [one.code for one in stores], question.today),
            *_coming(question, known, {one.code for one in stores}),
        ),
        moves=ways.moves,
        deliveries=ways.deliveries,
        demands=_demands(needs, known, question),
    )
    assert codes <= {one.id for one in problem.products}, "needs name products of the catalogue"
    return Ahead(
        problem=problem,
        last_days=ways.last_days,
        cycle_by_due={due_by_day[need.due_on]: names[need.cycle_code] for need in needs},
        without_road=tuple(one.code for one in sites if one.code not in reached),
    )


def _kg(grams: int | None) -> float | None:
    return None if grams is None else grams / 1000


def _demands(
    needs: Sequence[AheadNeed], known: Sequence[Period], question: AheadQuestion
) -> tuple[Demand, ...]:
    """Needs of two cycles that are due on the same day are one demand, good for the later use."""
    due = {one.last: one for one in known}
    found: dict[tuple[str, str, dt.date], Demand] = {}
    for need in needs:
        key = (need.site_code, need.product_code, need.due_on)
        other = found.get(key)
        period = due[need.due_on]
        found[key] = Demand(
            site=need.site_code,
            product=need.product_code,
            kg=need.grams / 1000 + (other.kg if other else 0.0),
            due=period.id,
            needs_until=max(need.needs_until, other.needs_until) if other else need.needs_until,
            early_periods=early_periods(known, period, question.early_days),
        )
    return tuple(found.values())


def _lying(session: Session, codes: Sequence[str], today: dt.date) -> Iterable[Stock]:
    """Free good stock by lot; what is on hold or unfit takes its room and serves nobody."""
    for balance in inventory.on_hand(session, place_codes=codes):
        is_good = balance.condition == Condition.GOOD
        grams = balance.free_grams if is_good else balance.grams
        if grams > 0:
            until = balance.expires_on if is_good else today - dt.timedelta(days=1)
            yield Stock(balance.place_code, balance.product_code, grams / 1000, until)


def _coming(question: AheadQuestion, known: Sequence[Period], codes: set[str]) -> Iterable[Stock]:
    for one in question.arrivals:
        day = max(one.expected_on, question.today)
        period = next((span for span in known if span.first <= day <= span.last), None)
        if period is not None and one.store_code in codes:
            until = day + dt.timedelta(days=question.arrival_life_days)
            yield Stock(one.store_code, one.product_code, one.grams / 1000, until, period.id)
