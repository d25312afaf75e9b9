"""Every rule and every franc of a pre-positioning plan, from the two files alone; no code of the solver's."""

from collections import defaultdict

import msgspec

from supply.routing.planner.preposition.plan import PrepositionPlan
from supply.routing.planner.preposition.problem import PrepositionProblem

NEAR_KG = 0.1
# Flows are told to the gram; sums of hundreds of them differ by less than this.
NEAR_COST = 1.0


class Breach(msgspec.Struct, frozen=True):
    """A rule that a plan breaks, in a stable code with its facts."""

    code: str
    facts: dict[str, str | float]


def check(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    """Everything wrong with a plan; an empty list means that it can be carried out as it says."""
    found = _unknown(problem, plan)
    if found:
        return found  # what follows looks names up
    return [
        *_ways(problem, plan),
        *_stores(problem, plan),
        *_demands(problem, plan),
        *_sites(problem, plan),
        *_money(problem, plan),
    ]


def _unknown(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    found: list[Breach] = []
    if plan.problem != problem.name:
        found.append(Breach("wrong-problem", {"plan": plan.problem, "problem": problem.name}))
    moves = {(way.start, way.end) for way in problem.moves}
    deliveries = {(way.start, way.end) for way in problem.deliveries}
    periods = {one.id for one in problem.periods}
    asked = {(one.site, one.product, one.due) for one in problem.demands}
    found.extend(
        Breach("unknown-way", {"from": move.start, "to": move.end})
        for move in plan.moves
        if (move.start, move.end) not in moves or {move.period, move.until} - periods
    )
    found.extend(
        Breach("unknown-way", {"from": one.start, "to": one.end})
        for one in plan.deliveries
        if (one.start, one.end) not in deliveries or one.period not in periods
    )
    named = [(one.end, one.product, one.due) for one in plan.deliveries]
    named += [(one.site, one.product, one.due) for one in plan.unmet]
    found.extend(
        Breach("not-asked", {"site": site, "product": product, "due": due})
        for site, product, due in named
        if (site, product, due) not in asked
    )
    return found


def _ways(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    found = []
    for name, ways, flows in (
        ("move", problem.moves, plan.moves),
        ("delivery", problem.deliveries, plan.deliveries),
    ):
        by_ends = {(way.start, way.end): way for way in ways}
        loads: dict[tuple[str, str, str], float] = defaultdict(float)
        for flow in flows:
            way = by_ends[flow.start, flow.end]
            loads[flow.start, flow.end, flow.period] += flow.kg
            facts: dict[str, str | float] = {"from": flow.start, "to": flow.end, "period": flow.period}
            if flow.period in way.closed:
                found.append(Breach("closed", facts))
            if flow.kg <= 0:
                found.append(Breach("no-kg", facts))
            rate = way.cost_in.get(flow.period, way.cost_per_tonne)
            if abs(flow.kg * rate / 1000 - flow.cost) > NEAR_COST:
                found.append(Breach("wrong-cost", facts | {"kind": name, "cost": flow.cost}))
        for (start, end, period), kg in loads.items():
            limit = by_ends[start, end].kg_per_period
            if limit is not None and kg > limit + NEAR_KG:
                found.append(Breach("over-way", {"from": start, "to": end, "period": period, "kg": kg}))
    return found


def _stores(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    """Follow the flour day by day: what lasts until a day of use is a stock of its own, never below zero."""
    found = []
    over = {(one.store, one.period): one.kg for one in plan.overfull}
    told = {(one.store, one.period): one.kg for one in plan.store}
    shelves: dict[tuple[str, str, str], float] = defaultdict(float)
    for period in problem.periods:
        _come(problem, period.id, shelves)
        for move in plan.moves:
            if move.period == period.id:
                shelves[move.start, move.product, move.good_until.isoformat()] -= move.kg
                shelves[move.end, move.product, move.good_until.isoformat()] += move.kg
        for one in plan.deliveries:
            if one.period == period.id:
                shelves[one.start, one.product, one.good_until.isoformat()] -= one.kg
        for (code, product, day), kg in shelves.items():
            if kg < -NEAR_KG:
                facts: dict[str, str | float] = {"store": code, "product": product, "good_until": day}
                found.append(Breach("stock-gone", facts | {"period": period.id, "kg": kg}))
        for store in problem.stores:
            kg = sum(amount for (code, _, _), amount in shelves.items() if code == store.id)
            if abs(told.get((store.id, period.id), 0.0) - kg) > NEAR_KG:
                found.append(Breach("wrong-stock", {"store": store.id, "period": period.id, "kg": kg}))
            room = (store.capacity_kg if store.capacity_kg is not None else kg) + over.get(
                (store.id, period.id), 0.0
            )
            if kg > room + NEAR_KG:
                found.append(Breach("overfull", {"store": store.id, "period": period.id, "kg": kg}))
    return found


def _come(problem: PrepositionProblem, period: str, shelves: dict[tuple[str, str, str], float]) -> None:
    """Put what comes in a period on the shelf of the last day of use that it is good for ("" for none)."""
    for one in problem.stock:
        if (one.period or problem.periods[0].id) != period:
            continue
        days = [
            demand.needs_until
            for demand in problem.demands
            if demand.product == one.product and demand.needs_until <= one.good_until
        ]
        shelves[one.store, one.product, max(days).isoformat() if days else ""] += one.kg


def _demands(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    found = []
    order = {one.id: number for number, one in enumerate(problem.periods)}
    got: dict[tuple[str, str, str], float] = defaultdict(float)
    asked = {(one.site, one.product, one.due): one for one in problem.demands}
    for one in plan.deliveries:
        key = (one.end, one.product, one.due)
        got[key] += one.kg
        facts: dict[str, str | float] = {"site": one.end, "product": one.product, "due": one.due}
        late = order[one.period] - order[one.due]
        if late > 0 or -late > asked[key].early_periods:
            found.append(Breach("wrong-period", facts | {"period": one.period}))
        if one.good_until < asked[key].needs_until:
            found.append(Breach("too-old", facts | {"good_until": one.good_until.isoformat()}))
    unmet = {(one.site, one.product, one.due): one.kg for one in plan.unmet}
    for key, demand in asked.items():
        if abs(got[key] + unmet.get(key, 0.0) - demand.kg) > NEAR_KG:
            facts = {"site": demand.site, "product": demand.product, "due": demand.due}
            found.append(Breach("not-what-was-asked", facts | {"kg": got[key]}))
    return found


def _sites(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    found = []
    order = {one.id: number for number, one in enumerate(problem.periods)}
    for site in problem.sites:
        if site.capacity_kg is None:
            continue
        for period in problem.periods:
            waits = sum(
                one.kg
                for one in plan.deliveries
                if one.end == site.id and order[one.period] <= order[period.id] < order[one.due]
            )
            if waits > site.capacity_kg + NEAR_KG:
                found.append(Breach("site-full", {"site": site.id, "period": period.id, "kg": waits}))
    return found


def _money(problem: PrepositionProblem, plan: PrepositionPlan) -> list[Breach]:
    found = []
    rates = {one.id: one.cost_per_tonne_period / 1000 for one in problem.stores}
    ways = sum(one.cost for one in plan.moves) + sum(one.cost for one in plan.deliveries)
    # Flour that no demand can use is not the plan's to store.
    idle = _idle_kg(problem)
    storage = sum((one.kg - idle.get((one.store, one.period), 0.0)) * rates[one.store] for one in plan.store)
    short = sum(one.kg for one in plan.unmet)
    over = sum(one.kg for one in plan.overfull)
    price = problem.shortage_cost_per_kg
    cost = ways + storage + short * price + 2 * over * price
    allowed = NEAR_COST + 0.01 * (len(plan.moves) + len(plan.deliveries)) + 1e-6 * cost
    allowed += 0.001 * price * (len(plan.unmet) + 2 * len(plan.overfull))
    for name, told, real in (
        ("way_cost", plan.way_cost, ways),
        ("storage_cost", plan.storage_cost, storage),
        ("shortage_kg", plan.shortage_kg, short),
        ("cost", plan.cost, cost),
    ):
        if abs(told - real) > allowed:
            found.append(Breach("wrong-total", {"what": name, "told": told, "real": real}))
    if plan.bound > plan.cost + allowed:
        found.append(Breach("bound-above-cost", {"bound": plan.bound, "cost": plan.cost}))
    return found


def _idle_kg(problem: PrepositionProblem) -> dict[tuple[str, str], float]:
    idle: dict[tuple[str, str], float] = defaultdict(float)
    names = [one.id for one in problem.periods]
    for one in problem.stock:
        if not any(
            demand.product == one.product and demand.needs_until <= one.good_until
            for demand in problem.demands
        ):
            for period in names[names.index(one.period or names[0]) :]:
                idle[one.store, period] += one.kg
    return idle
