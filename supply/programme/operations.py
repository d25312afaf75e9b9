"""The operations on the programme that people and programs may ask for."""

from supply.catalog.saving import Saved
from supply.i18n import N_
from supply.operation import Operation
from supply.programme.cycles import (
    CloseCycle,
    CycleChanged,
    OpenCycle,
    PlanCycle,
    ReopenCycle,
    close_cycle,
    open_cycle,
    plan_cycle,
    reopen_cycle,
)
from supply.programme.define import (
    CensusSet,
    DefineGroup,
    DefineProgramme,
    SetCensus,
    define_group,
    define_programme,
    set_census,
)

OPERATIONS = (
    Operation("define-programme", DefineProgramme, Saved, define_programme, N_("Define a programme")),
    Operation("define-group", DefineGroup, Saved, define_group, N_("Define a target group")),
    Operation("set-census", SetCensus, CensusSet, set_census, N_("Record people per site and group")),
    Operation("plan-cycle", PlanCycle, Saved, plan_cycle, N_("Plan a cycle with its rations")),
    Operation("open-cycle", OpenCycle, CycleChanged, open_cycle, N_("Open a cycle and fix its targets")),
    Operation("close-cycle", CloseCycle, CycleChanged, close_cycle, N_("Close a cycle")),
    Operation("reopen-cycle", ReopenCycle, CycleChanged, reopen_cycle, N_("Reopen a closed cycle")),
)
