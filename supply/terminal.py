"""What commands of several areas share: their options, and how an answer is shown."""

from collections.abc import Iterable, Sequence

import click

from supply.i18n import gettext
from supply.settings import read_settings

database_option = click.option(
    "--database",
    default=lambda: read_settings().database_url,
    help="SQLAlchemy URL of the database; else SUPPLY_DATABASE_URL.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON, grams as integers.")


def columns(words: Sequence[str], figures: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows under their heads, in the reader's language: words to the left, then figures to the right."""
    lines = [tuple(gettext(head) for head in (*words, *figures)), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:{width}}" if place < len(words) else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
