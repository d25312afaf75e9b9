"""Names as they are searched: a phone without accents finds Traoré. Names are kept and shown as given."""

import unicodedata


def folded(text: str) -> str:
    """Without case and accents, spaces single."""
    plain = unicodedata.normalize("NFD", text)
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).casefold().split())
