"""The pages of distribution, as a team at a site uses them: over HTTP, in French."""

import datetime as dt
import html
from collections.abc import Iterator
from functools import cache
from uuid import UUID

import pytest

from supply.db import Database
from supply.distribution.models import Enrolment, Handout, Household
from supply.ids import new_id
from supply.people.models import User, UserPlace
from supply.people.sessions import hash_password
from supply.programme.models import Cycle
from tests.distribution.made import DAY, KEBILA, NOW, Made, add_child, add_lot, add_session, make
from tests.world import PASSWORD, Browser, browse

TODDLER = dt.date(2026, 3, 1)


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def made(database: Database) -> Made:
    """The small programme, whose people can log in."""
    made, known = make(database), _password_hash()
    with database.transaction() as session:
        for user in session.query(User):
            user.password_hash = known
    return made


@pytest.fixture
def browser_of_lead(database: Database, made: Made) -> Iterator[Browser]:
    """The lead's browser on the distribution day."""
    with browse(database, now=NOW) as client:
        client.log_in("lead")
        yield client


def served(database: Database) -> set[str]:
    with database.snapshot() as session:
        return {row.person_code for row in session.query(Handout).filter(Handout.reversed_by.is_(None))}


def set_cycle(database: Database, state: str) -> None:
    with database.transaction() as session:
        session.get_one(Cycle, "C1").state = state


