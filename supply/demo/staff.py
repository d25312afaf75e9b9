"""The people of the demo and their logins; every name is invented."""

import msgspec

from supply.demo.teller import Teller
from supply.people.sessions import actor_named
from supply.people.users import AddUser, add_user, found
from supply.people.words import Role

PASSWORD = "farine-demo-2027"
# Public on purpose: printed when the demo starts.

OFFICER, LEAD, AUDITOR, ADMINISTRATOR = "logistique", "nutrition", "audit", "admin"
KEEPERS = {
    "BAMAKO": "magasin.bamako",
    "KAYES": "magasin.kayes",
    "SIKASSO": "magasin.sikasso",
    "SEGOU": "magasin.segou",
    "SEVARE": "magasin.sevare",
}


class Login(msgspec.Struct, frozen=True):
    """A login of the demo and what it is for."""

    login: str
    name: str
    role: Role
    places: tuple[str, ...] = ()


LOGINS = (
    Login(ADMINISTRATOR, "Fanta Keïta", Role.ADMINISTRATOR),
    Login(OFFICER, "Moussa Diarra", Role.OFFICER),
    Login(LEAD, "Awa Coulibaly", Role.LEAD),
    Login(AUDITOR, "Ibrahim Maïga", Role.AUDITOR),
    Login(KEEPERS["BAMAKO"], "Oumar Sissoko", Role.KEEPER, ("BAMAKO",)),
    Login(KEEPERS["KAYES"], "Salif Dembélé", Role.KEEPER, ("KAYES",)),
    Login(KEEPERS["SIKASSO"], "Mariam Koné", Role.KEEPER, ("SIKASSO",)),
    Login(KEEPERS["SEGOU"], "Bakary Traoré", Role.KEEPER, ("SEGOU",)),
    Login(KEEPERS["SEVARE"], "Aminata Guindo", Role.KEEPER, ("SEVARE",)),
)


def found_service(teller: Teller) -> None:
    """Make the administrator of the empty database."""
    first = LOGINS[0]
    now = teller.at(teller.day(-270))
    with teller.database.transaction() as session:
        found(
            session, AddUser(login=first.login, name=first.name, role=first.role, password=PASSWORD), now=now
        )
    _remember(teller, first)


def hire(teller: Teller) -> None:
    """Add everybody else; their places exist by now."""
    for one in LOGINS[1:]:
        command = AddUser(login=one.login, name=one.name, role=one.role, password=PASSWORD, places=one.places)
        teller.do(add_user, command, who=ADMINISTRATOR, on=teller.day(-255))
        _remember(teller, one)


def _remember(teller: Teller, login: Login) -> None:
    actor = teller.read(actor_named, login.login)
    assert actor is not None, "the user was just added"
    teller.actors[login.login] = actor
