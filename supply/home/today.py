"""The first screen as values: the day, what waits, and the few figures that this role lives by."""

import datetime as dt
from collections import defaultdict

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import places
from supply.coverage.queries import CycleCoverage, cycle_coverage
from supply.home.attention import attention, the_first
from supply.home.first_steps import first_steps
from supply.i18n import N_, gettext, show_percent, show_tonnes, translate, translate_count
from supply.inventory.queries import on_hand
from supply.people.rights import ROLE_NAMES, Actor, Right
from supply.people.words import Role
from supply.procurement.queries import expected
from supply.programme.queries import current_cycle
from supply.routing.queries import trips
from supply.web.drawing.bars import Bar, BarsView, Part, Stack, StacksView, bars_view, stacks_view
from supply.web.parts import Attention

TARGET = 0.7
# Preventive programmes aim at more than 70 % (common practice).
WORST = 8
# Communes shown on the first screen, the least covered.


class Shortcut(msgspec.Struct, frozen=True):
    """A job done every day, one touch away."""

    label: str
    href: str
    tone: str
    icon: str


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with what it is made of."""

    label: str
    value: str
    note: str
    href: str


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """What the first screen shows."""

    greeting: str
    day: dt.date
    role: str
    places: str
    shortcuts: tuple[Shortcut, ...]
    attention: tuple[Attention, ...]
    figures: tuple[Figure, ...]
    stock: StacksView | None
    coverage: BarsView | None
    cycle_name: str


def today_of(session: Session, actor: Actor, today: dt.date, *, everything: bool = False) -> Today:
    """The first screen of this reader; what waits is cut to the first things unless `everything` is asked."""
    cycle = current_cycle(session, today)
    coverage = cycle_coverage(session, cycle.code) if cycle else None
    waiting = (*first_steps(session, actor), *attention(session, actor, today, coverage))
    return Today(
        greeting=translate(N_("Good day, {name}"), {"name": actor.name}),
        day=today,
        role=gettext(ROLE_NAMES[actor.role]),
        places=", ".join(_place_names(session, actor)),
        shortcuts=_shortcuts(session, actor, today),
        attention=waiting if everything else the_first(waiting),
        figures=_figures(session, actor, coverage),
        stock=_stock(session, actor) if actor.role in _STOCK_ROLES else None,
        coverage=_coverage(coverage) if actor.role in _COVERAGE_ROLES else None,
        cycle_name=cycle.name if cycle else "",
    )


_STOCK_ROLES = {Role.KEEPER, Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR}
_COVERAGE_ROLES = {Role.LEAD, Role.ADMINISTRATOR, Role.AUDITOR, Role.OFFICER}


def _shortcuts(session: Session, actor: Actor, today: dt.date) -> tuple[Shortcut, ...]:
    found = []
    if actor.role == Role.KEEPER:
        # Without an order on its way the list of orders is empty: what comes then comes without one.
        is_awaited = bool(expected(session, today=today, store_codes=actor.places))
        receive_href = "/procurement" if is_awaited else "/inventory/receive"
        found = [
            Shortcut(gettext(N_("My store")), "/inventory", "primary", "store"),
            Shortcut(gettext(N_("Receive")), receive_href, "secondary", "receive"),
            Shortcut(gettext(N_("Load trucks")), "/routing", "secondary", "truck"),
            Shortcut(gettext(N_("Count")), "/inventory/count", "secondary", "count"),
        ]
    if actor.may(Right.PLAN_DELIVERIES):
        found = [
            Shortcut(gettext(N_("Plan deliveries")), "/routing/needs", "primary", "map"),
            Shortcut(gettext(N_("Trips under way")), "/routing", "secondary", "truck"),
        ]
    if actor.role == Role.LEAD:
        found = [
            Shortcut(gettext(N_("Sessions")), "/distribution", "primary", "people"),
            Shortcut(gettext(N_("Coverage")), "/coverage", "secondary", "chart"),
        ]
    return tuple(found)


def _place_names(session: Session, actor: Actor) -> list[str]:
    if actor.places is None:
        return []
    return sorted(row.name for row in places(session) if row.code in actor.places)


def _figures(session: Session, actor: Actor, coverage: CycleCoverage | None) -> tuple[Figure, ...]:
    """Grams in the actor's stores and on the road from them, and people reached for those who look at all."""
    stock = on_hand(session, place_codes=actor.places, condition="good")
    held = [row for row in stock if row.kind == "store"]
    reserved = sum(row.reserved_grams for row in held)
    moving = trips(session, states=("departed",), store_codes=actor.places)
    found = [
        Figure(
            label=gettext(N_("In store, good")),
            value=show_tonnes(sum(row.grams for row in held)),
            note=translate(N_("of it {grams:mass} reserved for trips"), {"grams": reserved})
            if reserved
            else "",
            href="/inventory",
        ),
        Figure(
            label=gettext(N_("On the road")),
            value=show_tonnes(sum(trip.grams for trip in moving)),
            note=translate_count("{count} trip under way", "{count} trips under way", len(moving), {}),
            href="/routing",
        ),
    ]
    if coverage is not None and actor.places is None:
        found.append(_reached(coverage))
    return tuple(found)


def _reached(coverage: CycleCoverage) -> Figure:
    total = coverage.total
    share = total.coverage
    value = show_percent(share.numerator, share.denominator) if share else "–"
    note = translate(
        N_("{reached} of {targeted} people, {sites} of {all_sites} sites reported"),
        {
            "reached": total.reached or 0,
            "targeted": total.targeted,
            "sites": total.reported_count,
            "all_sites": total.site_count,
        },
    )
    label = translate(N_("Coverage, {cycle}"), {"cycle": coverage.cycle.name})
    return Figure(label=label, value=value, note=note, href="/coverage")


def _stock(session: Session, actor: Actor) -> StacksView | None:
    """Good, held and unfit grams of each store, of the actor's stores when the role is for some."""
    grams: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in on_hand(session, place_codes=actor.places):
        if row.kind == "store":
            grams[row.place_name][row.condition] += row.grams
    # One store: its figure stands above already.
    if len(grams) < 2:
        return None
    return stacks_view(
        tuple(
            Stack(name, tuple(Part(kind, parts[kind]) for kind in ("good", "hold", "unfit") if parts[kind]))
            for name, parts in sorted(grams.items())
        )
    )


def _coverage(coverage: CycleCoverage | None) -> BarsView | None:
    """The communes that have reported, the least covered first."""
    if coverage is None:
        return None
    rows = [
        Bar(
            row.name, row.figures.reached, row.figures.targeted, href=f"/coverage?cycle={coverage.cycle.code}"
        )
        for row in coverage.communes
        if row.figures.reached is not None and row.figures.targeted
    ]
    rows.sort(key=lambda bar: (bar.numerator / bar.denominator, bar.label))
    return bars_view(tuple(rows[:WORST]), target=TARGET) if rows else None
