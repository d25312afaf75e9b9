"""The first screen leads to where the work is."""

from supply.db import Database
from tests.procurement.orders import TONNE, a_delivery, came, deliver, placed
from tests.world import browse, make_world


def receive_href(database: Database) -> str:
    """Where the keeper's shortcut "Recevoir" leads."""
    with browse(database) as client:
        client.log_in("keeper")
        before = client.get("/").text.partition("Recevoir")[0]
    return before.rpartition("<a ")[2].partition('href="')[2].partition('"')[0]


def test_a_keeper_receives_from_an_order_only_while_one_is_on_its_way(database: Database) -> None:
    """The list of orders is empty without one: then the form without an order is what is needed."""
    world = make_world(database)
    before = receive_href(database)

    order = placed(world)
    awaited = receive_href(database)
    # All 60 t of pouches and 20 t of bags that were ordered.
    deliver(world, a_delivery(order, came(60 * TONNE), came(20 * TONNE, line=2, lot="S-001")))

    assert (before, awaited) == ("/inventory/receive", "/procurement")
    assert receive_href(database) == "/inventory/receive"
