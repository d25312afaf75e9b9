"""What a plan does with the trips that were announced before it, as its page shows it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.i18n import N_, gettext, show_date, show_money, translate
from supply.routing.following import Following, PreviousTrip, sort_trips
from supply.routing.order import NumberedTrip, in_order
from supply.routing.pages.texts import names_of_places, names_of_products
from supply.routing.planner.difference import Difference, Fate, Line, What, difference
from supply.routing.planner.plan import Plan, Trip
from supply.routing.queries import StoredPlan
from supply.web.parts import Badge, Tone

FATE_NAMES: dict[Fate, tuple[Tone, str]] = {
    Fate.KEPT: ("good", N_("stays")),
    Fate.CHANGED: ("warn", N_("changes")),
    Fate.DROPPED: ("bad", N_("dropped")),
    Fate.ADDED: ("info", N_("new trip")),
}
COUNTS: dict[Fate, str] = {
    Fate.KEPT: N_("Stay"),
    Fate.CHANGED: N_("Changed"),
    Fate.DROPPED: N_("Dropped"),
    Fate.ADDED: N_("New trips"),
}
FATES_OF_TWO: dict[Fate, tuple[Tone, str]] = {
    Fate.KEPT: ("good", N_("in both plans")),
    Fate.CHANGED: ("warn", N_("differs")),
    Fate.DROPPED: ("neutral", N_("only in the other plan")),
    Fate.ADDED: ("info", N_("only in this plan")),
}
COUNTS_OF_TWO: dict[Fate, str] = {
    Fate.KEPT: N_("In both plans"),
    Fate.CHANGED: N_("Different"),
    Fate.DROPPED: N_("Only in the other plan"),
    Fate.ADDED: N_("Only in this plan"),
}
MINUS = "\N{MINUS SIGN}"


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One trip of both plans; `href` is the page of the announced trip."""

    label: str
    href: str | None
    badge: Badge
    way: str
    changes: tuple[str, ...]
    cost_change: str


class ComparisonPart(msgspec.Struct, frozen=True, kw_only=True):
    """The plan against the announced trips; `stays` are those that it does not touch."""

    words: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    cost_change: str
    old_cost: int
    changed: tuple[ChangeLine, ...]
    stays: tuple[ChangeLine, ...]


def comparison_part(session: Session, stored: StoredPlan) -> ComparisonPart | None:
    """Trip by trip what becomes of the announced trips; None for a plan that follows none."""
    following, plan, problem = stored.following, stored.plan, stored.problem
    if following is None or plan is None:
        return None
    old = following.old_plan(problem)
    numbered = {_seat(one.trip): one for one in sort_trips(problem, plan, following).numbered}
    view = _View(
        previous=following.trips,
        new=tuple(numbered[_seat(trip)] for trip in plan.trips),
        places=names_of_places(session),
        products=names_of_products(session),
    )
    found = difference(old, plan)
    return _part(found, view, old.cost, tuple(_words(following, found)))


def two_plans(session: Session, old: StoredPlan, new: StoredPlan) -> ComparisonPart:
    """Trip by trip in what two plans of a cycle differ; neither was announced."""
    assert old.plan is not None, "both runs have a plan"
    assert new.plan is not None, "as above"
    before, after = in_order(old.problem, old.plan), in_order(new.problem, new.plan)
    view = _View(
        previous=tuple(_as_previous(one) for one in before),
        new=after,
        places=names_of_places(session),
        products=names_of_products(session),
        is_announced=False,
    )
    found = difference(_on_types(old.plan, before), _on_types(new.plan, after))
    return _part(found, view, old.plan.cost, ())


def _part(found: Difference, view: "_View", old_cost: int, words: tuple[str, ...]) -> ComparisonPart:
    lines = [(_fate(line, view), _line(line, view)) for line in found.lines]
    counts = COUNTS if view.is_announced else COUNTS_OF_TWO
    return ComparisonPart(
        words=words,
        counts=tuple((gettext(name), sum(one == fate for one, _ in lines)) for fate, name in counts.items()),
        cost_change=_signed(found.cost_change),
        old_cost=old_cost,
        changed=tuple(line for fate, line in lines if fate != Fate.KEPT),
        stays=tuple(line for fate, line in lines if fate == Fate.KEPT),
    )


def _as_previous(one: NumberedTrip) -> PreviousTrip:
    kg = sum(sum(stop.deliver_kg.values()) for stop in one.trip.stops)
    return PreviousTrip(
        id=UUID(int=0),
        number=one.number,
        label=one.label,
        store_code=one.store_code,
        type_code=one.type_code,
        grams=kg * 1000,
        may_stay=True,
        trip=one.trip,
    )


def _on_types(plan: Plan, numbered: Sequence[NumberedTrip]) -> Plan:
    """The plan with its trips as numbered; a fleet is named by store and type, which two problems share."""
    trips = tuple(
        msgspec.structs.replace(one.trip, fleet=f"{one.store_code}/{one.type_code}") for one in numbered
    )
    return msgspec.structs.replace(plan, trips=trips)


