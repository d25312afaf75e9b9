"""Commands of the small programme: 60 t of pouches and 20 t of bags for Sikasso, ordered on 1 March 2027."""

import datetime as dt
from uuid import UUID

from supply.ids import new_id
from supply.procurement.place_order import OrderedLine, PlaceOrder, place_order
from supply.procurement.queries import order
from supply.procurement.receive_delivery import (
    DeliveredLot,
    DeliveryReceived,
    ReceiveDelivery,
    receive_delivery,
)
from supply.procurement.rows import OrderRow
from tests.world import NOW, TODAY, World

TONNE = 1_000_000
ORDERED = dt.date(2027, 3, 1)
PROMISED = dt.date(2027, 3, 10)
EXPIRES = dt.date(2028, 2, 29)


def pouches(grams: int = 60 * TONNE, price: int = 650_000, promised: dt.date = PROMISED) -> OrderedLine:
    return OrderedLine(
        product_code="CSB++", pack_code="CARTON", grams=grams, price_per_tonne=price, expected_on=promised
    )


def bags(grams: int = 20 * TONNE, price: int = 400_000, promised: dt.date = PROMISED) -> OrderedLine:
    return OrderedLine(
        product_code="CSB+", pack_code="BAG", grams=grams, price_per_tonne=price, expected_on=promised
    )


def an_order(
    *lines: OrderedLine, id: UUID | None = None, ordered_on: dt.date = ORDERED, store_code: str = "SIKASSO"
) -> PlaceOrder:
    return PlaceOrder(
        id=id or new_id(),
        supplier_code="MILL",
        programme_code="PNP",
        store_code=store_code,
        ordered_on=ordered_on,
        lines=lines or (pouches(), bags()),
    )


def placed(world: World, command: PlaceOrder | None = None) -> OrderRow:
    """The order as it stands after it was placed by the officer."""
    with world.database.transaction() as session:
        made = place_order(session, command or an_order(), actor=world.officer, now=NOW)
    return read(world, made.id)


def read(world: World, order_id: UUID, *, today: dt.date = TODAY) -> OrderRow:
    with world.database.snapshot() as session:
        found = order(session, order_id, today=today)
    assert found is not None
    return found


def came(
    grams: int,
    *,
    line: int = 1,
    lot: str = "L-001",
    expires: dt.date = EXPIRES,
    produced: dt.date | None = None,
) -> DeliveredLot:
    return DeliveredLot(
        order_line=line, lot_number=lot, expires_on=expires, grams=grams, produced_on=produced
    )


def a_delivery(
    of: OrderRow,
    *lots: DeliveredLot,
    id: UUID | None = None,
    arrived_on: dt.date = TODAY,
    reason: str = "",
    is_last: bool = False,
) -> ReceiveDelivery:
    return ReceiveDelivery(
        id=id or new_id(), order_id=of.id, arrived_on=arrived_on, lots=lots, reason=reason, is_last=is_last
    )


def deliver(world: World, command: ReceiveDelivery) -> DeliveryReceived:
    """The keeper of Sikasso receives it."""
    with world.database.transaction() as session:
        return receive_delivery(session, command, actor=world.keeper, now=NOW)
