"""Cycles: planned, opened with fixed targets, closed, reopened; and what is refused."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from sqlalchemy.orm import Session

from supply.catalog.queries import place
from supply.catalog.save_place import SavePlace, save_place
from supply.catalog.saving import ReferenceUnknown
from supply.catalog.words import PlaceKind
from supply.db import Database
from supply.errors import SupplyError
from supply.people.rights import RightMissing
from supply.programme.cycles import (
    CensusMissing,
    CloseCycle,
    CycleChanged,
    CycleNotClosed,
    CycleNotOpen,
    CycleNotPlanned,
    CycleNumberTaken,
    CycleOutsideProgramme,
    CycleUnknown,
    OpenCycle,
    PlanCycle,
    RationLine,
    RationNotWholePacks,
    RationsMissing,
    RationTwice,
    ReasonMissing,
    ReopenCycle,
    close_cycle,
    open_cycle,
    plan_cycle,
    reopen_cycle,
)
from supply.programme.define import (
    AgesImpossible,
    CensusLine,
    CensusTwice,
    CountedInFuture,
    DatesBackwards,
    DefineGroup,
    GroupKindFixed,
    SetCensus,
    define_group,
    set_census,
)
from supply.programme.queries import current_cycle, events, needs, rations, targets
from supply.programme.rows import Need
from supply.programme.words import GroupKind
from tests.world import NOW, TODAY, World, make_world

PLAN = PlanCycle(
    code="C2",
    programme_code="PNP",
    number=2,
    name="Cycle 2",
    starts_on=dt.date(2027, 6, 1),
    ends_on=dt.date(2027, 6, 20),
    rations=(
        RationLine(group_code="CHILD-6-23", product_code="CSB++", grams=3000),
        RationLine(group_code="PREGNANT", product_code="CSB+", grams=4200),
    ),
)


def opened(world: World, **changes: Any) -> CycleChanged:
    """C1, opened by the lead."""
    with world.database.transaction() as session:
        return open_cycle(session, OpenCycle(code="C1", **changes), actor=world.lead, now=NOW)


def counted(world: World, site: str, group: str, people: int) -> None:
    """One line of a census of yesterday."""
    line = CensusLine(site_code=site, group_code=group, people=people)
    command = SetCensus(counted_on=TODAY - dt.timedelta(days=1), lines=(line,))
    with world.database.transaction() as session:
        set_census(session, command, actor=world.lead, now=NOW)


def need_of(session: Session, site: str, product: str) -> Need:
    """The need of C1."""
    found = (need for need in needs(session, "C1") if need.site_code == site)
    return next(need for need in found if need.product_code == product)


def new_site(world: World) -> None:
    """A site that nobody counted."""
    site = SavePlace(
        code="NEW", name="Nouveau", kind=PlaceKind.SITE, commune_pcode="ML030305", lat=11.3, lon=-7.1
    )
    with world.database.transaction() as session:
        save_place(session, site, actor=world.officer, now=NOW)


def test_opening_fixes_the_targets(database: Database) -> None:
    """Kébila's 100 children of 6-23 months stay 100 in C1 when the census says 500 afterwards."""
    world = make_world(database)

    done = opened(world)
    counted(world, "KEBILA", "CHILD-6-23", 500)

    assert (done.state, done.target_count) == ("open", 8)
    with database.snapshot() as session:
        found = {(row.site_code, row.group_code): row.people for row in targets(session, "C1")}
        kebila = need_of(session, "KEBILA", "CSB++")
    assert found["KEBILA", "CHILD-6-23"] == 100
    # (100 + 200) children × 4.5 kg
    assert kebila.exact_grams == 1_350_000


def test_census_of_today_counts_until_the_cycle_is_opened(database: Database) -> None:
    world = make_world(database)

    counted(world, "KEBILA", "CHILD-6-23", 500)

    with database.snapshot() as session:
        kebila = need_of(session, "KEBILA", "CSB++")
    # (500 + 200) children × 4.5 kg
    assert kebila.exact_grams == 3_150_000


