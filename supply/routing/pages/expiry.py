"""On a plan's page: what would expire in the stores, and what it costs to use that first."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.db import Database
from supply.i18n import N_, gettext, show_mass, translate
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.routing import queries
from supply.routing.answering import start
from supply.routing.calculations import CalculationRow, latest
from supply.routing.compare import AskFefoFirst, ask_fefo_first
from supply.routing.pages.texts import names_of_places, names_of_products
from supply.routing.planner.plan import Plan
from supply.routing.prices import francs_per_tonne, value
from supply.routing.queries import StoredPlan
from supply.routing.stop import PlanUnknown
from supply.routing.tradeoff import Comparison, ShelfLoss, losses, unserved_kg
from supply.routing.words import CalculationKind, CalculationState
from supply.web.pages import page, see_other


class LossLine(msgspec.Struct, frozen=True, kw_only=True):
    """What stays behind in one store and expires before the next cycle."""

    store: str
    product: str
    grams: int
    expires: dt.date
    francs: int | None


class ExpiryPart(msgspec.Struct, frozen=True, kw_only=True):
    """The choice between near stores and old lots; also rendered alone, to refresh the page."""

    refresh_href: str | None
    words: tuple[str, ...]
    verdict: str
    lines: tuple[LossLine, ...]
    ask_href: str | None


class ExpiryPages(Controller):
    """First expired, first out against distance."""

    path = "/routing/plans"
    include_in_schema = False

    @get("/{plan_id:uuid}/expiry", operation_id="PlanExpiry", sync_to_thread=True)
    def show(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Template:
        with db.snapshot() as session:
            part = expiry_part(session, plan_id, _stored(session, plan_id), actor, now)
        return page("routing/_expiry.html", part, title=N_("Delivery plan"))

    @post("/{plan_id:uuid}/fefo-first", operation_id="FefoFirstSubmit", sync_to_thread=True, status_code=303)
    def compare(
        self,
        plan_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        command = AskFefoFirst(id=new_id(), plan_id=plan_id)
        with db.transaction() as session:
            asked = ask_fefo_first(session, command, actor=actor, now=now)
        start(db, asked.id)
        return see_other(f"/routing/plans/{plan_id}#expiry")


def _stored(session: Session, plan_id: UUID) -> StoredPlan:
    stored = queries.stored_plan(session, plan_id)
    if stored is None or stored.plan is None:
        raise PlanUnknown(plan=str(plan_id))
    return stored


def expiry_part(
    session: Session, plan_id: UUID, stored: StoredPlan, actor: Actor, now: dt.datetime
) -> ExpiryPart:
    """What the plan lets expire, beside the plan that uses it first once that was worked out."""
    assert stored.plan is not None, "only a run with a plan has a page of it"
    left = losses(stored.problem, stored.plan, stored.basis)
    found = latest(session, CalculationKind.FEFO_FIRST, plan_id=plan_id) if left else None
    other = _comparison(found)
    is_running = found is not None and found.is_running(now)
    prices = francs_per_tonne(session)
    lines = _lines(session, left, prices)
    words = [_line(N_("Chosen: {cost:money}; {expires}."), stored.plan, left, prices)] if left else []
    if other is not None:
        words.append(
            _line(N_("First expired first: {cost:money}; {expires}."), other.plan, other.losses, prices)
        )
    return ExpiryPart(
        refresh_href=f"/routing/plans/{plan_id}/expiry" if is_running else None,
        words=tuple(words),
        verdict=_verdict(stored.plan, left, found, other, prices, is_running=is_running),
        lines=lines,
        ask_href=f"/routing/plans/{plan_id}/fefo-first"
        if left and other is None and not is_running and actor.may(Right.PLAN_DELIVERIES)
        else None,
    )


def _comparison(found: CalculationRow | None) -> Comparison | None:
    if found is None or found.state != CalculationState.DONE or found.answer is None:
        return None
    return msgspec.convert(found.answer, Comparison)


def _line(message: str, plan: Plan, left: Iterable[ShelfLoss], prices: dict[str, int]) -> str:
    grams = _grams(left)
    francs = value(grams, prices)
    if not sum(grams.values()):
        expires = gettext(N_("nothing expires unused"))
    elif francs is None:
        expires = translate(N_("{grams:mass} expire unused"), {"grams": sum(grams.values())})
    else:
        expires = translate(
            N_("{grams:mass} expire unused, worth {francs:money}"),
            {"grams": sum(grams.values()), "francs": francs},
        )
    if plan.unserved:
        short = translate(N_("{grams:mass} not served"), {"grams": unserved_kg(plan) * 1000})
        expires = f"{expires}, {short}"
    return translate(message, {"cost": plan.cost, "expires": expires})


def _grams(left: Iterable[ShelfLoss]) -> Counter[str]:
    grams: Counter[str] = Counter()
    for one in left:
        grams[one.product_code] += one.grams
    return grams


def _verdict(
    plan: Plan,
    left: tuple[ShelfLoss, ...],
    found: CalculationRow | None,
    other: Comparison | None,
    prices: dict[str, int],
    *,
    is_running: bool,
) -> str:
    if not left:
        return gettext(N_("Every lot that would expire before the next cycle leaves with this plan."))
    if is_running:
        return gettext(N_("The plan that uses first what expires first is being calculated."))
    if other is None and found is not None:
        return gettext(N_("The comparison could not be calculated. Ask again; nothing was lost."))
    if other is None:
        return gettext(
            N_("The plan leaves these lots: others lie nearer to the sites, or there is more than they need.")
        )
    more = other.unserved_kg - unserved_kg(plan)
    if more > 0:
        return translate(
            N_("Using the old lots first would leave {grams:mass} more of the need unserved."),
            {"grams": more * 1000},
        )
    return _saving(plan.cost, left, other, prices)


def _saving(cost: int, left: tuple[ShelfLoss, ...], other: Comparison, prices: dict[str, int]) -> str:
    more = other.cost - cost
    saved = sum(one.grams for one in left) - sum(one.grams for one in other.losses)
    if more <= 0:
        return gettext(N_("Using the old lots first costs no more: reject this plan and ask for a new one."))
    kept, gone = value(_grams(left), prices), value(_grams(other.losses), prices)
    facts: dict[str, object] = {"more": more, "saved": show_mass(saved)}
    if kept is None or gone is None:
        return translate(N_("Saving {saved} from expiry costs {more:money} more on the road."), facts)
    facts["francs"] = kept - gone
    if kept - gone > more:
        return translate(
            N_(
                "Saving {saved} from expiry costs {more:money} more on the road and saves flour worth "
                "{francs:money}: it pays."
            ),
            facts,
        )
    return translate(
        N_(
            "Saving {saved} from expiry costs {more:money} more on the road, and the flour is worth "
            "{francs:money}: it does not pay."
        ),
        facts,
    )


def _lines(session: Session, left: tuple[ShelfLoss, ...], prices: dict[str, int]) -> tuple[LossLine, ...]:
    places, products = names_of_places(session), names_of_products(session)
    return tuple(
        LossLine(
            store=places.get(one.store_code, one.store_code),
            product=products.get(one.product_code, one.product_code),
            grams=one.grams,
            expires=one.first_until,
            francs=value({one.product_code: one.grams}, prices),
        )
        for one in left
    )
