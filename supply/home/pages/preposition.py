"""What to move to which store before roads close: asked for, worked out beside, shown. Nothing moves."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.clock import BAMAKO
from supply.db import Database
from supply.home.pages.preposition_parts import AdviceBody, advice_body
from supply.i18n import N_, gettext, show_moment, translate
from supply.ids import new_id
from supply.people.rights import Actor, Right
from supply.procurement import queries as procurement
from supply.routing.ahead.ask import AskPreposition, PrepositionAnswer, ask_preposition
from supply.routing.ahead.feed import MAX_EARLY_DAYS, AheadQuestion, Arrival
from supply.routing.answering import start
from supply.routing.calculations import CalculationRow, latest
from supply.routing.words import CalculationKind, CalculationState
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit

USUAL = {"early_days": 30, "keep_days": 0, "arrival_life_days": 270}
HREF = "/routing/preposition"
TOO_MANY_DAYS = N_("Give at most 366 days.")


class PrepositionPage(msgspec.Struct, frozen=True, kw_only=True):
    """The last advice, or none yet; also rendered alone while it is worked out."""

    refresh_href: str | None
    is_running: bool
    failure: str
    told: str
    is_nothing_missing: bool
    body: AdviceBody | None
    form: Form | None


class PrepositionPages(Controller):
    """Before the roads close."""

    path = HREF
    include_in_schema = False

    @get("/", operation_id="PrepositionPage", sync_to_thread=True)
    def show(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Template:
        return _show(db, actor, now, reader=FormReader({}), faults=Faults())

    @get("/progress", operation_id="PrepositionProgress", sync_to_thread=True)
    def progress(
        self,
        db: NamedDependency[Database],
        now: NamedDependency[dt.datetime],
    ) -> Template:
        with db.snapshot() as session:
            content = _content(session, now)
        return page("home/_advice.html", content, title=N_("Before the roads close"))

    @post("/", operation_id="PrepositionSubmit", sync_to_thread=True, status_code=303)
    def ask(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = _read(FormReader(data))
            with db.transaction() as session:
                asked = ask_preposition(
                    session, command, arrivals=_arrivals(session, today), actor=actor, now=now
                )
            start(db, asked.id)
            return see_other(HREF)

        return submit(attempt, again=lambda faults: _show(db, actor, now, reader=reader, faults=faults))


def _arrivals(session: Session, today: dt.date) -> tuple[Arrival, ...]:
    return tuple(
        Arrival(
            store_code=one.store_code,
            product_code=one.product_code,
            grams=one.grams,
            expected_on=one.expected_on,
        )
        for one in procurement.expected(session, today=today)
    )


def _read(reader: FormReader) -> AskPreposition:
    asked = {name: reader.count(name) for name in USUAL}
    for name, days in asked.items():
        if days > MAX_EARLY_DAYS:
            reader.fault(name, TOO_MANY_DAYS)
    calculation_id = reader.uuid("id")
    reader.finish()
    return AskPreposition(id=calculation_id, **asked)


def _show(db: Database, actor: Actor, now: dt.datetime, *, reader: FormReader, faults: Faults) -> Template:
    with db.snapshot() as session:
        content = _content(session, now)
        found = latest(session, CalculationKind.PREPOSITION)
    if actor.may(Right.PLAN_DELIVERIES) and not content.is_running:
        content = msgspec.structs.replace(content, form=_form(found, reader, faults))
    return page("home/preposition.html", content, title=N_("Before the roads close"))


def _content(session: Session, now: dt.datetime) -> PrepositionPage:
    found = latest(session, CalculationKind.PREPOSITION)
    is_running = found is not None and found.is_running(now)
    answer = (
        msgspec.convert(found.answer, PrepositionAnswer)
        if found is not None and found.state == CalculationState.DONE
        else None
    )
    return PrepositionPage(
        refresh_href=f"{HREF}/progress" if is_running else None,
        is_running=is_running,
        failure=gettext(N_("The calculation ended without an answer. Ask again; nothing was lost."))
        if found is not None and not is_running and answer is None
        else "",
        told=""
        if found is None or answer is None
        else translate(N_("Worked out on {moment}."), {"moment": show_moment(found.asked_at, BAMAKO)}),
        is_nothing_missing=answer is not None and answer.plan is None,
        body=None if answer is None or answer.plan is None else advice_body(session, answer),
        form=None,
    )


def _form(found: CalculationRow | None, reader: FormReader, faults: Faults) -> Form:
    last = msgspec.convert(found.question, AheadQuestion) if found is not None else None
    labels = {
        "early_days": (
            N_("A site can keep flour before its distribution (days)"),
            N_("As long as the village has a dry place that locks."),
        ),
        "keep_days": (
            N_("Life left on the distribution day (days)"),
            N_("People eat the ration in the weeks after."),
        ),
        "arrival_life_days": (
            N_("Life of ordered flour when it comes (days)"),
            N_("Its lots are not known yet; suppose no more than the contract asks."),
        ),
    }
    return Form(
        action=HREF,
        id="preposition",
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
            *(
                Field(
                    name=name,
                    label=gettext(label),
                    kind="number",
                    value=reader.again(name, str(usual if last is None else getattr(last, name))),
                    minimum="0",
                    maximum=str(MAX_EARLY_DAYS),
                    hint=gettext(hint),
                    error=faults.fields.get(name),
                    is_required=True,
                )
                for name, usual in USUAL.items()
                for label, hint in (labels[name],)
            ),
        ),
        submit_label=gettext(N_("Work out what to move")),
        error_summary=faults.summary_rows(),
    )
