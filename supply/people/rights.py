"""Who may do what where: the actor, the rights of each role, and the one check that operations call first."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import msgspec

from supply.errors import NotAllowed
from supply.i18n import N_
from supply.people.words import Role


class Right(StrEnum):
    """One thing a person may do; reading is open to every logged-in user."""

    RECORD_STOCK = "record-stock"
    DECIDE_QUALITY = "decide-quality"
    OVERRIDE_EXPIRY = "override-expiry"
    REVERSE = "reverse"
    CLOSE_PERIOD = "close-period"
    BUY = "buy"
    PLAN_DELIVERIES = "plan-deliveries"
    APPROVE_PLANS = "approve-plans"
    RUN_TRIPS = "run-trips"
    REGISTER_PEOPLE = "register-people"
    DISTRIBUTE = "distribute"
    MANAGE_PROGRAMME = "manage-programme"
    MANAGE_CATALOG = "manage-catalog"
    MANAGE_USERS = "manage-users"


RIGHTS_OF_ROLE: dict[Role, frozenset[Right]] = {
    Role.KEEPER: frozenset({Right.RECORD_STOCK, Right.RUN_TRIPS}),
    Role.OFFICER: frozenset(
        {
            Right.RECORD_STOCK,
            Right.DECIDE_QUALITY,
            Right.OVERRIDE_EXPIRY,
            Right.REVERSE,
            Right.CLOSE_PERIOD,
            Right.BUY,
            Right.PLAN_DELIVERIES,
            Right.APPROVE_PLANS,
            Right.RUN_TRIPS,
            Right.MANAGE_CATALOG,
        }
    ),
    Role.LEAD: frozenset({Right.REGISTER_PEOPLE, Right.DISTRIBUTE, Right.MANAGE_PROGRAMME}),
    Role.ADMINISTRATOR: frozenset(Right),
    Role.AUDITOR: frozenset(),
}
ROLE_NAMES: dict[Role, str] = {
    Role.OFFICER: N_("logistics officer"),
    Role.KEEPER: N_("warehouse keeper"),
    Role.LEAD: N_("nutrition lead"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.AUDITOR: N_("auditor"),
}


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The user behind one request; `places` None means every place."""

    user_id: UUID
    login: str
    name: str
    role: Role
    places: frozenset[str] | None = None
    language: str = "fr"

    def may(self, right: Right, place_code: str | None = None) -> bool:
        """True when the role has the right and the place, if one is named, is the actor's."""
        if right not in RIGHTS_OF_ROLE[self.role]:
            return False
        return place_code is None or self.places is None or place_code in self.places


class RightMissing(NotAllowed):
    """The role does not include this."""

    code: ClassVar[str] = "right-missing"
    title = N_(
        "{name} is {role:message}; this needs somebody else. Ask the administrator if you should be able to."
    )


class PlaceNotYours(NotAllowed):
    """The right is there, but for other places."""

    code: ClassVar[str] = "place-not-yours"
    title = N_("{place} is not one of your places; you can work at {places}.")


def require(actor: Actor, right: Right, *place_codes: str) -> None:
    """Refuse the operation unless the actor has the right at every one of the places."""
    if not actor.may(right):
        raise RightMissing(name=actor.name, role=ROLE_NAMES[actor.role], right=right.value)
    for code in place_codes:
        if not actor.may(right, code):
            raise PlaceNotYours(place=code, places=sorted(actor.places or ()))
