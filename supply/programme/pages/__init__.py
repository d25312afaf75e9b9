"""Pages of the programme: overview, definition, cycles with their needs, census."""

from supply.programme.pages.census import CensusPages
from supply.programme.pages.cycle import CyclePages
from supply.programme.pages.overview import ProgrammePages
from supply.programme.pages.planning import PlanningPages

CONTROLLERS = [ProgrammePages, PlanningPages, CyclePages, CensusPages]
