"""Pages of the reference data: overview, lists, forms, a commune, a place, imports."""

from supply.catalog.pages.browse import CatalogPages
from supply.catalog.pages.places import PlacePages
from supply.catalog.pages.road_pages import RoadPages
from supply.catalog.pages.upload import ImportPages

CONTROLLERS = [CatalogPages, PlacePages, RoadPages, ImportPages]
