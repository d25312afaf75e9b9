"""Imports every area's tables, so that the metadata is complete."""

import supply.alerts.models
import supply.catalog.models
import supply.distribution.models
import supply.inventory.models
import supply.people.models
import supply.procurement.models
import supply.programme.models
import supply.routing.models  # noqa: F401
from supply.db import Base

METADATA = Base.metadata
