"""Reads of the figures for programs. Counts only, no names."""

import datetime as dt
from typing import TypeVar

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from supply.coverage.exports import DataValueSet, to_dhis2
from supply.coverage.follow_up import FollowUp, follow_up
from supply.coverage.queries import AdherenceView, CycleCoverage, Trend, adherence_view, cycle_coverage, trend
from supply.db import Database
from supply.distribution.setting import CycleUnknown

Found = TypeVar("Found", bound=msgspec.Struct)


def known(found: Found | None, code: str) -> Found:
    """The figures, or CycleUnknown."""
    if found is None:
        raise CycleUnknown(cycle=code)
    return found


class CoverageApi(Controller):
    """Coverage, adherence, follow-up, trend."""

    path = "/api/coverage"
    tags = ["coverage"]

    @get("/cycles/{code:str}", operation_id="CycleCoverage", sync_to_thread=True)
    def cycle(self, code: FromPath[str], db: NamedDependency[Database]) -> CycleCoverage:
        """Every figure of a cycle, with numerators and denominators."""
        with db.snapshot() as session:
            return known(cycle_coverage(session, code), code)

    @get("/cycles/{code:str}/adherence", operation_id="Adherence", sync_to_thread=True)
    def adherence(
        self, code: FromPath[str], db: NamedDependency[Database], today: NamedDependency[dt.date]
    ) -> AdherenceView:
        """WFP indicator 8 over the recall that ends with the cycle."""
        with db.snapshot() as session:
            return known(adherence_view(session, code, today=today), code)

    @get("/cycles/{code:str}/follow-up", operation_id="CoverageFollowUp", sync_to_thread=True)
    def follow_up(
        self, code: FromPath[str], db: NamedDependency[Database], today: NamedDependency[dt.date]
    ) -> tuple[FollowUp, ...]:
        """What a nutrition lead should follow up."""
        with db.snapshot() as session:
            return follow_up(session, known(cycle_coverage(session, code), code), today=today)

    @get("/cycles/{code:str}/dhis2", operation_id="Dhis2Values", sync_to_thread=True)
    def dhis2(self, code: FromPath[str], db: NamedDependency[Database]) -> DataValueSet:
        """Body for DHIS2's dataValueSets, with codes as identifiers."""
        with db.snapshot() as session:
            return to_dhis2(known(cycle_coverage(session, code), code))

    @get("/programmes/{code:str}/trend", operation_id="CoverageTrend", sync_to_thread=True)
    def trend(self, code: FromPath[str], db: NamedDependency[Database]) -> Trend:
        """Cycle by cycle; people and person-distributions apart."""
        with db.snapshot() as session:
            return trend(session, code)


CONTROLLERS = [CoverageApi]
