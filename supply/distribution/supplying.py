"""Taking a session's grams from the lots of its site: first expired first out, whole packs whole."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.queries import base_packs, product
from supply.catalog.rows import PackRow
from supply.distribution.models import DistributionSession
from supply.distribution.portions import Ration
from supply.errors import Conflict, Invalid
from supply.i18n import N_, gettext, translate
from supply.inventory import queries as inventory
from supply.inventory.entries import Entry, Line
from supply.inventory.fefo import Candidate, Pick, Skipped, Taken, pick
from supply.inventory.locations import BENEFICIARIES
from supply.inventory.words import DocumentKind


class Shortage(msgspec.Struct, frozen=True, kw_only=True):
    """What the site lacks of a product; `there` is what can be given on the day."""

    product_code: str
    product: str
    needed: int
    there: int
    missing: int
    expired: int = 0


class NotEnoughAtSite(Conflict):
    """The site's good lots do not suffice; every short product is told."""

    code: ClassVar[str] = "not-enough-at-site"
    title = N_("Nothing was handed out: {site} does not have enough.")
    shortage_title: ClassVar[str] = N_(
        "{product}: {needed:mass} needed, {there:mass} can be given on this day, {missing:mass} missing."
    )
    expired_title: ClassVar[str] = N_("{expired:mass} of it has expired and may not be given.")

    def message(self) -> str:
        said = [super().message()]
        shortages = self.facts["shortages"]
        assert isinstance(shortages, tuple), "the raiser gives a tuple of Shortage"
        for one in shortages:
            said.append(translate(self.shortage_title, msgspec.structs.asdict(one)))
            if one.expired:
                said.append(translate(self.expired_title, msgspec.structs.asdict(one)))
        return " ".join(said)


class RationNotWholePacks(Conflict):
    """A ration of a product that is given in whole packs is not a number of packs."""

    code: ClassVar[str] = "ration-not-whole-packs"
    title = N_(
        "The ration of {ration:mass} of {product} is not a whole number of packs of {pack:mass}, "
        "and these packs are not opened. Correct the ration."
    )


class ReducedRationUnknown(Invalid):
    """A reduced ration of something that the cycle does not give."""

    code: ClassVar[str] = "reduced-ration-unknown"
    title = N_("The cycle gives no {product} to the group {group}; there is nothing to reduce.")


class ReducedRationWrong(Invalid):
    """A reduced ration that is nothing, or more than the ration."""

    code: ClassVar[str] = "reduced-ration-wrong"
    title = N_("The reduced ration of {product} must be more than 0 kg and at most {ration:mass}.")


class ReducedWithoutReason(Invalid):
    """Less than the ration was given, and nobody said why."""

    code: ClassVar[str] = "reduced-without-reason"
    title = N_("Say why less than the ration was given.")


def check_reduced(rations: Iterable[Ration], reduced: tuple[Ration, ...], reason: str) -> None:
    """Refuse reduced rations that the cycle does not know, that are not less, or that nobody explains."""
    due = {(one.group_code, one.product_code): one.grams for one in rations}
    for one in reduced:
        ration = due.get((one.group_code, one.product_code))
        if ration is None:
            raise ReducedRationUnknown(product=one.product_code, group=one.group_code)
        if not 0 < one.grams <= ration:
            raise ReducedRationWrong(product=one.product_code, group=one.group_code, ration=ration)
    if reduced and not reason.strip():
        raise ReducedWithoutReason


def check_whole(session: Session, portions: Iterable[tuple[str, int]]) -> None:
    """Refuse portions (product, grams) that would need a pack to be opened that is given whole."""
    packs = base_packs(session)
    for product_code, grams in sorted(set(portions)):
        pack = packs.get(product_code)
        if pack is not None and pack.is_handed_whole and grams % pack.net_grams:
            raise RationNotWholePacks(product=_name(session, product_code), ration=grams, pack=pack.net_grams)


class Supplied(msgspec.Struct, frozen=True, kw_only=True):
    """Lots to give from, and lots passed over with the reason."""

    taken: tuple[Taken, ...]
    skipped: tuple[Skipped, ...]


def supply_from_site(
    session: Session, held: DistributionSession, grams_by_product: Mapping[str, int], *, site_name: str
) -> Supplied:
    """Pick the site's good lots for the day of the session.

    Raises NotEnoughAtSite with every short product.
    """
    packs = base_packs(session)
    picks: list[Pick] = []
    shortages: list[Shortage] = []
    for product_code, grams in sorted(grams_by_product.items()):
        candidates = _candidates(session, held.site_code, product_code, held.held_on)
        found = pick(candidates, grams, use_on=held.held_on, pack_grams=_step(packs.get(product_code)))
        picks.append(found)
        if found.shortfall:
            shortages.append(_shortage(session, product_code, grams, found))
    if shortages:
        raise NotEnoughAtSite(site=site_name, shortages=tuple(shortages))
    return Supplied(
        taken=tuple(one for found in picks for one in found.taken),
        skipped=tuple(one for found in picks for one in found.skipped),
    )


def distribution_entry(
    document_id: UUID, held: DistributionSession, supplied: Supplied, *, reference: str, reason: str
) -> Entry:
    """The document that moves the picked grams from the site to the people."""
    return Entry(
        id=document_id,
        kind=DocumentKind.DISTRIBUTION,
        place_code=held.site_code,
        occurred_on=held.held_on,
        cycle_code=held.cycle_code,
        reference=reference.strip(),
        reason=reason.strip(),
        lines=tuple(
            Line(lot_id=one.lot_id, grams=one.grams, source=held.site_code, target=BENEFICIARIES)
            for one in supplied.taken
        ),
    )


def _step(pack: PackRow | None) -> int:
    return pack.net_grams if pack is not None and pack.is_handed_whole else 1


def _candidates(session: Session, site_code: str, product_code: str, day: dt.date) -> list[Candidate]:
    """Good grams that were there on the day and are there still.

    A late record cannot give what came or went since.
    """
    then: dict[UUID, int] = {}
    for row in inventory.on_hand(session, place_codes=(site_code,), product_code=product_code, on=day):
        if row.condition == "good":
            then[row.lot_id] = row.grams
    return [
        msgspec.structs.replace(one, grams=min(one.grams, then[one.lot_id]))
        for one in inventory.pickable(session, site_code, product_code)
        if then.get(one.lot_id, 0) > 0 and one.grams > 0
    ]


def _shortage(session: Session, product_code: str, grams: int, found: Pick) -> Shortage:
    return Shortage(
        product_code=product_code,
        product=_name(session, product_code),
        needed=grams,
        there=grams - found.shortfall,
        missing=found.shortfall,
        expired=sum(one.grams for one in found.skipped if one.why == "expired"),
    )


def _name(session: Session, product_code: str) -> str:
    row = product(session, product_code)
    return row.name if row is not None else gettext(product_code)
