"""Names as they are searched: a phone without accents finds Traoré. Names are kept and shown as given."""

import unicodedata


def folded(text: str) -> str:
    """Without case and accents, spaces single."""
    plain = unicodedata.normalize("NFD", text)
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).casefold().split())


_AS_ONE = str.maketrans({"c": "k", "q": "k", "z": "s"})
_UNHEARD = frozenset("aeiouywh")


def sound(word: str) -> str:
    """What stays of a folded word however it is spelt: Fatumata as Fatoumata, Kulibali as Coulibaly."""
    heard = [letter for letter in word.replace("dj", "j").translate(_AS_ONE) if letter.isalnum()]
    kept: list[str] = ["a"] if heard[:1] and heard[0] in _UNHEARD else []
    for letter in heard:
        if letter not in _UNHEARD and kept[-1:] != [letter]:
            kept.append(letter)
    return "".join(kept)


def sounds_in(text: str) -> frozenset[str]:
    """The sounds of the words of a name."""
    return frozenset(sound(word) for word in folded(text).split()) - {""}
