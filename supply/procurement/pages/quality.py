"""Lots on hold that wait for a decision, and deciding."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Response, Template
from sqlalchemy.orm import Session

from supply.catalog.queries import packs, products
from supply.catalog.rows import PackRow
from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.ids import new_id
from supply.inventory.fefo import is_expired
from supply.inventory.locations import LotUnknown
from supply.inventory.queries import Balance, on_hand
from supply.people.rights import Actor, Right, require
from supply.procurement.check_quality import CheckQuality, check_quality
from supply.procurement.pages.texts import in_packs, pack_name, waiting_days
from supply.procurement.queries import came_with, checks
from supply.procurement.rows import CameWith, CheckRow
from supply.procurement.words import FINDING_NAMES, Finding
from supply.web.forms import Faults, Field, Form, FormData, FormReader, Option
from supply.web.pages import page, see_other, submit
from supply.web.parts import Badge


class HeldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A lot on hold at a store."""

    lot: str
    href: str | None
    product: str
    store: str
    grams: int
    packs: str
    expires_on: dt.date
    is_expired: bool
    arrived_on: dt.date | None
    waiting: str
    order: str | None
    order_href: str | None


class CheckLine(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that was made."""

    checked_on: dt.date
    lot: str
    badge: Badge
    grams: int
    certificate: str
    remarks: str
    by: str


class QualityPage(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, and what was decided last."""

    held: tuple[HeldLine, ...]
    checks: tuple[CheckLine, ...]


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One lot's form."""

    lot: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    form: Form


class QualityPages(Controller):
    """Quality of what was delivered."""

    path = "/procurement/quality"
    include_in_schema = False

    @get("/", operation_id="QualityPage", sync_to_thread=True)
    def listed(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        with db.snapshot() as session:
            content = _listed(session, actor, today)
        return page("procurement/quality.html", content, title=N_("Quality"))

    @get("/{store_code:str}/{lot_id:uuid}", operation_id="QualityForm", sync_to_thread=True)
    def form(
        self,
        store_code: FromPath[str],
        lot_id: FromPath[UUID],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _form(db, store_code, lot_id, actor, today=today, reader=FormReader({}), faults=Faults())

    @post(
        "/{store_code:str}/{lot_id:uuid}", operation_id="QualitySubmit", sync_to_thread=True, status_code=303
    )
    def send(
        self,
        *,
        store_code: FromPath[str],
        lot_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
        today: NamedDependency[dt.date],
    ) -> Response[Any]:
        def attempt() -> Response[Any]:
            with db.snapshot() as session:
                pack = _pack(session, _held(session, store_code, lot_id))
            command = _read(FormReader(data), store_code, lot_id, pack)
            with db.transaction() as session:
                done = check_quality(session, command, actor=actor, now=now)
            return see_other(
                "/procurement/quality", N_("The decision is recorded as {number}."), number=done.number
            )

        return submit(
            attempt,
            called={"occurred_on": "checked_on"},
            again=lambda faults: _form(
                db, store_code, lot_id, actor, today=today, reader=FormReader(data), faults=faults
            ),
        )


def _listed(session: Session, actor: Actor, today: dt.date) -> QualityPage:
    held = on_hand(session, place_codes=actor.places, condition="hold")
    origins = came_with(session)
    names = {row.code: row.name for row in products(session)}
    known = {row.code: row for row in packs(session)}
    lines = [
        _held_line(
            row,
            origins.get((row.place_code, row.lot_id)),
            actor,
            today,
            packed=in_packs(row.grams, known[row.pack_code]),
            product=names[row.product_code],
        )
        for row in held
    ]
    oldest_first = sorted(lines, key=lambda line: (line.arrived_on or dt.date.max, line.lot))
    return QualityPage(
        held=tuple(oldest_first),
        checks=tuple(_check_line(row) for row in checks(session, store_codes=actor.places)),
    )


def _held_line(
    row: Balance, origin: CameWith | None, actor: Actor, today: dt.date, *, packed: str, product: str
) -> HeldLine:
    may_decide = actor.may(Right.DECIDE_QUALITY, row.place_code)
    waiting = ""
    if origin is not None:
        waiting = waiting_days((today - origin.arrived_on).days)
    return HeldLine(
        lot=row.lot_number,
        href=f"/procurement/quality/{row.place_code}/{row.lot_id}" if may_decide else None,
        product=product,
        store=row.place_name,
        grams=row.grams,
        packs=packed,
        expires_on=row.expires_on,
        is_expired=is_expired(row.expires_on, today),
        arrived_on=origin.arrived_on if origin else None,
        waiting=waiting,
        order=origin.order_number if origin else None,
        order_href=f"/procurement/orders/{origin.order_id}" if origin else None,
    )


def _check_line(row: CheckRow) -> CheckLine:
    is_good = row.finding is Finding.PASSED
    return CheckLine(
        checked_on=row.checked_on,
        lot=row.lot_number,
        badge=Badge("good", gettext(N_("Passed"))) if is_good else Badge("bad", gettext(N_("Rejected"))),
        grams=row.grams,
        certificate=row.certificate,
        remarks=row.remarks,
        by=row.user_name,
    )


def _held(session: Session, store_code: str, lot_id: UUID) -> Balance:
    """What is on hold of the lot at the store; raises LotUnknown when nothing is."""
    rows = on_hand(session, place_codes=[store_code], condition="hold")
    found = next((row for row in rows if row.lot_id == lot_id), None)
    if found is None:
        raise LotUnknown(lot=str(lot_id))
    return found


def _pack(session: Session, held: Balance) -> PackRow:
    return next(row for row in packs(session, held.product_code) if row.code == held.pack_code)


def _read(reader: FormReader, store_code: str, lot_id: UUID, pack: PackRow) -> CheckQuality:
    check_id, finding = reader.uuid("id"), reader.choice("finding", Finding)
    grams = reader.quantity("amount", {pack.code: pack.net_grams})
    checked_on = reader.day("checked_on")
    certificate = reader.text("certificate", required=False, max_length=80)
    remarks = reader.text("remarks", required=False, max_length=500)
    reader.finish()
    return CheckQuality(
        id=check_id,
        store_code=store_code,
        lot_id=lot_id,
        grams=grams,
        finding=Finding(finding),
        checked_on=checked_on,
        certificate=certificate,
        remarks=remarks,
    )


def _form(
    db: Database,
    store_code: str,
    lot_id: UUID,
    actor: Actor,
    *,
    today: dt.date,
    reader: FormReader,
    faults: Faults,
) -> Template:
    require(actor, Right.DECIDE_QUALITY, store_code)
    with db.snapshot() as session:
        held = _held(session, store_code, lot_id)
        pack = _pack(session, held)
        origin = came_with(session).get((store_code, lot_id))
        product = next(row.name for row in products(session) if row.code == held.product_code)
    facts = [
        (gettext(N_("Product")), product),
        (gettext(N_("On hold")), in_packs(held.grams, pack)),
        (gettext(N_("Good until")), translate("{day}", {"day": held.expires_on})),
    ]
    if origin is not None:
        facts.append((gettext(N_("Came with")), f"{origin.order_number} · {origin.supplier_name}"))
    content = DecisionPage(
        lot=held.lot_number,
        lead=held.place_name,
        facts=tuple(facts),
        form=Form(
            action=f"/procurement/quality/{store_code}/{lot_id}",
            id="quality",
            fields=_fields(held, pack, today, reader, faults),
            submit_label=gettext(N_("Record the decision")),
            error_summary=faults.summary_rows(),
        ),
    )
    return page("procurement/decide.html", content, title=N_("Quality"))


def _fields(
    held: Balance, pack: PackRow, today: dt.date, reader: FormReader, faults: Faults
) -> tuple[Field, ...]:
    whole, rest = divmod(held.grams, pack.net_grams)
    unit = reader.raw("amount_unit") or ("kg" if rest else pack.code)
    kilograms = f"{held.grams // 1000},{held.grams % 1000:03d}".rstrip("0").rstrip(",")
    amount = reader.raw("amount") if reader.names() else (kilograms if rest else str(whole))
    chosen = reader.raw("finding")
    return (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
        Field(
            name="finding",
            label=gettext(N_("Decision")),
            kind="radio",
            options=tuple(Option(one, gettext(FINDING_NAMES[one]), one == chosen) for one in Finding),
            error=faults.fields.get("finding"),
            is_required=True,
        ),
        Field(
            name="amount",
            label=gettext(N_("Quantity concerned")),
            kind="quantity",
            value=amount,
            options=(
                Option(pack.code, pack_name(pack), unit == pack.code),
                Option("kg", gettext(N_("kg")), unit == "kg"),
            ),
            error=faults.fields.get("amount"),
            is_required=True,
        ),
        Field(
            name="checked_on",
            label=gettext(N_("Decided on")),
            kind="date",
            value=reader.again("checked_on", today.isoformat()),
            maximum=today.isoformat(),
            error=faults.fields.get("checked_on"),
            is_required=True,
        ),
        Field(
            name="certificate",
            label=gettext(N_("Certificate of analysis")),
            value=reader.raw("certificate"),
            error=faults.fields.get("certificate"),
        ),
        Field(
            name="remarks",
            label=gettext(N_("Remarks")),
            kind="textarea",
            value=reader.raw("remarks"),
            hint=gettext(N_("Needed when the lot is unfit: wet, torn, infested, smell, analysis.")),
            error=faults.fields.get("remarks"),
        ),
    )
