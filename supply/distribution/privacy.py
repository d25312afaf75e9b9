"""Who may see names: people who register or distribute at the site, and the auditor."""

from typing import ClassVar

from supply.errors import NotAllowed
from supply.i18n import N_
from supply.people.rights import ROLE_NAMES, Actor, Right
from supply.people.words import Role


class PersonalDataClosed(NotAllowed):
    """Names are for those who work with the people, and for the auditor."""

    code: ClassVar[str] = "personal-data-closed"
    title = N_("Names of people are not shown to a {role:message}. The figures are under “Coverage”.")


class PersonalDataOfOthers(NotAllowed):
    """The right is there, but for other places."""

    code: ClassVar[str] = "personal-data-of-others"
    title = N_("{site} is not one of your places; you see the people of {places}.")


def may_see_people(actor: Actor, site_code: str | None = None) -> bool:
    """True when names may be shown to the actor, of a site or at all."""
    if actor.role is Role.AUDITOR:
        return site_code is None or actor.places is None or site_code in actor.places
    return actor.may(Right.REGISTER_PEOPLE, site_code) or actor.may(Right.DISTRIBUTE, site_code)


def require_people(actor: Actor, site_code: str | None = None) -> None:
    """Refuse to show names to somebody who has no part in it."""
    if not may_see_people(actor):
        raise PersonalDataClosed(role=ROLE_NAMES[actor.role])
    if not may_see_people(actor, site_code):
        raise PersonalDataOfOthers(site=site_code, places=sorted(actor.places or ()))
