"""What comes before any work: as long as no programme is defined, who does which first step."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from supply.catalog.queries import places, products
from supply.i18n import N_, gettext
from supply.people.queries import users
from supply.people.rights import Actor, Right
from supply.programme.queries import programmes
from supply.web.parts import Attention

_ALL = (Right.MANAGE_CATALOG, Right.MANAGE_USERS, Right.MANAGE_PROGRAMME)


def first_steps(session: Session, actor: Actor) -> tuple[Attention, ...]:
    """The reader's own steps in their order, then who does the others; nothing once there is a programme."""
    if programmes(session):
        return ()
    return (*_own(session, actor), *_of_others(actor))


def _own(session: Session, actor: Actor) -> Iterator[Attention]:
    if actor.may(Right.MANAGE_CATALOG) and not (places(session) and products(session)):
        yield Attention(
            "info",
            gettext(N_("Import the places and the products")),
            gettext(N_("Communes, stores, sites, products and packs, from files or by hand.")),
            "/imports",
            gettext(N_("Import")),
        )
    if actor.may(Right.MANAGE_USERS) and len(users(session)) == 1:
        yield Attention(
            "info",
            gettext(N_("Add the people who work here")),
            gettext(N_("Logistics officer, nutrition lead, the keeper of each store, auditor.")),
            "/people",
            gettext(N_("Add")),
        )
    if actor.may(Right.MANAGE_PROGRAMME):
        yield Attention(
            "info",
            gettext(N_("Define the programme")),
            gettext(N_("Its name, its period and its budget; then come groups, census and cycles.")),
            "/programme/define",
            gettext(N_("Define")),
        )


def _of_others(actor: Actor) -> Iterator[Attention]:
    if not all(actor.may(right) for right in _ALL):
        yield Attention(
            "info",
            gettext(N_("The programme is not set up yet")),
            gettext(
                N_(
                    "An administrator adds people; an administrator or logistics officer imports places and "
                    "products; the nutrition lead defines the programme. Then your work stands here."
                )
            ),
            "/programme",
            gettext(N_("Look")),
        )
