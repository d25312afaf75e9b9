"""The demo's deliveries: planned by the planner, driven with a few mishaps, received at the sites."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from supply.catalog.queries import vehicles
from supply.demo.staff import KEEPERS, OFFICER
from supply.demo.teller import Teller
from supply.ids import new_id
from supply.programme.fixtures import DemoCycle
from supply.routing import runs
from supply.routing.approve import ApprovePlan, approve_plan
from supply.routing.arrive import Arrive, Received, arrive
from supply.routing.ask import AskPlan, ask_plan
from supply.routing.assign import AssignVehicle, assign_vehicle
from supply.routing.depart import Depart, depart
from supply.routing.queries import trip as trip_now
from supply.routing.queries import trips
from supply.routing.rows import TripRow, WaybillRow
from supply.units import Grams

DRIVERS = (
    "Adama Sangaré",
    "Boubacar Cissé",
    "Daouda Konaté",
    "Lassana Touré",
    "Modibo Camara",
    "Seydou Fofana",
)
RECEIVERS = ("Comité de Kofeba", "Kadia Doumbia", "Souleymane Dao", "Rokia Samaké", "Drissa Ouattara")
PACK_GRAMS = {"CSB++": 15_000, "CSB+": 25_000}
MISHAPS = (
    # Share of waybills with: packs damaged, packs missing, packs too many.
    (0.10, "damaged"),
    (0.06, "missing"),
    (0.02, "excess"),
)


def plan(
    teller: Teller, cycle: DemoCycle, *, asked: dt.date, first: dt.date, last: dt.date, seconds: int
) -> None:
    """Ask for a plan, solve it here and now, approve it."""
    plan_id = new_id()
    command = AskPlan(id=plan_id, cycle_code=cycle.code, first_on=first, last_on=last, seconds=seconds)
    teller.do(ask_plan, command, who=OFFICER, on=asked)
    state = runs.solve_now(teller.database, plan_id, now=lambda: teller.at(asked, 10))
    assert state == "proposed", f"the plan of {cycle.code} is {state}"
    teller.do(approve_plan, ApprovePlan(id=plan_id), who=OFFICER, on=asked, hour=14)


def drive(teller: Teller, cycle: DemoCycle) -> None:
    """Let the trips leave and arrive day by day, up to the day the demo is made."""
    plates = _plates(teller, cycle.code)
    for day, _, trip, waybill in sorted(_events(teller, cycle.code), key=lambda event: (event[0], event[1])):
        if day > teller.today or (day == teller.today and waybill is not None):
            continue
        if waybill is None:
            _leave(teller, trip, plates.get(trip.id), day)
        else:
            _reach(teller, trip, waybill.id, day)


def _events(teller: Teller, cycle_code: str) -> Iterator[tuple[dt.date, int, TripRow, WaybillRow | None]]:
    """Departures before arrivals of the same day."""
    for trip in teller.read(trips, cycle_code=cycle_code):
        yield trip.begins_on, 0, trip, None
        for waybill in trip.waybills:
            yield waybill.due_on, 1, trip, waybill


def _plates(teller: Teller, cycle_code: str) -> dict[UUID, str]:
    """A truck of the right type and store for each trip, free on all its days."""
    free_from: dict[str, dt.date] = {}
    chosen: dict[UUID, str] = {}
    fleet = teller.read(vehicles, only_active=True)
    for trip in sorted(
        teller.read(trips, cycle_code=cycle_code), key=lambda one: (one.begins_on, one.number)
    ):
        for truck in fleet:
            is_right = (truck.type_code, truck.store_code) == (trip.vehicle_type_code, trip.store_code)
            if is_right and free_from.get(truck.plate, trip.begins_on) <= trip.begins_on:
                chosen[trip.id] = truck.plate
                free_from[truck.plate] = trip.ends_on + dt.timedelta(days=1)
                break
    return chosen


def _leave(teller: Teller, trip: TripRow, plate: str | None, day: dt.date) -> None:
    assert plate is not None, f"the plan of trip {trip.label} uses more trucks than there are"
    driver = teller.chance.choice(DRIVERS)
    who = KEEPERS[trip.store_code]
    teller.do(
        assign_vehicle,
        AssignVehicle(trip_id=trip.id, plate=plate, driver=driver),
        who=OFFICER,
        on=day,
        hour=6,
    )
    command = Depart(
        id=new_id(),
        trip_id=trip.id,
        occurred_on=day,
        sender=teller.actors[who].name,
        driver=driver,
        driver_phone="+223 00 00 00 00",
    )
    teller.do(depart, command, who=who, on=day, hour=7)


def _reach(teller: Teller, trip: TripRow, waybill_id: UUID, day: dt.date) -> None:
    current = teller.read(trip_now, trip.id)
    assert current is not None, "the trip was just read"
    waybill = next(one for one in current.waybills if one.id == waybill_id)
    mishap = _mishap(teller)
    lines: list[Received] = []
    for line in waybill.lines:
        sent = line.dispatched_grams or 0
        if not sent:
            continue
        packs = Grams(min(PACK_GRAMS[line.product_code] * teller.chance.randint(1, 3), sent))
        happened = mishap if not lines else None
        lines.append(_received(line.line, sent, packs, happened))
    command = Arrive(
        id=new_id(),
        waybill_id=waybill_id,
        occurred_on=day,
        receiver=teller.chance.choice(RECEIVERS),
        remarks={"damaged": "Sacs mouillés sous la bâche", "missing": "Écart constaté avec le chauffeur"}.get(
            mishap or "", ""
        ),
        lines=tuple(lines),
    )
    teller.do(arrive, command, who=OFFICER, on=day, hour=16)


def _mishap(teller: Teller) -> str | None:
    drawn = teller.chance.random()
    for share, name in MISHAPS:
        if drawn < share:
            return name
        drawn -= share
    return None


def _received(line: int, sent: int, packs: Grams, mishap: str | None) -> Received:
    match mishap:
        case "damaged":
            return Received(line=line, good_grams=Grams(sent - packs), damaged_grams=packs)
        case "missing":
            return Received(line=line, good_grams=Grams(sent - packs), missing_grams=packs)
        case "excess":
            return Received(line=line, good_grams=Grams(sent + packs), excess_grams=packs)
    return Received(line=line, good_grams=Grams(sent))
