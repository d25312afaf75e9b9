"""The pages as the officer and the keeper use them, without JavaScript."""

import re

from sqlalchemy import event

from supply.db import Database
from supply.ids import new_id
from supply.inventory.queries import on_hand
from supply.procurement.queries import orders
from supply.procurement.rows import OrderRow
from supply.procurement.words import OrderState
from tests.procurement.orders import TONNE, a_delivery, an_order, came, deliver, placed, pouches, read
from tests.world import TODAY, Browser, World, browse, make_world

NEW_ORDER = {
    "supplier_code": "MILL",
    "programme_code": "PNP",
    "store_code": "SIKASSO",
    "ordered_on": "2027-03-15",
    "currency": "EUR",
    "rate": "655,957",
    "lines-0-pack": "CARTON",
    "lines-0-tonnes": "12,5",
    "lines-0-price": "950,50",
    "lines-0-expected_on": "2027-04-10",
    "lines-1-pack": "",
    "lines-1-tonnes": "",
    "lines-1-price": "",
    "lines-1-expected_on": "",
    "lines-2-pack": "BAG",
    "lines-2-tonnes": "4",
    "lines-2-price": "610",
    "lines-2-expected_on": "2027-04-20",
}


def the_order(world: World) -> OrderRow:
    with world.database.snapshot() as session:
        (found,) = orders(session, today=TODAY)
    return found


def opened(browser: Browser, path: str, login: str = "officer") -> str:
    browser.log_in(login)
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_officer_orders_several_lines_at_once_and_empty_lines_are_ignored(database: Database) -> None:
    world = make_world(database)
    with browse(database) as browser:
        browser.log_in("officer")
        sent = browser.send_form("/procurement/orders/new", id=str(new_id()), **NEW_ORDER)

    assert sent.status_code == 303
    order = the_order(world)
    assert [(line.pack_code, line.ordered_grams) for line in order.lines] == [
        ("CARTON", 12_500_000),
        ("BAG", 4_000_000),
    ]
    # 12.5 t x 950.50 EUR = 11 881.25 EUR, and 4 t x 610 EUR = 2 440 EUR, at 655.957 F CFA.
    assert (order.amount, order.rate_micro) == (1_188_125 + 244_000, 655_957_000)


def test_faults_of_a_new_order_are_all_told_and_what_was_typed_is_kept(database: Database) -> None:
    make_world(database)
    with browse(database) as browser:
        browser.log_in("officer")
        wrong = {**NEW_ORDER, "lines-0-tonnes": "beaucoup", "lines-2-price": "-3", "store_code": ""}
        answer = browser.send_form("/procurement/orders/new", id=str(new_id()), **wrong)

    assert answer.status_code == 422
    assert len(re.findall(r'class="f wrong"', answer.text)) == 3
    assert 'value="beaucoup"' in answer.text
    assert 'value="950,50"' in answer.text


def test_keeper_is_not_offered_what_only_the_buyer_may_do(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    with browse(database) as browser:
        page = opened(browser, f"/procurement/orders/{order.id}", "keeper")
        refused = browser.get("/procurement/orders/new")

    assert "/receive" in page
    assert "/steps" not in page
    assert refused.status_code == 403


def test_keeper_sees_the_orders_of_the_own_store_only(database: Database) -> None:
    world = make_world(database)
    own, other = placed(world), placed(world, an_order(store_code="BAMAKO"))
    with browse(database) as browser:
        page = opened(browser, "/procurement?show=all", "keeper")

    assert own.number in page
    assert other.number not in page


def test_receiving_form_is_filled_in_with_what_is_open_in_whole_packs(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=3 * TONNE)))
    deliver(world, a_delivery(order, came(1_500_000)))
    with browse(database) as browser:
        page = opened(browser, f"/procurement/orders/{order.id}/receive", "keeper")

    # 1.5 t are open: 100 cartons of 15 kg.
    assert re.search(r'name="lots-1-0-amount"[^>]* value="100"', page)


