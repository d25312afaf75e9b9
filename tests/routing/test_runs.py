"""The life of a run: claimed once, killed without harm, stopped, begun again, stored whole or not at all."""

import datetime as dt
import json
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from uuid import UUID

import msgspec
import pytest
from click.testing import CliRunner

from supply import compute
from supply.catalog.models import Vehicle
from supply.cli import main
from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.people.rights import RightMissing
from supply.programme.models import Cycle
from supply.routing import queries, runs
from supply.routing.ask import (
    AskPlan,
    CycleIsClosed,
    DaysReversed,
    NothingNeeded,
    NoTruck,
    PeriodTooLong,
    PlanIdTaken,
    PlanInThePast,
    ask_plan,
)
from supply.routing.planner.check import check
from supply.routing.rows import PlanRow
from supply.routing.runs import SILENCE, is_silent, solve_now
from supply.routing.snapshot import CycleUnknown
from supply.routing.stop import (
    PlanNotOver,
    PlanNotRunning,
    PlanUnknown,
    RetryPlan,
    StopPlan,
    retry_plan,
    stop_plan,
)
from supply.worker import take_up
from tests.routing.ground import FIRST_ON, LAST_ON, approve, ask, propose, put_usual_stock
from tests.world import NOW, World, make_world

PATIENCE_SECONDS = 300
# For a search or a new pool of processes; on a new clone the search is compiled first.

AFTER_SILENCE = NOW + SILENCE + dt.timedelta(seconds=1)


def read(world: World, plan_id: UUID) -> PlanRow:
    with world.database.snapshot() as session:
        row = queries.plan(session, plan_id)
    assert row is not None
    return row


def kill_while_solving(world: World, plan_id: UUID) -> None:
    """A process that begins to solve at NOW and is killed before it has said anything else."""
    code = (
        "import os, sys, datetime as dt\n"
        "from uuid import UUID\n"
        "from supply.db import Database\n"
        "from supply.routing import runs\n"
        "now = dt.datetime.fromisoformat(sys.argv[3])\n"
        "claim = runs._claim(Database(sys.argv[1]), UUID(sys.argv[2]), now)\n"
        "assert claim is not None\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, world.database.url, str(plan_id), NOW.isoformat()], check=False
    )
    assert done.returncode == -9


def test_a_solved_plan_is_proposed_and_valid(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    plan_id = propose(world)

    with database.snapshot() as session:
        stored = queries.stored_plan(session, plan_id)
    assert stored is not None
    assert stored.plan is not None
    assert check(stored.problem, stored.plan) == []
    row = read(world, plan_id)
    assert row.cost == stored.plan.cost
    assert row.bound is not None
    assert row.bound <= stored.plan.cost
    used = {
        (one.from_code, one.to_code) for one in stored.basis.distances
    }  # only what the plan drives, store to site to site to store
    assert len(used) == 3


def test_a_run_is_solved_in_a_process_of_its_own(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)

    state = runs.start(database, plan_id).result(timeout=PATIENCE_SECONDS)

    assert state == "proposed"
    assert read(world, plan_id).attempts == 1


def test_a_killed_process_leaves_a_clear_state_and_no_half_plan(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)

    kill_while_solving(world, plan_id)

    row = read(world, plan_id)
    assert row.state == "solving"
    assert is_silent(row.state, row.heard_at, AFTER_SILENCE)
    assert not is_silent(row.state, row.heard_at, NOW + dt.timedelta(seconds=5))
    with database.snapshot() as session:
        stored = queries.stored_plan(session, plan_id)
    assert stored is not None
    assert stored.plan is None


def test_a_restart_takes_up_what_was_killed_and_what_waits_once(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    killed, waiting = ask(world), ask(world)
    kill_while_solving(world, killed)

    with database.snapshot() as session:
        found = queries.runs_to_start(session, AFTER_SILENCE - SILENCE, runs.ATTEMPTS)
    assert set(found) == {killed, waiting}
    assert solve_now(database, killed, now=lambda: AFTER_SILENCE) == "proposed"
    assert solve_now(database, killed, now=lambda: AFTER_SILENCE) == "proposed"

    assert read(world, killed).attempts == 2  # the killed one and one more; the repeat found nothing to do
    with database.snapshot() as session:
        assert queries.runs_to_start(session, AFTER_SILENCE, runs.ATTEMPTS) == (waiting,)


def test_a_run_that_killed_three_processes_is_left_to_a_person(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)
    for attempt in range(runs.ATTEMPTS):
        moment = NOW + attempt * 2 * SILENCE
        assert runs._claim(database, plan_id, moment) is not None

    with database.snapshot() as session:
        assert queries.runs_to_start(session, NOW + dt.timedelta(days=1), runs.ATTEMPTS) == ()


def test_a_process_that_wakes_up_late_stores_nothing(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)
    sleeper = runs._claim(database, plan_id, NOW)
    assert sleeper is not None
    assert solve_now(database, plan_id, now=lambda: AFTER_SILENCE) == "proposed"
    with database.snapshot() as session:
        stored = queries.stored_plan(session, plan_id)
    assert stored is not None
    assert stored.plan is not None

    dearer = msgspec.structs.replace(stored.plan, cost=stored.plan.cost + 1)
    runs._store(database, sleeper, dearer, [], AFTER_SILENCE)

    assert read(world, plan_id).cost == stored.plan.cost


def test_the_heart_writes_progress_and_hears_the_wish_to_stop(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)
    claim = runs._claim(database, plan_id, NOW)
    assert claim is not None

    with database.transaction() as session:
        goes_on = runs._write_progress(session, claim, [[0.5, 900_000, 800_000]], "search", NOW)
    with database.transaction() as session:
        stop_plan(session, StopPlan(id=plan_id), actor=world.officer, now=NOW)
    with database.transaction() as session:
        goes_on_after = runs._write_progress(session, claim, [[0.5, 900_000, 800_000]], "search", NOW)

    assert (goes_on, goes_on_after) == (True, False)
    with database.snapshot() as session:
        (row,) = queries.progress(session, plan_id)
    assert (row.seconds, row.cost, row.bound) == (0.5, 900_000, 800_000)


def test_a_waiting_run_is_stopped_and_begun_again(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)

    with database.transaction() as session:
        stop_plan(session, StopPlan(id=plan_id), actor=world.officer, now=NOW)
    assert solve_now(database, plan_id, now=lambda: NOW) == "stopped"
    with database.transaction() as session, pytest.raises(PlanNotRunning):
        stop_plan(session, StopPlan(id=plan_id), actor=world.officer, now=NOW)
    with database.transaction() as session:
        retry_plan(session, RetryPlan(id=plan_id), actor=world.officer, now=NOW)

    assert solve_now(database, plan_id, now=lambda: NOW) == "proposed"
    with database.transaction() as session, pytest.raises(PlanNotOver):
        retry_plan(session, RetryPlan(id=plan_id), actor=world.officer, now=NOW)
    with database.transaction() as session, pytest.raises(PlanUnknown):
        stop_plan(session, StopPlan(id=UUID(int=1)), actor=world.officer, now=NOW)


def test_asking_twice_with_one_id_asks_once(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)

    assert ask(world, id=plan_id) == plan_id

    with pytest.raises(PlanIdTaken):
        ask(world, id=plan_id, seconds=9)
    with database.snapshot() as session:
        assert len(queries.plans(session)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"first_on": LAST_ON, "last_on": FIRST_ON}, DaysReversed),
        ({"first_on": dt.date(2027, 3, 14)}, PlanInThePast),
        ({"last_on": dt.date(2027, 9, 1)}, PeriodTooLong),
        ({"cycle_code": "C9"}, CycleUnknown),
    ],
)
def test_a_faulty_question_is_refused_by_name(
    database: Database, changes: dict[str, object], error: type[SupplyError]
) -> None:
    world = make_world(database)
    put_usual_stock(world)

    with pytest.raises(error):
        ask(world, **changes)


