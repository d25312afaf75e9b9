"""The page before a plan: what each site still needs, what stores have and lack, and the question."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.rows import PackRow
from supply.db import Database
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.programme import queries as programme
from supply.programme.rows import CycleRow
from supply.programme.words import CycleState
from supply.routing.ask import AskPlan, ask_plan
from supply.routing.basis import Finding, SiteDemand, StoreStock
from supply.routing.feeder import feed
from supply.routing.messages import finding_text
from supply.routing.pages.days import keep_days_field, read_keep_days
from supply.routing.pages.replan_form import ReplanPart, is_replan, read_change_cost, replan_part
from supply.routing.pages.texts import in_packs, names_of_products, packs_by_code
from supply.routing.runs import start
from supply.routing.snapshot import CycleUnknown, take_snapshot
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit

BEFORE_START = dt.timedelta(days=21)
# Deliveries of a cycle take about three weeks before its first distribution day.
TIMES = ((15, N_("15 seconds")), (60, N_("1 minute")), (180, N_("3 minutes")), (600, N_("10 minutes")))


class NeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One site and product."""

    site: str
    product: str
    need: int
    has: int
    coming: int
    missing: int | None
    packs: str


class SiteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One site: what to bring of each product, in the order of the page's products, and all of it."""

    site: str
    amounts: tuple[tuple[str, int, str], ...]
    missing: int


class StockLine(msgspec.Struct, frozen=True, kw_only=True):
    """One store and product."""

    store: str
    product: str
    free: int
    reserved: int
    expiring: int


class ProductLine(msgspec.Struct, frozen=True, kw_only=True):
    """One product over all sites and stores; `short` is what the stores lack."""

    product: str
    missing: int
    free: int
    short: int


class NeedsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to plan for a cycle."""

    cycle_name: str
    tabs: tuple[tuple[str, str, bool], ...]
    products: tuple[ProductLine, ...]
    sites: tuple[SiteLine, ...]
    needs: tuple[NeedLine, ...]
    totals: NeedLine | None
    stock: tuple[StockLine, ...]
    findings: tuple[str, ...]
    is_nothing_missing: bool
    is_short: bool
    may_direct: bool
    direct_href: str
    days_href: str
    form: Form | None
    replan: ReplanPart | None = None


class NoCyclePage(msgspec.Struct, frozen=True):
    """There is no cycle that could be planned."""


class NeedsPages(Controller):
    """From the needs of a cycle to a plan asked for."""

    path = "/routing"
    include_in_schema = False

    @get("/needs", operation_id="DeliveryNeedsPage", sync_to_thread=True)
    def show(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        cycle: FromQuery[str] = "",
    ) -> Template:
        return _show(db, actor, today, cycle, reader=FormReader({}), faults=Faults())

    @get("/plans", operation_id="AskPlanAgain", sync_to_thread=False, status_code=303)
    def ask_again(self) -> Response[Any]:
        """The address of a sent form, opened again, leads to the page that holds the form."""
        return see_other("/routing/needs")

    @post("/plans", operation_id="AskPlanSubmit", sync_to_thread=True, status_code=303)
    def ask(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = _read(FormReader(data))
            with db.transaction() as session:
                asked = ask_plan(session, command, actor=actor, now=now)
            start(db, asked.id)
            return see_other(f"/routing/plans/{asked.id}")

        return submit(
            attempt,
            again=lambda faults: _show(
                db, actor, today, reader.raw("cycle_code"), reader=reader, faults=faults
            ),
        )


def _read(reader: FormReader) -> AskPlan:
    plan_id, cycle_code = reader.uuid("id"), reader.text("cycle_code")
    first_on, last_on = reader.day("first_on"), reader.day("last_on")
    seconds = reader.choice("seconds", [str(seconds) for seconds, _ in TIMES])
    change_cost, keep_days = read_change_cost(reader), read_keep_days(reader)
    reader.finish()
    return AskPlan(
        id=plan_id,
        cycle_code=cycle_code,
        first_on=first_on,
        last_on=last_on,
        seconds=int(seconds),
        change_cost=change_cost,
        keep_days=keep_days,
    )


def choose_cycle(cycles: Sequence[CycleRow], wanted: str) -> CycleRow | None:
    """The cycle asked for, else the next to be planned, else the one being distributed."""
    by_code = {cycle.code: cycle for cycle in cycles}
    if wanted:
        if wanted not in by_code:
            raise CycleUnknown(cycle=wanted)
        return by_code[wanted]
    live = [cycle for cycle in cycles if cycle.state != CycleState.CLOSED]
    planned = [cycle for cycle in live if cycle.state == CycleState.PLANNED]
    return next(iter(planned or live), None)


def usual_days(cycle: CycleRow, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day that a form proposes: before the first distribution day when there is time."""
    first_on = max(today, cycle.starts_on - BEFORE_START)
    last_on = cycle.starts_on - dt.timedelta(days=1)
    if last_on < first_on:
        last_on = max(cycle.ends_on, first_on + dt.timedelta(days=6))
    return first_on, last_on


