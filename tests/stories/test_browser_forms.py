"""What a form promises on a bad phone and a bad network.

It works without scripts, keeps what was typed, says what is wrong beside the field, and records once however
often it is sent.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from supply import clock
from supply.db import Database
from supply.programme.models import Cycle
from tests.stories.browsing import PHONE, Person
from tests.world import make_world

pytestmark = pytest.mark.browser
Open = Callable[[bool], Person]

both_ways = pytest.mark.parametrize("has_javascript", [True, False], ids=["scripts", "no-scripts"])


@pytest.fixture
def today(database: Database) -> dt.date:
    """The real day; the small world is six days older."""
    day = clock.day_of(clock.now())
    make_world(database, today=day - dt.timedelta(days=6))
    return day


@pytest.fixture
def a_phone(browser: Browser, live_server: str) -> Iterator[Open]:
    """Opens phones; a fault on any of them fails the test."""
    opened: list[Person] = []

    def make(has_javascript: bool) -> Person:
        opened.append(Person(browser, live_server, size=PHONE, has_javascript=has_javascript))
        return opened[-1]

    yield make
    for person in opened:
        person.close()


def write_order(officer: Person, today: dt.date) -> None:
    """600 kg of CSB+ at 365,000 francs a tonne, promised for today."""
    officer.open("/procurement/orders/new")
    officer.fill(store_code="SIKASSO")
    line = {"pack": "BAG", "tonnes": "0,6", "price": "365000", "expected_on": today.isoformat()}
    officer.write({f"lines-0-{name}": value for name, value in line.items()})


def orders(officer: Person) -> int:
    """How many orders the list shows."""
    officer.open("/procurement")
    officer.reads("BC-PNP-")
    return officer.page.get_by_role("link", name="BC-PNP-").count()


def test_a_keeper_receives_and_counts_without_javascript(today: dt.date, a_phone: Open) -> None:
    keeper = a_phone(False)
    keeper.log_in("keeper")

    keeper.open("/inventory/receive")
    later = (today + dt.timedelta(days=300)).isoformat()
    keeper.fill(supplier="MILL", lot0="A12", expires0=later, packs0="10")
    keeper.fill(pack0="CARTON")
    keeper.press("Un lot de plus")
    expect(keeper.page.locator('[name="lot0"]')).to_have_value("A12")
    keeper.fill(pack1="BAG", lot1="B7", expires1=later, packs1="4", kg1="12,5")
    keeper.press("Enregistrer la réception")
    # 10 x 15 kg, and 4 x 25 + 12.5 kg.
    keeper.reads("150 kg", "112,5 kg")

    keeper.open("/inventory/count")
    sheet = keeper.page.locator("fieldset", has_text="A12")
    sheet.locator('input[inputmode="numeric"]').first.fill("9")
    keeper.press("Voir les écarts")
    keeper.reads("1 lot diffère des livres", "9 × carton de 10", "10 × carton de 10")
    keeper.page.get_by_label("Motif de l’écart").fill("Un carton de moins, recompté deux fois")
    keeper.press("Enregistrer le comptage")
    keeper.reads("15 kg")
    keeper.open("/inventory/stock?place=SIKASSO")
    keeper.reads("9 × carton de 10")

    keeper.page.locator("nav summary").click()
    keeper.page.locator("nav").get_by_role("button", name="Se déconnecter").click()
    expect(keeper.page.get_by_role("heading", level=1)).to_have_text("Se connecter")


@both_ways
def test_a_faulty_form_says_so_beside_each_field_and_keeps_what_was_typed(
    today: dt.date, a_phone: Open, has_javascript: bool
) -> None:
    officer = a_phone(has_javascript)
    officer.log_in("officer")
    write_order(officer, today)
    officer.write({"lines-0-tonnes": "-3", "lines-0-price": "beaucoup", "lines-0-expected_on": ""})

    officer.press("Passer la commande")

    expect(officer.page.locator("main .msg.bad li")).to_have_count(3)
    typed = {"tonnes": "-3", "price": "beaucoup", "expected_on": ""}
    for name, value in typed.items():
        field = officer.page.locator(f'[name="lines-0-{name}"]')
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(value)
        beside = field.get_attribute("aria-describedby") or ""
        expect(officer.page.locator(f'[id="{beside.split()[-1]}"]')).not_to_be_empty()
    expect(officer.page.locator('[name="store_code"]')).to_have_value("SIKASSO")
    expect(officer.page.locator('[name="lines-0-pack"]')).to_have_value("BAG")
    officer.fits()

    line = {"tonnes": "0,6", "price": "365000", "expected_on": today.isoformat()}
    officer.write({f"lines-0-{name}": value for name, value in line.items()})
    officer.press("Passer la commande")
    officer.is_told("est passée")
    assert orders(officer) == 1


@both_ways
def test_a_double_click_records_once(today: dt.date, a_phone: Open, has_javascript: bool) -> None:
    officer = a_phone(has_javascript)
    officer.log_in("officer")
    write_order(officer, today)

    officer.page.get_by_role("button", name="Passer la commande").dblclick()

    officer.is_told("est passée")
    assert orders(officer) == 1


def test_what_was_typed_survives_a_lost_answer_and_counts_once(today: dt.date, a_phone: Open) -> None:
    """The service recorded the order and the network lost its answer: nobody can tell but the service."""
    officer = a_phone(True)
    officer.log_in("officer")
    write_order(officer, today)

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    officer.page.route("**/procurement/orders/new", lose_the_answer)
    officer.page.get_by_role("button", name="Passer la commande").click()
    expect(officer.page.locator("form .msg.bad")).to_contain_text("Envoyez-la de nouveau")
    expect(officer.page.locator('[name="lines-0-tonnes"]')).to_have_value("0,6")
    assert officer.faults.pop().endswith("net::ERR_FAILED")

    officer.page.unroute("**/procurement/orders/new")
    officer.press("Passer la commande")
    officer.is_told("est passée")
    assert orders(officer) == 1


def test_what_was_typed_before_the_session_ended_is_back_after_the_log_in(
    today: dt.date, a_phone: Open
) -> None:
    officer = a_phone(True)
    officer.log_in("officer")
    write_order(officer, today)

    kept: list[Any] = [one for one in officer.context.cookies() if one["name"] != "session"]
    officer.context.clear_cookies()
    officer.context.add_cookies(kept)
    officer.press("Passer la commande")
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    officer.log_in("officer")

    officer.open("/procurement/orders/new")
    expect(officer.page.locator('[name="lines-0-tonnes"]')).to_have_value("0,6")
    officer.press("Passer la commande")
    officer.is_told("est passée")
    assert orders(officer) == 1


def test_what_a_refused_form_held_does_not_come_back_to_a_fresh_one(
    today: dt.date, a_phone: Open, database: Database
) -> None:
    """The cycle was closed meanwhile, so that the refusal comes on a page without the form."""
    officer = a_phone(True)
    officer.log_in("officer")
    officer.open("/routing/needs?cycle=C1")
    usual = officer.page.locator('#ask-plan [name="first_on"]').input_value()
    officer.write({"first_on": (today + dt.timedelta(days=2)).isoformat()}, form="#ask-plan")

    set_cycle(database, "closed")
    officer.press("Calculer un plan")
    expect(officer.page.locator("#ask-plan")).to_have_count(0)
    set_cycle(database, "planned")

    officer.open("/routing/needs?cycle=C1")
    expect(officer.page.locator('#ask-plan [name="first_on"]')).to_have_value(usual)
    expect(officer.page.locator("form .told")).to_have_count(0)


def set_cycle(database: Database, state: str) -> None:
    with database.transaction() as session:
        session.get_one(Cycle, "C1").state = state
