"""What programs read of plans, trips and waybills."""

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from supply.db import Database
from supply.routing import queries
from supply.routing.arrive import WaybillUnknown
from supply.routing.assign import TripUnknown
from supply.routing.basis import SiteDemand
from supply.routing.queries import StoredPlan
from supply.routing.rows import PlanRow, ProgressRow, TripRow, WaybillRow
from supply.routing.snapshot import site_demands
from supply.routing.stop import PlanUnknown
from supply.web.routes import Limit, Offset


class RoutingApi(Controller):
    """Plans, trips, waybills."""

    path = "/api/routing"
    tags = ["routing"]

    @get("/demands", operation_id="RoutingDemands", sync_to_thread=True)
    def demands(self, db: NamedDependency[Database], cycle: FromQuery[str]) -> tuple[SiteDemand, ...]:
        """What each site of a cycle still needs, in grams."""
        with db.snapshot() as session:
            return site_demands(session, cycle)

    @get("/plans", operation_id="RoutingPlans", sync_to_thread=True)
    def plans(
        self, db: NamedDependency[Database], cycle: FromQuery[str | None] = None
    ) -> tuple[PlanRow, ...]:
        """Runs of the planner, the newest first."""
        with db.snapshot() as session:
            return queries.plans(session, cycle)

    @get("/plans/{plan_id:uuid}", operation_id="RoutingPlan", sync_to_thread=True)
    def plan(self, plan_id: FromPath[UUID], db: NamedDependency[Database]) -> PlanRow:
        """One run."""
        with db.snapshot() as session:
            row = queries.plan(session, plan_id)
        if row is None:
            raise PlanUnknown(plan=str(plan_id))
        return row

    @get("/plans/{plan_id:uuid}/content", operation_id="RoutingPlanContent", sync_to_thread=True)
    def content(self, plan_id: FromPath[UUID], db: NamedDependency[Database]) -> StoredPlan:
        """Its problem and plan, as in the files of the planner, with what they rest on."""
        with db.snapshot() as session:
            stored = queries.stored_plan(session, plan_id)
        if stored is None:
            raise PlanUnknown(plan=str(plan_id))
        return stored

    @get("/plans/{plan_id:uuid}/progress", operation_id="RoutingPlanProgress", sync_to_thread=True)
    def progress(self, plan_id: FromPath[UUID], db: NamedDependency[Database]) -> tuple[ProgressRow, ...]:
        """Rows [seconds, cost, bound] of its search."""
        with db.snapshot() as session:
            return queries.progress(session, plan_id)

    @get("/trips", operation_id="RoutingTrips", sync_to_thread=True)
    def trips(
        self,
        *,
        db: NamedDependency[Database],
        status: FromQuery[str | None] = None,
        cycle: FromQuery[str | None] = None,
        store: FromQuery[str | None] = None,
        limit: Limit = 500,
        offset: Offset = 0,
    ) -> tuple[TripRow, ...]:
        """Trips with their waybills, the newest first."""
        with db.snapshot() as session:
            return queries.trips(
                session,
                states=None if status is None else (status,),
                cycle_code=cycle,
                store_codes=None if store is None else (store,),
                newest=True,
                limit=limit,
                offset=offset,
            )

    @get("/trips/{trip_id:uuid}", operation_id="RoutingTrip", sync_to_thread=True)
    def trip(self, trip_id: FromPath[UUID], db: NamedDependency[Database]) -> TripRow:
        """One trip with its waybills."""
        with db.snapshot() as session:
            row = queries.trip(session, trip_id)
        if row is None:
            raise TripUnknown(trip=str(trip_id))
        return row

    @get("/waybills/{waybill_id:uuid}", operation_id="RoutingWaybill", sync_to_thread=True)
    def waybill(self, waybill_id: FromPath[UUID], db: NamedDependency[Database]) -> WaybillRow:
        """One waybill with its lines."""
        with db.snapshot() as session:
            row = queries.waybill(session, waybill_id)
        if row is None:
            raise WaybillUnknown(waybill=str(waybill_id))
        return row


CONTROLLERS = [RoutingApi]
