"""The first cycle lived through the pages in Chromium, in French, with every number worked by hand.

The keeper of Sikasso has a phone of 360 px; the officer, the nutrition lead and the auditor sit at a desk.
The needs are those of test_first_cycle.py; the days follow the real clock, by which the service runs.
"""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from supply import clock
from supply.db import Database
from tests.stories.browsing import DESK, PHONE, Person
from tests.world import make_world

SEARCH_MS = 300_000
# A plan of 15 seconds may first wait for its turn; on a new clone the search is compiled before it begins.
pytestmark = pytest.mark.browser


class People:
    """Everybody of the story, each with a screen, and the days of the story."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.officer = Person(browser, address, size=DESK)
        self.lead = Person(browser, address, size=DESK)
        self.auditor = Person(browser, address, size=DESK)
        self.keeper = Person(browser, address, size=PHONE)
        self.today = clock.day_of(clock.now())

    def day(self, ago: int) -> str:
        """The day so many days before today, as a date field takes it."""
        return (self.today - dt.timedelta(days=ago)).isoformat()


@pytest.fixture
def people(browser: Browser, database: Database, live_server: str) -> Iterator[People]:
    """The small world six days ago: its cycle began yesterday and ends in ten days."""
    everybody = People(browser, live_server)
    make_world(database, today=everybody.today - dt.timedelta(days=6))
    yield everybody
    for person in (everybody.officer, everybody.lead, everybody.auditor, everybody.keeper):
        person.close()


def test_the_first_cycle_through_the_pages(people: People) -> None:
    people.officer.log_in("officer")
    people.keeper.log_in("keeper")
    people.lead.log_in("lead")
    people.auditor.log_in("auditor")

    order(people)
    receive(people)
    decide_quality(people)
    open_cycle(people)
    plan(people)
    load(people)
    arrive(people)
    register(people)
    serve(people)
    count_the_others(people)
    bring_back(people)

    cover(people)
    settle(people)


def order(people: People) -> None:
    """The officer orders 2.1 t of CSB++ in cartons and 24 bags of CSB+, promised for four days ago."""
    officer = people.officer
    officer.follow_menu("Commandes")
    officer.follow("Nouvelle commande")
    officer.fill(store_code="SIKASSO", ordered_on=people.day(ago=6))
    first = {"pack": "CARTON", "tonnes": "2,1", "price": "560000"}
    second = {"pack": "BAG", "tonnes": "0,6", "price": "365000"}
    for number, line in enumerate((first, second)):
        line["expected_on"] = people.day(ago=4)
        officer.write({f"lines-{number}-{name}": value for name, value in line.items()})
    officer.press("Passer la commande")
    officer.is_told("est passée")
    # 2.1 t x 560,000 + 0.6 t x 365,000 = 1,176,000 + 219,000
    officer.reads("2 100 kg", "600 kg", "140 × carton de 10", "24 × sac 25 kg", "1 395 000 F CFA")


def receive(people: People) -> None:
    """140 cartons and 23 of 24 bags came; that nothing more will come needs its reason."""
    keeper = people.keeper
    keeper.follow_menu("Aujourd’hui")
    keeper.follow("Recevoir")
    keeper.follow(f"BC-PNP-{people.day(ago=6)[:4]}-0001")
    keeper.follow("Réceptionner une livraison")
    keeper.fill(arrived_on=people.day(ago=4), reference="BL 77", rest="never")
    first = {"lot": "A12", "expires_on": people.day(ago=-400)}
    second = {"lot": "B7", "expires_on": people.day(ago=-300), "amount": "23"}
    keeper.write({f"lots-1-0-{name}": value for name, value in first.items()})
    keeper.write({f"lots-2-0-{name}": value for name, value in second.items()})
    keeper.press("Enregistrer la livraison")
    keeper.is_warned("il manque 25 kg")
    expect(keeper.page.locator('[name="lots-1-0-lot"]')).to_have_value("A12")
    expect(keeper.page.locator('[name="lots-2-0-amount"]')).to_have_value("23")
    keeper.fill(reason="Un sac de moins au déchargement")
    keeper.press("Enregistrer la livraison")
    keeper.is_told("les lots sont bloqués")


def decide_quality(people: People) -> None:
    """One carton is wet: 139 cartons and 23 bags pass, 1 carton is unfit."""
    officer = people.officer
    officer.follow_menu("Aujourd’hui")
    officer.attend_to("2 lots attendent une décision de qualité")
    officer.follow("Décider", among="A12")
    officer.fill(finding="rejected", amount="1", checked_on=people.day(ago=4))
    officer.press("Enregistrer la décision")
    officer.is_warned("Écrivez ce qui ne va pas")
    officer.fill(remarks="Carton mouillé")
    officer.press("Enregistrer la décision")
    officer.is_told("La décision est enregistrée")
    for lot, count in (("A12", "139"), ("B7", "23")):
        officer.follow("Décider", among=lot)
        expect(officer.page.locator('[name="amount"]')).to_have_value(count)
        officer.fill(finding="passed", checked_on=people.day(ago=4))
        officer.press("Enregistrer la décision")
        officer.is_told("La décision est enregistrée")
    officer.reads("Rien n’est en attente")


def open_cycle(people: People) -> None:
    """Kébila: 300 x 4.5 = 1,350 kg, 60 x 6.25 = 375 kg. Fakola: half, and 187.5 kg become 8 bags, 200 kg."""
    lead = people.lead
    lead.follow_menu("Besoins")
    lead.follow("Cycle 1")
    lead.row("Besoins : Super Céréale Plus", "Kébila", "300", "1 350 kg", "900", "1 350 kg", "0 kg")
    lead.row("Besoins : Super Céréale", "Fakola", "30", "187,5 kg", "8", "200 kg", "12,5 kg")
    lead.row("Besoins : Super Céréale", "Total", "90", "562,5 kg", "23", "575 kg", "12,5 kg")
    lead.follow("Ouvrir le cycle")
    lead.press("Ouvrir le cycle")
    lead.is_told("Le cycle est ouvert")


def plan(people: People) -> None:
    """One truck brings everything; the officer watches the search and approves."""
    officer = people.officer
    officer.follow_menu("Livraisons")
    officer.follow("Planifier les livraisons")
    officer.row("À apporter, par site", "Kébila", "1 350 kg")
    officer.fill(seconds="15")
    officer.press("Calculer un plan")
    # The page turns to the plan by itself, and nothing of the search is left on it.
    expect(officer.page.get_by_role("button", name="Approuver le plan")).to_be_visible(timeout=SEARCH_MS)
    expect(officer.page.get_by_role("button", name="Arrêter et prendre le meilleur")).to_have_count(0)
    expect(officer.page.locator("main .b").first).to_have_text("proposé")
    officer.reads("Écart à la borne prouvée", "1 camion")
    # 1,350 + 375 + 675 + 200
    officer.row("Tournées", "Sikasso", "Kébila", "2 600 kg")
    officer.press("Approuver le plan")
    officer.is_told("Le plan est approuvé")


def load(people: People) -> None:
    """The keeper finds the trip on the first screen, gives it the only truck and lets it go as planned."""
    keeper = people.keeper
    keeper.follow_menu("Livraisons")
    keeper.attend_to("Charger la tournée")
    keeper.fill(plate="AB-1234-MD", driver="Adama")
    keeper.press("Choisir ce camion")
    keeper.is_told("AB-1234-MD")
    keeper.follow("Charger et partir")
    expect(keeper.page.locator('[name="sender"]')).to_have_value("Keeper Traoré")
    keeper.press("Le camion part")
    keeper.is_told("2 600 kg")


def arrive(people: People) -> None:
    """Kébila: one carton damaged, one bag missing. Fakola: as sent."""
    keeper = people.keeper
    for site in ("Kébila", "Fakola"):
        keeper.follow_menu("Livraisons")
        keeper.attend_to(f"pour {site}")
        keeper.fill(receiver="Comité", remarks="Vu avec le chauffeur")
        if site == "Kébila":
            keeper.write({"good-1": "14"}, form="fieldset:has-text('B7')")
            keeper.press("Enregistrer l’arrivée")
            keeper.is_warned("B7")
            keeper.write({"missing-1": "1"}, form="fieldset:has-text('B7')")
            keeper.write({"good-2": "89", "damaged-2": "1"}, form="fieldset:has-text('A12')")
        keeper.press("Enregistrer l’arrivée")
        keeper.is_told("est réceptionnée")
    keeper.follow_menu("Livraisons")
    keeper.reads("Aucune tournée à charger ni en route")


def register(people: People) -> None:
    """A mother of 26 years, pregnant; a child of 13 months; twins of 29 months, who are two people."""
    lead = people.lead
    lead.follow_menu("Séances")
    lead.open("/distribution/register/new")
    lead.fill(code="KEB-1", head_name="Drissa Koné", site="KEBILA")
    born = {"Awa Koné": 26 * 365, "Issa Koné": 400, "Sira Koné": 900, "Nana Koné": 900}
    for number, (name, days) in enumerate(born.items(), start=1):
        sex, known = ("male" if name == "Issa Koné" else "female"), "health-card"
        values = {"name": name, "sex": sex, "born_on": people.day(ago=days), "birth_known": known}
        lead.write({f"p{number}-{field}": value for field, value in values.items()})
    lead.write({"p1-status": "pregnant", "p1-status_from": people.day(ago=60)})
    lead.press("Enregistrer et inscrire sur la liste")
    lead.is_told("Personnes enregistrées : 4 ; inscrites sur la liste : 4.")


def serve(people: People) -> None:
    """Four rations by name: 3 x 4.5 = 13.5 kg of CSB++ and 6.25 kg of CSB+."""
    lead = people.lead
    lead.follow_menu("Séances")
    lead.follow("Ouvrir une séance")
    lead.fill(site="KEBILA", held_on=people.day(ago=0), leader="Awa")
    lead.press("Ouvrir la séance")
    lead.is_told("La séance est ouverte")
    for name in ("Awa Koné", "Issa Koné", "Sira Koné", "Nana Koné"):
        lead.page.get_by_label(re.compile(f"^{name}")).check()
    lead.press("Remettre aux personnes cochées")
    lead.is_told("Personnes servies : 4")
    lead.reads("4 sur 4", "19,75 kg")


def count_the_others(people: People) -> None:
    """Kébila counts 90 + 160 children and 15 + 35 women, Fakola 50 + 90 and 10 + 20."""
    lead = people.lead
    tally(lead, (90, 160, 15, 35))
    lead.is_told("300")
    lead.follow_menu("Séances")
    lead.follow("Ouvrir une séance")
    lead.fill(site="FAKOLA", held_on=people.day(ago=0))
    lead.press("Ouvrir la séance")
    lead.is_told("La séance est ouverte")
    tally(lead, (50, 90, 10, 20))
    lead.is_told("170")
    lead.follow("Reliquat et clôture")
    lead.follow("Clore la séance")
    lead.press("Oui, clore la séance")
    lead.is_told("170")


def tally(lead: Person, counts: tuple[int, int, int, int]) -> None:
    lead.follow("Pointage")
    groups = ("CHILD-6-23", "CHILD-24-59", "PREGNANT", "BREASTFEEDING")
    lead.write({f"people-{group}": str(count) for group, count in zip(groups, counts, strict=True)})
    lead.press("Enregistrer le pointage")


def bring_back(people: People) -> None:
    """Left at Kébila: 1,335 - 13.5 - 1,125 = 196.5 kg, 350 - 6.25 - 312.5 = 31.25 kg good, 15 kg unfit."""
    lead = people.lead
    lead.follow_menu("Séances")
    lead.follow("Kébila")
    lead.follow("Reliquat et clôture")
    lead.reads("242,75 kg")
    lead.page.locator('[name^="lot-"][name$="-unfit"]').fill("0")
    left = lead.page.locator('[name^="lot-"][name$="-good"]')
    assert sorted(one.input_value() for one in left.all()) == ["196,5", "31,25"]
    lead.fill(store="SIKASSO", on=people.day(ago=0))
    lead.press("Retourner le reliquat")
    lead.is_told("227,75 kg")
    lead.follow("Clore la séance")
    lead.press("Oui, clore la séance")
    lead.is_told("4", "300")


def cover(people: People) -> None:
    """Kébila 4 + 300 of 360, Fakola 170 of 180, both 474 of 540; 2,274.75 kg given."""
    lead = people.lead
    lead.follow_menu("Couverture")
    lead.reads("474", "540", "304 / 360 · 84,4 %", "170 / 180 · 94,4 %", "474 / 540 · 87,8 %")


def settle(people: People) -> None:
    """Nothing leaked.

    CSB++  2,100 bought = 271.5 in store (2,100 - 2,025 + 196.5) + 60 at sites (15 damaged, 45 at Fakola)
           + 1,768.5 given (13.5 + 1,125 + 630)
    CSB+     575 bought = 31.25 in store + 12.5 at Fakola + 506.25 given (6.25 + 312.5 + 187.5) + 25 lost
    """
    auditor = people.auditor
    auditor.follow_menu("Vérification")
    auditor.is_told("l’écart est de 0 kg")
    books = {row["Produit"]: row for row in auditor.table("Produits")}
    assert {
        name: books["CSB++"][name] for name in ("Acheté", "En magasin", "Sur les sites", "Distribué")
    } == {
        "Acheté": "2 100 kg",
        "En magasin": "271,5 kg",
        "Sur les sites": "60 kg",
        "Distribué": "1 768,5 kg",
    }
    assert {name: books["CSB+"][name] for name in ("En magasin", "Sur les sites", "Distribué", "Perdu")} == {
        "En magasin": "31,25 kg",
        "Sur les sites": "12,5 kg",
        "Distribué": "506,25 kg",
        "Perdu": "25 kg",
    }