def _show(
    db: Database, actor: Actor, today: dt.date, wanted: str, *, reader: FormReader, faults: Faults
) -> Template:
    with db.snapshot() as session:
        cycles = programme.cycles(session)
        cycle = choose_cycle(cycles, wanted)
        if cycle is None:
            return page("routing/no_cycle.html", NoCyclePage(), title=N_("Plan deliveries"))
        content = _needs(session, cycle, cycles, actor, today)
        if actor.may(Right.PLAN_DELIVERIES) and cycle.state != CycleState.CLOSED:
            content = _with_questions(session, content, cycle, today, reader=reader, faults=faults)
    return page("routing/needs.html", content, title=N_("Plan deliveries"))


def _with_questions(
    session: Session,
    content: NeedsPage,
    cycle: CycleRow,
    today: dt.date,
    *,
    reader: FormReader,
    faults: Faults,
) -> NeedsPage:
    """The page with its forms; what was sent wrong comes back in the form that it was sent with."""
    fresh, nothing = FormReader({}), Faults()
    was_replan = is_replan(reader)
    own, other = (fresh, nothing), (reader, faults)
    ask, again = (own, other) if was_replan else (other, own)
    return msgspec.structs.replace(
        content,
        form=None if content.is_nothing_missing else _form(cycle, today, *ask),
        replan=replan_part(
            session,
            cycle,
            usual_days(cycle, today),
            today,
            times=TIMES,
            reader=again[0],
            faults=again[1],
        ),
    )


def _needs(
    session: Session, cycle: CycleRow, cycles: Sequence[CycleRow], actor: Actor, today: dt.date
) -> NeedsPage:
    names, packs = names_of_products(session), packs_by_code(session)
    first_on, last_on = usual_days(cycle, today)
    snapshot = take_snapshot(session, cycle.code, first_on=first_on, last_on=last_on, today=today)
    demands, stock, findings = snapshot.demands, snapshot.stock, feed(snapshot)[1].findings
    products = _products(demands, stock, names)
    return NeedsPage(
        cycle_name=cycle.name,
        tabs=tuple(
            (one.name, f"/routing/needs?cycle={one.code}", one.code == cycle.code)
            for one in cycles
            if one.state != CycleState.CLOSED or one.code == cycle.code
        ),
        products=products,
        sites=_sites(demands, names, packs),
        needs=tuple(
            NeedLine(
                site=one.site_name,
                product=names.get(one.product_code, one.product_code),
                need=one.need_grams,
                has=one.has_grams,
                coming=one.under_way_grams,
                missing=one.missing_grams,
                packs=in_packs(one.missing_grams, one.pack_code, packs) if one.missing_grams else "–",
            )
            for one in demands
        ),
        totals=_totals(demands),
        stock=tuple(
            StockLine(
                store=one.store_name,
                product=names.get(one.product_code, one.product_code),
                free=one.free_grams,
                reserved=one.reserved_grams,
                expiring=one.expiring_grams,
            )
            for one in stock
        ),
        findings=tuple(dict.fromkeys(_finding(finding, names) for finding in findings)),
        is_nothing_missing=not any(one.missing_grams for one in demands),
        is_short=any(one.short for one in products),
        may_direct=actor.may(Right.PLAN_DELIVERIES) and actor.may(Right.APPROVE_PLANS),
        direct_href=f"/routing/direct?cycle={cycle.code}",
        days_href=f"/routing/days?cycle={cycle.code}",
        form=None,
    )


