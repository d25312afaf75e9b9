"""Which kind of place an operation is about."""

from collections.abc import Collection, Mapping
from typing import ClassVar

from supply.errors import Invalid
from supply.i18n import N_
from supply.inventory.locations import PlaceUnknown
from supply.inventory.words import LocationKind


class NotAStore(Invalid):
    """A site where a store is needed."""

    code: ClassVar[str] = "not-a-store"
    title = N_("{place} is a distribution site, not a store; choose a store.")


class NotASite(Invalid):
    """A store where a site is needed."""

    code: ClassVar[str] = "not-a-site"
    title = N_("{place} is a store, not a distribution site; choose a site.")


def refuse_other_kinds(
    kinds: Mapping[str, LocationKind],
    *,
    places: Collection[str],
    stores: Collection[str],
    sites: Collection[str],
) -> None:
    """Refuse places that are unknown, stores that are sites and sites that are stores; `kinds` by code.

    Raises PlaceUnknown, NotAStore, NotASite.
    """
    for code in (*places, *stores, *sites):
        if code not in kinds:
            raise PlaceUnknown(place=code)
    for code in stores:
        if kinds[code] != LocationKind.STORE:
            raise NotAStore(place=code)
    for code in sites:
        if kinds[code] != LocationKind.SITE:
            raise NotASite(place=code)