def test_site_that_was_never_counted_stops_the_opening_and_is_named(database: Database) -> None:
    world = make_world(database)
    new_site(world)

    with database.snapshot() as session:
        unknown = [need for need in needs(session, "C1") if need.site_code == "NEW"]
    with pytest.raises(CensusMissing) as refused:
        opened(world)
    done = opened(world, without_uncounted=True)

    assert [(need.people, need.rounded_grams) for need in unknown] == [(None, None), (None, None)]
    assert refused.value.facts == {"count": 1, "sites": ["Nouveau"]}
    assert done.target_count == 8
    with database.snapshot() as session:
        assert place(session, "NEW") is not None
        assert "NEW" not in {need.site_code for need in needs(session, "C1")}


def test_cycle_goes_from_planned_to_open_to_closed_and_back(database: Database) -> None:
    world = make_world(database)
    opened(world)
    with pytest.raises(CycleNotPlanned):
        opened(world)
    with pytest.raises(CycleNotClosed), database.transaction() as session:
        reopen_cycle(session, ReopenCycle(code="C1", reason="x"), actor=world.lead, now=NOW)
    with database.transaction() as session:
        close_cycle(session, CloseCycle(code="C1"), actor=world.lead, now=NOW)
    with pytest.raises(CycleNotOpen), database.transaction() as session:
        close_cycle(session, CloseCycle(code="C1"), actor=world.lead, now=NOW)
    with pytest.raises(ReasonMissing), database.transaction() as session:
        reopen_cycle(session, ReopenCycle(code="C1", reason=" "), actor=world.lead, now=NOW)
    with database.transaction() as session:
        done = reopen_cycle(
            session, ReopenCycle(code="C1", reason="Fakola oublié"), actor=world.lead, now=NOW
        )

    assert (done.state, done.target_count) == ("open", 8)
    with database.snapshot() as session:
        told = [(row.state, row.user_name, row.reason) for row in events(session, "C1")]
    assert told == [
        ("open", "Lead Traoré", ""),
        ("closed", "Lead Traoré", ""),
        ("open", "Lead Traoré", "Fakola oublié"),
    ]


def test_two_people_open_a_cycle_at_once_and_one_is_told(database: Database) -> None:
    world = make_world(database)

    def attempt(_: int) -> str:
        try:
            return opened(world).state
        except SupplyError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(attempt, range(2)))

    assert found == ["cycle-not-planned", "open"]


def test_planned_cycle_is_planned_again_with_other_rations(database: Database) -> None:
    world = make_world(database)
    first = RationLine(group_code="PREGNANT", product_code="CSB+", grams=5000)
    for command in (PLAN, msgspec.structs.replace(PLAN, rations=(first,))):
        with database.transaction() as session:
            plan_cycle(session, command, actor=world.lead, now=NOW)

    with database.snapshot() as session:
        assert [(row.group_code, row.grams) for row in rations(session, "C2")] == [("PREGNANT", 5000)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"ends_on": dt.date(2027, 5, 1)}, DatesBackwards),
        ({"ends_on": dt.date(2028, 1, 1)}, CycleOutsideProgramme),
        ({"number": 1}, CycleNumberTaken),
        ({"programme_code": "X"}, ReferenceUnknown),
        ({"rations": ()}, RationsMissing),
        ({"rations": PLAN.rations[:1] * 2}, RationTwice),
        ({"rations": (RationLine(group_code="X", product_code="CSB+", grams=1),)}, ReferenceUnknown),
        ({"rations": (RationLine(group_code="PREGNANT", product_code="X", grams=1),)}, ReferenceUnknown),
        # A pouch of 1.5 kg is handed out whole; 4 kg are two pouches and two thirds.
        (
            {"rations": (RationLine(group_code="PREGNANT", product_code="CSB++", grams=4000),)},
            RationNotWholePacks,
        ),
    ],
)
def test_impossible_plan_is_refused(
    database: Database, change: dict[str, Any], refusal: type[SupplyError]
) -> None:
    world = make_world(database)

    with pytest.raises(refusal), database.transaction() as session:
        plan_cycle(session, msgspec.structs.replace(PLAN, **change), actor=world.lead, now=NOW)