def _finding(finding: Finding, names: Mapping[str, str]) -> str:
    product = finding.facts.get("product")
    if product is None:
        return finding_text(finding)
    named = dict(finding.facts) | {"product": names.get(str(product), str(product))}
    return finding_text(msgspec.structs.replace(finding, facts=named))


def _products(
    demands: Sequence[SiteDemand], stock: Sequence[StoreStock], names: Mapping[str, str]
) -> tuple[ProductLine, ...]:
    missing: dict[str, int] = defaultdict(int)
    free: dict[str, int] = defaultdict(int)
    for demand in demands:
        missing[demand.product_code] += demand.missing_grams
    for one in stock:
        free[one.product_code] += one.free_grams
    return tuple(
        ProductLine(
            product=names.get(code, code),
            missing=grams,
            free=free[code],
            short=max(0, grams - free[code]),
        )
        for code, grams in sorted(missing.items())
    )


def _sites(
    demands: Sequence[SiteDemand], names: Mapping[str, str], packs: Mapping[str, PackRow]
) -> tuple[SiteLine, ...]:
    """What to bring by site, those that need most first."""
    codes = sorted({one.product_code for one in demands})
    by_site: dict[str, dict[str, SiteDemand]] = defaultdict(dict)
    for one in demands:
        by_site[one.site_name][one.product_code] = one
    lines = []
    for site, wanted in by_site.items():
        amounts = tuple(
            (
                names.get(code, code),
                wanted[code].missing_grams if code in wanted else 0,
                in_packs(wanted[code].missing_grams, wanted[code].pack_code, packs)
                if code in wanted and wanted[code].missing_grams
                else "",
            )
            for code in codes
        )
        lines.append(SiteLine(site=site, amounts=amounts, missing=sum(grams for _, grams, _ in amounts)))
    return tuple(sorted(lines, key=lambda line: (-line.missing, line.site)))


def _totals(demands: Sequence[SiteDemand]) -> NeedLine | None:
    if not demands:
        return None
    return NeedLine(
        site=gettext(N_("All sites")),
        product="",
        need=sum(one.need_grams for one in demands),
        has=sum(one.has_grams for one in demands),
        coming=sum(one.under_way_grams for one in demands),
        missing=sum(one.missing_grams for one in demands),
        packs="",
    )


def _form(cycle: CycleRow, today: dt.date, reader: FormReader, faults: Faults) -> Form:
    first_on, last_on = usual_days(cycle, today)
    seconds = reader.raw("seconds") or "60"
    return Form(
        action="/routing/plans",
        id="ask-plan",
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
            Field(name="cycle_code", label="", kind="hidden", value=cycle.code),
            Field(
                name="first_on",
                label=gettext(N_("First day on the road")),
                kind="date",
                value=reader.again("first_on", first_on.isoformat()),
                minimum=today.isoformat(),
                error=faults.fields.get("first_on"),
                is_required=True,
            ),
            Field(
                name="last_on",
                label=gettext(N_("Last day of arrival at a site")),
                kind="date",
                value=reader.again("last_on", last_on.isoformat()),
                minimum=today.isoformat(),
                error=faults.fields.get("last_on"),
                is_required=True,
            ),
            keep_days_field(reader, faults),
            Field(
                name="seconds",
                label=gettext(N_("Time to search")),
                kind="radio",
                is_required=True,
                options=tuple(
                    Option(str(value), gettext(label), str(value) == seconds) for value, label in TIMES
                ),
                error=faults.fields.get("seconds"),
                hint=gettext(
                    N_("The first plan stands after a second; more time makes it cheaper. You can stop.")
                ),
            ),
        ),
        submit_label=gettext(N_("Calculate a plan")),
        error_summary=faults.summary_rows(),
    )
