"""JSON reads of the programme: cycles, rations, census, targets and needs."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from supply.db import Database
from supply.programme import queries, rows
from supply.programme.cycles import CycleUnknown


class ProgrammeApi(Controller):
    """The programme."""

    path = "/api/programme"
    tags = ["programme"]

    @get("/programmes", operation_id="ProgrammeApiProgrammes", sync_to_thread=True)
    def programmes(self, db: NamedDependency[Database]) -> tuple[rows.ProgrammeRow, ...]:
        with db.snapshot() as session:
            return queries.programmes(session)

    @get("/groups", operation_id="ProgrammeApiGroups", sync_to_thread=True)
    def groups(self, db: NamedDependency[Database]) -> tuple[rows.GroupRow, ...]:
        with db.snapshot() as session:
            return queries.groups(session)

    @get("/census", operation_id="ProgrammeApiCensus", sync_to_thread=True)
    def census(self, db: NamedDependency[Database]) -> tuple[rows.CensusRow, ...]:
        with db.snapshot() as session:
            return queries.census(session)

    @get("/cycles", operation_id="ProgrammeApiCycles", sync_to_thread=True)
    def cycles(self, db: NamedDependency[Database]) -> tuple[rows.CycleRow, ...]:
        with db.snapshot() as session:
            return queries.cycles(session)

    @get("/cycles/{code:str}", operation_id="ProgrammeApiCycle", sync_to_thread=True)
    def cycle(self, code: FromPath[str], db: NamedDependency[Database]) -> rows.CycleRow:
        with db.snapshot() as session:
            row = queries.cycle(session, code)
        if row is None:
            raise CycleUnknown(cycle=code)
        return row

    @get("/cycles/{code:str}/rations", operation_id="ProgrammeApiRations", sync_to_thread=True)
    def rations(self, code: FromPath[str], db: NamedDependency[Database]) -> tuple[rows.RationRow, ...]:
        with db.snapshot() as session:
            return queries.rations(session, code)

    @get("/cycles/{code:str}/targets", operation_id="ProgrammeApiTargets", sync_to_thread=True)
    def targets(self, code: FromPath[str], db: NamedDependency[Database]) -> tuple[rows.TargetRow, ...]:
        with db.snapshot() as session:
            return queries.targets(session, code)

    @get("/cycles/{code:str}/needs", operation_id="ProgrammeApiNeeds", sync_to_thread=True)
    def needs(self, code: FromPath[str], db: NamedDependency[Database]) -> tuple[rows.Need, ...]:
        with db.snapshot() as session:
            return queries.needs(session, code)


CONTROLLERS = [ProgrammeApi]
