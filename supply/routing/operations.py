"""The operations of routing that programs may ask for."""

from concurrent.futures import Future

from supply.db import Database
from supply.i18n import N_
from supply.inventory.entries import Posted
from supply.operation import Operation
from supply.routing.approve import ApprovePlan, PlanApproved, approve_plan
from supply.routing.arrive import Arrive, Arrived, arrive
from supply.routing.ask import AskPlan, PlanAsked, ask_plan
from supply.routing.assign import AssignVehicle, CancelTrip, TripChanged, assign_vehicle, cancel_trip
from supply.routing.depart import Depart, Departed, depart
from supply.routing.direct import DispatchDirectly, DispatchedDirectly, dispatch_directly
from supply.routing.runs import start
from supply.routing.set_days import DistributionDaysSet, SetDistributionDays, set_distribution_days
from supply.routing.stop import (
    PlanChanged,
    RejectPlan,
    RetryPlan,
    StopPlan,
    reject_plan,
    retry_plan,
    stop_plan,
)
from supply.routing.undo import UndoArrival, UndoDeparture, undo_arrival, undo_departure


def _solve(database: Database, asked: PlanAsked | PlanChanged) -> Future[str]:
    return start(database, asked.id)


OPERATIONS = (
    Operation(
        "ask-plan",
        AskPlan,
        PlanAsked,
        ask_plan,
        N_("Ask for a plan of a cycle's deliveries; poll its progress"),
        begins=_solve,
    ),
    Operation(
        "retry-plan",
        RetryPlan,
        PlanChanged,
        retry_plan,
        N_("Begin a run again that gave nothing"),
        begins=_solve,
    ),
    Operation("stop-plan", StopPlan, PlanChanged, stop_plan, N_("End a search with the best plan it has")),
    Operation("approve-plan", ApprovePlan, PlanApproved, approve_plan, N_("Carry out a proposed plan")),
    Operation("reject-plan", RejectPlan, PlanChanged, reject_plan, N_("Close a proposed plan without trips")),
    Operation(
        "dispatch-directly",
        DispatchDirectly,
        DispatchedDirectly,
        dispatch_directly,
        N_("Put a trip together by hand"),
    ),
    Operation(
        "set-distribution-days",
        SetDistributionDays,
        DistributionDaysSet,
        set_distribution_days,
        N_("Note on which day sites distribute"),
    ),
    Operation("assign-vehicle", AssignVehicle, TripChanged, assign_vehicle, N_("Give a trip its truck")),
    Operation("cancel-trip", CancelTrip, TripChanged, cancel_trip, N_("Let a trip not leave")),
    Operation("depart", Depart, Departed, depart, N_("A trip leaves its store")),
    Operation("arrive", Arrive, Arrived, arrive, N_("A site receives a waybill")),
    Operation("undo-departure", UndoDeparture, Posted, undo_departure, N_("Take a departure back")),
    Operation("undo-arrival", UndoArrival, Posted, undo_arrival, N_("Take an arrival back")),
)