def test_a_plan_is_asked_for_by_those_who_plan(database: Database) -> None:
    world = make_world(database)
    command = AskPlan(id=UUID(int=7), cycle_code="C1", first_on=FIRST_ON, last_on=LAST_ON)

    with database.transaction() as session, pytest.raises(RightMissing):
        ask_plan(session, command, actor=world.keeper, now=NOW)


def test_a_need_that_is_on_its_way_is_not_planned_again(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    approve(world, propose(world))

    with pytest.raises(NothingNeeded):
        ask(world)


def test_a_closed_cycle_is_not_planned(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    with database.transaction() as session:
        session.get_one(Cycle, "C1").state = "closed"

    with pytest.raises(CycleIsClosed):
        ask(world)


def test_without_a_truck_there_is_no_plan(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    with database.transaction() as session:
        for plate in ("AB-1234-MD", "AB-5678-MD"):
            session.get_one(Vehicle, plate).is_active = False

    with pytest.raises(NoTruck):
        ask(world)


def test_the_worker_takes_up_a_plan_that_waits(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)

    assert take_up(database, lambda: NOW) == 1
    compute.submit(int, "0").result(timeout=PATIENCE_SECONDS)  # one worker: what was before it is done then

    assert read(world, plan_id).state == "proposed"
    assert take_up(database, lambda: NOW) == 0


def test_a_command_asks_for_a_plan_and_waits_for_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(database)
    put_usual_stock(world)
    monkeypatch.setattr("supply.clock.now", lambda: NOW)
    asked = AskPlan(id=new_id(), cycle_code="C1", first_on=FIRST_ON, last_on=LAST_ON, seconds=1)

    run = CliRunner().invoke(
        main,
        ["routing", "ask-plan", "-", "--as", "officer", "--database", database.url],
        input=msgspec.json.encode(asked),
    )

    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["id"] == str(asked.id)
    assert read(world, asked.id).state == "proposed"


def test_the_service_ends_at_once_while_a_plan_is_calculated() -> None:
    compute.submit(int, "0").result(timeout=PATIENCE_SECONDS)  # the pool stands
    running = compute.submit(time.sleep, 300)

    compute.shut_down()

    with pytest.raises((BrokenProcessPool, CancelledError)):
        running.result(timeout=PATIENCE_SECONDS)
    assert compute.submit(int, "7").result(timeout=PATIENCE_SECONDS) == 7  # and a new pool works
