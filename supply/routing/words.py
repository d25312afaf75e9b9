"""Words with a fixed set of values."""

import datetime as dt
from enum import StrEnum

from supply.i18n import N_


class PlanState(StrEnum):
    """Life of a plan; nothing moves before it is approved."""

    WAITING = "waiting"
    SOLVING = "solving"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    STOPPED = "stopped"
    FAILED = "failed"


class TripState(StrEnum):
    """Life of a trip."""

    PLANNED = "planned"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


class CalculationKind(StrEnum):
    """What is worked out beside plans."""

    FEFO_FIRST = "fefo-first"
    PREPOSITION = "preposition"


class CalculationState(StrEnum):
    """Life of a calculation."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


PLAN_STATE_NAMES: dict[PlanState, str] = {
    PlanState.WAITING: N_("waiting"),
    PlanState.SOLVING: N_("being calculated"),
    PlanState.PROPOSED: N_("proposed"),
    PlanState.APPROVED: N_("approved"),
    PlanState.REJECTED: N_("rejected"),
    PlanState.STOPPED: N_("stopped"),
    PlanState.FAILED: N_("failed"),
}
TRIP_STATE_NAMES: dict[TripState, str] = {
    TripState.PLANNED: N_("to be loaded"),
    TripState.DEPARTED: N_("on the road"),
    TripState.ARRIVED: N_("arrived"),
    TripState.CANCELLED: N_("cancelled"),
}
LATE = dt.timedelta(days=2)
# After the day on the waybill: a rain barrier or a breakdown costs a day; longer silence wants a call.
VERY_LATE = dt.timedelta(days=7)
