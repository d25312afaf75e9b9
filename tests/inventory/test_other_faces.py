"""The ledger for programs, for the terminal and for the nightly alerts."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from supply.alerts.queries import open_alerts
from supply.cli import main
from supply.ids import new_id
from supply.inventory.change_condition import ChangeCondition, change_condition
from supply.inventory.close_period import ClosePeriod, close_period
from supply.inventory.entries import LotGrams
from supply.inventory.jobs import EXPIRED, NEAR, tell_expiry
from supply.inventory.words import Condition
from tests.inventory.made import DAY, issued, received, stock
from tests.world import NOW, TODAY, World, browse


def told(world: World) -> set[tuple[str, str]]:
    """Kind and lot of each open alert."""
    with world.database.snapshot() as session:
        return {(alert.kind, str(alert.facts["lot"])) for alert in open_alerts(session, world.officer)}


def look(world: World, now: dt.datetime = NOW) -> None:
    with world.database.transaction() as session:
        tell_expiry(session, now)


def test_programs_read_grams_and_write_through_the_operations(world: World) -> None:
    with browse(world.database) as client:
        client.log_in("officer")
        command = {
            "id": str(new_id()),
            "store_code": "SIKASSO",
            "supplier_code": "MILL",
            "occurred_on": TODAY.isoformat(),
            "condition": "good",
            "lines": [
                {
                    "lot": {
                        "product_code": "CSB+",
                        "number": "A1",
                        "pack_code": "BAG",
                        "expires_on": "2027-12-01",
                    },
                    "grams": 250_000,
                }
            ],
        }
        token = client.post(
            "/api/people/log-in", json={"login": "officer", "password": "mot de passe"}
        ).json()["token"]
        client.cookies.clear()
        client.headers["authorization"] = f"Bearer {token}"
        first = client.post("/api/inventory/receive", json=command)
        again = client.post("/api/inventory/receive", json=command)
        other = client.post("/api/inventory/receive", json=command | {"reference": "BL 7"})
        absurd = client.post("/api/inventory/receive", json=command | {"id": str(new_id()), "lines": []})
        rows = client.get("/api/inventory/stock", params={"place": "SIKASSO"}).json()

    assert (first.status_code, again.json()["is_repeat"]) == (201, True)
    assert (other.status_code, other.json()["code"]) == (409, "same-id-other-content")
    assert (absurd.status_code, absurd.json()["code"]) == (422, "nothing-moves")
    assert [(row["lot_number"], row["grams"], row["expires_on"]) for row in rows] == [
        ("A1", 250_000, "2027-12-01")
    ]


def test_movements_are_read_in_pages(world: World) -> None:
    received(world, "A1", 100_000)
    for _ in range(3):
        issued(world, 1000)
    with browse(world.database) as client:
        client.log_in("auditor")
        pages = [
            client.get("/api/inventory/movements", params={"limit": 2, "offset": offset}).json()
            for offset in (0, 2, 4)
        ]

    assert [len(page) for page in pages] == [2, 2, 0]
    assert pages[1][1]["source"]["kind"] == "supplier"


def test_the_terminal_shows_stock_and_cards(world: World) -> None:
    received(world, "A1", 112_500)
    issued(world, 25_000)
    address = ["--database", world.database.url]

    shown = CliRunner().invoke(main, ["inventory", "stock", "--place", "SIKASSO", *address])
    as_json = CliRunner().invoke(main, ["inventory", "stock", "--json", *address])
    card = CliRunner().invoke(main, ["inventory", "card", "SIKASSO", "A1", *address])
    unknown = CliRunner().invoke(main, ["inventory", "card", "SIKASSO", "Z9", *address])

    assert "87,5\N{NO-BREAK SPACE}kg" in shown.output
    assert {row["place_code"]: row["grams"] for row in json.loads(as_json.output)} == {
        "KEBILA": 25_000,
        "SIKASSO": 87_500,
    }
    assert "BS-SIKASSO-0001" in card.output
    assert (unknown.exit_code, unknown.stderr.partition(":")[0]) == (1, "lot-unknown")


@pytest.mark.parametrize(
    ("days", "kind"),
    [
        (91, None),
        (90, NEAR),  # at most ninety days left, not exactly ninety
        (40, NEAR),
        (0, NEAR),  # the last good day is still good
        (-1, EXPIRED),
    ],
)
def test_a_lot_is_told_by_the_days_it_has_left(world: World, days: int, kind: str | None) -> None:
    received(world, "A1", 100_000, expires_on=TODAY + days * DAY)

    look(world)

    assert told(world) == ({(kind, "A1")} if kind else set())


def test_an_alert_is_told_once_and_settled_when_the_stock_is_gone(world: World) -> None:
    received(world, "A1", 25_000, expires_on=TODAY + 30 * DAY)
    with world.database.transaction() as session:
        first, second = tell_expiry(session, NOW), tell_expiry(session, NOW)
    issued(world, 25_000)
    look(world)

    assert (first.count("1"), second.count("1")) == (2, 1)
    # the site holds the lot now, and is told instead
    with world.database.snapshot() as session:
        assert {alert.place_code for alert in open_alerts(session, world.officer)} == {"KEBILA"}


def test_a_near_lot_becomes_an_expired_one_and_unfit_stock_is_not_told(world: World) -> None:
    lot_id = received(world, "A1", 25_000, expires_on=TODAY + DAY)
    look(world)
    assert told(world) == {(NEAR, "A1")}
    look(world, NOW + 2 * DAY)
    assert told(world) == {(EXPIRED, "A1")}
    command = ChangeCondition(
        id=new_id(),
        place_code="SIKASSO",
        occurred_on=TODAY,
        lines=(LotGrams(lot_id=lot_id, grams=25_000),),
        to=Condition.UNFIT,
        reason="expired",
    )
    with world.database.transaction() as session:
        change_condition(session, command, actor=world.keeper, now=NOW)

    look(world, NOW + 2 * DAY)

    assert told(world) == set()


def test_stock_of_a_closed_day_comes_from_the_checkpoint_and_agrees(world: World) -> None:
    received(world, "A1", 100_000, on=TODAY - 9 * DAY)
    issued(world, 25_000, on=TODAY - 6 * DAY)
    before = [stock(world, on=TODAY - days * DAY) for days in range(10)]
    with world.database.transaction() as session:
        close_period(session, ClosePeriod(closed_on=TODAY - 5 * DAY), actor=world.officer, now=NOW)

    assert [stock(world, on=TODAY - days * DAY) for days in range(10)] == before
