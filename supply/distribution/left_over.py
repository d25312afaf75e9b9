"""What a session did not give out goes back to a store."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.distribution.sessions import find_session
from supply.errors import Invalid
from supply.i18n import N_
from supply.inventory.queries import on_hand
from supply.inventory.return_to_store import ReturnedLine, ReturnToStore, return_to_store
from supply.people.rights import Actor, Right, require


class ReturnLeftOver(msgspec.Struct, frozen=True, kw_only=True):
    """Grams per lot that go from the session's site to a store.

    What is not named stays for the next cycle.
    """

    id: UUID
    session_id: UUID
    store_code: str
    occurred_on: dt.date
    lines: tuple[ReturnedLine, ...]
    reference: Annotated[str, msgspec.Meta(max_length=80)] = ""
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class LeftOverReturned(msgspec.Struct, frozen=True, kw_only=True):
    """The document, the grams that went back, and the grams that stay at the site."""

    id: UUID
    number: str
    session_id: UUID
    grams: int
    staying_grams: int
    is_repeat: bool = False


class ReturnBeforeSession(Invalid):
    """Left-over cannot go back before the session."""

    code: ClassVar[str] = "return-before-session"
    title = N_("The session was held on {held_on}; its left-over cannot go back on {occurred_on}.")


def return_left_over(
    session: Session, command: ReturnLeftOver, *, actor: Actor, now: dt.datetime
) -> LeftOverReturned:
    """Bring what is left at the site back to a store; the same call again changes nothing."""
    held = find_session(session, command.session_id)
    require(actor, Right.DISTRIBUTE, held.site_code)
    if command.occurred_on < held.held_on:
        raise ReturnBeforeSession(held_on=held.held_on, occurred_on=command.occurred_on)
    posted = return_to_store(
        session,
        ReturnToStore(
            id=command.id,
            site_code=held.site_code,
            store_code=command.store_code,
            occurred_on=command.occurred_on,
            lines=command.lines,
            cycle_code=held.cycle_code,
            reference=command.reference,
            reason=command.reason,
        ),
        actor=actor,
        now=now,
    )
    staying = sum(balance.grams for balance in on_hand(session, place_codes=(held.site_code,)))
    return LeftOverReturned(
        id=posted.id,
        number=posted.number,
        session_id=held.id,
        grams=sum(line.grams for line in command.lines),
        staying_grams=staying,
        is_repeat=posted.is_repeat,
    )
