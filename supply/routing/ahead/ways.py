"""Roads between stores and sites, period by period: closed or open, and what a tonne costs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog import road_queries
from supply.catalog.roads import RoadDistance
from supply.catalog.rows import PlaceRow, VehicleTypeRow
from supply.routing.ahead.periods import is_open, open_days
from supply.routing.planner.preposition.problem import Period, Way

HANDLING_FRANCS = 3_500
# Unloading and loading a tonne again in a store on the way: 1,000-2,500 F each (own estimate, illustrative).
NEAREST_STORES = 8
# Stores that a site may be served from; farther ones never won.

Pair = tuple[str, str]
Spans = tuple[tuple[dt.date, dt.date], ...]


class Ways(msgspec.Struct, frozen=True):
    """Moves between stores, deliveries to sites, and the last open day of each by (from, to, period)."""

    moves: tuple[Way, ...]
    deliveries: tuple[Way, ...]
    last_days: dict[str, dt.date]


def read_ways(
    session: Session, stores: Sequence[PlaceRow], sites: Sequence[PlaceRow], periods: Sequence[Period]
) -> Ways:
    """What the roads' calendar, the closures of places and the types of trucks make possible."""
    places = {place.code: place for place in (*stores, *sites)}
    kinds = catalog.vehicle_types(session)
    closures: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for one in catalog.closures(session, tuple(places)):
        closures[one.place_code].append((one.starts_on, one.ends_on))
    rates: dict[Pair, dict[str, float]] = defaultdict(dict)
    last_days: dict[str, dt.date] = {}
    for period in periods:
        legs = road_queries.legs_between(session, tuple(places), (period.first, period.last))
        known = {(leg.from_code, leg.to_code): leg for leg in legs}
        for start in stores:
            for end in places.values():
                leg, back = known.get((start.code, end.code)), known.get((end.code, start.code))
                closed = (*closures[start.code], *closures[end.code])
                rate = None if leg is None or back is None else _rate(leg, back, (start, end), kinds)
                if leg is None or rate is None or not is_open(period, (*closed, *leg.closed)):
                    continue
                rates[start.code, end.code][period.id] = rate
                days = open_days(period, (*closed, *leg.closed))
                last_days[way_key(start.code, end.code, period.id)] = days[-1]
    codes = {store.code for store in stores}
    return Ways(
        moves=tuple(
            _way(pair, by_period, periods, HANDLING_FRANCS)
            for pair, by_period in sorted(rates.items())
            if pair[1] in codes
        ),
        deliveries=tuple(_deliveries(rates, sites, periods)),
        last_days=last_days,
    )


def way_key(start: str, end: str, period: str) -> str:
    """How a way in a period is named in JSON."""
    return f"{start}>{end}>{period}"


def _deliveries(
    rates: Mapping[Pair, dict[str, float]], sites: Sequence[PlaceRow], periods: Sequence[Period]
) -> Iterable[Way]:
    for site in sites:
        ways = [(pair, by_period) for pair, by_period in rates.items() if pair[1] == site.code]
        ways.sort(key=lambda one: (min(one[1].values()), one[0]))
        for pair, by_period in ways[:NEAREST_STORES]:
            yield _way(pair, by_period, periods, 0)


def _way(pair: Pair, by_period: Mapping[str, float], periods: Sequence[Period], more: int) -> Way:
    """The usual cost is the cheapest; periods that cost more, in the rains or by a way round, say so."""
    usual = min(by_period.values())
    return Way(
        start=pair[0],
        end=pair[1],
        cost_per_tonne=usual + more,
        closed=tuple(period.id for period in periods if period.id not in by_period),
        cost_in={name: rate + more for name, rate in by_period.items() if rate != usual},
    )


def _rate(
    leg: RoadDistance,
    back: RoadDistance,
    ends: tuple[PlaceRow, PlaceRow],
    kinds: Collection[VehicleTypeRow],
) -> float | None:
    """Francs per tonne in the cheapest full truck that may go to both places and back; None without one."""
    rates = []
    for kind in kinds:
        if any(place.vehicle_types is not None and kind.code not in place.vehicle_types for place in ends):
            continue
        if leg.minutes_by_type and kind.code not in leg.minutes_by_type:
            continue
        km = (leg.metres + back.metres) / 1000
        trip = kind.fixed_francs + kind.francs_per_km * km
        haul = kind.francs_per_tonne_km * leg.metres / 1000
        rates.append(round(trip * 1_000_000 / kind.capacity_grams + haul))
    return min(rates, default=None)
