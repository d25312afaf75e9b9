"""Pages of routing: from the needs of a cycle over plans and trips to waybills and arrivals."""

from supply.routing.pages.days import DaysPages
from supply.routing.pages.departures import DeparturePages
from supply.routing.pages.direct import DirectPages
from supply.routing.pages.expiry import ExpiryPages
from supply.routing.pages.needs import NeedsPages
from supply.routing.pages.overview import OverviewPages
from supply.routing.pages.plans import PlanPages
from supply.routing.pages.rivals import RivalPages
from supply.routing.pages.routes import RouteFiles
from supply.routing.pages.trips import TripPages
from supply.routing.pages.waybills import WaybillPages

CONTROLLERS = [
    OverviewPages,
    NeedsPages,
    PlanPages,
    RivalPages,
    ExpiryPages,
    DaysPages,
    TripPages,
    DeparturePages,
    RouteFiles,
    WaybillPages,
    DirectPages,
]
