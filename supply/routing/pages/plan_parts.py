"""A plan as the page shows it: words for cost and bound, trips, trucks by day, unserved sites, distances."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from urllib.parse import quote

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.roads import Basis as DistanceBasis
from supply.catalog.roads import provenance
from supply.catalog.rows import PackRow
from supply.i18n import N_, gettext, show_percent, translate
from supply.routing.basis import Basis
from supply.routing.following import PlanTrips, PreviousTrip, sort_trips
from supply.routing.messages import finding_text
from supply.routing.order import NumberedTrip
from supply.routing.packs import LeftBehind
from supply.routing.pages.drawings import Way, planned_gantt, read_ground, real_gantt, trips_map
from supply.routing.pages.texts import (
    in_packs,
    km,
    names_of_places,
    names_of_products,
    packs_by_code,
    trip_badge,
)
from supply.routing.pages.unserved import UnservedGroup, unserved_groups
from supply.routing.planner.plan import OPTIMAL_GAP, Plan
from supply.routing.planner.problem import Problem
from supply.routing.preview import Preview, preview
from supply.routing.queries import StoredPlan
from supply.routing.rows import PlanRow, TripRow
from supply.routing.words import PlanState
from supply.web.drawing.calendars import GanttView
from supply.web.drawing.maps import MapView
from supply.web.parts import Badge

NEARLY_EMPTY = Fraction(1, 10)
# Of what the truck carries: such a trip costs as much as a full one.
MAP = "map"
# Where the page goes when a trip is chosen on it.


class TripLine(msgspec.Struct, frozen=True, kw_only=True):
    """One trip in the list; `href` None before approval."""

    label: str
    href: str | None
    badge: Badge | None
    truck: str
    begins_on: dt.date
    day_count: int
    stops: str
    grams: int
    fill: Fraction | None
    distance: str
    cost: int


class DistanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A leg that the plan drives and where its figure comes from."""

    way: str
    href: str
    distance: str
    source: str
    is_estimated: bool


class PlanBody(msgspec.Struct, frozen=True, kw_only=True):
    """Everything under the heading of a plan."""

    cost: int
    bound: int | None
    gap: Fraction | None
    words: str
    trip_count: int
    truck_count: int
    grams: int
    distance: str
    per_tonne: int | None
    map: MapView | None
    gantt: GanttView | None
    trips: tuple[TripLine, ...]
    is_approved: bool
    chosen: str
    """Label of the trip that the map shows before the others."""
    unserved: tuple[UnservedGroup, ...]
    unserved_grams: int
    findings: tuple[str, ...]
    left_behind: tuple[str, ...]
    nearly_empty: tuple[str, ...]
    """Trips of a proposed plan that carry next to nothing: their load and their cost."""
    distances: tuple[DistanceLine, ...]


def plan_body(
    session: Session, row: PlanRow, stored: StoredPlan, trips: tuple[TripRow, ...], *, chosen: int = 0
) -> PlanBody:
    """The plan of a run; `trips` are the real ones once it was approved; `chosen` is shown before the others.

    A number that no trip has chooses none.
    """
    assert stored.plan is not None, "only a run with a plan has a body"
    problem, plan, basis = stored.problem, stored.plan, stored.basis
    places, products, packs = names_of_places(session), names_of_products(session), packs_by_code(session)
    parts = sort_trips(problem, plan, stored.following)
    numbered = parts.numbered
    packed = None if row.is_by_hand else preview(problem, plan, basis, parts)
    lines = tuple(_real_line(one) for one in trips) or tuple(
        _planned_line(one, problem, places, parts.kept.get(one.number), packed) for one in numbered
    )
    is_proposed = row.state == PlanState.PROPOSED and packed is not None
    labels = {one.number: _label(one, parts.kept.get(one.number)) for one in numbered}
    ways = [
        Way(
            labels[one.number],
            (one.store_code, *(stop.site for stop in one.trip.stops)),
            href=f"?trip={one.number}#{MAP}",
            is_faint=chosen in labels and one.number != chosen,
        )
        for one in numbered
    ]
    grams = sum(line.grams for line in lines)
    unserved = unserved_groups(problem, plan, packed, places, products)
    return PlanBody(
        cost=plan.cost,
        bound=None if row.is_by_hand or plan.bound <= 0 else int(plan.bound),
        gap=Fraction(plan.cost - int(plan.bound), plan.cost) if plan.cost and plan.bound > 0 else None,
        words=_words(plan, is_by_hand=row.is_by_hand),
        trip_count=len(plan.trips),
        truck_count=len({(one.trip.fleet, one.trip.vehicle) for one in numbered}),
        grams=grams,
        distance=km(round(sum(one.km for one in plan.trips) * 1000)),
        per_tonne=round(plan.cost * 1_000_000 / grams) if grams else None,
        map=trips_map(read_ground(session), ways, basis.distances),
        gantt=real_gantt(trips) if trips else planned_gantt(_as_announced(parts), places),
        trips=lines,
        is_approved=bool(trips),
        chosen=labels.get(chosen, ""),
        unserved=unserved,
        unserved_grams=sum(group.grams for group in unserved),
        findings=tuple(dict.fromkeys(finding_text(one) for one in basis.findings)),
        left_behind=_left_behind(
            packed.left_behind if packed is not None and is_proposed else stored.left_behind,
            basis,
            places,
            products,
            packs,
        ),
        nearly_empty=_nearly_empty(parts, lines) if is_proposed else (),
        distances=_distances(basis, places),
    )


