"""What waits for this reader, gathered from every room and put in the order in which it hurts."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from supply.alerts.queries import OpenAlert, open_alerts
from supply.alerts.words import Severity
from supply.coverage.follow_up import FollowUp, FollowUpKind, follow_up
from supply.coverage.queries import CycleCoverage
from supply.distribution.queries import sessions
from supply.i18n import N_, gettext, show_date, show_mass, translate, translate_count
from supply.inventory.queries import on_hand
from supply.people.rights import Actor, Right
from supply.procurement.queries import expected
from supply.programme.queries import cycles
from supply.programme.rows import CycleRow
from supply.programme.words import CycleState
from supply.routing.queries import arriving, plans, trips
from supply.routing.rows import TripRow
from supply.web.parts import Attention, Tone

SOON_DAYS = 2
# Trips of today and the next two days are prepared now.
EXPECTED_DAYS = 7
PLAN_AHEAD_DAYS = 45
# Approving, loading and driving to twenty communes takes about a month.
_TONES: dict[Severity, Tone] = {
    Severity.URGENT: "bad",
    Severity.WARNING: "warn",
    Severity.INFORMATION: "info",
}
_ORDER = {"bad": 0, "warn": 1, "hold": 2, "info": 3, "good": 4, "neutral": 5}
MOST = 12
FEW = 3
# Of one kind so many stand before the other kinds of the same urgency, and the rest of it behind them.
EVERYTHING = "/?everything=true"
ALIKE = 2
# More alerts of one kind than these would push everything else off the screen.


def attention(
    session: Session, actor: Actor, today: dt.date, coverage: CycleCoverage | None
) -> tuple[Attention, ...]:
    """Everything that waits, the gravest first."""
    return in_order(
        _sessions(session, actor, today),
        _coverage(session, actor, today, coverage),
        _alerts(session, actor),
        _departures(session, actor, today),
        _arrivals(session, actor, today),
        _holds(session, actor),
        _expected(session, actor, today),
        _plans(session, actor, today),
    )


def in_order(*kinds: Iterable[Attention]) -> tuple[Attention, ...]:
    """The gravest first; of equally grave ones the first FEW of each kind before the rest."""
    ranked: list[tuple[int, bool, Attention]] = []
    for kind in kinds:
        seen: Counter[int] = Counter()
        for one in kind:
            urgency = _ORDER[one.tone]
            ranked.append((urgency, seen[urgency] >= FEW, one))
            seen[urgency] += 1
    return tuple(one for _, _, one in sorted(ranked, key=lambda entry: entry[:2]))


def the_first(found: Sequence[Attention]) -> tuple[Attention, ...]:
    """At most MOST things and, where there are others, a line that counts them and leads to all."""
    shown, others = found[:MOST], found[MOST:]
    if not others:
        return tuple(shown)
    counted = translate_count("and {count} more", "and {count} more", len(others), {})
    return (*shown, Attention(others[0].tone, counted, "", EVERYTHING, gettext(N_("Show all"))))


def _alerts(session: Session, actor: Actor) -> Iterator[Attention]:
    """Each alert; many of one kind and urgency as the first of them and how many more there are."""
    alike: dict[tuple[str, Severity], list[OpenAlert]] = {}
    for alert in open_alerts(session, actor):
        alike.setdefault((alert.kind, alert.severity), []).append(alert)
    for alerts in alike.values():
        shown = alerts if len(alerts) <= ALIKE else alerts[:1]
        for alert in shown:
            yield _alert(alert)
        if more := len(alerts) - len(shown):
            yield Attention(
                _TONES[alerts[0].severity],
                translate_count("{count} more alert like it", "{count} more alerts like it", more, {}),
                _names(_where(alert) for alert in alerts[1:]),
                "/alerts",
                gettext(N_("Look")),
            )


def _alert(alert: OpenAlert) -> Attention:
    return Attention(
        _TONES[alert.severity],
        alert.text(),
        translate(N_("Told on {day}."), {"day": alert.raised_at.date()}),
        alert.href or "/alerts",
        gettext(N_("Look")),
    )


def _where(alert: OpenAlert) -> str:
    named = (alert.facts.get(name) for name in ("place", "site", "store"))
    return str(next((name for name in named if name), alert.place_code or ""))


def _departures(session: Session, actor: Actor, today: dt.date) -> Iterator[Attention]:
    """A keeper sees each trip of the store; somebody who answers for all stores sees each day."""
    if not actor.may(Right.RUN_TRIPS):
        return
    until = today + dt.timedelta(days=SOON_DAYS)
    soon = [
        trip
        for trip in trips(session, states=("planned",), store_codes=actor.places)
        if trip.begins_on <= until
    ]
    if actor.places is None:
        for day, leaving in groupby(soon, key=lambda trip: trip.begins_on):
            yield _departing(list(leaving), day, today, "/routing")
    else:
        for trip in soon:
            yield _departing([trip], trip.begins_on, today, f"/routing/trips/{trip.id}")


def _departing(leaving: Sequence[TripRow], day: dt.date, today: dt.date, href: str) -> Attention:
    title = translate_count(
        "{count} trip leaves on {day}: {trips}",
        "{count} trips leave on {day}: {trips}",
        len(leaving),
        {"day": show_date(day), "trips": _names(trip.label for trip in leaving)},
    )
    sites = _names(waybill.site_name for trip in leaving for waybill in trip.waybills)
    detail = translate(
        N_("{grams:mass} for {sites}"), {"grams": sum(trip.grams for trip in leaving), "sites": sites}
    )
    return Attention("warn" if day <= today else "info", title, detail, href, gettext(N_("Load trucks")))


def _arrivals(session: Session, actor: Actor, today: dt.date) -> Iterator[Attention]:
    if not actor.may(Right.PLAN_DELIVERIES):
        return
    for waybill in arriving(session):
        if waybill.due_on < today:
            yield Attention(
                "warn",
                translate(N_("No proof of delivery from {site}"), {"site": waybill.site_name}),
                translate(
                    N_("Waybill {number}, expected on {day}"),
                    {"number": waybill.number, "day": show_date(waybill.due_on)},
                ),
                f"/routing/waybills/{waybill.id}",
                gettext(N_("Record")),
            )


def _holds(session: Session, actor: Actor) -> Iterator[Attention]:
    if not actor.may(Right.DECIDE_QUALITY):
        return
    waiting = on_hand(session, place_codes=actor.places, condition="hold")
    if waiting:
        yield Attention(
            "hold",
            translate_count(
                "{count} lot waits for a quality decision",
                "{count} lots wait for a quality decision",
                len(waiting),
                {},
            ),
            show_mass(sum(row.grams for row in waiting)),
            "/procurement/quality",
            gettext(N_("Decide")),
        )


def _expected(session: Session, actor: Actor, today: dt.date) -> Iterator[Attention]:
    if not (actor.may(Right.RECORD_STOCK) or actor.may(Right.BUY)):
        return
    for row in expected(session, today=today, store_codes=actor.places):
        if row.expected_on <= today + dt.timedelta(days=EXPECTED_DAYS) and not row.days_late:
            yield Attention(
                "info",
                translate(
                    N_("{store} expects {grams:mass} of {product}"),
                    {"store": row.store_name, "grams": row.grams, "product": row.product_name},
                ),
                translate(
                    N_("Order {number}, promised for {day}"),
                    {"number": row.order_number, "day": show_date(row.expected_on)},
                ),
                f"/procurement/orders/{row.order_id}",
                gettext(N_("Look")),
            )


def _plans(session: Session, actor: Actor, today: dt.date) -> Iterator[Attention]:
    if not actor.may(Right.PLAN_DELIVERIES):
        return
    for cycle in cycles(session):
        if cycle.state == CycleState.CLOSED or cycle.starts_on > today + dt.timedelta(days=PLAN_AHEAD_DAYS):
            continue
        found = plans(session, cycle.code)
        waiting = next((plan for plan in found if plan.waits_for_decision), None)
        if waiting is not None:
            yield _plan_item(
                cycle,
                N_("A plan for {cycle} waits for approval"),
                f"/routing/plans/{waiting.id}",
                gettext(N_("Approve")),
            )
        elif "approved" not in {plan.state for plan in found}:
            yield _plan_item(
                cycle,
                N_("{cycle} has no delivery plan"),
                f"/routing/needs?cycle={cycle.code}",
                gettext(N_("Plan")),
            )


def _plan_item(cycle: CycleRow, title: str, href: str, action: str) -> Attention:
    return Attention(
        "warn",
        translate(title, {"cycle": cycle.name}),
        translate(N_("Distribution from {day}"), {"day": show_date(cycle.starts_on)}),
        href,
        action,
    )


def _sessions(session: Session, actor: Actor, today: dt.date) -> Iterator[Attention]:
    if not actor.may(Right.DISTRIBUTE):
        return
    held_today = [held for held in sessions(session) if held.state == "open" and held.held_on == today]
    if len(held_today) > ALIKE:
        yield Attention(
            "info",
            translate_count("{count} session today", "{count} sessions today", len(held_today), {}),
            _names(held.site_name for held in held_today),
            "/distribution",
            gettext(N_("Look")),
        )
        return
    for held in held_today:
        yield Attention(
            "info",
            translate(N_("Session today at {site}"), {"site": held.site_name}),
            translate(N_("{people} people served so far"), {"people": held.served + held.tallied}),
            f"/distribution/sessions/{held.id}",
            gettext(N_("Open")),
        )


def _coverage(
    session: Session, actor: Actor, today: dt.date, coverage: CycleCoverage | None
) -> Iterator[Attention]:
    if coverage is None or not actor.may(Right.DISTRIBUTE):
        return
    waiting: dict[FollowUpKind, list[FollowUp]] = {}
    for one in follow_up(session, coverage, today=today):
        waiting.setdefault(one.kind, []).append(one)
    for kind, rows in waiting.items():
        yield Attention(
            "warn" if any(row.is_urgent for row in rows) else "info",
            gettext(_FOLLOW_UPS[kind]),
            _names(row.place_name for row in rows),
            "/coverage/follow-up",
            gettext(N_("Follow up")),
        )


_FOLLOW_UPS: dict[FollowUpKind, str] = {
    FollowUpKind.BELOW_TARGET: N_("Coverage below target"),
    FollowUpKind.ABOVE_TARGETED: N_("More people reached than counted"),
    FollowUpKind.NOT_HELD: N_("No session held yet"),
    FollowUpKind.NOT_CLOSED: N_("Session not closed"),
    FollowUpKind.LEFT_OVER: N_("Left-over not returned"),
}


def _names(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    every = list(dict.fromkeys(names))
    more = len(every) - 4
    shown = ", ".join(every[:4])
    return translate(N_("{names} and {count} more"), {"names": shown, "count": more}) if more > 0 else shown
