"""Recording a session where there is no list: people per group were counted, the flour moves all the same."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.catalog.queries import place
from supply.clock import day_of
from supply.db import lock_places
from supply.distribution.models import DistributionSession, Tally
from supply.distribution.portions import Ration, given_grams, rations_of
from supply.distribution.sessions import check_may_serve, find_session
from supply.distribution.setting import cycle_rations, find_cycle
from supply.distribution.supplying import check_reduced, check_whole, distribution_entry, supply_from_site
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.inventory.fefo import Skipped, Taken
from supply.inventory.ledger import Posted, already_recorded, post
from supply.people.rights import Actor, Right, require

MOST_PEOPLE = 100_000
# People of one group at one session: beyond this it is a typing error (the whole programme: about 105,000).


class GroupCount(msgspec.Struct, frozen=True, kw_only=True):
    """People of a group who received their ration."""

    group_code: str
    people: int


class RecordTally(msgspec.Struct, frozen=True, kw_only=True):
    """What the tally sheet of a session says.

    `reduced` rations replace those of the cycle and need a reason.
    """

    id: UUID
    session_id: UUID
    counts: Annotated[tuple[GroupCount, ...], msgspec.Meta(max_length=50)]
    reduced: tuple[Ration, ...] = ()
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    reference: Annotated[str, msgspec.Meta(max_length=80)] = ""


class Dose(msgspec.Struct, frozen=True, kw_only=True):
    """What the people of a group received of a product together; `due_grams` by the ration of the cycle."""

    group_code: str
    product_code: str
    people: int
    due_grams: int
    grams: int


class TallyRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """The document, what each group received, and from which lots it came."""

    id: UUID
    number: str
    session_id: UUID
    people: int
    doses: tuple[Dose, ...]
    taken: tuple[Taken, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    is_repeat: bool = False


class NobodyCounted(Invalid):
    """A tally without people."""

    code: ClassVar[str] = "nobody-counted"
    title = N_("Write how many people of at least one group were served.")


class PeopleImpossible(Invalid):
    """Fewer than one or absurdly many people."""

    code: ClassVar[str] = "people-impossible"
    title = N_("{people} people of one group at one session cannot be right; write 1 to {most}.")


class GroupTwice(Invalid):
    """The same group on two lines."""

    code: ClassVar[str] = "group-twice"
    title = N_("The group {group} stands twice in the tally; add the two up.")


class GroupWithoutRation(Conflict):
    """The cycle gives nothing to the group."""

    code: ClassVar[str] = "group-without-ration"
    title = N_("The cycle {cycle} has no ration for the group {group}.")


def record_tally(session: Session, command: RecordTally, *, actor: Actor, now: dt.datetime) -> TallyRecorded:
    """Move what the counted people received from the site's lots; the same tally again changes nothing."""
    held = find_session(session, command.session_id)
    require(actor, Right.DISTRIBUTE, held.site_code)
    recorded = already_recorded(session, command.id, command)
    if recorded is not None:
        return _repeat(session, recorded, command)
    lock_places(session, [held.site_code])
    session.refresh(held)
    cycle = find_cycle(session, held.cycle_code)
    check_may_serve(held, cycle, day_of(now))
    _check_counts(command)
    rations = cycle_rations(session, cycle.code)
    check_reduced(rations, command.reduced, command.reason)
    doses = _doses(command, rations, cycle.name)
    check_whole(session, ((dose.product_code, dose.grams // dose.people) for dose in doses))
    grams_by_product: defaultdict[str, int] = defaultdict(int)
    for dose in doses:
        grams_by_product[dose.product_code] += dose.grams
    site = place(session, held.site_code)
    site_name = site.name if site is not None else held.site_code
    supplied = supply_from_site(session, held, grams_by_product, site_name=site_name)
    entry = distribution_entry(command.id, held, supplied, reference=command.reference, reason=command.reason)
    posted = post(session, entry, command, actor=actor, now=now)
    _record(session, command, held, doses)
    return TallyRecorded(
        id=posted.id,
        number=posted.number,
        session_id=held.id,
        people=sum(count.people for count in command.counts),
        doses=doses,
        taken=supplied.taken,
        skipped=supplied.skipped,
    )


def _check_counts(command: RecordTally) -> None:
    if not command.counts:
        raise NobodyCounted
    for group_code, lines in Counter(count.group_code for count in command.counts).items():
        if lines > 1:
            raise GroupTwice(group=group_code)
    for count in command.counts:
        if not 1 <= count.people <= MOST_PEOPLE:
            raise PeopleImpossible(people=count.people, most=MOST_PEOPLE, group=count.group_code)


def _doses(command: RecordTally, rations: tuple[Ration, ...], cycle_name: str) -> tuple[Dose, ...]:
    doses: list[Dose] = []
    for count in command.counts:
        due = rations_of(count.group_code, rations)
        if not due:
            raise GroupWithoutRation(group=count.group_code, cycle=cycle_name)
        doses += [
            Dose(
                group_code=count.group_code,
                product_code=ration.product_code,
                people=count.people,
                due_grams=count.people * ration.grams,
                grams=count.people * given_grams(ration, command.reduced),
            )
            for ration in due
        ]
    return tuple(doses)


def _record(
    session: Session, command: RecordTally, held: DistributionSession, doses: tuple[Dose, ...]
) -> None:
    session.add_all(
        Tally(
            document_id=command.id,
            group_code=dose.group_code,
            product_code=dose.product_code,
            session_id=held.id,
            people=dose.people,
            grams=dose.grams,
            due_grams=dose.due_grams,
        )
        for dose in doses
    )
    session.flush()


def _repeat(session: Session, recorded: Posted, command: RecordTally) -> TallyRecorded:
    query = select(Tally).where(Tally.document_id == recorded.id)
    rows = session.scalars(query.order_by(Tally.group_code, Tally.product_code)).all()
    return TallyRecorded(
        id=recorded.id,
        number=recorded.number,
        session_id=command.session_id,
        people=sum(count.people for count in command.counts),
        doses=tuple(
            Dose(
                group_code=row.group_code,
                product_code=row.product_code,
                people=row.people,
                due_grams=row.due_grams,
                grams=row.grams,
            )
            for row in rows
        ),
        is_repeat=True,
    )
