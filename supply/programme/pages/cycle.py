"""Pages of one cycle: its needs per commune and product, and its opening, closing and reopening."""

import datetime as dt
from typing import Any, Literal

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.people.rights import Actor, Right, require
from supply.programme import queries, rows
from supply.programme.cycles import (
    CloseCycle,
    CycleUnknown,
    OpenCycle,
    ReopenCycle,
    close_cycle,
    open_cycle,
    reopen_cycle,
)
from supply.programme.pages.states import NAMES, state_badge
from supply.programme.words import CycleState
from supply.units import split
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge

Step = Literal["open", "close", "reopen"]
STEPS: dict[CycleState, Step] = {
    CycleState.PLANNED: "open",
    CycleState.OPEN: "close",
    CycleState.CLOSED: "reopen",
}
TITLES: dict[Step, str] = {
    "open": N_("Open the cycle"),
    "close": N_("Close the cycle"),
    "reopen": N_("Reopen the cycle"),
}
TOLD: dict[Step, str] = {
    "open": N_(
        "Opening fixes how many people each site serves; a later census does not change what was due. "
        "Dates and rations are fixed too."
    ),
    "close": N_(
        "Closing ends the distribution; sessions of this cycle can be recorded no more until it is reopened."
    ),
    "reopen": N_(
        "Reopening lets sessions of this cycle be recorded again. "
        "The number of people due stays as it was fixed."
    ),
}
DONE: dict[Step, str] = {
    "open": N_("The cycle is open; its targets are fixed."),
    "close": N_("The cycle is closed."),
    "reopen": N_("The cycle is open again."),
}


class NeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A site's need of one product; None while somebody was not counted."""

    site: str
    href: str | None
    people: int | None
    exact_grams: int | None
    pack_count: int | None
    rounded_grams: int | None
    rounding_grams: int | None


class NeedTable(msgspec.Struct, frozen=True, kw_only=True):
    """Needs of one product, with the totals of what is known."""

    product: str
    pack: str
    lines: tuple[NeedLine, ...]
    totals: NeedLine
    unknown_count: int


class RationLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one person of a group receives."""

    group: str
    product: str
    grams: int
    source: str | None
    standing: Badge | None


class EventLine(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the state."""

    state: Badge
    user_name: str
    recorded_at: dt.datetime
    reason: str | None


class CyclePage(msgspec.Struct, frozen=True, kw_only=True):
    """One cycle."""

    row: rows.CycleRow
    state: Badge
    tables: tuple[NeedTable, ...]
    rations: tuple[RationLine, ...]
    events: tuple[EventLine, ...]
    people: int | None
    site_count: int
    is_fixed: bool
    is_illustrative: bool
    may_edit: bool
    is_planned: bool
    step: Step
    step_label: str


class StepPage(msgspec.Struct, frozen=True, kw_only=True):
    """Confirm a step of a cycle."""

    title: str
    text: str
    cycle: str
    back: str
    people: int | None
    site_count: int
    uncounted: tuple[str, ...]
    form: Form


