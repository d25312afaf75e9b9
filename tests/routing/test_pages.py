"""A cycle's delivery through the pages, as the officer and the keeper go; and what programs read."""

import datetime as dt
import html
import re
from uuid import UUID
from xml.etree import ElementTree as ET

from supply import compute
from supply.catalog.models import Place
from supply.db import Database
from supply.routing import queries
from tests.routing.ground import (
    FIRST_ON,
    LAST_ON,
    PLATE,
    add_truck,
    departed_trip,
    planned_trip,
    propose,
    put_stock,
    put_usual_stock,
    read_trip,
    send,
    trip_by_hand,
)
from tests.world import TODAY, browse, make_world

GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"


def hidden(text: str, name: str) -> str:
    """Value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, f"the page has no hidden field {name}"
    return found[1]


def filled(text: str) -> dict[str, str]:
    """What a form would send if nobody changed anything."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        is_choice = 'type="radio"' in tag or 'type="checkbox"' in tag
        if name and value and (not is_choice or " checked" in tag) and name[1] != "_csrf_token":
            fields[name[1]] = value[1]
    return fields


def test_an_officer_goes_from_needs_to_waybills(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    with browse(database) as client:
        client.log_in("officer")
        needs = client.get("/routing/needs")
        assert "2 600 kg" in _plain(needs.text)  # 1,350 + 675 of CSB++, 375 + 200 of CSB+
        answer = client.send_form(
            "/routing/plans",
            id=hidden(needs.text, "id"),
            cycle_code="C1",
            first_on=FIRST_ON.isoformat(),
            last_on=LAST_ON.isoformat(),
            seconds="15",
        )
        assert answer.status_code == 303, answer.text
        href = answer.headers["location"]
        plan_id = UUID(href.rpartition("/")[2])
        compute.submit(int, "0").result(timeout=60)  # one worker: the plan before it is done then

        page = client.get(href)
        assert "Approuver le plan" in page.text
        assert "Ce plan coûte" in page.text
        assert client.send_form(f"{href}/approve").status_code == 303
        with database.snapshot() as session:
            (trip,) = queries.trips(session, plan_id=plan_id)
        approved = client.get(href)

    assert f"/routing/trips/{trip.id}" in approved.text
    assert "Approuver le plan" not in approved.text


def test_a_keeper_loads_and_the_site_receives_with_a_discrepancy(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with browse(database) as client:
        client.log_in("keeper")
        base = f"/routing/trips/{trip.id}"
        assert client.send_form(f"{base}/vehicle", plate=PLATE, driver="Seydou Koné").status_code == 303
        form = client.get(f"{base}/depart")
        answer = client.send_form(f"{base}/depart", **filled(form.text))
        assert answer.status_code == 303, answer.text
        trip = read_trip(world, trip.id)
        waybill = next(one for one in trip.waybills if one.site_code == "KEBILA")
        bags = next(line for line in waybill.lines if line.product_code == "CSB+")
        arrive = f"/routing/waybills/{waybill.id}/arrive"
        sent = filled(client.get(arrive).text) | {"receiver": "Mariam Diallo"}
        assert sent[f"good-{bags.line}"] == "15"  # 375 kg in bags of 25 kg, as dispatched

        # 14 of 15 bags are good and nothing is said of the last one: the form comes back with what was typed.
        wrong = client.send_form(arrive, **(sent | {f"good-{bags.line}": "14"}))
        assert wrong.status_code == 422
        assert 'value="14"' in wrong.text
        assert "Recomptez" in wrong.text
        right = client.send_form(arrive, **(sent | {f"good-{bags.line}": "14", f"missing-{bags.line}": "1"}))
        assert right.status_code == 303, right.text
        shown = client.get(f"/routing/waybills/{waybill.id}")

    assert "arrivée avec écart" in shown.text
    line = next(one for one in read_trip(world, trip.id).waybills if one.id == waybill.id).lines
    assert [(one.good_grams, one.missing_grams) for one in line if one.line == bags.line] == [
        (350_000, 25_000)
    ]


def test_a_changed_load_without_its_reason_comes_back(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with browse(database) as client:
        client.log_in("keeper")
        base = f"/routing/trips/{trip.id}"
        sent = filled(client.get(f"{base}/depart").text)
        first = next(name for name in sent if name.startswith("load-") and not name.endswith("_unit"))
        answer = client.send_form(f"{base}/depart", **(sent | {first: "1"}))

    assert answer.status_code == 422
    assert "écrivez pourquoi" in answer.text
    assert sent["id"] in answer.text  # the same document: sending it again stays one departure


def test_an_emptied_amount_comes_back_empty_not_as_planned(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with browse(database) as client:
        client.log_in("keeper")
        base = f"/routing/trips/{trip.id}"
        sent = filled(client.get(f"{base}/depart").text)
        first = next(name for name in sent if name.startswith("load-") and not name.endswith("_unit"))
        answer = client.send_form(f"{base}/depart", **(sent | {first: "", "driver_phone": "abc"}))

    assert answer.status_code == 422
    assert filled(answer.text)[first] == ""
    assert filled(answer.text)["driver_phone"] == "abc"
    assert "abc\N{NO-BREAK SPACE}» n’est pas un numéro de téléphone" in answer.text


def test_an_emptied_count_comes_back_empty_not_as_sent(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = departed_trip(world)

    with browse(database) as client:
        client.log_in("officer")
        arrive = f"/routing/waybills/{trip.waybills[0].id}/arrive"
        sent = filled(client.get(arrive).text) | {"good-1": "", "missing-1": ""}
        answer = client.send_form(arrive, **sent)

    assert answer.status_code == 422
    assert (filled(answer.text)["good-1"], filled(answer.text)["missing-1"]) == ("", "")


def test_the_choice_of_trucks_says_which_are_on_the_road(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    first = departed_trip(world)
    add_truck(world, "AB-9999-MD")
    later = trip_by_hand(world, begins_on=dt.date(2027, 3, 22))

    with browse(database) as client:
        client.log_in("keeper")
        page = client.get(f"/routing/trips/{later}").text

    options = dict(re.findall(r'<option value="(AB-[^"]+)"[^>]*>([^<]+)</option>', page))
    assert f"en route, tournée {first.label}, retour le 17 mars 2027" in options[PLATE]
    assert "en route" not in options["AB-9999-MD"]


def test_pages_show_only_what_the_reader_may_do(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    plan_id = propose(world)

    with browse(database) as client:
        client.log_in("auditor")
        assert "Approuver le plan" not in client.get(f"/routing/plans/{plan_id}").text
        assert "Calculer un plan" not in client.get("/routing/needs").text
        assert client.send_form(f"/routing/plans/{plan_id}/approve").status_code == 403
        assert client.get("/routing/direct").status_code == 403
        assert client.get(f"/routing/plans/{UUID(int=1)}").status_code == 404


def test_who_cannot_take_a_trip_back_is_told_who_can(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)
    path, site = f"/routing/trips/{trip.id}", trip.waybills[0]
    cancels, undoes = "lui peut l’annuler, vous non", f"Donnez le numéro de la tournée, {trip.label}"
    arrived = f"Donnez le numéro de la lettre de voiture, {site.number}"

    def told(login: str, address: str = path) -> str:
        client.log_in(login)
        return html.unescape(client.get(address).text)

    with browse(database) as client:
        assert cancels in told("keeper")
        assert cancels not in told("officer")
        with world.database.transaction() as session:
            send(session, trip, world.keeper)
        assert undoes in told("keeper")
        assert undoes not in told("officer")
        told("keeper")
        arrive = f"/routing/waybills/{site.id}/arrive"
        sent = filled(client.get(arrive).text) | {"receiver": "Mariam Diallo"}
        assert client.send_form(arrive, **sent).status_code == 303
        waybill = next(one for one in read_trip(world, trip.id).waybills if one.id == site.id)
        assert arrived in told("keeper", f"/routing/waybills/{site.id}")
        assert arrived not in told("officer", f"/routing/waybills/{site.id}")
        assert "Annulez d’abord ce qui est arrivé" in told("officer")
        papers = [f"/inventory/documents/{one}" for one in (waybill.departure_id, waybill.arrival_id)]
        departure, arrival = (told("keeper", paper) for paper in papers)

    assert "le logisticien qui annule un départ, sur la page de sa tournée" in departure
    assert "le logisticien qui annule une arrivée, sur la page de sa lettre de voiture" in arrival


def test_a_trip_by_hand_is_made_on_its_page(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)

    with browse(database) as client:
        client.log_in("officer")
        form = client.get("/routing/direct?cycle=C1")
        fields = {
            "id": hidden(form.text, "id"),
            "cycle_code": "C1",
            "truck": "SIKASSO|10T",
            "begins_on": TODAY.isoformat(),
            "site-0": "KEBILA",
            "product-0": "CSB+",
            "amount-0": "4",
            "amount-0_unit": "pack",
        }
        refused = client.send_form("/routing/direct", **(fields | {"amount-0": "400"}))
        assert refused.status_code == 409
        assert "n’est pas possible" in refused.text  # 400 bags: the checker's reasons in French
        answer = client.send_form("/routing/direct", **fields)

    assert answer.status_code == 303, answer.text
    trip = read_trip(world, UUID(answer.headers["location"].rpartition("/")[2]))
    assert [one.planned_grams for one in trip.waybills] == [100_000]


def test_the_way_for_a_telephone_is_well_formed_and_escaped(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    with database.transaction() as session:
        session.get_one(Place, "KEBILA").name = "Kébila <Nord> & Sud"
    trip = planned_trip(world)

    with browse(database) as client:
        client.log_in("keeper")
        gpx = client.get(f"/routing/trips/{trip.id}/route.gpx")
        kml = client.get(f"/routing/trips/{trip.id}/route.kml")

    points = ET.fromstring(gpx.text).findall(f"{GPX}wpt")  # noqa: S314 - our own answer
    names = [point.findtext(f"{GPX}name") for point in points]
    assert any(name is not None and name.endswith("Kébila <Nord> & Sud") for name in names)
    assert len(points) == 3
    first = ET.fromstring(kml.text).find(f".//{KML}Point/{KML}coordinates")  # noqa: S314 - as above
    assert first is not None
    assert first.text == "-5.67,11.31"  # KML is lon,lat: Sikasso lies 5.67° west
    assert gpx.headers["content-type"].startswith("application/gpx+xml")


def test_waybills_print_in_three_copies(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = departed_trip(world)

    with browse(database) as client:
        client.log_in("keeper")
        printed = client.get(f"/routing/trips/{trip.id}/waybills").text

    assert printed.count('<section class="sheet">') == 6  # two waybills
    for role in ("Expéditeur", "Chauffeur", "Réceptionnaire"):
        assert printed.count(f"<b>{role}</b>") == 6
    assert "Awa Traoré" in printed


def test_a_short_store_is_told_before_and_after_planning(database: Database) -> None:
    world = make_world(database)
    put_stock(world, product="CSB+", lot="C1", expires_on=TODAY.replace(year=2028), grams=1_000_000)

    with browse(database) as client:
        client.log_in("officer")
        needs = client.get("/routing/needs").text
        plan = client.get(f"/routing/plans/{propose(world)}").text

    assert "Il manque 2 025 kg de Super Céréale Plus" in _plain(needs)
    assert "Non servis, et pourquoi" in plan


def test_programs_read_plans_and_trips(database: Database) -> None:
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with browse(database) as client:
        client.log_in("officer")
        plans = client.get("/api/routing/plans?cycle=C1").json()
        trips = client.get("/api/routing/trips?status=planned").json()
        beyond = client.get("/api/routing/trips?limit=10&offset=1").json()
        too_many = client.get("/api/routing/trips?limit=1001")
        one = client.get(f"/api/routing/waybills/{trip.waybills[0].id}").json()
        unknown = client.get(f"/api/routing/trips/{UUID(int=2)}")
        content = client.get(f"/api/routing/plans/{trip.plan_id}/content").json()

    assert [plan["state"] for plan in plans] == ["approved"]
    assert [found["id"] for found in trips] == [str(trip.id)]
    assert beyond == []
    assert too_many.status_code == 422
    assert one["lines"][0]["planned_grams"] == trip.waybills[0].lines[0].planned_grams
    assert unknown.status_code == 404
    assert unknown.headers["content-type"].startswith("application/problem+json")
    assert content["problem"]["format"] == "delivery-problem/1"


def _plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
