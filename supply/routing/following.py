"""A plan that follows an announced one, as values: the trips that it may change and what becomes of them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from supply.routing.order import NumberedTrip, in_order
from supply.routing.planner.difference import same_trips
from supply.routing.planner.plan import PLAN_FORMAT, Plan, Stop, Trip
from supply.routing.planner.problem import Fleet, Problem
from supply.routing.rows import TripRow

CHANGE_FRANCS = 25_000
# About a day of a lorry: what a changed trip costs in telephone calls and waiting (own estimate).


class PreviousTrip(msgspec.Struct, frozen=True, kw_only=True):
    """An announced trip that has not left, written as a trip of the new problem.

    `may_stay` is False when its lots are no longer there for it or too old.
    """

    id: UUID
    number: int
    label: str
    store_code: str
    type_code: str
    grams: int
    may_stay: bool
    trip: Trip


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan follows. `change_cost` is in francs per announced trip that is changed.

    `away_count` trips of the cycle have left and are not planned anew. The last three are known once it is
    solved: announced trips that no plan can keep, the least cost found of any plan, and its changed trips.
    """

    change_cost: int
    away_count: int
    trips: tuple[PreviousTrip, ...]
    least_changed: int | None = None
    free_cost: int | None = None
    free_changed: int | None = None

    def old_plan(self, problem: Problem) -> Plan:
        """The announced trips as a plan."""
        return _plan(problem, [one.trip for one in self.trips])

    def keepable(self, problem: Problem) -> Plan:
        """As `old_plan`, those trips alone that may stay."""
        return _plan(problem, [one.trip for one in self.trips if one.may_stay])

    def solved(self, *, least_changed: int, free_cost: int, free_changed: int) -> "Following":
        """What the search found is noted; trips that may not stay are changed by every plan."""
        lost = sum(not one.may_stay for one in self.trips)
        return msgspec.structs.replace(
            self,
            least_changed=least_changed + lost,
            free_cost=free_cost,
            free_changed=free_changed + lost,
        )


class PlanTrips(msgspec.Struct, frozen=True, kw_only=True):
    """The trips of a plan: `kept` by number are announced ones, the others are made when it is approved."""

    numbered: tuple[NumberedTrip, ...]
    kept: dict[int, PreviousTrip]

    @property
    def made(self) -> tuple[NumberedTrip, ...]:
        return tuple(one for one in self.numbered if one.number not in self.kept)


def _plan(problem: Problem, trips: Sequence[Trip]) -> Plan:
    cost = sum(trip.cost for trip in trips)
    return Plan(PLAN_FORMAT, problem.name, "feasible", cost, 0.0, 1.0, 0.0, 0, tuple(trips), ())


def sort_trips(problem: Problem, plan: Plan, following: Following | None) -> PlanTrips:
    """The plan's trips with their numbers; a kept trip is the announced one, new ones count on from those."""
    ordered = in_order(problem, plan)
    if following is None:
        return PlanTrips(numbered=ordered, kept={})
    may_stay = [one for one in following.trips if one.may_stay]
    same = same_trips([one.trip for one in may_stay], [one.trip for one in ordered])
    by_place = {place: may_stay[number] for number, place in same.items()}
    # Numbers beyond those of the announced trips: a driver never hears one number for two trips.
    last = max((one.number for one in following.trips), default=0)
    numbered = tuple(
        msgspec.structs.replace(one, number=last + place) for place, one in enumerate(ordered, 1)
    )
    kept = {numbered[place].number: previous for place, previous in by_place.items()}
    return PlanTrips(numbered=numbered, kept=kept)


def as_planned(
    problem: Problem, rows: Sequence[TripRow], sound: Collection[UUID]
) -> tuple[PreviousTrip, ...]:
    """Announced trips as trips of the problem, on fleets of their store and type that are free for them.

    Kilograms of a site and product are rounded so that all its trips together need as many whole kilograms
    as the problem counts for them.
    """
    ordered = sorted(rows, key=lambda row: (row.begins_on, row.label, row.id))
    seats = _Seats(problem)
    brought: Counter[tuple[str, str]] = Counter()
    previous = []
    for row in ordered:
        fleet, vehicle = seats.take(row)
        trip = Trip(
            fleet=fleet,
            vehicle=vehicle,
            begin=row.begins_on,
            days=row.day_count,
            km=row.metres / 1000,
            cost=row.cost,
            stops=_stops(row, brought),
        )
        previous.append(
            PreviousTrip(
                id=row.id,
                number=row.number,
                label=row.label,
                store_code=row.store_code,
                type_code=row.vehicle_type_code,
                grams=row.grams,
                may_stay=row.id in sound,
                trip=trip,
            )
        )
    return tuple(previous)


def _stops(row: TripRow, brought: Counter[tuple[str, str]]) -> tuple[Stop, ...]:
    stops = []
    for waybill in row.waybills:
        grams: Counter[str] = Counter()
        for line in waybill.lines:
            grams[line.product_code] += line.planned_grams
        deliver_kg = {}
        for product, amount in sorted(grams.items()):
            key = (waybill.site_code, product)
            deliver_kg[product] = -(-(brought[key] + amount) // 1000) + -brought[key] // 1000
            brought[key] += amount
        stops.append(
            Stop(waybill.site_code, waybill.due_on, {code: kg for code, kg in deliver_kg.items() if kg})
        )
    return tuple(stops)


class _Seats:
    """Vehicles of the problem, taken as announced trips are written down on them."""

    def __init__(self, problem: Problem) -> None:
        self._fleets: dict[tuple[str, str], list[Fleet]] = defaultdict(list)
        for fleet in problem.fleet:
            self._fleets[fleet.depot, fleet.type].append(fleet)
        self._busy: dict[tuple[str, int], list[TripRow]] = defaultdict(list)

    def take(self, row: TripRow) -> tuple[str, int]:
        """A vehicle that is free on the trip's days; where none is, one that is not: it cannot stay."""
        fleets = self._fleets.get((row.store_code, row.vehicle_type_code), [])
        last_on = row.begins_on + dt.timedelta(days=row.day_count - 1)
        for fleet in fleets:
            if fleet.available is not None and not any(
                first <= row.begins_on and last_on <= last for first, last in fleet.available
            ):
                continue
            for vehicle in range(1, fleet.count + 1):
                taken = self._busy[fleet.id, vehicle]
                if all(one.ends_on < row.begins_on or one.begins_on > last_on for one in taken):
                    taken.append(row)
                    return fleet.id, vehicle
        return (fleets[0].id if fleets else f"{row.store_code}/{row.vehicle_type_code}"), 1
