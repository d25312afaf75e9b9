"""The officer changes an announced plan on the pages, and sees trip by trip what becomes of it."""

import re

from supply import compute
from supply.db import Database
from supply.routing import runs
from supply.routing.follow import changeable
from tests.routing.ground import ask, put_usual_stock, read_trip
from tests.routing.test_pages import filled
from tests.routing.test_replan import OTHERS, announced, break_truck, leave, replanned
from tests.world import NOW, TODAY, browse, make_world


def plain(text: str) -> str:
    """The page's words without its tags and hard spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text).replace("\N{NO-BREAK SPACE}", " "))


def form(text: str, name: str) -> str:
    found = re.search(rf'<form[^>]*id="{name}".*?</form>', text, re.DOTALL)
    assert found is not None, f"the page has no form {name}"
    return found[0]


def test_an_officer_changes_the_announced_plan_after_a_breakdown(database: Database) -> None:
    world = make_world(database)
    gone, *waiting = announced(world)
    leave(world, gone)
    break_truck(world, OTHERS[0])

    with browse(database) as client:
        client.log_in("officer")
        needs = client.get("/routing/needs?cycle=C1")
        assert "Tournées annoncées qui attendent d’être chargées : 2" in plain(needs.text)
        sent = filled(form(needs.text, "replan"))
        assert sent["change_cost"] == "25000"
        answer = client.send_form("/routing/plans", **sent)
        assert answer.status_code == 303, answer.text
        href = answer.headers["location"]
        compute.submit(int, "0").result(timeout=60)  # one worker: the plan before it is done then
        page = client.get(href)
        approved = client.send_form(f"{href}/approve")
        after = client.get(href)

    words = plain(page.text)
    assert "Par rapport aux tournées annoncées" in words
    assert "Tournées annoncées qu’aucun plan ne peut maintenir : 1" in words
    assert "Tournées déjà en route, qui continuent telles quelles : 1" in words
    assert "1 tournée annoncée reste telle quelle" in words
    assert re.search(r"Départ : 15 mars 2027 → 1[6-9] mars 2027", words)
    assert approved.status_code == 303
    states = sorted(read_trip(world, trip.id).state for trip in waiting)
    assert states == ["cancelled", "planned"]
    assert plain(after.text).count("à charger") == 2  # the one that stays and the new one


def test_a_weight_that_is_no_number_comes_back_in_its_own_form(database: Database) -> None:
    world = make_world(database)
    announced(world)

    with browse(database) as client:
        client.log_in("officer")
        sent = filled(form(client.get("/routing/needs?cycle=C1").text, "replan"))
        answer = client.send_form("/routing/plans", **(sent | {"change_cost": "beaucoup"}))

    assert answer.status_code == 422
    assert 'value="beaucoup"' in form(answer.text, "replan")


def test_nothing_announced_shows_no_question(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    with browse(database) as client:
        client.log_in("officer")
        needs = client.get("/routing/needs?cycle=C1")

    assert 'id="ask-plan"' in needs.text
    assert 'id="replan"' not in needs.text
    with world.database.snapshot() as session:
        assert changeable(session, "C1", first_on=TODAY, today=TODAY) == ()


def test_a_chosen_trip_is_shown_before_the_others(database: Database) -> None:
    world = make_world(database)
    announced(world)
    break_truck(world, OTHERS[0])
    plan_id = replanned(world)

    with browse(database) as client:
        client.log_in("officer")
        base = f"/routing/plans/{plan_id}"
        everything, one, none = (client.get(base + query).text for query in ("", "?trip=4", "?trip=99"))
        wrong = client.get(f"{base}?trip=x")

    assert (everything.count('opacity="0.18"'), one.count('opacity="0.18"')) == (0, 2)
    assert "est mise en avant" in plain(one)
    assert none.count('opacity="0.18"') == 0
    assert 'href="?trip=4#map"' in everything
    assert wrong.status_code == 422


def test_a_stop_is_answered_at_once(database: Database) -> None:
    """The search itself hears of it within a second or two; who asked is not left without a word."""
    world = make_world(database)
    put_usual_stock(world)
    plan_id = ask(world)
    assert runs._claim(database, plan_id, NOW) is not None

    with browse(database) as client:
        client.log_in("officer")
        answer = client.send_form(f"/routing/plans/{plan_id}/stop")
        page = client.get(answer.headers["location"])
        progress = client.get(f"/routing/plans/{plan_id}/progress")

    assert "arrêt demandé" in plain(page.text)
    assert "Arrêt demandé ; la recherche se termine" in plain(progress.text)
    assert "/stop" not in page.text
