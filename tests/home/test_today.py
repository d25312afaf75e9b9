"""The first screen leads to where the work is."""

from supply.alerts.tell import tell
from supply.alerts.words import Severity
from supply.db import Database
from supply.home.attention import in_order, the_first
from supply.web.parts import Attention, Tone
from tests.procurement.orders import TONNE, a_delivery, came, deliver, placed
from tests.world import NOW, browse, make_world


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


def waiting(tone: Tone, *titles: str) -> list[Attention]:
    return [Attention(tone, title, "", "/", "") for title in titles]


def test_many_things_of_one_kind_leave_room_for_others_as_grave() -> None:
    arrivals = waiting("warn", *(f"W{number}" for number in range(1, 15)))
    plans = waiting("warn", "P1")
    alerts = waiting("bad", "A1", "A2", "A3", "A4")

    found = in_order(waiting("info", "S1"), arrivals, plans, alerts)

    # The urgent four, three arrivals, the plan, the other eleven arrivals, and what only informs.
    assert [one.title for one in found] == [
        *("A1", "A2", "A3", "A4", "W1", "W2", "W3", "P1"),
        *(f"W{number}" for number in range(4, 15)),
        "S1",
    ]


def test_what_is_cut_from_the_first_screen_is_counted() -> None:
    found = waiting("bad", *(f"A{number}" for number in range(1, 12))) + waiting("warn", "W1", "W2", "I1")

    # Twelve are shown.
    assert the_first(found[:12]) == tuple(found[:12])
    shown = the_first(found)
    assert shown[:12] == tuple(found[:12])
    assert [(one.tone, one.title, one.href) for one in shown[12:]] == [
        ("warn", "et 2 autres", "/?everything=true")
    ]
    assert the_first(found[:13])[12].title == "et 1 autre"


def test_the_line_of_the_others_leads_to_all_of_them(database: Database) -> None:
    make_world(database)
    with database.transaction() as session:
        for number in range(1, 15):
            tell(
                session,
                kind=f"kind-{number}",
                subject="",
                severity=Severity.URGENT,
                message=f"Alert {number}.",
                facts={},
                now=NOW,
            )

    with browse(database) as client:
        client.log_in("auditor")
        first, everything = client.get("/").text, client.get("/?everything=true").text

    # Of fourteen alerts twelve are shown.
    assert "et 2 autres" in first
    assert 'href="/?everything=true"' in first
    assert (first.count("Alert "), everything.count("Alert ")) == (12, 14)
    assert "autres" not in everything