def test_a_team_opens_a_session_ticks_those_present_and_hands_out(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    add_lot(database, made, "A", 30_000)
    here, away = (add_child(database, made, code, TODDLER, name=f"Enfant {code}") for code in ("H1", "H2"))

    opened = browser_of_lead.send_form(
        "/distribution/sessions/new",
        id=str(new_id()),
        cycle="C1",
        site=KEBILA,
        held_on=DAY.isoformat(),
        leader="Awa",
    )
    path = opened.headers["location"]
    shown = browser_of_lead.get(path).text
    done = browser_of_lead.send_form(f"{path}/hand-out", id=str(new_id()), person=[here], received_by="Sira")
    after = browser_of_lead.get(f"{path}?show=served").text

    assert opened.status_code == done.status_code == 303
    assert "Enfant H1" in shown
    assert "Enfant H2" in shown
    assert served(database) == {here}
    assert "reçu par Sira" in after or "Sira" in after
    assert away not in after


def test_a_refused_handout_shows_the_form_again_with_what_was_ticked(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    child = add_child(database, made, "H1", TODDLER)
    session_id = add_session(database, made)

    answer = browser_of_lead.send_form(
        f"/distribution/sessions/{session_id}/hand-out", id=str(new_id()), person=[child], received_by="Sira"
    )

    assert answer.status_code == 409
    assert "n’a pas assez de stock" in answer.text
    assert 'value="H1-01" checked' in answer.text
    assert 'value="Sira"' in answer.text
    assert served(database) == set()


def test_names_are_shown_to_the_lead_and_the_auditor_and_to_nobody_else(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    child = add_child(database, made, "H1", TODDLER, name="Awa Traoré")
    session_id = add_session(database, made)
    closed = (
        "/distribution/register",
        f"/distribution/people/{child}",
        "/distribution/households/H1",
        "/distribution/duplicates",
        f"/distribution/sessions/{session_id}/sheet",
        f"/api/distribution/register/people/{child}",
        f"/api/distribution/sessions/{session_id}/list",
    )

    seen = {}
    for login in ("lead", "auditor", "keeper"):
        browser_of_lead.log_in(login)
        seen[login] = [browser_of_lead.get(path).status_code for path in closed]
    figures = browser_of_lead.get(f"/distribution/sessions/{session_id}").text

    assert seen == {"lead": [200] * 7, "auditor": [200] * 7, "keeper": [403] * 7}
    assert "Awa Traoré" not in figures


def test_an_auditor_reads_and_is_offered_no_form(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    child = add_child(database, made, "H1", TODDLER)
    session_id = add_session(database, made)
    browser_of_lead.log_in("auditor")

    shown = browser_of_lead.get(f"/distribution/sessions/{session_id}").text
    sent = browser_of_lead.send_form(
        f"/distribution/sessions/{session_id}/hand-out", id=str(new_id()), person=[child]
    )

    assert "hand-out" not in shown
    assert sent.status_code == 403


def test_a_household_is_registered_and_enrolled_in_one_form(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    fields = {
        "lines": "2",
        "code": "K-77",
        "head_name": "Bakary Koné",
        "site": KEBILA,
        "p1-name": "Awa Koné",
        "p1-sex": "female",
        "p1-born_on": "2026-03-01",
        "p1-birth_known": "certificate",
        "p2-name": "",
        "p2-sex": "female",
        "p2-birth_known": "certificate",
    }

    wrong = browser_of_lead.send_form(
        "/distribution/register/new", **fields | {"p1-born_on": "hier", "code": "a b"}
    )
    right = browser_of_lead.send_form("/distribution/register/new", **fields)

    assert wrong.status_code == 422
    assert "2 points à corriger" in wrong.text
    assert right.headers["location"] == "/distribution/households/K-77"
    with database.snapshot() as session:
        assert session.get(Household, "K-77") is not None
        assert [row.person_code for row in session.query(Enrolment)] == ["K-77-01"]


def test_a_tally_and_the_left_over_end_a_session(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    lot_id = add_lot(database, made, "A", 30_000)
    session_id = add_session(database, made)
    path = f"/distribution/sessions/{session_id}"

    empty = browser_of_lead.send_form(f"{path}/tally", id=str(new_id()))
    tallied = browser_of_lead.send_form(f"{path}/tally", id=str(new_id()), **{"people-C6-23": "4"})
    back = browser_of_lead.send_form(
        f"{path}/left-over",
        id=str(new_id()),
        store="SIKASSO",
        on=DAY.isoformat(),
        **{f"lot-{lot_id}-good": "18"},
    )
    closed = browser_of_lead.send_form(f"{path}/close")
    shown = browser_of_lead.get(path).text

    assert [one.status_code for one in (empty, tallied, back, closed)] == [422, 303, 303, 303]
    # 30 kg less 4 rations of 3 kg: 18 kg went back, nothing is left.
    assert "Close" in shown
    assert "hand-out" not in shown


def test_a_session_is_closed_in_two_steps_that_say_what_is_still_there(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    add_lot(database, made, "A", 30_000)
    path = f"/distribution/sessions/{add_session(database, made)}"

    first = browser_of_lead.get(f"{path}/close").text
    second = browser_of_lead.get(f"{path}/close/confirm").text
    still_open = browser_of_lead.get(path).text
    closed = browser_of_lead.send_form(f"{path}/close")
    after = browser_of_lead.get(path).text
    asked_again = browser_of_lead.get(f"{path}/close/confirm").text

    send = f'method="post" action="{path}/close"'
    assert send not in first
    assert f'href="{path}/close/confirm"' in first
    assert send in second
    assert "30\N{NO-BREAK SPACE}kg" in second
    assert "Elle ne peut pas être rouverte" in second
    assert closed.status_code == 303
    # Nobody is enrolled: an open session asks for a tally, a closed one does not.
    assert "Comptez au pointage" in still_open
    assert "Comptez au pointage" not in after
    assert send not in asked_again


def test_people_below_zero_are_not_called_a_moved_quantity(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    path = f"/distribution/sessions/{add_session(database, made)}"

    answer = browser_of_lead.send_form(f"{path}/tally", id=str(new_id()), **{"people-C6-23": "-3"})

    assert answer.status_code == 422
    assert "écrivez un nombre entier" in answer.text
    assert "déplacé" not in answer.text


def test_a_document_taken_back_serves_nobody(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id, document_id = add_session(database, made), UUID(int=7)
    browser_of_lead.send_form(
        f"/distribution/sessions/{session_id}/hand-out", id=str(document_id), person=[child]
    )
    was_served = served(database)

    nothing_said = browser_of_lead.send_form(
        f"/distribution/papers/{document_id}/take-back", id=str(new_id())
    )
    done = browser_of_lead.send_form(
        f"/distribution/papers/{document_id}/take-back", id=str(new_id()), reason="erreur"
    )

    assert (nothing_said.status_code, done.status_code) == (422, 303)
    assert was_served == {child}
    assert served(database) == set()


def test_who_cannot_take_a_handout_back_is_told_who_can(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id, document_id = add_session(database, made), UUID(int=7)
    browser_of_lead.send_form(
        f"/distribution/sessions/{session_id}/hand-out", id=str(document_id), person=[child]
    )
    told = "Donnez son numéro au responsable nutrition"

    of_lead = browser_of_lead.get(f"/distribution/sessions/{session_id}").text
    browser_of_lead.log_in("keeper")
    of_keeper = browser_of_lead.get(f"/distribution/sessions/{session_id}").text
    paper = html.unescape(browser_of_lead.get(f"/inventory/documents/{document_id}").text)
    browser_of_lead.log_in("lead")
    browser_of_lead.send_form(
        f"/distribution/papers/{document_id}/take-back", id=str(new_id()), reason="erreur"
    )
    browser_of_lead.log_in("keeper")
    afterwards = browser_of_lead.get(f"/distribution/sessions/{session_id}").text

    assert (told in of_lead, told in of_keeper, told in afterwards) == (False, True, False)
    assert "le responsable nutrition qui l’annule, sur la page de sa séance" in paper


def test_the_page_of_a_closed_session_takes_a_document_back_while_its_cycle_is_open(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    path, document_id = f"/distribution/sessions/{add_session(database, made)}", UUID(int=7)
    browser_of_lead.send_form(f"{path}/hand-out", id=str(document_id), person=[child])
    browser_of_lead.send_form(f"{path}/close")
    take_back, first = f"/distribution/papers/{document_id}/take-back", "rouvrez-le, puis annulez-la ici"

    of_closed = browser_of_lead.get(path).text
    set_cycle(database, "closed")
    of_closed_cycle = browser_of_lead.get(path).text
    set_cycle(database, "open")
    done = browser_of_lead.send_form(take_back, id=str(new_id()), reason="erreur")
    afterwards = browser_of_lead.get(path).text

    assert [take_back in text for text in (of_closed, of_closed_cycle, afterwards)] == [True, False, False]
    assert [first in text for text in (of_closed, of_closed_cycle, afterwards)] == [False, True, False]
    assert done.status_code == 303
    assert served(database) == set()


def test_every_page_opens_before_anything_is_recorded(
    database: Database, made: Made, browser_of_lead: Browser
) -> None:
    pages = (
        "/distribution",
        "/distribution/sessions/new",
        "/distribution/register",
        "/distribution/register?q=x",
        "/distribution/register/new",
        "/distribution/duplicates",
    )

    assert [browser_of_lead.get(path).status_code for path in pages] == [200] * len(pages)
    assert browser_of_lead.get(f"/distribution/sessions/{new_id()}").status_code == 404
    assert browser_of_lead.get("/distribution/people/H9-01").status_code == 404


def test_a_keeper_is_told_that_sessions_are_not_held_in_stores(database: Database, made: Made) -> None:
    """Figures of nothing, and the advice to open a session, would only puzzle whoever may not."""
    with database.transaction() as session:
        session.add(UserPlace(user_id=made.keeper.user_id, place_code="SIKASSO"))

    with browse(database, now=NOW) as client:
        client.log_in("keeper")
        answer = client.get("/distribution")

    assert "Aucun de vos lieux n’est un site" in answer.text
    assert "Ouvrez une séance" not in answer.text
    assert 'href="/coverage/follow-up"' in answer.text


@pytest.mark.parametrize("decision", [{}, {"decision": "perhaps"}])
def test_a_decision_about_a_pair_that_is_none_is_refused_by_name(
    browser_of_lead: Browser, decision: dict[str, str]
) -> None:
    answer = browser_of_lead.send_form("/distribution/duplicates", person="P1", other="P2", **decision)

    assert answer.status_code == 422
    assert ("Choisissez" if decision else "Remplissez") in answer.text
