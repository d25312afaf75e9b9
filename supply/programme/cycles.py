"""Operations on cycles: plan, open, close, reopen."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from supply.catalog.queries import base_packs, places, products
from supply.catalog.saving import (
    ReferenceUnknown,
    Saved,
    check_code,
    check_known,
    check_name,
    check_number,
    check_texts,
    upsert,
)
from supply.catalog.words import PlaceKind
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.ids import new_id
from supply.people.rights import Actor, Right, require
from supply.programme.define import DatesBackwards
from supply.programme.models import Cycle, CycleEvent, Programme, Ration, Target, TargetGroup
from supply.programme.queries import rations, targets
from supply.programme.words import CycleState

MAX_RATION_GRAMS = 100_000
# 100 kg for one person and cycle; a month's family ration is about half of it.
MAX_REASON = 500


class RationLine(msgspec.Struct, frozen=True, kw_only=True):
    """Net grams of a product for one person of a group in the cycle."""

    group_code: str
    product_code: str
    grams: int
    is_illustrative: bool = False
    source: str = ""


class PlanCycle(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution round and its rations; planned again it is replaced, as long as it is not open."""

    code: str
    programme_code: str
    number: int
    name: str
    starts_on: dt.date
    ends_on: dt.date
    rations: tuple[RationLine, ...]


class OpenCycle(msgspec.Struct, frozen=True, kw_only=True):
    """Fix the targets and start; `without_uncounted` leaves out sites that were never fully counted."""

    code: str
    without_uncounted: bool = False
    reason: str = ""


class CloseCycle(msgspec.Struct, frozen=True, kw_only=True):
    """End the distribution of a cycle."""

    code: str
    reason: str = ""


class ReopenCycle(msgspec.Struct, frozen=True, kw_only=True):
    """Take back the closing, for a reason; the targets stay."""

    code: str
    reason: str


class CycleChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The cycle's state afterwards, and how many targets it holds."""

    code: str
    state: CycleState
    target_count: int


class CycleUnknown(NotFound):
    """No such cycle."""

    code: ClassVar[str] = "cycle-unknown"
    title = N_("There is no cycle {cycle}.")


class CycleNotPlanned(Conflict):
    """Only a planned cycle can be changed or opened."""

    code: ClassVar[str] = "cycle-not-planned"
    title = N_("{cycle} is already opened; its dates, rations and targets are fixed.")


class CycleNotOpen(Conflict):
    """Only an open cycle can be closed or worked on."""

    code: ClassVar[str] = "cycle-not-open"
    title = N_("{cycle} is not open; open it first.")


class CycleNotClosed(Conflict):
    """Only a closed cycle can be reopened."""

    code: ClassVar[str] = "cycle-not-closed"
    title = N_("{cycle} is not closed; there is nothing to reopen.")


class CycleOutsideProgramme(Invalid):
    """The dates leave the programme's period."""

    code: ClassVar[str] = "cycle-outside-programme"
    title = N_("The cycle must lie within the programme, from {starts_on} to {ends_on}.")


class CycleNumberTaken(Conflict):
    """Another cycle of the programme has this number."""

    code: ClassVar[str] = "cycle-number-taken"
    title = N_("The programme has a cycle number {number} already: {cycle}.")


class RationsMissing(Invalid):
    """A cycle without rations distributes nothing."""

    code: ClassVar[str] = "rations-missing"
    title = N_("{cycle} has no ration; say what each person receives.")


class RationTwice(Invalid):
    """Two rations of one product for one group."""

    code: ClassVar[str] = "ration-twice"
    title = N_("{group} has two rations of {product}; keep one.")


class RationNotWholePacks(Invalid):
    """A pouch is handed out whole; a ration of part of it cannot be given."""

    code: ClassVar[str] = "ration-not-whole-packs"
    title = N_("{product} is handed out in whole packs of {pack:mass}; {grams:mass} is not a multiple of it.")


class ProductHasNoPack(Conflict):
    """Needs are rounded up to the pack, so there has to be one."""

    code: ClassVar[str] = "product-has-no-pack"
    title = N_("{product} has no pack yet; save one in the reference data first.")


class CensusMissing(Conflict):
    """Sites where a group that receives something was never counted."""

    code: ClassVar[str] = "census-missing"
    title = N_("{count} sites were never fully counted: {sites}. Complete the census, or open without them.")


class ReasonMissing(Invalid):
    """This step has to say why."""

    code: ClassVar[str] = "reason-missing"
    title = N_("Write the reason, in at most {maximum} characters.")


def plan_cycle(session: Session, command: PlanCycle, *, actor: Actor, now: dt.datetime) -> Saved:
    """Plan a cycle with its rations, or replace a planned one."""
    require(actor, Right.MANAGE_PROGRAMME)
    check_code(command.code)
    check_name(command.code, command.name)
    check_number(N_("Number"), command.number, 1, 1000)
    known = session.get(Cycle, command.code)
    if known is not None and known.state != CycleState.PLANNED:
        raise CycleNotPlanned(cycle=known.name)
    _check_dates(session, command)
    _check_rations(session, command)
    values = {
        name: value
        for name, value in msgspec.structs.asdict(command).items()
        if name not in {"code", "rations"}
    }
    saved = upsert(session, Cycle, command.code, {**values, "state": CycleState.PLANNED})
    session.execute(delete(Ration).where(Ration.cycle_code == command.code))
    session.add_all(
        Ration(cycle_code=command.code, **msgspec.structs.asdict(line)) for line in command.rations
    )
    session.flush()
    return saved


