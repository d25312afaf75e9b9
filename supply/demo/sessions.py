"""The demo's distributions: a session at each supplied site, by list where there is one, else by tally."""

import datetime as dt
from uuid import UUID

from supply.catalog.queries import place
from supply.demo.staff import LEAD, OFFICER
from supply.demo.teller import Teller
from supply.distribution.hand_out import HandOut, Receiver, hand_out
from supply.distribution.lists import session_list
from supply.distribution.sessions import CloseSession, OpenSession, close_session, find_session, open_session
from supply.distribution.tally import GroupCount, RecordTally, record_tally
from supply.ids import new_id
from supply.inventory.queries import on_hand
from supply.inventory.return_to_store import ReturnedLine, ReturnToStore, return_to_store
from supply.programme.fixtures import DemoCycle
from supply.programme.queries import rations, targets
from supply.routing.queries import trips

BATCH = 20
# People handed their rations in one sending of the phone.


def distribute(teller: Teller, cycle: DemoCycle, *, close: bool) -> None:
    """Hold the sessions of a cycle at every site whose deliveries had all arrived the day before."""
    held_on = _days(teller, cycle, is_now=not close)
    for number, (site, day) in enumerate(held_on.items()):
        if day > min(teller.today, cycle.ends_on):
            continue
        session_id = _hold(teller, cycle, site, day)
        if close or day < teller.today:
            teller.do(close_session, CloseSession(session_id=session_id), who=LEAD, on=day, hour=18)
        if close and number % 2 == 0:
            _return_left_over(teller, cycle, site, cycle.ends_on)


def _days(teller: Teller, cycle: DemoCycle, *, is_now: bool) -> dict[str, dt.date]:
    """The day of each supplied site's session; in the cycle of today, at least one is held today."""
    supplied = _supplied(teller, cycle.code)
    days = {
        site: max(cycle.starts_on + dt.timedelta(days=number % 12), supplied[site] + dt.timedelta(days=1))
        for number, site in enumerate(sorted(supplied))
    }
    over = [day for day in days.values() if day <= teller.today]
    if is_now and over and max(over) < teller.today:
        # Arrivals depend on the roads of the season; whoever was served last is served today instead.
        latest = next(site for site, day in days.items() if day == max(over))
        days[latest] = teller.today
    return days


def _supplied(teller: Teller, cycle_code: str) -> dict[str, dt.date]:
    """Sites whose every waybill has arrived, with the last arrival."""
    last: dict[str, dt.date] = {}
    waiting: set[str] = set()
    for trip in teller.read(trips, cycle_code=cycle_code):
        for waybill in trip.waybills:
            if waybill.arrived_on is None:
                waiting.add(waybill.site_code)
            else:
                last[waybill.site_code] = max(
                    last.get(waybill.site_code, waybill.arrived_on), waybill.arrived_on
                )
    return {site: day for site, day in last.items() if site not in waiting}


def _hold(teller: Teller, cycle: DemoCycle, site: str, day: dt.date) -> UUID:
    command = OpenSession(
        id=new_id(), cycle_code=cycle.code, site_code=site, held_on=day, leader="Équipe mobile CSCOM"
    )
    teller.do(open_session, command, who=LEAD, on=day, hour=8)
    served = _serve_list(teller, command.id, day)
    _tally(teller, cycle, command.id, site, day=day, served=served)
    return command.id


def _serve_list(teller: Teller, session_id: UUID, day: dt.date) -> dict[str, int]:
    """Hand out to nine of ten people due on the list; answers people served per group."""
    with teller.database.snapshot() as session:
        due = [
            row for row in session_list(session, find_session(session, session_id)) if row.standing == "due"
        ]
    come = [row for row in due if teller.chance.random() < 0.9]
    served: dict[str, int] = {}
    for start in range(0, len(come), BATCH):
        batch = come[start : start + BATCH]
        command = HandOut(
            id=new_id(),
            session_id=session_id,
            people=tuple(Receiver(person_code=row.person_code) for row in batch),
        )
        teller.do(hand_out, command, who=LEAD, on=day, hour=10)
        for row in batch:
            group = row.group_code or ""
            served[group] = served.get(group, 0) + 1
    return served


def _tally(
    teller: Teller, cycle: DemoCycle, session_id: UUID, site: str, *, day: dt.date, served: dict[str, int]
) -> None:
    """Count the others who came, no more than the stock of the site allows."""
    ration = {row.group_code: row for row in teller.read(rations, cycle.code)}
    left = {"CSB++": 0, "CSB+": 0}
    for held in teller.read(on_hand, place_codes=(site,), condition="good"):
        left[held.product_code] += held.grams
    turnout = teller.chance.choice((0.58, 0.72, 0.81, 0.86, 0.9, 0.93))
    counts = []
    for target in teller.read(targets, cycle.code):
        if target.site_code != site:
            continue
        row = ration[target.group_code]
        people = int(target.people * turnout * teller.chance.uniform(0.95, 1.02)) - served.get(
            target.group_code, 0
        )
        people = max(0, min(people, left[row.product_code] // row.grams))
        left[row.product_code] -= people * row.grams
        if people:
            counts.append(GroupCount(group_code=target.group_code, people=people))
    if counts:
        command = RecordTally(
            id=new_id(), session_id=session_id, counts=tuple(counts), reference=f"PV {site}"
        )
        teller.do(record_tally, command, who=LEAD, on=day, hour=16)


def _return_left_over(teller: Teller, cycle: DemoCycle, site: str, day: dt.date) -> None:
    home = teller.read(place, site)
    lines = tuple(
        ReturnedLine(lot_id=held.lot_id, grams=held.grams)
        for held in teller.read(on_hand, place_codes=(site,), condition="good")
    )
    if lines and home is not None and home.store_code is not None:
        command = ReturnToStore(
            id=new_id(),
            site_code=site,
            store_code=home.store_code,
            occurred_on=day,
            lines=lines,
            cycle_code=cycle.code,
            reason="Reliquat de fin de cycle",
        )
        teller.do(return_to_store, command, who=OFFICER, on=day)
