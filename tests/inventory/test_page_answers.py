"""What the storekeeper's pages say when something is on hold, wrong, blank or to be corrected."""

import html
import re
from collections.abc import Iterator

import pytest

from supply.ids import new_id
from tests.inventory.made import issued, received
from tests.inventory.test_pages import a_receipt, hidden
from tests.world import TODAY, Browser, World, browse

HELD_UNTIL = "les lots sont bloqués jusqu’à la décision sur leur qualité"


@pytest.fixture
def client(world: World) -> Iterator[Browser]:
    with browse(world.database) as opened:
        yield opened


def test_a_keeper_is_told_who_can_reverse_a_paper_and_by_which_number(world: World, client: Browser) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 25_000)
    path, told = f"/inventory/documents/{paper.id}", f"Donnez son numéro, {paper.number}, au logisticien"

    client.log_in("keeper")
    assert told in html.unescape(client.get(path).text)
    client.log_in("officer")
    assert told not in html.unescape(client.get(path).text)

    client.send_form(f"{path}/reverse", id=str(new_id()), reason="mauvais site")
    client.log_in("keeper")
    assert told not in html.unescape(client.get(path).text)


def test_a_receipt_says_why_it_is_on_hold_and_what_comes_next(world: World, client: Browser) -> None:
    def told(**others: str) -> str:
        sent = client.send_form("/inventory/receive", **a_receipt(**others))
        return html.unescape(client.get(sent.headers["location"]).text)

    client.log_in("keeper")
    assert HELD_UNTIL in told()
    client.log_in("officer")
    assert HELD_UNTIL not in told(lot0="N2", condition="good")


def test_the_day_of_production_is_marked_as_optional(client: Browser) -> None:
    client.log_in("keeper")

    text = html.unescape(client.get("/inventory/receive").text)

    assert "Facultatif\N{NO-BREAK SPACE}: laissez vide" in text


def test_words_in_a_field_of_packs_are_not_answered_with_kilograms(world: World, client: Browser) -> None:
    client.log_in("keeper")

    answer = client.send_form("/inventory/receive", **a_receipt(packs0="dix"))

    text = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "n’est pas un nombre entier" in text
    assert "écrivez des kilogrammes" not in text


def test_reasons_of_a_count_outlive_a_correction_of_the_sheet(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 100_000)
    client.log_in("keeper")
    typed = hidden(client.get("/inventory/count").text) | {
        "occurred_on": TODAY.isoformat(),
        f"p0-{lot_id}-good": "3",
        f"k-{lot_id}-good": "",
    }
    review = client.send_form("/inventory/count/review", **typed)
    form_id = re.search(r'<form[^>]*id="([^"]*)"[^>]*action="/inventory/count"', review.text)
    assert form_id is not None
    assert f'form="{form_id[1]}" formaction="/inventory/count/change"' in review.text

    reason = {f"r-{lot_id}-good": "sac percé"}
    sheet = client.send_form("/inventory/count/change", **hidden(review.text) | reason)
    corrected = hidden(sheet.text) | typed | {f"p0-{lot_id}-good": "2"}
    again = client.send_form("/inventory/count/review", **corrected)

    assert f'name="r-{lot_id}-good" type="text" value="sac percé"' in again.text


def test_a_blank_sheet_is_refused_before_the_differences(world: World, client: Browser) -> None:
    received(world, "A1", 100_000)
    client.log_in("keeper")

    answer = client.send_form(
        "/inventory/count/review",
        **hidden(client.get("/inventory/count").text) | {"occurred_on": TODAY.isoformat()},
    )

    assert answer.status_code == 422
    assert "La feuille est vide" in html.unescape(answer.text)
    assert 'action="/inventory/count/review"' in answer.text


def test_what_two_lots_have_loose_is_no_whole_bag(world: World, client: Browser) -> None:
    received(world, "A1", 25_000 + 23_400)
    received(world, "A2", 25_000 + 1_600)
    client.log_in("keeper")

    stock, today = (html.unescape(client.get(path).text) for path in ("/inventory/stock", "/inventory"))

    # 25 + 23,4 kg and 25 + 1,6 kg: two bags, and 23,4 + 1,6 = 25 kg in two opened ones.
    assert "2 × sac 25 kg + 25\N{NO-BREAK SPACE}kg" in stock
    assert "2 × sac 25 kg + 25\N{NO-BREAK SPACE}kg" in today


def test_loose_kilograms_of_a_count_are_reviewed_as_they_were_written(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 100_000)
    client.log_in("keeper")
    typed = {"occurred_on": TODAY.isoformat(), f"p0-{lot_id}-good": "2", f"k-{lot_id}-good": "53,4"}
    beside = {
        "pack0": "BAG",
        "lot0": "N7",
        "expires0": TODAY.replace(year=TODAY.year + 1).isoformat(),
        "packs0": "1",
        "kg0": "30",
    }

    sheet = hidden(client.get("/inventory/count").text)
    review = html.unescape(client.send_form("/inventory/count/review", **sheet | typed | beside).text)

    counted = re.findall(r"<dt>Compté</dt><dd>([^<]*)</dd>", review)
    kg = "\N{NO-BREAK SPACE}kg"
    assert counted == [f"2 × sac 25 kg + 53,4{kg}", f"1 × sac 25 kg + 30{kg}"]
