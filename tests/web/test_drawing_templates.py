"""What every template keeps to, so that pages work under the strict content policy and on small phones."""

import re
from pathlib import Path

import pytest

from supply.paths import STATIC, data
from supply.web.drawing.bars import Bar, bars_view
from supply.web.templating import make_environment

TEMPLATES = sorted(Path(data("templates")).rglob("*.html"))
FORBIDDEN = {
    r"\sstyle=": "styles stand in app.css: the content policy drops inline ones",
    r"<style": "styles stand in app.css: the content policy drops inline ones",
    r"<script(?![^>]*\ssrc=)": "scripts stand in app.js: the content policy drops inline ones",
    r"\son[a-z]+=": "handlers stand in app.js: the content policy drops inline ones",
    r"\|\s*safe\b": "texts from people are never markup",
    r"https?://": "a page needs no internet",
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_nothing_that_the_content_policy_drops(template: Path) -> None:
    text = template.read_text(encoding="utf-8")

    found = [f"{pattern}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, text)]

    assert found == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    base = Path(data("templates"), "base.html").read_text(encoding="utf-8")
    named = set(re.findall(r'"[a-z]*": "([a-z]+)"', base.split("section_icons = {", 1)[1].split("}", 1)[0]))
    for template in TEMPLATES:
        named |= set(re.findall(r'icon\("([a-z]+)"\)', template.read_text(encoding="utf-8")))

    assert named <= drawn


def test_the_shared_files_are_light() -> None:
    """At 50 kbit/s and compressed to a third, 14 kB come in under a second."""
    weights = {file.name: file.stat().st_size for file in STATIC.iterdir() if file.is_file()}

    assert weights["app.css"] < 14_000
    assert weights["drawing.css"] < 6_000
    assert weights["app.js"] < 6_000
    assert weights["icons.svg"] < 6_000


def test_a_chart_without_links_is_one_image_and_with_links_a_group() -> None:
    template = make_environment().from_string(
        '{% from "macros/drawing.html" import bars %}{{ bars(view, title="Couverture") }}'
    )

    plain = template.render(view=bars_view((Bar("Kébila", 1, 2),)))
    linked = template.render(view=bars_view((Bar("Kébila", 1, 2, href="/coverage/ML030406"),)))

    assert 'role="img"' in plain
    assert 'role="group"' in linked
    assert 'href="/coverage/ML030406"' in linked
