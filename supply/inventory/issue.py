"""Stock leaves a store for a site, first expired first out by the day of use."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from supply.clock import day_of
from supply.errors import Invalid
from supply.i18n import N_
from supply.inventory.checks import check_day
from supply.inventory.entries import LotGrams, Reason, Reference
from supply.inventory.expiry import allow_expired
from supply.inventory.fefo import Pick, Skipped, Taken, is_expired
from supply.inventory.ledger import Entry, Line, Posted, already_recorded, post
from supply.inventory.papers import document
from supply.inventory.picking import Wanted, pick_for_use, refuse_shortfall, stock_to_pick
from supply.inventory.queries import LotRow, lots
from supply.inventory.reservations import refuse_reserved
from supply.inventory.words import Condition, DocumentKind
from supply.people.rights import Actor, Right, require

KeepDays = Annotated[int, Meta(ge=0, le=3650)]
# Life that must remain after the day of use; no flour keeps for ten years.


class Issue(Struct, frozen=True, kw_only=True):
    """Good stock for a site: quantities of products (`wanted`) or lots that somebody chose, not both.

    `use_on` is the day on which it is given to people; None: the day of issue. `keep_days` more must remain.
    `override` says why an expired lot goes all the same.
    """

    id: UUID
    store_code: str
    site_code: str
    occurred_on: dt.date
    wanted: tuple[Wanted, ...] = ()
    lots: tuple[LotGrams, ...] = ()
    use_on: dt.date | None = None
    keep_days: KeepDays = 0
    cycle_code: str | None = None
    reference: Reference = ""
    reason: Reason = ""
    override: Reason | None = None


class Issued(Struct, frozen=True, kw_only=True):
    """The paper with the lots it took. `skipped` is told with the first answer, not with a repeat."""

    id: UUID
    number: str
    occurred_on: dt.date
    recorded_at: dt.datetime
    lots: tuple[Taken, ...]
    skipped: tuple[Skipped, ...] = ()
    is_repeat: bool = False


class WantedOrLots(Invalid):
    """Both ways of asking at once."""

    code: ClassVar[str] = "wanted-or-lots"
    title = N_("Ask for quantities of products or for lots, not for both in one paper.")


class OutOfOrder(Invalid):
    """Chosen lots leave an earlier one lying, without a word why."""

    code: ClassVar[str] = "out-of-order"
    title = N_(
        "Lot {lot} expires first ({expires_on}) and lies there; take it, or write why another one goes."
    )


class ProductTwice(Invalid):
    """The same product on two lines."""

    code: ClassVar[str] = "product-twice"
    title = N_("Product {product} stands on two lines; write it once with the whole quantity.")


class UsedBeforeIssue(Invalid):
    """Nobody eats what has not left the store; on an earlier day an expired lot would pass for good."""

    code: ClassVar[str] = "used-before-issue"
    about: ClassVar[str] = "use_on"
    title = N_(
        "It leaves on {occurred_on} and cannot be given to people on {use_on}, before that; "
        "correct one of the two days."
    )


class NotGood(Invalid):
    """Stock on hold or unfit does not go to people."""

    code: ClassVar[str] = "not-good"
    title = N_("Only good stock goes to a site; release lot {lot} first, or choose another.")


def issue(session: Session, command: Issue, *, actor: Actor, now: dt.datetime) -> Issued:
    """Move good stock from a store to a site and say which lots were taken and which passed over, and why.

    Raises WantedOrLots, ProductTwice, UsedBeforeIssue, NotEnoughToUse, LotExpired, NotGood, OutOfOrder,
    NotFree, NotAStore, NotASite, and as `post`.
    """
    require(actor, Right.RECORD_STOCK, command.store_code)
    stores, sites = (command.store_code,), (command.site_code,)
    known = already_recorded(session, command.id, command, stores=stores, sites=sites)
    if known is not None:
        return _issued(known, _recorded_lots(session, known.id), ())
    check_shape(command, now)
    override: str | None = None
    if command.lots:
        override, taken = _check_chosen(session, command, actor, now)
        skipped: tuple[Skipped, ...] = ()
    else:
        picks = _pick(session, command, now)
        taken = tuple(one for found in picks for one in found.taken)
        skipped = tuple(one for found in picks for one in found.skipped)
    lines = tuple(
        Line(lot_id=one.lot_id, grams=one.grams, source=command.store_code, target=command.site_code)
        for one in taken
    )
    entry = Entry(
        id=command.id,
        kind=DocumentKind.ISSUE,
        place_code=command.store_code,
        occurred_on=command.occurred_on,
        lines=lines,
        cycle_code=command.cycle_code,
        reference=command.reference,
        reason=command.reason,
        override=override,
    )
    return _issued(post(session, entry, command, actor=actor, now=now), taken, skipped)


def use_day(command: Issue) -> dt.date:
    """The day on which expiry is judged."""
    return command.use_on or command.occurred_on


def _pick(session: Session, command: Issue, now: dt.datetime) -> tuple[Pick, ...]:
    earlier = command.occurred_on if command.occurred_on < day_of(now) else None
    found = []
    for wanted in command.wanted:
        one = pick_for_use(
            session,
            command.store_code,
            wanted,
            use_on=use_day(command),
            keep_days=command.keep_days,
            on=earlier,
        )
        refuse_shortfall(session, command.store_code, wanted, one, use_day(command))
        found.append(one)
    return tuple(found)


def check_shape(command: Issue, now: dt.datetime) -> None:
    """Refuse what cannot be meant, whatever there is in stock."""
    check_day(command.occurred_on, now)
    if use_day(command) < command.occurred_on:
        raise UsedBeforeIssue(occurred_on=command.occurred_on, use_on=use_day(command))
    if command.wanted and command.lots:
        raise WantedOrLots
    products = [one.product_code for one in command.wanted]
    for product in products:
        if products.count(product) > 1:
            raise ProductTwice(product=product)


def _check_chosen(
    session: Session, command: Issue, actor: Actor, now: dt.datetime
) -> tuple[str | None, tuple[Taken, ...]]:
    """The override to record and the lots as chosen, once expiry, promises and order are right."""
    known = lots(session, {line.lot_id for line in command.lots})
    for line in command.lots:
        if line.condition != Condition.GOOD and line.lot_id in known:
            raise NotGood(lot=known[line.lot_id].number)
    override = allow_expired(
        known,
        command.lots,
        use_on=use_day(command),
        override=command.override,
        place_code=command.store_code,
        actor=actor,
    )
    taken = tuple(
        Taken(
            lot_id=line.lot_id,
            lot_number=known[line.lot_id].number,
            grams=line.grams,
            expires_on=known[line.lot_id].expires_on,
        )
        for line in command.lots
    )
    refuse_reserved(session, command.store_code, grams_by_lot(taken), min(command.occurred_on, day_of(now)))
    if not command.reason.strip() and override is None:
        _refuse_out_of_order(session, command, known, grams_by_lot(taken))
    return override, taken


def grams_by_lot(lines: Iterable[Taken | LotGrams]) -> dict[UUID, int]:
    """Total grams of each lot."""
    found: dict[UUID, int] = {}
    for line in lines:
        found[line.lot_id] = found.get(line.lot_id, 0) + line.grams
    return found


def _refuse_out_of_order(
    session: Session, command: Issue, known: dict[UUID, LotRow], chosen: dict[UUID, int]
) -> None:
    """Of each product: every free lot that expires before the last chosen one must be taken whole."""
    for product in sorted({lot.product_code for lot in known.values()}):
        last = max(lot.expires_on for lot in known.values() if lot.product_code == product)
        for candidate in stock_to_pick(session, command.store_code, product).candidates:
            is_earlier = candidate.expires_on < last and not is_expired(
                candidate.expires_on, use_day(command)
            )
            if is_earlier and chosen.get(candidate.lot_id, 0) < candidate.grams:
                raise OutOfOrder(lot=candidate.lot_number, expires_on=candidate.expires_on)


def _recorded_lots(session: Session, document_id: UUID) -> tuple[Taken, ...]:
    view = document(session, document_id)
    assert view is not None, "the document was found a moment ago"
    return tuple(
        Taken(lot_id=line.lot_id, lot_number=line.lot_number, grams=line.grams, expires_on=line.expires_on)
        for line in view.lines
    )


def _issued(posted: Posted, taken: tuple[Taken, ...], skipped: tuple[Skipped, ...]) -> Issued:
    return Issued(
        id=posted.id,
        number=posted.number,
        occurred_on=posted.occurred_on,
        recorded_at=posted.recorded_at,
        lots=taken,
        skipped=skipped,
        is_repeat=posted.is_repeat,
    )
