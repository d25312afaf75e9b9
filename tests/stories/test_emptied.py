"""A field that a person emptied is empty still when its form is refused and comes back."""

import re
from html import unescape

import pytest

from supply import clock
from supply.db import Database
from supply.demo.staff import ADMINISTRATOR, KEEPERS, LEAD, OFFICER, PASSWORD
from tests.stories.test_links import crawl, kind_of
from tests.world import Browser, browse

WRITERS = (KEEPERS["BAMAKO"], OFFICER, LEAD, ADMINISTRATOR)
UNTOUCHED = {"hidden", "radio", "checkbox", "file", "password"}
# What is chosen or never sent back; all other boxes are written in.
NOT_FOR_THIS = re.compile(r"^/(log|people/log)")
# Without these there is no visit.


@pytest.mark.parametrize("login", WRITERS)
def test_an_emptied_field_is_not_filled_in_again(demo: Database, login: str) -> None:
    with browse(demo, now=clock.now()) as client:
        client.log_in(login, PASSWORD)
        forms = found_forms(client)
        filled = {
            action: again for action, form in forms.items() if (again := refilled(client, action, form))
        }

    assert len(forms) > 3
    assert filled == {}


def found_forms(client: Browser) -> dict[str, str]:
    """The first form of each kind on the pages of this reader, by where it goes."""
    by_kind: dict[str, tuple[str, str]] = {}
    for _, _, page in crawl(client).values():
        for action, form in forms_of(page):
            if not NOT_FOR_THIS.match(action):
                by_kind.setdefault(kind_of(action), (action, form))
    return dict(by_kind.values())


def forms_of(page: str) -> list[tuple[str, str]]:
    """Where each form of a page goes, and its text."""
    found = re.findall(r'(<form[^>]*method="post" action="([^"]*)".*?</form>)', page, re.DOTALL)
    return [(unescape(action), form) for form, action in found]


def refilled(client: Browser, action: str, form: str) -> list[str]:
    """Boxes that are filled in when the form was sent with all of them empty and came back."""
    emptied = {name for name, kind, _, _ in boxes(form) if kind not in UNTOUCHED}
    kept = {name: value for name, kind, value, is_sent in boxes(form) if kind in UNTOUCHED and is_sent}
    answer = client.post(
        action, data=kept | chosen(form) | dict.fromkeys(emptied, ""), follow_redirects=False
    )
    if answer.status_code not in {409, 422}:
        return []
    returned = dict(forms_of(answer.text)).get(action, "")
    return [f"{name}: {value}" for name, _, value, _ in boxes(returned) if name in emptied and value]


def boxes(form: str) -> list[tuple[str, str, str, bool]]:
    """Name, type and value of each input, and whether a browser would send it."""
    found = []
    for tag in re.findall(r"<input[^>]*>", form):
        parts = {name: unescape(value) for name, value in re.findall(r' ([a-z]+)="([^"]*)"', tag)}
        kind = parts.get("type", "text")
        is_sent = kind not in {"radio", "checkbox"} or " checked" in tag
        found.append((parts.get("name", ""), kind, parts.get("value", ""), is_sent))
    return found


def chosen(form: str) -> dict[str, str]:
    """What each list of choices stands at."""
    found = {}
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        found[unescape(name)] = next(
            (value for value, mark in values if mark), values[0][0] if values else ""
        )
    return found