def test_open_cycle_cannot_be_planned_again(database: Database) -> None:
    world = make_world(database)
    opened(world)

    with pytest.raises(CycleNotPlanned), database.transaction() as session:
        plan_cycle(session, msgspec.structs.replace(PLAN, code="C1", number=1), actor=world.lead, now=NOW)


def test_only_lead_and_administrator_run_the_programme(database: Database) -> None:
    world = make_world(database)
    for actor in (world.officer, world.keeper, world.auditor):
        with pytest.raises(RightMissing), database.transaction() as session:
            open_cycle(session, OpenCycle(code="C1"), actor=actor, now=NOW)
        with pytest.raises(RightMissing), database.transaction() as session:
            plan_cycle(session, PLAN, actor=actor, now=NOW)


def test_unknown_cycle_is_named(database: Database) -> None:
    world = make_world(database)

    with pytest.raises(CycleUnknown), database.transaction() as session:
        open_cycle(session, OpenCycle(code="C9"), actor=world.lead, now=NOW)


def test_current_cycle_is_the_open_one_else_the_next(database: Database) -> None:
    world = make_world(database)
    with database.transaction() as session:
        plan_cycle(session, PLAN, actor=world.lead, now=NOW)

    with database.snapshot() as session:
        before, after_first = current_cycle(session, TODAY), current_cycle(session, dt.date(2027, 5, 1))
    opened(world)
    with database.snapshot() as session:
        once_open = current_cycle(session, dt.date(2027, 5, 1))

    assert [row.code for row in (before, after_first, once_open) if row] == ["C1", "C2", "C1"]


@pytest.mark.parametrize(
    ("lines", "day", "refusal"),
    [
        (
            (CensusLine(site_code="BAMAKO", group_code="PREGNANT", people=1),),
            TODAY,
            ReferenceUnknown,
        ),  # a store
        ((CensusLine(site_code="KEBILA", group_code="X", people=1),), TODAY, ReferenceUnknown),
        ((CensusLine(site_code="KEBILA", group_code="PREGNANT", people=-1),), TODAY, SupplyError),
        ((CensusLine(site_code="KEBILA", group_code="PREGNANT", people=1),) * 2, TODAY, CensusTwice),
        ((), TODAY + dt.timedelta(days=1), CountedInFuture),
    ],
)
def test_impossible_census_is_refused(
    database: Database, lines: tuple[CensusLine, ...], day: dt.date, refusal: type[SupplyError]
) -> None:
    world = make_world(database)

    with pytest.raises(refusal), database.transaction() as session:
        set_census(session, SetCensus(counted_on=day, lines=lines), actor=world.lead, now=NOW)


def test_group_of_children_needs_its_ages_and_keeps_its_kind(database: Database) -> None:
    world = make_world(database)
    group = DefineGroup(code="G", name_fr="G", name_en="G", kind=GroupKind.CHILD, from_months=6, to_months=59)
    with database.transaction() as session:
        define_group(session, group, actor=world.lead, now=NOW)

    with pytest.raises(AgesImpossible), database.transaction() as session:
        define_group(session, msgspec.structs.replace(group, to_months=5), actor=world.lead, now=NOW)
    with pytest.raises(GroupKindFixed), database.transaction() as session:
        other = msgspec.structs.replace(group, kind=GroupKind.PREGNANT, from_months=None, to_months=None)
        define_group(session, other, actor=world.lead, now=NOW)
