"""A page that waits for a search turns to the plan when the search has ended."""

import pytest
from playwright.sync_api import Browser, expect

from supply.db import Database
from supply.routing.runs import solve_now
from tests.routing.ground import ask, put_usual_stock
from tests.stories.browsing import Person
from tests.world import NOW, make_world

pytestmark = pytest.mark.browser


def test_the_page_of_a_search_shows_only_what_is_true_once_it_has_ended(
    database: Database, browser: Browser, live_server: str
) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)
    officer = Person(browser, live_server)
    officer.log_in("officer")
    officer.open(f"/routing/plans/{plan_id}")
    heading = officer.page.get_by_role("heading", level=1)
    stop = officer.page.get_by_role("button", name="Arrêter et prendre le meilleur")
    waiting = officer.page.locator("[data-refresh-url] .b", has_text="en attente")
    expect(waiting).to_be_visible()
    expect(stop).to_be_visible()

    assert solve_now(database, plan_id, now=lambda: NOW) == "proposed"

    expect(officer.page.get_by_role("button", name="Approuver le plan")).to_be_visible()
    expect(heading).to_contain_text("proposé")
    expect(waiting).to_have_count(0)
    expect(stop).to_have_count(0)
    officer.close()