def _words(plan: Plan, *, is_by_hand: bool) -> str:
    facts: dict[str, object] = {
        "cost": plan.cost,
        "bound": int(plan.bound),
        "gap": show_percent(max(0, plan.cost - int(plan.bound)), max(1, plan.cost)),
    }
    if is_by_hand:
        return translate(
            N_("This trip costs {cost:money}. It was put together by hand, without a search."), facts
        )
    if plan.unserved and plan.bound > 0:
        message = N_(
            "The trips cost {cost:money}; no plan that serves as much can cost less than {bound:money}. "
            "Part of the need is left unserved, see below."
        )
        return translate(message, facts)
    if plan.gap <= OPTIMAL_GAP:
        return translate(N_("This plan costs {cost:money}, and it is proven that no plan costs less."), facts)
    if plan.bound <= 0:
        return translate(
            N_("This plan costs {cost:money}. How much less another could cost is not known."), facts
        )
    return translate(
        N_(
            "This plan costs {cost:money}; no plan can cost less than {bound:money}. "
            "At most {gap} could be saved."
        ),
        facts,
    )


def _as_announced(parts: PlanTrips) -> tuple[NumberedTrip, ...]:
    """Announced trips under the numbers that they have."""
    return tuple(
        msgspec.structs.replace(one, number=parts.kept[one.number].number)
        if one.number in parts.kept
        else one
        for one in parts.numbered
    )


def _label(one: NumberedTrip, kept: PreviousTrip | None) -> str:
    """An announced trip keeps its name."""
    return one.label if kept is None else kept.label


def _planned_line(
    one: NumberedTrip,
    problem: Problem,
    places: dict[str, str],
    kept: PreviousTrip | None,
    packed: Preview | None,
) -> TripLine:
    """In whole packs, as its waybills will be; kilograms as planned where nothing is known of packs."""
    kg = sum(sum(stop.deliver_kg.values()) for stop in one.trip.stops)
    grams = kg * 1000 if packed is None else packed.grams_by_trip.get(one.number, 0)
    capacity = next(kind.capacity_kg for kind in problem.vehicle_types if kind.id == one.type_code)
    return TripLine(
        label=_label(one, kept),
        href=None if kept is None else f"/routing/trips/{kept.id}",
        badge=None if kept is None else Badge("good", gettext(N_("stays"))),
        truck=one.type_code,
        begins_on=one.trip.begin,
        day_count=one.trip.days,
        stops=_stops(
            places.get(one.store_code, one.store_code), [places.get(s.site, s.site) for s in one.trip.stops]
        ),
        grams=grams,
        fill=Fraction(grams, capacity * 1000),
        distance=km(round(one.trip.km * 1000)),
        cost=one.trip.cost,
    )


def _real_line(one: TripRow) -> TripLine:
    return TripLine(
        label=one.label,
        href=f"/routing/trips/{one.id}",
        badge=trip_badge(one.state),
        truck=one.plate or one.vehicle_type_code,
        begins_on=one.first_on,
        day_count=one.day_count,
        stops=_stops(one.store_name, [waybill.site_name for waybill in one.waybills]),
        grams=one.grams,
        fill=None,
        distance=km(one.metres),
        cost=one.cost,
    )


def _stops(store: str, sites: list[str]) -> str:
    return " → ".join((store, *sites))


def _left_behind(
    left: Sequence[LeftBehind],
    basis: Basis,
    places: dict[str, str],
    products: dict[str, str],
    packs: dict[str, PackRow],
) -> tuple[str, ...]:
    pack_of = {one.product_code: one.pack_code for one in basis.demands}
    return tuple(
        translate(
            N_("{site}: {packs} of {product} fit whole into no trip and stay in the store."),
            {
                "site": places.get(one.site_code, one.site_code),
                "packs": in_packs(one.grams, pack_of[one.product_code], packs),
                "product": products.get(one.product_code, one.product_code),
            },
        )
        for one in left
    )


def _nearly_empty(parts: PlanTrips, lines: Sequence[TripLine]) -> tuple[str, ...]:
    """Announced trips are known and not named."""
    texts = []
    for one, line in zip(parts.numbered, lines, strict=True):
        if one.number in parts.kept or line.fill is None or line.fill >= NEARLY_EMPTY:
            continue
        message = (
            N_("{trip}, {stops}: {grams:mass} on {truck}, {distance}, {cost:money}.")
            if line.grams
            else N_("{trip}, {stops}: only parts of packs are on it, so approval leaves it out.")
        )
        texts.append(translate(message, {"trip": line.label, **_facts(line)}))
    return tuple(texts)


def _facts(line: TripLine) -> dict[str, object]:
    return {
        "stops": line.stops,
        "grams": line.grams,
        "truck": line.truck,
        "distance": line.distance,
        "cost": line.cost,
    }


def _distances(basis: Basis, places: dict[str, str]) -> tuple[DistanceLine, ...]:
    return tuple(
        DistanceLine(
            way=f"{places.get(one.from_code, one.from_code)} → {places.get(one.to_code, one.to_code)}",
            href=f"/catalog/legs/{quote(one.from_code)}/{quote(one.to_code)}?day={basis.first_on}",
            distance=km(one.metres),
            source=provenance(one),
            is_estimated=one.basis is DistanceBasis.OFF_NETWORK,
        )
        for one in basis.distances
    )
