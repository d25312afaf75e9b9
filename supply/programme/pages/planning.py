"""Pages: plan a cycle, its days and rations."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.pages.section import filled, key_field, kilograms, number, text
from supply.catalog.queries import base_packs, products
from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.people.rights import Actor
from supply.programme import queries, rows
from supply.programme.cycles import CycleUnknown, PlanCycle, RationLine, plan_cycle
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a cycle: its days, and what one person of each group receives."""

    title: str
    form: Form
    days: tuple[str, ...]
    rations: tuple[tuple[str, tuple[str, ...]], ...]
    back: str


class PlanningPages(Controller):
    """Plan cycles."""

    path = "/programme"
    include_in_schema = False

    @get("/plan", operation_id="ProgrammePlanForm", sync_to_thread=True)
    def new_form(self, db: NamedDependency[Database], today: NamedDependency[dt.date]) -> Template:
        return _form(db, None, None, Faults())

    @post("/plan", operation_id="ProgrammePlanSubmit", sync_to_thread=True, status_code=303)
    def new_submit(
        self,
        *,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _plan(db, None, FormReader(data), actor=actor, now=now)

    @get("/cycles/{code:str}/plan", operation_id="ProgrammeReplanForm", sync_to_thread=True)
    def again_form(self, code: FromPath[str], db: NamedDependency[Database]) -> Template:
        return _form(db, code, None, Faults())

    @post(
        "/cycles/{code:str}/plan", operation_id="ProgrammeReplanSubmit", sync_to_thread=True, status_code=303
    )
    def again_submit(
        self,
        *,
        code: FromPath[str],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        return _plan(db, code, FormReader(data), actor=actor, now=now)


def _plan(
    db: Database, code: str | None, reader: FormReader, *, actor: Actor, now: dt.datetime
) -> Response[Any]:
    def attempt() -> Response[Any]:
        with db.snapshot() as session:
            command = _command(session, code, reader)
        reader.finish()
        with db.transaction() as session:
            saved = plan_cycle(session, command, actor=actor, now=now)
        return see_other(f"/programme/cycles/{saved.code}", N_("The cycle is planned."))

    return submit(attempt, again=lambda faults: _form(db, code, reader, faults))


def _command(session: Session, code: str | None, reader: FormReader) -> PlanCycle:
    known = queries.cycle(session, code) if code else None
    programmes = queries.programmes(session)
    before = _known_rations(session, code)
    lines = []
    for group in queries.groups(session):
        for product in products(session):
            grams = reader.kg(_name(group.code, product.code), required=False)
            kept = before.get((group.code, product.code))
            if grams and kept and kept.grams == grams:
                lines.append(_line(kept))
            elif grams:
                lines.append(RationLine(group_code=group.code, product_code=product.code, grams=grams))
    return PlanCycle(
        code=code or reader.text("code", max_length=32),
        programme_code=known.programme_code if known else (programmes[0].code if programmes else ""),
        number=reader.count("number"),
        name=reader.text("name", max_length=120),
        starts_on=reader.day("starts_on"),
        ends_on=reader.day("ends_on"),
        rations=tuple(lines),
    )


def _line(kept: rows.RationRow) -> RationLine:
    return RationLine(
        group_code=kept.group_code,
        product_code=kept.product_code,
        grams=kept.grams,
        is_illustrative=kept.is_illustrative,
        source=kept.source,
    )


def _name(group_code: str, product_code: str) -> str:
    return f"ration-{group_code}-{product_code}"


def _known_rations(session: Session, code: str | None) -> dict[tuple[str, str], rows.RationRow]:
    """Rations of the cycle, or of the last one when it is new."""
    cycles = queries.cycles(session)
    source = code or (cycles[-1].code if cycles else None)
    found = queries.rations(session, source) if source else ()
    return {(row.group_code, row.product_code): row for row in found}


def _form(db: Database, code: str | None, reader: FormReader | None, faults: Faults) -> Template:
    with db.snapshot() as session:
        row = queries.cycle(session, code) if code else None
        if code and row is None:
            raise CycleUnknown(cycle=code)
        days = _day_fields(session, row)
        groups = _ration_fields(session, code)
    fields = (*days, *(field for _, several in groups for field in several))
    back = f"/programme/cycles/{code}" if code else "/programme"
    title = row.name if row else gettext(N_("Plan a cycle"))
    content = PlanPage(
        title=title,
        form=Form(
            action=f"{back}/plan",
            id="cycle",
            fields=filled(fields, reader, faults),
            submit_label=gettext(N_("Save the plan of the cycle")),
            error_summary=faults.summary_rows(),
        ),
        days=tuple(field.name for field in days),
        rations=tuple((name, tuple(field.name for field in several)) for name, several in groups),
        back=back,
    )
    return page("programme/plan.html", content, title=title)


def _day_fields(session: Session, row: rows.CycleRow | None) -> tuple[Field, ...]:
    coming = len(queries.cycles(session)) + 1

    def day(name: str, label: str, value: dt.date | None) -> Field:
        shown = value.isoformat() if value else ""
        return Field(name=name, label=label, kind="date", value=shown, is_required=True)

    return (
        key_field("code", N_("Code"), row.code if row else None),
        number("number", N_("Number"), row.number if row else coming),
        text("name", N_("Name"), row.name if row else f"Cycle {coming}"),
        day("starts_on", gettext(N_("First day of distribution")), row.starts_on if row else None),
        day("ends_on", gettext(N_("Last day of distribution")), row.ends_on if row else None),
    )


def _ration_fields(session: Session, code: str | None) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    """Per group, one field for each product; empty means that the group does not receive it."""
    known, packs = _known_rations(session, code), base_packs(session)
    found = []
    for group in queries.groups(session):
        fields = []
        for product in products(session):
            ration = known.get((group.code, product.code))
            pack = packs.get(product.code)
            whole = pack is not None and pack.is_handed_whole
            fields.append(
                Field(
                    name=_name(group.code, product.code),
                    label=product.name,
                    kind="decimal",
                    value=kilograms(ration.grams if ration else None),
                    unit="kg",
                    hint=translate(N_("A multiple of {pack:mass}."), {"pack": pack.net_grams})
                    if pack and whole
                    else None,
                )
            )
        found.append((group.name, tuple(fields)))
    return tuple(found)
