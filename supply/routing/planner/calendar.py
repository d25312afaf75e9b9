"""Which vehicle drives which trip on which days: a calendar of vehicles, and an exact placement by CP-SAT."""

from collections.abc import Sequence

import numpy as np

from supply.routing.planner.draft import Draft, begins_of, timing_of
from supply.routing.planner.instance import Bools, Instance

Place = tuple[int, int, int]
"""Group within the pool, vehicle number, first day of the plan counted from 0."""


class Calendar:
    """Free days of each vehicle while trips are being placed one after the other."""

    def __init__(self, instance: Instance) -> None:
        self.free = [
            [np.tile(group.free, (len(group.vehicles), 1)) for group in pool.groups]
            for pool in instance.pools
        ]
        self.vehicles = [[group.vehicles for group in pool.groups] for pool in instance.pools]

    def find(self, pool: int, days: int, begins: Bools) -> Place | None:
        """The tightest place on the earliest day; None when no vehicle of the pool is free."""
        best: tuple[int, int, int, int] | None = None
        for index, free in enumerate(self.free[pool]):
            runs = free.shape[1] - days + 1
            if runs < 1:
                continue
            fits = free[:, :runs].copy()
            for offset in range(1, days):
                fits &= free[:, offset : offset + runs]
            fits &= begins[:runs]
            if not fits.any():
                continue
            begin = int(fits.any(axis=0).argmax())
            rows = np.flatnonzero(fits[:, begin])
            row = int(
                rows[free[rows].sum(axis=1).argmin()]
            )  # the busiest vehicle that fits: keep whole ones free
            if best is None or begin < best[0]:
                best = (begin, index, self.vehicles[pool][index][row], row)
        return None if best is None else (best[1], best[2], best[0])

    def take(self, pool: int, place: Place, days: int) -> None:
        """Mark the vehicle busy."""
        group, vehicle, begin = place
        row = self.vehicles[pool][group].index(vehicle)
        self.free[pool][group][row, begin : begin + days] = False


def place_all(instance: Instance, drafts: Sequence[Draft]) -> list[Draft] | None:
    """All trips with vehicles and days: greedily where that works, else by CP-SAT; None when impossible."""
    placed: list[Draft | None] = [None] * len(drafts)
    for pool in sorted({draft.pool for draft in drafts}):
        own = [index for index, draft in enumerate(drafts) if draft.pool == pool]
        needs = [_need(instance, drafts[index]) for index in own]
        places = _place_greedily(instance, pool, needs) or _place_exactly(instance, pool, needs)
        if places is None:
            return None
        for index, place in zip(own, places, strict=True):
            draft = drafts[index]
            placed[index] = Draft(pool, draft.route, draft.kg, place)
    return [draft for draft in placed if draft is not None]


def _need(instance: Instance, draft: Draft) -> tuple[int, Bools]:
    pool = instance.pools[draft.pool]
    timing = timing_of(instance, pool, draft.route, [float(load) for load in draft.kg.sum(axis=1)])
    return timing.days, begins_of(instance, pool, draft.route, timing)


def _place_greedily(instance: Instance, pool: int, needs: list[tuple[int, Bools]]) -> list[Place] | None:
    """Trips with the fewest possible days first, then the longest."""
    calendar = Calendar(instance)
    places: dict[int, Place] = {}
    for index in sorted(
        range(len(needs)), key=lambda item: (int(needs[item][1].sum()), -needs[item][0], item)
    ):
        days, begins = needs[index]
        place = calendar.find(pool, days, begins)
        if place is None:
            return None
        calendar.take(pool, place, days)
        places[index] = place
    return [places[index] for index in range(len(needs))]


def _place_exactly(instance: Instance, pool: int, needs: list[tuple[int, Bools]]) -> list[Place] | None:
    """Equal vehicles suffice when no day has more trips than vehicles, so CP-SAT decides only days."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - heavy; most calendars are easy

    model = cp_model.CpModel()
    groups = instance.pools[pool].groups
    starts: list[dict[tuple[int, int], cp_model.IntVar]] = []
    busy: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    for index, (days, begins) in enumerate(needs):
        own: dict[tuple[int, int], cp_model.IntVar] = {}
        for number, group in enumerate(groups):
            for begin in np.flatnonzero(begins):
                if group.free[begin : begin + days].all() and begin + days <= instance.horizon:
                    variable = model.new_bool_var(f"{index},{number},{begin}")
                    own[number, int(begin)] = variable
                    for day in range(int(begin), int(begin) + days):
                        busy.setdefault((number, day), []).append(variable)
        if not own:
            return None
        model.add_exactly_one(own.values())
        starts.append(own)
    for (number, _day), variables in busy.items():
        model.add(sum(variables) <= len(groups[number].vehicles))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = 10.0
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = [next(key for key, variable in own.items() if solver.value(variable)) for own in starts]
    return _number_vehicles(instance, pool, needs, chosen)


def _number_vehicles(
    instance: Instance, pool: int, needs: list[tuple[int, Bools]], chosen: list[tuple[int, int]]
) -> list[Place]:
    """First free vehicle in the order of days: intervals that never exceed the vehicles always fit."""
    calendar = Calendar(instance)
    places: dict[int, Place] = {}
    for index in sorted(range(len(needs)), key=lambda item: (chosen[item][1], item)):
        group, begin = chosen[index]
        days = needs[index][0]
        free = calendar.free[pool][group]
        row = next(row for row in range(len(free)) if free[row, begin : begin + days].all())
        places[index] = (group, calendar.vehicles[pool][group][row], begin)
        calendar.take(pool, places[index], days)
    return [places[index] for index in range(len(needs))]
