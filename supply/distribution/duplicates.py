"""Which persons of a register may be the same one. A suspicion only: a person decides, nothing is merged."""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import msgspec


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What two persons are compared by."""

    person_code: str
    household_code: str
    site_code: str
    name: str
    sex: str
    born_on: dt.date


def possible_duplicates(persons: Iterable[Known]) -> tuple[tuple[str, str], ...]:
    """Pairs of codes with the same name, birth date and sex in one household or at one site, each pair once.

    Twins share household, birth date and often sex, but not the first name: they are never a pair. Names are
    compared as written but for case, spacing and the two ways of composing an accent; they are not
    transliterated, because Bambara, Fulfulde and Arabic spellings that look alike are different names.
    """
    alike: dict[tuple[str, str, dt.date], list[Known]] = defaultdict(list)
    for person in persons:
        alike[compared_name(person.name), person.sex, person.born_on].append(person)
    pairs: set[tuple[str, str]] = set()
    for group in alike.values():
        for one, other in combinations(group, 2):
            if one.household_code == other.household_code or one.site_code == other.site_code:
                first, second = sorted((one.person_code, other.person_code))
                pairs.add((first, second))
    return tuple(sorted(pair for pair in pairs if pair[0] != pair[1]))


def compared_name(name: str) -> str:
    """A name as it is compared, never as it is shown."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