def test_keeper_receives_two_lots_of_a_line_in_packs_and_kilograms(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    with browse(database) as browser:
        browser.log_in("keeper")
        sent = browser.send_form(
            f"/procurement/orders/{order.id}/receive",
            **{
                "id": str(new_id()),
                "arrived_on": "2027-03-15",
                "reference": "BL 118",
                "rest": "later",
                "reason": "",
                "lots-1-0-lot": "P-1",
                "lots-1-0-amount": "100",
                "lots-1-0-amount_unit": "CARTON",
                "lots-1-0-expires_on": "2028-02-29",
                "lots-1-0-produced_on": "2027-01-10",
                "lots-1-1-lot": "P-2",
                "lots-1-1-amount": "37,5",
                "lots-1-1-amount_unit": "kg",
                "lots-1-1-expires_on": "2028-03-31",
                "lots-2-0-lot": "",
                "lots-2-0-amount": "",
            },
        )

    assert sent.status_code == 303
    with database.snapshot() as session:
        held = {row.lot_number: (row.grams, row.condition) for row in on_hand(session)}
    assert held == {"P-1": (1_500_000, "hold"), "P-2": (37_500, "hold")}


def test_too_much_is_asked_about_with_the_amounts_and_accepted_with_a_reason(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=3 * TONNE)))
    form = {
        "id": str(new_id()),
        "arrived_on": "2027-03-15",
        "rest": "later",
        "lots-1-0-lot": "P-1",
        "lots-1-0-amount": "3015",
        "lots-1-0-amount_unit": "kg",
        "lots-1-0-expires_on": "2028-02-29",
    }
    with browse(database) as browser:
        browser.log_in("keeper")
        asked = browser.send_form(f"/procurement/orders/{order.id}/receive", **form)
        sent = browser.send_form(
            f"/procurement/orders/{order.id}/receive", **{**form, "reason": "Un carton de trop"}
        )

    assert asked.status_code == 422
    text = asked.text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "3 015 kg sont arrivés, il restait 3 000 kg" in text
    assert "15 kg de trop" in text
    assert 'value="3015"' in asked.text
    assert sent.status_code == 303
    assert read(world, order.id).state is OrderState.OVER_RECEIVED


def test_officer_decides_on_a_lot_that_waits(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(3 * TONNE)))
    with database.snapshot() as session:
        lot_id = on_hand(session)[0].lot_id
    path = f"/procurement/quality/SIKASSO/{lot_id}"
    with browse(database) as browser:
        listed = opened(browser, "/procurement/quality")
        # 3 t are 200 cartons of 15 kg.
        assert re.search(r'name="amount"[^>]* value="200"', opened(browser, path))
        decision = {
            "amount": "199",
            "amount_unit": "CARTON",
            "checked_on": "2027-03-15",
            "certificate": "CA-9",
        }
        sent = browser.send_form(path, id=str(new_id()), finding="passed", **decision)
        unexplained = browser.send_form(
            path, id=str(new_id()), finding="rejected", **{**decision, "amount": "1"}
        )

    assert path in listed
    assert (sent.status_code, unexplained.status_code) == (303, 422)
    with database.snapshot() as session:
        held = {row.condition: row.grams for row in on_hand(session)}
    assert held == {"good": 2_985_000, "hold": 15_000}


def test_steps_are_recorded_on_the_orders_page(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    with browse(database) as browser:
        browser.log_in("officer")
        path = f"/procurement/orders/{order.id}/steps"
        silent = browser.send_form(path, id=str(new_id()), step="postponed", occurred_on="2027-03-15")
        sent = browser.send_form(
            path,
            id=str(new_id()),
            step="postponed",
            occurred_on="2027-03-15",
            expected_on="2027-05-02",
            reason="Panne du moulin",
        )

    assert (silent.status_code, sent.status_code) == (422, 303)
    assert str(read(world, order.id).expected_on) == "2027-05-02"


def test_every_page_of_procurement_opens_for_each_role(database: Database) -> None:
    world = make_world(database)
    order = placed(world)
    deliver(world, a_delivery(order, came(3 * TONNE)))
    base = f"/procurement/orders/{order.id}"
    with browse(database) as browser:
        for login in ("officer", "keeper", "lead", "auditor", "administrator"):
            for path in (
                "/procurement",
                "/procurement/quality",
                "/procurement/pipeline",
                base,
                f"{base}/paper",
            ):
                assert opened(browser, path, login)
        assert len(opened(browser, f"{base}/return")) < 100_000


def test_programs_read_orders_and_place_them(database: Database) -> None:
    make_world(database)
    with browse(database) as browser:
        browser.log_in("officer")
        order_id = str(new_id())
        made = browser.post(
            "/api/procurement/place-order",
            json={
                "id": order_id,
                "supplier_code": "MILL",
                "programme_code": "PNP",
                "store_code": "SIKASSO",
                "ordered_on": "2027-03-01",
                "lines": [
                    {
                        "product_code": "CSB+",
                        "pack_code": "BAG",
                        "grams": 25_000_000,
                        "price_per_tonne": 400_000,
                        "expected_on": "2027-03-10",
                    }
                ],
            },
        )
        listed = browser.get("/api/procurement/orders").json()
        one = browser.get(f"/api/procurement/orders/{order_id}").json()
        unknown = browser.get(f"/api/procurement/orders/{new_id()}")

    assert made.status_code == 201, made.text
    assert [(row["number"], row["state"], row["days_late"]) for row in listed] == [
        ("BC-PNP-2027-0001", "placed", 5)
    ]
    assert one["lines"][0]["ordered_grams"] == 25_000_000
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")


def test_list_of_orders_asks_the_database_no_more_for_more_orders(database: Database) -> None:
    world = make_world(database)
    placed(world)
    few = statements(database)

    for _ in range(5):
        placed(world)

    assert statements(database) == few


def statements(database: Database) -> int:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(database._engine, "before_cursor_execute", note)
    with database.snapshot() as session:
        orders(session, today=TODAY)
    event.remove(database._engine, "before_cursor_execute", note)
    return count
