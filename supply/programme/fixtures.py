"""The demo's programme: records `programme.toml` and `census.csv` of `fixtures/` through the operations."""

import datetime as dt
import tomllib
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.fixtures import rows
from supply.paths import data
from supply.people.rights import Actor
from supply.programme.cycles import (
    CloseCycle,
    OpenCycle,
    PlanCycle,
    RationLine,
    close_cycle,
    open_cycle,
    plan_cycle,
)
from supply.programme.define import (
    CensusLine,
    DefineGroup,
    DefineProgramme,
    SetCensus,
    define_group,
    define_programme,
    set_census,
)
from supply.programme.queries import cycle
from supply.programme.words import CycleState, GroupKind


class DemoCycle(msgspec.Struct, frozen=True, kw_only=True):
    """A cycle of the demo on the calendar of the day it is made; `state` is where it should stand today."""

    code: str
    number: int
    name: str
    starts_on: dt.date
    ends_on: dt.date
    state: CycleState


def demo_cycles(today: dt.date) -> tuple[DemoCycle, ...]:
    """The four cycles: two over, one being distributed, one to come."""
    return tuple(
        DemoCycle(
            code=row["code"],
            number=row["number"],
            name=row["name"],
            starts_on=_day(today, row["starts_after_days"]),
            ends_on=_day(today, row["ends_after_days"]),
            state=CycleState(row["state"]),
        )
        for row in _file()["cycles"]
    )


def load_programme(session: Session, *, actor: Actor, now: dt.datetime, today: dt.date) -> None:
    """Define the programme and its groups, record the census, plan the four cycles; none is opened."""
    file = _file()
    programme = file["programme"]
    command = DefineProgramme(
        code=programme["code"],
        name=programme["name"],
        starts_on=_day(today, programme["starts_after_days"]),
        ends_on=_day(today, programme["ends_after_days"]),
        budget_minor=programme["budget_minor"],
        budget_currency=programme["budget_currency"],
        source=programme["source"],
    )
    define_programme(session, command, actor=actor, now=now)
    for position, group in enumerate(file["groups"]):
        values = {**group, "kind": GroupKind(group["kind"]), "position": position}
        define_group(session, DefineGroup(**values), actor=actor, now=now)
    set_census(session, _census(file["census"], today), actor=actor, now=now)
    rations = _rations(file["rations"])
    for one in demo_cycles(today):
        known = cycle(session, one.code)
        if known is None or known.state == CycleState.PLANNED:
            plan = PlanCycle(
                code=one.code,
                programme_code=programme["code"],
                number=one.number,
                name=one.name,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
                rations=rations,
            )
            plan_cycle(session, plan, actor=actor, now=now)


def advance_cycles(session: Session, *, actor: Actor, now: dt.datetime, today: dt.date) -> None:
    """Open and close the cycles so that each stands where it should today; for demos without a history."""
    for one in demo_cycles(today):
        known = cycle(session, one.code)
        if known is not None and known.state == CycleState.PLANNED and one.state != CycleState.PLANNED:
            open_cycle(session, OpenCycle(code=one.code), actor=actor, now=now)
            if one.state == CycleState.CLOSED:
                close_cycle(session, CloseCycle(code=one.code), actor=actor, now=now)


def _file() -> dict[str, Any]:
    with (data("fixtures") / "programme.toml").open("rb") as stream:
        return tomllib.load(stream)


def _day(today: dt.date, after_days: int) -> dt.date:
    return today + dt.timedelta(days=after_days)


def _census(described: dict[str, Any], today: dt.date) -> SetCensus:
    lines = tuple(
        CensusLine(site_code=row["site_code"], group_code=row["group_code"], people=int(row["people"]))
        for row in rows("census.csv")
    )
    return SetCensus(
        counted_on=_day(today, described["counted_after_days"]),
        lines=lines,
        source=described["source"],
        is_illustrative=True,
    )


def _rations(described: list[dict[str, Any]]) -> tuple[RationLine, ...]:
    return tuple(
        RationLine(
            group_code=group,
            product_code=row["product_code"],
            grams=row["grams"],
            is_illustrative=True,
            source=row["source"],
        )
        for row in described
        for group in row["groups"]
    )
