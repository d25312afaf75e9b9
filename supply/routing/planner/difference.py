"""What one plan changes in another, trip by trip."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from supply.routing.planner.plan import Plan, Stop, Trip

TripKey = tuple[object, ...]


class Fate(StrEnum):
    """What becomes of a trip."""

    KEPT = "kept"
    CHANGED = "changed"
    DROPPED = "dropped"
    ADDED = "added"


class What(StrEnum):
    """In what a changed trip differs."""

    TRUCK = "truck"
    DAY = "day"
    STOPS = "stops"
    KG = "kg"


class Line(msgspec.Struct, frozen=True):
    """One trip in both plans; `old` and `new` are positions among the plans' trips, counted from 0."""

    fate: Fate
    old: int | None
    new: int | None
    what: tuple[What, ...]
    cost_change: int


class Difference(msgspec.Struct, frozen=True):
    """All trips of both plans, each once; `unserved_cost_change` is what sites left out cost more."""

    lines: tuple[Line, ...]
    cost_change: int
    unserved_cost_change: int

    def count(self, fate: Fate) -> int:
        """How many trips have this fate."""
        return sum(line.fate == fate for line in self.lines)

    @property
    def changed_count(self) -> int:
        """Old trips that are not in the new plan."""
        return self.count(Fate.CHANGED) + self.count(Fate.DROPPED)


def key_of(trip: Trip) -> TripKey:
    """What makes a trip the same trip: fleet, first day, stops in their order and what each gets.

    Not the number of the vehicle within its fleet, because its vehicles are equal; not km, cost and days,
    which roads and not planners change.
    """
    return trip.fleet, trip.begin, tuple((stop.site, _goods(stop)) for stop in trip.stops)


def same_trips(old: Sequence[Trip], new: Sequence[Trip]) -> dict[int, int]:
    """Positions in `new` by position in `old` of trips that are the same, each matched once."""
    places: dict[TripKey, list[int]] = defaultdict(list)
    for number, trip in enumerate(new):
        places[key_of(trip)].append(number)
    matched: dict[int, int] = {}
    for number, trip in enumerate(old):
        found = places.get(key_of(trip))
        if found:
            matched[number] = found.pop(0)
    return matched


def changed_count(old: Sequence[Trip], new: Sequence[Trip]) -> int:
    """Old trips that are not in the new plan, each trip of the new plan standing for one at most."""
    return len(old) - len(same_trips(old, new))


def difference(old: Plan, new: Plan) -> Difference:
    """Trip by trip what the new plan does with the old one.

    A trip of both plans is kept. What is left is paired, the pairs with most goods for the same sites
    first: such a pair is one changed trip. An old trip without a partner is dropped, a new one added.
    """
    pairs: dict[int, int] = same_trips(old.trips, new.trips)
    kept = set(pairs)
    pairs |= partners(old.trips, new.trips, pairs)
    lines = [
        _line(
            Fate.KEPT if first in kept else Fate.CHANGED, (first, old.trips[first]), (last, new.trips[last])
        )
        for first, last in pairs.items()
    ]
    lines += [
        _line(Fate.DROPPED, (number, trip), None)
        for number, trip in enumerate(old.trips)
        if number not in pairs
    ]
    taken = set(pairs.values())
    lines += [
        _line(Fate.ADDED, None, (number, trip))
        for number, trip in enumerate(new.trips)
        if number not in taken
    ]
    lines.sort(key=lambda line: _order(line, old, new))
    by_trips = sum(line.cost_change for line in lines)
    return Difference(tuple(lines), new.cost - old.cost, new.cost - old.cost - by_trips)


def _goods(stop: Stop) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((product, kg) for product, kg in stop.deliver_kg.items() if kg))


def partners(old: Sequence[Trip], new: Sequence[Trip], matched: Mapping[int, int]) -> dict[int, int]:
    """Of the trips that are not matched, pairs that bring goods to the same site, most kg in common first."""
    taken = set(matched.values())
    chances = [
        (-common, first.fleet != last.fleet, abs((first.begin - last.begin).days), i, j)
        for i, first in enumerate(old)
        if i not in matched
        for j, last in enumerate(new)
        if j not in taken and (common := _common_kg(first, last)) > 0
    ]
    pairs: dict[int, int] = {}
    for *_, i, j in sorted(chances):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _common_kg(first: Trip, last: Trip) -> int:
    brought = _amounts(last)
    return sum(min(kg, brought.get(key, 0)) for key, kg in _amounts(first).items())


def _amounts(trip: Trip) -> dict[tuple[str, str], int]:
    amounts: dict[tuple[str, str], int] = defaultdict(int)
    for stop in trip.stops:
        for product, kg in _goods(stop):
            amounts[stop.site, product] += kg
    return dict(amounts)


def _line(fate: Fate, old: tuple[int, Trip] | None, new: tuple[int, Trip] | None) -> Line:
    cost = (0 if new is None else new[1].cost) - (0 if old is None else old[1].cost)
    what = _what(old[1], new[1]) if fate == Fate.CHANGED and old is not None and new is not None else ()
    return Line(fate, None if old is None else old[0], None if new is None else new[0], what, cost)


def _what(old: Trip, new: Trip) -> tuple[What, ...]:
    stops_differ = [stop.site for stop in old.stops] != [stop.site for stop in new.stops]
    found = {
        What.TRUCK: old.fleet != new.fleet,
        What.DAY: old.begin != new.begin,
        What.STOPS: stops_differ,
        What.KG: _amounts(old) != _amounts(new)
        or (
            not stops_differ and [_goods(stop) for stop in old.stops] != [_goods(stop) for stop in new.stops]
        ),
    }
    return tuple(what for what, is_so in found.items() if is_so)


def _order(line: Line, old: Plan, new: Plan) -> tuple[object, ...]:
    """By the day the trip begins, the new day where there is one."""
    trip = new.trips[line.new] if line.new is not None else old.trips[line.old or 0]
    return trip.begin, trip.fleet, trip.vehicle, line.fate, line.new or 0, line.old or 0
