"""Every text that a reader may see stands in French too, whole and with the same facts."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from supply.web.templating import make_environment
from tests.translations import (
    ROOT,
    French,
    Message,
    as_po,
    french,
    messages,
    missing,
    placeholders,
    unused,
)


@pytest.fixture(scope="module")
def said() -> list[Message]:
    return messages()


@pytest.fixture(scope="module")
def known() -> list[French]:
    return french()


def test_every_message_has_a_french_text(said: list[Message], known: list[French]) -> None:
    lacking = missing(said, known)

    assert not lacking, ".venv/bin/python -m tests.translations prints these:\n" + as_po(lacking)


def test_no_french_text_is_left_over(said: list[Message], known: list[French]) -> None:
    assert [f"{entry.file}: {entry.singular}" for entry in unused(said, known)] == []


def test_no_french_text_is_a_guess(known: list[French]) -> None:
    """A fuzzy entry was matched by a tool and read by nobody."""
    assert [f"{entry.file}: {entry.singular}" for entry in known if entry.is_fuzzy] == []


def test_french_fills_in_the_same_facts(known: list[French]) -> None:
    wrong = []
    for entry in known:
        wanted = placeholders(entry.singular) | placeholders(entry.plural)
        for text in entry.texts:
            # One lot may be said without its number, so the singular of a pair may leave facts out.
            given = placeholders(text)
            is_lax = bool(entry.plural) and text is entry.texts[0]
            if not (given <= wanted if is_lax else given == wanted):
                wrong.append(f"{entry.file}: {entry.singular} -> {text}: {sorted(given ^ wanted)}")

    assert wrong == []


def test_a_french_sign_stays_on_the_line_of_its_word(known: list[French]) -> None:
    """French sets a space before these signs; a narrow screen must not break the line there."""
    loose = re.compile(r" [:;?!»]|« ")

    assert [f"{entry.file}: {text}" for entry in known for text in entry.texts if loose.search(text)] == []


def test_a_message_of_two_catalogues_has_one_french_text(known: list[French]) -> None:
    texts: defaultdict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for entry in known:
        texts[entry.singular, entry.plural].add(entry.texts)

    assert {key: found for key, found in texts.items() if len(found) > 1} == {}


def test_a_message_is_never_both_with_and_without_plural(said: list[Message]) -> None:
    """The catalogue has one entry per English text; the second would take the place of the first."""
    plurals: defaultdict[str, set[str]] = defaultdict(set)
    for message in said:
        plurals[message.singular].add(message.plural)

    assert {text: found for text, found in plurals.items() if len(found) > 1} == {}


def test_percent_signs_in_pages_are_doubled(said: list[Message], known: list[French]) -> None:
    """Jinja fills every text of a page by `%`, so that a bare percent sign ends the page with an error."""
    in_pages = {message.singular for message in said if message.is_in_a_page}
    texts = {text for m in said if m.is_in_a_page for text in (m.singular, m.plural)}
    texts |= {text for entry in known if entry.singular in in_pages for text in entry.texts}
    broken = []
    for text in sorted(texts):
        try:
            text % defaultdict(str)
        except (ValueError, TypeError):
            broken.append(text)

    assert broken == []


def test_marked_messages_are_written_out() -> None:
    """Extraction passes over `N_(variable)` without a word."""
    broken = []
    for path in sorted((ROOT / "supply").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                text = node.args[0] if len(node.args) == 1 else None
                if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                    broken.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert broken == []


def test_every_template_compiles() -> None:
    """Extraction and the service meet a template only when they use it; a mistake has to show at once."""
    environment = make_environment()
    names = environment.list_templates()
    assert names, "the templates are where the program looks for them"

    for name in names:
        environment.compile(Path(str(environment.get_template(name).filename)).read_text(encoding="utf-8"))
