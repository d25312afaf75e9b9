"""Words with a fixed set of values."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """What a place is for."""

    STORE = "store"
    SITE = "site"


class Surface(StrEnum):
    """Class of a road, which decides its speed and when it closes."""

    PAVED = "paved"
    LATERITE = "laterite"
    TRACK = "track"
