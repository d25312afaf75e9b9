"""Which kind of place an operation is about."""

from typing import ClassVar

from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.i18n import N_
from supply.inventory.locations import place_kinds
from supply.inventory.words import LocationKind


class NotAStore(Invalid):
    """A site where a store is needed."""

    code: ClassVar[str] = "not-a-store"
    title = N_("{place} is a distribution site, not a store; choose a store.")


class NotASite(Invalid):
    """A store where a site is needed."""

    code: ClassVar[str] = "not-a-site"
    title = N_("{place} is a store, not a distribution site; choose a site.")


def require_store(session: Session, place_code: str) -> None:
    """Refuse anything but a store."""
    if place_kinds(session, [place_code])[place_code] != LocationKind.STORE:
        raise NotAStore(place=place_code)


def require_store_and_site(session: Session, store_code: str, site_code: str) -> None:
    """Refuse anything but a store and a site."""
    kinds = place_kinds(session, [store_code, site_code])
    if kinds[store_code] != LocationKind.STORE:
        raise NotAStore(place=store_code)
    if kinds[site_code] != LocationKind.SITE:
        raise NotASite(place=site_code)
