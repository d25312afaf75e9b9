"""What a verification can find, and how a person reads it."""

from typing import Any

import msgspec

from supply.i18n import N_, translate

TITLES: dict[str, str] = {
    "lot-gap": N_(
        "Lot {lot}: {bought:mass} bought, but {found:mass} accounted for: a gap of {gap:mass}. "
        "Compare the delivery notes with the stock card."
    ),
    "negative-balance": N_(
        "Lot {lot} at {place}: {grams:mass} on {day}. A store cannot hold less than nothing."
    ),
    "movement-mixes-lots": N_(
        "{document}, line {line}: grams leave lot {left} and arrive as lot {reached}. "
        "Each movement is of one lot."
    ),
    "movement-day-differs": N_("{document} is of {document_on}, but line {line} moves on {moved_on}."),
    "movements-changed": N_(
        "{document}: its lines are not those that were recorded. Somebody changed, added or removed a line."
    ),
    "expired-issued": N_(
        "{document}: {grams:mass} of lot {lot} left on {day}; it expired on {expires_on} "
        "and no reason is recorded."
    ),
    "reversal-differs": N_("{document} reverses {reversed}, but not the same grams of the same lots."),
    "checkpoint-differs": N_(
        "Lot {lot} at {place}: the balance kept when {day} was closed is {kept:mass}, "
        "the movements say {grams:mass}."
    ),
    "closed-period-changed": N_("{document} of {day} was recorded after that day was closed."),
    "sequence-hole": N_("{series}: numbers up to {last}, but {count} papers. One is missing or was removed."),
    "delivery-differs": N_(
        "{document}: {recorded:mass} of lot {lot} recorded as delivered, {moved:mass} moved into the store."
    ),
    "return-differs": N_(
        "{document}: {recorded:mass} of lot {lot} recorded as sent back, {moved:mass} left for the supplier."
    ),
    "quality-differs": N_(
        "{document}: the decision on lot {lot} is for {recorded:mass}, {moved:mass} changed their condition."
    ),
    "count-differs": N_(
        "{document}: lot {lot} was counted {recorded:mass} off the books, {moved:mass} were booked."
    ),
    "distribution-differs": N_(
        "{document}: the lists say {recorded:mass} of {product} for people, {moved:mass} left the site."
    ),
    "distribution-unlisted": N_(
        "{document}: {moved:mass} of {product} went to people, but no list names them."
    ),
    "taken-back-differs": N_("{document}: the lists and the ledger disagree on whether it was taken back."),
    "served-twice": N_("{person} received {product} {count} times in cycle {cycle}."),
    "departure-differs": N_(
        "{document}: the waybills say {recorded:mass} of lot {lot} dispatched, {moved:mass} left the store."
    ),
    "arrival-differs": N_(
        "{document}, waybill {waybill}, lot {lot}: {recorded:mass} {what:message} on paper, "
        "{moved:mass} in the books."
    ),
    "paper-day-differs": N_("{document} is of {document_on}, but what was recorded with it says {paper_on}."),
    "trip-without-papers": N_("{document} belongs to no waybill."),
    "waybill-without-document": N_("Waybill {waybill}: {what:message}, but no document moved its grams."),
    "reservation-without-trip": N_(
        "{grams:mass} of lot {lot} at {place} are reserved for a trip that is not planned any more."
    ),
    "reservation-above-stock": N_(
        "Lot {lot} at {place}: {reserved:mass} reserved for trips, {grams:mass} there. "
        "Plan these trips again."
    ),
}
NOTICES = frozenset({"reservation-above-stock"})
# A theft or a count may take grams that were promised: the promise is broken, but every gram is where the
# books say.


class Finding(msgspec.Struct, frozen=True):
    """One rule that does not hold; `facts` fill the sentence of its code."""

    code: str
    facts: dict[str, Any]

    @property
    def is_notice(self) -> bool:
        """Worth knowing, but nothing leaked."""
        return self.code in NOTICES

    def text(self) -> str:
        """The sentence in the reader's language."""
        return translate(TITLES[self.code], self.facts)


def finding(code: str, **facts: object) -> Finding:
    """A finding of a known code."""
    assert code in TITLES, "every finding has its sentence"
    return Finding(code, facts)
