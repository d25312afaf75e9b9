"""Messages of the program and of the pages against their French.

`.venv/bin/python -m tests.translations [AREA ...]` prints what is missing; append it to
`supply/locale/fr/<area>.po` and write the French.
"""

import re
import string
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "supply" / "locale" / "fr"
KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2), "translate_count": (1, 2)}
KERNEL = "kernel"
# Area of the messages in supply/*.py; each other message belongs to its folder.
PERCENT = re.compile(r"%\((\w+)\)[sd]")


class Message(NamedTuple):
    """One text that a reader may see; `plural` is empty where there is none."""

    singular: str
    plural: str
    area: str
    place: str
    line: int

    @property
    def is_in_a_page(self) -> bool:
        return self.place.startswith("templates/")


class French(NamedTuple):
    """One entry of a catalogue; one text, or two where English has a plural."""

    singular: str
    plural: str
    texts: tuple[str, ...]
    is_fuzzy: bool
    file: str


def messages() -> list[Message]:
    """Every marked text of the program and the pages; raises on a template that cannot be read."""
    return [*_in_files("supply", "*.py", "python"), *_in_files("templates", "*.html", babel_extract)]


def french() -> list[French]:
    """Every entry of every area's catalogue."""
    return [entry for path in sorted(LOCALE.glob("*.po")) for entry in _entries(path)]


def missing(found: Iterable[Message], known: Iterable[French]) -> list[Message]:
    """Messages without French, the first place of each."""
    done = {(entry.singular, entry.plural) for entry in known if all(entry.texts)}
    return list({(m.singular, m.plural): m for m in found if (m.singular, m.plural) not in done}.values())


def unused(found: Iterable[Message], known: Iterable[French]) -> list[French]:
    """French for what the program no longer says."""
    said = {(message.singular, message.plural) for message in found}
    return [entry for entry in known if (entry.singular, entry.plural) not in said]


def placeholders(text: str) -> set[str]:
    """What is filled into a text: `lot`, `grams:mass`, `%count`."""
    try:
        parts = [(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        parts = []
    braces = {f"{name}:{spec}" if spec else name for name, spec in parts}
    return braces | {f"%{name}" for name in PERCENT.findall(text)}


def as_po(found: Sequence[Message]) -> str:
    """Messages as entries to fill in."""
    catalog = Catalog(locale="fr")
    for message in found:
        key = (message.singular, message.plural) if message.plural else message.singular
        catalog.add(key, locations=[(message.place, message.line)])
    output = BytesIO()
    write_po(output, catalog, omit_header=True, width=110)
    return output.getvalue().decode()


def _in_files(folder: str, pattern: str, method: object) -> Iterator[Message]:
    for path in sorted((ROOT / folder).rglob(pattern)):
        inside = path.relative_to(ROOT / folder).parts
        area = inside[0] if len(inside) > 1 else KERNEL if folder == "supply" else "web"
        if folder == "templates" and area in {"macros", "errors"}:
            area = "web"
        place = str(path.relative_to(ROOT))
        with path.open("rb") as stream:
            options = {"silent": "false", "encoding": "utf-8"}
            for line, said, _comments, _context in extract(method, stream, KEYWORDS, (), options):  # type: ignore[arg-type]  # the stubs know no callable here
                singular, plural = said if isinstance(said, tuple) else (said, "")
                yield Message(singular, plural or "", area, place, line)


def _entries(path: Path) -> Iterator[French]:
    with path.open("rb") as stream:
        catalog = read_po(stream, locale="fr", abort_invalid=True)
    for entry in catalog:
        if not entry.id:
            continue
        singular, plural = entry.id if isinstance(entry.id, tuple | list) else (entry.id, "")
        texts = tuple(entry.string) if isinstance(entry.string, tuple | list) else (entry.string or "",)
        yield French(singular, plural, texts, entry.fuzzy, path.name)


def main(areas: Sequence[str]) -> int:
    """Print the missing messages of these areas, or of all; 1 when there are some."""
    found, known = messages(), french()
    lacking = [m for m in missing(found, known) if not areas or m.area in areas]
    for area in sorted({message.area for message in lacking}):
        print(f"# ---- supply/locale/fr/{area}.po\n")
        print(as_po([message for message in lacking if message.area == area]))
    for entry in unused(found, known):
        if not areas or entry.file.removesuffix(".po") in areas:
            print(f"# unused in {entry.file}: {entry.singular}")
    print(f"# {len(lacking)} missing", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
