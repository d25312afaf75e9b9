"""Each kind of bad input has one named refusal, in French and English, on pages, in the API and in commands.

The stock: 100 kg of lot A12 came to SIKASSO on 1 March and all of it left for KEBILA on 5 March; 50 kg of
lot B7 came on 10 March, and 30 kg of A12 again on 12 March. 3 t of pouches are on order. The day is 15 March
2027.
"""

import datetime as dt
import json
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from click.testing import CliRunner

from supply.cli import main
from supply.db import Database
from supply.ids import new_id
from supply.inventory.entries import LotGrams
from supply.inventory.lots import LotFacts
from supply.inventory.receive import Receive, ReceivedLine, receive
from supply.inventory.transfer import Transfer, transfer
from supply.inventory.words import Condition
from tests.procurement.orders import TONNE, an_order, placed, pouches
from tests.world import NOW, PASSWORD, Browser, World, browse, make_world

TYPED = "tapé par le magasinier"
ORDER = UUID("01890000-0000-7000-8000-000000000001")


class Case(NamedTuple):
    """A faulty command for programs, the same fault on a form, and how it is refused."""

    name: str
    operation: str
    command: dict[str, Any]
    code: str
    page: str
    form: dict[str, str]
    words: dict[str, str]


def received(**changes: Any) -> dict[str, Any]:
    lot = {"product_code": "CSB+", "number": "N1", "pack_code": "BAG", "expires_on": "2027-12-31"}
    lot |= {key: changes.pop(key) for key in ("expires_on", "produced_on") if key in changes}
    line = {"lot": lot, "grams": 25_000}
    line |= {key: changes.pop(key) for key in ("grams",) if key in changes}
    return {
        "store_code": "SIKASSO",
        "supplier_code": "MILL",
        "occurred_on": "2027-03-15",
        "lines": [line],
        **changes,
    }


def received_form(**changes: str) -> dict[str, str]:
    fields = {
        "store": "SIKASSO", "supplier": "MILL", "occurred_on": "2027-03-15", "rows": "1", "condition": "hold",
        "pack0": "BAG", "lot0": "N1", "expires0": "2027-12-31", "kg0": "25", "reason": TYPED,
    }  # fmt: skip
    return fields | changes


def missing_grams() -> dict[str, Any]:
    command = received()
    del command["lines"][0]["grams"]
    return command


RECEIVE, FORM = "inventory/receive", "/inventory/receive"
CASES = (
    Case(
        "negative", RECEIVE, received(grams=-1), "quantity-not-positive",
        FORM, received_form(kg0="-5"), {"fr": "négati", "en": "negative"},
    ),
    Case(
        "fraction", RECEIVE, received(grams=0.5), "fraction-of-a-gram",
        FORM, received_form(kg0="0,0001"), {"fr": "gramme", "en": "one gram"},
    ),
    Case(
        "absurd", RECEIVE, received(grams=10**14), "absurd-quantity",
        FORM, received_form(kg0="99999999999"), {"fr": "plus qu", "en": "more than any"},
    ),
    Case(
        "missing", RECEIVE, missing_grams(), "quantity-missing",
        FORM, received_form(kg0=""), {"fr": "Remplissez", "en": "Fill in"},
    ),
    Case(
        "expiry before production", RECEIVE, received(produced_on="2028-01-01"), "lot-dates-impossible",
        FORM, received_form(produced0="2028-01-01"), {"fr": "les deux dates", "en": "both dates"},
    ),
    Case(
        "future", RECEIVE, received(occurred_on="2027-03-16"), "future-day",
        FORM, received_form(occurred_on="2027-03-16"), {"fr": "pas encore", "en": "not come yet"},
    ),
    Case(
        "more than there is", "inventory/issue",
        {
            "store_code": "SIKASSO", "site_code": "KEBILA", "occurred_on": "2027-03-15",
            "wanted": [{"product_code": "CSB+", "grams": 175_000}],
        },
        "not-enough-to-use", "/inventory/issue",
        {
            "store": "SIKASSO", "site": "KEBILA", "occurred_on": "2027-03-15", "reason": TYPED,
            "q0": "175", "q0_unit": "kg", "q1": "", "q1_unit": "kg",
        },
        {"fr": "demandé", "en": "asked"},
    ),
    Case(
        "more than was ordered", "procurement/receive-delivery",
        {
            "order_id": str(ORDER), "arrived_on": "2027-03-15",
            "lots": [
                {"order_line": 1, "lot_number": "P-1", "expires_on": "2028-02-29", "grams": 3_015_000}
            ],
        },
        "more-than-open", f"/procurement/orders/{ORDER}/receive",
        {
            "arrived_on": "2027-03-15", "rest": "later", "lots-1-0-lot": TYPED, "lots-1-0-amount": "3015",
            "lots-1-0-amount_unit": "kg", "lots-1-0-expires_on": "2028-02-29",
        },
        {"fr": "de trop", "en": "too much"},
    ),
    Case(
        "unknown P-code", "catalog/save-place",
        {"code": "N", "name": "Neuf", "kind": "site", "lat": 11.2, "lon": -7.0, "commune_pcode": "ML999999"},
        "pcode-unknown", "/catalog/sites/new",
        {
            "code": "NEW", "name": TYPED, "kind": "site", "lat": "11.2", "lon": "-7.0",
            "commune_pcode": "ML999999", "is_active": "1",
        },
        {"fr": "est inconnu", "en": "is not known"},
    ),
)  # fmt: skip


