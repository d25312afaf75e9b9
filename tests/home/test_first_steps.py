"""Before there is anything, each page says the next step to whoever may take it, and to others who does."""

import re
from html import unescape

from supply.db import Database
from supply.people.users import AddUser, found
from supply.people.words import Role
from tests.world import NOW, PASSWORD, Browser, browse, make_world

STEPS = ("/imports", "/people", "/programme/define")


def founded(database: Database) -> None:
    with database.transaction() as session:
        founder = AddUser(login="awa", name="Awa", role=Role.ADMINISTRATOR, password=PASSWORD)
        found(session, founder, now=NOW)


def add_everybody(client: Browser) -> None:
    client.log_in("awa")
    for role in Role:
        sent = client.send_form(
            "/people", login=role.value, name=role.value, role=role.value, password=PASSWORD
        )
        assert sent.status_code == 303


def main_part(client: Browser, path: str) -> str:
    return unescape(client.get(path).text.partition("<main")[2].partition("</main>")[0])


def waiting(client: Browser) -> list[str]:
    """Where the lines of the first screen lead."""
    listed = main_part(client, "/").partition('<ul class="wait">')[2].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]*)"', listed)


def test_the_first_screen_leads_through_the_first_steps_of_each_role(database: Database) -> None:
    founded(database)
    with browse(database) as client:
        client.log_in("awa")
        alone = waiting(client)
        add_everybody(client)
        by_role = {}
        for role in Role:
            client.log_in(role.value)
            assert "Tout est en ordre" not in main_part(client, "/"), role
            by_role[role] = waiting(client)

    assert alone == ["/imports", "/people", "/programme/define"]
    assert by_role == {
        Role.ADMINISTRATOR: ["/imports", "/programme/define"],
        Role.OFFICER: ["/imports", "/programme"],
        Role.LEAD: ["/programme/define", "/programme"],
        Role.KEEPER: ["/programme"],
        Role.AUDITOR: ["/programme"],
    }


def test_a_programme_ends_the_first_steps(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("administrator")

        assert not set(STEPS) & set(waiting(client))


# Address, what it says to whom who may take the next step, and to whom who may not.
EMPTY = (
    ("/catalog/stores", "officer", "Importez un fichier, ou", "keeper", "Un administrateur ou un logistic"),
    ("/catalog/communes", "officer", "Importez un fichier, ou", "keeper", "Un administrateur ou un logistic"),
    ("/programme", "lead", "Définissez-le", "keeper", "Le responsable nutrition ou un administrateur"),
    ("/distribution/register", "lead", "un par un", "auditor", "Le responsable nutrition enregistre"),
    ("/routing/trips", "officer", "/routing/needs", "keeper", "Les tournées viennent d’un plan approuvé"),
)


def test_an_empty_page_asks_only_what_the_reader_may_do(database: Database) -> None:
    founded(database)
    shown: dict[tuple[str, str], str] = {}
    with browse(database) as client:
        add_everybody(client)
        for role in ("officer", "lead", "keeper", "auditor"):
            client.log_in(role)
            shown |= {(role, path): main_part(client, path) for path, *_ in EMPTY}

    for path, doer, said, other, said_to_other in EMPTY:
        assert said in shown[doer, path], path
        assert said not in shown[other, path], path
        assert said_to_other in shown[other, path], path


def test_a_new_order_names_the_lists_that_are_still_empty(database: Database) -> None:
    founded(database)
    with browse(database) as client:
        client.log_in("awa")

        told = main_part(client, "/procurement/orders/new").partition("Ajoutez-les d’abord")[2]

    for path in ("/catalog/suppliers", "/programme", "/catalog/stores", "/catalog/packs"):
        assert f'href="{path}"' in told
