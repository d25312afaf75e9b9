"""Codes and names as the register takes them, and the sites that they belong to."""

from typing import Annotated, ClassVar

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import place
from supply.errors import NotFound
from supply.i18n import N_

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[\w.-]+$")]
# On cards, in addresses of pages and in files: letters, figures, dot, dash and underscore.
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class SiteUnknown(NotFound):
    """No distribution site has this code."""

    code: ClassVar[str] = "site-unknown"
    title = N_("There is no distribution site “{site}”; choose one from the list.")


def check_site(session: Session, site_code: str) -> None:
    """Raise SiteUnknown unless the code is a distribution site's."""
    found = place(session, site_code)
    if found is None or found.kind != "site":
        raise SiteUnknown(site=site_code)
