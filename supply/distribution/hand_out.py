"""Handing out rations to people of the list: one document for all the people of one call, or for none."""

import datetime as dt
from collections import defaultdict
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.catalog.queries import places
from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.codes import Code
from supply.distribution.models import DistributionSession, Handout
from supply.distribution.people import chosen_people
from supply.distribution.portions import Portion, Problem, Ration, Setting, decide, unknown
from supply.distribution.sessions import check_may_serve, find_session
from supply.distribution.setting import cycle_rations, find_cycle, target_groups
from supply.distribution.supplying import check_reduced, check_whole, distribution_entry, supply_from_site
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.fefo import Skipped, Taken
from supply.inventory.ledger import Posted, already_recorded, post
from supply.people.rights import Actor, Right, require
from supply.programme.rows import CycleRow


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """One person served.

    `received_by` is the proxy who took the ration, if it was not the person or the mother.
    """

    person_code: Code
    received_by: Annotated[str, msgspec.Meta(max_length=120)] = ""


class HandOut(msgspec.Struct, frozen=True, kw_only=True):
    """Serve people of the list; `reduced` rations replace those of the cycle and need a reason."""

    id: UUID
    session_id: UUID
    people: Annotated[tuple[Receiver, ...], msgspec.Meta(max_length=1000)]
    reduced: tuple[Ration, ...] = ()
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    reference: Annotated[str, msgspec.Meta(max_length=80)] = ""


class HandedOut(msgspec.Struct, frozen=True, kw_only=True):
    """The document, what each person received, and from which lots it came."""

    id: UUID
    number: str
    session_id: UUID
    people: int
    portions: tuple[Portion, ...]
    taken: tuple[Taken, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    is_repeat: bool = False


class NobodyChosen(Invalid):
    """No person in the call."""

    code: ClassVar[str] = "nobody-chosen"
    title = N_("Choose at least one person of the list.")


class HandoutRefused(Conflict):
    """Somebody of the people chosen may not be served; everybody concerned is told, nobody was served."""

    code: ClassVar[str] = "handout-refused"
    title = N_("Nothing was handed out. Take these people off your choice, or correct the register first:")

    def message(self) -> str:
        problems = self.facts["problems"]
        assert isinstance(problems, tuple), "the raiser gives a tuple of Problem"
        return " ".join((super().message(), *(problem.message() for problem in problems)))


def hand_out(session: Session, command: HandOut, *, actor: Actor, now: dt.datetime) -> HandedOut:
    """Give each person the ration of the cycle from the site's lots; the same call again changes nothing.

    Raises HandoutRefused with one problem per person, NotEnoughAtSite with every short product.
    """
    held = find_session(session, command.session_id)
    require(actor, Right.DISTRIBUTE, held.site_code)
    recorded = already_recorded(session, command.id, command)
    if recorded is not None:
        return _repeat(session, recorded, command)
    lock_places(session, [held.site_code])
    session.refresh(held)
    cycle = find_cycle(session, held.cycle_code)
    check_may_serve(held, cycle, day_of(now))
    if not command.people:
        raise NobodyChosen
    names = {place.code: place.name for place in places(session)}
    portions = _decide(session, command, held, cycle, names)
    grams_by_product: defaultdict[str, int] = defaultdict(int)
    for portion in portions:
        grams_by_product[portion.product_code] += portion.grams
    supplied = supply_from_site(session, held, grams_by_product, site_name=names[held.site_code])
    entry = distribution_entry(command.id, held, supplied, reference=command.reference, reason=command.reason)
    posted = post(session, entry, command, actor=actor, now=now)
    _record(session, command, held, portions)
    return HandedOut(
        id=posted.id,
        number=posted.number,
        session_id=held.id,
        people=len(command.people),
        portions=portions,
        taken=supplied.taken,
        skipped=supplied.skipped,
    )


def _decide(
    session: Session,
    command: HandOut,
    held: DistributionSession,
    cycle: CycleRow,
    names: dict[str, str],
) -> tuple[Portion, ...]:
    setting = Setting(
        site_code=held.site_code,
        day=held.held_on,
        groups=target_groups(session),
        rations=cycle_rations(session, cycle.code),
        reduced=command.reduced,
    )
    check_reduced(setting.rations, command.reduced, command.reason)
    codes = [receiver.person_code for receiver in command.people]
    known = chosen_people(session, codes, cycle=cycle, day=held.held_on, site_names=names)
    decision = decide((known[code] for code in codes if code in known), setting)
    problems: tuple[Problem, ...] = (
        *decision.problems,
        *(unknown(code) for code in dict.fromkeys(codes) if code not in known),
    )
    if problems:
        raise HandoutRefused(problems=problems, count=len(problems))
    check_whole(session, ((portion.product_code, portion.grams) for portion in decision.portions))
    return decision.portions


def _record(
    session: Session, command: HandOut, held: DistributionSession, portions: tuple[Portion, ...]
) -> None:
    received_by = {receiver.person_code: receiver.received_by.strip() for receiver in command.people}
    session.add_all(
        Handout(
            document_id=command.id,
            person_code=portion.person_code,
            product_code=portion.product_code,
            cycle_code=held.cycle_code,
            group_code=portion.group_code,
            session_id=held.id,
            grams=portion.grams,
            due_grams=portion.due_grams,
            received_by=received_by[portion.person_code],
        )
        for portion in portions
    )
    session.flush()


def _repeat(session: Session, recorded: Posted, command: HandOut) -> HandedOut:
    query = select(Handout).where(Handout.document_id == recorded.id)
    rows = session.scalars(query.order_by(Handout.person_code, Handout.product_code)).all()
    return HandedOut(
        id=recorded.id,
        number=recorded.number,
        session_id=command.session_id,
        people=len(command.people),
        portions=tuple(
            Portion(
                person_code=row.person_code,
                group_code=row.group_code,
                product_code=row.product_code,
                due_grams=row.due_grams,
                grams=row.grams,
            )
            for row in rows
        ),
        is_repeat=True,
    )
