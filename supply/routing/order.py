"""The trips of a plan in the order in which they are numbered."""

import datetime as dt

import msgspec

from supply.routing.planner.plan import Plan, Trip
from supply.routing.planner.problem import Problem


class NumberedTrip(msgspec.Struct, frozen=True):
    """A trip of the plan with its number, store and type of truck."""

    number: int
    store_code: str
    type_code: str
    trip: Trip

    @property
    def label(self) -> str:
        """Short name, the same before and after approval."""
        return f"{self.store_code}-{self.number:02d}"

    @property
    def last_on(self) -> dt.date:
        return self.trip.begin + dt.timedelta(days=self.trip.days - 1)


def in_order(problem: Problem, plan: Plan) -> tuple[NumberedTrip, ...]:
    """Trips numbered by the day they begin, then by store."""
    fleets = {fleet.id: fleet for fleet in problem.fleet}
    ordered = sorted(plan.trips, key=lambda one: (one.begin, fleets[one.fleet].depot, one.fleet, one.vehicle))
    return tuple(
        NumberedTrip(number, fleets[one.fleet].depot, fleets[one.fleet].type, one)
        for number, one in enumerate(ordered, 1)
    )