class CyclePages(Controller):
    """One cycle."""

    path = "/programme/cycles"
    include_in_schema = False

    @get("/{code:str}", operation_id="ProgrammeCycle", sync_to_thread=True)
    def cycle(
        self, code: FromPath[str], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> Template:
        with db.snapshot() as session:
            content = _content(session, _cycle(session, code), may_edit=actor.may(Right.MANAGE_PROGRAMME))
        return page("programme/cycle.html", content, title=content.row.name)

    @get("/{code:str}/{step:str}", operation_id="ProgrammeStepForm", sync_to_thread=True)
    def step_form(
        self,
        *,
        code: FromPath[str],
        step: FromPath[Step],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
    ) -> Template:
        require(actor, Right.MANAGE_PROGRAMME)
        return _step_form(db, code, step, FormReader({}), Faults())

    @post("/{code:str}/{step:str}", operation_id="ProgrammeStepSubmit", sync_to_thread=True, status_code=303)
    def step_submit(
        self,
        *,
        code: FromPath[str],
        step: FromPath[Step],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            reason = reader.text("reason", required=step == "reopen", max_length=500)
            reader.finish()
            with db.transaction() as session:
                match step:
                    case "open":
                        without = reader.flag("without_uncounted")
                        opening = OpenCycle(code=code, without_uncounted=without, reason=reason)
                        open_cycle(session, opening, actor=actor, now=now)
                    case "close":
                        close_cycle(session, CloseCycle(code=code, reason=reason), actor=actor, now=now)
                    case "reopen":
                        reopen_cycle(session, ReopenCycle(code=code, reason=reason), actor=actor, now=now)
            return see_other(f"/programme/cycles/{code}", DONE[step])

        return submit(attempt, again=lambda faults: _step_form(db, code, step, reader, faults))


def _cycle(session: Session, code: str) -> rows.CycleRow:
    row = queries.cycle(session, code)
    if row is None:
        raise CycleUnknown(cycle=code)
    return row


def _content(session: Session, row: rows.CycleRow, *, may_edit: bool) -> CyclePage:
    needs = queries.needs(session, row.code)
    targets = queries.targets(session, row.code)
    census = queries.census(session)
    names = {one.code: one.name for one in catalog.products(session)}
    groups = {one.code: one.name for one in queries.groups(session)}
    packs = {one.code: one.name for one in catalog.packs(session)}
    state = CycleState(row.state)
    return CyclePage(
        row=row,
        state=state_badge(row.state),
        tables=tuple(
            _table([need for need in needs if need.product_code == code], names[code], packs)
            for code in sorted({need.product_code for need in needs}, reverse=True)
        ),
        rations=tuple(
            RationLine(
                group=groups[one.group_code],
                product=names[one.product_code],
                grams=one.grams,
                source=one.source or None,
                standing=Badge("hold", gettext(N_("illustrative"))) if one.is_illustrative else None,
            )
            for one in queries.rations(session, row.code)
        ),
        events=tuple(
            EventLine(
                state=Badge(state_badge(one.state).tone, gettext(NAMES[CycleState(one.state)])),
                user_name=one.user_name,
                recorded_at=one.recorded_at,
                reason=one.reason or None,
            )
            for one in queries.events(session, row.code)
        ),
        people=sum(target.people for target in targets) if targets else None,
        site_count=len({target.site_code for target in targets}),
        is_fixed=state != CycleState.PLANNED,
        is_illustrative=any(one.is_illustrative for one in census),
        may_edit=may_edit,
        is_planned=state == CycleState.PLANNED,
        step=STEPS[state],
        step_label=gettext(TITLES[STEPS[state]]),
    )


def _table(needs: list[rows.Need], product: str, packs: dict[str, str]) -> NeedTable:
    known = [need for need in needs if need.rounded_grams is not None]
    lines = tuple(_line(need) for need in needs)
    totals = NeedLine(
        site=gettext(N_("Total")),
        href=None,
        people=sum(need.people or 0 for need in known),
        exact_grams=sum(need.exact_grams or 0 for need in known),
        pack_count=sum(line.pack_count or 0 for line in lines),
        rounded_grams=sum(need.rounded_grams or 0 for need in known),
        rounding_grams=sum(need.rounding_grams or 0 for need in known),
    )
    return NeedTable(
        product=product,
        pack=packs[needs[0].pack_code],
        lines=lines,
        totals=totals,
        unknown_count=len(needs) - len(known),
    )


def _line(need: rows.Need) -> NeedLine:
    packs = None if need.rounded_grams is None else split(need.rounded_grams, need.pack_grams)[0]
    return NeedLine(
        site=need.site_name,
        href=f"/catalog/places/{need.site_code}",
        people=need.people,
        exact_grams=need.exact_grams,
        pack_count=packs,
        rounded_grams=need.rounded_grams,
        rounding_grams=need.rounding_grams,
    )


def _step_form(db: Database, code: str, step: Step, reader: FormReader, faults: Faults) -> Template:
    with db.snapshot() as session:
        row = _cycle(session, code)
        targets = queries.targets(session, code)
        uncounted = _uncounted(session, code) if step == "open" else ()
    ask_without = (
        Field(
            name="without_uncounted",
            label=gettext(N_("Open without the sites that were not fully counted")),
            kind="checkbox",
            value="1" if reader.flag("without_uncounted") else "",
        ),
    )
    form = Form(
        action=f"/programme/cycles/{code}/{step}",
        id="step",
        fields=(
            *(ask_without if uncounted else ()),
            Field(
                name="reason",
                label=gettext(N_("Reason")),
                kind="textarea",
                value=reader.raw("reason"),
                is_required=step == "reopen",
                error=faults.fields.get("reason"),
            ),
        ),
        submit_label=gettext(TITLES[step]),
        error_summary=faults.summary_rows(),
    )
    content = StepPage(
        title=gettext(TITLES[step]),
        text=gettext(TOLD[step]),
        cycle=row.name,
        back=f"/programme/cycles/{code}",
        people=sum(target.people for target in targets) if targets else None,
        site_count=len({target.site_code for target in targets}),
        uncounted=uncounted,
        form=form,
    )
    return page("programme/step.html", content, title=translate(TITLES[step], {}))


def _uncounted(session: Session, code: str) -> tuple[str, ...]:
    """Names of the active sites that lack a count."""
    missing = {need.site_name for need in queries.needs(session, code) if need.missing_groups}
    return tuple(sorted(missing)) if catalog.places(session, PlaceKind.SITE) else ()
