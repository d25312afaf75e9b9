"""Makes the demo: a year of the programme, told day by day through the operations."""

import datetime as dt
from collections.abc import Callable

from supply.catalog.fixtures import load_reference
from supply.db import Database
from supply.demo import mishaps, purchases, rounds, staff
from supply.demo.register import register
from supply.demo.sessions import distribute
from supply.demo.teller import Teller
from supply.i18n import N_, gettext
from supply.programme.cycles import CloseCycle, OpenCycle, close_cycle, open_cycle
from supply.programme.fixtures import DemoCycle, demo_cycles, load_programme
from supply.programme.words import CycleState
from supply.settings import read_settings
from supply.worker import all_jobs, run_due

PLAN_SECONDS = 1
# Of search per cycle: a good first plan with its bound, without waiting for the exact search to compile.


def build(database: Database, *, today: dt.date, now: dt.datetime, say: Callable[[str], None]) -> None:
    """Fill an empty, migrated database. `say` hears what is being told."""
    teller = Teller(database, today, now, say)
    say(gettext(N_("people and reference data")))
    _lay_ground(teller)
    say(gettext(N_("register of two communes")))
    register(teller)
    for cycle in demo_cycles(today):
        say(cycle.name)
        _tell_cycle(teller, cycle)
    say(gettext(N_("what the nightly jobs find")))
    run_due(database, read_settings(), all_jobs(), lambda: now)


def _lay_ground(teller: Teller) -> None:
    staff.found_service(teller)
    administrator = teller.actors[staff.ADMINISTRATOR]
    day = teller.day(-255)
    with teller.database.transaction() as session:
        load_reference(session, actor=administrator, now=teller.at(day))
    staff.hire(teller)
    with teller.database.transaction() as session:
        load_programme(session, actor=administrator, now=teller.at(day), today=teller.today)


def _tell_cycle(teller: Teller, cycle: DemoCycle) -> None:
    start = cycle.starts_on
    if cycle.state == CycleState.PLANNED:
        purchases.order_ahead(teller, cycle)
        return
    purchases.buy(teller, cycle)
    is_now = cycle.state == CycleState.OPEN
    if is_now:
        mishaps.short_lived_lots(teller)
    if cycle.number == 2:
        mishaps.wet_stack(teller, "SIKASSO", start - dt.timedelta(days=20))
        mishaps.monthly_count(teller, "SEGOU", start - dt.timedelta(days=18))
    teller.do(open_cycle, OpenCycle(code=cycle.code), who=staff.LEAD, on=start - dt.timedelta(days=17))
    # The current cycle is planned late, so that today trucks wait, drive and have arrived.
    first = start + dt.timedelta(days=2 if is_now else -15)
    rounds.plan(
        teller,
        cycle,
        asked=first - dt.timedelta(days=1),
        first=first,
        last=first + dt.timedelta(days=19),
        seconds=PLAN_SECONDS,
    )
    rounds.drive(teller, cycle)
    distribute(teller, cycle, close=not is_now)
    if not is_now:
        teller.do(close_cycle, CloseCycle(code=cycle.code), who=staff.LEAD, on=cycle.ends_on, hour=18)