@pytest.fixture
def world(database: Database) -> World:
    """The small programme with its two lots and its order."""
    made = make_world(database)
    for number, grams, day in (("A12", 100_000, 1), ("B7", 50_000, 10), ("A12", 30_000, 12)):
        lot = LotFacts(product_code="CSB+", number=number, pack_code="BAG", expires_on=dt.date(2027, 12, 31))
        command = Receive(
            id=new_id(),
            store_code="SIKASSO",
            supplier_code="MILL",
            occurred_on=dt.date(2027, 3, day),
            lines=(ReceivedLine(lot=lot, grams=grams),),
            condition=Condition.GOOD,
        )
        with database.transaction() as session:
            receive(session, command, actor=made.officer, now=NOW)
    moved = Transfer(
        id=new_id(),
        from_code="SIKASSO",
        to_code="KEBILA",
        occurred_on=dt.date(2027, 3, 5),
        lines=(LotGrams(lot_id=lot_of(made, "A12"), grams=100_000),),
    )
    with database.transaction() as session:
        transfer(session, moved, actor=made.officer, now=NOW)
    placed(made, an_order(pouches(grams=3 * TONNE), id=ORDER))
    return made


def lot_of(world: World, number: str) -> Any:
    from supply.inventory.queries import on_hand  # noqa: PLC0415 - one use

    with world.database.snapshot() as session:
        return next(row.lot_id for row in on_hand(session) if row.lot_number == number)


class Program:
    """A program that asks as the officer, over the API and on the command line."""

    def __init__(self, world: World, client: Browser) -> None:
        self.url = world.database.url
        self.client = client
        answer = client.post("/api/people/log-in", json={"login": "officer", "password": PASSWORD})
        self.headers = {
            "authorization": f"Bearer {answer.json()['token']}",
            "content-type": "application/json",
        }

    def refusals(self, operation: str, command: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str]]:
        """Code and sentence of the refusal by face and language."""
        found = {}
        body = json.dumps(command)
        for language in ("fr", "en"):
            answer = self.client.post(f"/api/{operation}?lang={language}", content=body, headers=self.headers)
            assert answer.status_code in {404, 409, 422}, answer.text
            found["api", language] = (answer.json()["code"], answer.json()["detail"])
            words = [*operation.split("/"), "-", "--as", "officer", "--database", self.url]
            run = CliRunner().invoke(main, ["--lang", language, *words], input=body)
            assert run.exit_code == 1, run.output
            code, _, sentence = run.stderr.strip().partition(": ")
            found["cli", language] = (code, sentence)
        return found


@pytest.fixture
def program(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """A program of the officer; the command line's clock stands at the world's day too."""
    monkeypatch.setattr("supply.clock.now", lambda: NOW)
    with browse(world.database) as client:
        yield Program(world, client)


def test_programs_hear_the_same_refusal_on_both_faces_in_both_languages(program: Program) -> None:
    for case in CASES:
        found = program.refusals(case.operation, {"id": str(new_id()), **case.command})

        assert {code for code, _ in found.values()} == {case.code}, case.name
        for language in ("fr", "en"):
            assert found["api", language] == found["cli", language], case.name
        assert found["api", "fr"][1] != found["api", "en"][1], case.name
        assert "{" not in "".join(sentence for _, sentence in found.values()), case.name


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_is_shown_again_with_its_fault_and_what_was_typed(world: World, language: str) -> None:
    with browse(world.database) as client:
        client.log_in("officer")
        client.get(f"/?lang={language}")
        for case in CASES:
            answer = client.send_form(case.page, id=str(new_id()), **case.form)

            text = unescape(answer.text)
            assert answer.status_code in {404, 409, 422}, case.name
            assert case.words[language] in text, case.name
            assert TYPED in text, case.name


def test_a_backdated_loss_under_a_later_balance_names_the_day_and_the_amounts(
    world: World, program: Program
) -> None:
    """The 30 kg of today came after the store was emptied on 5 March: on the 3rd nothing was to spare."""
    lot = str(lot_of(world, "A12"))
    facts = {"occurred_on": "2027-03-03", "reason": "PV 3", "cause": "water"}
    command = {"id": str(new_id()), "place_code": "SIKASSO", "lines": [{"lot_id": lot, "grams": 25_000}]}
    program.client.log_in("officer")

    found = program.refusals("inventory/declare-loss", command | facts)

    assert {code for code, _ in found.values()} == {"later-balance-negative"}
    assert "A12" in found["api", "fr"][1]
    assert "5 mars 2027" in found["api", "fr"][1]
    fields = facts | {"place": "SIKASSO", f"q-{lot}-good": "25", f"q-{lot}-good_unit": "kg"}
    for language in ("fr", "en"):
        program.client.get(f"/?lang={language}")
        page = program.client.send_form("/inventory/loss", id=str(new_id()), **fields)
        assert page.status_code == 409
        assert found["api", language][1] in unescape(page.text)


def test_the_same_id_with_other_content_is_a_conflict(program: Program) -> None:
    command = {"id": str(new_id()), **received()}
    first = program.client.post("/api/inventory/receive", json=command, headers=program.headers)
    again = program.client.post("/api/inventory/receive", json=command, headers=program.headers)
    command["lines"][0]["grams"] = 50_000
    program.client.log_in("officer")

    found = program.refusals("inventory/receive", command)

    assert first.json()["number"] == again.json()["number"]
    assert again.json()["is_repeat"]
    assert {code for code, _ in found.values()} == {"same-id-other-content"}
    for language in ("fr", "en"):
        program.client.get(f"/?lang={language}")
        page = program.client.send_form(
            "/inventory/receive", **{**received_form(kg0="50"), "id": command["id"]}
        )
        assert page.status_code == 409
        assert found["api", language][1] in unescape(page.text)
