"""What somebody who hears a page, or moves through it by keys, would miss: a small check of its HTML.

No program of others that checks this comes from PyPI and works offline; these rules are those of WCAG 2.2
level A that a program can decide, on pages which the macros of templates/macros make.
"""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "col", "source", "wbr"})
SHAPES = frozenset({"path", "rect", "circle", "line", "use", "polygon", "polyline", "ellipse"})
# Written without an end in our templates.
CONTROLS = frozenset({"input", "select", "textarea"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
POINTERS = ("aria-describedby", "aria-labelledby", "aria-controls", "for")


class Element:
    """An element with what it holds."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.parts: list[Element | str] = []

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def walk(self) -> Iterator["Element"]:
        """This element and all below, in the order of the page."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def above(self) -> Iterator["Element"]:
        one = self.parent
        while one is not None:
            yield one
            one = one.parent

    def text(self) -> str:
        """What is read aloud of it."""
        if self.get("aria-hidden") == "true":
            return ""
        if self.get("aria-label"):
            return self.get("aria-label")
        return " ".join(part if isinstance(part, str) else part.text() for part in self.parts).strip()

    def __str__(self) -> str:
        named = {name: self.get(name) for name in ("id", "name", "class", "href") if self.get(name)}
        return f"<{self.tag} {named}>" if named else f"<{self.tag}>"


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("page", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.parts.append(made)
        if tag not in VOID | SHAPES:
            self.here = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.parts.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        for one in (self.here, *self.here.above()):
            if one.tag == tag and one.parent is not None:
                self.here = one.parent
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.here.parts.append(data.strip())


def faults(html: str) -> list[str]:
    """What is wrong with this page, a sentence each."""
    tree = _Tree()
    tree.feed(html)
    page = list(tree.root.walk())
    return [
        *_whole(page),
        *_pointers(page),
        *_headings(page),
        *(said for one in page for said in _controls(one, page)),
        *(said for one in page for said in _tables(one)),
        *(said for one in page for said in _names(one)),
    ]


def _whole(page: list[Element]) -> Iterator[str]:
    html = next(one for one in page if one.tag == "html")
    if html.get("lang") not in {"fr", "en"}:
        yield "the page does not say its language"
    if not any(one.tag == "title" and one.text() for one in page):
        yield "the page has no title"
    if sum(one.tag == "main" for one in page) != 1:
        yield "the page needs one main part"
    ids = Counter(one.get("id") for one in page if one.get("id"))
    yield from (f"id {name} stands {count} times" for name, count in ids.items() if count > 1)
    yield from (
        f"{one} changes the order of keys" for one in page if one.get("tabindex") not in {"", "0", "-1"}
    )


def _pointers(page: list[Element]) -> Iterator[str]:
    ids = {one.get("id") for one in page}
    for one in page:
        for pointer in POINTERS:
            for name in one.get(pointer).split():
                if name not in ids:
                    yield f"{one} points by {pointer} to {name}, which is not there"


def _headings(page: list[Element]) -> Iterator[str]:
    levels = [HEADINGS.index(one.tag) + 1 for one in page if one.tag in HEADINGS]
    if levels.count(1) != 1:
        yield f"the page has {levels.count(1)} main headings"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"
    yield from (f"{one} is empty" for one in page if one.tag in HEADINGS and not one.text())


def _controls(one: Element, page: list[Element]) -> Iterator[str]:
    if one.tag == "fieldset" and not any(part.tag == "legend" and part.text() for part in one.walk()):
        yield f"{one} has no legend"
    if one.tag not in CONTROLS or one.get("type") in {"hidden", "submit"}:
        return
    labels = [
        other
        for other in page
        if other.tag == "label" and one.get("id") and other.get("for") == one.get("id")
    ]
    labels += [other for other in one.above() if other.tag == "label"]
    if not (one.get("aria-label") or any(label.text() for label in labels)):
        yield f"{one} has no label"
    is_choice = one.get("type") == "radio"
    if is_choice and not any(
        other.tag == "fieldset" or (other.get("role") == "radiogroup" and other.get("aria-label"))
        for other in one.above()
    ):
        yield f"{one} is a choice of nothing that has a name"
    if one.get("aria-invalid") == "true" and not one.get("aria-describedby"):
        yield f"{one} is wrong and does not say why"


def _tables(one: Element) -> Iterator[str]:
    if one.tag != "table":
        return
    if not any(part.tag == "caption" and part.text() for part in one.walk()):
        yield f"{one} has no caption"
    heads = [part for part in one.walk() if part.tag == "th"]
    if not heads:
        yield f"{one} has no head"
    yield from (f"a head “{head.text()}” has no scope" for head in heads if not head.get("scope"))


def _names(one: Element) -> Iterator[str]:
    if one.tag in {"a", "button", "summary", "caption", "legend", "option"} and not (
        one.text() or (one.tag == "option" and one.get("value") == "")
    ):
        yield f"{one} has no name"
    if one.tag == "img" and "alt" not in one.attributes:
        yield f"{one} has no alternative text"
    is_part = any(other.tag == "svg" for other in one.above())
    is_drawing = one.tag == "svg" and not is_part and one.get("aria-hidden") != "true"
    if is_drawing and not (one.get("role") in {"img", "group"} and one.get("aria-label")):
        yield f"{one} is a drawing without a name"
    if one.tag == "nav" and not one.get("aria-label"):
        yield f"{one} is a menu without a name"