def _seat(trip: Trip) -> tuple[str, int, dt.date]:
    """A vehicle begins one trip a day."""
    return trip.fleet, trip.vehicle, trip.begin


def _signed(francs: int) -> str:
    """Money with its sign; 0 without one."""
    return f"{'+' if francs > 0 else MINUS if francs < 0 else ''}{show_money(abs(francs))}"


class _View(msgspec.Struct, frozen=True):
    """Both plans' trips by position, and the names of what they carry where."""

    previous: Sequence[PreviousTrip]
    new: Sequence[NumberedTrip]
    places: Mapping[str, str]
    products: Mapping[str, str]
    is_announced: bool = True
    """The previous trips have pages of their own."""


def _words(following: Following, found: Difference) -> list[str]:
    words = [
        translate(
            N_("A changed trip counts as {francs:money}: it is only changed where that saves more."),
            {"francs": following.change_cost},
        )
    ]
    if following.least_changed:
        words.append(
            translate(
                N_("Announced trips that no plan can keep: {count}."), {"count": following.least_changed}
            )
        )
    if following.free_cost is not None and following.free_changed != found.changed_count:
        words.append(
            translate(
                N_(
                    "The cheapest plan that was found costs {cost:money} and changes {count} of the "
                    "announced trips."
                ),
                {"cost": following.free_cost, "count": following.free_changed},
            )
        )
    if following.away_count:
        words.append(
            translate(
                N_("Trips on the road, which go on as they are: {count}."), {"count": following.away_count}
            )
        )
    return words


def _fate(line: Line, view: _View) -> Fate:
    """A trip that only needs other lots changes too: it gets other waybills."""
    if line.fate == Fate.KEPT and line.old is not None and not view.previous[line.old].may_stay:
        return Fate.CHANGED
    return line.fate


def _line(line: Line, view: _View) -> ChangeLine:
    old = None if line.old is None else view.previous[line.old]
    new = None if line.new is None else view.new[line.new]
    tone, name = (FATE_NAMES if view.is_announced else FATES_OF_TWO)[_fate(line, view)]
    trip = new.trip if new is not None else old.trip if old is not None else None
    assert trip is not None, "a line has a trip of one plan at least"
    store = new.store_code if new is not None else old.store_code if old is not None else ""
    return ChangeLine(
        label=old.label if old is not None else new.label if new is not None else "",
        href=None if old is None or not view.is_announced else f"/routing/trips/{old.id}",
        badge=Badge(tone, gettext(name)),
        way=_way(store, trip, view),
        changes=tuple(_changes(line, old, new, view)) if old is not None and new is not None else (),
        cost_change=_signed(line.cost_change),
    )


def _way(store: str, trip: Trip, view: _View) -> str:
    names = (view.places.get(code, code) for code in (store, *(stop.site for stop in trip.stops)))
    return f"{' → '.join(names)}, {_short(trip.begin)}"


def _changes(line: Line, old: PreviousTrip, new: NumberedTrip, view: _View) -> list[str]:
    """In what the trip changes: truck, first day, stops, then quantities site by site."""
    texts = [] if old.may_stay else [gettext(N_("Other lots: those reserved are gone or too old"))]
    if What.TRUCK in line.what:
        facts = {"old": _truck(old.store_code, old.type_code, view)}
        texts.append(
            translate(
                N_("Truck: {old} → {new}"), facts | {"new": _truck(new.store_code, new.type_code, view)}
            )
        )
    if What.DAY in line.what:
        texts.append(
            translate(
                N_("Leaves: {old} → {new}"), {"old": _short(old.trip.begin), "new": _short(new.trip.begin)}
            )
        )
    if What.STOPS in line.what:
        texts.append(
            translate(
                N_("Stops: {old} → {new}"), {"old": _stops(old.trip, view), "new": _stops(new.trip, view)}
            )
        )
    if What.KG in line.what:
        texts += _quantities(old.trip, new.trip, view)
    return texts


def _short(day: dt.date) -> str:
    return show_date(day, "medium")


def _truck(store: str, kind: str, view: _View) -> str:
    return f"{view.places.get(store, store)} {kind}"


def _stops(trip: Trip, view: _View) -> str:
    return ", ".join(view.places.get(stop.site, stop.site) for stop in trip.stops)


def _quantities(old: Trip, new: Trip, view: _View) -> list[str]:
    before, after = _kg(old), _kg(new)
    return [
        translate(
            N_("{site}, {product}: {old:mass} → {new:mass}"),
            {
                "site": view.places.get(site, site),
                "product": view.products.get(product, product),
                "old": before.get((site, product), 0) * 1000,
                "new": after.get((site, product), 0) * 1000,
            },
        )
        for site, product in sorted(before.keys() | after.keys())
        if before.get((site, product), 0) != after.get((site, product), 0)
    ]


def _kg(trip: Trip) -> dict[tuple[str, str], int]:
    amounts: dict[tuple[str, str], int] = defaultdict(int)
    for stop in trip.stops:
        for product, kg in stop.deliver_kg.items():
            amounts[stop.site, product] += kg
    return dict(amounts)
