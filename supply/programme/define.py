"""Operations: define the programme and its target groups, record the census."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.catalog.queries import places
from supply.catalog.saving import (
    ReferenceUnknown,
    Saved,
    check_code,
    check_name,
    check_number,
    check_texts,
    upsert,
)
from supply.catalog.words import PlaceKind
from supply.clock import day_of
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.programme.models import Census, Programme, TargetGroup
from supply.programme.words import GroupKind

MAX_PEOPLE = 10_000_000
# Half of Mali; a site that counts more is a slip of the hand.
MAX_MONTHS = 1200


class DefineProgramme(msgspec.Struct, frozen=True, kw_only=True):
    """A programme with its period and money in minor units of the currency."""

    code: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    budget_minor: int | None = None
    budget_currency: str = "XOF"
    source: str = ""


class DefineGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A target group; for children the completed months of age, both inclusive."""

    code: str
    name_fr: str
    name_en: str
    kind: GroupKind
    from_months: int | None = None
    to_months: int | None = None
    position: int = 0


class CensusLine(msgspec.Struct, frozen=True, kw_only=True):
    """People of one group at one site."""

    site_code: str
    group_code: str
    people: int


class SetCensus(msgspec.Struct, frozen=True, kw_only=True):
    """A count or estimate of one day for some sites and groups; those not named keep theirs."""

    counted_on: dt.date
    lines: tuple[CensusLine, ...]
    source: str = ""
    is_illustrative: bool = False


class CensusSet(msgspec.Struct, frozen=True, kw_only=True):
    """How many lines were new, changed, or as before."""

    new_count: int
    changed_count: int
    same_count: int


class DatesBackwards(Invalid):
    """The last day is before the first."""

    code: ClassVar[str] = "dates-backwards"
    title = N_("It ends on {ends_on}, before it starts on {starts_on}; exchange the days.")


class AgesImpossible(Invalid):
    """A group of children needs its ages in order; another group has none."""

    code: ClassVar[str] = "ages-impossible"
    title = N_("{group}: children need a first and a last month of age in order; other groups have none.")


class GroupKindFixed(Conflict):
    """People were enrolled by this kind; another would change who they are."""

    code: ClassVar[str] = "group-kind-fixed"
    title = N_("{group} is a group of another kind already; define a new group.")


class CountedInFuture(Invalid):
    """Nobody has been counted on a day to come."""

    code: ClassVar[str] = "counted-in-future"
    title = N_("The census is dated {counted_on}, which is still to come; today is {today}.")


class CensusTwice(Invalid):
    """The same site and group appear twice in one count."""

    code: ClassVar[str] = "census-twice"
    title = N_("{site} and {group} are counted twice; keep one of the lines.")


def define_programme(session: Session, command: DefineProgramme, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a programme."""
    require(actor, Right.MANAGE_PROGRAMME)
    check_code(command.code)
    check_name(command.code, command.name, 160)
    check_number(N_("Budget"), command.budget_minor, 0, 10**15)
    if command.ends_on < command.starts_on:
        raise DatesBackwards(starts_on=command.starts_on, ends_on=command.ends_on)
    return upsert(session, Programme, command.code, _values(command))


def define_group(session: Session, command: DefineGroup, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a target group."""
    require(actor, Right.MANAGE_PROGRAMME)
    check_code(command.code)
    check_name(command.code, command.name_fr)
    check_name(command.code, command.name_en)
    check_number(N_("Months"), command.from_months, 0, MAX_MONTHS)
    check_number(N_("Months"), command.to_months, 0, MAX_MONTHS)
    check_number(N_("Position"), command.position, 0, 1000)
    ages = (command.from_months, command.to_months)
    if command.kind == GroupKind.CHILD:
        if (
            command.from_months is None
            or command.to_months is None
            or command.to_months < command.from_months
        ):
            raise AgesImpossible(group=command.code)
    elif ages != (None, None):
        raise AgesImpossible(group=command.code)
    known = session.get(TargetGroup, command.code)
    if known is not None and known.kind != command.kind:
        raise GroupKindFixed(group=command.code)
    return upsert(session, TargetGroup, command.code, _values(command))


def set_census(session: Session, command: SetCensus, *, actor: Actor, now: dt.datetime) -> CensusSet:
    """Record people per site and group; cycles that were opened keep the targets they were opened with."""
    require(actor, Right.MANAGE_PROGRAMME, *{line.site_code for line in command.lines})
    if command.counted_on > day_of(now):
        raise CountedInFuture(counted_on=command.counted_on, today=day_of(now))
    check_texts(Census, {"source": command.source})
    _check_lines(session, command.lines)
    codes = {line.site_code for line in command.lines}
    known = {
        (row.site_code, row.group_code): row
        for row in session.scalars(select(Census).where(Census.site_code.in_(codes)).with_for_update())
    }
    new = changed = 0
    for line in command.lines:
        values = {
            "people": line.people,
            "counted_on": command.counted_on,
            "source": command.source,
            "is_illustrative": command.is_illustrative,
        }
        row = known.get((line.site_code, line.group_code))
        if row is None:
            session.add(Census(site_code=line.site_code, group_code=line.group_code, **values))
            new += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed += 1
    session.flush()
    return CensusSet(new_count=new, changed_count=changed, same_count=len(command.lines) - new - changed)


def _check_lines(session: Session, lines: tuple[CensusLine, ...]) -> None:
    sites = {place.code for place in places(session, PlaceKind.SITE)}
    groups = set(session.scalars(select(TargetGroup.code)))
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.site_code not in sites:
            raise ReferenceUnknown(kind=N_("Site"), text=line.site_code)
        if line.group_code not in groups:
            raise ReferenceUnknown(kind=N_("Target group"), text=line.group_code)
        check_number(N_("People"), line.people, 0, MAX_PEOPLE)
        if (line.site_code, line.group_code) in seen:
            raise CensusTwice(site=line.site_code, group=line.group_code)
        seen.add((line.site_code, line.group_code))


def _values(command: msgspec.Struct) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(command).items() if name != "code"}
