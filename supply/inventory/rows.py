"""The ledger's tables as plain Core tables: the hot path inserts and reads columns, never entities."""

import datetime as dt

from sqlalchemy import BigInteger, String, column, table

from supply.db import Base
from supply.inventory import models

_TABLES = Base.metadata.tables

LOT = _TABLES[models.Lot.__tablename__]
LOCATION = _TABLES[models.Location.__tablename__]
ACCOUNT = _TABLES[models.Account.__tablename__]
DOCUMENT = _TABLES[models.Document.__tablename__]
MOVEMENT = _TABLES[models.Movement.__tablename__]
CHECKPOINT = _TABLES[models.Checkpoint.__tablename__]
CLOSED_PERIOD = _TABLES[models.ClosedPeriod.__tablename__]
RESERVATION = _TABLES[models.Reservation.__tablename__]
COUNT_LINE = _TABLES[models.CountLine.__tablename__]

# Names of other areas' rows are joined by table name, as their foreign keys are: one statement per list.
PLACE = table(
    "place",
    column("code", String),
    column("name", String),
    column("kind", String),
    column("capacity_grams", BigInteger),
)
SUPPLIER = table("supplier", column("code", String), column("name", String))
USER = table("app_user", column("id", DOCUMENT.c.user_id.type), column("name", String))
PACK = table("pack", column("code", String), column("product_code", String))

NO_DAY = dt.date.min
# Stands for "no period is closed yet": every movement is later.
