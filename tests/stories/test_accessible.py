"""Every page can be heard, and used by keys: names, labels, captions, headings, in both languages."""

import pytest

from supply import clock
from supply.db import Database
from supply.demo.staff import ADMINISTRATOR, KEEPERS, LEAD, PASSWORD
from tests.stories.hearing import faults
from tests.stories.test_links import crawl
from tests.world import browse


def page_with(body: str) -> str:
    return f'<html lang="fr"><title>t</title><main><h1>Stock</h1>{body}</main></html>'


@pytest.mark.parametrize("login", [ADMINISTRATOR, KEEPERS["SIKASSO"], LEAD])
def test_every_page_can_be_heard(demo: Database, login: str) -> None:
    with browse(demo, now=clock.now()) as client:
        before = client.get("/login").text
        client.log_in(login, PASSWORD)
        pages = {path: text for path, (_, _, text) in crawl(client).items() if text}
        pages |= {"/login": before, "/nowhere": client.get("/nowhere").text}

    wrong = {path: said for path, text in pages.items() if (said := sorted(set(faults(text))))}
    assert len(pages) > 15
    assert wrong == {}


def test_a_form_that_comes_back_can_be_heard(demo: Database) -> None:
    with browse(demo, now=clock.now()) as client:
        client.log_in(ADMINISTRATOR, PASSWORD)
        answer = client.send_form("/procurement/orders/new", currency="XOF", **{"lines-0-tonnes": "-3"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert faults(answer.text) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<input name="lot">', "<input {'name': 'lot'}> has no label"),
        ('<label for="a">Lot</label><input id="b">', "<label> points by for to a, which is not there"),
        ('<label for="a"> </label><input id="a">', "<input {'id': 'a'}> has no label"),
        ("<table><tr><th scope=col>Lot</th></tr></table>", "<table> has no caption"),
        ("<table><caption>Lots</caption><tr><th>Lot</th></tr></table>", "a head “Lot” has no scope"),
        ('<p id="a"></p><p id="a"></p>', "id a stands 2 times"),
        ("<h1>Stock</h1>", "the page has 2 main headings"),
        ("<h3>Lots</h3>", "a heading of level 3 follows one of level 1"),
        ('<button><svg aria-hidden="true"></svg></button>', "<button> has no name"),
        ('<svg role="img"></svg>', "<svg> is a drawing without a name"),
        ("<fieldset><p>Lots</p></fieldset>", "<fieldset> has no legend"),
        ('<p tabindex="3">Lots</p>', "<p> changes the order of keys"),
    ],
)
def test_the_check_itself_hears(body: str, fault: str) -> None:
    assert fault in faults(page_with(body))


def test_the_check_is_content_with_a_plain_page() -> None:
    assert faults(page_with('<label>Lot <input name="lot"></label><h2>Lots</h2>')) == []