def _check_dates(session: Session, command: PlanCycle) -> None:
    check_known(session, Programme, command.programme_code, N_("Programme"))
    programme = session.get(Programme, command.programme_code)
    assert programme is not None, "checked above"
    if command.ends_on < command.starts_on:
        raise DatesBackwards(starts_on=command.starts_on, ends_on=command.ends_on)
    if command.starts_on < programme.starts_on or command.ends_on > programme.ends_on:
        raise CycleOutsideProgramme(starts_on=programme.starts_on, ends_on=programme.ends_on)
    other = session.execute(
        select(Cycle.name).where(
            Cycle.programme_code == command.programme_code,
            Cycle.number == command.number,
            Cycle.code != command.code,
        )
    ).first()
    if other is not None:
        raise CycleNumberTaken(number=command.number, cycle=other.name)


def _check_rations(session: Session, command: PlanCycle) -> None:
    if not command.rations:
        raise RationsMissing(cycle=command.name)
    groups = set(session.scalars(select(TargetGroup.code)))
    known = {product.code for product in products(session)}
    packs = base_packs(session)
    seen: set[tuple[str, str]] = set()
    for line in command.rations:
        if line.group_code not in groups:
            raise ReferenceUnknown(kind=N_("Target group"), text=line.group_code)
        if line.product_code not in known:
            raise ReferenceUnknown(kind=N_("Product"), text=line.product_code)
        if line.product_code not in packs:
            raise ProductHasNoPack(product=line.product_code)
        if (line.group_code, line.product_code) in seen:
            raise RationTwice(group=line.group_code, product=line.product_code)
        seen.add((line.group_code, line.product_code))
        check_number(N_("Ration (g)"), line.grams, 1, MAX_RATION_GRAMS)
        check_texts(Ration, {"source": line.source})
        pack = packs[line.product_code]
        if pack.is_handed_whole and line.grams % pack.net_grams:
            raise RationNotWholePacks(product=line.product_code, pack=pack.net_grams, grams=line.grams)


def open_cycle(session: Session, command: OpenCycle, *, actor: Actor, now: dt.datetime) -> CycleChanged:
    """Fix the targets of a planned cycle from the census of today and start it."""
    require(actor, Right.MANAGE_PROGRAMME)
    _check_reason(command.reason, is_needed=False)
    row = _locked(session, command.code)
    if row.state != CycleState.PLANNED:
        raise CycleNotPlanned(cycle=row.name)
    due = targets(session, row.code)
    uncounted = _uncounted(session, row.code)
    if uncounted and not command.without_uncounted:
        raise CensusMissing(count=len(uncounted), sites=sorted(uncounted.values())[:10])
    fixed = [one for one in due if one.site_code not in uncounted]
    if not fixed:
        raise CensusMissing(count=len(uncounted), sites=sorted(uncounted.values())[:10])
    session.add_all(Target(cycle_code=row.code, **msgspec.structs.asdict(one)) for one in fixed)
    row.opened_at = now
    return _enter(
        session, row, CycleState.OPEN, command.reason, actor=actor, now=now, target_count=len(fixed)
    )


def _uncounted(session: Session, cycle_code: str) -> dict[str, str]:
    """Names by code of active sites that lack the census of a group which receives something."""
    due = {row.group_code for row in rations(session, cycle_code)}
    counted = {(row.site_code, row.group_code) for row in targets(session, cycle_code)}
    return {
        site.code: site.name
        for site in places(session, PlaceKind.SITE, only_active=True)
        if any((site.code, group) not in counted for group in due)
    }


def close_cycle(session: Session, command: CloseCycle, *, actor: Actor, now: dt.datetime) -> CycleChanged:
    """End the distribution of an open cycle."""
    require(actor, Right.MANAGE_PROGRAMME)
    _check_reason(command.reason, is_needed=False)
    row = _locked(session, command.code)
    if row.state != CycleState.OPEN:
        raise CycleNotOpen(cycle=row.name)
    row.closed_at = now
    count = len(targets(session, row.code))
    return _enter(session, row, CycleState.CLOSED, command.reason, actor=actor, now=now, target_count=count)


def reopen_cycle(session: Session, command: ReopenCycle, *, actor: Actor, now: dt.datetime) -> CycleChanged:
    """Take back the closing of a cycle; its targets stay as they were fixed."""
    require(actor, Right.MANAGE_PROGRAMME)
    _check_reason(command.reason, is_needed=True)
    row = _locked(session, command.code)
    if row.state != CycleState.CLOSED:
        raise CycleNotClosed(cycle=row.name)
    row.closed_at = None
    count = len(targets(session, row.code))
    return _enter(session, row, CycleState.OPEN, command.reason, actor=actor, now=now, target_count=count)


def _check_reason(reason: str, *, is_needed: bool) -> None:
    if (is_needed and not reason.strip()) or len(reason) > MAX_REASON or "\0" in reason:
        raise ReasonMissing(maximum=MAX_REASON)


def _locked(session: Session, code: str) -> Cycle:
    row = session.scalar(select(Cycle).where(Cycle.code == code).with_for_update())
    if row is None:
        raise CycleUnknown(cycle=code)
    return row


def _enter(
    session: Session,
    row: Cycle,
    state: CycleState,
    reason: str,
    *,
    actor: Actor,
    now: dt.datetime,
    target_count: int,
) -> CycleChanged:
    row.state = state
    session.add(
        CycleEvent(
            id=new_id(),
            cycle_code=row.code,
            state=state,
            user_id=actor.user_id,
            recorded_at=now,
            reason=reason,
        )
    )
    session.flush()
    return CycleChanged(code=row.code, state=state, target_count=target_count)
