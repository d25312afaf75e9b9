"""Rows of other areas that lists show beside ours, joined by table name as our foreign keys are."""

from sqlalchemy import Date, Select, String, Uuid, column, exists, select, table
from sqlalchemy.sql.elements import ColumnElement

from supply.procurement.models import Delivery, SupplierReturn

SUPPLIER = table("supplier", column("code", String), column("name", String))
STORE = table("place", column("code", String), column("name", String), column("kind", String))
PRODUCT = table("product", column("code", String), column("name_fr", String), column("name_en", String))
PACK = table(
    "pack",
    column("code", String),
    column("product_code", String),
    column("name_fr", String),
    column("name_en", String),
    column("net_grams"),
)
PROGRAMME = table("programme", column("code", String))
USER = table("app_user", column("id", Uuid), column("name", String))
LOT = table(
    "lot",
    column("id", Uuid),
    column("number", String),
    column("product_code", String),
    column("produced_on", Date),
    column("expires_on", Date),
)
REVERSAL = table("document", column("id", Uuid), column("reverses_id", Uuid)).alias("reversal")


def is_reversed(record: type[Delivery | SupplierReturn]) -> ColumnElement[bool]:
    """The document behind a delivery or return was reversed, so that it counts no more."""
    reversals: Select[tuple[object]] = select(REVERSAL.c.id).where(
        REVERSAL.c.reverses_id == record.document_id
    )
    return exists(reversals)
