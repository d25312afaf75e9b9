"""A changed trip leaves on its old day where that costs nothing: less to tell the people who wait for it."""

from collections.abc import Sequence

import msgspec

from supply.routing.planner.difference import partners, same_trips
from supply.routing.planner.instance import instance_of
from supply.routing.planner.keeping import keep_together, remainder, still_valid
from supply.routing.planner.plan import Trip
from supply.routing.planner.problem import Problem


def on_old_days(problem: Problem, old: Sequence[Trip], new: Sequence[Trip]) -> list[Trip]:
    """The new trips, those moved that can leave on the day of the old trip which they stand for.

    Where old and new differ in nothing but the day, the old trip stays after all.
    """
    trips = list(new)
    for first, last in sorted(partners(old, trips, same_trips(old, trips)).items()):
        before, after = old[first], trips[last]
        if before.fleet != after.fleet or before.begin == after.begin:
            continue
        others = [trip for number, trip in enumerate(trips) if number != last]
        alone = instance_of(remainder(problem, others))
        moved = msgspec.structs.replace(after, begin=before.begin)
        on_day = keep_together(alone, still_valid(alone, [moved])).trips
        if on_day and on_day[0].cost == after.cost:
            trips[last] = on_day[0]
    return trips
