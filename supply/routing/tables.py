"""Names of other areas' rows, joined by table name as their foreign keys are: one statement per list."""

from sqlalchemy import BigInteger, Date, Integer, String, Uuid, column, table

from supply.db import Degrees

PLACE = table(
    "place",
    column("code", String),
    column("name", String),
    column("lat", Degrees),
    column("lon", Degrees),
)
CYCLE = table("cycle", column("code", String), column("name", String))
USER = table("app_user", column("id", Uuid), column("name", String))
VEHICLE = table(
    "vehicle", column("plate", String), column("transporter_code", String), column("type_code", String)
)
TRANSPORTER = table("transporter", column("code", String), column("name", String))
LOT = table(
    "lot",
    column("id", Uuid),
    column("number", String),
    column("product_code", String),
    column("pack_code", String),
    column("expires_on", Date),
)
PACK = table("pack", column("code", String), column("net_grams", Integer))
PURCHASE_ORDER = table(
    "purchase_order",
    column("id", Uuid),
    column("currency", String),
    column("rate_micro", BigInteger),
    column("ordered_on", Date),
)
ORDER_LINE = table(
    "order_line",
    column("order_id", Uuid),
    column("product_code", String),
    column("price_per_tonne", BigInteger),
)
